//! Files of a rotation's state: JSON, written whole, readable by their owner alone (0600).
use super::EnvError;
use super::atomic_write::write_atomic;
use super::backup::BackupError;
use super::replace::{self, ReplaceError};
use std::io;
use std::path::PathBuf;

/// Why the state of a rotation could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file of ours does not say what it should.
    #[error("{path} cannot be understood ({why}); move it away to begin this rotation again. The backups stay")]
    Unreadable {
        /// The file that could not be used.
        path: PathBuf,
        /// Where it breaks.
        why: String,
    },
    /// The system refused.
    #[error("writing {path} failed ({source}); what stood there still stands")]
    Io {
        /// The file that could not be used.
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
    /// Somebody else works in the folder.
    #[error(transparent)]
    Busy(#[from] ReplaceError),
}

impl StateError {
    /// Whether we would not, rather than could not.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Env(error) => error.leads_out(),
            Self::Backup(error) => error.is_refusal(),
            Self::Busy(error) => error.is_refusal(),
            Self::Unreadable { .. } | Self::Io { .. } => false,
        }
    }
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
    write_atomic(path, &text, 0o600).map_err(failed)
}
