//! Keys that stood where others could read them: what a reply may say of them, and what follows for the rotation.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::leak_marks;
use super::playbook::Names;
use crate::comment::{Extent, Finding};
use crate::effect::Effect;
use crate::evidence::{Check, Evidence};
use crate::ids::CommentId;
use crate::page::{HeldKeys, PostedKey};
use chrono::TimeDelta;

/// How long a page tells nothing more of parts of the same key: each answer tells whether a guess was right, and misses cost
/// nothing.
const PAUSE: TimeDelta = TimeDelta::days(1);
/// The longest comment that is told of a piece, in bytes: a longer one holds many guesses.
const LONGEST_TOLD: usize = 500;

/// What was found, each once: for the audit.
pub(super) fn found_keys(names: &Names, findings: &[Finding]) -> Vec<PostedKey> {
    let mut keys: Vec<PostedKey> = Vec::new();
    for finding in findings {
        let label = finding.variable.clone().unwrap_or_else(|| finding.label.clone());
        let key = PostedKey {
            identifier: is_identifier(names, finding),
            label: Some(label),
            chars: finding.chars,
            extent: finding.extent,
            ours: finding.variable.is_some(),
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// What the author of a comment may be told of it, and what of that exposes a key: whoever has half of a key may hear which
/// one; of less, members hear only that it is a piece of one.
pub(super) fn told(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> (Vec<PostedKey>, Vec<Finding>) {
    let (exposing, mut pieces): (Vec<_>, Vec<_>) = report.findings.iter().cloned().partition(Finding::exposes);
    let mut exposing = may_be_told_of(builder, exposing);
    let named: Vec<Finding> = exposing.iter().filter(|key| key.variable.is_some()).cloned().collect();
    // What has a name is told by it, and not by its form as well.
    exposing.retain(|key| key.variable.is_some() || !named.iter().any(|known| known.meets(key)));
    let mut keys = self::exposing(&builder.playbook.names, &exposing);
    // A value that can be guessed is masked, and nothing is said: there is no answer that would not confirm the guess.
    pieces.retain(|piece| !piece.guessable);
    if report.may_finish() && report.heard.as_str().len() <= LONGEST_TOLD {
        pieces = may_be_told_of(builder, pieces);
    } else {
        pieces.clear();
    }
    if !pieces.is_empty() {
        keys.push(PostedKey {
            label: None,
            chars: 0,
            extent: Extent::Piece,
            identifier: false,
            ours: true,
        });
    }
    (keys, exposing)
}

/// Those of the parts of keys, and of whole ones, that may be told of now. A whole one always may, and what its form alone
/// tells. Of a part that is no larger than what was told of today only somebody learns who tries for its next character.
pub(super) fn may_be_told_of(builder: &mut DecisionBuilder<'_>, mut found: Vec<Finding>) -> Vec<Finding> {
    let now = builder.now;
    let told = &mut builder.state.told_of_parts;
    told.retain(|_, told| now - told.1 < PAUSE);
    found.retain(|finding| {
        let Some(variable) = finding.variable.as_ref().filter(|_| finding.extent < Extent::Whole) else {
            return true;
        };
        let may = told.get(variable).is_none_or(|(extent, _)| *extent < finding.extent);
        if may {
            told.insert(variable.clone(), (finding.extent, now));
        }
        may
    });
    found
}

/// What is told of halves of keys and whole ones. How many characters more than half they are would tell of each further
/// guess.
pub(super) fn exposing(names: &Names, findings: &[Finding]) -> HeldKeys {
    let counted = findings.iter().cloned().map(|finding| Finding {
        chars: if finding.extent == Extent::Half {
            0
        } else {
            finding.chars
        },
        ..finding
    });
    found_keys(names, &counted.collect::<Vec<_>>())
}

fn is_identifier(names: &Names, finding: &Finding) -> bool {
    let label = finding.variable.as_ref().unwrap_or(&finding.label);
    finding.identifier || names.identifiers.contains(label)
}

/// The variables of `.env` whose secret half, or all of it, stood there.
pub(super) fn exposed_variables(names: &Names, findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.exposes() && !is_identifier(names, finding))
        .filter_map(|finding| finding.variable.clone())
        .collect()
}

/// These keys are due now, and nothing counts as changed until their values are others. `by` is the comment that holds them.
/// `all`: every secret of `.env`, those with which the cycle began among them.
/// `former`: those whose values before the present ones are meant; these themselves are not due for it.
pub(super) fn mark(
    builder: &mut DecisionBuilder<'_>,
    by: Option<&CommentId>,
    (exposed, all, former): (&[String], bool, &[String]),
) {
    let of_cycle = builder.state.cycle.iter().filter(|_| all);
    let of_cycle: Vec<String> = of_cycle.flat_map(|cycle| cycle.fingerprints.keys().cloned()).collect();
    let exposed = if all { &of_cycle } else { exposed };
    if exposed.is_empty() && !all && former.is_empty() {
        return;
    }
    void_proofs(builder, exposed);
    if let Some(cycle) = &mut builder.state.cycle {
        for variable in exposed {
            // The fingerprint comes with the look; until then nothing counts as changed, another value that leaked before neither.
            cycle.exposed.insert(variable.clone(), String::new());
        }
    }
    let variables = if all { Vec::new() } else { exposed.to_vec() };
    let former = former.to_vec();
    leak_marks::write(builder, by, Effect::MarkExposed { variables, all, former });
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
            state.take_back();
        }
    }
}
