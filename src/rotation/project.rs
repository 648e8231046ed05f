//! A project's files: where they are, who it is, and under which key its fingerprints are made.
use super::atomic_write;
use super::dotenv::{EnvError, EnvFile};
use super::edit::EditError;
use super::env_stamp::EnvStamp;
use super::fingerprint::InstallKey;
use super::install_key::{self, OwnKey};
use super::pipe;
use super::places::{self, own_dir};
use super::project_error::ProjectError;
use super::replace::{self, ReplaceError, Replaced};
use super::secret_names::is_secret;
use crate::config::Settings;
use crate::domain::cycle::Fingerprint;
use chrono_tz::Tz;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Where the schedule stands in the project.
pub const SCHEDULE: &str = "config/rotation_schedule.json";

/// A project's files.
pub struct Project {
    /// The folder that holds everything.
    pub dir: PathBuf,
    /// The file of the keys, `.env` unless it was set otherwise.
    pub env: PathBuf,
    /// Where backups are written.
    pub backups: PathBuf,
    /// Project id, rotations under way; 0700.
    pub state_dir: PathBuf,
    /// The zone of file names and schedules.
    pub zone: Tz,
    /// 16 hex digits, made once; effects on files carry it.
    pub id: String,
    /// Age recipients of backups; none: plain files, 0600.
    pub recipients: Vec<String>,
    /// An age identity that opens encrypted backups, when somebody named one.
    pub identity: Option<PathBuf>,
    key: InstallKey,
    key_id: String,
    lost_key: bool,
    /// What is to be told once there is a log.
    notes: Mutex<Vec<String>>,
}

impl Project {
    /// Opens the project: makes the state folder (0700), the install key (0600) and the project's id when missing.
    pub fn open(settings: &Settings) -> Result<Self, ProjectError> {
        let state_dir = settings.state_dir();
        refuse_links_out(settings)?;
        own_dir(&settings.project, &state_dir)?;
        let mut notes = Vec::new();
        let OwnKey { key, is_another } = install_key::key(&settings.project, &state_dir, &mut notes)?;
        let id = install_key::id(&state_dir)?;
        Ok(Self {
            lost_key: is_another,
            ..Self::with(settings, key, id, notes)
        })
    }

    /// As [`Project::open`], but makes nothing: where there is no install key or id, it has one of its own for as long as
    /// it lives, and its fingerprints mean nothing to others.
    pub fn open_to_read(settings: &Settings) -> Result<Self, ProjectError> {
        refuse_links_out(settings)?;
        let state_dir = settings.state_dir();
        let key = install_key::key_to_read(&settings.project, &state_dir)?;
        let lost_key = install_key::is_another(&state_dir, &key)?;
        let id = install_key::id_to_read(&state_dir)?;
        Ok(Self {
            lost_key,
            ..Self::with(settings, key, id, Vec::new())
        })
    }

    fn with(settings: &Settings, key: InstallKey, id: String, notes: Vec<String>) -> Self {
        Self {
            dir: settings.project.clone(),
            env: settings.env.clone(),
            backups: settings.rotation.backups.clone(),
            zone: settings.zone,
            recipients: settings.rotation.recipients.clone(),
            identity: None,
            id,
            key_id: key.id(),
            key,
            lost_key: false,
            notes: Mutex::new(notes),
            state_dir: settings.state_dir(),
        }
    }

    /// As [`Project::open`], with an age identity that opens encrypted backups; removes what a crash left behind.
    pub fn open_for_rotation(settings: &Settings, identity: Option<PathBuf>) -> Result<Self, ProjectError> {
        let project = Self {
            identity,
            ..Self::open(settings)?
        };
        project.sweep(SystemTime::now());
        Ok(project)
    }

    /// The fingerprint of a value: equal for equal values of one name, on this installation only.
    pub fn fingerprint(&self, name: &str, value: &SecretString) -> Fingerprint {
        self.key.fingerprint(name, value)
    }

