//! `LookUpKeys`: what schedule, record and `.env` tell of the dates of keys. Nobody is asked, nothing is written.
use crate::domain::effect::{Done, Outcome};
use crate::domain::key_dates::KeyDates;
use crate::domain::schedule::Schedule;
use crate::rotation::key_names::variables_in;
use crate::rotation::providers::Provider;
use crate::rotation::rotations;
use crate::rotation::schedule_file::{self, ReadSchedule};
use crate::rotation::{EnvFile, Keyring, Project, plan};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) async fn perform(keys: &Keyring, variables: &[String]) -> Outcome {
    let (providers, variables) = (Arc::clone(&keys.providers), variables.to_vec());
    let looked_up = keys.blocking(move |project| {
        let env = project.read_env().ok();
        let read = schedule_file::read(project);
        let exposed = env.as_ref().and_then(|env| plan::exposed(project, env).ok());
        let exposed = exposed.unwrap_or_default();
        let of = |provider: &Provider| {
            let named = variables.iter().any(|name| provider.variable(name).is_some());
            let dates = dates_of(project, provider, env.as_ref(), read.schedule(), &exposed);
            (named || variables.is_empty() && !dates.variables.is_empty()).then_some(dates)
        };
        let unreadable = match &read {
            ReadSchedule::Unreadable(why) => Some(why.clone()),
            ReadSchedule::Ok { .. } | ReadSchedule::Missing => None,
        };
        Done::LookedUp {
            keys: providers.all().iter().filter_map(of).collect(),
            unreadable,
        }
    });
    Outcome::Done {
        result: looked_up.await,
    }
}

fn dates_of(
    project: &Project,
    provider: &Provider,
    env: Option<&EnvFile>,
    schedule: Option<&Schedule>,
    exposed: &BTreeSet<String>,
) -> KeyDates {
    let variables = env.map(|env| variables_in(provider, env)).unwrap_or_default();
    let own = schedule.and_then(|schedule| schedule.keys.get(&provider.id));
    let rotation = rotations::find(project, &provider.id).ok().flatten();
    let written = rotation.as_ref().and_then(|rotation| rotation.written_at);
    KeyDates {
        provider: provider.id.clone(),
        title: provider.title.clone(),
        due_at: schedule.map(|schedule| schedule.due_at(&provider.id)),
        every: own
            .map(|own| own.every)
            .or_else(|| schedule.and_then(|schedule| schedule.every)),
        rotated_at: own.and_then(|own| own.last_rotated_at).max(written),
        by: rotation
            .filter(|rotation| rotation.written_at.is_some())
            .and_then(|rotation| rotation.by),
        expires_at: own.and_then(|own| own.provider_expires_at),
        exposed: plan::is_exposed(provider, &variables, exposed),
        variables,
    }
}
