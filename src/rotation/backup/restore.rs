//! Brings a backup back: all of it or one key, over `.env` or into another folder.
use super::super::atomic_write::create_atomic;
use super::super::fingerprint::sha256;
use super::super::places::private_dir;
use super::super::replace;
use super::super::{EnvError, EnvFile, Project};
use super::create::create;
use super::error::BackupError;
use super::listing::Backup;
use super::verify::{self, verify};
use crate::domain::cycle::Fingerprint;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What is brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestoreScope {
    /// The whole file.
    Whole,
    /// These variables; everything else in `.env` stays.
    Keys(Vec<String>),
}

impl RestoreScope {
    /// Whether this variable is among it.
    pub fn holds(&self, name: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Keys(names) => names.iter().any(|own| own == name),
        }
    }
}

/// What a restore did.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Restored {
    /// The backup that was brought back.
    pub file: String,
    /// The file that was written.
    pub into: PathBuf,
    /// The secret variables whose value is another one now.
    pub changed: Vec<String>,
    /// The backup of what was replaced.
    pub replaced: Option<String>,
    /// The variables whose value others could read once: the clock on it runs.
    pub exposed: Vec<String>,
}

/// Verifies the backup, backs the present `.env` up, then replaces it. With `into`, `.env` is left alone and a new file is
/// written to that folder (a rehearsal).
pub fn restore(
    project: &Project,
    backup: &Backup,
    at: DateTime<Utc>,
    what: &RestoreScope,
    into: Option<&Path>,
) -> Result<Restored, BackupError> {
    verify(project, backup)?;
    let plain = verify::plain(project, backup)?;
    if let Some(dir) = into {
        return rehearse(project, backup, what, &plain, dir);
    }
    let before = project.fingerprints().unwrap_or_default();
    let replaced = back_up_present(project, at, &format!("before restoring {}", backup.id()))?;
    let source = EnvFile::parse(&plain).map_err(|source| broken(backup, source))?;
    if replaced.is_some() {
        project.replace_env(|present| wanted(what, present, &source))?;
    } else {
        let bytes = wanted(what, b"", &source).map_err(|error| BackupError::Replace(error.into()))?;
        write_new(&project.env, &bytes)?;
    }
    let after = project.fingerprints().map_err(|source| BackupError::Env {
        file: project.relative(&project.env),
        source,
    })?;
    Ok(Restored {
        file: backup.file.clone(),
        into: project.env.clone(),
        changed: differing(&before, &after),
        replaced,
        exposed: Vec::new(),
    })
}

fn wanted(what: &RestoreScope, present: &[u8], source: &EnvFile) -> Result<Vec<u8>, super::super::EditError> {
    match what {
        RestoreScope::Whole => Ok(source.bytes().to_vec()),
        RestoreScope::Keys(names) => {
            let mut bytes = Zeroizing::new(present.to_vec());
            for name in names {
                bytes = Zeroizing::new(EnvFile::parse(&bytes)?.with_entry_of(name, source)?);
            }
            Ok(bytes.to_vec())
        }
    }
}

/// The name of the backup, or `None` when there is no `.env`. A broken `.env` is kept as it is.
fn back_up_present(project: &Project, at: DateTime<Utc>, reason: &str) -> Result<Option<String>, BackupError> {
    match create(project, at, reason) {
        Ok(backup) => Ok(Some(backup.file)),
        Err(BackupError::Env {
            source: EnvError::Missing(_),
            ..
        }) => Ok(None),
        Err(other) => Err(other),
    }
}

fn rehearse(
    project: &Project,
    backup: &Backup,
    what: &RestoreScope,
    plain: &[u8],
    dir: &Path,
) -> Result<Restored, BackupError> {
    private_dir(dir)?;
    let name = project.env.file_name().unwrap_or_default();
    let path = dir.join(name);
    let source = EnvFile::parse(plain).map_err(|source| broken(backup, source))?;
    let bytes = wanted(what, b"", &source).map_err(|error| BackupError::Replace(error.into()))?;
    write_new(&path, &bytes)?;
    let written = replace::read(&path).map_err(|source| broken(backup, source))?;
    if sha256(&written) != sha256(&bytes) {
        let what = format!("what was written to {} reads back differently", path.display());
        return Err(BackupError::Damaged {
            file: backup.file.clone(),
            what,
        });
    }
    let changed = project.fingerprints_of(&EnvFile::parse(&written).map_err(|source| broken(backup, source))?);
    Ok(Restored {
        file: backup.file.clone(),
        into: path,
        changed: changed.into_keys().collect(),
        replaced: None,
        exposed: Vec::new(),
    })
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    create_atomic(path, bytes, 0o600).map_err(|source| BackupError::Io {
        path: path.to_owned(),
        source: match source.kind() {
            ErrorKind::AlreadyExists => io::Error::new(
                ErrorKind::AlreadyExists,
                "a file is there already, and is not overwritten; name an empty folder",
            ),
            _ => source,
        },
    })
}

fn broken(backup: &Backup, source: EnvError) -> BackupError {
    BackupError::Env {
        file: backup.file.clone(),
        source,
    }
}

fn differing(before: &BTreeMap<String, Fingerprint>, after: &BTreeMap<String, Fingerprint>) -> Vec<String> {
    let names = before
        .keys()
        .chain(after.keys().filter(|name| !before.contains_key(*name)));
    names
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect()
}
