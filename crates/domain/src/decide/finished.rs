//! When all is finished: what nobody reported is asked about, and Status moves to Done, or waits while somebody is stopped.
use super::builder::DecisionBuilder;
use super::{blockers, on_word, undo};
use crate::effect::Status;
use crate::page::{Aside, Asked, Blocker, Claimable, Proof};
use std::collections::BTreeSet;

/// What nobody reported of that which no check sees; `None` where nothing is left.
pub(super) fn unreported(builder: &DecisionBuilder<'_>, said: &BTreeSet<u8>) -> Option<Asked> {
    if builder.lost_description().is_some() {
        return None;
    }
    let state = &builder.state;
    let is_said = |step: &u8| {
        said.contains(step) || builder.step_proof(*step) > Proof::Open || state.is_aside(&Aside::Step(*step))
    };
    let steps = state.guide.steps.iter().map(|step| step.number);
    let is_seen = |step: &u8| !builder.checks_of_step(*step).is_empty();
    let steps: Vec<u8> = steps.filter(|step| !is_seen(step) && !is_said(step)).collect();
    let meant: BTreeSet<u8> = said.iter().flat_map(|step| builder.boxes_of_step(*step)).collect();
    let is_ticked = |number: u8| {
        let on_page = state.boxes.get(&number);
        let is_said = meant.contains(&number) || state.claim_of_box(number).is_some();
        is_said || on_page.is_some_and(|on_page| on_page.on_word || on_page.tick.known == Some(true))
    };
    // The boxes within a step are a part of it.
    let of_page = state.guide.criteria.iter().filter(|criterion| criterion.step.is_none());
    let checked = on_word::checked(builder);
    let boxes = of_page.filter(|criterion| !checked.contains(&criterion.number) && !is_ticked(criterion.number));
    let boxes: Vec<String> = boxes.map(|criterion| criterion.text.clone()).collect();
    (!steps.is_empty() || !boxes.is_empty()).then_some(Asked::Whole { steps, boxes })
}

/// Who said that all is finished is right once every part of it is reported or ticked.
pub(super) fn complete(builder: &mut DecisionBuilder<'_>) {
    let is_said = !builder.state.said_finished.is_empty() && !builder.state.quiet;
    if !is_said || unreported(builder, &BTreeSet::new()).is_some() {
        return;
    }
    for claim in std::mem::take(&mut builder.state.said_finished) {
        undo::claim(&mut builder.state, Claimable::All, claim);
    }
    on_word::follow(builder);
    let questions = &mut builder.state.questions;
    questions.retain(|open| !matches!(open.asked, Asked::Whole { .. }));
    if builder.is_finished() {
        done(builder);
    }
}

/// Moves Status to Done; while somebody is stopped where nothing is proven, it waits until the last of them is free.
pub(super) fn done(builder: &mut DecisionBuilder<'_>) {
    let moot: Vec<Blocker> = builder
        .state
        .blockers
        .iter()
        .filter(|one| is_moot(builder, one))
        .cloned()
        .collect();
    blockers::clear(builder, None, |blocker| moot.contains(blocker));
    if builder.state.blockers.is_empty() {
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
