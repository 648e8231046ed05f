//! Backup: one that holds the keys with which this cycle began, closed to others, and proven by a restore in memory.
use super::collector::Collector;
use super::observation::{Observation, octal};
use crate::domain::cycle::Cycle;
use crate::rotation::Project;
use crate::rotation::backup::{self, Backup};

pub(super) async fn observe(collector: &Collector, cycle: &Cycle) -> Result<Observation, Observation> {
    // Without an .env there is nothing that a backup could be of.
    let env = collector.env().await?;
    let mut cycle = cycle.clone();
    if cycle.fingerprints.is_empty() {
        // The cycle began before there was an .env: what there is now is what a backup must hold.
        cycle.fingerprints = collector.keys.project.fingerprints_of(&env);
    }
    if cycle.fingerprints.is_empty() {
        // A backup of nothing would prove the step with nothing in it.
        return Ok(Observation::missing("env_empty")
            .with("file", collector.keys.project.relative(&collector.keys.project.env)));
    }
    Ok(collector.keys.blocking(move |project| seen(project, &cycle)).await)
}

fn seen(project: &Project, cycle: &Cycle) -> Observation {
    let backups = backup::list(project);
    let Some(newest) = backups.first() else {
        return Observation::missing("backup_missing").with("folder", project.relative(&project.backups));
    };
    let mut first_fault = None;
    for backup in backups.iter().filter(|backup| lacking(backup, cycle).is_empty()) {
        match verified(project, backup) {
            Ok(observation) => return observation,
            Err(fault) => drop(first_fault.get_or_insert(fault)),
        }
    }
    first_fault.unwrap_or_else(|| outdated(newest, cycle))
}

/// The keys with which the cycle began that a backup lacks, or has another value of.
fn lacking(backup: &Backup, cycle: &Cycle) -> Vec<String> {
    let differs = |(name, fingerprint): &(&String, &String)| backup.fingerprints.get(*name) != Some(fingerprint);
    cycle
        .fingerprints
        .iter()
        .filter(differs)
        .map(|(name, _)| name.clone())
        .collect()
}

fn verified(project: &Project, backup: &Backup) -> Result<Observation, Observation> {
    let about = |observation: Observation| {
        observation
            .with("file", backup.file.as_str())
            .at("made_at", backup.made_at)
    };
    if backup.mode & 0o077 != 0 {
        return Err(about(Observation::missing("backup_mode"))
            .with("mode", octal(backup.mode))
            .with("wanted", "0600"));
    }
    match backup::verify(project, backup) {
        Ok(verified) => Ok(about(Observation::proven("backup_verified"))
            .with("mode", octal(backup.mode))
            .with("keys", verified.keys)
            .with("level", serde_json::to_value(verified.level).unwrap_or_default())
            .with("same_as_env", verified.same_as_env)),
        Err(error) => Err(about(Observation::missing("backup_unreadable")).with("why", error.to_string())),
    }
}

fn outdated(newest: &Backup, cycle: &Cycle) -> Observation {
    let observation = if newest.made_at < cycle.began_at {
        Observation::missing("backup_stale")
    } else {
        Observation::missing("backup_differs").with("keys", lacking(newest, cycle))
    };
    observation
        .with("file", newest.file.as_str())
        .at("made_at", newest.made_at)
}
