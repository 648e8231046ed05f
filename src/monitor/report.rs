//! What a monitor run sees: every key, `.env`, the backups, the schedule and the bot's heartbeat.
use super::old_keys::{self, OldKey};
use super::project_files::{BackupLine, EnvLine, ProjectFiles, files};
use super::record::MonitorRecord;
use crate::config::Settings;
use crate::domain::exposure::ExposedKey;
use crate::domain::schedule::{KeySchedule, Priority, ProviderEnd, days_until};
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::key_ends::AnsweringKey;
use crate::rotation::plan::Planned;
use crate::rotation::probe::{Hint, Probed};
use crate::rotation::schedule_file::ReadSchedule;
use crate::rotation::state_file::StateError;
use crate::rotation::{Keyring, MeantKeys, Project, look_at_exposed};
use chrono::{DateTime, Utc};
use serde::Serialize;
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
    /// Keys that `.env` holds no more and that are still alive.
    pub old_keys: Vec<OldKey>,
    /// Keys that are exported where we were started, with other values than in `.env`.
    pub exported_otherwise: Vec<String>,
    /// Keys that others could read, whose clock runs or stopped in this run.
    pub exposed: Vec<ExposedKey>,
    /// Why the keys that others could read cannot be looked at.
    pub exposures_fault: Option<String>,
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
    /// When it was made: as its provider says, else when it was put into `.env`, by the schedule.
    pub made_at: Option<DateTime<Utc>>,
    /// What is to be kept of its end: what its provider told, or what was noted and it outlived.
    #[serde(skip)]
    pub kept_end: Option<ProviderEnd>,
    /// When it was first heard of its end.
    #[serde(skip)]
    pub end_seen_at: Option<DateTime<Utc>>,
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

impl KeyLine {
    /// When its provider ends it.
    pub(super) fn end(&self) -> Option<ProviderEnd> {
        self.expires_at.map(|at| ProviderEnd {
            at,
            made_at: self.made_at,
            seen_at: self.end_seen_at,
        })
    }
}

impl MonitorReport {
    /// The keys that answered, with what is to be kept of their ends.
    pub(super) fn answering(&self) -> Vec<AnsweringKey> {
        let answering = self.keys.iter().filter(|key| key.alive);
        answering
            .filter_map(|key| {
                Some(AnsweringKey {
                    provider: key.provider.clone(),
                    variable: key.key.clone(),
                    fingerprint: key.fingerprint.clone()?,
                    end: key.kept_end,
                })
            })
            .collect()
    }

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
    let keys: Vec<KeyLine> = probed
        .iter()
        .map(|probed| key_line(watcher, probed, &disk, now))
        .collect();
    let zone = watcher.keys.project.zone;
    let (next_at, fault) = match &disk.read {
        ReadSchedule::Ok { schedule, .. } => {
            // An exposed key is due before its date, and one that ends soon.
            let planned = disk.plan.iter().flat_map(|plan| &plan.keys);
            let is_asked = |planned: &&Planned| keys.iter().any(|key| key.provider == planned.provider);
            let others = planned.filter(|key| !is_asked(key)).map(|key| key.due_at);
            let planned = others.chain(keys.iter().filter_map(|key| key.next_at)).min();
            (Some(planned.unwrap_or(schedule.next_at)), None)
        }
        ReadSchedule::Missing => (None, Some("missing".to_owned())),
        ReadSchedule::Unreadable(why) => (None, Some(why.clone())),
    };
    let (exposed, exposures_fault) = match exposed(watcher, now).await {
        Ok(exposed) => (exposed, None),
        Err(error) => (Vec::new(), exposures_fault(&watcher.keys.project, &error)),
    };
    old_keys::ask(&watcher.keys, &watcher.proof_at, now).await;
    let (keyring, looked) = (watcher.keys.clone(), exposed.clone());
    // What was just learned of an exposed key is known of it as an old one.
    let old_keys = watcher
        .keys
        .blocking(move |_| old_keys::alive(&keyring, &looked, now))
        .await;
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
        old_keys,
        exported_otherwise: disk.exported_otherwise,
        exposed,
        exposures_fault,
        heartbeat: disk.heartbeat.map(|beat| HeartbeatLine {
            at: beat.at,
            alive: beat.is_alive(now, watcher.idle),
        }),
    }
}

