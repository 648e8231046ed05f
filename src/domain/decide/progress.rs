//! Progress: how many steps are proven, claimed or open, and whether the item is finished.
use crate::domain::evidence::{Check, CheckStatus};
use crate::domain::page::{Aside, PageDescription, PageState, Proof};
use serde::Serialize;

/// Proven steps of all steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepCounts {
    /// Steps that are proven.
    pub proven: u8,
    /// Steps that are only claimed.
    pub claimed: u8,
    /// Steps that the page has in all.
    pub total: u8,
}

/// The progress of an item.
pub fn step_counts(state: &PageState, description: Option<&PageDescription>) -> StepCounts {
    let mut step_counts = StepCounts {
        total: state.guide.steps_total(),
        ..StepCounts::default()
    };
    for step in &state.guide.steps {
        match step_standing(state, description, step.number) {
            Proof::Proven => step_counts.proven += 1,
            Proof::Claimed => step_counts.claimed += 1,
            Proof::Open => {}
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
    let claimed = state.steps.get(&number).is_some_and(|step| step.claim.is_some());
    let said = if claimed || state.is_aside(&Aside::Step(number)) {
        Proof::Claimed
    } else {
        Proof::Open
    };
    let Some(step) = description.and_then(|page| page.step(number)) else {
        return said;
    };
    let criteria = step
        .criteria
        .iter()
        .map(|criterion| criterion_proof(state, description, *criterion, said));
    let own = step.check.iter().map(|check| check_proof(state, check));
    criteria.chain(own).min().unwrap_or(said)
}

/// How much a criterion is worth; `said`: what people say of it.
pub(super) fn criterion_proof(
    state: &PageState,
    description: Option<&PageDescription>,
    number: u8,
    said: Proof,
) -> Proof {
    let on_page = page_box(state, description, number);
    let ticked_by_hand = state.boxes.get(&on_page).is_some_and(|on_page| on_page.by_person);
    let said = if ticked_by_hand { Proof::Claimed } else { said };
    match description.and_then(|page| page.check(number)) {
        Some(check) => check_proof(state, check),
        None => said,
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
    if state.guide.criteria.is_empty() {
        let steps = &state.guide.steps;
        return !steps.is_empty()
            && steps
                .iter()
                .all(|step| step_proof(state, description, step.number).max(said) > Proof::Open);
    }
    let is_closed = |number: u8, said: Proof| criterion_proof(state, description, number, said) > Proof::Open;
    match description {
        Some(page) => page.criteria.iter().all(|criterion| is_closed(criterion.number, said)),
        // A box within a step is a part of what is said of the step.
        None => state.guide.criteria.iter().all(|criterion| {
            let of_step = criterion.step.map(|step| step_proof(state, None, step));
            is_closed(criterion.number, of_step.map_or(said, |proof| proof.max(said)))
        }),
    }
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
