//! Undoing a comment: what it said goes, what it ended holds again, and what others said or ended meanwhile stays as it is. So the
//! state is as if the comment had never been written, but for what evidence proved.
//!
//! Each fact of the state carries the comment that it came from. What a comment ends waits in `PageState::ended` under the
//! comments that ended it, and holds again when the last of those is undone.
use super::builder::DecisionBuilder;
use super::ended::{end_doers, with_claims};
use super::{date_moves, on_word, ticks};
use crate::classify::{BlockerKind, Clause, Label, Role};
use crate::effect::Status;
use crate::event::Gone;
use crate::ids::{CommentId, PersonId};
use crate::page::{Aside, Blocker, Claim, Claimable, Conversation, EndedFact, Fact, PageState, TimeSpent};
use std::collections::BTreeSet;

/// Claims of one step, and times that were told, at most: nobody undoes more.
const AT_MOST: usize = 60;

/// What became of the steps of a comment that was undone.
pub(super) struct TakenBack {
    /// How many of our ticks were taken back.
    pub(super) unticked: usize,
    /// The steps that are claimed again: the comment had been taken to take them back.
    pub(super) claimed_again: BTreeSet<u8>,
}

/// Undoes what a comment did.
pub(super) fn undo(builder: &mut DecisionBuilder<'_>, comment: &CommentId) -> TakenBack {
    date_moves::take_back(builder, comment, false);
    let claimed = claimed(&builder.state);
    let was_finished = builder.state.finished.is_some();
    let was_stopped = !builder.state.blockers.is_empty();
    retract(&mut builder.state, comment);
    let mut taken_back = release(builder, comment, |_| false);
    let now_claimed = self::claimed(&builder.state);
    let lost: BTreeSet<u8> = claimed.difference(&now_claimed).copied().collect();
    taken_back.unticked = ticks::untick(builder, &lost).len()
        + ticks::untick_for(builder, comment, &now_claimed)
        + on_word::follow(builder).len();
    let state = &builder.state;
    let reopens = was_finished && state.finished.is_none() && state.status.wanted == Some(Status::Done);
    let frees = was_stopped && state.blockers.is_empty() && state.status.wanted == Some(Status::Blocked);
    if reopens || frees {
        builder.follow_the_work();
    }
    // Nobody waits for an answer to what was not said, and nothing is asked about it.
    builder.state.questions.retain(|open| open.comment != *comment);
    let waits = |open: &Conversation| open.also.is_empty() && open.comment.as_ref() == Some(comment);
    builder.state.conversations.retain(|open| !waits(open));
    taken_back
}

/// What a comment ended holds again, but for what it `still_ends`, as far as nothing else ended it.
pub(super) fn release(
    builder: &mut DecisionBuilder<'_>,
    by: &CommentId,
    still_ends: impl Fn(&Fact) -> bool,
) -> TakenBack {
    let claimed = claimed(&builder.state);
    let back = no_longer_ended(&mut builder.state, by, |fact| !still_ends(fact));
    let stops = back.iter().any(|fact| matches!(fact, Fact::Blocker(_)));
    hold(&mut builder.state, back);
    if stops {
        builder.follow_the_work();
    }
    TakenBack {
        unticked: 0,
        claimed_again: self::claimed(&builder.state).difference(&claimed).copied().collect(),
    }
}

/// Whether a clause of this author speaks of what a fact is about, and says what would end it.
pub(super) fn may_end(clause: &Clause, author: &PersonId, fact: &Fact) -> bool {
    let names = |step: &u8| clause.steps.is_empty() || clause.steps.contains(step);
    let is_open = clause.label == Label::Correction || clause.role.is_open();
    match fact {
        Fact::Finished(part, _) => {
            let names_part = match part {
                Claimable::Step(step) => names(step),
                Claimable::Box(block) => {
                    clause.steps.is_empty() && clause.boxes.is_empty() || clause.boxes.contains(block)
                }
                Claimable::All => true,
            };
            is_open && names_part
        }
        // Who names a step frees nobody who is stopped as a whole, unless somebody is meant by name.
        Fact::Blocker(blocker) => {
            let of_it = match &blocker.step {
                Some(step) => names(step),
                None => clause.steps.is_empty() || clause.role == Role::Works,
            };
            // Whoever goes on with a step is free there, or tells the cause; others are by what says that the obstacle is gone.
            let goes_on = matches!(clause.label, Label::Completion | Label::Correction | Label::Progress);
            let tells_cause = clause.label == Label::Blocker && blocker.kind == BlockerKind::Other;
            let ends = (goes_on || tells_cause) && blocker.author == *author || clause.resolves();
            of_it && ends && clause.asserted() && !clause.role.is_open()
        }
        Fact::Denied(denial) => (clause.label == Label::Completion || is_open) && names(&denial.step),
        // What is asked of us is told by no clause.
        Fact::Does(_) | Fact::Reminds(_) => false,
        Fact::SetAside(aside) => match &aside.what {
            Aside::Step(step) => {
                let ends = clause.label == Label::Completion || clause.role == Role::SetAside;
                ends && names(step)
            }
            Aside::Key(variable) => {
                let ends = clause.label == Label::KeyReport || clause.role == Role::SetAside;
                ends && (clause.keys.is_empty() || clause.keys.contains(variable))
            }
        },
    }
}

