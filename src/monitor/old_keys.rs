//! Keys that are in use no more and alive, and what still uses them.
use crate::domain::cycle::Fingerprint;
use crate::domain::exposure::ExposedKey;
use crate::rotation::holders::{self, changed_at, of_series};
use crate::rotation::proofs::{ProofSeries, Proofs, identity};
use crate::rotation::retirement::Retirement;
use crate::rotation::rotations::{self, RotationStage};
use crate::rotation::{KeyValues, Keyring};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::collections::BTreeMap;

/// The environment's own place for the bot's token: there it may be another one than the project's.
const OF_THE_BOT: &str = "NOTION_TOKEN";

/// A sentence names no more holders than this.
const MOST_HOLDERS: usize = 3;

/// A key that `.env` holds no more and that still lives.
#[derive(Clone, Debug, Serialize)]
pub struct OldKey {
    /// Its first variable.
    pub key: String,
    /// Whose it is.
    pub provider: String,
    /// Seen alive beside the key that is in use since then.
    pub since: DateTime<Utc>,
    /// Whether it is the newer one: its rotation was rolled back.
    pub is_newer: bool,
    /// Whether others could read it: the clock on it tells of it.
    pub is_exposed: bool,
    /// Who still holds it: programs, files, lines; a few of them.
    pub held_by: Vec<String>,
}

/// One that lives, as its proofs and its values tell.
struct Living<'s> {
    series: &'s ProofSeries,
    since: DateTime<Utc>,
    values: KeyValues,
}

/// Those of which the last proof says so, each once under whatever names, with its holders; one search for all of them. `exposed`:
/// the exposed keys, as they were just looked at.
pub(super) fn alive(keys: &Keyring, exposed: &[ExposedKey], now: DateTime<Utc>) -> Vec<OldKey> {
    let project = &*keys.project;
    let proofs = Proofs::read(project);
    let present = project.read_env().map(|env| env.values()).unwrap_or_default();
    let living = living(keys, &proofs, &present);
    let old_values = |key: &Living| holders::replaced(key.values.clone(), &present);
    let old: Vec<_> = living.iter().flat_map(old_values).collect();
    let found = keys.holders.find(project, &old);
    let print = |(name, value): (&String, &SecretString)| (name.clone(), project.fingerprint(name, value));
    let old_key = |key: Living| {
        let prints: BTreeMap<String, Fingerprint> = key.values.iter().map(print).collect();
        let is_among =
            |all: &BTreeMap<String, Fingerprint>| prints.iter().any(|(name, print)| all.get(name) == Some(print));
        let rotation = rotations::find(project, &key.series.provider).ok().flatten();
        let rolled_back = rotation.filter(|rotation| rotation.stage == RotationStage::RolledBack);
        let names: Vec<String> = key.values.keys().chain(&key.series.keys).cloned().collect();
        let holders = found.of(&names, changed_at(project, Some(key.since)));
        let holders = holders.iter().take(MOST_HOLDERS);
        let holders = holders.map(|holder| holder.subject(now, project.zone));
        OldKey {
            key: key.series.keys.first().cloned().unwrap_or_default(),
            provider: key.series.provider.clone(),
            since: key.since,
            is_newer: rolled_back.is_some_and(|rotation| is_among(&rotation.new)),
            is_exposed: exposed.iter().any(|exposed| is_among(&exposed.fingerprints)),
            held_by: holders.collect(),
        }
    };
    living.into_iter().map(old_key).collect()
}

/// The living keys that are in use no more, each once: a key that a rollback brought back is in use.
fn living<'s>(keys: &Keyring, proofs: &'s Proofs, present: &KeyValues) -> Vec<Living<'s>> {
    let project = &*keys.project;
    let mut living: Vec<Living> = Vec::new();
    for series in &proofs.series {
        // One without a successor is exposed, and told as such.
        let is_alive = series.retirement == Some(Retirement::OldStillAlive) && !series.new.is_empty();
        let Some(since) = series.alive_since.filter(|_| is_alive) else {
            continue;
        };
        let provider = keys.providers.get(&series.provider);
        let is_in_use = provider.is_some_and(|provider| {
            let mut today = provider.instances(present).into_iter();
            today.any(|key| identity(project, provider, &key).as_ref() == Some(&series.old))
        });
        let values = of_series(project, &keys.providers, series);
        let is_it = |known: &Living| {
            let mut own = values.values();
            known.series.provider == series.provider && known.series.old == series.old
                || own.any(|value| {
                    known
                        .values
                        .values()
                        .any(|other| value.expose_secret() == other.expose_secret())
                })
        };
        match living.iter_mut().find(|known| is_it(known)) {
            Some(known) => known.since = known.since.min(since),
            None if is_in_use => {}
            None => living.push(Living { series, since, values }),
        }
    }
    living
}

/// Keys that are exported with other values than `.env` holds.
pub(super) fn exported_otherwise(keys: &Keyring) -> Vec<String> {
    let Ok(env) = keys.project.read_env() else {
        return Vec::new();
    };
    let mut names = holders::exported_otherwise(keys.holders.environment(), &env, &keys.providers);
    names.retain(|name| name != OF_THE_BOT);
    names
}
