//! Monitor ran: it ran within 25 hours, and something will run it again: a living `run`, or an installed timer.
use super::{Looker, Sight};
use crate::monitor::heartbeat::Heartbeat;
use crate::monitor::{Record, timer_installed};
use chrono::{DateTime, TimeDelta, Utc};

/// A day and the hour by which clocks change.
const LONGEST: TimeDelta = TimeDelta::hours(25);

pub(super) async fn see(looker: &Looker, now: DateTime<Utc>) -> Sight {
    let dirs = looker.settings.timer_dirs.clone();
    let (record, heartbeat, timer) = looker
        .on_disk(move |project| (Record::read(project), Heartbeat::read(project), timer_installed(&dirs)))
        .await;
    let Some(ran_at) = record.ran_at else {
        return Sight::missing("monitor_missing");
    };
    if now - ran_at > LONGEST {
        return Sight::missing("monitor_stale").at("at", ran_at);
    }
    let alive = heartbeat.filter(|heartbeat| heartbeat.is_alive(now, looker.settings.idle));
    if let Some(next) = alive.and_then(|heartbeat| heartbeat.next_monitor_at) {
        return Sight::proven("monitor_ran")
            .at("at", ran_at)
            .at("next", next)
            .with("by", "run");
    }
    match timer {
        Some(timer) => Sight::proven("monitor_ran")
            .at("at", ran_at)
            .with("by", "timer")
            .with("timer", timer),
        None => Sight::missing("monitor_unassured").at("at", ran_at),
    }
}
