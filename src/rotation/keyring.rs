//! The keyring of a project: its files and fingerprints, the providers of its keys, and the prober that asks them. Opened
//! from the settings here alone, so that what a person set or agreed to holds for the bot and for every command alike.
use super::blocking::blocking;
use super::dotenv::EnvFile;
use super::holders::HolderSearch;
use super::key_names::variables_in;
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

/// A name that means no key that could be asked about or rotated.
#[derive(Debug, thiserror::Error)]
pub enum UnknownKey {
    /// It is neither a provider's nor a variable's.
    #[error(
        "no provider and no variable is called {name:?}; the providers are: {}. Another one is added in config/providers.toml",
        .known.join(", ")
    )]
    NoSuchName {
        /// The name that was given.
        name: String,
        /// The ids of the providers that there are.
        known: Vec<String>,
    },
    /// A secret of `.env` that no provider knows.
    #[error(
        "{name} stands in .env and is of no provider that keyminder knows, so nobody can be asked about it: change it where it was \
         made and in .env. A provider is added in config/providers.toml"
    )]
    NoProvider {
        /// The variable that holds it.
        name: String,
    },
    /// A reference of a provider that is not known.
    #[error("{name} is a reference: {owner} keeps its value; {instead}")]
    KeptElsewhere {
        /// The variable that holds the reference.
        name: String,
        /// Who keeps the value.
        owner: String,
        /// How it is changed there.
        instead: String,
    },
    /// A maker of which `.env` holds several keys, none under the maker's own names.
    #[error("{name} has several keys in .env; name one of them: {}", .keys.join(", "))]
    Several {
        /// The maker's id.
        name: String,
        /// The ids of its keys.
        keys: Vec<String>,
    },
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

    /// A provider by its id, or by one of its variables. A maker's name means the one key of its that is there: `bybit` is
    /// `bybit-testnet` where only that stands in `.env`.
    pub fn provider(&self, name: &str) -> Result<&Provider, UnknownKey> {
        let known = |id: &str| self.providers.get(id).or_else(|| self.providers.of_variable(id));
        let Some(found) = known(name).or_else(|| known(&name.to_lowercase())) else {
            return Err(self.unknown(name));
        };
        let Ok(env) = self.project.read_env() else {
            return Ok(found);
        };
        let is_there = |provider: &&Provider| !variables_in(provider, &env).is_empty();
        if found.maker != found.id || is_there(&found) {
            return Ok(found);
        }
        let of_maker = self
            .providers
            .all()
            .iter()
            .filter(|provider| provider.maker == found.id);
        match of_maker.filter(is_there).collect::<Vec<_>>()[..] {
            [] => Ok(found),
            [only] => Ok(only),
            ref several => Err(UnknownKey::Several {
                name: found.id.clone(),
                keys: several.iter().map(|provider| provider.id.clone()).collect(),
            }),
        }
    }

    /// Why a name means no key.
    fn unknown(&self, name: &str) -> UnknownKey {
        let env = self.project.read_env();
        let entry = env.iter().flat_map(EnvFile::entries).find(|entry| entry.name == name);
        let name = name.to_owned();
        match entry.map(|entry| entry.reference.as_ref()) {
            Some(Some(kept)) => UnknownKey::KeptElsewhere {
                name,
                owner: kept.owner.clone(),
                instead: kept.instead.clone(),
            },
            Some(None) => UnknownKey::NoProvider { name },
            None => UnknownKey::NoSuchName {
                name,
                known: self
                    .providers
                    .all()
                    .iter()
                    .map(|provider| provider.id.clone())
                    .collect(),
            },
        }
    }

    /// Works with the project's files beside the runtime, so that a slow disk holds nobody else up.
    pub async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Project) -> T + Send + 'static) -> T {
        let project = Arc::clone(&self.project);
        blocking(move || work(&project)).await
    }
}
