//! One thing that a person should know: what is the matter, how bad it is, and the words for it.
use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad a finding is, in the order of the plugin's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// There is nothing to do.
    Ok,
    /// It is good to know.
    Note,
    /// Somebody should do something soon.
    Warning,
    /// Somebody must do something now.
    Critical,
}

/// What can be the matter with keys, files and the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The provider refuses the key.
    KeyDead,
    /// The key lives, but cannot be used as it is.
    KeyUnusable,
    /// The value in `.env` cannot be a key, or one of a pair is missing.
    KeyMalformed,
    /// Nothing could be learned about the key, several times in a row.
    KeyUnknown,
    /// The rotation is due, or soon.
    RotationDue,
    /// The provider ends the key soon.
    ProviderExpiry,
    /// Others could read the key, and its old value is not proven dead.
    KeyExposed,
    /// Which keys others could read cannot be told.
    ExposuresFault,
    /// A replaced key still works.
    OldKeyAlive,
    /// A key is exported with another value than `.env` holds.
    ExportedOtherwise,
    /// There is no backup.
    BackupMissing,
    /// The newest backup is old.
    BackupOld,
    /// The newest backup is damaged.
    BackupBad,
    /// Others may read `.env`.
    EnvOpen,
    /// `.env` is missing or unreadable.
    EnvFault,
    /// Lines of `.env` are not read: a key in them would not be seen.
    LinesUnread,
    /// No key of `.env` can be asked about.
    NothingWatched,
    /// There is no schedule, or it is unreadable.
    ScheduleFault,
    /// The bot gave no sign of life.
    BotSilent,
    /// The last run lies in the future.
    ClockWrong,
}

/// One thing that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonitorFinding {
    /// What is the matter.
    pub condition: Condition,
    /// With which key, old key or file; empty for the project as a whole.
    pub subject: String,
    /// How bad it is.
    pub level: Severity,
    /// Days left, for what comes nearer: alerts repeat at some of them.
    pub days_left: Option<i64>,
    /// For people; no secret, no name of an account.
    pub text: String,
}

impl Condition {
    /// The name in alerts and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeyDead => "key_dead",
            Self::KeyUnusable => "key_unusable",
            Self::KeyMalformed => "key_malformed",
            Self::KeyUnknown => "key_unknown",
            Self::RotationDue => "rotation_due",
            Self::ProviderExpiry => "provider_expiry",
            Self::KeyExposed => "key_exposed",
            Self::ExposuresFault => "exposures_fault",
            Self::OldKeyAlive => "old_key_alive",
            Self::ExportedOtherwise => "exported_otherwise",
            Self::BackupMissing => "backup_missing",
            Self::BackupOld => "backup_old",
            Self::BackupBad => "backup_bad",
            Self::EnvOpen => "env_open",
            Self::EnvFault => "env_fault",
            Self::LinesUnread => "lines_unread",
            Self::NothingWatched => "nothing_watched",
            Self::ScheduleFault => "schedule_fault",
            Self::BotSilent => "bot_silent",
            Self::ClockWrong => "clock_wrong",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Critical => "critical",
        })
    }
}

/// A finding without days.
pub(super) fn finding(condition: Condition, subject: &str, level: Severity, text: String) -> MonitorFinding {
    MonitorFinding {
        condition,
        subject: subject.to_owned(),
        level,
        days_left: None,
        text,
    }
}
