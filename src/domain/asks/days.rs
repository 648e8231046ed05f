//! Days as people name them, and the day that is meant: "15 January", "next Friday", "in two weeks", "the end of the month".
use super::lexicon::{DateWord, WordKinds};
use crate::domain::schedule::{Interval, Unit, at_nine};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Nobody plans further ahead, in days.
const FURTHEST: i64 = 731;
const ONE_DAY: Interval = Interval {
    count: 1,
    unit: Unit::Days,
};
/// A day without a year that was at most so many days ago is not that of next year.
const LATELY: i64 = 60;

/// A day as somebody names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayWords {
    /// "15 January", "2027-01-15".
    Date {
        /// Of the month.
        day: u32,
        /// Of the year, from 1.
        month: u32,
        /// Where it is said.
        year: Option<i32>,
    },
    /// "5/1": which is the month is not said.
    Figures {
        /// The first number.
        first: u32,
        /// The second one.
        second: u32,
        /// Where it is said.
        year: Option<i32>,
    },
    /// "the 15th": the next day with that number.
    OfMonth(u32),
    /// "Friday"; 1 is Monday.
    Weekday(u32),
    /// "tomorrow": so many days from today.
    Ahead(u32),
    /// "in two weeks".
    In(Interval),
    /// "next week", "next month": its first day.
    Next(Interval),
    /// "the end of the month".
    EndOf(Interval),
    /// "in January": no day.
    Month(u32),
    /// "after the holidays", "next sprint": a time of which we do not know the days.
    Vague,
    /// Several days, and it is not said which.
    Several,
}

/// Why no day is meant for sure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateDoubt {
    /// It was before today.
    Past {
        /// The day that is meant, by the calendar.
        day: NaiveDate,
    },
    /// The calendar has no such day.
    NoSuchDay,
    /// It is more than two years ahead.
    TooFar,
    /// It may be either.
    Either {
        /// With the day first.
        day_first: NaiveDate,
        /// With the month first.
        month_first: NaiveDate,
    },
    /// A time, without a day.
    WhichDay,
    /// Several days are named.
    Several,
}

impl DayWords {
    /// The morning that is meant, in the zone.
    pub fn morning(&self, now: DateTime<Utc>, zone: Tz) -> Result<DateTime<Utc>, DateDoubt> {
        let today = now.with_timezone(&zone).date_naive();
        let day = self.day(today)?;
        let at = at_nine(day, zone);
        if at <= now {
            return Err(DateDoubt::Past { day });
        }
        if (day - today).num_days() > FURTHEST {
            return Err(DateDoubt::TooFar);
        }
        Ok(at)
    }

    fn day(&self, today: NaiveDate) -> Result<NaiveDate, DateDoubt> {
        let ahead = |days: u64| today.checked_add_days(Days::new(days)).ok_or(DateDoubt::TooFar);
        match self {
            Self::Date { day, month, year } => dated(today, *day, *month, *year),
            Self::Figures { first, second, year } => figures(today, *first, *second, *year),
            Self::OfMonth(day) => of_month(today, *day),
            Self::Weekday(weekday) => {
                let from = today.weekday().number_from_monday();
                ahead(u64::from((weekday + 6 - from) % 7 + 1))
            }
            Self::Ahead(days) => ahead(u64::from(*days)),
            Self::In(span) => after(today, *span),
            Self::Next(span) => {
                let next = after(today, *span)?;
                first_of(next, *span)
            }
            Self::EndOf(span) => {
                let next = first_of(after(today, *span)?, *span)?;
                next.pred_opt().ok_or(DateDoubt::TooFar)
            }
            Self::Month(_) | Self::Vague => Err(DateDoubt::WhichDay),
            Self::Several => Err(DateDoubt::Several),
        }
    }
}

fn after(today: NaiveDate, span: Interval) -> Result<NaiveDate, DateDoubt> {
    let later = match span.unit {
        Unit::Days | Unit::Weeks => today.checked_add_days(Days::new(u64::from(span.days()))),
        Unit::Months => today.checked_add_months(Months::new(span.count)),
        Unit::Years => today.checked_add_months(Months::new(span.count.saturating_mul(12))),
    };
    later.ok_or(DateDoubt::TooFar)
}

