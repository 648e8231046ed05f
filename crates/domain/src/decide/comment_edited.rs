//! A person changed a comment: only what the former text lacked is acted on; what it no longer says is taken back.
use super::acting::{Acting, Admitted, admit};
use super::builder::DecisionBuilder;
use super::misread::{self, Mends};
use super::{
    blockers, comment_gone, comment_posted, comments_flooded, corrections, dates, denials, heard, questions, reminders,
    ticks, undo,
};
use crate::classify::{Ask, Certainty, Label, Reading, Role};
use crate::effect::Status;
use crate::event::Report;
use crate::ids::CommentId;
use crate::page::{Blocker, Claim, Claimable, Conversation, Denial, Fact, Proof, ReplyPart};
use std::collections::BTreeSet;

pub(super) fn apply(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    former: &Reading,
    answered: Option<&CommentId>,
) {
    if builder.state.quiet {
        return;
    }
    if report.absorbed {
        // What it says is not answered; a key in it is exposed all the same.
        comment_posted::posted_keys(builder, report, &mut Vec::new());
        return;
    }
    questions::close(builder, &report);
    let back = dates::no_longer_wished(builder, &report);
    let mut parts = answered_anew(builder, report).unwrap_or_else(|| changed(builder, report, former));
    parts.extend(back);
    if !parts.is_empty() {
        tell(builder, report, parts, answered);
    }
}

