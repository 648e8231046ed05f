//! Keys that are in use no more and alive, and what still uses them.
use crate::domain::cycle::Fingerprint;
use crate::domain::exposure::ExposedKey;
use crate::domain::verdict::Life;
use crate::rotation::holders::{self, changed_at, of_key};
use crate::rotation::proofs::{ProofSeries, Proofs, identity};
use crate::rotation::providers::{Provider, Providers};
use crate::rotation::rotations::{self, Rotation, RotationStage};
use crate::rotation::{KeyValues, Keyring, PresentKeys, Project, ReplacedKey, backup, only, prove};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

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
    /// Whether it answered in this run; else it did when it was last asked.
    pub answers: bool,
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

impl Living<'_> {
    fn answered_at(&self, now: DateTime<Utc>) -> bool {
        let last = self.series.last.filter(|run| run.at == now);
        last.is_some_and(|run| run.old.life() == Life::Alive)
    }
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
    let found = keys.holders.find(project, &keys.providers, &old);
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
            answers: key.answered_at(now),
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
    // One without a successor is exposed, and told as such.
    for series in proofs.newest_looks() {
        let since = series
            .alive_since
            .and(proofs.alive_since(&series.provider, &series.old));
        let (Some(since), Some(provider)) = (since, keys.providers.get(&series.provider)) else {
            continue;
        };
        if is_in_use(project, provider, present, &series.old) {
            continue;
        }
        let values = of_key(project, provider, &series.old);
        let is_it = |known: &Living| {
            let mut own = values.values();
            own.any(|value| {
                known
                    .values
                    .values()
                    .any(|other| value.expose_secret() == other.expose_secret())
            })
        };
        match living.iter_mut().find(|known| is_it(known)) {
            Some(known) => known.since = known.since.min(since),
            None => living.push(Living { series, since, values }),
        }
    }
    living
}

fn is_in_use(project: &Project, provider: &Provider, present: &KeyValues, old: &[Fingerprint]) -> bool {
    let mut today = provider.instances(present).into_iter();
    today.any(|key| identity(project, provider, &key).as_deref() == Some(old))
}

/// Asks about the keys that are in use no more and that lived when they were last asked, and about the newer ones whose rotations
/// were rolled back: what an earlier look saw may be so no more.
pub(super) async fn ask(keys: &Keyring, proof_at: &[Duration], now: DateTime<Utc>) {
    let providers = Arc::clone(&keys.providers);
    let doubted = keys.blocking(move |project| doubted(project, &providers, now)).await;
    if doubted.is_empty() {
        return;
    }
    if let Err(error) = prove(keys, &doubted, proof_at, now).await.kept {
        tracing::warn!(%error, "state/proofs.json cannot be written");
    }
}

/// Those of which a look now may say something new, as far as backups hold them.
fn doubted(project: &Project, providers: &Providers, now: DateTime<Utc>) -> Vec<ReplacedKey> {
    let Ok(env) = project.read_env() else {
        return Vec::new();
    };
    let (present, proofs) = (env.values(), Proofs::read(project));
    let newest = proofs.newest_looks();
    let living = newest.iter().filter(|series| series.alive_since.is_some());
    let living = living.filter_map(|series| Some((providers.get(&series.provider)?, series.old.clone())));
    let rotations = rotations::ever(project).unwrap_or_default();
    let rolled_back = rotations
        .iter()
        .filter(|rotation| rotation.stage == RotationStage::RolledBack);
    let newer = rolled_back.filter_map(|rotation| {
        let provider = providers.get(&rotation.provider)?;
        Some((provider, newer_key(project, provider, rotation)?))
    });
    let mut doubted: Vec<ReplacedKey> = Vec::new();
    for (provider, old) in living.chain(newer) {
        let looked = newest.iter().find(|series| series.is_about(&provider.id, &old));
        let is_known = looked.is_some_and(|series| series.is_settled() || series.looked_at() == Some(now));
        let is_among = |key: &ReplacedKey| key.provider.id == provider.id && key.old_print == old;
        if is_known || doubted.iter().any(is_among) {
            continue;
        }
        let successor = provider.instances(&present).into_iter().next();
        let beside = successor.and_then(|new| PresentKeys::of(project, provider, &present, &new));
        let former = of_key(project, provider, &old);
        doubted.extend(beside.map(|keys| keys.replaced(&former, |_| true)).unwrap_or_default());
    }
    doubted
}

/// What tells the key that a rotation had put into `.env`, from the newest backup that holds it.
fn newer_key(project: &Project, provider: &Provider, rotation: &Rotation) -> Option<Vec<Fingerprint>> {
    let is_new = |found: &backup::Backup| {
        let mut new = rotation.new.iter();
        !rotation.new.is_empty() && new.all(|(name, print)| found.fingerprints.get(name) == Some(print))
    };
    let found = backup::list(project).into_iter().find(is_new)?;
    let env = backup::values(project, &found).ok()?;
    let mut keys = provider
        .instances(&only(&env.values(), rotation.new.keys()))
        .into_iter();
    keys.find_map(|key| identity(project, provider, &key))
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
