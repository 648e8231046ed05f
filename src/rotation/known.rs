//! A redactor that follows `.env`: it knows the present values, those of the backups, and former ones as keyed hashes.
use super::backup;
use super::whole::write_whole;
use super::{EnvError, Project};
use crate::domain::redact::{KnownValues, Patterns, Redactor, SharedRedactor};
use secrecy::SecretString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Where former values are kept, as keyed hashes of windows; 0600.
const FORMER: &str = "former-values";

/// A redactor that follows `.env`. Clones are the same redactor.
#[derive(Clone)]
pub struct Following {
    shared: SharedRedactor,
    project: Arc<Project>,
    identifiers: Arc<Vec<String>>,
    patterns: Arc<Patterns>,
    stamp: Arc<Mutex<Option<Stamp>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    bytes: u64,
}

impl Following {
    /// Knows what `.env` holds now. `identifiers`: variables that are the public half of a pair. `patterns`: the built-in
    /// ones, or the project's own.
    pub fn new(project: Arc<Project>, identifiers: Vec<String>, patterns: Arc<Patterns>) -> Self {
        let stamp = stamp(&project.env);
        let shared = SharedRedactor::new(redactor(&project, &identifiers, &patterns));
        Self {
            shared,
            project,
            identifiers: Arc::new(identifiers),
            patterns,
            stamp: Arc::new(Mutex::new(stamp)),
        }
    }

    /// The redactor for now: if `.env` changed since, its new values are taken in first. Asked before every read of
    /// comments, since a person may post a key in the moment in which it is made.
    pub fn current(&self) -> Arc<Redactor> {
        let now = stamp(&self.project.env);
        let mut last = self.stamp.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != now {
            *last = now;
            self.shared
                .replace(redactor(&self.project, &self.identifiers, &self.patterns));
            tracing::info!("`.env` changed; its new values are known from now on");
        }
        self.shared.current()
    }

    /// The handle for sinks that only write.
    pub fn shared(&self) -> &SharedRedactor {
        &self.shared
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(file).ok()?;
    Some(Stamp {
        modified: meta.modified().ok()?,
        bytes: meta.len(),
    })
}

fn redactor(project: &Project, identifiers: &[String], patterns: &Arc<Patterns>) -> Redactor {
    let mut known = KnownValues::from_env(present(project));
    known.set_identifiers(identifiers);
    let file = project.state_dir.join(FORMER);
    if let Ok(bytes) = std::fs::read(&file)
        && let Err(error) = known.import(&bytes)
    {
        let file = project.relative(&file);
        tracing::warn!("{file}: former key values cannot be read ({error}); they are found by their patterns only");
    }
    for kept in backup::list(project) {
        if let Ok(env) = backup::values(project, &kept) {
            for entry in env.entries() {
                known.add_previous(&entry.name, &entry.value);
            }
        }
    }
    if let Err(error) = write_whole(&file, &known.export(), 0o600) {
        tracing::warn!("former key values cannot be kept: {error}");
    }
    Redactor::new(Arc::clone(patterns), known)
}

fn present(project: &Project) -> Vec<(String, SecretString)> {
    match project.read_env() {
        Ok(env) => env
            .entries()
            .map(|entry| (entry.name.clone(), entry.value.clone()))
            .collect(),
        Err(EnvError::Missing(_)) => Vec::new(),
        Err(error) => {
            tracing::warn!("{error}");
            Vec::new()
        }
    }
}
