//! Progress: how many steps are proven, claimed or open, and whether the item is finished.
use super::playbook::Playbook;
use crate::evidence::{Check, CheckStatus};
use crate::page::{Aside, PageDescription, PageState, Proof};
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
                step_counts.counted += u8::from(playbook.claims_tick());
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
    step_worth(state, description, number, said_of_step(state, number))
}

/// What people say of a step; what does not apply is not asked for.
fn said_of_step(state: &PageState, number: u8) -> Proof {
    if state.is_claimed(number) || state.is_aside(&Aside::Step(number)) {
        Proof::Claimed
    } else {
        Proof::Open
    }
}

/// As [`step_proof`], where people say this of the step.
fn step_worth(state: &PageState, description: Option<&PageDescription>, number: u8, said: Proof) -> Proof {
    let step = description.and_then(|page| page.step(number));
    let criteria = step.map(|step| step.criteria.as_slice()).unwrap_or_default().iter();
    let criteria = criteria.map(|criterion| criterion_proof(state, description, *criterion, said));
    let own = own_boxes(state, number).map(|on_page| box_proof(state, description, on_page, said));
    let check = step.and_then(|step| step.check.as_ref());
    let check = check.map(|check| check_proof(state, check));
    criteria.chain(own).chain(check).min().unwrap_or(said)
}

/// The boxes of the page that a step leads to.
pub(super) fn boxes_of_step(state: &PageState, description: Option<&PageDescription>, number: u8) -> BTreeSet<u8> {
    let described = description.and_then(|page| page.step(number));
    let described = described.map(|step| step.criteria.as_slice()).unwrap_or_default();
    let described = described
        .iter()
        .map(|criterion| page_box(state, description, *criterion));
    described.chain(own_boxes(state, number)).collect()
}

/// The boxes that stand within a step on the page.
pub(super) fn own_boxes(state: &PageState, step: u8) -> impl Iterator<Item = u8> {
    let boxes = state.guide.criteria.iter();
    boxes
        .filter(move |on_page| on_page.step == Some(step))
        .map(|on_page| on_page.number)
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
    said_of_box(state, page_box(state, description, number), said)
}

/// As [`criterion_proof`], of a box by its number on the page.
fn box_proof(state: &PageState, description: Option<&PageDescription>, on_page: u8, said: Proof) -> Proof {
    let described = description.and_then(|page| {
        let mut criteria = page.criteria.iter();
        criteria.find(|criterion| page.box_of(&state.guide, criterion) == Some(on_page))
    });
    match described {
        Some(criterion) => criterion_proof(state, description, criterion.number, said),
        None => said_of_box(state, on_page, said),
    }
}

/// How much a box is worth that no check stands behind.
fn said_of_box(state: &PageState, on_page: u8, said: Proof) -> Proof {
    if state.claim_of_box(on_page).is_some() {
        return Proof::Claimed;
    }
    match state.boxes.get(&on_page) {
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

/// Whether every step, criterion and box with a check is proven, and every other one claimed. A page with neither criteria nor
/// steps is never finished: there is nothing that could be seen or said of it.
pub(super) fn is_finished(state: &PageState, description: Option<&PageDescription>) -> bool {
    // The checks that it had cannot be looked at; words alone do not take their place.
    if description.is_none() && state.described_as.is_some() {
        return false;
    }
    let (mut steps, mut boxes) = (state.guide.steps.iter(), state.guide.criteria.iter());
    if steps.len() + boxes.len() == 0 {
        return false;
    }
    let all = if state.finished.is_some() {
        Proof::Claimed
    } else {
        Proof::Open
    };
    let said = |step: u8| said_of_step(state, step).max(all);
    let mut described = description
        .map(|page| page.criteria.as_slice())
        .unwrap_or_default()
        .iter();
    steps.all(|step| step_worth(state, description, step.number, said(step.number)) > Proof::Open)
        && boxes
            .all(|on_page| box_proof(state, description, on_page.number, on_page.step.map_or(all, said)) > Proof::Open)
        && described.all(|criterion| criterion_proof(state, description, criterion.number, all) > Proof::Open)
}

/// Whether everything but the next rotation's date is proven: then the date may be written.
pub(super) fn only_schedule_missing(state: &PageState, description: &PageDescription) -> bool {
    let mut schedule_missing = false;
    for criterion in &description.criteria {
        let Some(check) = &criterion.check else { continue };
        let proven = check_proof(state, check) == Proof::Proven;
        if *check == Check::ScheduleAhead {
            schedule_missing = !proven;
        } else if !proven {
            return false;
        }
    }
    schedule_missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;
    use crate::ids::{BlockId, CommentId, PersonId};
    use crate::page::{BoxState, Claim, Criterion, Step};
    use chrono::DateTime;

    /// A page of two steps: boxes 1 and 2 stand in the first, 3 in the second.
    fn page() -> PageState {
        let step = |number| Step {
            number,
            ..Step::default()
        };
        let criterion = |(number, step)| Criterion {
            number,
            text: format!("box {number}"),
            block: BlockId::from_wire(&number.to_string()),
            step: Some(step),
        };
        let mut state = PageState::default();
        state.guide.steps = vec![step(1), step(2)];
        state.guide.criteria = [(1, 1), (2, 1), (3, 2)].map(criterion).into();
        state.boxes = (1..=3).map(|number| (number, BoxState::default())).collect();
        state
    }

    fn claim(state: &mut PageState, step: u8) {
        state.steps.entry(step).or_default().claim = Some(Claim {
            comment: CommentId::from_wire("c"),
            author: PersonId::from_wire("a"),
            at: DateTime::UNIX_EPOCH,
        });
    }

    #[test]
    fn a_step_is_as_good_as_the_weakest_of_its_own_boxes() {
        let mut state = page();
        assert_eq!(step_proof(&state, None, 1), Proof::Open);
        claim(&mut state, 1);
        assert_eq!(step_proof(&state, None, 1), Proof::Claimed);
        state.boxes.entry(2).or_default().unticked_by_person = true;
        assert_eq!(step_proof(&state, None, 1), Proof::Open, "a person unticked one");
        assert!(!is_finished(&state, None));
    }

    #[test]
    fn boxes_that_people_tick_finish_a_step_and_all_steps_the_page() {
        let mut state = page();
        state.boxes.entry(3).or_default().by_person = true;
        assert_eq!(step_proof(&state, None, 2), Proof::Claimed);
        claim(&mut state, 1);
        assert!(is_finished(&state, None));
        state.boxes.entry(3).or_default().by_person = false;
        assert!(!is_finished(&state, None));
    }

    #[test]
    fn a_check_behind_a_box_of_a_step_decides() {
        let text = "id = \"A\"\n[[criterion]]\nnumber = 1\nmatch = \"box 2\"\ncheck = { kind = \"keys_valid\" }";
        let description = PageDescription::parse(text, "a.toml").unwrap();
        let mut state = page();
        claim(&mut state, 1);
        assert_eq!(step_proof(&state, Some(&description), 1), Proof::Open);
        state.take_evidence(Evidence {
            check: Check::KeysValid,
            standing: CheckStatus::Proven,
            reason: "keys_valid".to_owned(),
            facts: std::collections::BTreeMap::new(),
            gathered_at: DateTime::UNIX_EPOCH,
        });
        assert_eq!(
            step_proof(&state, Some(&description), 1),
            Proof::Claimed,
            "the other box has none"
        );
    }
}
