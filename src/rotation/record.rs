//! The record of a rotation in Markdown, for the team's documents: who, when, on what evidence, in what time.
use super::course::{Course, Stage};
use super::retirement::Retirement;
use crate::domain::cycle::Cycle;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::fmt::Write;
use std::time::Duration;

/// What the record is made of.
pub struct Record<'a> {
    /// The turn, if one was begun.
    pub cycle: Option<&'a Cycle>,
    /// Every provider's course.
    pub courses: &'a [Course],
    /// What the guide says that it takes.
    pub estimate: Option<Duration>,
    /// When the next rotation is due.
    pub next_at: Option<DateTime<Utc>>,
    /// The zone of all times.
    pub zone: Tz,
}

/// Writes the record.
pub fn write(record: &Record) -> String {
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
    for course in record.courses {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            course.provider,
            course
                .old
                .keys()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", "),
            course.by.as_deref().unwrap_or("unknown"),
            at(course.began_at),
            course.written_at.map_or_else(|| "not yet".to_owned(), at),
            retirement(course, at),
            course
                .retired_at
                .map_or_else(|| "open".to_owned(), |end| minutes(end - course.began_at)),
        );
    }
    for course in record.courses {
        let _ = writeln!(text, "\n## {}\n", course.provider);
        let _ = writeln!(text, "Old value kept in `{}`.\n", course.backup);
        for happened in &course.happened {
            let _ = writeln!(text, "- {}: {}", at(happened.at), happened.what);
        }
    }
    let next = record.next_at.map_or_else(|| "not set".to_owned(), at);
    let _ = writeln!(text, "\nNext rotation: {next}. No value of any key is in this record.");
    text
}

fn retirement(course: &Course, at: impl Fn(DateTime<Utc>) -> String) -> String {
    match (course.stage, course.retirement, course.retired_at) {
        (Stage::RolledBack, ..) => "rolled back".to_owned(),
        (_, Some(Retirement::ProbablyRetired), _) => "claimed: the provider does not say for certain".to_owned(),
        (_, Some(Retirement::Retired), Some(when)) => at(when),
        (_, Some(other), _) => format!("no: {}", other.as_str()),
        (_, None, _) => "not yet".to_owned(),
    }
}

fn taken(record: &Record) -> String {
    let ends: Option<Vec<_>> = record.courses.iter().map(|course| course.retired_at).collect();
    let end = ends.and_then(|ends| ends.into_iter().max());
    let begin = record.courses.iter().map(|course| course.began_at).min();
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
