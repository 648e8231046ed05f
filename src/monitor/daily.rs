//! When the daily monitor runs: at a local time of the zone, whatever the clocks do, and once more after a sleep.
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// The longest time that clocks were ever set forward by: a whole day, in Samoa.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

/// A daily time such as `09:00`.
#[derive(Clone, Debug)]
pub struct DailyTime {
    time: NaiveTime,
    zone: Tz,
}

impl DailyTime {
    /// From `HH:MM` in a zone; `None` when the text is no such time.
    pub fn at(text: &str, zone: Tz) -> Option<Self> {
        let time = NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()?;
        Some(Self { time, zone })
    }

    /// The next run after `now`. A time that is skipped in spring comes right after the gap; one that comes twice in
    /// autumn counts once.
    pub fn next_run(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        let days = today.iter_days().take(3);
        days.filter_map(|day| self.on(day))
            .find(|run| *run > now)
            .unwrap_or(now + TimeDelta::days(1))
    }

    /// The run of a day: the first moment at or after the time that the zone's clocks show at all.
    fn on(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let time = day.and_time(self.time);
        let later = |minutes| (time + TimeDelta::minutes(minutes)).and_local_timezone(self.zone);
        let shown = (0..=LONGEST_GAP_MINUTES).find_map(|minutes| later(minutes).earliest())?;
        Some(shown.to_utc())
    }

    /// Whether a run is due: none was ever, or a moment for one has passed since the last. State decides, not the clock,
    /// so that a machine that slept through 09:00 catches up, once.
    pub fn is_due(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        match last {
            None => true,
            // A last run in the future is a clock that was wrong once; it must not silence the monitor.
            Some(last) if last > now + TimeDelta::minutes(5) => true,
            Some(last) => self.next_run(last) <= now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn nine_in_the_morning_stays_nine_when_the_clocks_change() {
        let daily = DailyTime::at("09:00", chrono_tz::Europe::Amsterdam).unwrap();
        for (now, next) in [
            ("2026-01-05T07:59:59Z", "2026-01-05T08:00:00Z"),
            ("2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z"),
            ("2026-03-28T08:00:01Z", "2026-03-29T07:00:00Z"),
            ("2026-10-24T07:00:01Z", "2026-10-25T08:00:00Z"),
        ] {
            assert_eq!(daily.next_run(utc(now)), utc(next), "{now}");
        }
    }

    #[test]
    fn a_time_that_is_skipped_or_doubled_runs_once() {
        let daily = DailyTime::at("02:30", chrono_tz::Europe::Amsterdam).unwrap();
        let spring = daily.next_run(utc("2026-03-28T12:00:00Z"));
        assert_eq!(spring.date_naive(), utc("2026-03-29T00:00:00Z").date_naive());
        assert!(daily.next_run(spring) - spring > TimeDelta::hours(20));
        let autumn = daily.next_run(utc("2026-10-24T12:00:00Z"));
        assert_eq!(autumn, utc("2026-10-25T00:30:00Z"));
        assert!(
            daily.next_run(autumn) - autumn > TimeDelta::hours(20),
            "not again an hour later"
        );
    }

    #[test]
    fn a_missed_morning_is_caught_up_once() {
        let daily = DailyTime::at("09:00", chrono_tz::UTC).unwrap();
        assert!(daily.is_due(None, utc("2026-01-05T03:00:00Z")));
        let last = utc("2026-01-05T09:00:00Z");
        assert!(!daily.is_due(Some(last), utc("2026-01-06T08:59:59Z")));
        let woken = utc("2026-01-08T15:12:00Z");
        assert!(daily.is_due(Some(last), woken) && !daily.is_due(Some(woken), woken));
        assert!(daily.is_due(Some(utc("2027-01-01T00:00:00Z")), woken));
        assert!(
            DailyTime::at("9 o'clock", chrono_tz::UTC).is_none() && DailyTime::at("25:00", chrono_tz::UTC).is_none()
        );
    }
}
