//! What a check saw. A check is how evidence is looked for; it comes from the page's description, never from a comment.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How evidence for a step or a criterion is looked for. One kind, one file in `evidence/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// A backup made in this cycle: mode 0600, whole, with the keys of its moment.
    Backup,
    /// The rotator is in place and its plan runs: `keyminder rotate plan`, or the script that the page names.
    Rotator {
        /// Paths below the project that also count, when one exists and compiles.
        #[serde(default)]
        paths: Vec<String>,
    },
    /// These providers' keys differ from the cycle's first ones, and are valid.
    KeysChanged {
        /// The providers' ids in `providers.toml`.
        providers: Vec<String>,
    },
    /// Every key in `.env` that a provider knows is valid, in one run.
    KeysValid,
    /// Every changed key's former value is dead, with the new one as control.
    OldKeysDead,
    /// The monitor ran lately and its next run is assured.
    MonitorRan,
    /// The next rotation is written down and lies in the future.
    ScheduleAhead,
    /// A file of the project: exists, mode, contains.
    File {
        /// The file's path below the project.
        path: String,
        /// The widest permissions that it may have, in octal, e.g. `"600"`.
        #[serde(default)]
        mode: Option<String>,
        /// Text that must be in it.
        #[serde(default)]
        contains: Option<String>,
    },
    /// An address answers as it should: https, or this machine; no redirect is followed.
    Http {
        /// The address that is asked.
        url: String,
        /// The status that it answers with.
        #[serde(default = "ok_status")]
        status: u16,
        /// Text that must be in the answer.
        #[serde(default)]
        contains: Option<String>,
    },
    /// A date property of the page lies in the future.
    Date {
        /// The property's name on the page.
        property: String,
    },
    /// The project's repository: a branch is merged, or a tag is there. One of the two.
    Git {
        /// The branch whose commits are all in `into`.
        #[serde(default)]
        branch_merged: Option<String>,
        /// The branch that it is merged into; else `main`, or `master`.
        #[serde(default)]
        into: Option<String>,
        /// The tag that is there.
        #[serde(default)]
        tag_exists: Option<String>,
    },
    /// A fixed command that must exit 0; off unless `evidence.allow_commands`.
    Command {
        /// Program and arguments; no shell.
        run: Vec<String>,
    },
}

/// What an address answers with where all is well.
fn ok_status() -> u16 {
    200
}

impl Check {
    /// Whether it looks at keys: their rotation begins with a backup, and what is wrong with them is told on the page.
    pub fn is_of_keys(&self) -> bool {
        match self {
            Self::Backup
            | Self::Rotator { .. }
            | Self::KeysChanged { .. }
            | Self::KeysValid
            | Self::OldKeysDead
            | Self::MonitorRan
            | Self::ScheduleAhead => true,
            Self::File { .. } | Self::Http { .. } | Self::Date { .. } | Self::Git { .. } | Self::Command { .. } => {
                false
            }
        }
    }

    /// The kind's name, as in the page's description.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Rotator { .. } => "rotator",
            Self::KeysChanged { .. } => "keys_changed",
            Self::KeysValid => "keys_valid",
            Self::OldKeysDead => "old_keys_dead",
            Self::MonitorRan => "monitor_ran",
            Self::ScheduleAhead => "schedule_ahead",
            Self::File { .. } => "file",
            Self::Http { .. } => "http",
            Self::Date { .. } => "date",
            Self::Git { .. } => "git",
            Self::Command { .. } => "command",
        }
    }
}

/// What a look came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// Seen: the claim holds.
    Proven,
    /// Seen: the claim does not hold.
    Missing,
    /// Could not be seen now; looked at again later.
    Unknown,
}

/// What a check saw, when. Facts only, no sentences: the words are in `prompts/<language>/evidence/<reason>.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was looked for.
    pub check: Check,
    /// What it came to.
    pub standing: CheckStatus,
    /// Why, as the name of a prompt: `backup_verified`, `backup_missing`, `keys_unchanged`, ...
    pub reason: String,
    /// What the sentence needs: file names, modes, verdicts, times. Never a value of a key.
    pub facts: BTreeMap<String, serde_json::Value>,
    /// When it was seen.
    pub gathered_at: DateTime<Utc>,
}
