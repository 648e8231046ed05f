//! The old values of keys that were replaced: what to look for. They come from backups, live in memory for one search, and go.
use crate::domain::cycle::Fingerprint;
use crate::rotation::dotenv::{KeyValues, only};
use crate::rotation::env_entry::same;
use crate::rotation::proofs::identity;
use crate::rotation::providers::Provider;
use crate::rotation::rotations::Rotation;
use crate::rotation::{EnvFile, Project, backup};
use chrono::{DateTime, Utc};

/// The values with which a rotation began, each under one name. Best effort: an encrypted backup without its identity hides
/// what to look for.
pub fn of_rotation(project: &Project, rotation: &Rotation) -> KeyValues {
    let old = match &rotation.backup {
        Some(file) => backup::find(project, file)
            .and_then(|backup| backup::values(project, &backup))
            .ok(),
        // What a pipe gave is known for as long as it gives the same.
        None => project.read_env().ok(),
    };
    let own = rotation.old.keys().filter(|name| !rotation.twins.contains_key(*name));
    let Some(env) = old else { return KeyValues::new() };
    let mut values = without_references(&env, only(&env.values(), own));
    if rotation.backup.is_none() {
        values.retain(|name, value| rotation.old.get(name) == Some(&project.fingerprint(name, value)));
    }
    values
}

/// The text of a reference is no key: it may stand anywhere.
fn without_references(env: &EnvFile, mut values: KeyValues) -> KeyValues {
    values.retain(|name, _| env.kept_elsewhere(name).is_none());
    values
}

/// The values of the old key with this identity, from the newest backup that holds it.
pub fn of_key(project: &Project, provider: &Provider, old: &[Fingerprint]) -> KeyValues {
    let backups = backup::list(project).into_iter();
    let mut files = backups.filter_map(|backup| backup::values(project, &backup).ok());
    let found = files.find_map(|env| {
        let values = env.values();
        let keys = provider.instances(&values).into_iter();
        let mut same = keys.filter(|key| identity(project, provider, key).as_deref() == Some(old));
        same.next()
            .map(|key| without_references(&env, only(&values, &key.names)))
    });
    found.unwrap_or_default()
}

/// Those that another value took the place of: a part of a key that only names it may stay what it was.
pub fn replaced(mut old: KeyValues, present: &KeyValues) -> KeyValues {
    old.retain(|name, value| !present.get(name).is_some_and(|present| same(present, value)));
    old
}

/// When `.env` got the value with which it replaced an old one: what was written by hand was seen later than it was written,
/// and the file may have been changed since for another key's sake.
pub fn changed_at(project: &Project, written_at: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    let saved = project.env.metadata().and_then(|file| file.modified()).ok();
    written_at.map(|written| saved.map_or(written, |saved| written.min(saved.into())))
}
