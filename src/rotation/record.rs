//! The record of a rotation in Markdown, for the team's documents: who, when, on what evidence, in what time.
use super::retirement::Retirement;
use super::rotations::{Rotation, RotationStage};
use crate::domain::cycle::Cycle;
use crate::domain::schedule::Schedule;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::fmt::Write;
use std::time::Duration;

/// What the record is made of.
pub struct RotationRecord<'a> {
    /// The cycle, if one was begun.
    pub cycle: Option<&'a Cycle>,
    /// Every provider's rotation.
    pub rotations: &'a [Rotation],
    /// What the guide says that it takes.
    pub estimate: Option<Duration>,
    /// When each key is due.
    pub schedule: Option<&'a Schedule>,
    /// The zone of all times.
    pub zone: Tz,
}

/// Writes the record.
pub fn write(record: &RotationRecord) -> String {
    let mut text = "# API key rotation\n\n".to_owned();
    let at = |at: DateTime<Utc>| at.with_timezone(&record.zone).format("%Y-%m-%d %H:%M").to_string();
    if let Some(cycle) = record.cycle {
        let _ = writeln!(
            text,
            "Cycle {}, begun {} ({}).",
            cycle.number,
            at(cycle.began_at),
            record.zone.name()
        );
    }
    let _ = writeln!(text, "{}\n", taken(record));
    text.push_str("| key | variables | begun by | begun | new key in use | old key proven dead | took |\n");
    text.push_str("|---|---|---|---|---|---|---|\n");
    for rotation in record.rotations {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            rotation.provider,
            rotation
                .old
                .keys()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", "),
            rotation.by.as_deref().unwrap_or("unknown"),
            at(rotation.began_at),
            rotation.written_at.map_or_else(|| "not yet".to_owned(), at),
            retirement(rotation, at),
            rotation
                .retired_at
                .map_or_else(|| "open".to_owned(), |end| minutes(end - rotation.began_at)),
        );
    }
    for rotation in record.rotations {
        let _ = writeln!(text, "\n## {}\n", rotation.provider);
        let _ = match &rotation.backup {
            Some(file) => writeln!(text, "Old value kept in `{file}`.\n"),
            None => writeln!(text, "The vault alone held the old value.\n"),
        };
        for happened in &rotation.happened {
            let _ = writeln!(text, "- {}: {}", at(happened.at), happened.what);
        }
        if rotation.stage.is_over() && rotation.stage != RotationStage::RolledBack {
            let next = record.schedule.map(|schedule| schedule.due_at(&rotation.provider));
            let next = next.map_or_else(|| "not set".to_owned(), at);
            let _ = writeln!(text, "\nNext rotation of this key: {next}.");
        }
    }
    text.push_str("\nNo value of any key is in this record.\n");
    text
}

fn retirement(rotation: &Rotation, at: impl Fn(DateTime<Utc>) -> String) -> String {
    match (rotation.stage, rotation.retirement, rotation.retired_at) {
        (RotationStage::RolledBack, ..) => "rolled back".to_owned(),
        (_, Some(Retirement::Claimed), _) => "claimed: the old value could not be asked about".to_owned(),
        (_, Some(Retirement::ProbablyRetired), _) => {
            "claimed: most likely dead, but nothing told it for certain".to_owned()
        }
        (_, Some(Retirement::Retired), Some(when)) => at(when),
        (_, Some(other), _) => format!("no: {}", other.as_str()),
        (_, None, _) => "not yet".to_owned(),
    }
}

fn taken(record: &RotationRecord) -> String {
    let ends: Option<Vec<_>> = record.rotations.iter().map(|rotation| rotation.retired_at).collect();
    let end = ends.and_then(|ends| ends.into_iter().max());
    let begin = record.rotations.iter().map(|rotation| rotation.began_at).min();
    let (Some(begin), Some(end)) = (begin, end) else {
        return "Not finished.".to_owned();
    };
    let took = end - begin;
    match record.estimate.and_then(|estimate| TimeDelta::from_std(estimate).ok()) {
        Some(estimate) => format!("Finished in {}; the guide says {}.", minutes(took), minutes(estimate)),
        None => format!("Finished in {}.", minutes(took)),
    }
}

fn minutes(time: TimeDelta) -> String {
    match (time.num_hours(), time.num_minutes() % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
