//! The environment that we were started from: what is exported wins over `.env` for nearly every program.
use super::holder::{Holder, HolderPlace};
use super::sought::Sought;
use crate::rotation::providers::Providers;
use crate::rotation::reference::reference;
use crate::rotation::{EnvFile, is_secret};
use secrecy::{ExposeSecret, SecretString};

/// That what we were started from exports one of the values.
pub(super) fn holding(environment: &[(String, SecretString)], sought: &Sought) -> Option<Holder> {
    let mut holder = (Vec::new(), Vec::new());
    for (name, value) in environment {
        let held = sought.variables_in(value.expose_secret().as_bytes());
        if !held.is_empty() {
            holder.0.push(name.clone());
            holder.1.extend(held);
        }
    }
    let (names, mut variables) = holder;
    variables.sort();
    variables.dedup();
    (!names.is_empty()).then_some(Holder {
        place: HolderPlace::Exported { names },
        variables,
    })
}

/// The keys of `.env` that are exported with another value. A reference has another value by its nature: the tool that
/// keeps the key exports it.
pub fn exported_otherwise(environment: &[(String, SecretString)], env: &EnvFile, providers: &Providers) -> Vec<String> {
    let differs = |(name, exported): &&(String, SecretString)| {
        let Some(value) = env.get(name).map(ExposeSecret::expose_secret) else {
            return false;
        };
        let is_key = is_secret(name, value) || providers.of_variable(name).is_some();
        let exported = exported.expose_secret();
        is_key && !value.is_empty() && !exported.is_empty() && exported != value && reference(name, value).is_none()
    };
    let mut names: Vec<String> = environment
        .iter()
        .filter(differs)
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names
}
