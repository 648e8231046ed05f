//! When providers end keys by themselves, as they last told, in `state/key_ends.json`: whoever reads the dates asks nobody.
use super::state_file::{StateError, load, store};
use super::{Project, replace};
use crate::domain::cycle::Fingerprint;
use crate::domain::schedule::ProviderEnd;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const NAME: &str = "key_ends.json";

/// A key that answered, and what was told of its end.
pub struct AnsweringKey {
    /// The id of its provider.
    pub provider: String,
    /// Its first variable.
    pub variable: String,
    /// The fingerprint of the value there.
    pub fingerprint: Fingerprint,
    /// When its provider ends it; `None`: never, or not told.
    pub end: Option<ProviderEnd>,
}

/// The end of a key, and what tells the key from others: of another one nothing is known.
#[derive(Serialize, Deserialize)]
struct KeptEnd {
    variable: String,
    fingerprint: Fingerprint,
    #[serde(flatten)]
    end: ProviderEnd,
}

/// By provider; of several keys of one the first that ends.
type KeptEnds = BTreeMap<String, Vec<KeptEnd>>;

/// The ends of the keys that stand in `.env`, by provider. A pipe is not read for it: its vault would ask a person.
pub(super) fn of(project: &Project) -> BTreeMap<String, ProviderEnd> {
    let kept = kept(project).unwrap_or_default();
    if kept.is_empty() {
        return BTreeMap::new();
    }
    let env = (!project.env_is_pipe()).then(|| project.read_env().ok()).flatten();
    let stands = |kept: &&KeptEnd| {
        let value = env.as_ref().map(|env| env.get(&kept.variable));
        value.is_none_or(|value| {
            value.is_some_and(|value| project.fingerprint(&kept.variable, value) == kept.fingerprint)
        })
    };
    let first = |kept: Vec<KeptEnd>| {
        let ends = kept.iter().filter(stands).map(|kept| kept.end);
        ends.min_by_key(|end| end.due_at())
    };
    let ends = kept.into_iter();
    ends.filter_map(|(provider, kept)| Some((provider, first(kept)?)))
        .collect()
}

/// Keeps what the keys that answered told; of the others it stays what it was.
pub fn keep(project: &Project, answering: Vec<AnsweringKey>) -> Result<(), StateError> {
    let _lock = replace::lock(&project.state_dir)?;
    let mut kept = kept(project).unwrap_or_default();
    for key in &answering {
        kept.entry(key.provider.clone())
            .or_default()
            .retain(|known| known.variable != key.variable);
    }
    for key in answering {
        if let Some(end) = key.end {
            kept.entry(key.provider).or_default().push(KeptEnd {
                variable: key.variable,
                fingerprint: key.fingerprint,
                end,
            });
        }
    }
    kept.retain(|_, ends| !ends.is_empty());
    let path = project.state_dir.join(NAME);
    if kept.is_empty() && !path.exists() {
        return Ok(());
    }
    store(&path, &kept)
}

fn kept(project: &Project) -> Option<KeptEnds> {
    load(&project.state_dir.join(NAME)).ok().flatten()
}
