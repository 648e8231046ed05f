//! A sign of life of `run`, in `state/heartbeat.json`: whoever finds it old knows that the bot stopped.
use crate::config::text_of;
use crate::domain::ids::PageId;
use crate::health::{Fault, HealthSnapshot, PageHealth, TOKEN};
use crate::rotation::Project;
use crate::rotation::atomic_write::write_atomic;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// The process id of the bot.
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
    /// Why Notion does not take that token, since when.
    #[serde(default)]
    pub token_fault: Option<Fault>,
    /// Every page that it watches.
    #[serde(default)]
    pub pages: Vec<PageSign>,
    /// The parts that had to be started again, by name, and how often since the bot started.
    #[serde(default)]
    pub restarts: BTreeMap<String, u32>,
    /// What people should know and what is of no single page.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// How a page is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSign {
    /// The page's id.
    pub page: PageId,
    /// When it was last read to its end with success.
    #[serde(default)]
    pub read_at: Option<DateTime<Utc>>,
    /// Why it cannot be read now, in words that may be shown.
    #[serde(default)]
    pub fault: Option<String>,
    /// Since when that is so.
    #[serde(default)]
    pub fault_since: Option<DateTime<Utc>>,
    /// What else people should know of it: what was left out, who else answers here.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl PageSign {
    fn of((page, health): (PageId, PageHealth)) -> Self {
        let (fault_since, fault) = health.fault.map(|fault| (fault.since, fault.text)).unzip();
        Self {
            page,
            read_at: health.read_at,
            fault,
            fault_since,
            notes: health.notes.into_keys().collect(),
        }
    }
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
    /// A sign given at that moment by this process, with nothing to tell.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self {
            at,
            pid: std::process::id(),
            last_poll: None,
            next_monitor_at: None,
            requests: None,
            token: None,
            token_fault: None,
            pages: Vec::new(),
            restarts: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// A sign that tells how everything is doing.
    pub fn of(picture: HealthSnapshot, at: DateTime<Utc>) -> Self {
        let mut faults = picture.faults;
        let token_fault = faults.remove(TOKEN);
        let stopped = faults
            .into_iter()
            .map(|(part, fault)| format!("{part}: {}", fault.text));
        Self {
            token_fault,
            pages: picture.pages.into_iter().map(PageSign::of).collect(),
            restarts: picture
                .restarts
                .into_iter()
                .map(|(part, count)| (part.to_owned(), count))
                .collect(),
            warnings: stopped.collect(),
            ..Self::at(at)
        }
    }

    /// Gives the sign, whole.
    pub fn write(&self, project: &Project) -> io::Result<()> {
        let bytes = serde_json::to_vec(self).map_err(io::Error::other)?;
        write_atomic(&project.state_dir.join(FILE), &bytes, 0o600)
    }

    /// The last sign, if there ever was one.
    pub fn read(project: &Project) -> Option<Self> {
        serde_json::from_str(&text_of(&project.state_dir.join(FILE)).ok()?).ok()
    }

    /// Whether the bot lives: it gave a sign within two idle intervals.
    pub fn is_alive(&self, now: DateTime<Utc>, idle: Duration) -> bool {
        let silence = TimeDelta::from_std(idle * 2).unwrap_or(TimeDelta::MAX).max(SHORTEST);
        now - self.at <= silence
    }
}
