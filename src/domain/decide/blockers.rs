//! Blockers: what stops somebody, from the comment that reports it until it is cleared.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::undo;
use crate::domain::classify::BlockerKind;
use crate::domain::effect::Status;
use crate::domain::event::Report;
use crate::domain::ids::CommentId;
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
    Some(add(builder, report, kind, &steps))
}

/// Somebody is stopped, since now: on each of these steps, or on none that is named.
pub(super) fn add(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    kind: BlockerKind,
    steps: &BTreeSet<u8>,
) -> ReplyPart {
    // A comment reports what it says now, where it was changed.
    undo::retract_blockers(&mut builder.state, &report.comment.id);
    let named = steps.iter().copied().map(Some);
    let unnamed = steps.is_empty().then_some(None);
    builder.state.blockers.extend(named.chain(unnamed).map(|step| Blocker {
        comment: report.comment.id.clone(),
        author: report.comment.author.clone(),
        name: report.comment.author_name.clone(),
        step,
        kind,
        since: builder.now,
    }));
    builder.move_status(Status::Blocked);
    let steps = steps.iter().copied().collect();
    ReplyPart::Blocker { kind, steps }
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
