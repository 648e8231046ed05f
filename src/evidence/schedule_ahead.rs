//! Schedule ahead: the next rotation is written down and lies in the future.
use super::collector::Collector;
use super::observation::Observation;
use crate::domain::schedule::days_until;
use crate::rotation::schedule_file::{self, ReadSchedule};
use chrono::{DateTime, Utc};

pub(super) async fn observe(collector: &Collector, now: DateTime<Utc>) -> Observation {
    let path = schedule_file::PATH;
    match collector.keys.blocking(schedule_file::read).await {
        ReadSchedule::Missing => Observation::missing("schedule_missing").with("path", path),
        ReadSchedule::Unreadable(why) => Observation::missing("schedule_unreadable")
            .with("path", path)
            .with("why", why),
        ReadSchedule::Ok { schedule, .. } => {
            let first_at = schedule.first_at();
            let reason = if first_at > now {
                Observation::proven("schedule_ahead")
            } else {
                Observation::missing("schedule_past")
            };
            reason
                .at("date", first_at)
                .with("days", days_until(first_at, now, collector.keys.project.zone))
        }
    }
}
