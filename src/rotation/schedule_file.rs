//! `config/rotation_schedule.json`: the guide's three fields, readable for its own scripts, and beside them the dates
//! of each key.
//!
//! The guide's monitor subtracts a naive local time, so `next_rotation_date` never gets an offset. Fields that we do
//! not know stay; a file that says the same already is not written again.
use super::atomic_write::{create_atomic, write_atomic};
use super::key_ends;
use super::replace::{self, ReplaceError};

pub use super::project::SCHEDULE as PATH;

use super::{EnvError, EnvFile, Project};
use crate::domain::schedule::{DEFAULT_INTERVAL, Interval, KeySchedule, Priority, Schedule, read_instant};
use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// The guide's scripts read it too, and it holds no secret.
const MODE: u32 = 0o644;

/// What reading gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadSchedule {
    /// There is a schedule that can be understood.
    Ok {
        /// What it says.
        schedule: Schedule,
        /// The date of all was changed by somebody else after our last write; it counts.
        changed_by_hand: bool,
    },
    /// There is none: due now.
    Missing,
    /// It cannot be understood: due now; the file stays as it is.
    Unreadable(String),
}

impl ReadSchedule {
    /// The schedule, if there is one.
    pub fn schedule(&self) -> Option<&Schedule> {
        match self {
            Self::Ok { schedule, .. } => Some(schedule),
            Self::Missing | Self::Unreadable(_) => None,
        }
    }
}

/// Why a schedule was not written.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// We would lose what stands there.
    #[error("{path} is no JSON object ({why}); mend it, or move it away and try again")]
    Unreadable {
        /// The file that could not be used.
        path: PathBuf,
        /// Where it breaks.
        why: String,
    },
    /// Somebody else changes it, for long.
    #[error(transparent)]
    Busy(#[from] ReplaceError),
    /// The system refused.
    #[error("writing {path} failed ({source}); what stood there still stands")]
    Io {
        /// The file that could not be used.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Keeps other keyminders from changing the schedule until dropped: whoever changes what was read loses nothing of theirs.
pub fn lock(project: &Project) -> Result<File, ScheduleError> {
    Ok(replace::lock(&project.state_dir)?)
}

/// Reads the schedule. A pipe is not read for it: its vault would ask a person.
pub fn read(project: &Project) -> ReadSchedule {
    let env = (!project.env_is_pipe()).then(|| project.read_env().ok()).flatten();
    read_beside(project, env.as_ref())
}

/// Reads the schedule beside `.env`, as it was read: which keys stand there tells which ends count.
pub fn read_beside(project: &Project, env: Option<&EnvFile>) -> ReadSchedule {
    match load(project) {
        Ok(None) => ReadSchedule::Missing,
        Ok(Some(object)) => match interpret(&object, project.zone) {
            ReadSchedule::Ok {
                mut schedule,
                changed_by_hand,
            } => {
                schedule.ends = key_ends::of(project, &schedule, env);
                ReadSchedule::Ok {
                    schedule,
                    changed_by_hand,
                }
            }
            other => other,
        },
        Err(why) => ReadSchedule::Unreadable(why),
    }
}

/// Writes the schedule, unless the file says the same already. Returns whether it was written.
pub fn write(project: &Project, schedule: &Schedule) -> Result<bool, ScheduleError> {
    let path = project.dir.join(PATH);
    let former = load(project).map_err(|why| ScheduleError::Unreadable {
        path: path.clone(),
        why,
    })?;
    let object = render(schedule, project.zone, former.as_ref());
    if former.as_ref().is_some_and(|former| same(former, &object)) {
        return Ok(false);
    }
    save(project, &object, former.is_none()).map_err(|source| ScheduleError::Io { path, source })?;
    Ok(true)
}

/// Takes the schedule away, if there is one.
pub fn remove(project: &Project) -> Result<(), ScheduleError> {
    let path = project.dir.join(PATH);
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(ScheduleError::Io { path, source }),
        _ => Ok(()),
    }
}

fn save(project: &Project, object: &ScheduleFields, is_new: bool) -> io::Result<()> {
    let path = project.dir.join(PATH);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut text = serde_json::to_vec_pretty(object).map_err(io::Error::other)?;
    text.push(b'\n');
    if is_new {
        return create_atomic(&path, &text, MODE);
    }
    // A link is followed, as with .env; the mode stays.
    let target = path.canonicalize()?;
    let mode = target.metadata()?.permissions().mode() & 0o777;
    write_atomic(&target, &text, mode)
}

/// The file's object. `None` when there is no file.
fn load(project: &Project) -> Result<Option<ScheduleFields>, String> {
    match replace::read(&project.dir.join(PATH)) {
        Err(EnvError::Missing(_)) => Ok(None),
        Err(error) => Err(error.to_string()),
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| error.to_string()),
    }
}

