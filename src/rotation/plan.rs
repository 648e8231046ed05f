//! What is to be rotated, in which order and by when: exposed keys first, then the guide's priorities. Needs no account.
use super::cycle;
use super::exposures;
use super::key_names::{stands_for_a_key, variables_in};
use super::providers::{Provider, Providers};
use super::rotations;
use super::schedule_file;
use super::state_file::StateError;
use super::{EnvFile, Project};
use crate::domain::exposure::ExposedKey;
use crate::domain::schedule::{Priority, due_in_words};
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
    /// The keys that others could read and that are not proven dead yet.
    pub exposures: Vec<ExposedKey>,
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

impl Plan {
    /// The key of a provider, if `.env` holds one.
    pub fn key(&self, provider: &str) -> Option<&Planned> {
        self.keys.iter().find(|key| key.provider == provider)
    }
}

/// Makes the plan from `.env`, the schedule, and what is known to be exposed. Without a schedule, and with one that cannot be
/// read, everything is due now, as in the guide's monitor.
pub fn make(project: &Project, providers: &Providers, now: DateTime<Utc>) -> Result<Plan, StateError> {
    let env = project.read_env()?;
    let read = schedule_file::read_beside(project, Some(&env));
    let exposed = exposed(project, &env)?;
    let mut keys = Vec::new();
    for provider in providers.all() {
        let variables = variables_in(provider, &env);
        if variables.is_empty() {
            continue;
        }
        let is_exposed = is_exposed(provider, &variables, &exposed);
        let stage = rotations::find(project, &provider.id)?.map(|rotation| rotation.stage);
        let (due_at, due) = match read.schedule() {
            _ if is_exposed => (now, "now: it was exposed".to_owned()),
            None => (now, "now: no date is set".to_owned()),
            Some(schedule) => {
                let due_at = schedule.due_at(&provider.id);
                let due = due_in_words(due_at, now, project.zone);
                let ends = schedule.end_before_date(&provider.id);
                let ends = ends.map(|at| at.with_timezone(&project.zone).format("%-d %b"));
                let why = ends.map_or_else(String::new, |day| format!(", as the provider ends it on {day}"));
                (due_at, due + &why)
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
        exposures: exposures::running(project, providers)?,
    })
}

/// Variables whose value was posted, maybe under another name, and stands in `.env` yet.
pub fn exposed(project: &Project, env: &EnvFile) -> Result<BTreeSet<String>, StateError> {
    let exposed = cycle::current(project)?.map(|cycle| cycle.exposed).unwrap_or_default();
    let now = exposed
        .iter()
        .filter_map(|(name, print)| project.name_now(env, name, print));
    Ok(now.map(str::to_owned).collect())
}

/// Whether the key under these names is exposed: the half of a pair that only names it opens nothing.
pub fn is_exposed(provider: &Provider, variables: &[String], exposed: &BTreeSet<String>) -> bool {
    let secret = |name: &String| !provider.variable(name).is_some_and(|variable| variable.identifier);
    variables.iter().any(|name| exposed.contains(name) && secret(name))
}

/// Variables that hold secrets of no known provider: nothing can be asked about them.
pub fn unknown(providers: &Providers, env: &EnvFile) -> Vec<String> {
    let secrets = env
        .entries()
        .filter(|entry| super::is_secret(&entry.name, entry.value.expose_secret()));
    let is_known = |name: &str| providers.of_variable(name).is_some();
    let known: Vec<&str> = env
        .entries()
        .filter(|entry| is_known(&entry.name))
        .map(|entry| entry.value.expose_secret())
        .collect();
    // A key that stands there under a known name too is watched.
    let names: BTreeSet<&str> = secrets
        .filter(|entry| entry.reference.is_none() && !stands_for_a_key(entry))
        .filter(|entry| !is_known(&entry.name) && !known.contains(&entry.value.expose_secret()))
        .map(|entry| entry.name.as_str())
        .collect();
    names.into_iter().map(str::to_owned).collect()
}
