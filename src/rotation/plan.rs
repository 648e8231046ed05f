//! What is to be rotated, in which order and by when: exposed keys first, then the guide's priorities. Needs no account.
use super::cycle;
use super::providers::{Provider, Providers};
use super::rotations::{self, variables_in};
use super::schedule_file;
use super::state_file::StateError;
use super::{EnvFile, Project};
use crate::domain::schedule::{Priority, Schedule, before_expiry, due_in_words};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::Serialize;
use std::collections::BTreeSet;

/// The plan of a project.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The most urgent first.
    pub keys: Vec<Planned>,
    /// Secret variables that no provider knows: not probed, but rotate them too.
    pub unknown: Vec<String>,
}

/// One key of the plan.
#[derive(Clone, Debug, Serialize)]
pub struct Planned {
    /// The provider's id.
    pub provider: String,
    /// Its name for people.
    pub title: String,
    /// How urgent; an exposed key is always `high`.
    pub priority: Priority,
    /// The variables that are changed together.
    pub variables: Vec<String>,
    /// Whether its value was posted where others can read it.
    pub exposed: bool,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// The same in words.
    pub due: String,
    /// How a rotation under way stands.
    pub stage: Option<rotations::RotationStage>,
}

/// Makes the plan from `.env`, the schedule, and what is known to be exposed.
pub fn make(project: &Project, providers: &Providers, now: DateTime<Utc>) -> Result<Plan, StateError> {
    let env = project.read_env()?;
    let read = schedule_file::read(project);
    let exposed = exposed(project, &env)?;
    let mut keys = Vec::new();
    for provider in providers.all() {
        let variables = variables_in(provider, &env);
        if variables.is_empty() {
            continue;
        }
        let secret = |name: &String| !provider.variable(name).is_some_and(|variable| variable.identifier);
        let is_exposed = variables.iter().any(|name| exposed.contains(name) && secret(name));
        let stage = rotations::find(project, &provider.id)?.map(|rotation| rotation.stage);
        let (due_at, due) = match read.schedule() {
            _ if is_exposed => (now, "now: it was exposed".to_owned()),
            None => (now, "now: no date is set".to_owned()),
            Some(schedule) => {
                let due_at = due(schedule, provider);
                (due_at, due_in_words(due_at, now, project.zone))
            }
        };
        keys.push(Planned {
            provider: provider.id.clone(),
            title: provider.title.clone(),
            priority: if is_exposed { Priority::High } else { provider.priority },
            variables,
            exposed: is_exposed,
            due_at,
            due,
            stage,
        });
    }
    keys.sort_by_key(|key| (!key.exposed, key.priority, key.due_at));
    Ok(Plan {
        keys,
        unknown: unknown(providers, &env),
    })
}

/// By the schedule, or shortly before the provider lets it expire. Without a schedule, and with one that cannot be read,
/// everything is due now, as in the guide's monitor.
fn due(schedule: &Schedule, provider: &Provider) -> DateTime<Utc> {
    let written = schedule.due_at(&provider.id);
    let key = schedule.keys.get(&provider.id);
    let by_expiry = key.and_then(|key| Some(before_expiry(key.provider_expires_at?, key.last_rotated_at)));
    by_expiry.map_or(written, |by_expiry| written.min(by_expiry))
}

/// Variables whose posted value still stands in `.env`.
pub fn exposed(project: &Project, env: &EnvFile) -> Result<BTreeSet<String>, StateError> {
    let exposed = cycle::current(project)?.map(|cycle| cycle.exposed).unwrap_or_default();
    let still = exposed.into_iter().filter(|(name, print)| {
        env.get(name)
            .is_some_and(|value| project.fingerprint(name, value) == *print)
    });
    Ok(still.map(|(name, _)| name).collect())
}

fn unknown(providers: &Providers, env: &EnvFile) -> Vec<String> {
    let secrets = env
        .entries()
        .filter(|entry| super::is_secret(&entry.name, entry.value.expose_secret()));
    let names: BTreeSet<&str> = secrets
        .map(|entry| entry.name.as_str())
        .filter(|name| providers.of_variable(name).is_none())
        .collect();
    names.into_iter().map(str::to_owned).collect()
}
