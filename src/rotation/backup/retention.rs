//! Which backups may go. Overwriting them is pointless on flash and copy-on-write disks; encryption is the real answer.
use super::super::Project;
use super::error::BackupError;
use super::listing::{Backup, list};
use super::manifest::Manifest;
use crate::domain::cycle::Fingerprint;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// The newest ones always stay.
pub const KEEP_NEWEST: usize = 10;
/// So do all that are younger.
pub const KEEP_DAYS: i64 = 35;

/// Removes our own backups that are old, many and needless: every key in them is proven dead (`retired`: variable and
/// fingerprint), or is in a newer backup. Files that people made stay. Returns what was removed.
pub fn retain(
    project: &Project,
    now: DateTime<Utc>,
    retired: &BTreeSet<(String, Fingerprint)>,
) -> Result<Vec<String>, BackupError> {
    let mut removed = Vec::new();
    for backup in needless(&list(project), now, retired) {
        Manifest::remove(
            project,
            &backup.file,
            now,
            "kept long enough; no key that lives is in it alone",
        )?;
        let path = project.dir.join(&backup.file);
        std::fs::remove_file(&path).map_err(|source| BackupError::Io { path, source })?;
        removed.push(backup.file.clone());
    }
    Ok(removed)
}

/// Of all backups, newest first, those that may go.
fn needless<'a>(
    backups: &'a [Backup],
    now: DateTime<Utc>,
    retired: &BTreeSet<(String, Fingerprint)>,
) -> Vec<&'a Backup> {
    let mut kept_elsewhere: BTreeSet<(&String, &Fingerprint)> = BTreeSet::new();
    let mut needless = Vec::new();
    for (at, backup) in backups.iter().enumerate() {
        let is_only_copy = backup.fingerprints.iter().any(|(name, print)| {
            !kept_elsewhere.contains(&(name, print)) && !retired.contains(&(name.clone(), print.clone()))
        });
        let is_ours = backup.reason.is_some();
        let is_young = now - backup.made_at < TimeDelta::days(KEEP_DAYS);
        if is_ours && at >= KEEP_NEWEST && !is_young && !is_only_copy && !backup.fingerprints.is_empty() {
            needless.push(backup);
        } else {
            kept_elsewhere.extend(&backup.fingerprints);
        }
    }
    needless
}
