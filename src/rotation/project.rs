//! A project's files: where they are, who it is, and under which key its fingerprints are made.
use super::atomic_write::{self, create_atomic, sync_folder_of};
use super::dotenv::{EnvError, EnvFile};
use super::edit::EditError;
use super::fingerprint::{InstallKey, hex};
use super::replace::{self, ReplaceError, Replaced};
use super::secret_names::is_secret;
use crate::config::Settings;
use crate::domain::cycle::Fingerprint;
use chrono_tz::Tz;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// The install key's file, in the state folder.
const KEY_FILE: &str = "install.key";
/// The file of the project's id, in the state folder.
const ID_FILE: &str = "project.id";
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
    /// Install key, project id, rotations under way; 0700.
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
}

/// Why a project could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The system refused.
    #[error("{doing} {path} failed ({source}); see whose folder it is with `ls -ld`")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The install key was damaged; without it no fingerprint can be compared.
    #[error(
        "{0} is not the 64 hex digits that it was made of. Bring it back from a backup; or move it away, and all \
         earlier fingerprints lose their meaning"
    )]
    InstallKey(PathBuf),
    /// `.env` could not be read.
    #[error(transparent)]
    Env(#[from] EnvError),
}

impl Project {
    /// Opens the project: makes the state folder (0700), the install key (0600) and the project's id when missing.
    pub fn open(settings: &Settings) -> Result<Self, ProjectError> {
        let state_dir = settings.state_dir();
        own_dir(&settings.project, &state_dir)?;
        let key = made_once(&state_dir.join(KEY_FILE), 32)?;
        let id = made_once(&state_dir.join(ID_FILE), 8)?;
        Self::with(settings, &Zeroizing::new(key), id)
    }

    /// As [`Project::open`], but makes nothing: where there is no install key or id, it has one of its own for as long as
    /// it lives, and its fingerprints mean nothing to others.
    pub fn open_to_read(settings: &Settings) -> Result<Self, ProjectError> {
        let kept = |name: &str, bytes| {
            let path = settings.state_dir().join(name);
            if path.exists() {
                read_hex(&path)
            } else {
                random_hex(&path, bytes)
            }
        };
        Self::with(settings, &Zeroizing::new(kept(KEY_FILE, 32)?), kept(ID_FILE, 8)?)
    }

    fn with(settings: &Settings, key: &str, id: String) -> Result<Self, ProjectError> {
        let state_dir = settings.state_dir();
        Ok(Self {
            dir: settings.project.clone(),
            env: settings.env.clone(),
            backups: settings.rotation.backups.clone(),
            zone: settings.zone,
            recipients: settings.rotation.recipients.clone(),
            identity: None,
            id,
            key: InstallKey::from_hex(key).ok_or_else(|| ProjectError::InstallKey(state_dir.join(KEY_FILE)))?,
            state_dir,
        })
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

    /// Reads `.env`, through a link if it is one.
    pub fn read_env(&self) -> Result<EnvFile, EnvError> {
        EnvFile::parse(&replace::read(&self.env)?)
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
        let inside = |path: &Path| match (path.canonicalize(), self.dir.canonicalize()) {
            (Ok(path), Ok(dir)) => path.starts_with(dir),
            _ => true,
        };
        if self.env.is_symlink() && !inside(&self.env) {
            return Err(ReplaceError::Outside(self.env.clone()));
        }
        replace::replace(&self.env, edit)
    }

    /// Puts several values into `.env` at once: a pair is never half there.
    pub fn write_values(&self, values: &BTreeMap<String, SecretString>) -> Result<Replaced, ReplaceError> {
        self.replace_env(|bytes| {
            let mut bytes = Zeroizing::new(bytes.to_vec());
            for (name, value) in values {
                bytes = Zeroizing::new(EnvFile::parse(&bytes)?.with_value(name, value)?);
            }
            Ok(bytes.to_vec())
        })
    }

    /// Removes what a crash left: temporary files of ours that are older than an hour.
    pub fn sweep(&self, now: SystemTime) {
        atomic_write::sweep_beside(&self.env, now);
        atomic_write::sweep_beside(&self.dir.join(SCHEDULE), now);
        atomic_write::sweep_all(&self.state_dir, now);
        atomic_write::sweep_all(&self.backups, now);
    }

    /// A path as people and manifests name it: below the project, without its folder.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.dir).unwrap_or(path).display().to_string()
    }
}

