//! What a report means: each thing that a person should know, how bad it is, and in which words. Pure.
use super::report::{KeyLine, MonitorReport};
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::acceptance::hint_in_words;
use crate::rotation::probe::Hint;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A rotation is a warning this many days ahead, and is announced so many.
pub const DUE_DAYS: i64 = 7;
const ANNOUNCED_DAYS: i64 = 14;
/// A provider's own end of a key is a warning from when the key is due for it, and critical in the last third of that time.
const CRITICAL_PART: i32 = 3;
/// An old key beside its successor: a warning after a day, critical after a week.
const OLD_KEY_HOURS: (i64, i64) = (24, 7 * 24);
/// The newest backup should not be older; older ones are dropped after as many days.
const BACKUP_DAYS: i64 = crate::rotation::backup::KEEP_DAYS;
/// A key that told nothing is a finding only when it did so this often in a row.
const UNKNOWN_RUNS: u32 = 2;
/// Clocks are set by a little now and then.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(5);

/// How bad a finding is, in the order of the plugin's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// There is nothing to do.
    Ok,
    /// It is good to know.
    Note,
    /// Somebody should do something soon.
    Warning,
    /// Somebody must do something now.
    Critical,
}

/// What can be the matter with keys, files and the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The provider refuses the key.
    KeyDead,
    /// The key lives, but cannot be used as it is.
    KeyUnusable,
    /// The value in `.env` cannot be a key, or one of a pair is missing.
    KeyMalformed,
    /// Nothing could be learned about the key, several times in a row.
    KeyUnknown,
    /// The rotation is due, or soon.
    RotationDue,
    /// The provider ends the key soon.
    ProviderExpiry,
    /// Others could read the key, and its old value is not proven dead.
    KeyExposed,
    /// A replaced key still works.
    OldKeyAlive,
    /// A key is exported with another value than `.env` holds.
    ExportedOtherwise,
    /// There is no backup.
    BackupMissing,
    /// The newest backup is old.
    BackupOld,
    /// The newest backup is damaged.
    BackupBad,
    /// Others may read `.env`.
    EnvOpen,
    /// `.env` is missing or unreadable.
    EnvFault,
    /// Lines of `.env` are not read: a key in them would not be seen.
    LinesUnread,
    /// No key of `.env` can be asked about.
    NothingWatched,
    /// There is no schedule, or it is unreadable.
    ScheduleFault,
    /// The bot gave no sign of life.
    BotSilent,
    /// The last run lies in the future.
    ClockWrong,
}

/// One thing that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonitorFinding {
    /// What is the matter.
    pub condition: Condition,
    /// With which key, old key or file; empty for the project as a whole.
    pub subject: String,
    /// How bad it is.
    pub level: Severity,
    /// Days left, for what comes nearer: alerts repeat at some of them.
    pub days_left: Option<i64>,
    /// For people; no secret, no name of an account.
    pub text: String,
}

impl Condition {
    /// The name in alerts and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeyDead => "key_dead",
            Self::KeyUnusable => "key_unusable",
            Self::KeyMalformed => "key_malformed",
            Self::KeyUnknown => "key_unknown",
            Self::RotationDue => "rotation_due",
            Self::ProviderExpiry => "provider_expiry",
            Self::KeyExposed => "key_exposed",
            Self::OldKeyAlive => "old_key_alive",
            Self::ExportedOtherwise => "exported_otherwise",
            Self::BackupMissing => "backup_missing",
            Self::BackupOld => "backup_old",
            Self::BackupBad => "backup_bad",
            Self::EnvOpen => "env_open",
            Self::EnvFault => "env_fault",
            Self::LinesUnread => "lines_unread",
            Self::NothingWatched => "nothing_watched",
            Self::ScheduleFault => "schedule_fault",
            Self::BotSilent => "bot_silent",
            Self::ClockWrong => "clock_wrong",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Critical => "critical",
        })
    }
}

/// Everything that a report gives rise to, the worst first.
pub fn of(report: &MonitorReport) -> Vec<MonitorFinding> {
    let mut all: Vec<MonitorFinding> = report
        .keys
        .iter()
        .flat_map(|key| of_key(key, report.checked_at))
        .collect();
    let running = report.exposed.iter().filter(|key| !key.standing.is_over());
    all.extend(running.map(|key| {
        let name = key.variables.first().unwrap_or(&key.title);
        let text = format!("{name}: {}", key.in_words(report.checked_at));
        finding(Condition::KeyExposed, name, Severity::Critical, text)
    }));
    all.extend(report.old_keys.iter().map(|old| {
        let hours = (report.checked_at - old.since).num_hours();
        // While its readers are restarted an old key may live on for a while.
        let level = stepped(hours, OLD_KEY_HOURS).unwrap_or(Severity::Note);
        let what_to_do = if old.held_by.is_empty() {
            "delete it".to_owned()
        } else {
            format!(
                "restart or change what still holds it ({}), then delete it",
                old.held_by.join(", ")
            )
        };
        let text = format!(
            "the old key of {} still works, {} after its successor; {what_to_do}",
            old.key,
            span(hours)
        );
        finding(Condition::OldKeyAlive, &old.key, level, text)
    }));
    all.extend(report.exported_otherwise.iter().map(|name| {
        let text = format!(
            "{name} is exported where keyminder was started, with another value than .env holds, and wins over it"
        );
        finding(Condition::ExportedOtherwise, name, Severity::Warning, text)
    }));
    all.extend(of_files(report));
    all.sort_by(|a, b| (b.level, &a.subject, a.condition).cmp(&(a.level, &b.subject, b.condition)));
    all
}

