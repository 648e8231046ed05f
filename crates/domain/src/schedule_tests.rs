//! Calendar arithmetic across the changes of clocks, and the words for dates.
use super::*;
use chrono_tz::Europe::Amsterdam;

fn at(text: &str) -> DateTime<Utc> {
    read_instant(text, Amsterdam).unwrap()
}

#[test]
fn four_weeks_keep_the_hour_when_the_clocks_change() {
    let four_weeks = DEFAULT_INTERVAL;
    assert_eq!(
        four_weeks.after(at("2026-10-10T09:00"), Amsterdam),
        at("2026-11-07T09:00")
    );
    assert_eq!(
        four_weeks.morning_after(at("2026-03-10 17:45"), Amsterdam),
        at("2026-04-07T09:00")
    );
    assert_eq!(
        Interval::parse("1 month")
            .unwrap()
            .after(at("2026-01-31T09:00"), Amsterdam),
        at("2026-02-28T09:00")
    );
    assert_eq!(
        Interval::parse("1y").unwrap().after(at("2028-02-29T09:00"), Amsterdam),
        at("2029-02-28T09:00")
    );
}

#[test]
fn intervals_are_read_as_people_write_them() {
    for (text, days) in [
        ("4 weeks", 28),
        ("1 week", 7),
        ("28d", 28),
        ("90 days", 90),
        ("2 w", 14),
        ("3M", 90),
        ("1mo", 30),
        ("2 quarters", 180),
        ("monthly", 30),
        ("Quarterly", 90),
        ("weekly", 7),
        ("biweekly", 14),
        ("yearly", 365),
        ("every month", 30),
        ("every 60 days", 60),
    ] {
        assert_eq!(Interval::parse(text).map(Interval::days), Some(days), "{text}");
    }
    for text in [
        "",
        "weeks",
        "0 days",
        "4",
        "4 fortnights",
        "3 monthly",
        "every",
        "month",
        "often",
        "-3 days",
        "99999999999 days",
        "4294967295 years",
    ] {
        assert_eq!(Interval::parse(text), None, "{text}");
    }
    assert_eq!(Interval::parse("1w").unwrap().to_string(), "1 week");
}

#[test]
fn days_are_counted_on_the_calendar() {
    let cases = [
        ("2026-12-20T09:00", "2026-12-19T23:00", "due tomorrow (Sun 20 Dec 2026)"),
        (
            "2026-12-20T09:00",
            "2026-12-17T08:00",
            "due in 3 days (Sun 20 Dec 2026)",
        ),
        ("2026-12-20T09:00", "2026-12-20T23:59", "due today"),
        (
            "2026-12-20T09:00",
            "2026-12-22T00:01",
            "overdue by 2 days (Sun 20 Dec 2026)",
        ),
    ];
    for (due, now, words) in cases {
        assert_eq!(due_in_words(at(due), at(now), Amsterdam), words);
    }
}

#[test]
fn due_is_the_earliest_of_interval_expiry_and_exposure() {
    let last = at("2026-11-01T10:00");
    let due = |expires, exposed| due_at(DEFAULT_INTERVAL, last, expires, exposed, Amsterdam);
    assert_eq!(due(None, None), at("2026-11-29T09:00"));
    assert_eq!(due(Some(at("2026-12-06T10:00")), None), at("2026-11-29T09:00"));
    assert_eq!(
        due(Some(at("2026-11-21T10:00")), None),
        at("2026-11-17T10:00"),
        "a fifth of its life"
    );
    let long = due_at(
        Interval::parse("1 year").unwrap(),
        last,
        Some(at("2027-03-01T10:00")),
        None,
        Amsterdam,
    );
    assert_eq!(long, at("2027-02-22T10:00"), "a week");
    assert_eq!(
        due(Some(at("2027-11-20T10:00")), Some(at("2026-11-02"))),
        at("2026-11-02")
    );
}

proptest::proptest! {
    #[test]
    fn every_local_time_is_some_instant_near_it(seconds in 0_i64..4_000_000_000) {
        let local = DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
        for zone in [Amsterdam, chrono_tz::Pacific::Apia, chrono_tz::Australia::Lord_Howe] {
            let back = instant(local, zone).with_timezone(&zone).naive_local();
            proptest::prop_assert!((back - local).num_hours().abs() <= 24);
        }
    }
}
