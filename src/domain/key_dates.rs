//! What is known of the dates of keys, and the moves of such dates: from one to another, so that a move can be made twice,
//! and taken back as long as nobody set a newer one.
use super::schedule::Interval;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What schedule, record and `.env` tell of a provider's key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyDates {
    /// The provider's id.
    pub provider: String,
    /// The provider's name for people.
    pub title: String,
    /// Its variables in `.env`; none: no key of it stands there.
    pub variables: Vec<String>,
    /// When it is due; `None`: no date is set.
    pub due_at: Option<DateTime<Utc>>,
    /// How often it is rotated.
    pub every: Option<Interval>,
    /// When it was rotated last, as far as we saw.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Who began that rotation, as the machine knows them.
    pub by: Option<String>,
    /// When its provider ends it.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it stood where others could read it.
    pub exposed: bool,
}

/// One change of a key's dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateMove {
    /// The provider's id.
    pub provider: String,
    /// The provider's name for people.
    pub title: String,
    /// The date that it had; `None`: none.
    pub from: Option<DateTime<Utc>>,
    /// The date that it gets.
    pub to: Option<DateTime<Utc>>,
    /// How often it was rotated, where that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_from: Option<Interval>,
    /// How often it is rotated from now on, where that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_to: Option<Interval>,
}

impl DateMove {
    /// The way back.
    #[must_use]
    pub fn back(&self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            every_from: self.every_to,
            every_to: self.every_from,
            ..self.clone()
        }
    }
}

/// A key whose date stays, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDate {
    /// The provider's name for people.
    pub title: String,
    /// Why it stays.
    pub why: WhyKept,
    /// The date that it has, or of which the reason speaks.
    pub at: Option<DateTime<Utc>>,
}

/// Why a date stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyKept {
    /// It was exposed: due now.
    Exposed,
    /// Its provider ends it before that day.
    Ends,
    /// No key of it is in `.env`.
    Absent,
    /// It has that date already.
    Same,
    /// It would be in the past.
    Past,
    /// It would be more than two years ahead.
    TooFar,
    /// Somebody set a newer date meanwhile.
    Newer,
}
