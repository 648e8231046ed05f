//! Looks: which evidence a comment asks for, which keys are probed for it, and how much of that one person may cause.
use super::builder::DecisionBuilder;
use super::key_questions;
use crate::evidence::Check;
use crate::ids::{BlockId, PersonId};
use crate::page::{DatesOutcome, Proof, ReplyPart};
use std::collections::BTreeSet;

/// Side effects that one person may cause in an hour.
const PER_PERSON: usize = 20;
/// Side effects that may be caused on one page in an hour.
const PER_PAGE: usize = 60;

/// What has to be looked at before a comment is answered.
pub(super) struct EvidenceRequest {
    /// The checks that give evidence.
    pub(super) checks: BTreeSet<Check>,
    /// The variables whose keys are probed; no variable means all of them.
    pub(super) probes: Option<BTreeSet<String>>,
    /// Whether exposed keys are looked at.
    pub(super) exposed: bool,
    /// The variables whose dates are looked up; no variable means all of them.
    pub(super) dates: Option<BTreeSet<String>>,
    /// Whether it is searched who still holds old values.
    pub(super) holders: bool,
}

impl EvidenceRequest {
    /// Whether a provider is asked, or more is looked at than schedule and record.
    pub(super) fn causes_much(&self) -> bool {
        !self.checks.is_empty() || self.probes.is_some() || self.exposed || self.holders
    }
}

/// What the parts of a reply need to know.
pub(super) fn request(builder: &DecisionBuilder<'_>, parts: &[ReplyPart]) -> EvidenceRequest {
    let mut checks = BTreeSet::new();
    let (mut probes, mut dates): (Option<BTreeSet<String>>, Option<BTreeSet<String>>) = (None, None);
    let (mut exposed, mut holders) = (false, false);
    for part in parts {
        match part {
            ReplyPart::Claim {
                steps, boxes, whole, ..
            } => checks.extend(claimed(builder, steps, boxes, *whole)),
            ReplyPart::Progress {
                steps, hedged: true, ..
            } => checks.extend(steps.iter().flat_map(|step| builder.checks_of_step(*step))),
            ReplyPart::Progress {
                steps, ahead: false, ..
            } => checks.extend(steps.iter().flat_map(|step| local_checks(builder, *step))),
            ReplyPart::Keys { variables } => probes.get_or_insert_default().extend(variables.iter().cloned()),
            ReplyPart::Leaked { variables, all, former } => {
                exposed |= *all || !variables.is_empty() || !former.is_empty();
            }
            ReplyPart::KeysAsked { question } => {
                let needs = key_questions::needs(question);
                if needs.probes {
                    want(&mut probes, &question.keys);
                }
                if needs.dates {
                    want(&mut dates, &with(&question.keys, &question.unknown));
                }
                holders |= needs.holders;
            }
            ReplyPart::Dates {
                wish,
                outcome: DatesOutcome::Wanted { .. },
            } => want(&mut dates, &with(&wish.keys, &wish.unknown)),
            ReplyPart::Posted { keys } => {
                // A label may be the name of a pattern; only variables have a provider to ask. None is not all.
                let labels = keys.iter().filter_map(|key| key.label.clone());
                let mut known = labels
                    .filter(|label| builder.playbook.names.providers.contains_key(label))
                    .peekable();
                if known.peek().is_some() {
                    probes.get_or_insert_default().extend(known);
                }
            }
            ReplyPart::Progress { .. }
            | ReplyPart::Blocker { .. }
            | ReplyPart::Help { .. }
            | ReplyPart::Disputed
            | ReplyPart::SetAside { .. }
            | ReplyPart::Misread { .. }
            | ReplyPart::Correction { .. }
            | ReplyPart::WasOpen { .. }
            | ReplyPart::Denied { .. }
            | ReplyPart::Asks { .. }
            | ReplyPart::Left
            | ReplyPart::Does { .. }
            | ReplyPart::Reminds { .. }
            | ReplyPart::Quoted { .. }
            | ReplyPart::Nudge
            | ReplyPart::LeftOut { .. }
            | ReplyPart::NoSuchStep { .. }
            | ReplyPart::Waits { .. }
            | ReplyPart::BoxesAsked { .. }
            | ReplyPart::Question { .. }
            | ReplyPart::Dates { .. }
            | ReplyPart::DatesBack { .. }
            | ReplyPart::Clean { .. }
            | ReplyPart::Gone { .. }
            | ReplyPart::LeakByGuest { .. }
            | ReplyPart::NotLeaked { .. }
            | ReplyPart::Held { .. }
            | ReplyPart::ByHand { .. }
            | ReplyPart::Limited
            | ReplyPart::Cut { .. }
            | ReplyPart::Enough { .. }
            | ReplyPart::ByBot { .. }
            | ReplyPart::Guidance
            | ReplyPart::LooksLikeKey
            | ReplyPart::Together { .. }
            | ReplyPart::Summary { .. }
            | ReplyPart::Alert { .. }
            | ReplyPart::Due => {}
        }
    }
    EvidenceRequest {
        checks,
        probes,
        exposed,
        dates,
        holders,
    }
}

