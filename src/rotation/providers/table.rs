//! All providers that are known: the built-in ones and the project's own.
use super::origin::KeyOrigin;
use super::other_names;
use super::provider::Provider;
use super::spec::{self, ProviderFault};
use crate::config::{Faults, Settings, text_of};
use crate::rotation::dotenv::EnvFile;
use std::io::ErrorKind;
use std::sync::{Arc, LazyLock};

/// Where a project's own providers stand.
const OWN: &str = "config/providers.toml";

const BUILTIN: &str = include_str!("../../../config/providers.toml");

/// How many of the built-in providers, at the head of the list, are the guide's own.
pub const OF_THE_GUIDE: usize = 5;

/// All providers that are known: the built-in ones and the project's own.
#[derive(Clone)]
pub struct Providers {
    list: Vec<Provider>,
}

impl Providers {
    /// The providers that come with the program.
    pub fn builtin() -> Arc<Self> {
        static BUILT: LazyLock<Arc<Providers>> = LazyLock::new(|| {
            let list = spec::read(BUILTIN, None).expect("the embedded providers.toml is read by a test");
            Arc::new(Providers { list })
        });
        BUILT.clone()
    }

    /// The built-in providers, with those of the project's `config/providers.toml` over them where it has one.
    pub fn load(settings: &Settings) -> Result<Arc<Self>, Faults> {
        match text_of(&settings.project.join(OWN)) {
            Ok(text) => match Self::with_file(&text, OWN) {
                Ok(providers) => Ok(Arc::new(providers)),
                Err(faults) => Err(Faults(faults.iter().map(ToString::to_string).collect())),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::builtin()),
            Err(error) => Err(Faults(vec![format!("{OWN}: cannot be read ({error})")])),
        }
    }

    /// The built-in providers with a project's file on top: a table with a known `id` overrides single keys of it, a
    /// new one adds a provider. All faults are told at once; `file` is the name they give.
    pub fn with_file(toml: &str, file: &str) -> Result<Self, Vec<ProviderFault>> {
        spec::read(BUILTIN, Some((toml, file))).map(|list| Self { list })
    }

    /// These providers, with the names under which this `.env` holds keys beside those that they list.
    #[must_use]
    pub fn with_names_of(&self, env: &EnvFile) -> Self {
        let mut list = self.list.clone();
        other_names::add(&mut list, env);
        Self { list }
    }

    /// These providers, with the keys about which something was begun while `.env` held them.
    #[must_use]
    pub fn with_origins(&self, origins: &[KeyOrigin]) -> Self {
        let mut list = self.list.clone();
        for origin in origins {
            origin.add_to(&mut list);
        }
        Self { list }
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Provider] {
        &self.list
    }

    /// By its id.
    pub fn get(&self, id: &str) -> Option<&Provider> {
        self.list.iter().find(|provider| provider.id == id)
    }

    /// Whose variable this is, under any of its names.
    pub fn of_variable(&self, name: &str) -> Option<&Provider> {
        self.list.iter().find(|provider| provider.variable(name).is_some())
    }
}
