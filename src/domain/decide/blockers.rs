//! Blockers: what stops somebody, from the comment that reports it until it is cleared.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use crate::domain::classify::BlockerKind;
use crate::domain::effect::Status;
use crate::domain::page::{Blocker, ReplyPart};

/// Takes what stops the author into the state; the part of the reply that speaks of it.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    let obstacles = report.obstacles();
    if obstacles.is_empty() {
        return None;
    }
    let steps = || obstacles.iter().flat_map(|clause| clause.steps.iter().copied());
    let kind = report.reading.blocker_kind.unwrap_or(BlockerKind::Other);
    for number in steps() {
        builder.state.steps.entry(number).or_default().started = true;
    }
    Some(add(builder, report, kind, steps().next().or(report.on_step)))
}

/// Somebody is stopped, since now.
pub(super) fn add(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    kind: BlockerKind,
    step: Option<u8>,
) -> ReplyPart {
    builder.state.blockers.push(Blocker {
        comment: report.comment.id.clone(),
        author: report.comment.author.clone(),
        name: report.comment.author_name.clone(),
        step,
        kind,
        since: builder.now,
    });
    builder.move_status(Status::Blocked);
    ReplyPart::Blocker { kind, step }
}

/// Clears the blockers that fit, those of comments that are away too; whether there were any. The last one cleared sets
/// the status back.
pub(super) fn clear(builder: &mut DecisionBuilder<'_>, fits: impl Fn(&Blocker) -> bool) -> bool {
    let before = builder.state.blockers.len();
    builder.state.blockers.retain(|blocker| !fits(blocker));
    for absence in &mut builder.state.absences {
        absence.blockers.retain(|blocker| !fits(blocker));
    }
    let cleared = builder.state.blockers.len() < before;
    if cleared && builder.state.blockers.is_empty() && builder.state.status.wanted == Some(Status::Blocked) {
        builder.move_status(Status::InProgress);
    }
    cleared
}
