//! Schedule ahead: the next rotation is written down and lies in the future.
use super::{Looker, Sight};
use crate::domain::schedule::days_until;
use crate::rotation::schedule_file::{self, Read};
use chrono::{DateTime, Utc};

pub(super) async fn see(looker: &Looker, now: DateTime<Utc>) -> Sight {
    let path = schedule_file::PATH;
    match looker.on_disk(schedule_file::read).await {
        Read::Missing => Sight::missing("schedule_missing").with("path", path),
        Read::Unreadable(why) => Sight::missing("schedule_unreadable")
            .with("path", path)
            .with("why", why),
        Read::Ok { schedule, .. } => {
            let reason = if schedule.next_at > now {
                Sight::proven("schedule_ahead")
            } else {
                Sight::missing("schedule_past")
            };
            reason
                .at("date", schedule.next_at)
                .with("days", days_until(schedule.next_at, now, looker.project.zone))
        }
    }
}
