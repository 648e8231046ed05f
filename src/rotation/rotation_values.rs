//! The values of a rotation: the new ones that somebody put into `.env`, the old ones from its backup.
use super::dotenv::{KeyValues, only};
use super::exposed_values::GoneKeys;
use super::exposures::Exposure;
use super::providers::{Provider, Providers};
use super::replaced_key::{PresentKeys, ReplacedKey};
use super::rotations::{Noticed, Rotation, RotationError};
use super::state_file::StateError;
use super::{Project, backup};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// Whether the value that took the old one's place was exposed, and another one stands in its place now.
pub(super) fn is_replaced_again(
    project: &Project,
    providers: &Providers,
    rotation: &Rotation,
) -> Result<bool, RotationError> {
    let gone = GoneKeys::of(project, providers, &rotation.provider)?.exposures;
    let is_new = |exposure: &Exposure| rotation.new.get(&exposure.variable) == Some(&exposure.fingerprint);
    Ok(!rotation.stage.is_over() && gone.iter().any(is_new))
}

/// The new values in `.env`, and other secrets that changed since the backup; `None` while the old value stands there.
pub(super) fn edited(
    project: &Project,
    rotation: &Rotation,
) -> Result<Option<(KeyValues, Vec<String>)>, RotationError> {
    let env = project.read_env().map_err(StateError::Env)?;
    if rotation.notice(project, &env) != Noticed::Changed {
        return Ok(None);
    }
    let at_backup = match &rotation.backup {
        Some(file) => backup::find(project, file)?.fingerprints,
        None => BTreeMap::new(),
    };
    let others = rotation.others_changed(project, &env, &at_backup);
    let own = rotation.old.keys().filter(|name| !rotation.twins.contains_key(*name));
    Ok(Some((only(&env.values(), own), others)))
}

/// The old keys of a rotation that `.env` holds no more, and the exposed ones of its provider. `None`: their values are kept
/// nowhere here.
pub(super) fn replaced(
    project: &Project,
    providers: &Providers,
    provider: &Provider,
    rotation: &Rotation,
    environment: &[(String, SecretString)],
) -> Result<Option<Vec<ReplacedKey>>, RotationError> {
    let gone = GoneKeys::of(project, providers, &provider.id)?.replaced;
    let former = old_values(project, rotation, environment)?;
    if former.is_empty() && gone.is_empty() {
        return Ok(None);
    }
    let env = project.read_env().map_err(StateError::Env)?;
    let present = only(&env.values(), rotation.old.keys());
    let today = provider.instances(&present);
    let present = today
        .first()
        .and_then(|new| PresentKeys::of(project, provider, &present, new));
    let mut replaced = present.map_or_else(Vec::new, |present| present.replaced(&former, |_| true));
    for key in gone {
        if !replaced.iter().any(|known| known.old_print == key.old_print) {
            replaced.push(key);
        }
    }
    Ok(Some(replaced))
}

/// The old values: from the rotation's backup, and what a tool put into our environment at the beginning from there, as long as
/// it is the same yet.
pub(super) fn old_values(
    project: &Project,
    rotation: &Rotation,
    environment: &[(String, SecretString)],
) -> Result<KeyValues, RotationError> {
    let mut old = KeyValues::new();
    if let Some(file) = &rotation.backup {
        let backup = backup::find(project, file)?;
        old = only(&backup::values(project, &backup)?.values(), rotation.old.keys());
    }
    for (name, print) in &rotation.old {
        let is_it = |value: &&SecretString| project.fingerprint(name, value) == *print;
        if old.get(name).as_ref().is_some_and(is_it) {
            continue;
        }
        let mut exported = environment.iter().map(|(_, value)| value);
        if let Some(value) = exported.find(is_it) {
            old.insert(name.clone(), value.clone());
        }
    }
    Ok(old)
}

/// What the record says of a new value that is in use.
pub(super) fn taken_over(kept_by: Option<&str>, asked: bool) -> String {
    let holder = kept_by.unwrap_or(".env");
    if asked {
        format!("{holder} holds the new value, and the provider says valid")
    } else {
        format!("{holder} holds another value; the provider was not asked about it")
    }
}