/// The checks of what is claimed: of steps and boxes, of all, or of the step at hand.
fn claimed(builder: &DecisionBuilder<'_>, steps: &[u8], boxes: &[BlockId], whole: bool) -> Vec<Check> {
    let all = builder.state.guide.steps.iter().map(|step| step.number);
    let meant: Vec<u8> = if whole {
        all.collect()
    } else if steps.is_empty() && boxes.is_empty() {
        current_step(builder).into_iter().collect()
    } else {
        steps.to_vec()
    };
    let of_steps = meant.into_iter().flat_map(|step| builder.checks_of_step(step));
    let of_boxes = boxes.iter().filter_map(|block| builder.check_of_box(block));
    let of_all = whole.then(|| builder.checks_of_all()).into_iter().flatten();
    of_steps.chain(of_boxes).chain(of_all).collect()
}

fn with(keys: &[String], unknown: &[String]) -> Vec<String> {
    keys.iter().chain(unknown).cloned().collect()
}

/// Wants these, or all where none is named, beside what is wanted already.
fn want(wanted: &mut Option<BTreeSet<String>>, variables: &[String]) {
    match wanted {
        Some(all) if all.is_empty() => {}
        Some(some) if variables.is_empty() => some.clear(),
        _ => wanted.get_or_insert_default().extend(variables.iter().cloned()),
    }
}

/// The checks of a step that ask nobody outside: cheap enough for a mere mention.
pub(super) fn local_checks(builder: &DecisionBuilder<'_>, step: u8) -> Vec<Check> {
    let mut checks = builder.checks_of_step(step);
    checks.retain(|check| match check {
        Check::Backup
        | Check::Rotator { .. }
        | Check::ScheduleAhead
        | Check::File { .. }
        | Check::Date { .. }
        | Check::Git { .. } => true,
        Check::KeysChanged { .. }
        | Check::KeysValid
        | Check::OldKeysDead
        | Check::MonitorRan
        | Check::Http { .. }
        | Check::Command { .. } => false,
    });
    checks
}

/// The first step that nothing is known of.
pub(super) fn current_step(builder: &DecisionBuilder<'_>) -> Option<u8> {
    let open = |number: u8| builder.step_standing(number) == Proof::Open;
    builder
        .state
        .guide
        .steps
        .iter()
        .map(|step| step.number)
        .find(|number| open(*number))
}

/// At most so many side effects an hour, or a flood of comments would make us probe without end.
pub(super) fn within_limits(builder: &mut DecisionBuilder<'_>, author: &PersonId) -> bool {
    let now = builder.now.timestamp();
    builder.state.caused.retain(|(_, at)| now - at < 3600);
    let caused = builder.state.caused.iter();
    let by_person = caused.filter(|(person, _)| person == author).count();
    let within = by_person < PER_PERSON && builder.state.caused.len() < PER_PAGE;
    if within {
        builder.state.caused.push((author.clone(), now));
    }
    within
}
