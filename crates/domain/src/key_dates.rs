//! What is known of the dates of keys, and the moves of such dates: from one to another, so that a move can be made twice,
//! and taken back as long as nobody set a newer one.
use super::schedule::{Interval, Priority};
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
    /// How urgent its rotation is.
    #[serde(default)]
    pub priority: Priority,
    /// How its former value stands, as the record of its last rotation tells; `None`: none was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<FormerKey>,
    /// The id of the provider that was asked for, where its maker's only key was meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_as: Option<String>,
}

/// What became of the value that a rotation replaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerKey {
    /// How it stands.
    pub standing: FormerStanding,
    /// Since when it stands so.
    pub since: Option<DateTime<Utc>>,
    /// Where it is deleted.
    pub manage_url: String,
    /// Who still holds it; `None`: nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holders: Option<KeyHolders>,
}

/// How a value stands that a rotation replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormerStanding {
    /// A new value is awaited.
    InUse,
    /// A new value is in use; the old one is to be deleted.
    Replaced,
    /// It still opens something.
    Alive,
    /// Too few proofs yet, or none that tells.
    Unproven,
    /// It is proven dead.
    Dead,
    /// It is most likely dead: its provider has one answer for several causes.
    ProbablyDead,
    /// Nobody can be asked about it.
    Claimed,
    /// It was brought back.
    BroughtBack,
}

/// Who holds a value that was replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyHolders {
    /// Programs and places, in words of no language.
    pub named: Vec<NamedHolder>,
    /// How many more there are.
    pub more: usize,
    /// Whether all was looked through.
    pub looked: bool,
}

/// A program or a place that holds a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedHolder {
    /// Its name, or a file with its line.
    pub name: String,
    /// Of a program, the number of its process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// Since when it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Whether it only may hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perhaps: Option<bool>,
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
    /// What is known of the dates when this is written.
    pub fn apply(&self, keys: &mut [KeyDates]) {
        if let Some(key) = keys.iter_mut().find(|key| key.provider == self.provider) {
            key.due_at = self.to;
            key.every = self.every_to.or(key.every);
        }
    }

    /// Both in one: this one, and the next one of the same key behind it.
    pub fn join(&mut self, next: &Self) {
        self.to = next.to;
        self.every_from = self.every_from.or(next.every_from);
        self.every_to = next.every_to.or(self.every_to);
    }

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
    /// It is put off, and has a later date than that already.
    Later,
    /// It is of no provider that we know: it has no date of its own.
    NoProvider,
    /// It would be in the past.
    Past,
    /// It would be more than two years ahead.
    TooFar,
    /// Somebody set a newer date meanwhile.
    Newer,
}
