//! Why a step of a rotation was not taken, and whether we would not or could not.
use super::acceptance::Objection;
use super::backup::BackupError;
use super::schedule_file::ScheduleError;
use super::state_file::StateError;
use super::{ProjectError, ReplaceError};

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// No rotation of this provider was begun.
    #[error("no rotation of {0} is under way; begin it: keyminder rotate start {0}")]
    NotBegun(String),
    /// Not in `.env`.
    #[error("{title} has no key in .env: {variables} is not there")]
    NoKey {
        /// The provider's name for people.
        title: String,
        /// Which variables were looked for.
        variables: String,
    },
    /// Two names of one key hold two keys.
    #[error(
        "{} and {} hold two different keys of {title}, and the new one would take the place of both. Nothing was begun: give one of \
         them a name of its own ({}_2), so that each is rotated by itself, or give both the same value",
        .names[0],
        .names[1],
        .names[1]
    )]
    TwoKeys {
        /// The provider's name for people.
        title: String,
        /// The two variables that hold them.
        names: [String; 2],
    },
    /// Nobody put a key there yet.
    #[error("{0} holds a placeholder, no key, so there is nothing to rotate: put a key of {1} there")]
    Placeholder(String, String),
    /// The key is not good enough.
    #[error("{0}. Nothing was written")]
    Refused(Objection),
    /// Bringing a dead key back helps nobody.
    #[error("{what}; bringing it back would leave you without a working key. Create a new one: {manage_url}")]
    OldIsDead {
        /// Which key, and what was found.
        what: String,
        /// Where keys are made.
        manage_url: String,
    },
    /// Nobody knows whether the old key works, and what stands in `.env` may.
    #[error(
        "{what}, so nobody knows whether it works, and nothing was written. Try again later, or bring it back all the \
         same: keyminder backup restore {backup} --key {names}"
    )]
    OldIsUnknown {
        /// Which key, and what was found.
        what: String,
        /// The backup that holds it.
        backup: String,
        /// Its variables, ready for the command.
        names: String,
    },
    /// Nothing says where the old value is.
    #[error("no rotation of {0} was begun; name a backup with --to ID (keyminder backup list)")]
    NoBackup(String),
    /// The backup knows nothing of it.
    #[error("{file} holds no key of {title}; name another backup with --to ID (keyminder backup list)")]
    NotInBackup {
        /// The backup that was looked into.
        file: String,
        /// Whose key was looked for.
        title: String,
    },
    /// Reading or keeping state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The dates of the next rotations.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The folder of the state.
    #[error(transparent)]
    Folder(#[from] ProjectError),
    /// A backup could not be read, proven or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// `.env` could not be replaced.
    #[error(transparent)]
    Replace(#[from] ReplaceError),
}

impl RotationError {
    /// Whether we would not, rather than could not.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused(_) | Self::TwoKeys { .. } | Self::OldIsDead { .. } | Self::OldIsUnknown { .. } => true,
            Self::Backup(error) => error.is_refusal(),
            Self::State(error) => error.is_refusal(),
            Self::Folder(error) => error.is_refusal(),
            Self::Replace(error) => error.is_refusal(),
            Self::NotBegun(_)
            | Self::NoKey { .. }
            | Self::Placeholder(..)
            | Self::NoBackup(_)
            | Self::NotInBackup { .. }
            | Self::Schedule(_) => false,
        }
    }
}
