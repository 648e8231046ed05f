//! The turn of the rotation that is under way, in `state/cycle.json`: when it began, what the keys were, what was exposed.
//! The bot keeps the same in its store; this file serves the commands, which need no account.
use super::backup::{self, Backup, BackupError};
use super::replace;
use super::whole::write_whole;
use super::{EnvError, Project};
use crate::domain::cycle::Cycle;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

const NAME: &str = "cycle.json";

/// Why the state of a rotation could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file of ours does not say what it should.
    #[error("{path} cannot be understood ({why}); move it away to begin this rotation again. The backups stay")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Where it breaks.
        why: String,
    },
    /// The system refused.
    #[error("writing {path} failed ({source}); what stood there still stands")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `.env` cannot be read.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// No backup, no rotation.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

/// The cycle under way, if one has begun.
pub fn current(project: &Project) -> Result<Option<Cycle>, StateError> {
    load(&project.state_dir.join(NAME))
}

/// Begins the next cycle: a verified backup first, then the fingerprints of all keys. One that is under way goes on; its
/// backup is found again by time and content.
pub fn begin(project: &Project, at: DateTime<Utc>) -> Result<(Cycle, Backup), StateError> {
    let former = current(project)?;
    let number = former.as_ref().map_or(1, |cycle| cycle.number + 1);
    let backup = backup::create(project, at, &format!("cycle {number} begins"))?;
    let cycle = Cycle {
        number,
        began_at: at,
        fingerprints: backup.fingerprints.clone(),
        exposed: former.map(|cycle| cycle.exposed).unwrap_or_default(),
    };
    save(project, &cycle)?;
    Ok((cycle, backup))
}

/// Notes that a variable's present value was posted where others can read it.
pub fn expose(project: &Project, name: &str, at: DateTime<Utc>) -> Result<(), StateError> {
    let fingerprints = project.fingerprints()?;
    let Some(fingerprint) = fingerprints.get(name).cloned() else {
        return Ok(());
    };
    let mut cycle = current(project)?.unwrap_or_else(|| Cycle {
        number: 0,
        began_at: at,
        fingerprints: BTreeMap::new(),
        exposed: BTreeMap::new(),
    });
    cycle.exposed.insert(name.to_owned(), fingerprint);
    save(project, &cycle)
}

fn save(project: &Project, cycle: &Cycle) -> Result<(), StateError> {
    store(&project.state_dir.join(NAME), cycle)
}

/// Reads a file of ours. `None` when there is none.
pub(super) fn load<T: serde::de::DeserializeOwned>(path: &std::path::Path) -> Result<Option<T>, StateError> {
    let bytes = match replace::read(path) {
        Err(EnvError::Missing(_)) => return Ok(None),
        other => other?,
    };
    let read = serde_json::from_slice(&bytes);
    read.map(Some).map_err(|error| StateError::Unreadable {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

/// Writes a file of ours whole, 0600.
pub(super) fn store<T: serde::Serialize>(path: &std::path::Path, value: &T) -> Result<(), StateError> {
    let failed = |source| StateError::Io {
        path: path.to_owned(),
        source,
    };
    let text = serde_json::to_vec_pretty(value).map_err(|error| failed(error.into()))?;
    write_whole(path, &text, 0o600).map_err(failed)
}
