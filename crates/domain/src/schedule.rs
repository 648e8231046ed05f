//! When the next rotation is due: calendar arithmetic in a zone, and the words for it. Asks no clock.
use chrono::{DateTime, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

pub use super::provider_end::{ProviderEnd, before_expiry};

/// The guide's interval, for schedules that name none.
pub const DEFAULT_INTERVAL: Interval = Interval {
    count: 4,
    unit: Unit::Weeks,
};
/// Nobody plans further ahead, in days.
pub const FURTHEST_DAYS: i64 = 731;
/// Rotations are due in the morning.
const DUE_HOUR: u32 = 9;

/// A number of days, weeks, months or years, counted on the calendar: 09:00 stays 09:00 when the clocks change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// How many units; at least 1.
    pub count: u32,
    /// The unit that is counted.
    pub unit: Unit,
}

/// The unit of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Days of the calendar.
    Days,
    /// Weeks of seven days.
    Weeks,
    /// To the same day of a later month, or its last one.
    Months,
    /// Years of twelve months.
    Years,
}

impl Interval {
    /// `4 weeks`, `1 week`, `28d`, `3m`, `1mo`, `1 year`, `every quarter`, `monthly`. `None` for anything else, zero, and over a
    /// hundred years.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let every = text.strip_prefix("every ").or(text.strip_prefix("each "));
        let text = every.unwrap_or(&text).trim_start();
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let counted = digits > 0 || every.is_some();
        let (each, unit) = unit_named(text[digits..].trim_start(), counted)?;
        let count = if digits > 0 {
            text[..digits].parse().ok()?
        } else {
            1_u32
        };
        let count = count.checked_mul(each)?;
        let interval = Self { count, unit };
        (1..=36_525).contains(&interval.days()).then_some(interval)
    }

    /// About how many days: a month counts 30, a year 365.
    pub fn days(self) -> u32 {
        self.count.saturating_mul(match self.unit {
            Unit::Days => 1,
            Unit::Weeks => 7,
            Unit::Months => 30,
            Unit::Years => 365,
        })
    }

    /// The same time of day, this much later in the zone.
    pub fn after(self, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let local = at.with_timezone(&zone).naive_local();
        let later = match self.unit {
            Unit::Days | Unit::Weeks => local.checked_add_days(Days::new(u64::from(self.days()))),
            Unit::Months => local.checked_add_months(Months::new(self.count)),
            Unit::Years => local.checked_add_months(Months::new(self.count.saturating_mul(12))),
        };
        later.map_or(DateTime::<Utc>::MAX_UTC, |later| instant(later, zone))
    }

    /// The same time of day, this much earlier in the zone.
    pub fn before(self, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let local = at.with_timezone(&zone).naive_local();
        let earlier = match self.unit {
            Unit::Days | Unit::Weeks => local.checked_sub_days(Days::new(u64::from(self.days()))),
            Unit::Months => local.checked_sub_months(Months::new(self.count)),
            Unit::Years => local.checked_sub_months(Months::new(self.count.saturating_mul(12))),
        };
        earlier.map_or(DateTime::<Utc>::MIN_UTC, |earlier| instant(earlier, zone))
    }

    /// So long before or behind a date, in the morning. What is overdue is put off from today.
    pub fn moved_from(self, due: DateTime<Utc>, earlier: bool, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        if earlier {
            self.before(due.max(now), zone)
        } else {
            self.morning_after(due.max(now), zone)
        }
    }

    /// As [`Interval::after`], at 09:00 of that day.
    pub fn morning_after(self, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        morning_of(self.after(at, zone), zone)
    }
}

impl fmt::Display for Interval {
    /// As the guide writes it: `4 weeks`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Days => "day",
            Unit::Weeks => "week",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {unit}{plural}", self.count)
    }
}

impl Serialize for Interval {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an interval such as 4 weeks or 28d"))
    }
}

