//! Takes the proofs: old and new key asked side by side, the old value held in memory for that one call.
use super::Project;
use super::backup;
use super::course::{Course, CourseError, Stage, values_of, variables_in};
use super::cycle::StateError;
use super::probe::Prober;
use super::proofs::{Proofs, Series, identity};
use super::providers::{Instance, Provider, Providers};
use super::retirement::{Retirement, Run};
use super::schedule_file::{self, ScheduleError};
use crate::domain::cycle::Fingerprint;
use crate::domain::schedule::{DEFAULT_INTERVAL, Interval, KeySchedule, Schedule, Unit, due_at};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;

/// A former key and its successor.
struct Pair {
    keys: Vec<String>,
    old: BTreeMap<String, SecretString>,
    new: BTreeMap<String, SecretString>,
    old_print: Vec<Fingerprint>,
    new_print: Vec<Fingerprint>,
}

/// Takes the proofs of a course that are due, and keeps them where the page's evidence looks too. The old values come
/// from the course's backup. Returns the runs that were made.
pub async fn take_proofs(
    project: &Project,
    prober: &Prober,
    provider: &Provider,
    course: &mut Course,
    proof_at: &[Duration],
    now: DateTime<Utc>,
) -> Result<Vec<Run>, CourseError> {
    let pairs = pairs(project, provider, course)?;
    let mut runs = Vec::new();
    for pair in &pairs {
        let due = series(&mut Proofs::read(project), pair, provider).due_at(now, proof_at);
        if due.is_none_or(|due| due > now) {
            runs.push(None);
            continue;
        }
        // Not side by side: a provider's keys are asked in series anyway.
        let old = prober.probe(provider, &pair.old, now).await.verdict;
        let new = prober.probe(provider, &pair.new, now).await.verdict;
        runs.push(Some(Run { at: now, old, new }));
    }
    let mut proofs = Proofs::read(project);
    let mut known = Vec::new();
    for (pair, run) in pairs.iter().zip(&runs) {
        let series = series(&mut proofs, pair, provider);
        if let Some(run) = run {
            series.add(*run, proof_at);
        }
        known.push(series.clone());
    }
    proofs.write(project).map_err(|source| StateError::Io {
        path: project.state_dir.join("proofs.json"),
        source,
    })?;
    let runs: Vec<Run> = runs.into_iter().flatten().collect();
    judge(course, &known, &runs, proof_at, now);
    course.save(project)?;
    Ok(runs)
}

fn judge(course: &mut Course, known: &[Series], runs: &[Run], proof_at: &[Duration], now: DateTime<Utc>) {
    for run in runs {
        course.note(
            run.at,
            format!("proof: old {}, new {}", run.old.as_str(), run.new.as_str()),
        );
    }
    let worst = known
        .iter()
        .map(|series| series.retirement.unwrap_or(Retirement::Inconclusive))
        .min_by_key(|known| urgency(*known));
    course.proven(worst.unwrap_or(Retirement::NotRotated), now);
    course.proofs = known.iter().map(|series| series.runs.len()).min().unwrap_or(0);
    course.next_proof_at = known.iter().filter_map(|series| series.due_at(now, proof_at)).min();
}

/// One living old key outweighs all dead ones.
fn urgency(retirement: Retirement) -> u8 {
    match retirement {
        Retirement::OldStillAlive => 0,
        Retirement::Propagating => 1,
        Retirement::NotRotated => 2,
        Retirement::Inconclusive => 3,
        Retirement::ProbablyRetired => 4,
        Retirement::Retired => 5,
    }
}

fn series<'p>(proofs: &'p mut Proofs, pair: &Pair, provider: &Provider) -> &'p mut Series {
    proofs.of(&provider.id, &pair.keys, &pair.old_print, &pair.new_print)
}

fn pairs(project: &Project, provider: &Provider, course: &Course) -> Result<Vec<Pair>, CourseError> {
    let backup = backup::find(project, &course.backup)?;
    let former = values_of(&backup::values(project, &backup)?, course.old.keys());
    let present = values_of(&project.read_env().map_err(StateError::Env)?, course.old.keys());
    let today = provider.instances(&present);
    let prints: Vec<_> = today.iter().map(|key| identity(project, provider, key)).collect();
    let Some((new, Some(new_print))) = today.first().zip(prints.first().cloned()) else {
        return Ok(Vec::new());
    };
    let pair = |old: Instance| {
        let old_print = identity(project, provider, &old)?;
        let still_there = prints.iter().flatten().any(|print| *print == old_print);
        (!still_there).then(|| Pair {
            old: only(&former, &old.names),
            new: only(&present, &new.names),
            keys: old.names,
            old_print,
            new_print: new_print.clone(),
        })
    };
    Ok(provider.instances(&former).into_iter().filter_map(pair).collect())
}

fn only(values: &BTreeMap<String, SecretString>, names: &[String]) -> BTreeMap<String, SecretString> {
    let own = values.iter().filter(|(name, _)| names.contains(name));
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Writes the course's dates into the schedule: when it was rotated, when it is due next, how it stands. Keys that had
/// no date of their own keep the one that was for all.
pub fn schedule(
    project: &Project,
    providers: &Providers,
    provider: &Provider,
    course: &Course,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, ScheduleError> {
    let read = schedule_file::read(project);
    let mut whole = match read.schedule() {
        Some(schedule) => with_own_dates(project, providers, schedule.clone()),
        None => Schedule::every(DEFAULT_INTERVAL, now, project.zone),
    };
    let every = interval_of(read.schedule(), provider);
    let last = course.written_at.unwrap_or(now);
    // A key that was brought back is still to be rotated.
    let at_once = (course.stage == Stage::RolledBack).then_some(now);
    let next_at = due_at(every, last, course.expires_at, at_once, project.zone);
    let own = KeySchedule {
        last_rotated_at: Some(last),
        provider_expires_at: course.expires_at,
        state: Some(course.stage.as_str().to_owned()),
        fingerprint: course.new.values().next().cloned(),
        ..dates(provider, course.old.keys().cloned().collect(), every, next_at)
    };
    whole.put(&provider.id, own);
    schedule_file::write(project, &whole)?;
    Ok(next_at)
}

fn with_own_dates(project: &Project, providers: &Providers, mut schedule: Schedule) -> Schedule {
    let Ok(env) = project.read_env() else {
        return schedule;
    };
    for provider in providers.all() {
        let vars = variables_in(provider, &env);
        let has_own = schedule.keys.get(&provider.id).is_some_and(|key| key.next_at.is_some());
        if !vars.is_empty() && !has_own {
            let every = interval_of(Some(&schedule), provider);
            schedule
                .keys
                .insert(provider.id.clone(), dates(provider, vars, every, schedule.next_at));
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
