//! The report as Prometheus reads it: base units, one series per state. No value of a key and nothing that
//! depends on one, such as its fingerprint; no name of an account.
use super::report::{KeyLine, MonitorReport};
use crate::domain::verdict::Verdict;
use chrono::{DateTime, Utc};
use std::fmt::Write;

type TimeOf = fn(&KeyLine) -> Option<DateTime<Utc>>;

/// One series: its labels and its value.
type Sample = (String, f64);

/// The text exposition of a report, for the node exporter's textfile collector or `/metrics`.
pub fn render(report: &MonitorReport) -> String {
    let mut text = String::new();
    of_keys(&mut text, &report.keys);
    of_probes(&mut text, report);
    let verified = report.backup.verified_at.map(alone);
    family(
        &mut text,
        "backup_last_verified_timestamp_seconds",
        "When the newest backup was last proven.",
        verified,
    );
    let beat = report.heartbeat.as_ref().map(|beat| alone(beat.at));
    family(
        &mut text,
        "poll_last_success_timestamp_seconds",
        "The bot's last sign of life.",
        beat,
    );
    text
}

fn of_keys(text: &mut String, keys: &[KeyLine]) {
    let info = keys
        .iter()
        .map(|key| (format!("{},priority=\"{}\"", labels(key), key.priority.as_str()), 1.0));
    family(text, "key_info", "What is known of a key.", info);
    let times: [(&str, &str, TimeOf); 3] = [
        (
            "key_last_rotated_timestamp_seconds",
            "When the key was last replaced.",
            |key| key.last_rotated_at,
        ),
        (
            "key_next_rotation_timestamp_seconds",
            "When its rotation is due.",
            |key| key.next_at,
        ),
        (
            "key_provider_expiry_timestamp_seconds",
            "When its provider ends it.",
            |key| key.expires_at,
        ),
    ];
    for (name, help, time) in times {
        let series = keys.iter().filter_map(|key| Some((labels(key), seconds(time(key)?))));
        family(text, name, help, series);
    }
}

fn of_probes(text: &mut String, report: &MonitorReport) {
    let verdicts = report.keys.iter().flat_map(|key| {
        Verdict::ALL.map(|verdict| {
            let labels = format!("{},verdict=\"{}\"", labels(key), verdict.as_str());
            (labels, flag(key.verdict == verdict))
        })
    });
    family(
        text,
        "probe_verdict",
        "1 for the verdict that the key's last probe came to.",
        verdicts,
    );
    let durations = report
        .keys
        .iter()
        .map(|key| (labels(key), key.probe_ms as f64 / 1000.0));
    family(
        text,
        "probe_duration_seconds",
        "How long the key's last probe took.",
        durations,
    );
    let last = [alone(report.checked_at)];
    family(
        text,
        "probe_last_run_timestamp_seconds",
        "When keys were last probed.",
        last,
    );
    let old = report.keys.iter().map(|key| {
        let alive = report.old_keys.iter().any(|old| key.keys.contains(&old.key));
        (labels(key), flag(alive))
    });
    family(text, "old_key_alive", "1 while a replaced key still works.", old);
}

fn alone(at: DateTime<Utc>) -> Sample {
    (String::new(), seconds(at))
}

fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

fn family(text: &mut String, name: &str, help: &str, series: impl IntoIterator<Item = Sample>) {
    let _ = writeln!(
        text,
        "# HELP keyrotation_{name} {help}\n# TYPE keyrotation_{name} gauge"
    );
    for (labels, value) in series {
        let labels = if labels.is_empty() {
            labels
        } else {
            format!("{{{labels}}}")
        };
        let _ = writeln!(text, "keyrotation_{name}{labels} {value}");
    }
}

fn labels(key: &KeyLine) -> String {
    format!("key=\"{}\",provider=\"{}\"", escape(&key.key), escape(&key.provider))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp() as f64
}
