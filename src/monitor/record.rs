//! What the last monitor run saw, in `state/monitor.json`: when it ran, how often a key could not be judged in a row,
//! and which alerts went out.
use super::alerts::Sent;
use super::report::Report;
use crate::domain::verdict::Life;
use crate::rotation::Project;
use crate::rotation::whole::write_whole;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

const FILE: &str = "monitor.json";

/// What is kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When the monitor last ran to its end.
    pub ran_at: Option<DateTime<Utc>>,
    /// For each key, how many runs in a row told nothing about it.
    #[serde(default)]
    pub unknown_runs: BTreeMap<String, u32>,
    /// The alerts that went out.
    #[serde(default)]
    pub sent: Sent,
}

impl Record {
    /// Reads it; a damaged one is as none.
    pub fn read(project: &Project) -> Self {
        std::fs::read(project.state_dir.join(FILE))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Keeps it, whole.
    pub fn write(&self, project: &Project) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        write_whole(&project.state_dir.join(FILE), &bytes, 0o600)
    }

    /// The record after a run.
    #[must_use]
    pub fn after(&self, report: &Report) -> Self {
        let unknown = report.keys.iter().filter(|key| key.verdict.life() == Life::Unknown);
        let count = |key: &str| self.unknown_runs.get(key).copied().unwrap_or(0) + 1;
        Self {
            ran_at: Some(report.checked_at),
            unknown_runs: unknown.map(|key| (key.key.clone(), count(&key.key))).collect(),
            sent: self.sent.clone(),
        }
    }
}
