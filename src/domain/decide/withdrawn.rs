//! What no longer holds: withdrawn claims with the ticks that we made for them, and proofs of a key that was posted.
use super::desk::Desk;
use super::posted::{clear_blockers, of};
use super::standing;
use crate::domain::classify::Label;
use crate::domain::effect::Status;
use crate::domain::event::Report;
use crate::domain::evidence::{Check, Evidence};
use crate::domain::page::Part;
use std::collections::BTreeSet;

/// That an exposed key was changed is proven no longer; our tick for it goes until it is another one.
pub(super) fn void(desk: &mut Desk<'_>, exposed: &[String]) {
    let speaks_of = |evidence: &Evidence| {
        let keys = evidence.facts.get("keys").and_then(|keys| keys.as_array());
        let named = keys.into_iter().flatten().filter_map(|key| key.as_str());
        matches!(evidence.check, Check::KeysChanged { .. })
            && named.into_iter().any(|key| exposed.iter().any(|e| e == key))
    };
    let (void, kept) = std::mem::take(&mut desk.state.evidence)
        .into_iter()
        .partition(speaks_of);
    desk.state.evidence = kept;
    let void: Vec<Evidence> = void;
    let Some(description) = desk.description() else { return };
    for criterion in &description.criteria {
        let on_page = standing::page_box(&desk.state, Some(description), criterion.number);
        let is_void = void
            .iter()
            .any(|evidence| criterion.check.as_ref() == Some(&evidence.check));
        if let Some(state) = desk.state.boxes.get_mut(&on_page).filter(|state| is_void && state.ours) {
            state.tick.wanted = Some(false);
            state.ours = false;
        }
    }
}

/// What the author takes back.
pub(super) fn corrections(desk: &mut Desk<'_>, report: &Report, parts: &mut Vec<Part>) {
    let clauses = of(report, Label::Correction);
    if clauses.is_empty() {
        return;
    }
    let named: BTreeSet<u8> = clauses.iter().flat_map(|clause| clause.steps.iter().copied()).collect();
    let steps = if named.is_empty() {
        latest_claim(desk, report).into_iter().collect()
    } else {
        named
    };
    let part = withdraw(desk, report, &steps);
    parts.push(part);
}

/// The step that this author claimed last.
fn latest_claim(desk: &Desk<'_>, report: &Report) -> Option<u8> {
    let claims = desk
        .state
        .steps
        .iter()
        .filter_map(|(number, step)| Some((number, step.claim.as_ref()?)));
    let own = claims.filter(|(_, claim)| claim.author == report.comment.author);
    own.max_by_key(|(_, claim)| claim.at).map(|(number, _)| *number)
}

/// Takes back what was said of these steps: claims, the boxes that we ticked for them, Done, the author's blockers.
pub(super) fn withdraw(desk: &mut Desk<'_>, report: &Report, steps: &BTreeSet<u8>) -> Part {
    let mut unticked = Vec::new();
    for number in steps {
        if let Some(step) = desk.state.steps.get_mut(number) {
            step.claim = None;
        }
        for check in desk.checks_of_step(*number) {
            desk.state.evidence.retain(|evidence| evidence.check != check);
        }
        let criteria = desk
            .description()
            .and_then(|page| page.step(*number))
            .map(|step| step.criteria.clone());
        for criterion in criteria.unwrap_or_default() {
            let on_page = standing::page_box(&desk.state, desk.description(), criterion);
            if let Some(state) = desk.state.boxes.get_mut(&on_page)
                && state.ours
            {
                state.tick.wanted = Some(false);
                state.ours = false;
                unticked.push(on_page);
            }
        }
    }
    let reopened = desk.state.status.known == Some(Status::Done) || desk.state.finished.is_some();
    if reopened {
        desk.state.finished = None;
        desk.move_status(Status::InProgress);
    }
    let withdrawn_blocker = of(report, Label::Blocker).is_empty();
    let cleared = withdrawn_blocker
        && clear_blockers(desk, |blocker| {
            blocker.author == report.comment.author
                && (steps.is_empty() || blocker.step.is_none_or(|step| steps.contains(&step)))
        });
    Part::Correction {
        steps: steps.iter().copied().collect(),
        unticked,
        reopened,
        cleared,
    }
}
