//! Backup: one that holds the keys with which this turn began, closed to others, and proven by a restore in memory.
use super::{Looker, Sight, octal};
use crate::domain::cycle::Cycle;
use crate::rotation::Project;
use crate::rotation::backup::{self, Backup};

pub(super) async fn see(looker: &Looker, cycle: &Cycle) -> Result<Sight, Sight> {
    // Without an .env there is nothing that a backup could be of.
    let env = looker.env().await?;
    let mut cycle = cycle.clone();
    if cycle.fingerprints.is_empty() {
        // The turn began before there was an .env: what there is now is what a backup must hold.
        cycle.fingerprints = looker.project.fingerprints_of(&env);
    }
    if cycle.fingerprints.is_empty() {
        // A backup of nothing would prove the step with nothing in it.
        return Ok(Sight::missing("env_empty").with("file", looker.project.relative(&looker.project.env)));
    }
    Ok(looker.on_disk(move |project| seen(project, &cycle)).await)
}

fn seen(project: &Project, cycle: &Cycle) -> Sight {
    let backups = backup::list(project);
    let Some(newest) = backups.first() else {
        return Sight::missing("backup_missing").with("folder", project.relative(&project.backups));
    };
    let mut first_fault = None;
    for backup in backups.iter().filter(|backup| lacking(backup, cycle).is_empty()) {
        match verified(project, backup) {
            Ok(sight) => return sight,
            Err(fault) => drop(first_fault.get_or_insert(fault)),
        }
    }
    first_fault.unwrap_or_else(|| outdated(newest, cycle))
}

/// The keys with which the turn began that a backup lacks, or has another value of.
fn lacking(backup: &Backup, cycle: &Cycle) -> Vec<String> {
    let differs = |(name, fingerprint): &(&String, &String)| backup.fingerprints.get(*name) != Some(fingerprint);
    cycle
        .fingerprints
        .iter()
        .filter(differs)
        .map(|(name, _)| name.clone())
        .collect()
}

fn verified(project: &Project, backup: &Backup) -> Result<Sight, Sight> {
    let about = |sight: Sight| sight.with("file", backup.file.as_str()).at("made_at", backup.made_at);
    if backup.mode & 0o077 != 0 {
        return Err(about(Sight::missing("backup_mode"))
            .with("mode", octal(backup.mode))
            .with("wanted", "0600"));
    }
    match backup::verify(project, backup) {
        Ok(verified) => Ok(about(Sight::proven("backup_verified"))
            .with("mode", octal(backup.mode))
            .with("keys", verified.keys)
            .with("level", serde_json::to_value(verified.level).unwrap_or_default())
            .with("same_as_env", verified.same_as_env)),
        Err(error) => Err(about(Sight::missing("backup_unreadable")).with("why", error.to_string())),
    }
}

fn outdated(newest: &Backup, cycle: &Cycle) -> Sight {
    let sight = if newest.made_at < cycle.began_at {
        Sight::missing("backup_stale")
    } else {
        Sight::missing("backup_differs").with("keys", lacking(newest, cycle))
    };
    sight.with("file", newest.file.as_str()).at("made_at", newest.made_at)
}
