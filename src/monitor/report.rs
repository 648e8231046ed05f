//! What a monitor run sees: every key, `.env`, the backups, the schedule and the bot's heartbeat.
use super::heartbeat::Heartbeat;
use super::old_keys::{self, OldKey};
use super::record::MonitorRecord;
use crate::config::Settings;
use crate::domain::exposure::ExposedKey;
use crate::domain::schedule::{Priority, days_until};
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::plan::{self, Plan};
use crate::rotation::probe::{Hint, Probed};
use crate::rotation::schedule_file::{self, ReadSchedule};
use crate::rotation::{EnvError, Keyring, MeantKeys, Project, backup, look_at_exposed};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Serialize;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

/// What the monitor needs.
#[derive(Clone)]
pub struct Watcher {
    /// The project's files, the providers and their prober.
    pub keys: Arc<Keyring>,
    /// Between two reads of a quiet page: a heartbeat older than a few of them is none.
    pub idle: Duration,
    /// When the proofs that an old key is dead are taken, from the first one on.
    pub proof_at: Vec<Duration>,
}

impl Watcher {
    /// A watcher over the keys of these settings' project.
    pub fn new(keys: Arc<Keyring>, settings: &Settings) -> Self {
        Self {
            keys,
            idle: settings.poll.idle,
            proof_at: settings.rotation.proof_at.clone(),
        }
    }
}

/// What a run saw. Nothing of a key is in it.
#[derive(Clone, Debug, Serialize)]
pub struct MonitorReport {
    /// When the run looked.
    pub checked_at: DateTime<Utc>,
    /// When the run before this one was.
    pub last_run_at: Option<DateTime<Utc>>,
    /// Every key that a provider knows.
    pub keys: Vec<KeyLine>,
    /// Variables of the guide's providers that are not in `.env`.
    pub absent: Vec<String>,
    /// Variables that hold secrets of no known provider: nothing can be asked about them.
    pub others: Vec<String>,
    /// The state of `.env` itself.
    pub env: EnvLine,
    /// The newest backup.
    pub backup: BackupLine,
    /// The schedule as a whole.
    pub schedule: ScheduleLine,
    /// Old keys that are still alive beside their successors.
    pub old_keys: Vec<OldKey>,
    /// Keys that are exported where we were started, with other values than in `.env`.
    pub exported_otherwise: Vec<String>,
    /// Keys that others could read, whose clock runs or stopped in this run.
    pub exposed: Vec<ExposedKey>,
    /// The bot's last sign of life; none where `run` never ran.
    pub heartbeat: Option<HeartbeatLine>,
}

/// One key: its verdict, age and days left.
#[derive(Clone, Debug, Serialize)]
pub struct KeyLine {
    /// Its first variable.
    pub key: String,
    /// All variables under which it stands.
    pub keys: Vec<String>,
    /// The id of its provider.
    pub provider: String,
    /// How soon it is rotated.
    pub priority: Priority,
    /// What the probe came to.
    pub verdict: Verdict,
    /// Whether it works at all, for readers of JSON.
    pub alive: bool,
    /// When the provider ends it.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last replaced, as far as is known: by the schedule, or by the provider's date of its making.
    pub last_rotated_at: Option<DateTime<Utc>>,
    /// When its rotation is due.
    pub next_at: Option<DateTime<Utc>>,
    /// Calendar days until then; negative when overdue.
    pub days_left: Option<i64>,
    /// Calendar days until the provider ends it.
    pub expires_in_days: Option<i64>,
    /// Calendar days since the last rotation.
    pub age_days: Option<i64>,
    /// Runs in a row, with this one, that told nothing.
    pub unknown_runs: u32,
    /// The fingerprint of its first variable's value.
    pub fingerprint: Option<String>,
    /// How long the probe took, in milliseconds.
    pub probe_ms: u64,
    /// What may be wrong with the key.
    pub hint: Option<Hint>,
}

/// The state of `.env` itself.
#[derive(Clone, Debug, Serialize)]
pub struct EnvLine {
    /// Below the project.
    pub file: String,
    /// Octal; none where it is missing.
    pub mode: Option<String>,
    /// Whether others may read it.
    pub open_to_others: bool,
    /// Whether it is a pipe that a vault fills: it has no backup, and its mode is the vault's.
    pub pipe: bool,
    /// Why it could not be read.
    pub fault: Option<String>,
    /// Places where popular readers would see other values.
    pub warnings: Vec<String>,
    /// The lines that are not read, by their numbers: a key in them would not be seen.
    pub unread: Vec<usize>,
}

