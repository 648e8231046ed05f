//! Corrections: claims that are taken back, with the ticks that we made for them.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{blockers, take_backs, ticks};
use crate::domain::classify::{Clause, Label, Role};
use crate::domain::effect::Status;
use crate::domain::event::Report;
use crate::domain::page::{Claim, ReplyPart};
use std::collections::BTreeSet;

/// Takes back what the author takes back, `confirmed` under our question which report that is; the part of the reply that
/// speaks of it.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, confirmed: bool) -> Option<ReplyPart> {
    let clauses = report.clauses(Label::Correction);
    let takes_back = |clause: &&Clause| !clause.role.is_to_us() || names_open_work(&report);
    if !clauses.iter().any(takes_back) {
        return None;
    }
    let mut steps = report.steps(Label::Correction);
    if steps.is_empty() && !confirmed {
        match take_backs::referent(builder, report) {
            Some(claimed) => steps.extend(claimed),
            None => return take_backs::which(builder, report),
        }
    }
    steps.retain(|step| report.may_take_back(claim_of(builder, *step)));
    Some(withdraw(builder, report, &steps))
}

/// "You are wrong, step 3 is not done": whoever names what is still open says what to take back.
pub(super) fn names_open_work(report: &Report) -> bool {
    let open = report.playing(Role::Pending);
    open.iter().any(|clause| !clause.steps.is_empty())
}

/// Who said that a step is finished.
pub(super) fn claim_of<'b>(builder: &'b DecisionBuilder<'_>, step: u8) -> Option<&'b Claim> {
    builder.state.steps.get(&step)?.claim.as_ref()
}

/// Takes back what was said of these steps: claims, the boxes that we ticked for them, Done, the author's blockers.
pub(super) fn withdraw(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, steps: &BTreeSet<u8>) -> ReplyPart {
    for number in steps {
        if let Some(step) = builder.state.steps.get_mut(number) {
            step.claim = None;
        }
    }
    let unticked = ticks::untick(builder, steps);
    if report.may_take_back(builder.state.said_finished.as_ref()) {
        builder.state.said_finished = None;
    }
    let is_done = builder.state.status.known == Some(Status::Done) || builder.state.finished.is_some();
    let reopened = is_done && report.may_take_back(builder.state.finished.as_ref());
    if reopened {
        builder.state.finished = None;
        builder.move_status(Status::InProgress);
    }
    let withdrawn_blocker = report.obstacles().is_empty();
    let cleared = withdrawn_blocker
        && blockers::clear(builder, |blocker| {
            blocker.author == report.comment.author
                && (steps.is_empty() || blocker.step.is_none_or(|step| steps.contains(&step)))
        });
    ReplyPart::Correction {
        steps: steps.iter().copied().collect(),
        unticked,
        reopened,
        cleared,
    }
}
