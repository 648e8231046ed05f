//! Reminders that a comment asks for: by which words, and for which moment.
use super::AskReader;
use super::clock::{ClockWords, taken};
use super::day_reader;
use super::days::DateDoubt;
use super::errand::errand;
use super::lexicon::{WordKind, WordKinds};
use super::wish::{DateWay, DateWish};
use crate::classify::folded;
use crate::comment::CleanText;
use crate::schedule::{FURTHEST_DAYS, instant};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

impl AskReader {
    /// The reminder that a comment asks for which is sure to ask for one, by the first time that it names; none where it says no.
    pub fn reminder(&self, text: &CleanText) -> Option<DateWish> {
        let words = self.lexicon.words(&folded(text.as_str()));
        // "Don't remind me on Friday"
        if words.first()?.is(WordKinds::of(&[WordKind::Veto])) {
            return None;
        }
        let (clock, words) = taken(&words);
        let day = (0..words.len()).find_map(|at| {
            let before = at.checked_sub(1).and_then(|at| words.get(at));
            Some(day_reader::day(before, &words[at..])?.1)
        });
        (clock.is_some() || day.is_some()).then(|| DateWish {
            to: day,
            clock,
            way: DateWay::Reminder,
            errand: errand(&self.lexicon, text.as_str()),
            ..DateWish::default()
        })
    }
}

impl DateWish {
    /// The moment that is meant, in the zone: a time without a day is the next such time. `None`: the wish names none.
    pub fn moment(&self, now: DateTime<Utc>, zone: Tz) -> Option<Result<DateTime<Utc>, DateDoubt>> {
        let (hour, minute) = match self.clock {
            Some(ClockWords::In { minutes }) => return Some(Ok(now + TimeDelta::minutes(i64::from(minutes)))),
            Some(ClockWords::At { hour, minute }) => (hour, minute),
            None => return Some(self.to.as_ref()?.morning(now, zone)),
        };
        let today = now.with_timezone(&zone).date_naive();
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
        let at = |day: NaiveDate| instant(day.and_time(time), zone);
        Some(match &self.to {
            Some(day) => day.day(today).and_then(|day| match at(day) {
                past if past <= now => Err(DateDoubt::Past { day }),
                _ if (day - today).num_days() > FURTHEST_DAYS => Err(DateDoubt::TooFar),
                at => Ok(at),
            }),
            None if at(today) > now => Ok(at(today)),
            None => today.checked_add_days(Days::new(1)).map(at).ok_or(DateDoubt::TooFar),
        })
    }
}
