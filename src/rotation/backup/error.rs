//! Why work on backups failed.
use super::sealing::SealError;
use crate::rotation::dotenv::EnvError;
use crate::rotation::project_error::ProjectError;
use crate::rotation::replace::ReplaceError;
use std::io;
use std::path::PathBuf;

/// Why a backup was not made, proven or restored. `.env` and all earlier backups are what they were.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The backups' folder is a link.
    #[error(
        "{0} is a link, or lies below one, that leads out of the project. Remove the link; or if that place is meant, name it itself with \
         the setting rotation.backups"
    )]
    FolderIsLink(PathBuf),
    /// The folder could not be made private.
    #[error(transparent)]
    Folder(#[from] ProjectError),
    /// `.env` or the backup cannot be understood.
    #[error("{file}: {source}")]
    Env {
        /// The file that could not be used.
        file: String,
        /// What is wrong.
        source: EnvError,
    },
    /// What lies there is not what was backed up.
    #[error("{file} is damaged: {what}. Do not use it; `keyminder backup list` shows the others")]
    Damaged {
        /// The file that could not be used.
        file: String,
        /// What differs. Never a value.
        what: String,
    },
    /// No such backup, or several.
    #[error("{0}")]
    NotFound(String),
    /// The backup could not be encrypted, or opened again.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// `.env` could not be replaced.
    #[error(transparent)]
    Replace(#[from] ReplaceError),
    /// The system refused.
    #[error("{path}: {source}. Is there room on the disk, and is the folder ours?")]
    Io {
        /// The file that could not be used.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BackupError {
    /// Whether we would not, rather than could not.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::FolderIsLink(_) | Self::Damaged { .. } => true,
            Self::Replace(error) => error.is_refusal(),
            Self::Env { source, .. } => source.is_refusal(),
            Self::Folder(error) => error.is_refusal(),
            Self::NotFound(_) | Self::Seal(_) | Self::Io { .. } => false,
        }
    }
}
