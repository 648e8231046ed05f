//! Collects evidence for one check.
use super::collector::Collector;
use super::observation::Observation;
use super::{
    backup, command, date, file, git, http, keys_changed, keys_valid, monitor_ran, old_keys_dead, rotator,
    schedule_ahead,
};
use crate::domain::cycle::Cycle;
use crate::domain::evidence::{Check, Evidence};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// No look lasts longer: an effect has 15 s.
const LONGEST: Duration = Duration::from_secs(14);

/// Looks once. Lasts 14 s at most and changes nothing but `state/proofs.json`.
pub async fn collect(collector: &Collector, check: &Check, cycle: &Cycle, now: DateTime<Utc>) -> Evidence {
    let cycle = cycle.under(collector.keys.project.key_id());
    let observation = match tokio::time::timeout(LONGEST, observe(collector, check, &cycle, now)).await {
        Ok(Ok(observation) | Err(observation)) => observation,
        Err(_) => Observation::unknown("look_late"),
    };
    Evidence {
        check: check.clone(),
        standing: observation.standing,
        reason: observation.reason.to_owned(),
        facts: observation.facts,
        gathered_at: now,
    }
}

/// `Err` is an observation as well: one that ended the look early.
async fn observe(
    collector: &Collector,
    check: &Check,
    cycle: &Cycle,
    now: DateTime<Utc>,
) -> Result<Observation, Observation> {
    match check {
        Check::Backup => backup::observe(collector, cycle).await,
        Check::Rotator { paths } => rotator::observe(collector, paths).await,
        Check::KeysChanged { providers } => keys_changed::observe(collector, providers, cycle, now).await,
        Check::KeysValid => keys_valid::observe(collector, now).await,
        Check::OldKeysDead => old_keys_dead::observe(collector, cycle, now).await,
        Check::MonitorRan => Ok(monitor_ran::observe(collector, now).await),
        Check::ScheduleAhead => Ok(schedule_ahead::observe(collector, now).await),
        Check::File { path, mode, contains } => {
            Ok(file::observe(collector, path, mode.as_deref(), contains.as_deref()).await)
        }
        Check::Http { url, status, contains } => http::observe(url, *status, contains.as_deref()).await,
        Check::Date { property } => Ok(date::observe(collector, property, now)),
        Check::Git {
            branch_merged,
            into,
            tag_exists,
        } => {
            git::observe(
                collector,
                branch_merged.as_deref(),
                into.as_deref(),
                tag_exists.as_deref(),
            )
            .await
        }
        Check::Command { run } => Ok(command::observe(collector, run).await),
    }
}
