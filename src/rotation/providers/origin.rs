//! Whose a key is, kept beside whatever was begun about it: a name that only `.env` tells vanishes from the providers with its
//! line, and the key lives on.
use super::provider::Provider;
use serde::{Deserialize, Serialize};

/// A key's provider, and the names that the key had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyOrigin {
    /// The id under which the rotation commands know the key.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The id of the provider whose keys these are.
    pub maker: String,
    /// Of each variable of the provider, in its order, the names.
    pub names: Vec<Vec<String>>,
    /// The environment in which the key is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

impl KeyOrigin {
    /// What is to be kept of a key of this provider.
    pub fn of(provider: &Provider) -> Self {
        let names = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect();
        Self {
            id: provider.id.clone(),
            title: provider.title.clone(),
            maker: provider.maker.clone(),
            names: provider
                .variables
                .iter()
                .map(|variable| names(&mut variable.names()))
                .collect(),
            environment: provider.environment.clone(),
        }
    }

    /// A provider for this key alone, with the console and the call of its maker's.
    pub(super) fn provider(&self, maker: &Provider) -> Provider {
        let mut own = maker.clone();
        own.id.clone_from(&self.id);
        own.title.clone_from(&self.title);
        for (variable, names) in own.variables.iter_mut().zip(&self.names) {
            let Some((name, aliases)) = names.split_first() else {
                continue;
            };
            let listed = std::mem::replace(&mut variable.name, name.clone());
            variable.aliases = aliases.to_vec();
            for step in own.instructions.values_mut().flatten() {
                *step = step.replace(&listed, name);
            }
        }
        let base = self.environment.as_ref().and_then(|name| maker.environments.get(name));
        if let Some(base) = base {
            own.request.base.clone_from(base);
            own.environment.clone_from(&self.environment);
        }
        own
    }

    /// Adds to the providers what they do not know of this key.
    pub(super) fn add_to(&self, providers: &mut Vec<Provider>) {
        let Some(at) = providers.iter().position(|provider| provider.id == self.id) else {
            let maker = providers.iter().find(|provider| provider.id == self.maker);
            let own = maker.map(|maker| self.provider(maker));
            providers.extend(own);
            return;
        };
        for (nth, names) in self.names.iter().enumerate() {
            let is_known = |name: &String| providers.iter().any(|provider| provider.variable(name).is_some());
            let unknown: Vec<String> = names.iter().filter(|name| !is_known(name)).cloned().collect();
            if let Some(variable) = providers[at].variables.get_mut(nth) {
                variable.aliases.extend(unknown);
            }
        }
    }
}