/// The worst of them.
pub fn worst(findings: &[MonitorFinding]) -> Severity {
    findings
        .iter()
        .map(|finding| finding.level)
        .max()
        .unwrap_or(Severity::Ok)
}

/// Whether no provider at all could be reached: that is this machine's network, not a fault of a key.
pub fn no_network(report: &MonitorReport) -> bool {
    let mut asked = report
        .keys
        .iter()
        .filter(|key| key.verdict.life() != Life::None)
        .peekable();
    asked.peek().is_some() && asked.all(|key| key.verdict == Verdict::NetworkError)
}

fn finding(condition: Condition, subject: &str, level: Severity, text: String) -> MonitorFinding {
    MonitorFinding {
        condition,
        subject: subject.to_owned(),
        level,
        days_left: None,
        text,
    }
}

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

fn of_key(key: &KeyLine, now: DateTime<Utc>) -> Vec<MonitorFinding> {
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

/// That no key is watched, and which secrets of no known provider stand in the file.
fn nothing_watched(report: &MonitorReport) -> String {
    let file = &report.env.file;
    match report.others.as_slice() {
        [] => format!("no key in {file} is watched: none that it holds is known"),
        names => format!(
            "no key in {file} is watched; secrets of no known provider: {} ({}); name theirs in config/providers.toml",
            names.len(),
            names.join(", ")
        ),
    }
}

fn of_files(report: &MonitorReport) -> Vec<MonitorFinding> {
    let mut all = Vec::new();
    let mut add = |condition, level, text: String| all.push(finding(condition, "", level, text));
    if let Some(last) = report
        .last_run_at
        .filter(|last| *last > report.checked_at + CLOCK_SLACK)
    {
        let text = format!(
            "the monitor last ran in the future, on {}: is this machine's clock right?",
            last.date_naive()
        );
        add(Condition::ClockWrong, Severity::Warning, text);
    }
    let env = &report.env;
    if let Some(fault) = &env.fault {
        add(
            Condition::EnvFault,
            Severity::Critical,
            format!("{}: {fault}", env.file),
        );
    }
    if let (true, Some(mode)) = (env.open_to_others, &env.mode) {
        add(
            Condition::EnvOpen,
            Severity::Warning,
            format!("{} is {mode}: others may read it; chmod 600", env.file),
        );
    }
    if let [first, ..] = env.unread[..] {
        let (count, file) = (env.unread.len(), &env.file);
        let text = format!(
            "{file}: not read, line {first} first ({count} in all); a key there is not seen: rotate plan says why"
        );
        add(Condition::LinesUnread, Severity::Warning, text);
    }
    let is_there = |key: &KeyLine| !matches!(key.hint, Some(Hint::Placeholder(_)));
    if env.fault.is_none() && !report.keys.iter().any(is_there) {
        add(Condition::NothingWatched, Severity::Warning, nothing_watched(report));
    }
    let backup = &report.backup;
    match (&backup.file, &backup.fault, backup.age_days) {
        (None, _, _) if env.pipe => {}
        (None, _, _) if env.fault.is_none() => {
            add(
                Condition::BackupMissing,
                Severity::Warning,
                "there is no backup of .env; keyminder backup create".to_owned(),
            );
        }
        (Some(_), Some(fault), _) => add(Condition::BackupBad, Severity::Critical, fault.clone()),
        (Some(file), None, Some(days)) if days > BACKUP_DAYS && !env.pipe => {
            add(
                Condition::BackupOld,
                Severity::Warning,
                format!("the newest backup, {file}, is {days} days old"),
            );
        }
        _ => {}
    }
    if let (Some(fault), false) = (&report.schedule.fault, report.keys.is_empty()) {
        // A date for all would postpone what is due.
        let text = format!("no next rotation is scheduled ({fault}), so all is due now; keyminder rotate plan");
        add(Condition::ScheduleFault, Severity::Warning, text);
    }
    if report.heartbeat.as_ref().is_some_and(|beat| !beat.alive) {
        add(
            Condition::BotSilent,
            Severity::Warning,
            "the bot gave no sign of life; is `keyminder run` still going?".to_owned(),
        );
    }
    all
}
