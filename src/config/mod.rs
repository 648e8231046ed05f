//! Settings: flags over environment over `config/keyminder.toml` over defaults; read once; all faults reported at once.
mod playbook;
mod reader;
mod values;

pub use playbook::{playbook, prompt_files};

use crate::domain::ids::{PageId, PersonId};
use crate::domain::page::PropertyNames;
use chrono_tz::Tz;
use reader::Reader;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the settings come from.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Place {
    /// The project: the folder that holds `.env`, `config/` and `state/` [default: the current folder]
    #[arg(long, global = true, value_name = "DIR", env = "KEYMINDER_PROJECT")]
    pub project: Option<PathBuf>,
    /// The settings file [default: config/keyminder.toml in the project]
    #[arg(long, global = true, value_name = "FILE", env = "KEYMINDER_CONFIG")]
    pub config: Option<PathBuf>,
}

/// Everything that can be set. Paths are absolute or below the project.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that holds `.env`, `config/` and `state/`.
    pub project: PathBuf,
    /// Ids, URLs, or `data_source:<id>[?prefix=ACT_]`.
    pub pages: Vec<PageSource>,
    /// SQLite file, or `postgres://...`.
    pub state: String,
    /// The Notion side.
    pub notion: Notion,
    /// How often pages are read.
    pub poll: Poll,
    /// `.env`, relative paths resolved.
    pub env: PathBuf,
    /// The zone of schedules and of what people read.
    pub zone: Tz,
    /// How effects are tried.
    pub effects: Effects,
    /// How evidence is looked for.
    pub evidence: EvidenceSettings,
    /// Proofs and schedule.
    pub rotation: Rotation,
    /// Who may act.
    pub people: People,
    /// The status server's address; `None` when off.
    pub listen: Option<String>,
    /// How replies speak.
    pub reply: Reply,
    /// The names of the page's properties.
    pub properties: PropertyNames,
    /// Every probe goes here instead of to its provider (loopback only).
    pub probe_url: Option<String>,
    /// Alert channels beside the page.
    pub alerts: Alerts,
    /// `NOTION_TOKEN` of the environment, read once.
    pub environment_token: Option<secrecy::SecretString>,
}

/// What names the pages to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageSource {
    /// One page.
    Page(PageId),
    /// All pages of a data source that are in progress, or whose title begins with a prefix.
    DataSource {
        /// The data source's id.
        id: String,
        /// The beginning of the titles, e.g. `ACT_`.
        prefix: Option<String>,
    },
}

/// `[notion]`
#[derive(Clone, Debug)]
pub struct Notion {
    /// Without `/v1`.
    pub url: String,
    /// A file with the token, read before the environment and `.env`.
    pub token_file: Option<PathBuf>,
    /// 0: no limit of our own.
    pub requests_per_minute: u32,
}

/// `[poll]`
#[derive(Clone, Debug)]
pub struct Poll {
    /// Between two reads of a page where something happens.
    pub active: Duration,
    /// Between two reads of a quiet page.
    pub idle: Duration,
    /// What to do with the comments that were there before the first start.
    pub backlog: Backlog,
}

/// `poll.backlog`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backlog {
    /// Answer comments of the last 24 hours; take older ones into account and give one summary.
    Absorb,
    /// Answer all.
    Answer,
}

/// `[effects]`
#[derive(Clone, Copy, Debug)]
pub struct Effects {
    /// The longest that one call may take.
    pub call_timeout: Duration,
    /// How long an effect belongs to the worker that claimed it.
    pub lease: Duration,
    /// How long after an unknown ending the thread is read before a reply is sent again.
    pub quiet: Duration,
    /// Sends of one reply before it is parked.
    pub max_sends: u32,
    /// Effects in hand at once.
    pub workers: usize,
}

/// `[evidence]`
#[derive(Clone, Copy, Debug)]
pub struct EvidenceSettings {
    /// Evidence younger than this is used again.
    pub fresh: Duration,
    /// Whether `command` checks may run.
    pub allow_commands: bool,
}

/// `[rotation]`
#[derive(Clone, Debug)]
pub struct Rotation {
    /// When the three proofs that an old key is dead are taken, from the first one on.
    pub proof_at: Vec<Duration>,
    /// Whether a page is reopened when its next rotation is due.
    pub reopen_when_due: bool,
    /// Whether keys in page content are masked by the bot.
    pub redact_page_content: bool,
    /// When the daily monitor runs, local time.
    pub monitor_at: String,
    /// The backups' folder.
    pub backups: PathBuf,
    /// Age recipients; empty: plain files, 0600.
    pub recipients: Vec<String>,
}

/// `[people]`
#[derive(Clone, Debug)]
pub struct People {
    /// Whose comments may cause effects.
    pub may_act: MayAct,
    /// Who may cause Done and schedule changes when the members cannot be listed.
    pub owners: Vec<PersonId>,
}

/// `people.may_act`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MayAct {
    /// Persons in `GET /v1/users`.
    Members,
    /// Everyone who can comment.
    Everyone,
    /// These ids.
    Listed(Vec<PersonId>),
}

