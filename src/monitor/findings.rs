//! What a report means: each thing that a person should know, how bad it is, and in which words. Pure.
use super::finding::finding;
use super::key_findings::{holders_of, of_key, of_old_key};
use super::report::{KeyLine, MonitorReport};
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::probe::Hint;
use chrono::TimeDelta;

pub use super::finding::{Condition, MonitorFinding, Severity};
pub use super::key_findings::DUE_DAYS;

/// The newest backup should not be older; older ones are dropped after as many days.
const BACKUP_DAYS: i64 = crate::rotation::backup::KEEP_DAYS;
/// Clocks are set by a little now and then.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(5);

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
        let stands = key.in_words(report.checked_at);
        let mut old = report
            .old_keys
            .iter()
            .filter(|old| old.is_exposed && old.provider == key.id);
        let text = match old.find_map(holders_of) {
            Some(first) => format!("{name}: {stands}; before that, {first}"),
            None => format!("{name}: {stands}"),
        };
        finding(Condition::KeyExposed, name, Severity::Critical, text)
    }));
    let untold = report.old_keys.iter().filter(|old| !old.is_exposed);
    all.extend(untold.map(|old| of_old_key(old, report.checked_at)));
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
    if let Some(fault) = &report.exposures_fault {
        add(
            Condition::ExposuresFault,
            Severity::Critical,
            format!("keys that others could read are not seen: {fault}"),
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
