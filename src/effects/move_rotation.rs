//! `MoveRotation`: writes other dates of the next rotations into `config/rotation_schedule.json`. A key is moved that has the
//! date yet from which it is moved; made twice, it is the same.
use super::outcomes::later;
use crate::domain::effect::{Done, Outcome};
use crate::domain::key_dates::DateMove;
use crate::domain::schedule::Schedule;
use crate::rotation::schedule_file::{self, ReadSchedule};
use crate::rotation::{Keyring, key_dates};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// A full disk may have room again soon.
const TRY_AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn perform(keys: &Keyring, moves: &[DateMove]) -> Outcome {
    let (providers, moves) = (Arc::clone(&keys.providers), moves.to_vec());
    let written = keys.blocking(move |project| {
        let _lock = schedule_file::lock(project).map_err(|error| error.to_string())?;
        let read = schedule_file::read(project);
        if let ReadSchedule::Unreadable(why) = read {
            return Ok(Outcome::Refused { why });
        }
        let (was_none, now) = (matches!(read, ReadSchedule::Missing), Utc::now());
        let mut schedule = key_dates::of_each(project, &providers, now);
        let is_done = |one: &DateMove| was_none && one.to.is_none();
        let done = moves.into_iter();
        let done: Vec<DateMove> = done
            .filter(|one| is_done(one) || moves_one(&mut schedule, one, now))
            .collect();
        let leads_to_none = done.iter().any(|one| one.to.is_none());
        let next_at = if leads_to_none && (was_none || tells_nothing(&schedule, now)) {
            // There was no schedule before: all is due now, as without one.
            schedule_file::remove(project).map_err(|error| error.to_string())?;
            now
        } else {
            schedule.follow_the_earliest();
            schedule_file::write(project, &schedule).map_err(|error| error.to_string())?;
            schedule.first_at()
        };
        Ok::<_, String>(Outcome::Done {
            result: Done::Moved { moves: done, next_at },
        })
    });
    written.await.unwrap_or_else(|why| later(TRY_AGAIN, why))
}

/// Moves one key; whether it has the new date now. Where no date was set, any that stands there now is ours, and the way back
/// leads to a key that is due now, as one without a date is.
fn moves_one(schedule: &mut Schedule, one: &DateMove, now: DateTime<Utc>) -> bool {
    let (of_all, due_at) = (schedule.next_at, schedule.due_at(&one.provider));
    let Some(key) = schedule.keys.get_mut(&one.provider) else {
        return false;
    };
    let present = Some(key.next_at.unwrap_or(of_all));
    let to = one.to.unwrap_or(now);
    let is_at = present == one.to || one.to.is_none() && key.next_at.is_some_and(|at| at <= now);
    if is_at && one.every_to.is_none_or(|every| every == key.every) {
        return true;
    }
    // It may be due before its date, as its provider ends it.
    if one.from.is_some_and(|from| present != Some(from) && due_at != from) {
        return false;
    }
    key.next_at = Some(to);
    key.every = one.every_to.unwrap_or(key.every);
    true
}

/// Whether all that is left in it is what was written beside the first date that somebody set: no key was rotated, and all of them
/// are due.
fn tells_nothing(schedule: &Schedule, now: DateTime<Utc>) -> bool {
    let mut keys = schedule.keys.values();
    keys.all(|key| {
        let is_due = key.next_at.is_none_or(|at| at <= now);
        is_due && key.last_rotated_at.is_none() && key.state.is_none() && key.provider_expires_at.is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schedule::{DEFAULT_INTERVAL, Interval, KeySchedule, Priority, read_instant};
    use chrono_tz::Tz;
    use std::collections::BTreeMap;

    fn at(text: &str) -> DateTime<Utc> {
        read_instant(text, Tz::UTC).unwrap()
    }

    fn now() -> DateTime<Utc> {
        at("2026-12-01T09:00")
    }

    fn schedule(next_at: Option<&str>) -> Schedule {
        let key = KeySchedule {
            vars: vec!["API_Groq".to_owned()],
            priority: Priority::Low,
            every: DEFAULT_INTERVAL,
            last_rotated_at: None,
            provider_expires_at: None,
            next_at: next_at.map(at),
            state: None,
            fingerprint: None,
        };
        Schedule {
            keys: BTreeMap::from([("groq".to_owned(), key)]),
            ..Schedule::every(DEFAULT_INTERVAL, at("2027-01-01T09:00"), Tz::UTC)
        }
    }

    fn one(from: Option<&str>, to: &str) -> DateMove {
        DateMove {
            provider: "groq".to_owned(),
            title: "Groq".to_owned(),
            from: from.map(at),
            to: Some(at(to)),
            every_from: Some(DEFAULT_INTERVAL),
            every_to: Interval::parse("60 days"),
        }
    }

    #[test]
    fn a_move_made_twice_is_one_and_its_way_back_leads_where_it_was() {
        let mut moved = schedule(Some("2027-01-12T09:00"));
        let one = one(Some("2027-01-12T09:00"), "2027-01-15T09:00");
        for _ in 0..2 {
            assert!(moves_one(&mut moved, &one, now()));
            assert_eq!(moved.keys["groq"].next_at, Some(at("2027-01-15T09:00")));
            assert_eq!(moved.keys["groq"].every.to_string(), "60 days");
        }
        for _ in 0..2 {
            assert!(moves_one(&mut moved, &one.back(), now()));
            assert_eq!(moved, schedule(Some("2027-01-12T09:00")));
        }
    }

    #[test]
    fn the_way_back_to_no_schedule_leads_to_none() {
        let mut first = schedule(None);
        let mut one = one(None, "2027-01-15T09:00");
        one.every_from = None;
        assert!(moves_one(&mut first, &one, now()));
        for _ in 0..2 {
            assert!(moves_one(&mut first, &one.back(), now()));
            assert_eq!(
                first.keys["groq"].next_at,
                Some(now()),
                "due now, whatever the dates of others are"
            );
        }
        assert!(tells_nothing(&first, now()));
        let other = schedule(Some("2027-01-15T09:00"));
        assert!(!tells_nothing(&other, now()), "somebody set a date");
    }

    #[test]
    fn a_newer_date_stands() {
        let mut newer = schedule(Some("2027-02-01T09:00"));
        let one = one(Some("2027-01-12T09:00"), "2027-01-15T09:00");
        assert!(!moves_one(&mut newer, &one, now()) && !moves_one(&mut newer, &one.back(), now()));
        assert_eq!(newer, schedule(Some("2027-02-01T09:00")));
    }

    #[test]
    fn where_no_date_was_set_one_is_and_the_date_of_all_is_a_date() {
        let mut none = schedule(None);
        assert!(moves_one(&mut none, &one(None, "2027-01-15T09:00"), now()));
        assert_eq!(none.keys["groq"].next_at, Some(at("2027-01-15T09:00")));
        let of_all = none.next_at.to_rfc3339();
        let mut follows = schedule(None);
        assert!(moves_one(&mut follows, &one(Some(&of_all), "2027-01-15T09:00"), now()));
        let mut unknown = schedule(None);
        let other = DateMove {
            provider: "bybit".to_owned(),
            ..one(None, "2027-01-15T09:00")
        };
        assert!(!moves_one(&mut unknown, &other, now()));
    }
}
