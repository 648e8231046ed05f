//! What no check can see is ticked on somebody's word, and unticked when that word is taken back or denied.
use super::builder::DecisionBuilder;
use crate::ids::CommentId;
use crate::page::Aside;
use std::collections::{BTreeMap, BTreeSet};

/// Ticks what is claimed and was not ticked yet, unticks what nobody claims any more; the boxes that are unticked.
pub(super) fn follow(builder: &mut DecisionBuilder<'_>) -> Vec<u8> {
    // Without the checks that the page had nothing tells which of its boxes they would see.
    if !builder.playbook.claims_tick() || builder.state.quiet || builder.lost_description().is_some() {
        return Vec::new();
    }
    let claimed = claimed(builder);
    let mut unticked = Vec::new();
    for (number, state) in &mut builder.state.boxes {
        let is_ticked = state.tick.wanted.or(state.tick.known) == Some(true);
        match claimed.get(number) {
            // What a person took back by hand comes back by a new claim alone.
            Some(comment) if !is_ticked && !state.unticked_by_person => {
                state.tick.wanted = Some(true);
                state.because_of = Some(comment.clone());
                (state.ours, state.on_word) = (true, true);
            }
            None if state.on_word => {
                state.take_back();
                unticked.push(*number);
            }
            Some(_) | None => {}
        }
    }
    unticked
}

/// The boxes without a check that are claimed, each with the comment that says so: those of a step by its claim, all by that of the
/// whole item, but for those of what does not apply, and one by its words.
fn claimed(builder: &DecisionBuilder<'_>) -> BTreeMap<u8, CommentId> {
    let state = &builder.state;
    let mut claimed = BTreeMap::new();
    if let Some(claim) = &state.finished {
        let all = state.guide.criteria.iter();
        claimed.extend(all.map(|criterion| (criterion.number, claim.comment.clone())));
    }
    for step in &state.guide.steps {
        let boxes = builder.boxes_of_step(step.number);
        let claim = state.steps.get(&step.number).and_then(|step| step.claim.as_ref());
        match claim.filter(|_| state.finished.is_some() || state.is_claimed(step.number)) {
            Some(claim) => claimed.extend(boxes.into_iter().map(|number| (number, claim.comment.clone()))),
            None if state.is_aside(&Aside::Step(step.number)) => claimed.retain(|number, _| !boxes.contains(number)),
            None => {}
        }
    }
    // What is said of a box by its words stands beside what is said of its step.
    let said = state.guide.criteria.iter().map(|on_page| on_page.number);
    claimed.extend(said.filter_map(|number| Some((number, state.claim_of_box(number)?.comment.clone()))));
    let checked = checked(builder);
    claimed.retain(|number, _| !checked.contains(number));
    claimed
}

/// The boxes that a check stands behind.
pub(super) fn checked(builder: &DecisionBuilder<'_>) -> BTreeSet<u8> {
    let criteria = builder.description().map(|page| page.criteria.as_slice());
    let criteria = criteria.unwrap_or_default().iter();
    criteria
        .filter(|criterion| criterion.check.is_some())
        .map(|criterion| builder.page_box(criterion.number))
        .collect()
}

/// The texts of the boxes of a step that are ticked on a word.
pub(super) fn boxes(builder: &DecisionBuilder<'_>, step: u8) -> Vec<String> {
    let of_step = builder.boxes_of_step(step);
    let state = &builder.state;
    let is_on_word = |number: &u8| state.boxes.get(number).is_some_and(|on_page| on_page.on_word);
    let criteria = state.guide.criteria.iter();
    criteria
        .filter(|criterion| of_step.contains(&criterion.number) && is_on_word(&criterion.number))
        .map(|criterion| criterion.text.clone())
        .collect()
}

/// How many boxes of the page are ticked on a word.
pub(super) fn count(builder: &DecisionBuilder<'_>) -> usize {
    builder.state.boxes.values().filter(|on_page| on_page.on_word).count()
}
