//! Undoing a comment: what it said goes, what it ended holds again, and what others said or ended meanwhile stays as it is. So the
//! state is as if the comment had never been written, but for what evidence proved.
//!
//! Each fact of the state carries the comment that it came from. What a comment ends waits in `PageState::ended` under the
//! comments that ended it, and holds again when the last of those is undone.
use super::builder::DecisionBuilder;
use super::{date_moves, on_word, ticks};
use crate::domain::classify::{BlockerKind, Clause, Label, Role};
use crate::domain::effect::Status;
use crate::domain::event::Gone;
use crate::domain::ids::{CommentId, PersonId};
use crate::domain::page::{
    Aside, Blocker, Claim, Conversation, Denial, EndedFact, Fact, PageState, SetAside, TimeSpent,
};
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
        Fact::Finished(step, _) => is_open && step.as_ref().is_none_or(names),
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

/// Takes a claim of a step, or of all, in; the first one stands, the others behind it.
pub(super) fn claim(state: &mut PageState, step: Option<u8>, claim: Claim) {
    with_claims(state, step, |all| {
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

fn with_claims(state: &mut PageState, step: Option<u8>, change: impl FnOnce(&mut Vec<Claim>)) {
    let (first, also) = match step {
        Some(number) => {
            let step = state.steps.entry(number).or_default();
            (&mut step.claim, &mut step.also)
        }
        None => (&mut state.finished, &mut state.finished_also),
    };
    let mut all: Vec<Claim> = first.take().into_iter().chain(also.drain(..)).collect();
    change(&mut all);
    let mut all = all.into_iter();
    *first = all.next();
    also.extend(all);
    if first.is_none()
        && let Some(number) = step
    {
        state.steps.remove(&number);
    }
}

/// A comment takes back the claims of a step, or those of all, that fit.
pub(super) fn end_claims(state: &mut PageState, step: Option<u8>, by: &CommentId, fits: impl Fn(&Claim) -> bool) {
    let mut ended: Vec<Claim> = Vec::new();
    with_claims(state, step, |all| ended.extend(all.extract_if(.., |claim| fits(claim))));
    let ended = ended.into_iter().map(|claim| Fact::Finished(step, claim)).collect();
    end(
        state,
        ended,
        Some(by),
        |fact| matches!(fact, Fact::Finished(of, claim) if *of == step && fits(claim)),
    );
}

/// A comment says no longer that a step, or all, is finished; what others said of it stands.
pub(super) fn retract_claim(state: &mut PageState, step: Option<u8>, comment: &CommentId) {
    with_claims(state, step, |all| all.retain(|claim| claim.comment != *comment));
    state
        .ended
        .retain(|ended| !matches!(&ended.fact, Fact::Finished(of, claim) if *of == step && claim.comment == *comment));
}

/// Ends the obstacles that fit, by a comment, or for good; whether there were any.
pub(super) fn end_blockers(state: &mut PageState, by: Option<&CommentId>, fits: impl Fn(&Blocker) -> bool) -> bool {
    let gone: Vec<Fact> = state
        .blockers
        .extract_if(.., |blocker| fits(blocker))
        .map(Fact::Blocker)
        .collect();
    let some = !gone.is_empty();
    end(
        state,
        gone,
        by,
        |fact| matches!(fact, Fact::Blocker(blocker) if fits(blocker)),
    );
    some
}

/// A comment ends what was set aside, as far as it fits.
pub(super) fn end_asides(state: &mut PageState, by: &CommentId, fits: impl Fn(&SetAside) -> bool) {
    let gone = state.set_aside.extract_if(.., |aside| fits(aside));
    let gone = gone.map(Fact::SetAside).collect();
    end(
        state,
        gone,
        Some(by),
        |fact| matches!(fact, Fact::SetAside(aside) if fits(aside)),
    );
}

/// A comment settles what was denied of these steps: it reports them, or denies them itself.
pub(super) fn end_denials(state: &mut PageState, by: &CommentId, steps: &[u8]) {
    let fits = |denial: &Denial| steps.contains(&denial.step);
    let gone = state.denied.extract_if(.., |denial| fits(denial));
    let gone = gone.map(Fact::Denied).collect();
    end(
        state,
        gone,
        Some(by),
        |fact| matches!(fact, Fact::Denied(denial) if fits(denial)),
    );
}

/// These facts ended, by a comment, or for good; and so did those that fit and had ended already. What a comment ends of itself
/// it never said.
fn end(state: &mut PageState, gone: Vec<Fact>, by: Option<&CommentId>, fits: impl Fn(&Fact) -> bool) {
    state.ended.retain_mut(|ended| match by {
        _ if !fits(&ended.fact) => true,
        Some(by) => {
            if !ended.by.contains(by) {
                ended.by.push(by.clone());
            }
            ended.fact.comment() != by
        }
        None => false,
    });
    let Some(by) = by else { return };
    let others = gone.into_iter().filter(|fact| fact.comment() != by);
    state.ended.extend(others.map(|fact| EndedFact {
        fact,
        by: vec![by.clone()],
    }));
}

/// What a comment is said to stop ends as long as it is gone, and if it was deleted, what it set aside; whether that was anything.
pub(super) fn leave(state: &mut PageState, comment: &CommentId, how: Gone) -> bool {
    let own = |fact: &CommentId| fact == comment;
    let leaves = |fact: &Fact| how == Gone::Deleted || !matches!(fact, Fact::SetAside(_) | Fact::Denied(_));
    let ended = state.ended.iter_mut();
    for ended in ended.filter(|ended| own(ended.fact.comment()) && leaves(&ended.fact)) {
        if !ended.by.contains(comment) {
            ended.by.push(comment.clone());
        }
    }
    let blockers = state.blockers.extract_if(.., |blocker| own(&blocker.comment));
    let mut gone: Vec<Fact> = blockers.map(Fact::Blocker).collect();
    if how == Gone::Deleted {
        retract_doers(state, comment);
        let asides = state.set_aside.extract_if(.., |aside| own(&aside.comment));
        gone.extend(asides.map(Fact::SetAside));
        let denied = state.denied.extract_if(.., |denial| own(&denial.comment));
        gone.extend(denied.map(Fact::Denied));
    }
    state.ended.extend(gone.into_iter().map(|fact| EndedFact {
        fact,
        by: vec![comment.clone()],
    }));
    state.ended.iter().any(|ended| own(ended.fact.comment()))
}

/// A comment is back, and what it says with it, as far as nothing else ended that; whether it stops somebody.
pub(super) fn come_back(state: &mut PageState, comment: &CommentId) -> bool {
    let back = no_longer_ended(state, comment, |fact| fact.comment() == comment);
    let stops = back.iter().any(|fact| matches!(fact, Fact::Blocker(_)));
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
    let steps: Vec<u8> = state.steps.keys().copied().collect();
    for step in steps.into_iter().map(Some).chain([None]) {
        retract_claim(state, step, comment);
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
            Fact::Finished(step, claimed) => claim(state, step, claimed),
            Fact::Blocker(blocker) => state.blockers.push(blocker),
            Fact::Denied(denial) => state.denied.push(denial),
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