/// The steps that somebody said are finished.
pub(super) fn claimed(state: &PageState) -> BTreeSet<u8> {
    let claimed = state.steps.iter().filter(|(_, step)| step.claim.is_some());
    claimed.map(|(number, _)| *number).collect()
}

/// Takes a claim in; the first one of a part stands, the others behind it.
pub(super) fn claim(state: &mut PageState, part: Claimable, claim: Claim) {
    with_claims(state, part, |all| {
        if !all.iter().any(|other| other.comment == claim.comment) {
            all.push(claim);
            all.sort_by_key(|claim| claim.at);
            all.truncate(AT_MOST);
        }
    });
}

/// A comment tells of no time that was spent.
pub(super) fn retract_spent(state: &mut PageState, comment: &CommentId) {
    state.spent.retain(|spent| spent.comment != *comment);
}

/// A comment tells how much time was spent.
pub(super) fn spent(state: &mut PageState, comment: &CommentId, minutes: u32) {
    retract_spent(state, comment);
    let comment = comment.clone();
    state.spent.push(TimeSpent { comment, minutes });
    let surplus = state.spent.len().saturating_sub(AT_MOST);
    state.spent.drain(..surplus);
}

/// A comment says no longer that a part is finished; what others said of it stands.
pub(super) fn retract_claim(state: &mut PageState, part: &Claimable, comment: &CommentId) {
    with_claims(state, part.clone(), |all| all.retain(|claim| claim.comment != *comment));
    state
        .ended
        .retain(|ended| !matches!(&ended.fact, Fact::Finished(of, claim) if of == part && claim.comment == *comment));
}

/// What a comment is said to stop ends as long as it is gone, and if it was deleted, what it set aside; whether that was anything.
pub(super) fn leave(state: &mut PageState, comment: &CommentId, how: Gone) -> bool {
    let own = |fact: &CommentId| fact == comment;
    let stays = |fact: &Fact| !matches!(fact, Fact::Finished(..) | Fact::Blocker(_));
    let leaves = |fact: &Fact| how == Gone::Deleted || !stays(fact);
    let ended = state.ended.iter_mut();
    for ended in ended.filter(|ended| own(ended.fact.comment()) && leaves(&ended.fact)) {
        if !ended.by.contains(comment) {
            ended.by.push(comment.clone());
        }
    }
    let blockers = state.blockers.extract_if(.., |blocker| own(&blocker.comment));
    let mut gone: Vec<Fact> = blockers.map(Fact::Blocker).collect();
    if how == Gone::Deleted {
        let doers = state.doers.extract_if(.., |doer| own(&doer.comment));
        gone.extend(doers.map(Fact::Does));
        let reminders = state.reminders.extract_if(.., |reminder| own(&reminder.comment));
        gone.extend(reminders.map(Fact::Reminds));
        state.nudge.take_if(|nudge| own(&nudge.comment));
        let asides = state.set_aside.extract_if(.., |aside| own(&aside.comment));
        gone.extend(asides.map(Fact::SetAside));
        let denied = state.denied.extract_if(.., |denial| own(&denial.comment));
        gone.extend(denied.map(Fact::Denied));
    }
    state.ended.extend(gone.into_iter().map(|fact| EndedFact {
        fact,
        by: vec![comment.clone()],
    }));
    if how == Gone::Deleted {
        // Who took a step over does so no longer: it is whose it was.
        let taken_over = no_longer_ended(state, comment, |fact| {
            matches!(fact, Fact::Does(_)) && fact.comment() != comment
        });
        hold(state, taken_over);
    }
    state.ended.iter().any(|ended| own(ended.fact.comment()))
}

/// A comment is back, and what it says with it, as far as nothing else ended that; whether it stops somebody.
pub(super) fn come_back(state: &mut PageState, comment: &CommentId) -> bool {
    let back = no_longer_ended(state, comment, |fact| fact.comment() == comment);
    let stops = back.iter().any(|fact| matches!(fact, Fact::Blocker(_)));
    let does = back.iter().filter_map(|fact| match fact {
        Fact::Does(doer) => Some(doer.step),
        _ => None,
    });
    end_doers(state, comment, &does.collect::<Vec<u8>>());
    hold(state, back);
    stops
}

