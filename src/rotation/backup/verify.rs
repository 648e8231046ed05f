//! Proves a backup: its bytes are those that were stored, and restoring it gives every key back.
use super::super::fingerprint::{KEYED, sha256};
use super::super::{EnvFile, Project, replace};
use super::error::BackupError;
use super::listing::Backup;
use super::manifest::{MadeLine, Manifest};
use super::sealing;
use crate::domain::cycle::Fingerprint;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// How far a backup was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedLevel {
    /// The stored bytes are those that were restored when it was made. An encrypted backup gets no further
    /// while its identity is not named.
    Stored,
    /// It was restored in memory, and every key compared.
    Restored,
}

/// What verification found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// How far it got.
    pub level: VerifiedLevel,
    /// The names of the secret variables in it.
    pub keys: Vec<String>,
    /// Whether the manifest knew what to expect. A backup made by hand is compared with nothing but itself.
    pub recorded: bool,
    /// Whether it holds exactly the `.env` of now.
    pub same_as_env: bool,
}

/// Proves a backup as far as possible: bytes against the manifest, then a restore in memory with every key compared.
pub fn verify(project: &Project, backup: &Backup) -> Result<Verified, BackupError> {
    let damaged = |what: String| BackupError::Damaged {
        file: backup.file.clone(),
        what,
    };
    let stored = stored(project, backup)?;
    let manifest = Manifest::read(project);
    let made = manifest.made(&backup.file);
    if made.is_some_and(|made| made.stored_sha256 != sha256(&stored)) {
        return Err(damaged("its bytes are not those that were stored".to_owned()));
    }
    if let (true, None, Some(made)) = (backup.encrypted, &project.identity, made) {
        return Ok(Verified {
            level: VerifiedLevel::Stored,
            keys: made.fingerprints.keys().cloned().collect(),
            recorded: true,
            same_as_env: same_as_env(project, &made.sha256),
        });
    }
    let plain = open(project, backup, &stored)?;
    let file = parse(backup, &plain)?;
    if made.is_none() && file.entries().next().is_none() {
        return Err(damaged("it holds no variable".to_owned()));
    }
    let fingerprints = project.fingerprints_of(&file);
    // Under another install key no mark is as it was. The bytes are those that were stored, and they could be opened.
    let made = made.filter(|made| !is_of_another_key(project, made, &fingerprints, &plain));
    if let Some(made) = made {
        if let Some((name, _)) = made
            .fingerprints
            .iter()
            .find(|(name, print)| fingerprints.get(*name) != Some(print))
        {
            return Err(damaged(format!("{name} is not the value that was backed up")));
        }
        if !project.install_key().is_mark_of(&made.sha256, &plain) {
            return Err(damaged("restoring it does not give what was backed up".to_owned()));
        }
    }
    Ok(Verified {
        level: VerifiedLevel::Restored,
        keys: fingerprints.into_keys().collect(),
        recorded: made.is_some(),
        same_as_env: same_as_env(project, &sha256(&plain)),
    })
}

/// Whether the marks of a backup were made under another install key: then none of them is right, while a damaged backup
/// has some that are.
fn is_of_another_key(
    project: &Project,
    made: &MadeLine,
    fingerprints: &BTreeMap<String, Fingerprint>,
    plain: &[u8],
) -> bool {
    let same_names = made.fingerprints.keys().eq(fingerprints.keys());
    let is_right = |(name, print): (&String, &Fingerprint)| fingerprints.get(name) == Some(print);
    let none_is_right = !made.fingerprints.is_empty() && !made.fingerprints.iter().any(is_right);
    let mark_may_be_another = made.sha256.starts_with(KEYED) || project.install_key().is_mark_of(&made.sha256, plain);
    same_names && none_is_right && mark_may_be_another
}

/// The variables in a backup. Encrypted ones need [`Project::identity`].
pub fn values(project: &Project, backup: &Backup) -> Result<EnvFile, BackupError> {
    parse(backup, &plain(project, backup)?)
}

/// What was backed up, byte for byte.
pub(super) fn plain(project: &Project, backup: &Backup) -> Result<Zeroizing<Vec<u8>>, BackupError> {
    open(project, backup, &stored(project, backup)?)
}

fn stored(project: &Project, backup: &Backup) -> Result<Zeroizing<Vec<u8>>, BackupError> {
    let path = project.dir.join(&backup.file);
    let failed = |source| BackupError::Env {
        file: backup.file.clone(),
        source,
    };
    replace::read(&path).map_err(failed)
}

fn open(project: &Project, backup: &Backup, stored: &Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, BackupError> {
    if backup.encrypted {
        Ok(sealing::open(project.identity.as_deref(), stored)?)
    } else {
        Ok(stored.clone())
    }
}

fn parse(backup: &Backup, plain: &[u8]) -> Result<EnvFile, BackupError> {
    EnvFile::parse(plain).map_err(|source| BackupError::Env {
        file: backup.file.clone(),
        source,
    })
}

fn same_as_env(project: &Project, mark: &str) -> bool {
    project
        .env_bytes()
        .is_ok_and(|bytes| project.install_key().is_mark_of(mark, &bytes))
}