    /// The name under which a value stands in a file that had this fingerprint as the value of `name`: it may be renamed.
    pub(super) fn name_now<'e>(&self, env: &'e EnvFile, name: &'e str, print: &Fingerprint) -> Option<&'e str> {
        let is_it = |value: &SecretString| self.fingerprint(name, value) == *print;
        if env.get(name).is_some_and(is_it) {
            return Some(name);
        }
        // Of a name that stands there twice the last one counts.
        let mut others = env.entries().filter(|entry| is_it(&entry.value));
        let holds = |other: &&str| env.get(other).is_some_and(is_it);
        others.find_map(|entry| Some(entry.name.as_str()).filter(holds))
    }

    /// Keeps a sentence for the log: what is found at the start is found before the log can be written.
    pub(super) fn note(&self, sentence: String) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(sentence);
    }

    /// Writes to the log what was noted since the last time.
    pub fn tell_notes(&self) {
        for note in self.notes() {
            tracing::warn!("{note}");
        }
    }

    /// Takes what was noted since the last time.
    pub(super) fn notes(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The key under which comments are hashed; it lies elsewhere than the store that holds the hashes.
    pub fn key_of_comments(&self) -> Option<ring::hmac::Key> {
        self.install_key().hashing(b"comments")
    }

    /// What the key of this installation is known by; tells nothing of it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What it means, where the state folder was made with another install key than there is now.
    pub fn lost_key(&self) -> Option<&'static str> {
        self.lost_key.then_some(install_key::LOST)
    }

    /// The state goes with the present install key from now on.
    pub fn accept_key(&self) -> Result<(), ProjectError> {
        install_key::accept(&self.state_dir, &self.key)
    }

    /// The key of this installation.
    pub(super) fn install_key(&self) -> &InstallKey {
        &self.key
    }

    /// The bytes of `.env`, through a link as long as it leads to a place within the project.
    pub(super) fn env_bytes(&self) -> Result<Zeroizing<Vec<u8>>, EnvError> {
        replace::read_in_project(&self.dir, &self.env)
    }

    /// Whether `.env` is a pipe that another program fills: it is neither written nor copied.
    pub fn env_is_pipe(&self) -> bool {
        pipe::is_one(&self.env)
    }

    /// What tells when `.env` is to be read again, where it is a pipe.
    pub fn pipe_stamp(&self) -> Option<EnvStamp> {
        self.env_is_pipe().then(|| EnvStamp::of(&self.env)).flatten()
    }

    /// What `.env` says now, with what its references stand for where that is known.
    pub fn read_env(&self) -> Result<EnvFile, EnvError> {
        let exported = |name: &str| {
            std::env::var_os(name)?
                .into_string()
                .ok()
                .filter(|value| !value.is_empty())
        };
        Ok(EnvFile::parse(&self.env_bytes()?)?.resolved(|name| exported(name).map(SecretString::from)))
    }

    /// As [`Project::read_env`]; where there is no `.env`, nothing stands in it.
    pub fn read_env_or_empty(&self) -> Result<EnvFile, EnvError> {
        match self.read_env() {
            Err(EnvError::Missing(_)) => EnvFile::parse(b""),
            env => env,
        }
    }

    /// The fingerprint of every secret variable in `.env`.
    pub fn fingerprints(&self) -> Result<BTreeMap<String, Fingerprint>, EnvError> {
        Ok(self.fingerprints_of(&self.read_env()?))
    }

    /// The fingerprint of every secret variable in a file; of a name that stands there twice, of its last value.
    pub fn fingerprints_of(&self, file: &EnvFile) -> BTreeMap<String, Fingerprint> {
        let secrets = file
            .entries()
            .filter(|entry| is_secret(&entry.name, entry.value.expose_secret()));
        secrets
            .map(|entry| (entry.name.clone(), self.fingerprint(&entry.name, &entry.value)))
            .collect()
    }

    /// Changes `.env` whole, by [`replace::replace`]. A link may lead elsewhere within the project only.
    pub fn replace_env(&self, edit: impl FnMut(&[u8]) -> Result<Vec<u8>, EditError>) -> Result<Replaced, ReplaceError> {
        replace::replace(self.env_within()?, edit)
    }

    /// `.env`, unless a link leads out of the project.
    fn env_within(&self) -> Result<&Path, EnvError> {
        if self.env.exists() && places::leads_out(&self.dir, &self.env) {
            return Err(EnvError::Outside(self.env.clone()));
        }
        Ok(&self.env)
    }

    /// Puts several values into `.env` at once: a pair is never half there.
    pub fn write_values(&self, values: &BTreeMap<String, SecretString>) -> Result<Replaced, ReplaceError> {
        self.replace_env(|bytes| with_values(bytes, values))
    }

    /// Whether new values of these variables could be written: what [`Project::write_values`] would refuse is refused now.
    pub fn rehearse_values(&self, names: &[String]) -> Result<(), ReplaceError> {
        let values = names.iter().map(|name| (name.clone(), SecretString::from(REHEARSED)));
        let values: BTreeMap<String, SecretString> = values.collect();
        replace::rehearse(self.env_within()?, |bytes| with_values(bytes, &values))
    }

    /// Removes what a crash left: temporary files of ours that are older than an hour.
    pub fn sweep(&self, now: SystemTime) {
        atomic_write::sweep_beside(&self.env, now);
        atomic_write::sweep_beside(&self.dir.join(install_key::KEY_FILE), now);
        atomic_write::sweep_beside(&self.dir.join(SCHEDULE), now);
        atomic_write::sweep_all(&self.state_dir, now);
        atomic_write::sweep_all(&self.backups, now);
    }

    /// A path as people and manifests name it: below the project, without its folder.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.dir).unwrap_or(path).display().to_string()
    }
}

