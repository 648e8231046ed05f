//! Takes the proofs: old and new key asked side by side, the old value held in memory for that one call.
use super::backup;
use super::course::{Course, CourseError, Stage, values_of};
use super::cycle::StateError;
use super::probe::Prober;
use super::providers::Provider;
use super::retirement::Run;
use super::schedule_file::{self, ScheduleError};
use super::{EnvFile, Project};
use crate::domain::schedule::{DEFAULT_INTERVAL, Interval, KeySchedule, Schedule, Unit, due_at};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// One proof: the old values from the course's backup, the new ones from `.env`.
pub async fn prove(
    project: &Project,
    prober: &Prober,
    provider: &Provider,
    course: &Course,
    env: &EnvFile,
    now: DateTime<Utc>,
) -> Result<Run, CourseError> {
    let backup = backup::find(project, &course.backup)?;
    let old = values_of(&backup::values(project, &backup)?, course.old.keys());
    let new = values_of(env, course.old.keys());
    // Not side by side: a provider answers one caller's two keys in series anyway.
    let old = prober.probe(provider, &old, now).await.verdict;
    let new = prober.probe(provider, &new, now).await.verdict;
    Ok(Run { at: now, old, new })
}

/// Probes, judges and keeps one proof.
pub async fn take_proof(
    project: &Project,
    prober: &Prober,
    provider: &Provider,
    course: &mut Course,
    proof_at: &[Duration],
    now: DateTime<Utc>,
) -> Result<Run, CourseError> {
    let env = project.read_env().map_err(StateError::Env)?;
    let run = prove(project, prober, provider, course, &env, now).await?;
    course.proven(run, proof_at);
    course.save(project)?;
    Ok(run)
}

/// Writes the course's dates into the schedule: when it was rotated, when it is due next, how it stands.
pub fn schedule(
    project: &Project,
    provider: &Provider,
    course: &Course,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, ScheduleError> {
    let read = schedule_file::read(project);
    let mut whole = read
        .schedule()
        .cloned()
        .unwrap_or_else(|| Schedule::every(DEFAULT_INTERVAL, now, project.zone));
    let every = interval_of(read.schedule(), provider);
    let last = course.written_at.unwrap_or(now);
    // A key that was brought back is still to be rotated.
    let at_once = (course.stage == Stage::RolledBack).then_some(now);
    let next_at = due_at(every, last, course.expires_at, at_once, project.zone);
    whole.put(
        &provider.id,
        KeySchedule {
            vars: course.old.keys().cloned().collect(),
            priority: provider.priority,
            every,
            last_rotated_at: Some(last),
            provider_expires_at: course.expires_at,
            next_at: Some(next_at),
            state: Some(course.stage.as_str().to_owned()),
            fingerprint: course.new.values().next().cloned(),
        },
    );
    schedule_file::write(project, &whole)?;
    Ok(next_at)
}

/// A provider's own interval, else that of the guide's file, else the provider's default.
pub fn interval_of(schedule: Option<&Schedule>, provider: &Provider) -> Interval {
    let own = schedule
        .and_then(|schedule| schedule.keys.get(&provider.id))
        .map(|key| key.every);
    own.or_else(|| schedule.and_then(|schedule| schedule.every))
        .unwrap_or(Interval {
            count: provider.every_days,
            unit: Unit::Days,
        })
}
