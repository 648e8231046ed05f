//! The dates of each provider's key in the schedule: when it was rotated, when it is due next, how its rotation stands.
use super::Project;
use super::key_names::variables_in;
use super::providers::{Provider, Providers};
use super::rotations::{Rotation, RotationStage};
use super::schedule_file::{self, ScheduleError};
use crate::domain::schedule::{DEFAULT_INTERVAL, Interval, KeySchedule, Schedule, Unit, due_at};
use chrono::{DateTime, Utc};

/// Writes the rotation's dates into the schedule: when it was rotated, when it is due next, how it stands. Keys that had
/// no date of their own keep the one that was for all.
pub fn write(
    project: &Project,
    providers: &Providers,
    provider: &Provider,
    rotation: &Rotation,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, ScheduleError> {
    let _lock = schedule_file::lock(project)?;
    let mut whole = of_each(project, providers, now);
    let every = interval_of(&whole, provider);
    let own = if rotation.stage == RotationStage::RolledBack {
        // A key that was brought back is still to be rotated; when it was made before that is not known here.
        KeySchedule {
            state: Some(rotation.stage.as_str().to_owned()),
            fingerprint: rotation.old.values().next().cloned(),
            ..dates(provider, rotation.old.keys().cloned().collect(), every, now)
        }
    } else {
        let last = rotation.written_at.unwrap_or(now);
        let fingerprint = rotation.new.values().next().cloned();
        let known = whole.keys.get(&provider.id);
        // A date that was set since the new key is in use stands.
        let known = known.filter(|known| known.last_rotated_at == Some(last) && known.fingerprint == fingerprint);
        let by_interval = due_at(every, last, rotation.expires_at, None, project.zone);
        let next_at = known.and_then(|known| known.next_at).unwrap_or(by_interval);
        KeySchedule {
            last_rotated_at: Some(last),
            provider_expires_at: rotation.expires_at,
            state: Some(rotation.stage.as_str().to_owned()),
            fingerprint,
            ..dates(provider, rotation.old.keys().cloned().collect(), every, next_at)
        }
    };
    let next_at = own.next_at.unwrap_or(now);
    match own.noted_end() {
        Some(end) => whole.ends.insert(provider.id.clone(), end),
        None => whole.ends.remove(&provider.id),
    };
    whole.put(&provider.id, own);
    schedule_file::write(project, &whole)?;
    Ok(next_at)
}

/// Gives the keys of these providers dates, and an interval of their own where one is named: all of them, or none. A key without
/// a new date is due an interval from now. The dates of the others stay.
pub fn set(
    project: &Project,
    providers: &Providers,
    dates_of: &[(&Provider, Option<DateTime<Utc>>)],
    every: Option<Interval>,
    now: DateTime<Utc>,
) -> Result<(), ScheduleError> {
    let _lock = schedule_file::lock(project)?;
    let mut whole = of_each(project, providers, now);
    for (provider, next_at) in dates_of {
        let every = every.unwrap_or_else(|| interval_of(&whole, provider));
        let next_at = next_at.unwrap_or_else(|| every.morning_after(now, project.zone));
        let own = match whole.keys.remove(&provider.id) {
            Some(known) => KeySchedule {
                every,
                next_at: Some(next_at),
                ..known
            },
            None => dates(provider, Vec::new(), every, next_at),
        };
        whole.put(&provider.id, own);
    }
    schedule_file::write(project, &whole)?;
    Ok(())
}

/// The schedule with dates for each key of `.env`: those that have none of their own keep the one for all. Where no date is
/// set, all are due now: the rotation of one key moves none of the others.
pub fn of_each(project: &Project, providers: &Providers, now: DateTime<Utc>) -> Schedule {
    let env = project.read_env();
    let read = schedule_file::read_beside(project, env.as_ref().ok());
    let due_now = || Schedule {
        next_at: now,
        every: None,
        ..Schedule::every(DEFAULT_INTERVAL, now, project.zone)
    };
    let mut schedule = read.schedule().cloned().unwrap_or_else(due_now);
    let Ok(env) = env else {
        return schedule;
    };
    for provider in providers.all() {
        let vars = variables_in(provider, &env);
        let has_own = schedule.keys.get(&provider.id).is_some_and(|key| key.next_at.is_some());
        if !vars.is_empty() && !has_own {
            let every = interval_of(&schedule, provider);
            let of_all = schedule.next_at;
            let fresh = || dates(provider, vars, every, of_all);
            let own = schedule.keys.entry(provider.id.clone()).or_insert_with(fresh);
            own.next_at = Some(of_all);
        }
    }
    schedule
}

fn dates(provider: &Provider, vars: Vec<String>, every: Interval, next_at: DateTime<Utc>) -> KeySchedule {
    KeySchedule {
        vars,
        priority: provider.priority,
        every,
        last_rotated_at: None,
        provider_expires_at: None,
        next_at: Some(next_at),
        state: None,
        fingerprint: None,
    }
}

/// A provider's own interval, else that of the guide's file, else the provider's default.
fn interval_of(schedule: &Schedule, provider: &Provider) -> Interval {
    let own = schedule.keys.get(&provider.id).map(|key| key.every);
    own.or(schedule.every).unwrap_or(Interval {
        count: provider.every_days,
        unit: Unit::Days,
    })
}
