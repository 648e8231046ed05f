//! The former keys of this cycle and their successors: what the backups hold and `.env` holds no more.
use super::keys_changed::is_changed;
use crate::domain::cycle::{Cycle, Fingerprint};
use crate::rotation::providers::{Instance, Provider, Providers};
use crate::rotation::{KeyValues, PresentKeys, Project, ReplacedKey, backup};
use std::collections::BTreeMap;

/// What the backups say about the cycle.
#[derive(Default)]
pub(super) struct FormerKeys {
    pub(super) replaced: Vec<ReplacedKey>,
    /// Keys that the cycle began with and that are still the same.
    pub(super) unchanged: Vec<String>,
    /// Changed keys of which no backup that can be opened holds a former value.
    pub(super) lost: Vec<String>,
    /// Backups of the cycle that cannot be opened: sealed, or damaged.
    pub(super) sealed: Vec<String>,
}

/// A backup that may hold keys of this cycle.
struct BackupValues {
    /// Made in the cycle: whatever is in it was in use.
    from_cycle: bool,
    values: KeyValues,
}

/// Reads the cycle from the project's backups.
pub(super) fn of(project: &Project, providers: &Providers, values: &KeyValues, cycle: &Cycle) -> FormerKeys {
    let prints: BTreeMap<String, Fingerprint> = values
        .iter()
        .map(|(name, value)| (name.clone(), project.fingerprint(name, value)))
        .collect();
    let mut found = FormerKeys::default();
    let backups = former(project, cycle, &mut found.sealed);
    for provider in providers.all() {
        let now = provider.instances(values);
        let Some(new) = now.iter().find(|key| is_changed(provider, &key.names, cycle, &prints)) else {
            found.unchanged.extend(now.into_iter().flat_map(|key| key.names));
            continue;
        };
        let replaced = replaced(project, provider, values, new, &backups, cycle);
        if replaced.is_empty() {
            found.lost.extend(new.names.clone());
        }
        found.replaced.extend(replaced);
    }
    found
}

/// One provider's former keys of this cycle, each once, with the key that took their place.
fn replaced(
    project: &Project,
    provider: &Provider,
    values: &KeyValues,
    new: &Instance,
    backups: &[BackupValues],
    cycle: &Cycle,
) -> Vec<ReplacedKey> {
    let Some(present) = PresentKeys::of(project, provider, values, new) else {
        return Vec::new();
    };
    let mut all: Vec<ReplacedKey> = Vec::new();
    for former in backups {
        let in_cycle = |old: &Instance| former.from_cycle || began_with(project, old, &former.values, cycle);
        for found in present.replaced(&former.values, in_cycle) {
            if !all.iter().any(|known| known.old_print == found.old_print) {
                all.push(found);
            }
        }
    }
    all
}

/// The values in each backup that may hold keys of this cycle, the newest first.
fn former(project: &Project, cycle: &Cycle, sealed: &mut Vec<String>) -> Vec<BackupValues> {
    let shares = |backup: &backup::Backup| {
        cycle
            .fingerprints
            .iter()
            .any(|(name, print)| backup.fingerprints.get(name) == Some(print))
    };
    let mut found = Vec::new();
    for backup in backup::list(project) {
        let from_cycle = backup.made_at >= cycle.began_at;
        if !from_cycle && !shares(&backup) {
            continue;
        }
        match backup::values(project, &backup) {
            Ok(file) => found.push(BackupValues {
                from_cycle,
                values: file.values(),
            }),
            Err(_) => sealed.push(backup.file),
        }
    }
    found
}

/// Whether a key of a backup is one with which the cycle began.
fn began_with(project: &Project, old: &Instance, former: &KeyValues, cycle: &Cycle) -> bool {
    old.names.iter().any(|name| {
        former
            .get(name)
            .is_some_and(|value| cycle.fingerprints.get(name) == Some(&project.fingerprint(name, value)))
    })
}
