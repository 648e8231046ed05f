//! How many answers people got lately on a page. It is part of the state, so that a new start forgives nobody.
use crate::ids::{DiscussionId, PersonId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long answers are counted together.
const WINDOW: TimeDelta = TimeDelta::hours(1);
/// People and threads of which a count is kept at most; the one whose hour began first is forgotten first.
const COUNTS: usize = 200;

/// Whose answers are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Recipient {
    /// Those to one person.
    Person(PersonId),
    /// Those to everybody in one thread.
    Thread {
        /// The thread in which they stand.
        thread: DiscussionId,
    },
    /// The questions about what a person meant.
    Asked {
        /// The person who was asked.
        asked: PersonId,
    },
    /// Those to all guests.
    Guests,
}

/// The answers that somebody got within an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswersGiven {
    /// Who got them.
    pub to: Recipient,
    /// When the hour began.
    pub since: DateTime<Utc>,
    /// How many they were, those that were kept back among them.
    pub count: u32,
}

impl AnswersGiven {
    /// When the hour is over, and answers are given again.
    pub fn until(&self) -> DateTime<Utc> {
        self.since + WINDOW
    }
}

/// Counts one more answer to somebody; what they got in this hour.
pub fn count_answer(all: &mut Vec<AnswersGiven>, to: Recipient, now: DateTime<Utc>) -> AnswersGiven {
    // An hour that lies in the future began before the clock was set back.
    all.retain(|given| given.since <= now && now < given.until());
    if let Some(given) = all.iter_mut().find(|given| given.to == to) {
        given.count = given.count.saturating_add(1);
        return given.clone();
    }
    let eldest = all.iter().position(|given| given.to != Recipient::Guests);
    if let Some(eldest) = eldest.filter(|_| all.len() > COUNTS) {
        all.remove(eldest);
    }
    let given = AnswersGiven {
        to,
        since: now,
        count: 1,
    };
    all.push(given.clone());
    given
}
