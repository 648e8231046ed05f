//! The report as the guide's own monitor script prints it, for those who read that already.
use super::report::MonitorReport;
use crate::domain::verdict::{Life, Verdict};
use chrono::SecondsFormat;
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

/// `check_time`, `api_status.{name}.status` with `active`, `failed`, `error`, `missing`, and `rotation` as its second
/// function gives it.
pub fn render(report: &MonitorReport, zone: Tz) -> Value {
    // Python's naive local isoformat: no offset.
    let time = report
        .checked_at
        .with_timezone(&zone)
        .naive_local()
        .format("%Y-%m-%dT%H:%M:%S")
        .to_string();
    let mut status: Map<String, Value> = Map::new();
    for key in &report.keys {
        let entry = match state(key.verdict) {
            "error" => json!({"status": "error", "error": key.verdict.as_str()}),
            state => json!({"status": state, "last_check": time}),
        };
        // Of several keys of one provider, the worst is told, as one that fails is what matters.
        let worse = status
            .get(&key.provider)
            .is_none_or(|known| known["status"] == "active");
        if worse {
            status.insert(key.provider.clone(), entry);
        }
    }
    for provider in &report.absent {
        status.insert(provider.clone(), json!({"status": "missing"}));
    }
    let rotation = match (report.schedule.days_left, report.schedule.next_at) {
        (Some(days), Some(at)) => json!({
            "rotation_due": days <= super::findings::DUE_DAYS,
            "days_until": days,
            "next_rotation_date": at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false),
        }),
        _ => json!({"rotation_due": true, "message": "No rotation schedule found"}),
    };
    json!({"check_time": time, "api_status": status, "rotation": rotation})
}

/// The guide's word for a verdict.
fn state(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid | Verdict::ValidLimited => "active",
        Verdict::Missing => "missing",
        Verdict::Malformed => "configured",
        other => match other.life() {
            Life::Unknown => "error",
            Life::Alive | Life::Dead | Life::None => "failed",
        },
    }
}
