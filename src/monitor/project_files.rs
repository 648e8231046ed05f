//! What the project's files say; the probes come beside it.
use super::heartbeat::Heartbeat;
use super::old_keys;
use super::record::MonitorRecord;
use crate::rotation::key_ends::KeyEnds;
use crate::rotation::plan::{self, Plan};
use crate::rotation::schedule_file::{self, ReadSchedule};
use crate::rotation::{EnvError, Keyring, Project, backup};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Serialize;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

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

/// The files as one look saw them.
pub(super) struct ProjectFiles {
    pub(super) env: EnvLine,
    pub(super) values: BTreeMap<String, SecretString>,
    pub(super) ends: KeyEnds,
    pub(super) backup: BackupLine,
    pub(super) read: ReadSchedule,
    pub(super) plan: Option<Plan>,
    pub(super) exported_otherwise: Vec<String>,
    pub(super) heartbeat: Option<Heartbeat>,
    pub(super) record: MonitorRecord,
}

/// Looks at them.
pub(super) fn files(keys: &Keyring, now: DateTime<Utc>) -> ProjectFiles {
    let project = &*keys.project;
    let (env, values) = env_line(project);
    ProjectFiles {
        env,
        values,
        ends: KeyEnds::read(project),
        backup: backup_line(project, now),
        read: schedule_file::read(project),
        plan: plan::make(project, &keys.providers, now).ok(),
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
