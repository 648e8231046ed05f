//! Keys that stood where others could read them: what is told of them, and what follows for the rotation.
use super::desk::Desk;
use super::playbook::Names;
use super::withdrawn;
use crate::domain::comment::Finding;
use crate::domain::effect::Effect;
use crate::domain::ids::CommentId;
use crate::domain::page::PostedKey;

/// What may be told of findings, each once.
pub(super) fn told(names: &Names, findings: &[Finding]) -> Vec<PostedKey> {
    let mut keys: Vec<PostedKey> = Vec::new();
    for finding in findings {
        let label = finding.variable.clone().unwrap_or_else(|| finding.label.clone());
        let key = PostedKey {
            identifier: finding.identifier || names.identifiers.contains(&label),
            label,
            chars: finding.chars,
            extent: finding.extent,
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// The variables of `.env` whose secret half, or all of it, stood there.
pub(super) fn variables(names: &Names, findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.extent.exposes() && !finding.identifier)
        .filter_map(|finding| finding.variable.clone())
        .filter(|variable| !names.identifiers.contains(variable))
        .collect()
}

/// They are due now, and nothing counts as changed until their values are others. `by` is the comment that holds them.
pub(super) fn mark(desk: &mut Desk<'_>, by: Option<&CommentId>, exposed: &[String]) {
    note(desk, exposed);
    if !exposed.is_empty() {
        let variables = exposed.to_vec();
        desk.want_now(by, Effect::MarkExposed { variables });
    }
}

/// Nothing counts as changed until their values are others.
pub(super) fn note(desk: &mut Desk<'_>, exposed: &[String]) {
    if !exposed.is_empty() {
        withdrawn::void(desk, exposed);
    }
    if let Some(cycle) = &mut desk.state.cycle {
        for variable in exposed {
            // The fingerprint comes with the probe; until then nothing counts as changed.
            cycle.exposed.entry(variable.clone()).or_default();
        }
    }
}
