//! The keyring of a project: its files and fingerprints, the providers of its keys, and the prober that asks them. Opened
//! from the settings here alone, so that what a person set or agreed to holds for the bot and for every command alike.
use super::blocking::blocking;
use super::dotenv::EnvFile;
use super::env_stamp::EnvStamp;
use super::exposures;
use super::holders::HolderSearch;
use super::key_names::variables_in;
use super::probe::{ProbeError, ProbeSettings, Prober};
use super::project::Project;
use super::project_error::ProjectError;
use super::providers::{KeyOrigin, Provider, Providers};
use super::rotations;
use crate::config::{Faults, Settings};
use std::collections::BTreeMap;
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
        match meant_by(&self.project, &self.providers, &env, found)[..] {
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

/// The keys that these variables mean, each with the provider's id by which it was asked for.
pub fn meant(
    project: &Project,
    providers: &Providers,
    env: Option<&EnvFile>,
    variables: &[String],
) -> BTreeMap<String, String> {
    let is_named = |provider: &&Provider| variables.iter().any(|name| provider.variable(name).is_some());
    let mut meant = BTreeMap::new();
    for named in providers.all().iter().filter(is_named) {
        let keys = env
            .map(|env| meant_by(project, providers, env, named))
            .unwrap_or_default();
        // A key of which there is none is told of as such.
        let ids = keys.iter().map(|key| &key.id);
        let ids: Vec<String> = if keys.is_empty() {
            vec![named.id.clone()]
        } else {
            ids.cloned().collect()
        };
        meant.extend(ids.into_iter().map(|id| (id, named.id.clone())));
    }
    meant
}

/// The keys that a provider's name means: its own, or, where `.env` holds none of that and no rotation of it was begun, those of
/// its maker that are there.
fn meant_by<'p>(project: &Project, providers: &'p Providers, env: &EnvFile, named: &'p Provider) -> Vec<&'p Provider> {
    let is_there = |provider: &&Provider| !variables_in(provider, env).is_empty();
    // A key whose line is gone is still meant where its rotation was begun.
    let is_begun = || !matches!(rotations::find(project, &named.id), Ok(None));
    if named.maker != named.id || is_there(&named) || is_begun() {
        return vec![named];
    }
    let of_maker = providers.all().iter().filter(|provider| provider.maker == named.id);
    of_maker.filter(is_there).collect()
}

/// Whose the keys are about which something was begun.
fn origins(project: &Project) -> Vec<KeyOrigin> {
    let rotations = rotations::all(project).unwrap_or_default();
    let of_rotations = rotations.into_iter().filter_map(|rotation| rotation.origin);
    of_rotations.chain(exposures::origins(project)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::project::testing::project;
    use super::*;

    #[test]
    fn a_makers_variables_mean_the_one_key_of_its_that_is_there() {
        let asked = |text: &str, variable: &str| {
            let (_dir, project) = project(text);
            let env = project.read_env().unwrap();
            let providers = Providers::builtin().with_names_of(&env);
            meant(&project, &providers, Some(&env), &[variable.to_owned()])
        };
        let testnet = "BYBIT_TESTNET_API_KEY=made-up-1\nBYBIT_TESTNET_API_SECRET=made-up-2\n";
        let own = "BYBIT_API_KEY=made-up-3\nBYBIT_API_SECRET=made-up-4\n";
        let is = |id: &str| BTreeMap::from([(id.to_owned(), "bybit".to_owned())]);
        assert_eq!(asked(testnet, "BYBIT_API_KEY"), is("bybit-testnet"));
        assert_eq!(asked(&format!("{own}{testnet}"), "BYBIT_API_KEY"), is("bybit"));
        assert_eq!(
            asked("API_Groq=made-up-5\n", "BYBIT_API_KEY"),
            is("bybit"),
            "there is none"
        );
        assert_eq!(
            asked(
                "BYBIT_API_KEY=your_key_here\nBYBIT_API_SECRET=changeme\n",
                "BYBIT_API_KEY"
            ),
            is("bybit")
        );
    }
}
