//! `manifest.jsonl` beside the backups: one line for each that was made or removed. Names and fingerprints, no values.
use super::super::Project;
use super::super::crash::point;
use super::error::BackupError;
use crate::config::text_of;
use crate::domain::cycle::Fingerprint;
use chrono::{DateTime, Utc};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;

const NAME: &str = "manifest.jsonl";

/// The backups that were made and not removed.
pub(super) struct Manifest(BTreeMap<String, MadeLine>);

#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum ManifestLine {
    Made(MadeLine),
    Removed(RemovedLine),
}

/// A backup was made.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct MadeLine {
    pub file: String,
    pub at: DateTime<Utc>,
    pub at_local: String,
    pub source: String,
    pub bytes: u64,
    /// SHA-256 of what was backed up; for an encrypted file a keyed mark, which names itself.
    pub sha256: String,
    pub stored_sha256: String,
    pub encrypted: bool,
    pub fingerprints: BTreeMap<String, Fingerprint>,
    pub reason: String,
    pub version: String,
}

/// A backup was removed.
#[derive(Serialize, Deserialize)]
struct RemovedLine {
    file: String,
    at: DateTime<Utc>,
    reason: String,
}

impl Manifest {
    /// What the manifest says. A line that a crash or a full disk cut short says nothing.
    pub(super) fn read(project: &Project) -> Self {
        let text = text_of(&project.backups.join(NAME)).unwrap_or_default();
        let mut made = BTreeMap::new();
        for line in text.lines() {
            match serde_json::from_str(line) {
                Ok(ManifestLine::Made(line)) => {
                    made.insert(line.file.clone(), line);
                }
                Ok(ManifestLine::Removed(line)) => {
                    made.remove(&line.file);
                }
                Err(_) => {}
            }
        }
        Self(made)
    }

    pub(super) fn made(&self, file: &str) -> Option<&MadeLine> {
        self.0.get(file)
    }

    /// Writes the line and remembers it.
    pub(super) fn with(mut self, project: &Project, made: MadeLine) -> Result<Self, BackupError> {
        append(project, &ManifestLine::Made(made.clone()))?;
        self.0.insert(made.file.clone(), made);
        Ok(self)
    }

    pub(super) fn remove(project: &Project, file: &str, at: DateTime<Utc>, reason: &str) -> Result<(), BackupError> {
        let removed = RemovedLine {
            file: file.to_owned(),
            at,
            reason: reason.to_owned(),
        };
        append(project, &ManifestLine::Removed(removed))
    }
}

fn append(project: &Project, line: &ManifestLine) -> Result<(), BackupError> {
    let path = project.backups.join(NAME);
    append_line(&path, line).map_err(|source| BackupError::Io { path, source })
}

fn append_line(path: &std::path::Path, line: &ManifestLine) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o600);
    let mut file = options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed()).open(path)?;
    let mut text = if ends_with_newline(&mut file)? {
        Vec::new()
    } else {
        vec![b'\n']
    };
    serde_json::to_writer(&mut text, line)?;
    text.push(b'\n');
    file.write_all(&text)?;
    point("manifest: line written");
    file.sync_all()
}

/// A line that was cut short must not spoil the next one.
fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
