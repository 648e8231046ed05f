//! The values of a rotation: the new ones that somebody put into `.env`, the old ones from its backup.
use super::dotenv::{KeyValues, only};
use super::providers::Provider;
use super::replaced_key::{PresentKeys, ReplacedKey};
use super::rotations::{Noticed, Rotation, RotationError};
use super::state_file::StateError;
use super::{Project, backup};

/// The new values in `.env`, and other secrets that changed since the backup; `None` while the old value stands there.
pub(super) fn edited(
    project: &Project,
    rotation: &Rotation,
) -> Result<Option<(KeyValues, Vec<String>)>, RotationError> {
    let env = project.read_env().map_err(StateError::Env)?;
    if rotation.notice(project, &env) != Noticed::Changed {
        return Ok(None);
    }
    let at_backup = backup::find(project, &rotation.backup)?.fingerprints;
    let others = rotation.others_changed(project, &env, &at_backup);
    let own = rotation.old.keys().filter(|name| !rotation.twins.contains_key(*name));
    Ok(Some((only(&env.values(), own), others)))
}

/// The keys of a rotation's backup that `.env` holds no more.
pub(super) fn replaced(
    project: &Project,
    provider: &Provider,
    rotation: &Rotation,
) -> Result<Vec<ReplacedKey>, RotationError> {
    let former = old_values(project, rotation)?;
    let env = project.read_env().map_err(StateError::Env)?;
    let present = only(&env.values(), rotation.old.keys());
    let today = provider.instances(&present);
    let present = today
        .first()
        .and_then(|new| PresentKeys::of(project, provider, &present, new));
    Ok(present.map_or_else(Vec::new, |present| present.replaced(&former, |_| true)))
}

/// The old values, from the rotation's backup.
pub(super) fn old_values(project: &Project, rotation: &Rotation) -> Result<KeyValues, RotationError> {
    let backup = backup::find(project, &rotation.backup)?;
    Ok(only(&backup::values(project, &backup)?.values(), rotation.old.keys()))
}
