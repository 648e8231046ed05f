//! The copy of an old value that a rotation relies on: it is looked at before the new value takes the old one's place.
use super::rotations::{Noticed, Rotation, RotationError, RotationStage};
use super::{EnvFile, Project, backup};
use chrono::{DateTime, Utc};

/// Sees to it that a backup holds the old value as long as `.env` does: where the one of the beginning is gone or damaged,
/// another one is made. Of a pipe none is made, as none was at the beginning.
pub(super) fn secured(
    project: &Project,
    env: &EnvFile,
    rotation: &mut Rotation,
    at: DateTime<Utc>,
) -> Result<(), RotationError> {
    let is_at_stake = rotation.stage == RotationStage::BackedUp && rotation.notice(project, env) == Noticed::Unchanged;
    let is_safe = || rotation.backup.as_ref().is_some_and(|file| is_whole(project, file));
    if !is_at_stake || project.env_is_pipe() || is_safe() {
        return Ok(());
    }
    let made = backup::create(project, at, "the backup of a rotation was gone or damaged")?;
    rotation.note(
        at,
        format!("its backup was gone or damaged; the old value is in {}", made.file),
    );
    rotation.backup = Some(made.file);
    rotation.save(project)
}

fn is_whole(project: &Project, file: &str) -> bool {
    let backups = backup::list(project);
    let found = backups.iter().find(|backup| backup.file == file);
    found.is_some_and(|backup| backup::verify(project, backup).is_ok())
}
