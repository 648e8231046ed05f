//! What is the matter with single keys, present and old, and in which words. Pure.
use super::finding::{Condition, MonitorFinding, Severity, finding};
use super::old_keys::OldKey;
use super::report::KeyLine;
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::acceptance::hint_in_words;
use crate::rotation::probe::Hint;
use chrono::{DateTime, Utc};

/// A rotation is a warning this many days ahead, and is announced so many.
pub const DUE_DAYS: i64 = 7;
const ANNOUNCED_DAYS: i64 = 14;
/// A provider's own end of a key is a warning from when the key is due for it, and critical in the last third of that time.
const CRITICAL_PART: i32 = 3;
/// An old key beside its successor: a warning after a day, critical after a week.
const OLD_KEY_HOURS: (i64, i64) = (24, 7 * 24);
/// A key that told nothing is a finding only when it did so this often in a row.
const UNKNOWN_RUNS: u32 = 2;

/// A warning from the first limit on, critical from the second.
fn stepped(value: i64, (warning, critical): (i64, i64)) -> Option<Severity> {
    if value > critical {
        Some(Severity::Critical)
    } else {
        (value > warning).then_some(Severity::Warning)
    }
}

fn span(hours: i64) -> String {
    match hours / 24 {
        0 if hours == 0 => "less than an hour".to_owned(),
        0 if hours == 1 => "1 hour".to_owned(),
        0 => format!("{hours} hours"),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

pub(super) fn of_key(key: &KeyLine, now: DateTime<Utc>) -> Vec<MonitorFinding> {
    [of_verdict(key), of_due(key), of_expiry(key, now)]
        .into_iter()
        .flatten()
        .collect()
}

fn of_verdict(key: &KeyLine) -> Option<MonitorFinding> {
    let (name, verdict) = (&key.key, key.verdict.as_str());
    let why = key.hint.as_ref().map(|hint| format!(": {}", hint_in_words(hint)));
    let why = why.unwrap_or_default();
    let (condition, level, text) = match key.verdict.life() {
        Life::Dead => (
            Condition::KeyDead,
            Severity::Critical,
            format!("{name} is refused by its provider ({verdict}){why}"),
        ),
        // A placeholder is no key yet.
        Life::None if matches!(key.hint, Some(Hint::Placeholder(_))) => return None,
        Life::None => {
            let why = key.hint.as_ref().map_or_else(|| verdict.to_owned(), hint_in_words);
            (
                Condition::KeyMalformed,
                Severity::Warning,
                format!("{name} in .env is no whole key: {why}"),
            )
        }
        Life::Alive if matches!(key.verdict, Verdict::Valid | Verdict::ValidLimited) => return None,
        Life::Alive => (
            Condition::KeyUnusable,
            Severity::Warning,
            format!("{name} lives, but cannot be used ({verdict})"),
        ),
        Life::Unknown if key.unknown_runs < UNKNOWN_RUNS => return None,
        Life::Unknown => (
            Condition::KeyUnknown,
            Severity::Warning,
            format!(
                "nothing learned about {name} in {} runs ({verdict}){why}",
                key.unknown_runs
            ),
        ),
    };
    Some(finding(condition, name, level, text))
}

fn of_due(key: &KeyLine) -> Option<MonitorFinding> {
    let days = key.days_left.filter(|days| *days <= ANNOUNCED_DAYS)?;
    let level = match days {
        ..0 => Severity::Critical,
        0..=DUE_DAYS => Severity::Warning,
        _ => Severity::Note,
    };
    let was = if days < 0 { "was" } else { "is" };
    let text = format!("the rotation of {} {was} due {}", key.key, in_days(days));
    Some(MonitorFinding {
        days_left: Some(days),
        ..finding(Condition::RotationDue, &key.key, level, text)
    })
}

fn of_expiry(key: &KeyLine, now: DateTime<Utc>) -> Option<MonitorFinding> {
    let (end, days) = (key.end()?, key.expires_in_days?);
    let is_over = days < 0;
    // An end in the past of a key that answers is no fact.
    if now < end.due_at() || is_over && key.verdict.life() == Life::Alive {
        return None;
    }
    let level = if end.at - now <= (end.at - end.due_at()) / CRITICAL_PART {
        Severity::Critical
    } else {
        Severity::Warning
    };
    let ends = if is_over { "ended" } else { "ends" };
    let text = format!("the provider {ends} {} {}", key.key, in_days(days));
    Some(MonitorFinding {
        days_left: Some(days),
        ..finding(Condition::ProviderExpiry, &key.key, level, text)
    })
}

fn in_days(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days if days > 1 => format!("in {days} days"),
        days => format!("{} days ago", -days),
    }
}

/// What is to be done first where something still holds an old key.
pub(super) fn holders_of(old: &OldKey) -> Option<String> {
    let held_by = old.held_by.join(", ");
    (!held_by.is_empty()).then(|| format!("restart or change what still holds it ({held_by})"))
}

pub(super) fn of_old_key(old: &OldKey, now: DateTime<Utc>) -> MonitorFinding {
    let hours = (now - old.since).num_hours();
    // While its readers are restarted an old key may live on for a while.
    let level = stepped(hours, OLD_KEY_HOURS).unwrap_or(Severity::Note);
    let delete = holders_of(old).map_or("delete it".to_owned(), |first| format!("{first}, then delete it"));
    let (key, span) = (&old.key, span(hours));
    let works = if old.answers {
        "still works"
    } else {
        "worked when it last answered, and was not asked now"
    };
    let text = if old.is_newer {
        format!("the newer key of {key}, made for a rotation that was rolled back, {works}: {delete}")
    } else if old.answers {
        format!("the old key of {key} {works}, {span} after its successor; {delete}")
    } else {
        format!("the old key of {key} {works}; {delete}")
    };
    finding(Condition::OldKeyAlive, key, level, text)
}
