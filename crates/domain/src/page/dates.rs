//! Dates that comments move: what was looked up for it, what came of a wish, and what can be set back.
use crate::asks::DateDoubt;
use crate::asks::DateWish;
use crate::ids::{CommentId, PersonId};
use crate::key_dates::{DateMove, KeptDate, KeyDates};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What was looked up of the dates of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateLookUp {
    /// One for each provider that was asked about.
    pub keys: Vec<KeyDates>,
    /// Why the schedule cannot be read, where it cannot.
    pub unreadable: Option<String>,
}

/// What came of a wish for other dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "came", rename_all = "snake_case")]
pub enum DatesOutcome {
    /// The present dates are looked up.
    Wanted {
        /// The morning that is meant, where a day is named.
        to: Option<DateTime<Utc>>,
    },
    /// Its author may not: the command is told. Or nothing is done on a guess: how to say it is told.
    Told {
        /// The morning that is meant, where a day is named.
        to: Option<DateTime<Utc>>,
        /// Whether its author may move dates.
        may: bool,
    },
    /// No day is meant for sure: nothing is done.
    Doubtful {
        /// Why it is not sure.
        doubt: DateDoubt,
    },
    /// Dates are moved, or are to be; `kept`: those that stay.
    Moved {
        /// One for each key.
        moves: Vec<DateMove>,
        /// Those that stay, and why.
        kept: Vec<KeptDate>,
        /// Whether they are written down.
        written: bool,
    },
    /// The schedule cannot be read.
    Unreadable,
}

/// What a comment moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedDates {
    /// The comment that wished for it.
    pub comment: CommentId,
    /// The author of that comment.
    pub author: PersonId,
    /// What it wished for.
    pub wishes: Vec<DateWish>,
    /// The moves that it made.
    pub moves: Vec<DateMove>,
    /// Whether they were taken back since.
    pub back: bool,
    /// Whether that was because the comment is gone.
    pub gone: bool,
}
