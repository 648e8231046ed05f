//! What the last monitor run saw, in `state/monitor.json`: when it ran, how often a key could not be judged in a row,
//! and which alerts went out.
use crate::config::text_of;
use crate::rotation::Project;
use crate::rotation::atomic_write::write_atomic;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

const FILE: &str = "monitor.json";

/// What went out, by condition and subject.
pub type Sent = BTreeMap<String, SentAlert>;

/// What was last said about one condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentAlert {
    /// How near or how bad it was: the lower, the worse.
    pub(super) step: i64,
    /// When it was said.
    pub(super) at: DateTime<Utc>,
    /// What was said, for the recovery.
    pub(super) text: String,
}

/// What is kept from one run to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorRecord {
    /// When the monitor last ran to its end.
    pub ran_at: Option<DateTime<Utc>>,
    /// When it last ran on an earlier day than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ran_on_a_day_before: Option<DateTime<Utc>>,
    /// For each key, how many runs in a row told nothing about it.
    #[serde(default)]
    pub unknown_runs: BTreeMap<String, u32>,
    /// The alerts that went out.
    #[serde(default)]
    pub sent: Sent,
}

impl MonitorRecord {
    /// The record of the last run; a damaged one counts as none.
    pub fn read(project: &Project) -> Self {
        text_of(&project.state_dir.join(FILE))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Writes the record in one step, so that a crash leaves the old one or the new one.
    pub fn write(&self, project: &Project) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        write_atomic(&project.state_dir.join(FILE), &bytes, 0o600)
    }

    /// How many runs in a row told nothing about a key, by its first variable.
    pub fn unknown_runs_of(&self, key: &str) -> u32 {
        self.unknown_runs.get(key).copied().unwrap_or(0)
    }
}
