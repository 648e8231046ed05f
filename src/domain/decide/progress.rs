//! Progress: how many steps are proven, claimed or open, and whether the item is finished.
use super::playbook::Playbook;
use crate::domain::evidence::{Check, CheckStatus};
use crate::domain::page::{Aside, PageDescription, PageState, Proof};
use serde::Serialize;
use std::collections::BTreeSet;

/// Proven steps of all steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepCounts {
    /// Steps that are proven.
    pub proven: u8,
    /// Steps that are only claimed.
    pub claimed: u8,
    /// Steps that Progress counts: those that are proven, and those that rest on somebody's word where no check could see more.
    pub counted: u8,
    /// Steps that the page has in all.
    pub total: u8,
}

/// The progress of an item.
pub fn step_counts(playbook: &Playbook, state: &PageState) -> StepCounts {
    let description = playbook.description(state);
    let mut step_counts = StepCounts {
        total: state.guide.steps_total(),
        ..StepCounts::default()
    };
    for step in &state.guide.steps {
        let is_aside = state.is_aside(&Aside::Step(step.number));
        match step_proof(state, description, step.number) {
            Proof::Proven => {
                step_counts.proven += 1;
                step_counts.counted += 1;
            }
            Proof::Claimed => {
                step_counts.claimed += 1;
                step_counts.counted += u8::from(playbook.claims_tick);
            }
            Proof::Open => step_counts.claimed += u8::from(is_aside),
        }
    }
    step_counts
}

/// Where a step stands: what somebody says does not apply is not asked for, and counts as claimed, whatever its checks say.
pub(super) fn step_standing(state: &PageState, description: Option<&PageDescription>, number: u8) -> Proof {
    let proof = step_proof(state, description, number);
    if state.is_aside(&Aside::Step(number)) {
        return proof.max(Proof::Claimed);
    }
    proof
}

/// How much a step is worth: as much as the weakest of what it leads to.
pub(super) fn step_proof(state: &PageState, description: Option<&PageDescription>, number: u8) -> Proof {
    let said = if state.is_claimed(number) || state.is_aside(&Aside::Step(number)) {
        Proof::Claimed
    } else {
        Proof::Open
    };
    let Some(step) = description.and_then(|page| page.step(number)) else {
        return said;
    };
    let criteria = step.criteria.iter();
    let criteria = criteria.map(|criterion| criterion_proof(state, description, *criterion, said));
    let own = step.check.iter().map(|check| check_proof(state, check));
    criteria.chain(own).min().unwrap_or(said)
}

/// The boxes of the page that a step leads to.
pub(super) fn boxes_of_step(state: &PageState, description: Option<&PageDescription>, number: u8) -> BTreeSet<u8> {
    let described = description.and_then(|page| page.step(number));
    let described = described.map(|step| step.criteria.as_slice()).unwrap_or_default();
    described
        .iter()
        .map(|criterion| page_box(state, description, *criterion))
        .collect()
}

/// How much a criterion is worth, by its number in the description, or else on the page; `said`: what people say of it.
pub(super) fn criterion_proof(
    state: &PageState,
    description: Option<&PageDescription>,
    number: u8,
    said: Proof,
) -> Proof {
    if let Some(check) = description.and_then(|page| page.check(number)) {
        return check_proof(state, check);
    }
    match state.boxes.get(&page_box(state, description, number)) {
        Some(on_page) if on_page.by_person || on_page.on_word => Proof::Claimed,
        // What a person took back by hand is open until it is claimed anew.
        Some(on_page) if on_page.unticked_by_person => Proof::Open,
        Some(_) | None => said,
    }
}

/// The number on the page of the box that a criterion of the description means.
pub(super) fn page_box(state: &PageState, description: Option<&PageDescription>, number: u8) -> u8 {
    let criterion = description.and_then(|page| Some((page, page.criteria.iter().find(|c| c.number == number)?)));
    criterion
        .and_then(|(page, criterion)| page.box_of(&state.guide, criterion))
        .unwrap_or(number)
}

fn check_proof(state: &PageState, check: &Check) -> Proof {
    match state.evidence_for(check) {
        Some(evidence) if evidence.standing == CheckStatus::Proven => Proof::Proven,
        Some(_) | None => Proof::Open,
    }
}

/// Whether every criterion with a check is proven, and every other one claimed. A page with neither criteria nor steps
/// is never finished: there is nothing that could be seen or said of it.
pub(super) fn is_finished(state: &PageState, description: Option<&PageDescription>) -> bool {
    // The checks that it had cannot be looked at; words alone do not take their place.
    if description.is_none() && state.described_as.is_some() {
        return false;
    }
    let said = if state.finished.is_some() {
        Proof::Claimed
    } else {
        Proof::Open
    };
    let Some(page) = description.filter(|page| page.checks().next().is_some() && !state.guide.criteria.is_empty())
    else {
        let mut steps = state.guide.steps.iter().map(|step| step.number);
        let mut boxes = state.guide.criteria.iter().map(|criterion| criterion.number);
        let asks_nothing = state.guide.steps.is_empty() && state.guide.criteria.is_empty();
        return !asks_nothing
            && steps.all(|step| step_proof(state, description, step).max(said) > Proof::Open)
            && boxes.all(|number| criterion_proof(state, None, number, said) > Proof::Open);
    };
    let mut criteria = page.criteria.iter().map(|criterion| criterion.number);
    criteria.all(|number| criterion_proof(state, description, number, said) > Proof::Open)
}

/// Whether everything but the next rotation's date is proven: then the date may be written.
pub(super) fn only_schedule_missing(state: &PageState, description: &PageDescription) -> bool {
    let mut schedule_missing = false;
    for criterion in &description.criteria {
        let Some(check) = &criterion.check else { continue };
        let proven = check_proof(state, check) == Proof::Proven;
        match check {
            Check::ScheduleAhead => schedule_missing = !proven,
            Check::Backup
            | Check::Rotator { .. }
            | Check::KeysChanged { .. }
            | Check::KeysValid
            | Check::OldKeysDead
            | Check::MonitorRan
            | Check::File { .. }
            | Check::Command { .. } => {
                if !proven {
                    return false;
                }
            }
        }
    }
    schedule_missing
}
