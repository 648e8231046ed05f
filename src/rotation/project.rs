//! A project's files: where they are, who it is, and under which key its fingerprints are made.
use super::dotenv::{EnvError, EnvFile};
use super::fingerprint::{InstallKey, hex};
use super::replace::{self, ReplaceError, Replaced};
use super::whole::{self, create_whole, sync_folder_of};
use super::{EditError, is_secret, schedule_file};
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

/// A project's files.
pub struct Project {
    /// The folder that holds everything.
    pub dir: PathBuf,
    /// `.env`
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
pub enum RotationError {
    /// The system refused.
    #[error("{doing} {path} failed ({source}); see whose folder it is with `ls -ld`")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// Where.
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
    pub fn open(settings: &Settings) -> Result<Self, RotationError> {
        let state_dir = settings.state_dir();
        own_dir(&settings.project, &state_dir)?;
        let key_file = state_dir.join("install.key");
        let key = Zeroizing::new(made_once(&key_file, 32)?);
        let id = made_once(&state_dir.join("project.id"), 8)?;
        Ok(Self {
            dir: settings.project.clone(),
            env: settings.env.clone(),
            backups: settings.rotation.backups.clone(),
            zone: settings.zone,
            recipients: settings.rotation.recipients.clone(),
            identity: None,
            id,
            key: InstallKey::from_hex(&key).ok_or(RotationError::InstallKey(key_file))?,
            state_dir,
        })
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

    /// Puts one value into `.env`.
    pub fn write_value(&self, name: &str, value: &SecretString) -> Result<Replaced, ReplaceError> {
        self.replace_env(|bytes| EnvFile::parse(bytes)?.with_value(name, value))
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
        whole::sweep_beside(&self.env, now);
        whole::sweep_beside(&self.dir.join(schedule_file::PATH), now);
        whole::sweep_all(&self.state_dir, now);
        whole::sweep_all(&self.backups, now);
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
pub(super) fn private_dir(dir: &Path) -> Result<(), RotationError> {
    if dir.is_dir() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.and_then(|()| sync_folder_of(dir))
        .map_err(|source| RotationError::Io {
            doing: "making the folder",
            path: dir.to_owned(),
            source,
        })
}

/// As [`private_dir`]; one that is there is closed to others, but only below the project: a state file in /tmp must not
/// close /tmp.
pub(super) fn own_dir(project: &Path, dir: &Path) -> Result<(), RotationError> {
    private_dir(dir)?;
    let failed = |source| RotationError::Io {
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
fn made_once(path: &Path, bytes: usize) -> Result<String, RotationError> {
    let failed = |doing| {
        move |source| RotationError::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    };
    if !path.exists() {
        let mut random = Zeroizing::new(vec![0; bytes]);
        let drawn = SystemRandom::new().fill(&mut random);
        drawn.map_err(|_| failed("drawing random bytes for")(ErrorKind::Other.into()))?;
        match create_whole(path, format!("{}\n", hex(&random)).as_bytes(), 0o600) {
            Err(source) if source.kind() != ErrorKind::AlreadyExists => return Err(failed("writing")(source)),
            Err(_) | Ok(()) => {}
        }
    }
    let text = std::fs::read_to_string(path).map_err(failed("reading"))?;
    Ok(text.trim().to_owned())
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
    use crate::cli::Place;
    use tempfile::TempDir;

    /// A project in Amsterdam with this `.env`.
    pub(in crate::rotation) fn project(env: &str) -> (TempDir, Project) {
        let dir = tempfile::tempdir().unwrap();
        write_file(&dir.path().join(".env"), env);
        std::fs::set_permissions(dir.path().join(".env"), Permissions::from_mode(0o600)).unwrap();
        let place = Place {
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
