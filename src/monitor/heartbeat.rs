//! A sign of life of `run`, in `state/heartbeat.json`: whoever finds it old knows that the bot stopped.
use crate::rotation::Project;
use crate::rotation::whole::write_whole;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::io;
use std::time::Duration;

const FILE: &str = "heartbeat.json";

/// However seldom a bot polls, after this long without a sign it is silent.
const SHORTEST: TimeDelta = TimeDelta::minutes(2);

/// A sign of life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// When it was given.
    pub at: DateTime<Utc>,
    /// The process.
    pub pid: u32,
    /// When pages were last read with success.
    pub last_poll: Option<DateTime<Utc>>,
    /// When `run` does the daily monitor next.
    pub next_monitor_at: Option<DateTime<Utc>>,
    /// Where its budget of requests stands.
    #[serde(default)]
    pub requests: Option<Requests>,
    /// The token that it uses.
    #[serde(default)]
    pub token: Option<TokenSign>,
}

/// Which token the bot uses. Never the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSign {
    /// Where it was read.
    pub from: String,
    /// Since when it is used.
    pub since: DateTime<Utc>,
    /// Why another one, which stands in `.env`, is not used.
    pub another: Option<String>,
}

impl TokenSign {
    /// A token that is used since then, and no other one.
    pub fn new(from: &str, since: DateTime<Utc>) -> Self {
        Self {
            from: from.to_owned(),
            since,
            another: None,
        }
    }
}

/// Where the budget of requests to Notion stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// Sent within the last minute; 0 when the limit is off.
    pub used: u32,
    /// Allowed in a minute; 0: no limit.
    pub limit: u32,
    /// For how many seconds Notion still wants silence.
    pub blocked_for: Option<u64>,
    /// Notion's reason for its last such wish.
    pub reason: Option<String>,
}

impl Heartbeat {
    /// Gives the sign, whole.
    pub fn write(&self, project: &Project) -> io::Result<()> {
        let bytes = serde_json::to_vec(self).map_err(io::Error::other)?;
        write_whole(&project.state_dir.join(FILE), &bytes, 0o600)
    }

    /// The last sign, if there ever was one.
    pub fn read(project: &Project) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(project.state_dir.join(FILE)).ok()?).ok()
    }

    /// Whether the bot lives: it gave a sign within two idle intervals.
    pub fn is_alive(&self, now: DateTime<Utc>, idle: Duration) -> bool {
        let silence = TimeDelta::from_std(idle * 2).unwrap_or(TimeDelta::MAX).max(SHORTEST);
        now - self.at <= silence
    }
}
