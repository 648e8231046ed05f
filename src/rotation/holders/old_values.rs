//! The old values of keys that were replaced: what to look for. They come from backups, live in memory for one search, and go.
use crate::rotation::dotenv::{KeyValues, only};
use crate::rotation::env_entry::same;
use crate::rotation::proofs::{ProofSeries, identity};
use crate::rotation::providers::Providers;
use crate::rotation::rotations::Rotation;
use crate::rotation::{Project, backup};
use chrono::{DateTime, Utc};

/// The values with which a rotation began, each under one name. Best effort: an encrypted backup without its identity hides
/// what to look for.
pub fn of_rotation(project: &Project, rotation: &Rotation) -> KeyValues {
    let backup = backup::find(project, &rotation.backup);
    let old = backup.and_then(|backup| backup::values(project, &backup));
    let own = rotation.old.keys().filter(|name| !rotation.twins.contains_key(*name));
    let Ok(env) = old else { return KeyValues::new() };
    let mut values = only(&env.values(), own);
    // The text of a reference is no key: it may stand anywhere.
    values.retain(|name, _| env.kept_elsewhere(name).is_none());
    values
}

/// The values of an old key of which proofs were taken, from the newest backup that holds it.
pub fn of_series(project: &Project, providers: &Providers, series: &ProofSeries) -> KeyValues {
    let Some(provider) = providers.get(&series.provider) else {
        return KeyValues::new();
    };
    let backups = backup::list(project).into_iter();
    let mut values = backups.filter_map(|backup| Some(backup::values(project, &backup).ok()?.values()));
    let found = values.find_map(|values| {
        let keys = provider.instances(&values).into_iter();
        let mut same = keys.filter(|key| identity(project, provider, key).as_ref() == Some(&series.old));
        same.next().map(|key| only(&values, &key.names))
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