/// The first day of the week, month, quarter, half-year or year that this day is in.
fn first_of(day: NaiveDate, span: Interval) -> Result<NaiveDate, DateDoubt> {
    let first = match span.unit {
        Unit::Days => Some(day),
        Unit::Weeks => day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))),
        Unit::Months if 12 % span.count.max(1) == 0 => {
            let month = day.month0() / span.count.max(1) * span.count.max(1);
            NaiveDate::from_ymd_opt(day.year(), month + 1, 1)
        }
        Unit::Months => day.with_day(1),
        Unit::Years => NaiveDate::from_ymd_opt(day.year(), 1, 1),
    };
    first.ok_or(DateDoubt::NoSuchDay)
}

/// A day of the calendar; without a year, the next such day. One that was lately is not meant for next year.
fn dated(today: NaiveDate, day: u32, month: u32, year: Option<i32>) -> Result<NaiveDate, DateDoubt> {
    // A leap year shows whether there ever is such a day.
    NaiveDate::from_ymd_opt(2000, month, day).ok_or(DateDoubt::NoSuchDay)?;
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day).ok_or(DateDoubt::NoSuchDay);
    }
    let this = NaiveDate::from_ymd_opt(today.year(), month, day);
    if let Some(this) = this.filter(|this| (today - *this).num_days() <= LATELY) {
        return Ok(this);
    }
    NaiveDate::from_ymd_opt(today.year() + 1, month, day).ok_or(DateDoubt::NoSuchDay)
}

fn figures(today: NaiveDate, first: u32, second: u32, year: Option<i32>) -> Result<NaiveDate, DateDoubt> {
    let day_first = dated(today, first, second, year);
    let month_first = dated(today, second, first, year);
    match (day_first, month_first) {
        (Ok(day_first), Ok(month_first)) if first != second => Err(DateDoubt::Either { day_first, month_first }),
        (Ok(day), _) | (Err(_), Ok(day)) => Ok(day),
        (Err(doubt), Err(_)) => Err(doubt),
    }
}

/// The next day with this number, of this month or a later one.
fn of_month(today: NaiveDate, day: u32) -> Result<NaiveDate, DateDoubt> {
    let first = today.with_day(1).ok_or(DateDoubt::NoSuchDay)?;
    let months = (0..3).filter_map(|ahead| first.checked_add_months(Months::new(ahead))?.with_day(day));
    months
        .into_iter()
        .find(|found| *found > today)
        .ok_or(DateDoubt::NoSuchDay)
}

/// How many words the day takes that begins behind `before`, and which it is.
pub(super) fn day(before: Option<&DateWord>, words: &[DateWord]) -> Option<(usize, DayWords)> {
    let first = words.first()?;
    if let Some(days) = first.days {
        return Some((1, DayWords::Ahead(days)));
    }
    in_figures(words)
        .or_else(|| with_month(words))
        .or_else(|| month_first(words))
        .or_else(|| of_calendar(words))
        .or_else(|| ahead(words))
        .or_else(|| vague(before, words))
        .or_else(|| numbered(before, words))
}

/// "the 15", "am 15.", "dia 15": a number alone that a word for a day leads to.
fn numbered(before: Option<&DateWord>, words: &[DateWord]) -> Option<(usize, DayWords)> {
    if words[0].unit == Some(ONE_DAY) {
        let day = number(words, 1).filter(|day| (1..=31).contains(day))?;
        return Some((2, DayWords::OfMonth(day)));
    }
    let day = number(words, 0).filter(|day| (1..=31).contains(day))?;
    let leads = WordKinds::of(&["toward", "to"]);
    let ends = words.get(1).is_none_or(|next| {
        next.sign.is_some_and(|sign| sign != ':' && sign != '%') || next.is(WordKinds::of(&["cue"]))
    });
    (ends && before?.is(leads)).then_some((1, DayWords::OfMonth(day)))
}

