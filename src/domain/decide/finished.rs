//! When all is finished: what nobody reported is asked about, and Status moves to Done when nobody is stopped any more.
use super::builder::DecisionBuilder;
use super::{blockers, undo};
use crate::domain::effect::Status;
use crate::domain::page::{Aside, Asked, Blocker, Proof};
use std::collections::BTreeSet;

/// What nobody reported of a page that no check sees; `None` where nothing is left, or checks tell.
pub(super) fn unreported(builder: &DecisionBuilder<'_>, said: &BTreeSet<u8>) -> Option<Asked> {
    if builder.has_checks() || builder.lost_description().is_some() {
        return None;
    }
    let state = &builder.state;
    let is_claimed = |step: &u8| state.steps.get(step).is_some_and(|step| step.claim.is_some());
    let is_said = |step: &u8| said.contains(step) || is_claimed(step) || state.is_aside(&Aside::Step(*step));
    let steps = state.guide.steps.iter().map(|step| step.number);
    let steps: Vec<u8> = steps.filter(|step| !is_said(step)).collect();
    let is_ticked = |number: u8| {
        state
            .boxes
            .get(&number)
            .is_some_and(|on_page| on_page.tick.known == Some(true))
    };
    let boxes = state
        .guide
        .criteria
        .iter()
        .filter(|criterion| !is_ticked(criterion.number));
    let boxes: Vec<String> = boxes.map(|criterion| criterion.text.clone()).collect();
    (!steps.is_empty() || !boxes.is_empty()).then_some(Asked::Whole { steps, boxes })
}

/// Who said that all is finished is right once every part of it is reported or ticked; and what waited for an obstacle to be
/// cleared waits no longer when it is.
pub(super) fn complete(builder: &mut DecisionBuilder<'_>) {
    if builder.state.quiet {
        return;
    }
    // Where a person moved the status since, it stands.
    let mut moves = std::mem::take(&mut builder.state.done_waits) && !builder.state.status_by_person;
    if builder.state.said_finished.is_some() && unreported(builder, &BTreeSet::new()).is_none() {
        if let Some(claim) = builder.state.said_finished.take() {
            undo::claim(&mut builder.state, None, claim);
        }
        let questions = &mut builder.state.questions;
        questions.retain(|open| !matches!(open.asked, Asked::Whole { .. }));
        moves = true;
    }
    if moves && builder.is_finished() {
        done(builder);
    }
}

/// Moves Status to Done; while somebody is stopped where nothing is proven, it waits.
pub(super) fn done(builder: &mut DecisionBuilder<'_>) {
    let moot: Vec<Blocker> = builder
        .state
        .blockers
        .iter()
        .filter(|one| is_moot(builder, one))
        .cloned()
        .collect();
    builder.state.done_waits = moot.len() < builder.state.blockers.len();
    blockers::clear(builder, None, |blocker| moot.contains(blocker));
    if !builder.state.done_waits {
        builder.move_status(Status::Done);
    }
}

/// What stops nobody any more: its step is proven, or where it names none, every step.
fn is_moot(builder: &DecisionBuilder<'_>, blocker: &Blocker) -> bool {
    let counts = builder.step_counts();
    let all_proven = counts.proven == counts.total;
    all_proven
        || blocker
            .step
            .is_some_and(|step| builder.step_proof(step) == Proof::Proven)
}