impl fmt::Debug for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Project({} in {})", self.id, self.dir.display())
    }
}

/// Makes a folder that only its owner may enter. One that is there stays as it is.
pub(super) fn private_dir(dir: &Path) -> Result<(), ProjectError> {
    if dir.is_dir() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.and_then(|()| sync_folder_of(dir))
        .map_err(|source| ProjectError::Io {
            doing: "making the folder",
            path: dir.to_owned(),
            source,
        })
}

/// As [`private_dir`]; one that is there is closed to others, but only below the project: a state file in /tmp
/// must not close /tmp itself.
pub(super) fn own_dir(project: &Path, dir: &Path) -> Result<(), ProjectError> {
    private_dir(dir)?;
    let failed = |source| ProjectError::Io {
        doing: "closing to others the folder",
        path: dir.to_owned(),
        source,
    };
    let mode = dir.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 && dir != project && dir.starts_with(project) {
        std::fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}

/// The hex digits of a file, made of so many random bytes the first time. Of two starters, the first one's stay.
fn made_once(path: &Path, bytes: usize) -> Result<String, ProjectError> {
    if !path.exists() {
        let digits = Zeroizing::new(format!("{}\n", random_hex(path, bytes)?));
        match create_atomic(path, digits.as_bytes(), 0o600) {
            Err(source) if source.kind() != ErrorKind::AlreadyExists => return Err(failed("writing", path, source)),
            Err(_) | Ok(()) => {}
        }
    }
    read_hex(path)
}

/// So many random bytes in hex digits, for this file.
fn random_hex(path: &Path, bytes: usize) -> Result<String, ProjectError> {
    let mut random = Zeroizing::new(vec![0; bytes]);
    let drawn = SystemRandom::new().fill(&mut random);
    drawn.map_err(|_| failed("drawing random bytes for", path, ErrorKind::Other.into()))?;
    Ok(hex(&random))
}

fn read_hex(path: &Path) -> Result<String, ProjectError> {
    let text = std::fs::read_to_string(path).map_err(|source| failed("reading", path, source))?;
    Ok(text.trim().to_owned())
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> ProjectError {
    ProjectError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::testing::project;
    use super::*;

    #[test]
    fn our_folders_are_closed_and_others_left_alone() {
        let (dir, project) = project("A=1\n");
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
        let open = |path: &Path| std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        for (path, wanted) in [
            (project.state_dir.as_path(), 0o700),
            (dir.path(), 0o755),
            (elsewhere.path(), 0o755),
        ] {
            open(path);
            own_dir(&project.dir, path).unwrap();
            assert_eq!(mode(path), wanted, "{}", path.display());
        }
        private_dir(&project.state_dir.join("new/one")).unwrap();
        assert_eq!(mode(&project.state_dir.join("new/one")), 0o700);
    }

    #[test]
    fn key_and_id_are_made_once() {
        let (_dir, project) = project("A=1\n");
        let again = made_once(&project.state_dir.join("project.id"), 8).unwrap();
        assert_eq!(again, project.id);
        assert_eq!(project.id.len(), 16);
        let text = format!("{project:?}");
        assert!(
            !text.contains(
                std::fs::read_to_string(project.state_dir.join("install.key"))
                    .unwrap()
                    .trim()
            )
        );
    }
}

#[cfg(test)]
pub(super) mod testing {
    //! A project in a folder of its own.
    use super::*;
    use crate::cli::ProjectArgs;
    use tempfile::TempDir;

    /// A project in Amsterdam with this `.env`.
    pub(in crate::rotation) fn project(env: &str) -> (TempDir, Project) {
        let dir = tempfile::tempdir().unwrap();
        write_file(&dir.path().join(".env"), env);
        std::fs::set_permissions(dir.path().join(".env"), Permissions::from_mode(0o600)).unwrap();
        let place = ProjectArgs {
            project: Some(dir.path().to_owned()),
            config: None,
        };
        let environment = [("TZ".to_owned(), "Europe/Amsterdam".to_owned())].into();
        let project = Project::open(&Settings::read(&place, environment).unwrap()).unwrap();
        (dir, project)
    }

    pub(in crate::rotation) fn write_file(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}
