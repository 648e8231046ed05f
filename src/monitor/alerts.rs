//! Which findings are worth an alert now: once for each condition and step, again after a week, and one recovery. Pure:
//! what went out before is an argument, and comes back changed.
use super::findings::{MonitorFinding, Severity};
use super::record::{Sent, SentAlert};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// What comes nearer is announced at these days.
const DAYS: [i64; 5] = [14, 7, 3, 1, 0];

/// An alert that stands is repeated after so long.
const REPEAT: TimeDelta = TimeDelta::days(7);

/// Something to be said now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyAlert {
    /// `rotation_due/BYBIT_API_KEY`: the same for all alerts about one thing.
    pub about: String,
    /// The name of the condition, as in metrics.
    pub condition: String,
    /// The key or file; empty for the project.
    pub subject: String,
    /// How bad; `ok` for a recovery.
    pub level: Severity,
    /// Days left, where something comes nearer.
    pub days_left: Option<i64>,
    /// The alert in words for people; no secret is in it.
    pub text: String,
}

/// What is to be said now, and what has been said after that. `sent` is to be kept only once the alerts went out.
pub fn due(findings: &[MonitorFinding], sent: &Sent, now: DateTime<Utc>) -> (Vec<KeyAlert>, Sent) {
    let mut alerts = Vec::new();
    let mut after = Sent::new();
    // A note that nothing comes nearer to is for whoever reads the report.
    let worth_saying = |finding: &&MonitorFinding| finding.level > Severity::Note || finding.days_left.is_some();
    for finding in findings.iter().filter(worth_saying) {
        let about = format!("{}/{}", finding.condition.as_str(), finding.subject);
        let step = step(finding);
        let told = match sent.get(&about) {
            Some(told) if told.step <= step && now - told.at < REPEAT => told.clone(),
            _ => {
                alerts.push(alert(&about, finding));
                SentAlert {
                    step,
                    at: now,
                    text: finding.text.clone(),
                }
            }
        };
        after.insert(about, told);
    }
    for (about, told) in sent.iter().filter(|(about, _)| !after.contains_key(*about)) {
        alerts.push(recovery(about, told));
    }
    (alerts, after)
}

/// How near or how bad: a step down is worth an alert, a step up is not.
fn step(finding: &MonitorFinding) -> i64 {
    match finding.days_left {
        Some(days) if days < 0 => -1,
        Some(days) => DAYS.into_iter().filter(|step| days <= *step).min().unwrap_or(i64::MAX),
        None => match finding.level {
            Severity::Critical => 0,
            Severity::Warning => 1,
            Severity::Note => 2,
            Severity::Ok => 3,
        },
    }
}

fn alert(about: &str, finding: &MonitorFinding) -> KeyAlert {
    KeyAlert {
        about: about.to_owned(),
        condition: finding.condition.as_str().to_owned(),
        subject: finding.subject.clone(),
        level: finding.level,
        days_left: finding.days_left,
        text: finding.text.clone(),
    }
}

fn recovery(about: &str, told: &SentAlert) -> KeyAlert {
    let (condition, subject) = about.split_once('/').unwrap_or((about, ""));
    KeyAlert {
        about: about.to_owned(),
        condition: condition.to_owned(),
        subject: subject.to_owned(),
        level: Severity::Ok,
        days_left: None,
        text: format!("settled: {}", told.text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::findings::Condition;
    use super::*;

    fn finding(condition: Condition, level: Severity, days_left: Option<i64>) -> MonitorFinding {
        MonitorFinding {
            condition,
            subject: "NOTION_TOKEN".to_owned(),
            level,
            days_left,
            text: format!("{days_left:?}"),
        }
    }

    /// Plays a month, one day after the other; gives the days on which something was said, with its level.
    fn played(days: std::ops::Range<i64>, mut world: impl FnMut(i64) -> Vec<MonitorFinding>) -> Vec<(i64, Severity)> {
        let mut sent = Sent::new();
        let mut said = Vec::new();
        for day in days {
            let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::days(day);
            let (alerts, after) = due(&world(day), &sent, now);
            said.extend(alerts.iter().map(|alert| (day, alert.level)));
            sent = after;
            let (again, _) = due(&world(day), &sent, now);
            assert!(again.is_empty(), "day {day}: nothing is said twice");
        }
        said
    }

    #[test]
    fn what_comes_nearer_is_said_at_its_days_and_once_settled() {
        let said = played(0..24, |day| {
            let left = 14 - day;
            let level = if left < 0 {
                Severity::Critical
            } else {
                Severity::Warning
            };
            if day > 20 {
                Vec::new()
            } else {
                vec![finding(Condition::ProviderExpiry, level, Some(left))]
            }
        });
        let days: Vec<i64> = said.iter().map(|(day, _)| *day).collect();
        assert_eq!(days, [0, 7, 11, 13, 14, 15, 21]);
        assert_eq!(said.last(), Some(&(21, Severity::Ok)));
    }

    #[test]
    fn what_stands_is_repeated_weekly_and_what_worsens_at_once() {
        let said = played(0..16, |day| {
            vec![finding(
                Condition::OldKeyAlive,
                if day < 3 { Severity::Warning } else { Severity::Critical },
                None,
            )]
        });
        assert_eq!(
            said,
            [
                (0, Severity::Warning),
                (3, Severity::Critical),
                (10, Severity::Critical)
            ]
        );
        assert_eq!(played(0..3, |_| Vec::new()), []);
    }
}