/// What a word for an interval counts: so many of a unit. One that says how often stands without a number.
fn unit_named(word: &str, counted: bool) -> Option<(u32, Unit)> {
    Some(match word {
        "d" | "day" | "days" if counted => (1, Unit::Days),
        "w" | "wk" | "wks" | "week" | "weeks" if counted => (1, Unit::Weeks),
        "m" | "mo" | "mos" | "month" | "months" if counted => (1, Unit::Months),
        "q" | "quarter" | "quarters" if counted => (3, Unit::Months),
        "y" | "yr" | "yrs" | "year" | "years" if counted => (1, Unit::Years),
        _ if counted => return None,
        "daily" => (1, Unit::Days),
        "weekly" => (1, Unit::Weeks),
        "biweekly" | "bi-weekly" | "fortnightly" => (2, Unit::Weeks),
        "monthly" => (1, Unit::Months),
        "quarterly" => (3, Unit::Months),
        "half-yearly" | "semiannually" | "semi-annually" => (6, Unit::Months),
        "yearly" | "annually" => (1, Unit::Years),
        _ => return None,
    })
}

/// How urgent a key is; the guide's three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// The key opens money, or was exposed.
    High,
    /// The key opens data.
    Medium,
    /// The key opens no more than a quota of calls.
    #[default]
    Low,
}

impl Priority {
    /// The name in files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// When what is rotated next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The next rotation of all: the earliest of the keys', or what a person wrote.
    pub next_at: DateTime<Utc>,
    /// How often; the guide says every 4 weeks.
    pub every: Option<Interval>,
    /// The guide's third field; kept as it is.
    pub automated: bool,
    /// Each provider's own dates.
    pub keys: BTreeMap<String, KeySchedule>,
    /// When providers end the keys that stand in `.env`, as far as that is known; no part of what is written.
    pub ends: BTreeMap<String, ProviderEnd>,
}

impl KeySchedule {
    /// The end that was noted when the key was made.
    pub fn noted_end(&self) -> Option<ProviderEnd> {
        Some(ProviderEnd {
            at: self.provider_expires_at?,
            made_at: self.last_rotated_at,
            seen_at: None,
        })
    }
}

/// One provider's dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySchedule {
    /// The variables that are rotated together.
    pub vars: Vec<String>,
    /// How urgent its rotation is.
    pub priority: Priority,
    /// How long after one rotation the next is due.
    pub every: Interval,
    /// When its value last changed, as far as we saw.
    pub last_rotated_at: Option<DateTime<Utc>>,
    /// When the provider lets it expire.
    pub provider_expires_at: Option<DateTime<Utc>>,
    /// Due then; without a date of its own, with all others.
    pub next_at: Option<DateTime<Utc>>,
    /// How its rotation stands: `scheduled`, `old_still_alive`, ...
    pub state: Option<String>,
    /// Of its first variable, at the last rotation.
    pub fingerprint: Option<String>,
}

impl Schedule {
    /// The guide's schedule: one date for all.
    pub fn every(every: Interval, from: DateTime<Utc>, zone: Tz) -> Self {
        Self {
            next_at: every.morning_after(from, zone),
            every: Some(every),
            automated: false,
            keys: BTreeMap::new(),
            ends: BTreeMap::new(),
        }
    }

    /// When a provider is due: on its own date, or on the date of all, and shortly before it lets the key expire.
    pub fn due_at(&self, provider: &str) -> DateTime<Utc> {
        let written = self.written_for(provider);
        let by_end = self.end_of(provider).map(ProviderEnd::due_at);
        by_end.map_or(written, |by_end| by_end.min(written))
    }

    /// When a provider ends the key that stands in `.env`: as it last told, else as it told when the key was made.
    pub fn end_of(&self, provider: &str) -> Option<ProviderEnd> {
        self.ends.get(provider).copied()
    }

    /// The end because of which a key is due before its date.
    pub fn end_before_date(&self, provider: &str) -> Option<DateTime<Utc>> {
        let end = self.end_of(provider)?;
        (end.due_at() < self.written_for(provider)).then_some(end.at)
    }

    /// The first of all: the date of all, or an earlier one because a provider ends its key.
    pub fn first_at(&self) -> DateTime<Utc> {
        let by_end = self.ends.keys().map(|provider| self.due_at(provider));
        by_end.fold(self.next_at, DateTime::min)
    }

    /// The date that is written for a provider, whenever its key ends.
    pub fn written_for(&self, provider: &str) -> DateTime<Utc> {
        let own = self.keys.get(provider).and_then(|key| key.next_at);
        own.unwrap_or(self.next_at)
    }

