//! The values that were proven dead, in `state/retired.json`: fingerprints only.
use super::retirement::Retirement;
use super::rotations::Rotation;
use super::state_file::{StateError, load, store};
use super::{Project, replace};
use crate::domain::cycle::Fingerprint;
use std::collections::BTreeSet;

const NAME: &str = "retired.json";

/// The values that were proven dead, so that backups of them may go.
pub fn retired(project: &Project) -> BTreeSet<(String, Fingerprint)> {
    load(&project.state_dir.join(NAME)).ok().flatten().unwrap_or_default()
}

/// Remembers a rotation's old values as dead: proven ones alone, not likely ones.
pub fn remember_retired(project: &Project, rotation: &Rotation) -> Result<(), StateError> {
    if rotation.retirement != Some(Retirement::Retired) {
        return Ok(());
    }
    let _lock = replace::lock(&project.state_dir).map_err(StateError::from)?;
    let mut dead = retired(project);
    dead.extend(rotation.old.clone());
    store(&project.state_dir.join(NAME), &dead)
}
