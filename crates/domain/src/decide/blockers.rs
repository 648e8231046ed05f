//! Blockers: what stops somebody, from the comment that reports it until it is cleared.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::named_people::{self, Person};
use super::{ended, few_words, heard, undo};
use crate::classify::BlockerKind;
use crate::effect::Status;
use crate::event::Report;
use crate::ids::{CommentId, PersonId};
use crate::page::{Blocker, PageState, ReplyPart};
use std::collections::BTreeSet;

/// Takes what stops the author into the state; the part of the reply that speaks of it.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    let obstacles = report.obstacles();
    if obstacles.is_empty() {
        return None;
    }
    let mut steps = Report::steps_of(obstacles);
    if steps.is_empty() {
        steps.extend(report.on_step);
    }
    if steps.is_empty() {
        // "No access either", put into a comment that names steps, speaks of those.
        steps.extend(still_stopped_on(&builder.state, &report.comment.id));
    }
    let kind = report.reading.blocker_kind.unwrap_or(BlockerKind::Other);
    let who = named_people::stuck(builder, &report);
    Some(add(builder, report, kind, &steps, who))
}

/// The obstacles of a person that other comments of the thread of this one report.
pub(super) fn here(builder: &DecisionBuilder<'_>, report: &Report, who: &PersonId) -> Vec<Blocker> {
    let is_here = |blocker: &&Blocker| {
        let heard = heard::of(builder, &blocker.comment);
        blocker.author == *who
            && blocker.comment != report.comment.id
            && heard.is_some_and(|heard| heard.thread == report.comment.discussion)
    };
    builder.state.blockers.iter().filter(is_here).cloned().collect()
}

/// Takes the obstacles whose cause this comment tells out of the state: it stands for them since.
fn told_now(builder: &mut DecisionBuilder<'_>, report: &Report, steps: &BTreeSet<u8>, who: &PersonId) -> Vec<Blocker> {
    let is_of_it = |step: Option<u8>| steps.is_empty() || step.is_none_or(|step| steps.contains(&step));
    let mut untold = here(builder, report, who);
    untold.retain(|blocker| blocker.kind == BlockerKind::Other && !blocker.told && is_of_it(blocker.step));
    ended::end_blockers(&mut builder.state, Some(&report.comment.id), |blocker| {
        untold.contains(blocker)
    });
    untold
}

/// Somebody is stopped, since now or since they said so without the cause: on each of these steps, or on none that is named.
/// What the comment said of other steps stands.
pub(super) fn add(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    kind: BlockerKind,
    steps: &BTreeSet<u8>,
    who: Person,
) -> ReplyPart {
    undo::retract_blockers(&mut builder.state, &report.comment.id, |step| {
        step.is_none_or(|step| steps.contains(&step))
    });
    let untold = told_now(builder, &report, steps, &who.0);
    // Who says only once more that they are stuck tells no cause.
    let told = !untold.is_empty() && !few_words::are_stuck(report.heard.as_str());
    let mut steps = steps.clone();
    if steps.is_empty() {
        steps.extend(untold.iter().filter_map(|blocker| blocker.step));
    }
    let (author, name) = who;
    let named = steps.iter().copied().map(Some);
    let unnamed = steps.is_empty().then_some(None);
    let since = untold.iter().map(|blocker| blocker.since).min();
    builder.state.blockers.extend(named.chain(unnamed).map(|step| Blocker {
        comment: report.comment.id.clone(),
        author: author.clone(),
        name: name.clone(),
        step,
        kind,
        told,
        since: since.unwrap_or(builder.now),
    }));
    builder.move_status(Status::Blocked);
    let of = name.filter(|_| author != report.comment.author);
    stops_on(&builder.state, &report.comment.id, kind, of)
}

/// What is told of the obstacles of a comment: all that still stop somebody; `of`: who that is, where it is not its author.
fn stops_on(state: &PageState, comment: &CommentId, kind: BlockerKind, of: Option<String>) -> ReplyPart {
    let mut own = state.blockers.iter().filter(|blocker| blocker.comment == *comment);
    let told = own.any(|blocker| blocker.told);
    let steps = still_stopped_on(state, comment).into_iter().collect();
    ReplyPart::Blocker { kind, steps, told, of }
}

/// The steps on which a comment stops somebody.
fn still_stopped_on(state: &PageState, comment: &CommentId) -> BTreeSet<u8> {
    let own = state.blockers.iter().filter(|blocker| blocker.comment == *comment);
    own.filter_map(|blocker| blocker.step).collect()
}

/// Clears the blockers that fit, those of comments that are away too, by the word of a comment or for good; whether there were
/// any. The last one cleared sets the status back.
pub(super) fn clear(
    builder: &mut DecisionBuilder<'_>,
    by: Option<&CommentId>,
    fits: impl Fn(&Blocker) -> bool,
) -> bool {
    let cleared = ended::end_blockers(&mut builder.state, by, fits);
    if cleared {
        set_status_back(builder);
    }
    cleared
}

/// A comment that was changed stops its author where it still says so, and nowhere else: `unchanged` has the clauses of both texts.
pub(super) fn still_says(builder: &mut DecisionBuilder<'_>, unchanged: &Report) {
    let comment = &unchanged.comment.id;
    let obstacles = unchanged.obstacles();
    let is_said = !obstacles.is_empty();
    let said = unchanged.each_step(obstacles);
    let own = |blocker: &&Blocker| blocker.comment == *comment;
    let former = builder.state.blockers.iter().find(own).cloned();
    undo::retract_blockers(&mut builder.state, comment, |step| !is_said || !said.contains(&step));
    match former {
        // The step is not named any more, and its author is still stuck.
        Some(former) if is_said && !builder.state.blockers.iter().any(|blocker| own(&blocker)) => {
            builder
                .state
                .blockers
                .extend(said.into_iter().map(|step| Blocker { step, ..former.clone() }));
        }
        Some(_) => set_status_back(builder),
        None => {}
    }
}

/// What is told of a comment that reports fewer obstacles than those that `stopped` somebody: what is left of them.
pub(super) fn fewer(builder: &DecisionBuilder<'_>, comment: &CommentId, stopped: &[Blocker]) -> Option<ReplyPart> {
    let own = |blocker: &&Blocker| blocker.comment == *comment;
    let still = |blocker: &Blocker| {
        let mut open = builder.state.blockers.iter().filter(own);
        open.any(|open| open.step == blocker.step)
    };
    let is_withdrawn = stopped.iter().filter(own).any(|blocker| !still(blocker));
    let left = builder.state.blockers.iter().find(own);
    is_withdrawn.then(|| match left {
        Some(left) => {
            let author = heard::of(builder, comment).map(|heard| &heard.author);
            let of = left
                .name
                .clone()
                .filter(|_| author.is_some_and(|author| *author != left.author));
            stops_on(&builder.state, comment, left.kind, of)
        }
        None => ReplyPart::Correction {
            steps: Vec::new(),
            boxes: Vec::new(),
            unticked: Vec::new(),
            reopened: false,
            cleared: true,
        },
    })
}

/// Nobody is stopped any more, if so: the work goes on, or is finished.
pub(super) fn set_status_back(builder: &mut DecisionBuilder<'_>) {
    if builder.state.blockers.is_empty() && builder.state.status.wanted == Some(Status::Blocked) {
        builder.follow_the_work();
    }
}
