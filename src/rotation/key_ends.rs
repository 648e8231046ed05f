//! When providers end keys by themselves, as they last told, in `state/key_ends.json`: whoever reads the dates asks nobody.
use super::state_file::{StateError, load, store};
use super::{EnvFile, Project, replace};
use crate::domain::cycle::Fingerprint;
use crate::domain::schedule::{KeySchedule, ProviderEnd, Schedule};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const NAME: &str = "key_ends.json";

/// A key that answered, and what is known of its end.
pub struct AnsweringKey {
    /// The id of its provider.
    pub provider: String,
    /// Its first variable.
    pub variable: String,
    /// The fingerprint of the value there.
    pub fingerprint: Fingerprint,
    /// When its provider ends it, as it told of this very value, or the end that was noted of it and that it outlived.
    pub end: Option<ProviderEnd>,
}

/// The end of a key, and what tells the key from others: of another one nothing is known.
#[derive(Serialize, Deserialize)]
struct KeptEnd {
    variable: String,
    fingerprint: Fingerprint,
    #[serde(flatten)]
    end: ProviderEnd,
    /// When the key answered.
    #[serde(default)]
    answered_at: Option<DateTime<Utc>>,
}

/// The ends of keys by provider; of several keys of one the first that ends counts.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyEnds(BTreeMap<String, Vec<KeptEnd>>);

impl KeyEnds {
    /// Those that are kept; what cannot be read is told anew.
    pub fn read(project: &Project) -> Self {
        load(&project.state_dir.join(NAME)).ok().flatten().unwrap_or_default()
    }

    /// When it was first heard of the end of this key.
    pub fn seen_at(&self, provider: &str, variable: &str, fingerprint: &Fingerprint) -> Option<DateTime<Utc>> {
        let mut known = self.0.get(provider)?.iter();
        known.find(|known| known.is_of(variable, fingerprint))?.end.seen_at
    }

    /// When a provider ends the first of its keys that stand in `.env`; `noted`: what the schedule says, which a key may outlive.
    fn of(&self, project: &Project, provider: &str, env: &EnvFile, noted: Option<ProviderEnd>) -> Option<ProviderEnd> {
        let kept = self.0.get(provider).into_iter().flatten();
        let standing = kept.filter(|known| project.name_now(env, &known.variable, &known.fingerprint).is_some());
        let standing: Vec<&KeptEnd> = standing.collect();
        let answered_at = standing.iter().filter_map(|known| known.answered_at).max();
        let told = standing
            .iter()
            .filter(|known| !known.is_outlived())
            .map(|known| known.end);
        let noted = noted.filter(|end| answered_at.is_none_or(|answered| end.at > answered));
        told.min_by_key(|end| end.due_at()).or(noted)
    }
}

impl KeptEnd {
    fn is_of(&self, variable: &str, fingerprint: &Fingerprint) -> bool {
        self.variable == variable && self.fingerprint == *fingerprint
    }

    /// An end in the past of a key that answered after it is no fact.
    fn is_outlived(&self) -> bool {
        self.answered_at.is_some_and(|answered| self.end.at <= answered)
    }
}

/// The ends of the keys that stand in `.env`, by provider: as they last told, else as it was noted when they were made. Of a file
/// that was not read, only what somebody noted of no key in particular counts: any other key may stand there.
pub(super) fn of(project: &Project, schedule: &Schedule, env: Option<&EnvFile>) -> BTreeMap<String, ProviderEnd> {
    let kept = KeyEnds::read(project);
    let noted = |provider: &String| {
        let own = schedule.keys.get(provider)?;
        own.noted_end().filter(|_| is_noted_of(project, own, env))
    };
    let ends = schedule.keys.keys().chain(kept.0.keys()).filter_map(|provider| {
        let end = match env {
            Some(env) => kept.of(project, provider, env, noted(provider)),
            None => noted(provider),
        };
        Some((provider.clone(), end?))
    });
    ends.collect()
}

/// Whether what the schedule notes of a provider's key is about the key that stands in `.env`.
pub fn is_noted_of(project: &Project, noted: &KeySchedule, env: Option<&EnvFile>) -> bool {
    let Some(print) = &noted.fingerprint else {
        return true;
    };
    let stands = |env: &EnvFile| {
        let mut vars = noted.vars.iter();
        vars.any(|name| project.name_now(env, name, print).is_some())
    };
    env.is_some_and(stands)
}

/// Keeps what the keys that answered told; of the others it stays what it was.
pub fn keep(project: &Project, answering: Vec<AnsweringKey>, at: DateTime<Utc>) -> Result<(), StateError> {
    let _lock = replace::lock(&project.state_dir)?;
    let mut kept = KeyEnds::read(project);
    for key in answering {
        let own = kept.0.entry(key.provider).or_default();
        let known = own.iter().position(|known| known.variable == key.variable);
        let known = known.map(|known| own.swap_remove(known));
        let known = known.filter(|known| known.fingerprint == key.fingerprint);
        if let Some(end) = key.end {
            let seen_at = known.map_or(Some(at), |known| known.end.seen_at);
            own.push(KeptEnd {
                variable: key.variable,
                fingerprint: key.fingerprint,
                end: ProviderEnd { seen_at, ..end },
                answered_at: Some(at),
            });
        }
    }
    kept.0.retain(|_, ends| !ends.is_empty());
    let path = project.state_dir.join(NAME);
    if kept.0.is_empty() && !path.exists() {
        return Ok(());
    }
    store(&path, &kept)
}
