//! The former keys of this turn and their successors: what the backups hold and `.env` holds no more.
use super::keys::{self, Values};
use super::keys_changed::is_changed;
use crate::domain::cycle::{Cycle, Fingerprint};
use crate::rotation::proofs::identity;
use crate::rotation::providers::{Instance, Provider, Providers};
use crate::rotation::{Project, backup};
use std::collections::BTreeMap;

/// A former key and its successor.
pub(super) struct Pair {
    pub(super) provider: Provider,
    pub(super) keys: Vec<String>,
    pub(super) old: Values,
    pub(super) new: Values,
    pub(super) old_print: Vec<Fingerprint>,
    pub(super) new_print: Vec<Fingerprint>,
}

/// What the backups say about the turn.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) pairs: Vec<Pair>,
    /// Keys that the turn began with and that are still the same.
    pub(super) unchanged: Vec<String>,
    /// Changed keys of which no backup that can be opened holds a former value.
    pub(super) lost: Vec<String>,
    /// Backups of the turn that cannot be opened: sealed, or damaged.
    pub(super) sealed: Vec<String>,
}

/// A backup that may hold keys of this turn.
struct Former {
    /// Made in the turn: whatever is in it was in use.
    from_turn: bool,
    values: Values,
}

/// Reads the turn from the project's backups.
pub(super) fn of(project: &Project, providers: &Providers, values: &Values, cycle: &Cycle) -> Turn {
    let prints: BTreeMap<String, Fingerprint> = values
        .iter()
        .map(|(name, value)| (name.clone(), project.fingerprint(name, value)))
        .collect();
    let mut turn = Turn::default();
    let backups = former(project, cycle, &mut turn.sealed);
    for provider in providers.all() {
        let now = provider.instances(values);
        let Some(new) = now.iter().find(|key| is_changed(provider, &key.names, cycle, &prints)) else {
            turn.unchanged.extend(now.into_iter().flat_map(|key| key.names));
            continue;
        };
        let pairs = pairs(project, provider, &now, new, values, &backups, cycle);
        if pairs.is_empty() {
            turn.lost.extend(new.names.clone());
        }
        turn.pairs.extend(pairs);
    }
    turn
}

/// One provider's former keys, each once, with the key that took their place.
fn pairs(
    project: &Project,
    provider: &Provider,
    now: &[Instance],
    new: &Instance,
    values: &Values,
    backups: &[Former],
    cycle: &Cycle,
) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let Some(new_print) = identity(project, provider, new) else {
        return pairs;
    };
    let today: Vec<_> = now.iter().filter_map(|key| identity(project, provider, key)).collect();
    for former in backups {
        for old in provider.instances(&former.values) {
            let in_turn = former.from_turn || began_with(project, &old, &former.values, cycle);
            let Some(old_print) = identity(project, provider, &old).filter(|_| in_turn) else {
                continue;
            };
            if today.contains(&old_print) || pairs.iter().any(|pair| pair.old_print == old_print) {
                continue;
            }
            pairs.push(Pair {
                provider: provider.clone(),
                old: keys::only(&former.values, &old.names),
                new: keys::only(values, &new.names),
                keys: old.names,
                old_print,
                new_print: new_print.clone(),
            });
        }
    }
    pairs
}

/// The values in each backup that may hold keys of this turn, the newest first.
fn former(project: &Project, cycle: &Cycle, sealed: &mut Vec<String>) -> Vec<Former> {
    let shares = |backup: &backup::Backup| {
        cycle
            .fingerprints
            .iter()
            .any(|(name, print)| backup.fingerprints.get(name) == Some(print))
    };
    let mut found = Vec::new();
    for backup in backup::list(project) {
        let from_turn = backup.made_at >= cycle.began_at;
        if !from_turn && !shares(&backup) {
            continue;
        }
        match backup::values(project, &backup) {
            Ok(file) => found.push(Former {
                from_turn,
                values: keys::values(&file),
            }),
            Err(_) => sealed.push(backup.file),
        }
    }
    found
}

/// Whether a key of a backup is one with which the turn began.
fn began_with(project: &Project, old: &Instance, former: &Values, cycle: &Cycle) -> bool {
    old.names.iter().any(|name| {
        former
            .get(name)
            .is_some_and(|value| cycle.fingerprints.get(name) == Some(&project.fingerprint(name, value)))
    })
}
