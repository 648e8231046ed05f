//! What a comment asks about keys and their dates.
use super::wish::{DateWay, DateWish};
use crate::comment::CleanText;
use serde::{Deserialize, Serialize};

/// A question about keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyQuestion {
    /// The name of a prompt in `key/`.
    pub topic: String,
    /// Variables of the keys that it names; none: all of them.
    pub keys: Vec<String>,
    /// What it names as a key and we do not know.
    pub unknown: Vec<String>,
    /// Whether it means a key that was spoken of before: "how old is it?"
    pub refers: bool,
}

/// What a comment asks about keys and dates, and the rest of it.
#[derive(Clone, Debug, Default)]
pub struct AskedOfKeys {
    /// The questions, in the comment's order.
    pub questions: Vec<KeyQuestion>,
    /// The wishes for other dates.
    pub wishes: Vec<DateWish>,
    /// What else the comment says; `None`: all of it, for it asks nothing of the kind.
    pub rest: Option<CleanText>,
}

impl AskedOfKeys {
    /// Whether nothing in it names a key, and nobody wants to be reminded: it may be about anything.
    pub fn is_of_anything(&self) -> bool {
        let of_anything = |keys: &[String], unknown: &[String]| keys.is_empty() && unknown.is_empty();
        let mut questions = self.questions.iter();
        let mut wishes = self.wishes.iter();
        questions.all(|question| of_anything(&question.keys, &question.unknown))
            && wishes.all(|wish| wish.way != DateWay::Reminder && of_anything(&wish.keys, &wish.unknown))
    }
}
