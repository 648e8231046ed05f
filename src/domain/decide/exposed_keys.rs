//! Keys that stood where others could read them: what a reply may say of them, and what follows for the rotation.
use super::builder::DecisionBuilder;
use super::playbook::Names;
use crate::domain::comment::{Extent, Finding};
use crate::domain::effect::Effect;
use crate::domain::evidence::{Check, Evidence};
use crate::domain::ids::{CommentId, PersonId};
use crate::domain::page::PostedKey;
use chrono::Duration;

/// How often one person is told on one page that a comment held a piece of a key, in an hour and in a day. Each answer
/// tells whether it was one: that is worth a bit to somebody who guesses, and a whole key is worth hundreds.
const TOLD_PER_HOUR: usize = 3;
const TOLD_PER_DAY: usize = 6;

/// What was found, each once: for the audit, and for the page itself, which its readers have before them.
pub(super) fn found_keys(names: &Names, findings: &[Finding]) -> Vec<PostedKey> {
    let mut keys: Vec<PostedKey> = Vec::new();
    for finding in findings {
        let label = finding.variable.clone().unwrap_or_else(|| finding.label.clone());
        let key = PostedKey {
            identifier: finding.identifier || names.identifiers.contains(&label),
            label: Some(label),
            chars: finding.chars,
            extent: finding.extent,
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// What this person may be told of it: whoever has half of a key may hear which one; of less they hear only that it is a
/// piece of one, and only a few times.
pub(super) fn told(builder: &mut DecisionBuilder<'_>, person: &PersonId, found: Vec<PostedKey>) -> Vec<PostedKey> {
    let (mut keys, pieces): (Vec<_>, Vec<_>) = found.into_iter().partition(|key| key.extent.exposes());
    if !pieces.is_empty() && may_be_told(builder, person) {
        keys.push(PostedKey {
            label: None,
            chars: 0,
            extent: Extent::Piece,
            identifier: false,
        });
    }
    keys
}

fn may_be_told(builder: &mut DecisionBuilder<'_>, person: &PersonId) -> bool {
    let (now, told) = (builder.now, &mut builder.state.told_of_pieces);
    told.retain(|(_, at)| now - *at < Duration::days(1));
    let since = |age: Duration| told.iter().filter(|(who, at)| who == person && now - *at < age).count();
    let may = since(Duration::hours(1)) < TOLD_PER_HOUR && since(Duration::days(1)) < TOLD_PER_DAY;
    if may {
        told.push((person.clone(), now));
    }
    may
}

/// The variables of `.env` whose secret half, or all of it, stood there.
pub(super) fn exposed_variables(names: &Names, findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.extent.exposes() && !finding.identifier)
        .filter_map(|finding| finding.variable.clone())
        .filter(|variable| !names.identifiers.contains(variable))
        .collect()
}

/// These keys are due now, and nothing counts as changed until their values are others. `by` is the comment that holds them.
pub(super) fn mark(builder: &mut DecisionBuilder<'_>, by: Option<&CommentId>, exposed: &[String]) {
    if exposed.is_empty() {
        return;
    }
    void_proofs(builder, exposed);
    if let Some(cycle) = &mut builder.state.cycle {
        for variable in exposed {
            // The fingerprint comes with the probe; until then nothing counts as changed.
            cycle.exposed.entry(variable.clone()).or_default();
        }
    }
    let variables = exposed.to_vec();
    builder.want_now(by, Effect::MarkExposed { variables });
}

/// That an exposed key was changed is proven no longer; our tick for it goes until it is another one.
fn void_proofs(builder: &mut DecisionBuilder<'_>, exposed: &[String]) {
    let speaks_of = |evidence: &Evidence| {
        let keys = evidence.facts.get("keys").and_then(|keys| keys.as_array());
        let named = keys.into_iter().flatten().filter_map(|key| key.as_str());
        matches!(evidence.check, Check::KeysChanged { .. })
            && named.into_iter().any(|key| exposed.iter().any(|e| e == key))
    };
    let (void, kept) = std::mem::take(&mut builder.state.evidence)
        .into_iter()
        .partition(speaks_of);
    builder.state.evidence = kept;
    let void: Vec<Evidence> = void;
    let Some(description) = builder.description() else {
        return;
    };
    for criterion in &description.criteria {
        let on_page = builder.page_box(criterion.number);
        let is_void = void
            .iter()
            .any(|evidence| criterion.check.as_ref() == Some(&evidence.check));
        if let Some(state) = builder
            .state
            .boxes
            .get_mut(&on_page)
            .filter(|state| is_void && state.ours)
        {
            state.tick.wanted = Some(false);
            state.ours = false;
        }
    }
}
