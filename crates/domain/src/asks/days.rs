//! Days as people name them, and the day that is meant: "15 January", "next Friday", "in two weeks", "the end of the month".
use crate::schedule::{FURTHEST_DAYS, Interval, Unit, at_nine};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

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
    /// "Friday next week".
    OfNextWeek(u32),
    /// "tomorrow": so many days from today.
    Ahead(u32),
    /// "in two weeks".
    In(Interval),
    /// "next week", "next month": its first day.
    Next(Interval),
    /// "the end of the month".
    EndOf(Interval),
    /// "the end of next month".
    EndOfNext(Interval),
    /// "the end of February": its last day.
    EndOfMonth {
        /// Of the year, from 1.
        month: u32,
        /// Where it is said.
        year: Option<i32>,
    },
    /// "in January": no day.
    Month(u32),
    /// "after the holidays", "next sprint": a time of which we do not know the days.
    Vague,
    /// Several days, and it is not said which.
    Several,
    /// "15 January, 25:00": a time that no day has.
    NoSuchTime,
    /// "every second": oftener than once a day.
    TooOften,
    /// "every few weeks": it is not said how often.
    HowOften,
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
    /// Oftener than once a day nothing is rotated.
    TooOften,
    /// It is not said how often.
    HowOften,
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
        if (day - today).num_days() > FURTHEST_DAYS {
            return Err(DateDoubt::TooFar);
        }
        Ok(at)
    }

    /// The day that is meant, on this one.
    pub(super) fn day(&self, today: NaiveDate) -> Result<NaiveDate, DateDoubt> {
        let ahead = |days: u64| today.checked_add_days(Days::new(days)).ok_or(DateDoubt::TooFar);
        match self {
            Self::Date { day, month, year } => dated(today, *day, *month, *year),
            Self::Figures { first, second, year } => figures(today, *first, *second, *year),
            Self::OfMonth(day) => of_month(today, *day),
            Self::Weekday(weekday) => {
                let from = today.weekday().number_from_monday();
                ahead(u64::from((weekday + 6 - from) % 7 + 1))
            }
            Self::OfNextWeek(weekday) => {
                let from = today.weekday().number_from_monday();
                ahead(u64::from(7 + weekday - from))
            }
            Self::Ahead(days) => ahead(u64::from(*days)),
            Self::In(span) => after(today, *span),
            Self::Next(span) => {
                let next = after(today, *span)?;
                first_of(next, *span)
            }
            Self::EndOf(span) => last_before(after(first_of(today, *span)?, *span)?),
            Self::EndOfNext(span) => {
                let next = after(first_of(today, *span)?, *span)?;
                last_before(after(next, *span)?)
            }
            Self::EndOfMonth { month, year } => end_of_month(today, *month, *year),
            Self::NoSuchTime => Err(DateDoubt::NoSuchDay),
            Self::TooOften => Err(DateDoubt::TooOften),
            Self::HowOften => Err(DateDoubt::HowOften),
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

fn last_before(day: NaiveDate) -> Result<NaiveDate, DateDoubt> {
    day.pred_opt().ok_or(DateDoubt::TooFar)
}

/// The last day of a month; without a year, of the next such month that is not over.
fn end_of_month(today: NaiveDate, month: u32, year: Option<i32>) -> Result<NaiveDate, DateDoubt> {
    let end = |year: i32| {
        let first = NaiveDate::from_ymd_opt(year, month, 1).ok_or(DateDoubt::NoSuchDay)?;
        last_before(first.checked_add_months(Months::new(1)).ok_or(DateDoubt::TooFar)?)
    };
    let this = end(year.unwrap_or(today.year()))?;
    if year.is_none() && this < today {
        return end(today.year() + 1);
    }
    Ok(this)
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