/// The file's fields in the order in which they are written.
#[derive(Clone, Serialize, Deserialize)]
struct ScheduleFields {
    #[serde(default)]
    next_rotation_date: Value,
    #[serde(default)]
    rotation_frequency: Value,
    #[serde(default)]
    automated: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    schema: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    zone: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    next_rotation_at: Value,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    keys: BTreeMap<String, Map<String, Value>>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

fn same(a: &ScheduleFields, b: &ScheduleFields) -> bool {
    serde_json::to_value(a).ok() == serde_json::to_value(b).ok()
}

fn interpret(file: &ScheduleFields, zone: Tz) -> ReadSchedule {
    let Some(text) = file.next_rotation_date.as_str() else {
        return ReadSchedule::Unreadable("next_rotation_date is missing".to_owned());
    };
    let Some(written) = read_instant(text, zone) else {
        return ReadSchedule::Unreadable(format!(
            "next_rotation_date: {text:?} is no date such as 2026-12-20T09:00:00"
        ));
    };
    // Both dates are written together; they are compared as local times because an hour that comes twice has one name.
    let ours = file
        .next_rotation_at
        .as_str()
        .and_then(|at| DateTime::parse_from_rfc3339(at).ok());
    let agrees = ours.is_some_and(|ours| text.parse() == Ok(ours.naive_local()));
    let mut schedule = Schedule {
        next_at: ours.filter(|_| agrees).map_or(written, |ours| ours.with_timezone(&Utc)),
        every: file.rotation_frequency.as_str().and_then(Interval::parse),
        automated: file.automated.as_bool().unwrap_or(false),
        keys: file
            .keys
            .iter()
            .map(|(id, key)| (id.clone(), read_key(key, zone)))
            .collect(),
        ends: BTreeMap::new(),
    };
    let changed_by_hand = ours.is_some() && !agrees;
    if changed_by_hand {
        schedule.move_to(written);
    }
    ReadSchedule::Ok {
        schedule,
        changed_by_hand,
    }
}

fn read_key(key: &Map<String, Value>, zone: Tz) -> KeySchedule {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let at = |name: &str| text(name).and_then(|text| read_instant(text, zone));
    let vars = key.get("vars").and_then(Value::as_array).into_iter().flatten();
    KeySchedule {
        vars: vars.filter_map(Value::as_str).map(str::to_owned).collect(),
        priority: key
            .get("priority")
            .and_then(|value| Priority::deserialize(value).ok())
            .unwrap_or(Priority::Medium),
        every: text("every").and_then(Interval::parse).unwrap_or(DEFAULT_INTERVAL),
        last_rotated_at: at("last_rotated_at"),
        provider_expires_at: at("provider_expires_at"),
        next_at: at("next_at"),
        state: text("state").map(str::to_owned),
        fingerprint: text("fingerprint").map(str::to_owned),
    }
}

fn render(schedule: &Schedule, zone: Tz, former: Option<&ScheduleFields>) -> ScheduleFields {
    let local = schedule.next_at.with_timezone(&zone).naive_local();
    let former_keys = former.map(|file| file.keys.clone()).unwrap_or_default();
    let keys = schedule.keys.iter().map(|(id, key)| {
        let former = former_keys.get(id).cloned().unwrap_or_default();
        (id.clone(), render_key(key, zone, former))
    });
    ScheduleFields {
        next_rotation_date: naive(local).into(),
        rotation_frequency: schedule.every.unwrap_or(DEFAULT_INTERVAL).to_string().into(),
        automated: schedule.automated.into(),
        schema: 2.into(),
        zone: zone.name().into(),
        next_rotation_at: with_offset(schedule.next_at, zone).into(),
        keys: keys.collect(),
        other: former.map(|file| file.other.clone()).unwrap_or_default(),
    }
}

fn render_key(key: &KeySchedule, zone: Tz, mut object: Map<String, Value>) -> Map<String, Value> {
    let at = |at: Option<DateTime<Utc>>| at.map(|at| Value::from(with_offset(at, zone)));
    let fields = [
        ("vars", Some(Value::from(key.vars.clone()))),
        ("priority", Some(key.priority.as_str().into())),
        ("every", Some(key.every.to_string().into())),
        ("last_rotated_at", at(key.last_rotated_at)),
        ("provider_expires_at", at(key.provider_expires_at)),
        ("next_at", at(key.next_at)),
        ("state", key.state.clone().map(Value::from)),
        ("fingerprint", key.fingerprint.clone().map(Value::from)),
    ];
    for (name, value) in fields {
        match value {
            Some(value) => object.insert(name.to_owned(), value),
            None => object.remove(name),
        };
    }
    object
}

/// As Python's `isoformat()` writes a naive time.
fn naive(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn with_offset(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

#[cfg(test)]
#[path = "schedule_file_tests.rs"]
mod tests;