    /// A person's date for all: every key is due then, whatever date of its own it had.
    pub fn move_to(&mut self, next_at: DateTime<Utc>) {
        self.next_at = next_at;
        for own in self.keys.values_mut().filter_map(|key| key.next_at.as_mut()) {
            *own = next_at;
        }
    }

    /// A person's interval for all: every key is rotated so often from now on.
    pub fn repeat_every(&mut self, every: Interval) {
        self.every = Some(every);
        self.keys.values_mut().for_each(|key| key.every = every);
    }

    /// Puts one provider's dates in, and brings the date of all to the earliest one.
    pub fn put(&mut self, provider: &str, key: KeySchedule) {
        self.keys.insert(provider.to_owned(), key);
        self.follow_the_earliest();
    }

    /// The date of all is the earliest of the keys', where they have dates of their own.
    pub fn follow_the_earliest(&mut self) {
        let dated = self.keys.iter().filter(|(_, key)| key.next_at.is_some());
        if let Some(earliest) = dated.map(|(id, _)| self.due_at(id)).min() {
            self.next_at = earliest;
        }
    }
}

/// When a key is due: its interval after the last rotation, or shortly before the provider lets it expire; an exposed key is
/// due at the moment of its exposure.
pub fn due_at(
    every: Interval,
    last: DateTime<Utc>,
    expires: Option<DateTime<Utc>>,
    exposed: Option<DateTime<Utc>>,
    zone: Tz,
) -> DateTime<Utc> {
    let by_interval = every.morning_after(last, zone);
    let by_expiry = expires.map(|expires| before_expiry(expires, Some(last)));
    [Some(by_interval), by_expiry, exposed]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(by_interval)
}

/// 09:00 of the day of an instant.
fn morning_of(at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    at_nine(at.with_timezone(&zone).date_naive(), zone)
}

/// 09:00 of a day: rotations are due in the morning.
pub fn at_nine(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let nine = NaiveTime::from_hms_opt(DUE_HOUR, 0, 0).unwrap_or(NaiveTime::MIN);
    instant(day.and_time(nine), zone)
}

/// A local time as an instant. Of an hour that comes twice, the first; one that is skipped moves forward by an hour.
pub fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let resolve = |local: &NaiveDateTime| match zone.from_local_datetime(local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        LocalResult::None => None,
    };
    resolve(&local)
        .or_else(|| resolve(&(local + TimeDelta::hours(1))))
        // Whole days are skipped where a date line moved.
        .or_else(|| resolve(&(local + TimeDelta::hours(24))))
        .unwrap_or_else(|| local.and_utc())
}

/// A date as people and the guide's scripts write it. Without an offset it is local; without a time, midnight.
pub fn read_instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN);
    text.parse::<NaiveDateTime>()
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f"))
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M"))
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"))
        .or_else(|_| text.parse::<NaiveDate>().map(midnight))
        .ok()
        .map(|local| instant(local, zone))
        .or_else(|| with_offset(text))
}

/// A time without seconds, with an offset: `2027-01-15T09:00+05:30`.
fn with_offset(text: &str) -> Option<DateTime<Utc>> {
    let forms = [
        "%Y-%m-%dT%H:%M%:z",
        "%Y-%m-%d %H:%M%:z",
        "%Y-%m-%d %H:%M %:z",
        "%Y-%m-%d %H:%M:%S%:z",
    ];
    let read = |form: &&str| DateTime::parse_from_str(text, form).ok();
    forms.iter().find_map(read).map(|at| at.with_timezone(&Utc))
}

/// Calendar days from now until then: tomorrow morning is 1 even an hour before midnight. Negative when overdue.
pub fn days_until(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> i64 {
    (at.with_timezone(&zone).date_naive() - now.with_timezone(&zone).date_naive()).num_days()
}

/// `due in 3 days (Sun 20 Dec 2026)`, `due today`, `overdue by 2 days`.
pub fn due_in_words(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let days = days_until(at, now, zone);
    let date = at.with_timezone(&zone).format("%a %-d %b %Y");
    match days {
        0 => "due today".to_owned(),
        1 => format!("due tomorrow ({date})"),
        2.. => format!("due in {days} days ({date})"),
        -1 => format!("overdue by 1 day ({date})"),
        _ => format!("overdue by {} days ({date})", -days),
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