async fn exposed(watcher: &Watcher, now: DateTime<Utc>) -> Result<Vec<ExposedKey>, StateError> {
    let every = MeantKeys {
        all: true,
        ..MeantKeys::default()
    };
    look_at_exposed(&watcher.keys, &every, &watcher.proof_at, now).await
}

/// Why exposed keys are not seen, and how to mend that; that `.env` cannot be read is told by itself.
fn exposures_fault(project: &Project, error: &StateError) -> Option<String> {
    match error {
        StateError::Env(_) => None,
        StateError::Unreadable { path, why } => Some(format!(
            "{} cannot be understood ({why}): mend it, or move it away and mark what leaked again: keyminder leak KEY",
            project.relative(path)
        )),
        StateError::Io { .. } | StateError::Backup(_) | StateError::Busy(_) => Some(error.to_string()),
    }
}

/// Whether what the schedule notes of a provider's key is about the one under these names.
fn is_noted_of(watcher: &Watcher, noted: &KeySchedule, variables: &[String], disk: &ProjectFiles) -> bool {
    let is_it = |name: &String| {
        let print = disk
            .values
            .get(name)
            .map(|value| watcher.keys.project.fingerprint(name, value));
        print == noted.fingerprint
    };
    noted.fingerprint.is_none() || variables.iter().any(is_it)
}

fn key_line(watcher: &Watcher, probed: &Probed, disk: &ProjectFiles, now: DateTime<Utc>) -> KeyLine {
    let zone = watcher.keys.project.zone;
    let provider = watcher.keys.providers.get(&probed.provider);
    let schedule = disk.read.schedule();
    let own = schedule.and_then(|schedule| schedule.keys.get(&probed.provider));
    let planned = disk.plan.as_ref().and_then(|plan| plan.key(&probed.provider));
    let last_rotated_at = own.and_then(|own| own.last_rotated_at).or(probed.captures.created_at);
    let alive = probed.verdict.life() == Life::Alive;
    let key = probed.variables.first().cloned().unwrap_or_default();
    let value = disk.values.get(&key);
    let fingerprint = value.map(|value| watcher.keys.project.fingerprint(&key, value));
    let noted = own.filter(|own| is_noted_of(watcher, own, &probed.variables, disk));
    let made_at = probed.captures.created_at.or(noted.and_then(|own| own.last_rotated_at));
    let (told, noted) = (
        probed.captures.expires_at,
        noted.and_then(|own| own.provider_expires_at),
    );
    // An end in the past of a key that answers is no fact.
    let is_outlived = |at: &DateTime<Utc>| alive && *at <= now;
    let expires_at = told.or(noted).filter(|at| !is_outlived(at));
    let seen_at = |print| disk.ends.seen_at(&probed.provider, &key, print);
    let end_seen_at = Some(fingerprint.as_ref().and_then(seen_at).unwrap_or(now));
    let end = |at| ProviderEnd {
        at,
        made_at,
        seen_at: end_seen_at,
    };
    let by_end = expires_at.map(|at| end(at).due_at());
    // Where no date is set, that is one finding for all, and not one for each key.
    let next_at = planned.filter(|key| key.exposed || schedule.is_some()).map(|planned| {
        let of_answering = schedule.filter(|_| alive && !planned.exposed);
        let written = of_answering.map_or(planned.due_at, |schedule| schedule.written_for(&probed.provider));
        by_end.map_or(written, |by_end| by_end.min(written))
    });
    let unknown = probed.verdict.life() == Life::Unknown;
    KeyLine {
        fingerprint,
        kept_end: told.or(noted.filter(is_outlived)).map(end),
        end_seen_at,
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
        made_at,
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
