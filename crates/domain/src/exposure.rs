//! A key that others could read, and how it stands: the clock on it runs until its old value is proven dead.
use super::cycle::Fingerprint;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the exposed value of a key stands, and whether it still opens something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExposureStanding {
    /// It stands in `.env`, and its provider lets it in.
    InUseAlive,
    /// `.env` holds another value; the exposed one still works.
    OldAlive,
    /// `.env` holds none in its place, and it still works.
    GoneAlive,
    /// It stands in `.env`; whether it works could not be told.
    InUseUnknown,
    /// `.env` holds another value; whether the exposed one works could not be told.
    OldUnknown,
    /// `.env` holds none in its place; whether it works could not be told.
    GoneUnknown,
    /// Its provider refuses it, and it stands in `.env`.
    InUseRefused,
    /// Its provider refuses it, but too few proofs were taken yet.
    OldRefused,
    /// It stands in `.env` no more, and no backup that can be read now holds it: nobody can ask about it until one does.
    OldUnreadable,
    /// It stands in `.env` no more, and no provider is known that could be asked about the exposed one.
    NoProvider,
    /// It is most likely dead: its provider has one answer for several causes, or no other key could be asked beside it.
    ProbablyDead,
    /// It is proven dead.
    Dead,
    /// No such key is in `.env`.
    Absent,
    /// What stood in `.env` before was proven dead before anybody said that it leaked.
    FormerDead,
    /// Nothing tells of a value that stood in `.env` before.
    NoFormer,
}

/// An exposed key of one provider, as it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposedKey {
    /// By what the rotation commands know it: its provider's id, else its variable.
    pub id: String,
    /// Its provider's name for people, else its variable.
    pub title: String,
    /// Its variables in `.env` whose values were exposed.
    pub variables: Vec<String>,
    /// What tells their exposed values from others.
    #[serde(default)]
    pub fingerprints: BTreeMap<String, Fingerprint>,
    /// Whether a rotation of its provider's key is under way.
    #[serde(default)]
    pub is_rotating: bool,
    /// Whether it is newer than the one in use: its rotation was rolled back.
    #[serde(default)]
    pub is_newer: bool,
    /// Where it is made and deleted.
    pub manage_url: Option<String>,
    /// Since when it counts as exposed; `None` where it is not in `.env`.
    pub since: Option<DateTime<Utc>>,
    /// How it stands.
    pub standing: ExposureStanding,
    /// When its clock stopped.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the next proof that it is dead is due.
    pub next_proof_at: Option<DateTime<Utc>>,
}

impl ExposureStanding {
    /// Whether nothing more can be learned: it is dead, or nobody can ask about it.
    pub fn is_over(self) -> bool {
        match self {
            Self::NoProvider | Self::ProbablyDead | Self::Dead | Self::Absent | Self::FormerDead | Self::NoFormer => {
                true
            }
            Self::InUseAlive
            | Self::OldAlive
            | Self::GoneAlive
            | Self::InUseUnknown
            | Self::OldUnknown
            | Self::GoneUnknown
            | Self::OldUnreadable
            | Self::InUseRefused
            | Self::OldRefused => false,
        }
    }

    /// Whether the exposed value stands in `.env`.
    pub fn is_in_use(self) -> bool {
        matches!(self, Self::InUseAlive | Self::InUseUnknown | Self::InUseRefused)
    }

    /// The same, by whether another key stands in its place in `.env`.
    #[must_use]
    pub fn beside_another(self, is_there: bool) -> Self {
        match self {
            Self::OldAlive | Self::GoneAlive if is_there => Self::OldAlive,
            Self::OldAlive | Self::GoneAlive => Self::GoneAlive,
            Self::OldUnknown | Self::GoneUnknown if is_there => Self::OldUnknown,
            Self::OldUnknown | Self::GoneUnknown => Self::GoneUnknown,
            other => other,
        }
    }

    /// In words, for commands.
    fn in_words(self) -> &'static str {
        match self {
            Self::InUseAlive => "the exposed key stands in .env and works",
            Self::OldAlive => "a new key is in .env, the old key is alive: delete it",
            Self::GoneAlive => "gone from .env, and alive: delete it",
            Self::InUseUnknown => "the exposed key stands in .env, whether it works is not known yet",
            Self::OldUnknown => "a new key is in .env, whether the old key is alive is not known yet",
            Self::GoneUnknown => "gone from .env, whether it is alive is not known yet",
            Self::InUseRefused => "the exposed key stands in .env, its provider refuses it",
            Self::OldRefused => "the old key is refused, its death is being proven",
            Self::OldUnreadable => {
                "no longer in .env, and no backup that can be read now holds it, so nobody can prove it dead"
            }
            Self::NoProvider => "no longer in .env; no known provider can be asked about the old key",
            Self::ProbablyDead => "the old key is most likely dead",
            Self::Dead => "the old key is proven dead",
            Self::Absent => "not in .env",
            Self::FormerDead => "the former key was proven dead before",
            Self::NoFormer => "no former key is known",
        }
    }
}

impl ExposedKey {
    /// How long it was exposed, until now or until its clock stopped.
    pub fn lasts(&self, now: DateTime<Utc>) -> TimeDelta {
        let since = self.since.unwrap_or(now);
        (self.ended_at.unwrap_or(now) - since).max(TimeDelta::zero())
    }

    /// What it is called where it is out of use: nobody deletes the one in use for it.
    pub fn called(&self) -> &'static str {
        if self.is_newer { "the newer key" } else { "the old key" }
    }

    /// How it stands, in words.
    fn stands(&self) -> String {
        let words = self.standing.in_words();
        if !self.is_newer {
            return words.to_owned();
        }
        // The one before it is in use again.
        let words = words.replace("a new key is in .env", "the key before it is in .env again");
        words.replace("the old key", self.called())
    }

    /// `exposed for 40 minutes, a new key is in .env, the old key is alive: delete it`.
    pub fn in_words(&self, now: DateTime<Utc>) -> String {
        let standing = self.stands();
        let (count, unit) = span(self.lasts(now));
        let plural = if count == 1 { "" } else { "s" };
        match (self.since, self.standing.is_over()) {
            (None, _) => standing,
            (Some(_), false) if count == 0 => format!("exposed just now, {standing}"),
            (Some(_), false) => format!("exposed for {count} {unit}{plural}, {standing}"),
            (Some(_), true) => format!("was exposed for {count} {unit}{plural}, {standing}"),
        }
    }
}

/// A time in its largest unit that says enough: minutes for two hours, hours for two days, then days.
pub fn span(time: TimeDelta) -> (i64, &'static str) {
    match time.num_minutes() {
        minutes @ 0..120 => (minutes, "minute"),
        minutes @ 120..2_880 => (minutes / 60, "hour"),
        minutes => (minutes / 1_440, "day"),
    }
}
