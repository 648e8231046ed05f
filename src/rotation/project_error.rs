//! Why a project could not be opened.
use super::dotenv::EnvError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a project could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The system refused.
    #[error("{doing} {path} failed ({source}); see whose folder it is with `ls -ld`")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A link would take what is ours out of the project.
    #[error(
        "{path} is a link, or lies below one, that leads out of the project: whoever can change the link decides where \
         our files lie. If that place is meant, name it itself with the setting {setting}; else remove the link"
    )]
    LeadsOut {
        /// The folder as the settings name it.
        path: PathBuf,
        /// The setting that may name another one.
        setting: &'static str,
    },
    /// The install key was damaged; without it no fingerprint can be compared.
    #[error(
        "{0} is not the 64 hex digits that it was made of. Bring it back from a backup; or move it away, and all \
         earlier fingerprints lose their meaning"
    )]
    InstallKey(PathBuf),
    /// `.env` could not be read.
    #[error(transparent)]
    Env(#[from] EnvError),
}

impl ProjectError {
    /// Whether we would not, rather than could not.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::LeadsOut { .. } => true,
            Self::Env(error) => error.leads_out(),
            Self::Io { .. } | Self::InstallKey(_) => false,
        }
    }

    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }
}
