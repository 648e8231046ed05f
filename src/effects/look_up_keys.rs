//! `LookUpKeys`: what schedule, record and `.env` tell of the dates of keys, and where it is asked, who still holds their old values.
//! No provider is asked, nothing is written.
use crate::domain::effect::{Done, Outcome};
use crate::domain::exposure::{ExposedKey, ExposureStanding};
use crate::domain::key_dates::{FormerKey, FormerStanding, KeyDates};
use crate::domain::schedule::Schedule;
use crate::evidence::readers;
use crate::rotation::holders::{HolderSearch, held_by};
use crate::rotation::key_names::variables_in;
use crate::rotation::keyring::meant;
use crate::rotation::providers::{Provider, Providers};
use crate::rotation::retirement::Retirement;
use crate::rotation::rotations::{self, Rotation, RotationStage};
use crate::rotation::schedule_file::{self, ReadSchedule};
use crate::rotation::{EnvFile, Keyring, Project, exposures, plan};
use chrono::Utc;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) async fn perform(keys: &Keyring, variables: &[String], holders: bool) -> Outcome {
    let (providers, variables) = (Arc::clone(&keys.providers), variables.to_vec());
    let search = holders.then(|| keys.holders.clone());
    let looked_up = keys.blocking(move |project| {
        let env = project.read_env().ok();
        let read = schedule_file::read(project);
        let exposed = env.as_ref().and_then(|env| plan::exposed(project, env).ok());
        let exposed = exposed.unwrap_or_default();
        let meant = meant(project, &providers, env.as_ref(), &variables);
        let of = |provider: &Provider| {
            let asked_as = meant.get(&provider.id);
            let mut dates = dates_of(project, &providers, provider, env.as_ref(), read.schedule(), &exposed);
            dates.asked_as = asked_as.cloned().filter(|id| *id != provider.id);
            let named = asked_as.is_some();
            (named || variables.is_empty() && !dates.variables.is_empty()).then_some(dates)
        };
        let unreadable = match &read {
            ReadSchedule::Unreadable(why) => Some(why.clone()),
            ReadSchedule::Ok { .. } | ReadSchedule::Missing => None,
        };
        let mut keys: Vec<KeyDates> = providers.all().iter().filter_map(of).collect();
        let of_none = |name: &&String| providers.of_variable(name).is_none();
        let unknown = secrets(env.as_ref()).filter(|name| {
            let is_meant = if variables.is_empty() {
                exposed.contains(*name)
            } else {
                variables.iter().any(|asked| asked.eq_ignore_ascii_case(name))
            };
            is_meant && of_none(name)
        });
        keys.extend(unknown.map(|name| of_no_provider(name, exposed.contains(name))));
        if let Some(search) = search {
            find_holders(project, &providers, &search, &mut keys);
        }
        Done::LookedUp { keys, unreadable }
    });
    Outcome::Done {
        result: looked_up.await,
    }
}

/// What the record of a rotation tells of the value that it replaces.
fn former_of(provider: &Provider, rotation: &Rotation) -> FormerKey {
    let (standing, since) = match rotation.stage {
        RotationStage::BackedUp => (FormerStanding::InUse, Some(rotation.began_at)),
        RotationStage::Written => (FormerStanding::Replaced, rotation.written_at),
        RotationStage::OldStillAlive => (FormerStanding::Alive, rotation.written_at),
        RotationStage::Inconclusive => (FormerStanding::Unproven, rotation.written_at),
        RotationStage::Retired if rotation.retirement == Some(Retirement::ProbablyRetired) => {
            (FormerStanding::ProbablyDead, rotation.retired_at)
        }
        RotationStage::Retired => (FormerStanding::Dead, rotation.retired_at),
        RotationStage::Claimed => (FormerStanding::Claimed, rotation.retired_at),
        RotationStage::RolledBack => (FormerStanding::BroughtBack, None),
    };
    FormerKey {
        standing,
        since,
        manage_url: provider.manage_url.clone(),
        holders: None,
    }
}

/// A former value that others could read and that is not proven dead goes before the one that a rotation replaced.
fn exposed_former(project: &Project, providers: &Providers, provider: &Provider) -> Option<FormerKey> {
    let mut running = exposures::running_of(project, providers, &provider.id);
    running.retain(|key| !key.standing.is_in_use());
    let is_alive = |key: &ExposedKey| matches!(key.standing, ExposureStanding::OldAlive | ExposureStanding::GoneAlive);
    let worst = running.iter().find(|key| is_alive(key)).or(running.first())?;
    Some(FormerKey {
        standing: if is_alive(worst) {
            FormerStanding::Alive
        } else {
            FormerStanding::Unproven
        },
        since: worst.since,
        manage_url: provider.manage_url.clone(),
        holders: None,
    })
}

/// Searches once who still holds old values of these keys.
fn find_holders(project: &Project, providers: &Providers, search: &HolderSearch, keys: &mut [KeyDates]) {
    let rotations = keys.iter().filter(|key| key.former.is_some());
    let rotations = rotations.filter_map(|key| rotations::find(project, &key.provider).ok().flatten());
    let rotations: Vec<Rotation> = rotations.collect();
    let is_replaced =
        |rotation: &Rotation| !matches!(rotation.stage, RotationStage::BackedUp | RotationStage::RolledBack);
    let held_by = held_by(search, project, providers, &rotations, is_replaced);
    let now = Utc::now();
    for (rotation, held_by) in rotations
        .iter()
        .zip(&held_by)
        .filter(|(rotation, _)| is_replaced(rotation))
    {
        let mut keys = keys.iter_mut().filter(|key| key.provider == rotation.provider);
        if let Some(former) = keys.next().and_then(|key| key.former.as_mut()) {
            former.holders = Some(readers::named(held_by, project, now));
        }
    }
}

/// The names in `.env`.
fn secrets(env: Option<&EnvFile>) -> impl Iterator<Item = &String> {
    let mut names: Vec<&String> = env
        .iter()
        .flat_map(|env| env.entries())
        .map(|entry| &entry.name)
        .collect();
    names.sort();
    names.dedup();
    names.into_iter()
}

/// A key that no provider knows: it has no date of its own.
fn of_no_provider(name: &str, exposed: bool) -> KeyDates {
    KeyDates {
        provider: name.to_owned(),
        title: name.to_owned(),
        variables: vec![name.to_owned()],
        exposed,
        ..KeyDates::default()
    }
}

fn dates_of(
    project: &Project,
    providers: &Providers,
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
            .as_ref()
            .filter(|rotation| rotation.written_at.is_some())
            .and_then(|rotation| rotation.by.clone()),
        expires_at: schedule
            .and_then(|schedule| schedule.end_of(&provider.id))
            .map(|end| end.at),
        priority: provider.priority,
        former: exposed_former(project, providers, provider)
            .or_else(|| rotation.as_ref().map(|rotation| former_of(provider, rotation))),
        asked_as: None,
        exposed: plan::is_exposed(provider, &variables, exposed),
        variables,
    }
}
