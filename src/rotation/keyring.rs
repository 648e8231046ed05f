//! The keyring of a project: its files and fingerprints, the providers of its keys, and the prober that asks them. Opened
//! from the settings here alone, so that what a person set or agreed to holds for the bot and for every command alike.
use super::blocking::blocking;
use super::holders::HolderSearch;
use super::probe::{ProbeError, ProbeSettings, Prober};
use super::project::Project;
use super::project_error::ProjectError;
use super::providers::{Provider, Providers};
use crate::config::{Faults, Settings};
use std::path::PathBuf;
use std::sync::Arc;

/// What everything that touches keys works with. Clones share connections and files.
#[derive(Clone)]
pub struct Keyring {
    /// The project's files; makes the fingerprints.
    pub project: Arc<Project>,
    /// The built-in providers, with the project's own over them.
    pub providers: Arc<Providers>,
    /// Asks the providers about keys.
    pub prober: Prober,
    /// Looks for whatever still holds an old key.
    pub holders: HolderSearch,
}

/// Why a keyring cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The state folder or the install key cannot be used.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// `config/providers.toml` has faults.
    #[error(transparent)]
    Providers(#[from] Faults),
    /// The HTTP client cannot be set up.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}

/// A name that is neither a provider's nor one of its variables'.
#[derive(Debug, thiserror::Error)]
#[error("no provider and no variable is called {name:?}; the providers are: {}", .known.join(", "))]
pub struct UnknownKey {
    /// The name that was given.
    pub name: String,
    /// The ids of the providers that there are.
    pub known: Vec<String>,
}

impl Keyring {
    /// Opens the project of these settings and loads its providers.
    pub fn open(settings: &Settings) -> Result<Self, KeyringError> {
        Self::of(Arc::new(Project::open(settings)?), settings)
    }

    /// As [`Keyring::open`], with an age identity that opens encrypted backups; removes what a crash left behind.
    pub fn open_for_rotation(settings: &Settings, identity: Option<PathBuf>) -> Result<Self, KeyringError> {
        Self::of(Arc::new(Project::open_for_rotation(settings, identity)?), settings)
    }

    /// The keyring of a project that is open already.
    pub fn of(project: Arc<Project>, settings: &Settings) -> Result<Self, KeyringError> {
        let listed = Providers::load(settings)?;
        let providers = match project.read_env() {
            Ok(env) => Arc::new(listed.with_names_of(&env)),
            // Whoever needs the file says what is wrong with it.
            Err(_) => listed,
        };
        Ok(Self {
            project,
            providers,
            prober: Prober::new(ProbeSettings::from(settings))?,
            holders: HolderSearch::new(settings),
        })
    }

    /// A provider by its id, or by one of its variables.
    pub fn provider(&self, name: &str) -> Result<&Provider, UnknownKey> {
        let found = self.providers.get(name).or_else(|| self.providers.of_variable(name));
        found.ok_or_else(|| UnknownKey {
            name: name.to_owned(),
            known: self
                .providers
                .all()
                .iter()
                .map(|provider| provider.id.clone())
                .collect(),
        })
    }

    /// Works with the project's files beside the runtime, so that a slow disk holds nobody else up.
    pub async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Project) -> T + Send + 'static) -> T {
        let project = Arc::clone(&self.project);
        blocking(move || work(&project)).await
    }
}
