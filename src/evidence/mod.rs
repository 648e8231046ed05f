//! Looks for evidence: one kind of check, one file. A check comes from the page's description, never from a comment.
//!
//! `Evidence::reason` is the name of a prompt; its facts are what the sentence needs. Never a value of a key.
//!
//! | reason | standing | facts |
//! |---|---|---|
//! | `backup_verified` | proven | file, `made_at`, keys, mode, level (`stored`, `restored`), `same_as_env` |
//! | `backup_missing` | missing | folder |
//! | `env_empty` | missing | file: it holds no key yet |
//! | `backup_stale` | missing | file, `made_at`: the newest one is older than this turn and holds other keys |
//! | `backup_differs` | missing | file, `made_at`, keys: those that it lacks or has another value of |
//! | `backup_mode` | missing | file, `made_at`, mode, wanted |
//! | `backup_unreadable` | missing | file, why |
//! | `rotator_ready` | proven | path (`keyminder rotate plan`, or a script), keys, `script_fault`? |
//! | `rotator_missing` | missing | paths |
//! | `keys_changed` | proven | keys, verdicts |
//! | `keys_unchanged` | missing | keys (those unchanged), exposed, verdicts |
//! | `keys_valid` | proven | keys, verdicts |
//! | `keys_not_valid` | missing | keys (those not valid), verdicts |
//! | `keys_missing` | missing | keys: names that are looked for and not in `.env` |
//! | `keys_unknown` | unknown | keys, verdicts: no answer that tells |
//! | `keys_fresh` | unknown | keys, verdicts, `again_at`: refused, but so new that the provider may not know them yet |
//! | `old_keys_dead` | proven | keys, retired (list of key, provider, title, `proven_at`) |
//! | `old_keys_proving` | unknown | keys, `next_proof_at`, proofs, of |
//! | `old_keys_propagating` | unknown | keys, `next_proof_at`: mixed answers |
//! | `old_keys_unknown` | unknown | keys, verdicts |
//! | `old_keys_probably_dead` | missing | keys: their provider cannot say more; counts as claimed |
//! | `old_key_alive` | missing | key, provider, title, verdict, `manage_url`, keys, alive: all of them as {title, `manage_url`} |
//! | `old_values_missing` | missing | keys: no backup holds their former value |
//! | `old_values_sealed` | missing | keys, files: backups that cannot be opened, for want of an age identity or otherwise |
//! | `not_rotated` | missing | keys: unchanged since this turn began |
//! | `monitor_ran` | proven | at, next, by (`run`, `timer`) |
//! | `monitor_stale` | missing | at |
//! | `monitor_missing` | missing | |
//! | `monitor_unassured` | missing | at: it ran, but nothing will run it again |
//! | `schedule_ahead` | proven | date, days |
//! | `schedule_past` | missing | date, days |
//! | `schedule_missing`, `schedule_unreadable` | missing | path, why? |
//! | `file_ok`, `file_missing`, `file_outside`, `file_lacks` | proven, else missing | path |
//! | `file_mode` | missing | path, mode, wanted |
//! | `command_ok`, `command_failed`, `command_off` | proven, else missing | command, code? |
//! | `command_late` | unknown | command |
//! | `env_missing`, `env_unreadable` | missing | file, why? |
//! | `look_late` | unknown | |
//!
//! `verdicts` is a list of `{key, keys, provider, title, verdict, life, changed?, manage_url}`; times are RFC 3339 in UTC.
mod backup;
mod command;
mod file;
mod keys;
mod keys_changed;
mod keys_valid;
mod monitor_ran;
mod old_keys_dead;
mod open;
mod rotator;
mod schedule_ahead;
mod turn;

pub use open::{OpenError, providers};

use crate::config::Settings;
use crate::domain::cycle::Cycle;
use crate::domain::evidence::{Check, Evidence, Standing};
use crate::monitor::Watcher;
use crate::rotation::probe::Prober;
use crate::rotation::providers::Providers;
use crate::rotation::{EnvError, EnvFile, Project, on_disk};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// No look lasts longer: an effect has 15 s.
const LONGEST: Duration = Duration::from_secs(14);

/// What looks need. Clones share the verdicts that are still fresh.
#[derive(Clone)]
pub struct Looker {
    /// The files.
    pub project: Arc<Project>,
    /// Whose keys are known.
    pub providers: Arc<Providers>,
    /// Asks the providers.
    pub prober: Prober,
    /// How looks are done.
    pub settings: LookSettings,
    fresh: Arc<keys::Fresh>,
    /// One proof at a time: two would count one moment twice.
    proving: Arc<tokio::sync::Mutex<()>>,
}

