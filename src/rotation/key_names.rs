//! The names under which a provider's key stands in a file.
use super::EnvFile;
use super::env_entry::{EnvEntry, same};
use super::probe::is_placeholder;
use super::providers::{KeyOrigin, Provider, Providers};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;

/// Shorter values are equal by chance.
const MIN_CHARS: usize = 8;

/// The names that the provider knows, with a value of their own. One that stands for another variable (`${OTHER}`) follows it
/// by itself and is no key; nor are they one where each holds what stands in place of a key.
pub fn variables_in(provider: &Provider, env: &EnvFile) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut is_key = false;
    for entry in env.entries() {
        let follows = entry.reference.as_ref().is_some_and(|kept| kept.variable.is_some());
        let is_its = provider.variable(&entry.name).is_some() && !follows && !entry.value.expose_secret().is_empty();
        if is_its && !names.contains(&entry.name) {
            names.push(entry.name.clone());
        }
        is_key |= is_its && !stands_for_a_key(entry);
    }
    if is_key { names } else { Vec::new() }
}

/// The variables of a provider that hold what stands in place of a key, and no key.
pub fn placeholders_of(provider: &Provider, env: &EnvFile) -> Vec<String> {
    let of = env.entries().filter(|entry| provider.variable(&entry.name).is_some());
    of.filter(|entry| stands_for_a_key(entry))
        .map(|entry| entry.name.clone())
        .collect()
}

/// Whether somebody has yet to put a key there; a reference is no text in place of a key.
pub(super) fn stands_for_a_key(entry: &EnvEntry) -> bool {
    entry.reference.is_none() && is_placeholder(entry.value.expose_secret())
}

/// Other names whose value equals that of one of these: with the name that they equal. One that stands there twice with two
/// values is none.
pub(super) fn twins(env: &EnvFile, names: &[String]) -> BTreeMap<String, String> {
    let own: Vec<&EnvEntry> = env.entries().filter(|entry| names.contains(&entry.name)).collect();
    let equal = |entry: &EnvEntry| {
        let value = entry.value.expose_secret();
        // What stands in place of a key stands in the place of many.
        let is_key = value.len() >= MIN_CHARS && !is_placeholder(value);
        let mut own = own.iter().filter(|_| is_key);
        own.find(|own| same(&own.value, &entry.value))
            .map(|own| own.name.clone())
    };
    let mut found = BTreeMap::new();
    let others = env.entries().filter(|entry| !names.contains(&entry.name));
    for entry in others.filter(|entry| entry.reference.is_none()) {
        // Few are equal, and the whole file is looked through for those alone.
        let is_one_value = || env.named(&entry.name).all(|other| same(&other.value, &entry.value));
        if let Some(own) = equal(entry).filter(|_| is_one_value()) {
            found.insert(entry.name.clone(), own);
        }
    }
    found
}

/// Whose these variables are: one of no provider's that holds the value of one which has one is another name of that key.
pub(super) fn origins_of(providers: &Providers, env: &EnvFile, variables: &[String]) -> BTreeMap<String, KeyOrigin> {
    let known = env.entries().map(|entry| entry.name.clone());
    let known: Vec<String> = known.filter(|name| providers.of_variable(name).is_some()).collect();
    let twins = twins(env, &known);
    let origin = |variable: &String| {
        let own = twins.get(variable).unwrap_or(variable);
        let provider = providers.of_variable(own)?;
        let mut origin = KeyOrigin::of(provider);
        let nth = provider.variables.iter().position(|one| one.answers_to(own))?;
        if own != variable {
            origin.names[nth].push(variable.clone());
        }
        Some((variable.clone(), origin))
    };
    variables.iter().filter_map(origin).collect()
}