fn number(words: &[DateWord], at: usize) -> Option<u32> {
    words.get(at).filter(|word| word.figures.is_some())?.number
}

fn sign(words: &[DateWord], at: usize) -> Option<char> {
    words.get(at)?.sign
}

fn year_of(number: u32, figures: usize) -> Option<i32> {
    match (figures, i32::try_from(number).ok()?) {
        (4, year) => Some(year),
        (2, year) => Some(2000 + year),
        _ => None,
    }
}

/// A year that stands here, behind a comma or an "of" or not: how many words it takes.
fn year(words: &[DateWord], at: usize) -> (usize, Option<i32>) {
    let skipped = usize::from(
        words
            .get(at)
            .is_some_and(|word| word.sign == Some(',') || word.is(WordKinds::of(&["filler", "to"]))),
    );
    match words.get(at + skipped) {
        Some(word) if word.figures == Some(4) => (skipped + 1, word.number.and_then(|number| year_of(number, 4))),
        _ => (0, None),
    }
}

/// "2027-01-15", "25/12", "5.1.", "31-12-2026".
fn in_figures(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let (first, mark, second) = (number(words, 0)?, sign(words, 1)?, number(words, 2)?);
    if !matches!(mark, '/' | '-' | '.') || !words[2].joined && mark != '.' {
        return None;
    }
    let third = number(words, 4).filter(|_| sign(words, 3) == Some(mark) && words[3].joined);
    if words[0].figures == Some(4) {
        let (year, day) = (i32::try_from(first).ok(), third?);
        let clock = usize::from(words.get(5).is_some_and(|word| word.joined && word.sign.is_none()));
        return Some((
            5 + clock,
            DayWords::Date {
                day,
                month: second,
                year,
            },
        ));
    }
    if words[0].figures? > 2 || words[2].figures? > 2 {
        return None;
    }
    let year = third.and_then(|year| year_of(year, words[4].figures.unwrap_or_default()));
    let length = match third {
        Some(_) => 5,
        None if mark == '.' && sign(words, 3) == Some('.') => 4,
        None => 3,
    };
    let named = if mark == '.' {
        // With dots it is one way only; without the second one it may be a number.
        let (day, month) = (first, second);
        (length > 3).then_some(DayWords::Date { day, month, year })?
    } else {
        DayWords::Figures { first, second, year }
    };
    Some((length, named))
}

/// "15 January", "3rd of May 2027", "5. Januar", "1er mars", "2 de dic".
fn with_month(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let day = number(words, 0).filter(|_| words[0].figures <= Some(2))?;
    let mut at = 1;
    while words
        .get(at)
        .is_some_and(|word| word.sign == Some('.') || word.month.is_none() && word.is(WordKinds::of(&["filler", "to"])))
        && at < 3
    {
        at += 1;
    }
    let month = words.get(at)?.month?;
    let dot = usize::from(sign(words, at + 1) == Some('.') && words[at + 1].joined);
    let (more, year) = year(words, at + 1 + dot);
    Some((at + 1 + dot + more, DayWords::Date { day, month, year }))
}

/// "January 15", "May the 3rd, 2027"; a month without a day.
fn month_first(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let month = words.first()?.month?;
    let the = usize::from(
        words
            .get(1)
            .is_some_and(|word| word.is(WordKinds::of(&["filler"])) || word.sign == Some('.')),
    );
    let day = number(words, 1 + the).filter(|_| words[1 + the].figures <= Some(2));
    let Some(day) = day else {
        return Some((1, DayWords::Month(month)));
    };
    let (more, year) = year(words, 2 + the);
    Some((2 + the + more, DayWords::Date { day, month, year }))
}

