//! What comments told of leaks: which comment marked which keys as exposed, and which false alarm took that back.
use crate::cycle::Fingerprint;
use crate::ids::{CommentId, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Keys that a comment marked as exposed, by what it told of them alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedKeys {
    /// The comment that tells of the leak.
    pub comment: CommentId,
    /// Who wrote it; `None` in states of earlier versions.
    #[serde(default)]
    pub author: Option<PersonId>,
    /// The name of that person.
    #[serde(default)]
    pub name: Option<String>,
    /// Variables of `.env`.
    pub variables: Vec<String>,
    /// Whether all secrets of `.env` are meant.
    pub all: bool,
    /// Of all, those that were taken back by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub but: Vec<String>,
    /// Variables of which the values before the present ones are meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<String>,
    /// What tells the values that it marked from others, as far as a look told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prints: BTreeMap<String, Fingerprint>,
}

impl MarkedKeys {
    /// Whether it marks a key that fits.
    pub fn holds(&self, fits: impl Fn(&String) -> bool) -> bool {
        self.holds_present(&fits) || self.holds_former(&fits)
    }

    /// Whether it marks the value that a key that fits had in `.env`.
    pub fn holds_present(&self, fits: impl Fn(&String) -> bool) -> bool {
        self.all && !self.but.iter().any(&fits) || self.variables.iter().any(fits)
    }

    /// Whether it marks the value before that.
    pub fn holds_former(&self, fits: impl Fn(&String) -> bool) -> bool {
        self.former.iter().any(fits)
    }

    /// Whether a variable had another value when the other one marked it.
    pub fn is_of_another_value(&self, other: &Self) -> bool {
        let mut prints = self.prints.iter();
        prints.any(|(name, print)| other.prints.get(name).is_some_and(|other| other != print))
    }

    /// Whether nothing of it is left.
    pub fn is_empty(&self) -> bool {
        !self.all && self.variables.is_empty() && self.former.is_empty()
    }
}

/// A false alarm: a comment that took marks back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FalseAlarm {
    /// The comment that says so.
    pub comment: CommentId,
    /// When it was seen.
    pub at: DateTime<Utc>,
    /// The marks that it changed, as they were before it.
    pub before: Vec<MarkedKeys>,
    /// What counts as exposed no longer.
    pub back: UnmarkedKeys,
}

/// Keys that count as exposed no longer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmarkedKeys {
    /// Variables of `.env`.
    pub variables: Vec<String>,
    /// Whether all secrets of `.env` are meant.
    pub all: bool,
    /// Of all, those that still count.
    pub but: Vec<String>,
    /// Variables of which the values before the present ones are meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<String>,
}

impl UnmarkedKeys {
    /// Whether this variable is one of them.
    pub fn has(&self, name: &String) -> bool {
        self.variables.contains(name) || self.all && !self.but.contains(name)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        !self.all && self.variables.is_empty() && self.former.is_empty()
    }
}

/// A key that counts as exposed although somebody says that it did not leak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingMark {
    /// Variables of `.env`.
    pub variables: Vec<String>,
    /// Whether all secrets of `.env` are meant.
    pub all: bool,
    /// Variables of which the values before the present ones are meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<String>,
    /// Whose word it is.
    #[serde(flatten)]
    pub why: WhyExposed,
}

/// Why a key counts as exposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum WhyExposed {
    /// It stood in a comment, or in the page.
    Stood,
    /// The same person reported it in another comment.
    Own,
    /// Somebody else reported it.
    Other {
        /// That person's name.
        by: Option<String>,
    },
    /// No comment here did, that is remembered.
    Elsewhere,
}