/// A comment reports no obstacle on the steps that fit.
pub(super) fn retract_blockers(state: &mut PageState, comment: &CommentId, fits: impl Fn(Option<u8>) -> bool) {
    let is_gone = |blocker: &Blocker| blocker.comment == *comment && fits(blocker.step);
    state.blockers.retain(|blocker| !is_gone(blocker));
    state
        .ended
        .retain(|ended| !matches!(&ended.fact, Fact::Blocker(blocker) if is_gone(blocker)));
}

/// A comment sets nothing aside.
pub(super) fn retract_asides(state: &mut PageState, comment: &CommentId) {
    state.set_aside.retain(|aside| aside.comment != *comment);
    state
        .ended
        .retain(|ended| !matches!(&ended.fact, Fact::SetAside(aside) if aside.comment == *comment));
}

/// A comment says of nobody that they do a step, and asks for no reminder.
pub(super) fn retract_doers(state: &mut PageState, comment: &CommentId) {
    state.doers.retain(|doer| doer.comment != *comment);
    state.reminders.retain(|reminder| reminder.comment != *comment);
    state.nudge.take_if(|nudge| nudge.comment == *comment);
    state.ended.retain(|ended| {
        let is_own = ended.fact.comment() == comment;
        !(is_own && matches!(ended.fact, Fact::Does(_) | Fact::Reminds(_)))
    });
}

/// A comment denies nothing.
pub(super) fn retract_denials(state: &mut PageState, comment: &CommentId) {
    state.denied.retain(|denial| denial.comment != *comment);
    state
        .ended
        .retain(|ended| !matches!(&ended.fact, Fact::Denied(denial) if denial.comment == *comment));
}

/// A comment says nothing at all.
fn retract(state: &mut PageState, comment: &CommentId) {
    let steps = state.steps.keys().copied().map(Claimable::Step);
    let boxes = state.boxes_said.keys().cloned().map(Claimable::Box);
    let parts: Vec<Claimable> = steps.chain(boxes).chain([Claimable::All]).collect();
    for part in &parts {
        retract_claim(state, part, comment);
    }
    retract_blockers(state, comment, |_| true);
    retract_asides(state, comment);
    retract_denials(state, comment);
    state.ended.retain(|ended| ended.fact.comment() != comment);
    retract_spent(state, comment);
    retract_doers(state, comment);
    state.said_finished.retain(|claim| claim.comment != *comment);
}

/// Takes a comment from what ended the facts that fit; those that nothing ends now.
fn no_longer_ended(state: &mut PageState, by: &CommentId, fits: impl Fn(&Fact) -> bool) -> Vec<Fact> {
    let back = state.ended.extract_if(.., |ended| {
        let before = ended.by.len();
        if fits(&ended.fact) {
            ended.by.retain(|other| other != by);
        }
        ended.by.len() < before && ended.by.is_empty()
    });
    back.map(|ended| ended.fact).collect()
}

/// These facts hold again, each at its place.
fn hold(state: &mut PageState, facts: Vec<Fact>) {
    for fact in facts {
        match fact {
            Fact::Finished(part, claimed) => claim(state, part, claimed),
            Fact::Blocker(blocker) => state.blockers.push(blocker),
            Fact::Denied(denial) => state.denied.push(denial),
            Fact::Reminds(reminder) => state.reminders.push(reminder),
            Fact::Does(doer) => match state.doers.iter().find(|other| other.step == doer.step) {
                Some(later) => {
                    let by = vec![later.comment.clone()];
                    let fact = Fact::Does(doer);
                    state.ended.push(EndedFact { fact, by });
                }
                None => state.doers.push(doer),
            },
            Fact::SetAside(aside) => match state.set_aside.iter().find(|other| other.what == aside.what) {
                Some(later) => {
                    let by = vec![later.comment.clone()];
                    let fact = Fact::SetAside(aside);
                    state.ended.push(EndedFact { fact, by });
                }
                None => state.set_aside.push(aside),
            },
        }
    }
    state.blockers.sort_by_key(|blocker| blocker.since);
    state.doers.sort_by_key(|doer| doer.step);
}

/// These comments can be undone no longer: what they ended has ended.
pub(super) fn settle(state: &mut PageState, forgotten: &[CommentId]) {
    if forgotten.is_empty() {
        return;
    }
    let known = |comment: &CommentId| {
        state.heard.iter().any(|heard| heard.comment == *comment)
            || state.absences.iter().any(|absence| absence.comment == *comment)
    };
    let forgotten: BTreeSet<&CommentId> = forgotten.iter().filter(|comment| !known(comment)).collect();
    state
        .ended
        .retain(|ended| !ended.by.iter().any(|by| forgotten.contains(by)));
}