/// The newest backup.
#[derive(Clone, Debug, Serialize)]
pub struct BackupLine {
    /// Below the project; none when there is no backup.
    pub file: Option<String>,
    /// When it was made.
    pub made_at: Option<DateTime<Utc>>,
    /// Whole days since then.
    pub age_days: Option<i64>,
    /// When it was proven: in this run.
    pub verified_at: Option<DateTime<Utc>>,
    /// Why it could not be.
    pub fault: Option<String>,
}

/// The schedule as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct ScheduleLine {
    /// The earliest of all keys.
    pub next_at: Option<DateTime<Utc>>,
    /// Calendar days until then.
    pub days_left: Option<i64>,
    /// Why there is none.
    pub fault: Option<String>,
}

/// The bot's last sign of life.
#[derive(Clone, Debug, Serialize)]
pub struct HeartbeatLine {
    /// When it was given.
    pub at: DateTime<Utc>,
    /// Whether that is recent enough.
    pub alive: bool,
}

impl MonitorReport {
    /// What is to be kept after this run, by what was kept before it. The alerts stay those that went out before.
    pub fn record_after(&self, before: &MonitorRecord) -> MonitorRecord {
        let unknown = self.keys.iter().filter(|key| key.verdict.life() == Life::Unknown);
        let runs = unknown.map(|key| (key.key.clone(), before.unknown_runs_of(&key.key) + 1));
        MonitorRecord {
            ran_at: Some(self.checked_at),
            ran_on_a_day_before: match before.ran_at {
                Some(last) if last.date_naive() < self.checked_at.date_naive() => Some(last),
                _ => before.ran_on_a_day_before,
            },
            unknown_runs: runs.collect(),
            sent: before.sent.clone(),
        }
    }
}

/// What the files say; the probes come beside it.
struct ProjectFiles {
    env: EnvLine,
    values: BTreeMap<String, SecretString>,
    backup: BackupLine,
    read: ReadSchedule,
    plan: Option<Plan>,
    old_keys: Vec<OldKey>,
    exported_otherwise: Vec<String>,
    heartbeat: Option<Heartbeat>,
    record: MonitorRecord,
}

/// Looks at everything once. `heard` is told each verdict as it comes.
pub async fn gather(watcher: &Watcher, now: DateTime<Utc>, heard: impl FnMut(&Probed)) -> MonitorReport {
    let watcher = &Watcher {
        keys: Arc::new(watcher.keys.renewed().await),
        ..watcher.clone()
    };
    let keys = watcher.keys.clone();
    let disk = watcher.keys.blocking(move |_| files(&keys, now)).await;
    let probed = watcher
        .keys
        .prober
        .probe_each(&watcher.keys.providers, &disk.values, now, heard)
        .await;
    let keys = probed
        .iter()
        .map(|probed| key_line(watcher, probed, &disk, now))
        .collect();
    let zone = watcher.keys.project.zone;
    let (next_at, fault) = match &disk.read {
        ReadSchedule::Ok { schedule, .. } => {
            // An exposed key is due before its date, and one that ends soon.
            let planned = disk.plan.iter().flat_map(|plan| &plan.keys).map(|key| key.due_at).min();
            (Some(planned.unwrap_or(schedule.next_at)), None)
        }
        ReadSchedule::Missing => (None, Some("missing".to_owned())),
        ReadSchedule::Unreadable(why) => (None, Some(why.clone())),
    };
    let absent = watcher
        .keys
        .providers
        .all()
        .iter()
        .take(crate::rotation::providers::OF_THE_GUIDE);
    MonitorReport {
        checked_at: now,
        last_run_at: disk.record.ran_at,
        keys,
        absent: absent
            .filter(|provider| provider.instances(&disk.values).is_empty())
            .map(|p| p.id.clone())
            .collect(),
        others: disk.plan.as_ref().map(|plan| plan.unknown.clone()).unwrap_or_default(),
        env: disk.env,
        backup: disk.backup,
        schedule: ScheduleLine {
            next_at,
            days_left: next_at.map(|at| days_until(at, now, zone)),
            fault,
        },
        old_keys: disk.old_keys,
        exported_otherwise: disk.exported_otherwise,
        exposed: exposed(watcher, now).await,
        heartbeat: disk.heartbeat.map(|beat| HeartbeatLine {
            at: beat.at,
            alive: beat.is_alive(now, watcher.idle),
        }),
    }
}

/// What cannot be read is none that could be told.
async fn exposed(watcher: &Watcher, now: DateTime<Utc>) -> Vec<ExposedKey> {
    let every = MeantKeys {
        all: true,
        ..MeantKeys::default()
    };
    let looked = look_at_exposed(&watcher.keys, &every, &watcher.proof_at, now).await;
    looked.unwrap_or_else(|error| {
        tracing::warn!(%error, "exposed keys cannot be looked at");
        Vec::new()
    })
}