/// How looks are done.
#[derive(Clone, Debug)]
pub struct LookSettings {
    /// When the proofs that an old key is dead are taken, from the first one on.
    pub proof_at: Vec<Duration>,
    /// Verdicts younger than this are used again.
    pub fresh: Duration,
    /// Whether `command` checks may run.
    pub allow_commands: bool,
    /// Between two reads of a quiet page: a heartbeat older than a few of them is none.
    pub idle: Duration,
    /// Where systemd's and launchd's timers of this person lie.
    pub timer_dirs: Vec<PathBuf>,
}

impl From<&Settings> for LookSettings {
    fn from(settings: &Settings) -> Self {
        Self {
            proof_at: settings.rotation.proof_at.clone(),
            fresh: settings.evidence.fresh,
            allow_commands: settings.evidence.allow_commands,
            idle: settings.poll.idle,
            timer_dirs: crate::monitor::timer_dirs(),
        }
    }
}

impl Looker {
    /// A looker with nothing seen yet.
    pub fn new(project: Arc<Project>, providers: Arc<Providers>, prober: Prober, settings: LookSettings) -> Self {
        Self {
            project,
            providers,
            prober,
            settings,
            fresh: Arc::default(),
            proving: Arc::default(),
        }
    }

    /// What the monitor needs of it.
    pub fn watcher(&self) -> Watcher {
        Watcher {
            project: self.project.clone(),
            providers: self.providers.clone(),
            prober: self.prober.clone(),
            idle: self.settings.idle,
        }
    }

    async fn on_disk<T: Send + 'static>(&self, job: impl FnOnce(&Project) -> T + Send + 'static) -> T {
        on_disk(&self.project, job).await
    }

    async fn env(&self) -> Result<EnvFile, Sight> {
        let read = self
            .on_disk(|project| {
                project
                    .read_env()
                    .map_err(|error| (project.relative(&project.env), error))
            })
            .await;
        read.map_err(|(file, error)| match error {
            EnvError::Missing(_) => Sight::missing("env_missing").with("file", file),
            other => Sight::missing("env_unreadable")
                .with("file", file)
                .with("why", other.to_string()),
        })
    }
}

/// Looks once. Lasts 14 s at most and changes nothing but `state/proofs.json`.
pub async fn look(looker: &Looker, check: &Check, cycle: &Cycle, now: DateTime<Utc>) -> Evidence {
    let sight = match tokio::time::timeout(LONGEST, see(looker, check, cycle, now)).await {
        Ok(Ok(sight) | Err(sight)) => sight,
        Err(_) => Sight::unknown("look_late"),
    };
    Evidence {
        check: check.clone(),
        standing: sight.standing,
        reason: sight.reason.to_owned(),
        facts: sight.facts,
        gathered_at: now,
    }
}

/// `Err` is a sight as well: one that ended the look early.
async fn see(looker: &Looker, check: &Check, cycle: &Cycle, now: DateTime<Utc>) -> Result<Sight, Sight> {
    match check {
        Check::Backup => backup::see(looker, cycle).await,
        Check::Rotator { paths } => rotator::see(looker, paths).await,
        Check::KeysChanged { providers } => keys_changed::see(looker, providers, cycle, now).await,
        Check::KeysValid => keys_valid::see(looker, now).await,
        Check::OldKeysDead => old_keys_dead::see(looker, cycle, now).await,
        Check::MonitorRan => Ok(monitor_ran::see(looker, now).await),
        Check::ScheduleAhead => Ok(schedule_ahead::see(looker, now).await),
        Check::File { path, mode, contains } => Ok(file::see(looker, path, mode.as_deref(), contains.as_deref()).await),
        Check::Command { run } => Ok(command::see(looker, run).await),
    }
}

/// What a look saw, before it is dated.
struct Sight {
    standing: Standing,
    reason: &'static str,
    facts: BTreeMap<String, Value>,
}

impl Sight {
    fn proven(reason: &'static str) -> Self {
        Self {
            standing: Standing::Proven,
            reason,
            facts: BTreeMap::new(),
        }
    }

    fn missing(reason: &'static str) -> Self {
        Self {
            standing: Standing::Missing,
            ..Self::proven(reason)
        }
    }

    fn unknown(reason: &'static str) -> Self {
        Self {
            standing: Standing::Unknown,
            ..Self::proven(reason)
        }
    }

    fn with(mut self, name: &str, fact: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), fact.into());
        self
    }

    /// A moment to wait for, rounded up: a look that comes a little early would find nothing due.
    fn not_before(self, name: &str, time: DateTime<Utc>) -> Self {
        let up = (time + TimeDelta::microseconds(999)).to_rfc3339_opts(SecondsFormat::Millis, true);
        self.with(name, up)
    }

    fn at(self, name: &str, time: DateTime<Utc>) -> Self {
        self.with(name, time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// `0600` as people write it.
fn octal(mode: u32) -> Value {
    json!(format!("{:04o}", mode & 0o7777))
}

#[cfg(test)]
mod tests;
