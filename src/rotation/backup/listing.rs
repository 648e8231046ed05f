//! The backups that there are: ours by the manifest, and those that the guide's commands make.
use super::error::BackupError;
use super::manifest::Manifest;
use crate::domain::cycle::Fingerprint;
use crate::domain::schedule::instant;
use crate::rotation::dotenv::EnvFile;
use crate::rotation::fingerprint::{KEYED, sha256};
use crate::rotation::project::Project;
use crate::rotation::replace;
use chrono::{DateTime, NaiveDateTime, Utc};
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The beginning of our own files' names, as the guide's script has it.
pub(super) const OURS: &str = "env_backup_";
/// The local time in a name, in seconds.
pub(super) const TIME: &str = "%Y%m%d_%H%M%S";

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
    /// SHA-256 of what was backed up. `None` for an encrypted file: it would confirm guesses of what is in it.
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
pub(super) fn described(project: &Project, manifest: &Manifest, path: &Path) -> Result<Backup, BackupError> {
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
        backup.sha256 = Some(made.sha256.clone()).filter(|mark| !mark.starts_with(KEYED));
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
