//! A person changed a comment: only what the former text lacked is acted on; what it no longer says is taken back.
use super::acting::{Acting, Admitted, admit};
use super::builder::DecisionBuilder;
use super::{
    blockers, comment_gone, comment_posted, comments_flooded, corrections, heard, questions, set_aside, ticks,
};
use crate::domain::classify::{Certainty, Label, Reading, Role};
use crate::domain::effect::Status;
use crate::domain::ids::CommentId;
use crate::domain::page::{Claim, Conversation, ReplyPart};
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
    let parts = answered_anew(builder, report).unwrap_or_else(|| changed(builder, report, former));
    if !parts.is_empty() {
        tell(builder, report, parts, answered);
    }
}

/// An answer to a question of ours was changed: what followed from it is undone, the question waits again, and what the
/// comment says now is heard as if it were new. `None`: it was no answer.
fn answered_anew(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<Vec<ReplyPart>> {
    let asked = questions::reopen(builder, &report.comment.id)?;
    let was_done = builder.state.status.wanted == Some(Status::Done);
    let ticked = ticks::ours(builder);
    let former = heard::forget(builder, &report.comment.id);
    if let Some(former) = &former {
        heard::undo(builder, former);
    }
    let still_ticked = ticks::ours(builder);
    let clean = comment_gone::no_longer_holds_a_key(builder, &report);
    let anew = comment_posted::parts(builder, report);
    let claimed = |step: &u8| corrections::claim_of(builder, *step).is_some();
    let touched = former.iter().flat_map(|former| &former.changed.steps);
    let open = touched
        .clone()
        .filter(|(step, was, made)| was.claim.is_none() && made.claim.is_some() && !claimed(step));
    let back = touched.filter(|(step, was, made)| was.claim.is_some() && made.claim.is_none() && claimed(step));
    let (open, back): (Vec<u8>, Vec<u8>) = (open.map(|step| step.0).collect(), back.map(|step| step.0).collect());
    let reopened = was_done && builder.state.status.wanted != Some(Status::Done);
    let mut parts = Vec::new();
    if !open.is_empty() || reopened {
        parts.push(ReplyPart::Correction {
            steps: open,
            unticked: ticked.difference(&still_ticked).copied().collect(),
            reopened,
            cleared: false,
        });
    }
    if !back.is_empty() {
        // What had been taken back is looked at anew.
        parts.push(ReplyPart::claim(back));
    }
    // "I leave it" is no word for what was just taken back.
    let told = parts.is_empty();
    parts.extend(clean);
    parts.extend(anew.into_iter().filter(|part| told || *part != ReplyPart::Left));
    if parts.is_empty() {
        parts.push(ReplyPart::Asks { asked });
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
    let after: BTreeSet<u64> = report.reading.clauses.iter().map(|clause| clause.hash).collect();
    let mut fresh = (*report).clone();
    fresh.reading.clauses.retain(|clause| !before.contains(&clause.hash));
    // What this comment did is taken back; what others said as well, stands.
    let is_own = |claim: Option<&Claim>| claim.is_some_and(|claim| claim.comment == report.comment.id);
    let still_said = report.steps(Label::Completion);
    let withdrawn: BTreeSet<u8> = former
        .clauses
        .iter()
        .filter(|clause| clause.label == Label::Completion && !after.contains(&clause.hash))
        .flat_map(|clause| clause.steps.iter().copied())
        .filter(|step| !still_said.contains(step))
        .filter(|step| is_own(corrections::claim_of(builder, *step)))
        .collect();
    let mut parts = Vec::new();
    let whole_withdrawn = former.all_done && !report.reading.all_done && is_own(builder.state.finished.as_ref());
    if former.all_done && !report.reading.all_done && is_own(builder.state.said_finished.as_ref()) {
        builder.state.said_finished = None;
    }
    if !withdrawn.is_empty() || whole_withdrawn {
        parts.push(corrections::withdraw(builder, report, &withdrawn));
    }
    parts.extend(comment_gone::no_longer_holds_a_key(builder, &report));
    let blocked = !report.obstacles().is_empty();
    blockers::clear(builder, |blocker| blocker.comment == report.comment.id && !blocked);
    if report.playing(Role::SetAside).is_empty() {
        set_aside::withdraw(&mut builder.state, &report.comment.id);
    }
    // The reply speaks of the comment as it now is, so every clause has a part; only new ones change the state.
    if let Admitted::Acting(fresh) = admit(&fresh) {
        parts.extend(comment_posted::parts(builder, fresh));
    }
    parts
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
