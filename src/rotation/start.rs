//! Starts rotations: a cycle with a proven backup first, then the rotation of each provider.
use super::env_entry::same;
use super::key_names::{placeholders_of, twins, variables_in};
use super::probe::is_placeholder;
use super::providers::Provider;
use super::rotations::{self, Rotation, RotationError};
use super::state_file::StateError;
use super::{EnvFile, Project, cycle};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

/// Begins the rotations of these providers in the cycle under way, or in the next one. Refuses what could not be finished.
pub fn start(
    project: &Project,
    providers: &[&Provider],
    by: Option<&str>,
    at: DateTime<Utc>,
) -> Result<Vec<Rotation>, RotationError> {
    // What could not be written at the end is said before anybody makes a new key.
    let env = project.read_env().map_err(StateError::Env)?;
    for provider in providers {
        let placeholders = placeholders_of(provider, &env);
        let is_begun =
            || rotations::find(project, &provider.id).is_ok_and(|found| found.is_some_and(|r| !r.stage.is_over()));
        if !placeholders.is_empty() && variables_in(provider, &env).is_empty() && !is_begun() {
            return Err(RotationError::Placeholder(
                placeholders.join(", "),
                provider.title.clone(),
            ));
        }
        // What another tool keeps is changed there, and never written by us.
        let mut names = variables_in(provider, &env);
        if names.is_empty() {
            // What only points to another variable is refused with the name of that.
            let all = env.entries().map(|entry| &entry.name);
            names.extend(all.filter(|name| provider.variable(name).is_some()).cloned());
        } else {
            names.extend(twins(&env, &names).into_keys());
            names.retain(|name| env.kept_elsewhere(name).is_none());
        }
        one_key_each(provider, &names, &env)?;
        // Nor is a pipe.
        if !project.env_is_pipe() {
            project.rehearse_values(&names)?;
        }
    }
    let begun = cycle::begin(project, at, None)?;
    let (number, backup) = (begun.cycle.number, begun.backup.as_ref());
    let rotation =
        |provider: &&Provider| rotations::begin(project, provider, number, backup, by.map(str::to_owned), at);
    providers.iter().map(rotation).collect()
}

/// Refuses where two names of one key hold two keys: a new one would take the place of both.
fn one_key_each(provider: &Provider, names: &[String], env: &EnvFile) -> Result<(), RotationError> {
    for variable in &provider.variables {
        let is_key = |value: &&SecretString| !is_placeholder(value.expose_secret());
        let mut held = names
            .iter()
            .filter(|name| variable.answers_to(name))
            .filter_map(|name| Some((name, env.get(name).filter(is_key)?)));
        let Some((first, value)) = held.next() else {
            continue;
        };
        if let Some((other, _)) = held.find(|(_, other)| !same(other, value)) {
            return Err(RotationError::TwoKeys {
                title: provider.title.clone(),
                names: [first.clone(), other.clone()],
            });
        }
    }
    Ok(())
}
