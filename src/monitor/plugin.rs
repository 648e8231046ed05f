//! The report as a monitoring plugin prints it: one line, details, figures after `|`; exit codes 0 to 3.
use super::findings::{self, DUE_DAYS, MonitorFinding, Severity};
use super::report::{KeyLine, MonitorReport};
use crate::domain::verdict::Life;
use std::fmt::Write;

/// The plugin's answer.
pub struct PluginAnswer {
    /// 0 ok, 1 warning, 2 critical, 3 unknown.
    pub code: u8,
    /// What goes to stdout, without a line break at the end.
    pub text: String,
}

/// The answer to a report.
pub fn answer(report: &MonitorReport, findings: &[MonitorFinding]) -> PluginAnswer {
    let (code, word) = code(report, findings);
    let mut text = format!("ROTATION {word} - {} |{}", summary(report, findings), figures(report));
    for finding in findings {
        let _ = write!(text, "\n{}: {}", finding.level, finding.text);
    }
    PluginAnswer { code, text }
}

/// One provider out of reach is a state of that service; all of them are no statement about anything.
fn code(report: &MonitorReport, findings: &[MonitorFinding]) -> (u8, &'static str) {
    if findings::no_network(report) {
        return (3, "UNKNOWN");
    }
    match findings::worst(findings) {
        Severity::Ok | Severity::Note if report.keys.iter().any(|key| key.verdict.life() == Life::Unknown) => {
            (1, "WARNING")
        }
        Severity::Ok | Severity::Note => (0, "OK"),
        Severity::Warning => (1, "WARNING"),
        Severity::Critical => (2, "CRITICAL"),
    }
}

fn summary(report: &MonitorReport, findings: &[MonitorFinding]) -> String {
    if findings::no_network(report) {
        return "no provider can be reached: no network here?".to_owned();
    }
    let count = |wanted: Life| report.keys.iter().filter(|key| key.verdict.life() == wanted).count();
    let (unknown, alive) = (count(Life::Unknown), count(Life::Alive));
    match findings {
        [] if unknown > 0 => format!("{unknown} of {} keys could not be judged now", report.keys.len()),
        [] if alive == 1 => "1 key answers".to_owned(),
        [] => format!("{alive} keys answer"),
        [one] => one.text.clone(),
        [first, rest @ ..] => format!("{}; and {} more", first.text, rest.len()),
    }
    // A bar would begin the figures.
    .replace('|', "/")
}

fn figures(report: &MonitorReport) -> String {
    let mut text = String::new();
    for key in first_of_provider(report) {
        if let Some(days) = key.days_left {
            let _ = write!(text, " {}_days={days};{DUE_DAYS};0", key.provider);
        }
    }
    let count = |wanted: Life| report.keys.iter().filter(|key| key.verdict.life() == wanted).count();
    let _ = write!(
        text,
        " dead={};;0 unreachable={};1",
        count(Life::Dead),
        count(Life::Unknown)
    );
    text
}

fn first_of_provider(report: &MonitorReport) -> impl Iterator<Item = &KeyLine> {
    let first = |at: usize| {
        report.keys[..at]
            .iter()
            .all(|key| key.provider != report.keys[at].provider)
    };
    (0..report.keys.len())
        .filter(move |at| first(*at))
        .map(|at| &report.keys[at])
}
