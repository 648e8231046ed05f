//! Backups of `.env`: made whole and private, proven by restoring them in memory, never overwritten.
//!
//! We write `backups/api_keys/env_backup_YYYYmmdd_HHMMSS[_n][.age]`; the guide's `.env.backup.*` beside `.env` counts too.
mod manifest;
mod restore;
mod retention;
mod sealing;
mod verify;

pub use restore::{Restored, What, restore};
pub use retention::{KEEP_DAYS, KEEP_NEWEST, retain};
pub use sealing::{SealError, new_identity};
pub use verify::{Level, Verified, values, verify};

use super::crash::point;
use super::fingerprint::sha256;
use super::project::own_dir;
use super::replace::{self, ReplaceError};
use super::whole::Temporary;
use super::{EnvError, EnvFile, Project, RotationError};
use crate::domain::cycle::Fingerprint;
use crate::domain::schedule::instant;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use manifest::{Made, Manifest};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The beginning of our own files' names, as the guide's script has it.
const OURS: &str = "env_backup_";
const TIME: &str = "%Y%m%d_%H%M%S";

/// A backup as it lies there.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Backup {
    /// Below the project.
    pub file: String,
    /// From the manifest, else from its name, else from the file's time.
    pub made_at: DateTime<Utc>,
    /// The size of the stored file.
    pub bytes: u64,
    /// Its permissions, e.g. `0o600`; as text in JSON.
    #[serde(serialize_with = "octal")]
    pub mode: u32,
    /// SHA-256 of what was backed up. `None` for an encrypted file that the manifest does not know.
    pub sha256: Option<String>,
    /// Every secret variable in it. Empty when it cannot be read.
    pub fingerprints: BTreeMap<String, Fingerprint>,
    /// Sealed to age recipients.
    pub encrypted: bool,
    /// Why it was made; ours only.
    pub reason: Option<String>,
}