fn files(keys: &Keyring, now: DateTime<Utc>) -> ProjectFiles {
    let project = &*keys.project;
    let (env, values) = env_line(project);
    ProjectFiles {
        env,
        values,
        backup: backup_line(project, now),
        read: schedule_file::read(project),
        plan: plan::make(project, &keys.providers, now).ok(),
        old_keys: old_keys::alive(keys, now),
        exported_otherwise: old_keys::exported_otherwise(keys),
        heartbeat: Heartbeat::read(project),
        record: MonitorRecord::read(project),
    }
}

fn env_line(project: &Project) -> (EnvLine, BTreeMap<String, SecretString>) {
    let mode = project
        .env
        .metadata()
        .ok()
        .map(|file| file.permissions().mode() & 0o7777);
    let pipe = project.env_is_pipe();
    let mut line = EnvLine {
        file: project.relative(&project.env),
        mode: mode.map(|mode| format!("{mode:04o}")),
        open_to_others: !pipe && mode.is_some_and(|mode| mode & 0o077 != 0),
        pipe,
        fault: None,
        warnings: Vec::new(),
        unread: Vec::new(),
    };
    match project.read_env() {
        Ok(env) => {
            line.warnings = env.warnings().iter().map(ToString::to_string).collect();
            let unread = env.warnings().iter().filter(|warning| warning.is_unread);
            line.unread = unread.map(|warning| warning.line).collect();
            (line, env.values())
        }
        Err(EnvError::Missing(_)) => (
            EnvLine {
                fault: Some("missing".to_owned()),
                ..line
            },
            BTreeMap::new(),
        ),
        Err(error) => (
            EnvLine {
                fault: Some(error.to_string()),
                ..line
            },
            BTreeMap::new(),
        ),
    }
}

fn backup_line(project: &Project, now: DateTime<Utc>) -> BackupLine {
    let Some(newest) = backup::list(project).into_iter().next() else {
        return BackupLine {
            file: None,
            made_at: None,
            age_days: None,
            verified_at: None,
            fault: None,
        };
    };
    let verified = backup::verify(project, &newest);
    BackupLine {
        age_days: Some((now - newest.made_at).num_days()),
        made_at: Some(newest.made_at),
        verified_at: verified.is_ok().then_some(now),
        fault: verified.err().map(|error| error.to_string()),
        file: Some(newest.file),
    }
}

fn key_line(watcher: &Watcher, probed: &Probed, disk: &ProjectFiles, now: DateTime<Utc>) -> KeyLine {
    let zone = watcher.keys.project.zone;
    let provider = watcher.keys.providers.get(&probed.provider);
    let schedule = disk.read.schedule();
    let own = schedule.and_then(|schedule| schedule.keys.get(&probed.provider));
    let planned = disk.plan.as_ref().and_then(|plan| plan.key(&probed.provider));
    // Where no date is set, that is one finding for all, and not one for each key.
    let next_at = planned
        .filter(|key| key.exposed || schedule.is_some())
        .map(|key| key.due_at);
    let last_rotated_at = own.and_then(|own| own.last_rotated_at).or(probed.captures.created_at);
    let alive = probed.verdict.life() == Life::Alive;
    let noted = own.and_then(|own| own.provider_expires_at);
    // An end that was noted, and that passed, is no fact of a key that answers.
    let expires_at = probed.captures.expires_at.or(noted.filter(|at| !alive || *at > now));
    let key = probed.variables.first().cloned().unwrap_or_default();
    let unknown = probed.verdict.life() == Life::Unknown;
    KeyLine {
        fingerprint: disk
            .values
            .get(&key)
            .map(|value| watcher.keys.project.fingerprint(&key, value)),
        unknown_runs: if unknown {
            disk.record.unknown_runs_of(&key) + 1
        } else {
            0
        },
        keys: probed.variables.clone(),
        provider: probed.provider.clone(),
        priority: planned
            .map(|key| key.priority)
            .or(provider.map(|provider| provider.priority))
            .unwrap_or(Priority::Medium),
        verdict: probed.verdict,
        alive,
        expires_at,
        last_rotated_at,
        next_at,
        days_left: next_at.map(|at| days_until(at, now, zone)),
        expires_in_days: expires_at.map(|at| days_until(at, now, zone)),
        age_days: last_rotated_at.map(|at| -days_until(at, now, zone)),
        probe_ms: u64::try_from(probed.duration.as_millis()).unwrap_or(u64::MAX),
        hint: probed.hint.clone(),
        key,
    }
}