/// "Friday", "next Friday", "next month", "the end of the year".
fn of_calendar(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let of = |kind: &str| words[0].is(WordKinds::of(&[kind]));
    let one = |at: usize| words.get(at).and_then(|word| word.unit).filter(|unit| unit.count > 0);
    if let Some(weekday) = words[0].weekday {
        let next = usize::from(words.get(1).is_some_and(|word| word.is(WordKinds::of(&["next"]))));
        return Some((1 + next, DayWords::Weekday(weekday)));
    }
    if of("next") {
        if let Some(weekday) = words.get(1).and_then(|word| word.weekday) {
            return Some((2, DayWords::Weekday(weekday)));
        }
        return Some((2, DayWords::Next(one(1)?)));
    }
    if of("end") {
        let skipped = usize::from(
            words
                .get(1)
                .is_some_and(|word| word.is(WordKinds::of(&["filler", "it", "next"]))),
        );
        let month = words.get(1 + skipped).and_then(|word| word.month);
        if let Some(month) = month {
            let day = if month == 2 { 28 } else { 30 + (month + month / 8) % 2 };
            return Some((2 + skipped, DayWords::Date { day, month, year: None }));
        }
        return Some((2 + skipped, DayWords::EndOf(one(1 + skipped)?)));
    }
    // "la semana que viene", "le mois prochain"
    let next = words.get(1).is_some_and(|word| word.is(WordKinds::of(&["next"])));
    let unit = one(0).filter(|_| next && words[0].number.is_none())?;
    Some((2, DayWords::Next(unit)))
}

/// "in two weeks", "a month from now"; "the 15th".
fn ahead(words: &[DateWord]) -> Option<(usize, DayWords)> {
    if words[0].is(WordKinds::of(&["in"]))
        && let Some((length, span)) = span(&words[1..])
    {
        return Some((1 + length, DayWords::In(span)));
    }
    let hence = |at: usize| words.get(at).is_some_and(|word| word.is(WordKinds::of(&["hence"])));
    if let Some((length, span)) = span(words).filter(|(length, _)| hence(*length)) {
        return Some((length + 1, DayWords::In(span)));
    }
    let day = number(words, 0).filter(|_| words[0].ordinal)?;
    Some((1, DayWords::OfMonth(day)))
}

/// "after the holidays", "to next sprint", "na de zomer": a time that a word leads to; "the summer schedule" is none.
fn vague(before: Option<&DateWord>, words: &[DateWord]) -> Option<(usize, DayWords)> {
    let leads = WordKinds::of(&["after", "before", "in", "filler", "next"]);
    let named = |word: &DateWord| word.is(WordKinds::of(&["vague"]));
    let at = words.iter().take(4).position(named)?;
    let own = WordKinds::of(&["after", "before", "in"]);
    let is_led = words[..at].iter().all(|word| word.is(leads))
        && (words[..at].iter().any(|word| word.is(own))
            || before.is_some_and(|word| word.is(WordKinds::of(&["toward", "to"]))));
    let follows = usize::from(words.get(at + 1).is_some_and(|word| word.is(WordKinds::of(&["next"]))));
    is_led.then_some((at + 1 + follows, DayWords::Vague))
}

/// How many words the span of days takes that begins here: "two weeks", "60d", "24 hours", "half a year".
pub(super) fn span(words: &[DateWord]) -> Option<(usize, Interval)> {
    let mut at = 1;
    let (count, first) = match words.first()? {
        word if word.number.is_some() && !word.ordinal => (word.number?, 1),
        word if word.unit.is_some() => (1, 0),
        _ => return None,
    };
    if first == 0 {
        at = 0;
    }
    while words.get(at).is_some_and(|word| {
        word.sign == Some('-') || word.unit.is_none() && word.is(WordKinds::of(&["filler", "after"]))
    }) && at < 3
    {
        at += 1;
    }
    let unit = words.get(at)?.unit?;
    let (count, unit) = match unit.count {
        0 if count % 24 == 0 => (count / 24, Unit::Days),
        0 => return None,
        each => (count.checked_mul(each)?, unit.unit),
    };
    let interval = Interval { count, unit };
    (1..=36_525).contains(&interval.days()).then_some((at + 1, interval))
}
