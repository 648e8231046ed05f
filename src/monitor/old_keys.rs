//! Old keys that are alive beside their successors, and what still uses them.
use crate::rotation::Keyring;
use crate::rotation::holders::{self, changed_at, of_series};
use crate::rotation::proofs::{ProofSeries, Proofs};
use crate::rotation::retirement::Retirement;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// The environment's own place for the bot's token: there it may be another one than the project's.
const OF_THE_BOT: &str = "NOTION_TOKEN";

/// A sentence names no more holders than this.
const MOST_HOLDERS: usize = 3;

/// An old key that still lives.
#[derive(Clone, Debug, Serialize)]
pub struct OldKey {
    /// Its first variable.
    pub key: String,
    /// Whose it is.
    pub provider: String,
    /// Seen alive beside its successor since then.
    pub since: DateTime<Utc>,
    /// Who still holds it: programs, files, lines; a few of them.
    pub held_by: Vec<String>,
}

/// Those of which the last proof says so, each with its holders; one search for all of them.
pub(super) fn alive(keys: &Keyring, now: DateTime<Utc>) -> Vec<OldKey> {
    let project = &*keys.project;
    let proofs = Proofs::read(project);
    // One without a successor is exposed, and told as such.
    let is_alive =
        |series: &&ProofSeries| series.retirement == Some(Retirement::OldStillAlive) && !series.new.is_empty();
    let alive: Vec<&ProofSeries> = proofs.series.iter().filter(is_alive).collect();
    let present = project.read_env().map(|env| env.values()).unwrap_or_default();
    let old_values = |series: &&ProofSeries| holders::replaced(of_series(project, &keys.providers, series), &present);
    let old: Vec<_> = alive.iter().flat_map(old_values).collect();
    let found = keys.holders.find(project, &old);
    let old_key = |series: &ProofSeries| {
        let since = series.alive_since?;
        let holders = found.of(&series.keys, changed_at(project, Some(since)));
        let holders = holders.iter().take(MOST_HOLDERS);
        let holders = holders.map(|holder| holder.subject(now, project.zone));
        Some(OldKey {
            key: series.keys.first()?.clone(),
            provider: series.provider.clone(),
            since,
            held_by: holders.collect(),
        })
    };
    alive.into_iter().filter_map(old_key).collect()
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
