//! Makes a backup: written whole and private, and proven before it gets its name.
use super::error::BackupError;
use super::listing::{Backup, OURS, TIME, described};
use super::manifest::{MadeLine, Manifest};
use super::sealing;
use crate::domain::cycle::Fingerprint;
use crate::rotation::atomic_write::Temporary;
use crate::rotation::crash::point;
use crate::rotation::dotenv::{EnvError, EnvFile};
use crate::rotation::fingerprint::sha256;
use crate::rotation::places::{leads_out, own_dir};
use crate::rotation::project::Project;
use crate::rotation::replace;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

/// Backs `.env` up and proves the copy: it is read back, restored in memory and compared key by key before it gets its
/// name. A repeat with the same `at` and the same `.env` finds the file of the first time.
pub fn create(project: &Project, at: DateTime<Utc>, reason: &str) -> Result<Backup, BackupError> {
    let failed = |source| BackupError::Env {
        file: project.relative(&project.env),
        source,
    };
    // What stays in a vault is not laid beside it in the clear.
    if project.env.metadata().is_ok_and(|env| env.file_type().is_fifo()) {
        return Err(failed(EnvError::Pipe(project.env.clone())));
    }
    let bytes = project.env_bytes().map_err(failed)?;
    let file = EnvFile::parse(&bytes).map_err(failed)?;
    store(project, &bytes, project.fingerprints_of(&file), at, reason)
}

/// As [`create`], of bytes that need not be understood: what a restore replaces may be broken.
pub(super) fn store(
    project: &Project,
    bytes: &[u8],
    fingerprints: BTreeMap<String, Fingerprint>,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<Backup, BackupError> {
    if leads_out(&project.dir, &project.backups) {
        return Err(BackupError::FolderIsLink(project.backups.clone()));
    }
    own_dir(&project.dir, &project.backups)?;
    let _lock = replace::lock(&project.backups)?;
    let manifest = Manifest::read(project);
    let path = match place_for(project, &manifest, at, bytes) {
        BackupName::Taken(name) => return described(project, &manifest, &project.backups.join(name)),
        BackupName::Free(name) => project.backups.join(name),
    };
    let failed = |source| BackupError::Io {
        path: path.clone(),
        source,
    };
    let sealed = sealing::seal(&project.recipients, bytes)?;
    let temporary = Temporary::write(&path, &sealed.stored, 0o600).map_err(failed)?;
    prove(project, &sealed, temporary.path(), bytes, &fingerprints)?;
    point("backup: proven");
    let encrypted = !project.recipients.is_empty();
    let made = MadeLine {
        file: project.relative(&path),
        at,
        at_local: at.with_timezone(&project.zone).to_rfc3339(),
        source: project.relative(&project.env),
        bytes: bytes.len() as u64,
        sha256: project.install_key().content_mark(bytes, encrypted),
        stored_sha256: sha256(&sealed.stored),
        encrypted,
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

enum BackupName {
    /// Our own file, from an earlier try.
    Taken(String),
    Free(String),
}

/// The file's name by the time in the project's zone. Two different ones in one second, or in the hour that comes
/// twice, are numbered.
fn place_for(project: &Project, manifest: &Manifest, at: DateTime<Utc>, bytes: &[u8]) -> BackupName {
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
            return BackupName::Free(name);
        }
        let own = manifest.made(&project.relative(&path));
        if own.is_some_and(|made| {
            project.install_key().is_mark_of(&made.sha256, bytes) && (made.at - at).abs() < TimeDelta::seconds(1)
        }) {
            return BackupName::Taken(name);
        }
        n += 1;
    }
}
