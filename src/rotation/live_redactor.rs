//! A redactor that follows `.env`: it knows the present values, those of the backups, and former ones as keyed hashes.
use super::atomic_write::write_atomic;
use super::backup;
use super::blocking::blocking;
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
pub struct LiveRedactor {
    shared: SharedRedactor,
    project: Arc<Project>,
    identifiers: Arc<Vec<String>>,
    patterns: Arc<Patterns>,
    stamp: Arc<Mutex<Option<EnvStamp>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct EnvStamp {
    modified: SystemTime,
    bytes: u64,
}

impl LiveRedactor {
    /// Knows what `.env` holds now. `identifiers`: variables that are the public half of a pair. `patterns`: the built-in
    /// ones, or the project's own.
    pub fn new(project: Arc<Project>, identifiers: Vec<String>, patterns: Arc<Patterns>) -> Self {
        let stamp = stamp(&project.env);
        let shared = SharedRedactor::new(keeping_redactor(&project, &identifiers, &patterns));
        Self {
            shared,
            project,
            identifiers: Arc::new(identifiers),
            patterns,
            stamp: Arc::new(Mutex::new(stamp)),
        }
    }

    /// The redactor for now: if `.env` changed since, its new values are taken in first. Asked before every read of
    /// comments, since a person may post a key in the moment in which it is made. All backups are read for that, so it is
    /// done beside the runtime: whoever needs no redactor goes on meanwhile.
    pub async fn current(&self) -> Arc<Redactor> {
        if self.is_current() {
            return self.shared.current();
        }
        let live = self.clone();
        blocking(move || live.take_in()).await
    }

    /// Whether `.env` is as it was taken in last; `false` also while it is being taken in.
    fn is_current(&self) -> bool {
        let last = self.stamp.try_lock();
        last.is_ok_and(|last| *last == stamp(&self.project.env))
    }

    fn take_in(&self) -> Arc<Redactor> {
        let now = stamp(&self.project.env);
        let mut last = self.stamp.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != now {
            self.shared
                .replace(keeping_redactor(&self.project, &self.identifiers, &self.patterns));
            // Only now: should that fail, the next one who asks takes it in again.
            *last = now;
            tracing::info!("`.env` changed; its new values are known from now on");
        }
        self.shared.current()
    }

    /// The redactor as it was when `.env` was last looked at, for those that only write.
    pub fn shared(&self) -> &SharedRedactor {
        &self.shared
    }
}

fn stamp(file: &Path) -> Option<EnvStamp> {
    let meta = std::fs::metadata(file).ok()?;
    Some(EnvStamp {
        modified: meta.modified().ok()?,
        bytes: meta.len(),
    })
}

/// A redactor that knows what `.env`, the backups and the kept former values hold now. Writes nothing.
pub fn redactor(project: &Project, identifiers: &[String], patterns: &Arc<Patterns>) -> Redactor {
    Redactor::new(Arc::clone(patterns), known_values(project, identifiers))
}

/// As [`redactor`]; keeps what it knows, so that a value is still known when it has left `.env`.
fn keeping_redactor(project: &Project, identifiers: &[String], patterns: &Arc<Patterns>) -> Redactor {
    let known = known_values(project, identifiers);
    if let Err(error) = write_atomic(&project.state_dir.join(FORMER), &known.export(), 0o600) {
        tracing::warn!("former key values cannot be kept: {error}");
    }
    Redactor::new(Arc::clone(patterns), known)
}

fn known_values(project: &Project, identifiers: &[String]) -> KnownValues {
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
                known.add(&entry.name, &entry.value);
            }
        }
    }
    known
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

#[cfg(test)]
mod tests {
    use super::super::project::testing::{project, write_file};
    use super::*;
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::sync::mpsc;
    use std::time::Duration;

    /// A slow disk that only a living runtime ends: the file with the former values is a pipe, and whoever opens it to
    /// read waits for somebody who writes into it.
    #[tokio::test(flavor = "current_thread")]
    async fn the_runtime_goes_on_while_backups_are_read() {
        let (_dir, project) = project("API_Groq=gsk_made-up-old-value\n");
        let pipe = project.state_dir.join(FORMER);
        let env = project.env.clone();
        let live = LiveRedactor::new(Arc::new(project), Vec::new(), Patterns::builtin());
        std::fs::remove_file(&pipe).unwrap();
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        write_file(&env, "API_Groq=gsk_made-up-new-value-of-another-length\n");

        let (goes_on, heard) = mpsc::channel();
        let disk = std::thread::spawn(move || {
            let went_on = heard.recv_timeout(Duration::from_secs(10)).is_ok();
            std::fs::write(&pipe, b"").unwrap();
            went_on
        });
        let (redactor, ()) = tokio::join!(live.current(), async { goes_on.send(()).unwrap() });
        assert!(
            disk.join().unwrap(),
            "nothing else was done while the disk was waited for"
        );
        let said = redactor.redact_str("it is gsk_made-up-new-value-of-another-length");
        assert_eq!(said, "it is [redacted: API_Groq]", "the new value is known");
    }
}