/// `[reply]`
#[derive(Clone, Debug)]
pub struct Reply {
    /// `auto` follows the comment; or `en`, `nl`.
    pub language: String,
    /// Whether pure progress gets its one line.
    pub progress: bool,
}

/// `[alerts]`: channels beside the page. Their addresses are secrets.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    /// `https://ntfy.sh/<topic>`
    pub ntfy: Option<secrecy::SecretString>,
    /// A Slack incoming webhook.
    pub slack: Option<secrecy::SecretString>,
    /// A webhook of your own.
    pub webhook: Option<secrecy::SecretString>,
    /// The key that signs calls of `webhook`.
    pub webhook_secret: Option<secrecy::SecretString>,
    /// The dead man's switch: pinged after every monitor run.
    pub ping: Option<secrecy::SecretString>,
}

/// Everything that is wrong with the settings, each with where and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the settings have {} to mend:",
            count(self.0.len(), "fault", "faults")
        )?;
        for fault in &self.0 {
            write!(f, "\n  - {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {many}")
    }
}

fn project(place: &Place) -> Result<PathBuf, Faults> {
    let current = || std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let project = match &place.project {
        Some(dir) if dir.is_absolute() => dir.clone(),
        Some(dir) => current().join(dir),
        None => current(),
    };
    if !project.is_dir() {
        return Err(Faults(vec![format!("--project {}: no such folder", project.display())]));
    }
    Ok(project)
}

impl Settings {
    /// Reads the settings of a project from its file and the process's environment.
    pub fn load(place: &Place) -> Result<Self, Faults> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::read(place, environment)
    }

    /// The settings of a project that sets nothing: to prove its other files when its settings have faults.
    pub fn defaults(place: &Place) -> Result<Self, Faults> {
        let project = project(place)?;
        let mut reader = Reader::open(Path::new(""), false, BTreeMap::new())?;
        Ok(Self::from_reader(&project, &mut reader))
    }

    /// As [`Settings::load`], with the environment given.
    pub fn read(place: &Place, environment: BTreeMap<String, String>) -> Result<Self, Faults> {
        let project = project(place)?;
        let file = place
            .config
            .clone()
            .unwrap_or_else(|| project.join("config/keyminder.toml"));
        let mut reader = Reader::open(&file, place.config.is_some(), environment)?;
        let settings = Self::from_reader(&project, &mut reader);
        reader.finish()?;
        Ok(settings)
    }

    fn from_reader(project: &Path, r: &mut Reader) -> Self {
        Self {
            project: project.to_owned(),
            pages: r.pages(),
            state: r.state(project),
            notion: Notion {
                url: r.url("notion", "url", "https://api.notion.com"),
                token_file: r.optional("notion", "token_file").map(|path| project.join(path)),
                requests_per_minute: r.number("notion", "requests_per_minute", 180),
            },
            poll: Poll {
                active: r.duration("poll", "active", "5s"),
                idle: r.duration("poll", "idle", "30s"),
                backlog: r.choice(
                    "poll",
                    "backlog",
                    &[("absorb", Backlog::Absorb), ("answer", Backlog::Answer)],
                ),
            },
            env: project.join(r.text("project", "env", ".env")),
            zone: r.zone(),
            effects: r.effects(),
            evidence: EvidenceSettings {
                fresh: r.duration("evidence", "fresh", "60s"),
                allow_commands: r.flag("evidence", "allow_commands", false),
            },
            rotation: Rotation {
                proof_at: r.durations("rotation", "proof_at", "0s,60s,600s"),
                reopen_when_due: r.flag("rotation", "reopen_when_due", true),
                redact_page_content: r.flag("rotation", "redact_page_content", false),
                monitor_at: r.text("rotation", "monitor_at", "09:00"),
                backups: project.join(r.text("rotation", "backups", "backups/api_keys")),
                recipients: r.list("rotation", "recipients"),
            },
            people: People {
                may_act: r.may_act(),
                owners: r.people("people", "owners"),
            },
            listen: Some(r.text("server", "listen", "127.0.0.1:8477")).filter(|address| !address.is_empty()),
            reply: Reply {
                language: r.text("reply", "language", "auto"),
                progress: r.flag("reply", "progress", true),
            },
            properties: r.properties(),
            probe_url: r.probe_url(),
            alerts: Alerts {
                ntfy: r.secret("alerts", "ntfy"),
                slack: r.secret("alerts", "slack"),
                webhook: r.secret("alerts", "webhook"),
                webhook_secret: r.secret("alerts", "webhook_secret"),
                ping: r.secret("alerts", "ping"),
            },
            environment_token: r.environment_token(),
        }
    }

    /// The folder of the store, the project id, the install key and the heartbeat.
    pub fn state_dir(&self) -> PathBuf {
        match Path::new(&self.state).parent() {
            Some(dir) if !self.state.starts_with("postgres") => dir.to_owned(),
            _ => self.project.join("state"),
        }
    }
}

#[cfg(test)]
mod tests;
