//! Looks: which evidence a comment asks for, which keys are probed for it, and how much of that one person may cause.
use super::desk::Desk;
use super::playbook::Names;
use super::standing;
use crate::domain::evidence::Check;
use crate::domain::ids::PersonId;
use crate::domain::page::{Part, Proof};
use std::collections::BTreeSet;

/// Side effects that one person may cause in an hour.
const PER_PERSON: usize = 20;
/// Side effects that may be caused on one page in an hour.
const PER_PAGE: usize = 60;

/// The looks that a comment causes.
pub(super) fn of(desk: &Desk<'_>, parts: &[Part]) -> Vec<Check> {
    let mut checks = BTreeSet::new();
    for part in parts {
        match part {
            Part::Claim { whole: true, .. } => {
                checks.extend(desk.checks_of_all());
                let steps = desk.state.guide.steps.iter();
                checks.extend(steps.flat_map(|step| desk.checks_of_step(step.number)));
            }
            Part::Claim { steps, .. } if steps.is_empty() => {
                checks.extend(
                    current_step(desk)
                        .into_iter()
                        .flat_map(|step| desk.checks_of_step(step)),
                );
            }
            Part::Claim { steps, .. } => checks.extend(steps.iter().flat_map(|step| desk.checks_of_step(*step))),
            Part::Progress {
                steps, hedged: true, ..
            } => {
                checks.extend(steps.iter().flat_map(|step| desk.checks_of_step(*step)));
            }
            Part::Progress { steps, .. } => checks.extend(steps.iter().flat_map(|step| local(desk, *step))),
            Part::Blocker { .. }
            | Part::Keys { .. }
            | Part::Posted { .. }
            | Part::Correction { .. }
            | Part::Question { .. }
            | Part::Clean { .. }
            | Part::Held { .. }
            | Part::ByHand { .. }
            | Part::Limited
            | Part::Guidance
            | Part::Together { .. }
            | Part::Summary { .. }
            | Part::Alert { .. }
            | Part::Due => {}
        }
    }
    checks.into_iter().collect()
}

/// The checks of a step that ask nobody outside: cheap enough for a mere mention.
pub(super) fn local(desk: &Desk<'_>, step: u8) -> Vec<Check> {
    let mut checks = desk.checks_of_step(step);
    checks.retain(|check| match check {
        Check::Backup | Check::Rotator { .. } | Check::ScheduleAhead | Check::File { .. } => true,
        Check::KeysChanged { .. }
        | Check::KeysValid
        | Check::OldKeysDead
        | Check::MonitorRan
        | Check::Command { .. } => false,
    });
    checks
}

/// The first step that nothing is known of.
pub(super) fn current_step(desk: &Desk<'_>) -> Option<u8> {
    let open = |number: u8| standing::step_proof(&desk.state, desk.description(), number) == Proof::Open;
    desk.state
        .guide
        .steps
        .iter()
        .map(|step| step.number)
        .find(|number| open(*number))
}

/// The keys that a comment wants probed; empty: all of them.
pub(super) fn probes(vocabulary: &Names, parts: &[Part]) -> Option<Vec<String>> {
    let mut variables = BTreeSet::new();
    let mut wanted = false;
    for part in parts {
        match part {
            Part::Keys { variables: named } => {
                wanted = true;
                variables.extend(named.iter().cloned());
            }
            Part::Posted { keys } => {
                // A label may be the name of a pattern; only variables have a provider to ask. None is not all.
                let labels = keys.iter().map(|key| key.label.clone());
                let known: Vec<String> = labels
                    .filter(|label| vocabulary.providers.contains_key(label))
                    .collect();
                wanted |= !known.is_empty();
                variables.extend(known);
            }
            Part::Claim { .. }
            | Part::Progress { .. }
            | Part::Blocker { .. }
            | Part::Correction { .. }
            | Part::Question { .. }
            | Part::Clean { .. }
            | Part::Held { .. }
            | Part::ByHand { .. }
            | Part::Limited
            | Part::Guidance
            | Part::Together { .. }
            | Part::Summary { .. }
            | Part::Alert { .. }
            | Part::Due => {}
        }
    }
    wanted.then(|| variables.into_iter().collect())
}

/// At most so many side effects an hour, or a flood of comments would make us probe without end.
pub(super) fn within_limits(desk: &mut Desk<'_>, author: &PersonId) -> bool {
    let now = desk.now.timestamp();
    desk.state.caused.retain(|(_, at)| now - at < 3600);
    let caused = desk.state.caused.iter();
    let by_person = caused.filter(|(person, _)| person == author).count();
    let within = by_person < PER_PERSON && desk.state.caused.len() < PER_PAGE;
    if within {
        desk.state.caused.push((author.clone(), now));
    }
    within
}