impl Backup {
    /// The name by which people ask for it.
    pub fn id(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or(&self.file)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes every field so")]
fn octal<S: serde::Serializer>(mode: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{mode:04o}"))
}

/// Why a backup was not made, proven or restored. `.env` and all earlier backups are what they were.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The backups' folder is a link.
    #[error("{0} is a link; backups go into a folder of the project only. Remove the link, or set rotation.backups")]
    FolderIsLink(PathBuf),
    /// The folder could not be made private.
    #[error(transparent)]
    Folder(#[from] RotationError),
    /// `.env` or the backup cannot be understood.
    #[error("{file}: {source}")]
    Env {
        /// Which file.
        file: String,
        /// What is wrong.
        source: EnvError,
    },
    /// What lies there is not what was backed up.
    #[error("{file} is damaged: {what}. Do not use it; `keyminder backup list` shows the others")]
    Damaged {
        /// Which file.
        file: String,
        /// What differs. Never a value.
        what: String,
    },
    /// No such backup, or several.
    #[error("{0}")]
    NotFound(String),
    /// Encryption.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// `.env` could not be replaced.
    #[error(transparent)]
    Replace(#[from] ReplaceError),
    /// The system refused.
    #[error("{path}: {source}. Is there room on the disk, and is the folder ours?")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BackupError {
    /// Whether we would not, rather than could not.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::FolderIsLink(_) | Self::Damaged { .. } => true,
            Self::Replace(error) => error.is_refusal(),
            Self::Env { source, .. } => matches!(source, EnvError::NotRegular(_) | EnvError::Unterminated { .. }),
            Self::Folder(_) | Self::NotFound(_) | Self::Seal(_) | Self::Io { .. } => false,
        }
    }
}

/// Backs `.env` up and proves the copy: it is read back, restored in memory and compared key by key before it gets its
/// name. A repeat with the same `at` and the same `.env` finds the file of the first time.
pub fn create(project: &Project, at: DateTime<Utc>, reason: &str) -> Result<Backup, BackupError> {
    let failed = |source| BackupError::Env {
        file: project.relative(&project.env),
        source,
    };
    let bytes = replace::read(&project.env).map_err(failed)?;
    let file = EnvFile::parse(&bytes).map_err(failed)?;
    store(project, &bytes, project.fingerprints_of(&file), at, reason)
}

/// As [`create`], of bytes that need not be understood: what a restore replaces may be broken.
fn store(
    project: &Project,
    bytes: &[u8],
    fingerprints: BTreeMap<String, Fingerprint>,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<Backup, BackupError> {
    if let Some(link) = link_on_the_way(project) {
        return Err(BackupError::FolderIsLink(link));
    }
    own_dir(&project.dir, &project.backups)?;
    let _lock = replace::lock(&project.backups)?;
    let manifest = Manifest::read(project);
    let path = match place_for(project, &manifest, at, &sha256(bytes)) {
        Place::Taken(name) => return described(project, &manifest, &project.backups.join(name)),
        Place::Free(name) => project.backups.join(name),
    };
    let failed = |source| BackupError::Io {
        path: path.clone(),
        source,
    };
    let sealed = sealing::seal(&project.recipients, bytes)?;
    let temporary = Temporary::write(&path, &sealed.stored, 0o600).map_err(failed)?;
    prove(project, &sealed, temporary.path(), bytes, &fingerprints)?;
    point("backup: proven");
    let made = Made {
        file: project.relative(&path),
        at,
        at_local: at.with_timezone(&project.zone).to_rfc3339(),
        source: project.relative(&project.env),
        bytes: bytes.len() as u64,
        sha256: sha256(bytes),
        stored_sha256: sha256(&sealed.stored),
        encrypted: !project.recipients.is_empty(),
        fingerprints,
        reason: reason.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    // The line comes first: a line without its file is skipped, a file without its line could not be compared.
    let manifest = manifest.with(project, made)?;
    point("backup: in the manifest");
    temporary.link_to(&path).map_err(failed)?;
    described(project, &manifest, &path)
}

/// A link between the project and its backups could lead them anywhere.
fn link_on_the_way(project: &Project) -> Option<PathBuf> {
    let below = project
        .backups
        .ancestors()
        .take_while(|dir| *dir != project.dir && dir.starts_with(&project.dir));
    let links = below
        .chain(std::iter::once(project.backups.as_path()))
        .find(|dir| dir.is_symlink());
    links.map(Path::to_owned)
}

/// Reads the new file through a descriptor of its own, opens it, and compares bytes and keys with the source.
fn prove(
    project: &Project,
    sealed: &sealing::Sealed,
    stored: &Path,
    source: &[u8],
    fingerprints: &BTreeMap<String, Fingerprint>,
) -> Result<(), BackupError> {
    let file = project.relative(stored);
    let failed = |source| BackupError::Env {
        file: file.clone(),
        source,
    };
    let restored = sealed.open_again(&replace::read(stored).map_err(failed)?)?;
    let differs = |what: &str| BackupError::Damaged {
        file: file.clone(),
        what: what.to_owned(),
    };
    if *restored != *source {
        return Err(differs("what was read back is not what was written"));
    }
    match EnvFile::parse(&restored) {
        Ok(read) if project.fingerprints_of(&read) != *fingerprints => Err(differs("its keys are not those of .env")),
        // Only a restore stores what cannot be understood, and then compares the bytes alone.
        Ok(_) | Err(_) => Ok(()),
    }
}

enum Place {
    /// Our own file, from an earlier try.
    Taken(String),
    Free(String),
}

/// The file's name by the time in the project's zone. Two different ones in one second, or in the hour that comes
/// twice, are numbered.
fn place_for(project: &Project, manifest: &Manifest, at: DateTime<Utc>, sha256: &str) -> Place {
    let time = at.with_timezone(&project.zone).format(TIME);
    let suffix = if project.recipients.is_empty() { "" } else { ".age" };
    let mut n = 1;
    loop {
        let number = if n == 1 { String::new() } else { format!("_{n}") };
        let name = format!("{OURS}{time}{number}{suffix}");
        let path = project.backups.join(&name);
        if path
            .symlink_metadata()
            .is_err_and(|error| error.kind() == ErrorKind::NotFound)
        {
            return Place::Free(name);
        }
        let own = manifest.made(&project.relative(&path));
        if own.is_some_and(|made| made.sha256 == sha256 && (made.at - at).abs() < TimeDelta::seconds(1)) {
            return Place::Taken(name);
        }
        n += 1;
    }
}

/// All backups, the newest first: ours, and those that the guide's commands make. Files that are no backups, links and
/// unreadable ones are left out.
pub fn list(project: &Project) -> Vec<Backup> {
    let manifest = Manifest::read(project);
    let beside_env = project
        .env
        .file_name()
        .map(|name| format!("{}.backup.", name.to_string_lossy()));
    let places = [
        (Some(project.backups.clone()), Some(OURS.to_owned())),
        (project.env.parent().map(Path::to_owned), beside_env),
    ];
    let mut backups: Vec<Backup> = places
        .into_iter()
        .filter_map(|(dir, prefix)| Some((dir?, prefix?)))
        .flat_map(|(dir, prefix)| files_of(&dir, &prefix))
        .filter_map(|path| described(project, &manifest, &path).ok())
        .collect();
    backups.sort_by(|a, b| (b.made_at, &b.file).cmp(&(a.made_at, &a.file)));
    backups
}

/// The backup that a person means: its file, or a unique piece of its name such as `20261122_101200`.
pub fn find(project: &Project, id: &str) -> Result<Backup, BackupError> {
    let mut backups = list(project);
    if id == "latest" && !backups.is_empty() {
        return Ok(backups.remove(0));
    }
    let exact = backups.iter().position(|backup| backup.file == id || backup.id() == id);
    if let Some(at) = exact {
        return Ok(backups.swap_remove(at));
    }
    let mut alike = backups.into_iter().filter(|backup| backup.id().contains(id));
    match (alike.next(), alike.next()) {
        (Some(backup), None) => Ok(backup),
        (None, _) => Err(BackupError::NotFound(format!(
            "no backup is called {id:?}; `keyminder backup list` shows them"
        ))),
        (Some(_), Some(_)) => Err(BackupError::NotFound(format!(
            "several backups are called {id:?}; give the whole name"
        ))),
    }
}

fn files_of(dir: &Path, prefix: &str) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let ours = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(prefix) && !name.contains(".tmp.") && entry.file_type().is_ok_and(|kind| kind.is_file())
    };
    listing.filter(ours).map(|entry| entry.path()).collect()
}

/// What is known of a stored file: from the manifest, else from the file itself.
fn described(project: &Project, manifest: &Manifest, path: &Path) -> Result<Backup, BackupError> {
    let failed = |source| BackupError::Io {
        path: path.to_owned(),
        source,
    };
    let metadata = path.symlink_metadata().map_err(failed)?;
    let file = project.relative(path);
    let encrypted = path.extension().is_some_and(|extension| extension == "age");
    let mut backup = Backup {
        made_at: time_in_name(project, path).unwrap_or_else(|| {
            metadata
                .modified()
                .map_or_else(|_| DateTime::UNIX_EPOCH, DateTime::from)
        }),
        bytes: metadata.size(),
        mode: metadata.permissions().mode() & 0o7777,
        sha256: None,
        fingerprints: BTreeMap::new(),
        encrypted,
        reason: None,
        file,
    };
    if let Some(made) = manifest.made(&backup.file) {
        backup.made_at = made.at;
        backup.sha256 = Some(made.sha256.clone());
        backup.fingerprints.clone_from(&made.fingerprints);
        backup.reason = Some(made.reason.clone());
    } else if !encrypted && let Ok(bytes) = replace::read(path) {
        backup.sha256 = Some(sha256(&bytes));
        backup.fingerprints = EnvFile::parse(&bytes)
            .map(|file| project.fingerprints_of(&file))
            .unwrap_or_default();
    }
    Ok(backup)
}

/// Both of the guide's names hold a local time.
fn time_in_name(project: &Project, path: &Path) -> Option<DateTime<Utc>> {
    let name = path.file_name()?.to_str()?;
    let start = name.find("backup")? + "backup".len() + 1;
    let local = NaiveDateTime::parse_from_str(name.get(start..start + 15)?, TIME).ok()?;
    Some(instant(local, project.zone))
}

#[cfg(test)]
mod tests;