/// What stands for a new value where nothing is written.
const REHEARSED: &str = "rehearsed";

fn with_values(bytes: &[u8], values: &BTreeMap<String, SecretString>) -> Result<Vec<u8>, EditError> {
    let mut bytes = Zeroizing::new(bytes.to_vec());
    for (name, value) in values {
        bytes = Zeroizing::new(EnvFile::parse(&bytes)?.with_value(name, value)?);
    }
    Ok(bytes.to_vec())
}

impl fmt::Debug for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Project({} in {})", self.id, self.dir.display())
    }
}

/// What we write must not be led away.
fn refuse_links_out(settings: &Settings) -> Result<(), ProjectError> {
    let ours = [
        (settings.state_dir(), "state"),
        (PathBuf::from(&settings.state), "state"),
        (settings.rotation.backups.clone(), "rotation.backups"),
    ];
    for (path, setting) in ours {
        if places::leads_out(&settings.project, &path) {
            return Err(ProjectError::LeadsOut { path, setting });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::testing::project;
    use super::*;

    #[test]
    fn key_and_id_are_made_once() {
        let (dir, project) = project("A=1\n");
        assert_eq!(install_key::id(&project.state_dir).unwrap(), project.id);
        assert_eq!(project.id.len(), 16);
        let key = std::fs::read_to_string(dir.path().join(install_key::KEY_FILE)).unwrap();
        assert!(key.trim().len() == 64 && !format!("{project:?}").contains(key.trim()));
    }
}

#[cfg(test)]
pub(super) mod testing {
    //! A project in a folder of its own.
    use super::*;
    use crate::cli::ProjectArgs;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    /// A project in Amsterdam with this `.env`.
    pub(in crate::rotation) fn project(env: &str) -> (TempDir, Project) {
        let dir = tempfile::tempdir().unwrap();
        write_file(&dir.path().join(".env"), env);
        std::fs::set_permissions(dir.path().join(".env"), Permissions::from_mode(0o600)).unwrap();
        let project = Project::open(&settings(dir.path())).unwrap();
        (dir, project)
    }

    /// The settings of a project in Amsterdam.
    pub(in crate::rotation) fn settings(dir: &Path) -> Settings {
        let place = ProjectArgs {
            project: Some(dir.to_owned()),
            config: None,
        };
        let environment = [("TZ".to_owned(), "Europe/Amsterdam".to_owned())].into();
        Settings::read(&place, environment).unwrap()
    }

    pub(in crate::rotation) fn write_file(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}
