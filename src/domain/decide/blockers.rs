//! Blockers: what stops somebody, from the comment that reports it until it is cleared.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::named_people::{self, Person};
use super::{few_words, heard, undo};
use crate::domain::classify::BlockerKind;
use crate::domain::effect::Status;
use crate::domain::event::Report;
use crate::domain::ids::{CommentId, PersonId};
use crate::domain::page::{Blocker, ReplyPart};
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
    undo::end_blockers(&mut builder.state, Some(&report.comment.id), |blocker| {
        untold.contains(blocker)
    });
    untold
}

/// Somebody is stopped, since now or since they said so without the cause: on each of these steps, or on none that is named.
pub(super) fn add(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    kind: BlockerKind,
    steps: &BTreeSet<u8>,
    who: Person,
) -> ReplyPart {
    // A comment reports what it says now, where it was changed.
    undo::retract_blockers(&mut builder.state, &report.comment.id);
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
    let steps = steps.into_iter().collect();
    let of = name.filter(|_| author != report.comment.author);
    ReplyPart::Blocker { kind, steps, told, of }
}

/// Clears the blockers that fit, those of comments that are away too, by the word of a comment or for good; whether there were
/// any. The last one cleared sets the status back.
pub(super) fn clear(
    builder: &mut DecisionBuilder<'_>,
    by: Option<&CommentId>,
    fits: impl Fn(&Blocker) -> bool,
) -> bool {
    let cleared = undo::end_blockers(&mut builder.state, by, fits);
    if cleared {
        set_status_back(builder);
    }
    cleared
}

/// A comment that was changed reports no obstacle any more.
pub(super) fn clear_own(builder: &mut DecisionBuilder<'_>, comment: &CommentId) {
    let stopped = builder.state.blockers.len();
    undo::retract_blockers(&mut builder.state, comment);
    if builder.state.blockers.len() < stopped {
        set_status_back(builder);
    }
}

/// Nobody is stopped any more, if so: the work goes on, or is finished.
pub(super) fn set_status_back(builder: &mut DecisionBuilder<'_>) {
    if builder.state.blockers.is_empty() && builder.state.status.wanted == Some(Status::Blocked) {
        builder.follow_the_work();
    }
}