/// An answer to a question of ours was changed: what followed from it is undone, the question waits again, and what the
/// comment says now is heard as if it were new. `None`: it was no answer.
fn answered_anew(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<Vec<ReplyPart>> {
    let (asked, later) = questions::reopen(builder, &report.comment.id)?;
    let stopped = builder.state.blockers.clone();
    let denied = builder.state.denied.clone();
    let was_done = builder.state.status.wanted == Some(Status::Done);
    let ticked = ticks::ours(builder);
    let claimed = undo::claimed(&builder.state);
    heard::forget(builder, &report.comment.id);
    let undone = undo::undo(builder, &report.comment.id);
    let still_ticked = ticks::ours(builder);
    let clean = comment_gone::no_longer_holds_a_key(builder, &report);
    let anew = comment_posted::parts(builder, report);
    let now = undo::claimed(&builder.state);
    let open: Vec<u8> = claimed.difference(&now).copied().collect();
    let back: Vec<u8> = undone.claimed_again.intersection(&now).copied().collect();
    let reopened = was_done && builder.state.status.wanted != Some(Status::Done);
    let mut parts = Vec::new();
    if !open.is_empty() || reopened {
        parts.push(ReplyPart::Correction {
            steps: open,
            boxes: Vec::new(),
            unticked: ticked.difference(&still_ticked).copied().collect(),
            reopened,
            cleared: false,
        });
    }
    if !back.is_empty() {
        // What had been taken back is looked at anew.
        parts.push(ReplyPart::claim(back));
    }
    if parts.is_empty() && anew.iter().all(|part| *part == ReplyPart::Left) {
        parts.extend(blockers::fewer(builder, &report.comment.id, &stopped));
    }
    parts.extend(stuck_again(builder, &report.comment.id, &stopped));
    parts.extend(denied_again(builder, &report, &denied));
    // "I leave it" is no word for what was just taken back.
    let told = parts.is_empty();
    parts.extend(clean);
    parts.extend(anew.into_iter().filter(|part| told || *part != ReplyPart::Left));
    match later {
        Some(later) => questions::ask_again(builder, later, &asked, &report.comment.id),
        None if parts.is_empty() => parts.push(ReplyPart::Asks { asked }),
        None => {}
    }
    Some(parts)
}

/// Takes in what the changed comment says now and did not before; the parts of the reply that speak of it.
fn changed(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, former: &Reading) -> Vec<ReplyPart> {
    // What was not sure was not acted on.
    let sure = former
        .clauses
        .iter()
        .filter(|clause| clause.certainty != Certainty::Unsure);
    let before: BTreeSet<u64> = sure.map(|clause| clause.hash).collect();
    let mut fresh = (*report).clone();
    fresh.reading.clauses.retain(|clause| !before.contains(&clause.hash));
    let stopped = builder.state.blockers.clone();
    let denied = builder.state.denied.clone();
    let asks_anew = report.reading.asks != former.asks || report.reading.steps != former.steps;
    if asks_anew {
        undo::retract_doers(&mut builder.state, &report.comment.id);
    }
    let (released, mut parts) = taken_back(builder, report, former, &before);
    if report.reading.duration_minutes.is_none() {
        undo::retract_spent(&mut builder.state, &report.comment.id);
    }
    // The reply speaks of the comment as it now is, so every clause has a part; only new ones change the state.
    reminders::no_longer_wanted(builder, &report);
    if asks_anew {
        // What was asked before is done: a second backup helps nobody.
        fresh.asks.retain(|asked| {
            !asked
                .ask
                .is_some_and(|ask| ask == Ask::Backup && former.asks.contains(&ask))
        });
    } else {
        fresh.asks.clear();
    }
    if let Admitted::Acting(fresh) = admit(&fresh) {
        parts.extend(comment_posted::parts(builder, fresh));
    }
    // What holds again after all that is told; what is finished is looked at.
    let again: Vec<u8> = released.intersection(&undo::claimed(&builder.state)).copied().collect();
    if !again.is_empty() {
        parts.insert(0, ReplyPart::claim(again));
    }
    parts.extend(stuck_again(builder, &report.comment.id, &stopped));
    parts.extend(denied_again(builder, &report, &denied));
    if parts.is_empty() {
        parts.extend(blockers::fewer(builder, &report.comment.id, &stopped));
    }
    parts
}

/// It is told who is stuck, where others, or the author by another comment, are stopped again that were not among those `stopped`.
fn stuck_again(builder: &DecisionBuilder<'_>, comment: &CommentId, stopped: &[Blocker]) -> Option<ReplyPart> {
    let mut stops = builder.state.blockers.iter();
    let again = stops.any(|blocker| blocker.comment != *comment && !stopped.contains(blocker));
    again.then(ReplyPart::who_is_stuck)
}

/// It is told what others deny, where they do again what they did not when it was `denied`.
fn denied_again(builder: &DecisionBuilder<'_>, report: &Report, denied: &[Denial]) -> Option<ReplyPart> {
    let author = &report.comment.author;
    let mut denials = builder.state.denied.iter();
    let again = denials.any(|denial| denial.author != *author && !denied.contains(denial));
    again.then(|| denials::by_others(&builder.state, author)).flatten()
}

/// Tells this in the reply that the comment has, or in a new one.
fn tell(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, parts: Vec<ReplyPart>, answered: Option<&CommentId>) {
    let comment = &report.comment.id;
    let open = builder
        .state
        .conversations
        .iter()
        .position(|open| open.answers(comment));
    let open = open.map(|at| builder.state.conversations.remove(at));
    let conversation = match open {
        // What is said of a flood goes on speaking of all of it.
        Some(mut flood) if !flood.also.is_empty() => {
            flood.parts = comments_flooded::merged(builder, flood.parts.into_iter().chain(parts));
            flood
        }
        open => {
            let told = open.as_ref().filter(|open| open.replied && !open.silent);
            let answered = answered.or(told.map(|_| comment));
            let mut conversation = comment_posted::of_acting(builder, report, parts);
            if let Some(answered) = answered {
                conversation.replied = true;
                answered.as_str().clone_into(&mut conversation.subject);
            }
            conversation
        }
    };
    tell_where(builder, comment, &conversation);
    comment_posted::open(builder, report, conversation);
}

/// Takes back what the comment says no longer; what others said as well, stands. `before`: the clauses that it had. Beside what is
/// told of it, the steps that are claimed again.
fn taken_back(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    former: &Reading,
    before: &BTreeSet<u64>,
) -> (BTreeSet<u8>, Vec<ReplyPart>) {
    let comment = &report.comment.id;
    let mut unchanged = (*report).clone();
    unchanged.reading.clauses.retain(|clause| before.contains(&clause.hash));
    let mended = heard::of(builder, comment).is_some_and(|heard| heard.mends.is_some());
    let is_new = unchanged.reading.clauses.is_empty();
    let (mut released, mut parts) = (BTreeSet::new(), Vec::new());
    if mended && is_new && misread::what(&report) != Mends::Earlier {
        // It mends nothing any more, and says nothing of what it mended.
        heard::forget(builder, comment);
        undo::undo(builder, comment);
    } else if !mended {
        let proven = proven(builder);
        let still_ends = |fact: &Fact| still_ends(&unchanged, &proven, fact);
        released = undo::release(builder, comment, still_ends).claimed_again;
        heard::still_says(builder, &unchanged);
    }
    parts.extend(claims_taken_back(builder, report, former, &unchanged));
    parts.extend(comment_gone::no_longer_holds_a_key(builder, &report));
    blockers::still_says(builder, &unchanged);
    if unchanged.playing(Role::Denied).is_empty() {
        undo::retract_denials(&mut builder.state, comment);
    }
    if report.playing(Role::SetAside).is_empty() {
        undo::retract_asides(&mut builder.state, comment);
    }
    (released, parts)
}

/// The steps that evidence proves.
fn proven(builder: &DecisionBuilder<'_>) -> BTreeSet<u8> {
    let steps = builder.state.guide.steps.iter().map(|step| step.number);
    steps
        .filter(|step| builder.step_proof(*step) == Proof::Proven)
        .collect()
}

/// Whether what a comment still says ends a fact: by itself, or with the evidence for what it claims.
fn still_ends(unchanged: &Report, proven: &BTreeSet<u8>, fact: &Fact) -> bool {
    let mut clauses = unchanged.reading.clauses.iter();
    let is_proven = match fact {
        Fact::Blocker(Blocker { step: Some(step), .. }) => {
            proven.contains(step) && unchanged.steps(Label::Completion).contains(step)
        }
        _ => false,
    };
    is_proven || clauses.any(|clause| undo::may_end(clause, &unchanged.comment.author, fact))
}

fn claims_taken_back(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    former: &Reading,
    unchanged: &Report,
) -> Option<ReplyPart> {
    let comment = &report.comment.id;
    let is_own = |claim: &Claim| claim.comment == *comment;
    let finished = builder.state.finished.iter().chain(&builder.state.finished_also);
    let whole = former.all_done && !report.reading.all_done;
    let whole_withdrawn = whole && finished.into_iter().any(is_own);
    if whole {
        builder.state.said_finished.retain(|claim| !is_own(claim));
    }
    let former_steps = former.clauses.iter().filter(|clause| clause.label == Label::Completion);
    let former_steps = Report::steps_of(former_steps);
    let (still_said, kept) = (report.steps(Label::Completion), unchanged.steps(Label::Completion));
    let own_claims = builder.state.steps.iter().filter(|(number, step)| {
        let said = still_said.contains(number) || kept.contains(number);
        let meant = former_steps.contains(number) || whole_withdrawn;
        meant && !said && step.claim.iter().chain(&step.also).any(is_own)
    });
    let boxes = report.boxes(Label::Completion);
    let own_boxes = builder.state.boxes_said.iter().filter(|(block, said)| {
        let is_said = boxes.contains(block) || unchanged.boxes(Label::Completion).contains(block);
        !is_said && said.claim.iter().chain(&said.also).any(is_own)
    });
    let withdrawn = own_claims.map(|(number, _)| Claimable::Step(*number));
    let withdrawn = withdrawn.chain(own_boxes.map(|(block, _)| Claimable::Box(block.clone())));
    let withdrawn: BTreeSet<Claimable> = withdrawn.chain(whole_withdrawn.then_some(Claimable::All)).collect();
    (!withdrawn.is_empty()).then(|| corrections::retract(builder, report, &withdrawn))
}

/// A key that this edit brought is told in the conversation's reply, which may be that of another comment.
fn tell_where(builder: &mut DecisionBuilder<'_>, comment: &CommentId, conversation: &Conversation) {
    let told_in = Some(CommentId::from_wire(&conversation.subject)).filter(|subject| subject != comment);
    let held = builder
        .state
        .posted
        .iter_mut()
        .find(|posted| posted.comment == *comment);
    if let (Some(told_in), Some(posted)) = (told_in, held) {
        posted.answered_in = Some(told_in);
    }
}
