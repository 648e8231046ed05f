//! Monitor ran: it ran within 25 hours, and something will run it again: a living `run`, an enabled timer, or whatever ran it
//! on two days in a row.
use super::collector::Collector;
use super::observation::Observation;
use crate::monitor::heartbeat::Heartbeat;
use crate::monitor::{MonitorRecord, timer_installed};
use chrono::{DateTime, TimeDelta, Utc};

/// A day and the hour by which clocks change.
const LONGEST: TimeDelta = TimeDelta::hours(25);

/// Two runs on two days in a row, the first in the morning and the second in the evening.
const LONGEST_BETWEEN: TimeDelta = TimeDelta::hours(36);

pub(super) async fn observe(collector: &Collector, now: DateTime<Utc>) -> Observation {
    let dirs = collector.settings.timer_dirs.clone();
    let (record, heartbeat, timer) = collector
        .keys
        .blocking(move |project| {
            (
                MonitorRecord::read(project),
                Heartbeat::read(project),
                timer_installed(&dirs),
            )
        })
        .await;
    let Some(ran_at) = record.ran_at else {
        return Observation::missing("monitor_missing");
    };
    if now - ran_at > LONGEST {
        return Observation::missing("monitor_stale").at("at", ran_at);
    }
    let alive = heartbeat.filter(|heartbeat| heartbeat.is_alive(now, collector.settings.idle));
    if let Some(next) = alive.and_then(|heartbeat| heartbeat.next_monitor_at) {
        return Observation::proven("monitor_ran")
            .at("at", ran_at)
            .at("next", next)
            .with("by", "run");
    }
    // Whatever started it yesterday and today does so without being known.
    let ran_daily = record
        .ran_on_a_day_before
        .is_some_and(|before| ran_at - before <= LONGEST_BETWEEN);
    match timer {
        Some(timer) => Observation::proven("monitor_ran")
            .at("at", ran_at)
            .with("by", "timer")
            .with("timer", timer),
        None if ran_daily => Observation::proven("monitor_ran").at("at", ran_at).with("by", "runs"),
        None => Observation::missing("monitor_unassured").at("at", ran_at),
    }
}
