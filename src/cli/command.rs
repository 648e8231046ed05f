//! How a command ends: its exit code, and the error that carries one.
use crate::config::Faults;
use crate::domain::ids::PageId;
use crate::rotation::backup::BackupError;
use crate::rotation::rotations::RotationError;
use crate::rotation::state_file::StateError;
use crate::rotation::{EnvError, KeyringError, ProjectError, ReplaceError};
use std::fmt;
use std::process::ExitCode;

/// How a command ended; `monitor --plugin` has codes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: the command did what was asked.
    Done,
    /// 1: failed; the reason was printed.
    Failed,
    /// 2: wrong usage, or an unreadable or invalid configuration.
    Usage,
    /// 5: refused for safety.
    Refused,
    /// The monitor plugin's own code: 0 to 3.
    Plugin(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Refused => 5,
            Exit::Plugin(code) => code,
        })
    }
}

/// What a command, or a part of one, comes to.
pub type CommandResult<T> = Result<T, CommandError>;

/// Why a command could not be done, by what a script should make of it.
#[derive(Debug)]
pub enum CommandError {
    /// The settings, or a file of the project that belongs to them, are to be mended.
    Settings(Faults),
    /// It would not be safe; to insist does not help.
    Refused(anyhow::Error),
    /// Anything else: it may work another time.
    Failed(anyhow::Error),
}

impl CommandError {
    /// The exit code that goes with the error.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Settings(_) => Exit::Usage,
            Self::Refused(_) => Exit::Refused,
            Self::Failed(_) => Exit::Failed,
        }
    }
}

impl fmt::Display for CommandError {
    /// The whole chain of causes in one line, each said once: many an error says its cause itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(faults) => faults.fmt(f),
            Self::Refused(error) | Self::Failed(error) => f.write_str(&told_once(error)),
        }
    }
}

fn told_once(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |told, cause| {
        let cause = cause.to_string();
        if told.is_empty() {
            cause
        } else if told.contains(&cause) {
            told
        } else {
            format!("{told}: {cause}")
        }
    })
}

/// An error with which a command can end.
pub trait EndsCommand: Into<anyhow::Error> {
    /// What it makes of the command: [`CommandError::Failed`], unless the error is one of the settings or a refusal.
    fn ends(self) -> CommandError {
        CommandError::Failed(self.into())
    }
}

impl<E: EndsCommand> From<E> for CommandError {
    fn from(error: E) -> Self {
        error.ends()
    }
}

impl EndsCommand for Faults {
    fn ends(self) -> CommandError {
        CommandError::Settings(self)
    }
}

impl EndsCommand for KeyringError {
    fn ends(self) -> CommandError {
        match self {
            Self::Providers(faults) => faults.ends(),
            Self::Project(error) => error.ends(),
            Self::Probe(_) => CommandError::Failed(self.into()),
        }
    }
}

/// Errors that know which of them are refusals.
macro_rules! end_as_refused {
    ($($error:ty),+) => { $(impl EndsCommand for $error {
        fn ends(self) -> CommandError {
            if self.is_refusal() {
                CommandError::Refused(self.into())
            } else {
                CommandError::Failed(self.into())
            }
        }
    })+ };
}

end_as_refused!(BackupError, ProjectError, ReplaceError, RotationError, StateError);

impl EndsCommand for EnvError {
    fn ends(self) -> CommandError {
        if self.leads_out() {
            CommandError::Refused(self.into())
        } else {
            CommandError::Failed(self.into())
        }
    }
}

/// Errors that are neither of the settings nor refusals.
macro_rules! end_as_failed {
    ($($error:ty),+ $(,)?) => { $(impl EndsCommand for $error {})+ };
}

end_as_failed!(
    anyhow::Error,
    crate::intake::IntakeError,
    crate::notion::Error,
    crate::rotation::keyring::UnknownKey,
    crate::rotation::backup::SealError,
    crate::rotation::probe::ProbeError,
    crate::rotation::schedule_file::ScheduleError,
    crate::store::StoreError,
    crate::telemetry::TelemetryFault,
    inquire::InquireError,
    reqwest::Error,
    serde_json::Error,
    std::io::Error,
    tokio::task::JoinError,
);

/// Reads an option that names a page.
pub(super) fn page_option(text: &str) -> Result<PageId, &'static str> {
    PageId::parse(text).ok_or("no Notion page; give its URL or its 32-digit id")
}

/// One thread is enough for a few requests a second, and cheaper than two.
pub(super) fn runtime() -> CommandResult<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    fn exit(error: impl Into<CommandError>) -> Exit {
        error.into().exit()
    }

    #[test]
    fn every_error_says_its_exit_code_by_its_type() {
        let link = std::path::PathBuf::from(".env");
        assert_eq!(exit(Faults(Vec::new())), Exit::Usage);
        assert_eq!(exit(KeyringError::Providers(Faults(Vec::new()))), Exit::Usage);
        assert_eq!(exit(ReplaceError::Dangling(link.clone())), Exit::Refused);
        assert_eq!(
            exit(BackupError::Replace(ReplaceError::Dangling(link.clone()))),
            Exit::Refused
        );
        assert_eq!(
            exit(RotationError::Replace(ReplaceError::Dangling(link))),
            Exit::Refused
        );
        assert_eq!(exit(BackupError::NotFound("env_backup".to_owned())), Exit::Failed);
        assert_eq!(exit(StoreError::Moved), Exit::Failed);
        let chained = anyhow::anyhow!("no room").context("writing .env");
        assert_eq!(CommandError::from(chained).to_string(), "writing .env: no room");
    }
}
