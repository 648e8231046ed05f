//! What can be set, as the program reads it: one field for each setting, one struct for each section of the file.
use crate::domain::decide::UncheckedClaims;
use crate::domain::ids::{PageId, PersonId};
use crate::domain::page::PropertyNames;
use chrono_tz::Tz;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The options of every command that say which project is meant.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct ProjectArgs {
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
    /// The pages to watch.
    pub pages: Vec<PageSource>,
    /// The SQLite file of the store.
    pub state: String,
    /// How Notion is reached.
    pub notion: NotionSettings,
    /// How often pages are read.
    pub poll: PollSettings,
    /// The file with the keys.
    pub env: PathBuf,
    /// The zone of schedules and of what people read.
    pub zone: Tz,
    /// How effects are tried.
    pub effects: EffectSettings,
    /// How evidence is looked for.
    pub evidence: EvidenceSettings,
    /// Proofs, backups and the daily monitor.
    pub rotation: RotationSettings,
    /// Who may do what.
    pub people: PeopleSettings,
    /// Whether the second reader reads behind the rules.
    pub second_reader: bool,
    /// How replies speak.
    pub reply: ReplySettings,
    /// The names of the page's properties.
    pub properties: PropertyNames,
    /// Every probe goes here instead of to its provider (loopback only).
    pub probe_url: Option<String>,
    /// The channels of alerts beside the page.
    pub alerts: AlertSettings,
    /// `NOTION_TOKEN` of the environment, read once.
    pub environment_token: Option<SecretString>,
    /// The whole environment at the start: it may say at which addresses keys are used.
    pub environment: Vec<(String, SecretString)>,
}

/// What names the pages to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageSource {
    /// One page, by its id.
    Page(PageId),
    /// All pages of a data source that are in progress, or whose title begins with a prefix.
    DataSource {
        /// The data source's id.
        id: String,
        /// The beginning of the titles, e.g. `ACT_`.
        prefix: Option<String>,
    },
}

/// The section `[notion]`: how Notion is reached.
#[derive(Clone, Debug)]
pub struct NotionSettings {
    /// The address of the API, without `/v1` at its end.
    pub url: String,
    /// A file with the token, read before the environment and `.env`.
    pub token_file: Option<PathBuf>,
    /// The most requests that are sent in a minute; 0: no limit of our own.
    pub requests_per_minute: u32,
}

/// The section `[poll]`: how often pages are read.
#[derive(Clone, Debug)]
pub struct PollSettings {
    /// The pause between two reads of a page where something happens.
    pub active: Duration,
    /// The pause between two reads of a quiet page.
    pub idle: Duration,
    /// What to do with the comments that were there before the first start.
    pub backlog: Backlog,
}

/// The choices of `poll.backlog`: what becomes of comments from before the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backlog {
    /// Answer comments of the last 24 hours; take older ones into account and give one summary.
    Absorb,
    /// Answer every one of them.
    Answer,
}

/// The section `[effects]`: how effects are tried.
#[derive(Clone, Copy, Debug)]
pub struct EffectSettings {
    /// The longest that one call may take.
    pub call_timeout: Duration,
    /// How long an effect belongs to the worker that leased it.
    pub lease: Duration,
    /// How long after an unknown ending the thread is read before a reply is sent again.
    pub quiet: Duration,
    /// How often one reply is sent before it is parked.
    pub max_sends: u32,
    /// How many effects are in hand at once.
    pub workers: usize,
}

/// The section `[evidence]`: how evidence is looked for.
#[derive(Clone, Copy, Debug)]
pub struct EvidenceSettings {
    /// Evidence younger than this is used again.
    pub fresh: Duration,
    /// Whether `command` checks may run.
    pub allow_commands: bool,
    /// What a claim does where no check can see whether it is true.
    pub claims: UncheckedClaims,
}

/// The section `[rotation]`: proofs, backups and the daily monitor.
#[derive(Clone, Debug)]
pub struct RotationSettings {
    /// When the three proofs that an old key is dead are taken, from the first one on.
    pub proof_at: Vec<Duration>,
    /// Whether a page is reopened when its next rotation is due.
    pub reopen_when_due: bool,
    /// Whether keys in page content are masked by the bot.
    pub redact_page_content: bool,
    /// Whether it is looked for what still holds a replaced key.
    pub look_for_holders: bool,
    /// When the daily monitor runs, as `HH:MM` of the project's zone.
    pub monitor_at: String,
    /// The folder where backups are written.
    pub backups: PathBuf,
    /// The age recipients to whom backups are encrypted; none: plain files that only their owner can read.
    pub recipients: Vec<String>,
}

/// The section `[people]`: who may do what.
#[derive(Clone, Debug)]
pub struct PeopleSettings {
    /// Whose comments may cause effects.
    pub may_act: MayAct,
    /// Who may cause Done and schedule changes when the members cannot be listed.
    pub owners: Vec<PersonId>,
}

/// The choices of `people.may_act`: whose comments may cause effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MayAct {
    /// The persons whom Notion lists as members of the workspace.
    Members,
    /// Everyone who can comment.
    Everyone,
    /// The persons with these ids, and nobody else.
    Listed(Vec<PersonId>),
}

/// The section `[reply]`: how replies speak.
#[derive(Clone, Debug)]
pub struct ReplySettings {
    /// The language of replies, such as `en`; `auto` follows the comment.
    pub language: String,
    /// Whether a report of mere progress gets its one line.
    pub progress: bool,
    /// After how long an item that stands still gets one line to its last speaker; zero: never.
    pub nudge: Duration,
    /// Answers within an hour to one person who may not act, on one page; four times as many to all of them together.
    pub guest_answers: u32,
    /// Answers within an hour to anybody else, on one page.
    pub member_answers: u32,
}

/// The section `[alerts]`: channels beside the page. Their addresses are secrets.
#[derive(Clone, Debug, Default)]
pub struct AlertSettings {
    /// The topic of ntfy, as `https://ntfy.sh/<topic>`.
    pub ntfy: Option<SecretString>,
    /// A Slack incoming webhook.
    pub slack: Option<SecretString>,
    /// A webhook of your own.
    pub webhook: Option<SecretString>,
    /// The key that signs what is sent to `webhook`.
    pub webhook_secret: Option<SecretString>,
    /// The dead man's switch: pinged after every monitor run.
    pub ping: Option<SecretString>,
}

impl Settings {
    /// The folder of the store, the project id and the heartbeat.
    pub fn state_dir(&self) -> PathBuf {
        match Path::new(&self.state).parent() {
            Some(dir) => dir.to_owned(),
            None => self.project.join("state"),
        }
    }
}
