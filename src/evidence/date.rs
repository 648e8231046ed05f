//! Date: a date property of the page lies in the future.
use super::collector::{Collector, PageDate};
use super::observation::Observation;
use crate::domain::schedule::days_until;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

pub(super) fn observe(collector: &Collector, property: &str, now: DateTime<Utc>) -> Observation {
    let zone = collector.keys.project.zone;
    let observation = match &collector.page_date {
        PageDate::Unread => Observation::unknown("date_unread"),
        PageDate::Missing => Observation::missing("date_missing"),
        PageDate::Empty => Observation::missing("date_empty"),
        PageDate::Of(start) => match moment(start, zone) {
            Some(at) => {
                let ahead = if at > now {
                    Observation::proven("date_ahead")
                } else {
                    Observation::missing("date_past")
                };
                let date = at.with_timezone(&zone).date_naive().to_string();
                ahead.with("date", date).with("days", days_until(at, now, zone))
            }
            None => Observation::missing("date_empty"),
        },
    };
    observation.with("property", property)
}

/// The moment of a date; a day without a time begins with its midnight, so that today does not lie ahead.
fn moment(start: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(start) {
        return Some(at.to_utc());
    }
    let day: NaiveDate = start.parse().ok()?;
    let at = zone.from_local_datetime(&day.and_time(NaiveTime::MIN));
    Some(
        at.earliest()
            .map_or_else(|| day.and_time(NaiveTime::MIN).and_utc(), |at| at.to_utc()),
    )
}
