//! The keyring of a project: its files and fingerprints, the providers of its keys, and the prober that asks them. Opened
//! from the settings here alone, so that what a person set or agreed to holds for the bot and for every command alike.
use super::blocking::blocking;
use super::env_stamp::EnvStamp;
use super::exposures;
use super::holders::HolderSearch;
use super::probe::{ProbeError, ProbeSettings, Prober};
use super::project::Project;
use super::project_error::ProjectError;
use super::providers::{KeyOrigin, Provider, Providers};
use super::rotations;
use crate::config::{Faults, Settings};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// What everything that touches keys works with. Clones share connections and files.
#[derive(Clone)]
pub struct Keyring {
    /// The project's files; makes the fingerprints.
    pub project: Arc<Project>,
    /// The built-in providers, with the project's own over them, and the names that `.env` adds to theirs.
    pub providers: Arc<Providers>,
    /// Asks the providers about keys.
    pub prober: Prober,
    /// Looks for whatever still holds an old key.
    pub holders: HolderSearch,
    named: Arc<NamedProviders>,
    /// One proof at a time: two would count one moment twice.
    pub(super) proving: Arc<tokio::sync::Mutex<()>>,
}

/// Providers that follow `.env`: it adds names to theirs.
struct NamedProviders {
    listed: Arc<Providers>,
    last: Mutex<(Option<EnvStamp>, Arc<Providers>)>,
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
        let prober = Prober::new(ProbeSettings::from(settings))?;
        Ok(Self::with(project, listed, prober, HolderSearch::new(settings)))
    }

    /// A keyring of these parts; `listed`: the providers as their files have them.
    pub fn with(project: Arc<Project>, listed: Arc<Providers>, prober: Prober, holders: HolderSearch) -> Self {
        let named = NamedProviders {
            last: Mutex::new((None, Arc::clone(&listed))),
            listed,
        };
        Self {
            providers: named.now(&project),
            project,
            prober,
            holders,
            named: Arc::new(named),
            proving: Arc::default(),
        }
    }

    /// This keyring with the providers as they are now: where `.env` changed, its names are read anew.
    pub async fn renewed(&self) -> Self {
        let named = Arc::clone(&self.named);
        let providers = self.blocking(move |project| named.now(project)).await;
        Self {
            providers,
            ..self.clone()
        }
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

impl NamedProviders {
    /// With the names of the present `.env`, and with the keys about which something was begun.
    fn now(&self, project: &Project) -> Arc<Providers> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = EnvStamp::of(&project.env);
        if stamp.is_none() || last.0 != stamp {
            let named = match project.read_env() {
                Ok(env) => self.listed.with_names_of(&env),
                // Whoever needs the file says what is wrong with it.
                Err(_) => (*self.listed).clone(),
            };
            *last = (stamp, Arc::new(named.with_origins(&origins(project))));
        }
        Arc::clone(&last.1)
    }
}

/// Whose the keys are about which something was begun.
fn origins(project: &Project) -> Vec<KeyOrigin> {
    let rotations = rotations::all(project).unwrap_or_default();
    let of_rotations = rotations.into_iter().filter_map(|rotation| rotation.origin);
    of_rotations.chain(exposures::origins(project)).collect()
}
