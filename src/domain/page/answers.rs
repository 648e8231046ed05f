//! How many answers people got lately on a page. It is part of the state, so that a new start forgives nobody.
use crate::domain::ids::PersonId;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long answers are counted together.
const WINDOW: TimeDelta = TimeDelta::hours(1);
/// People of whom a count is kept at most; the one whose hour began first is forgotten first.
const PEOPLE: usize = 100;

/// The answers that one person, or all guests together, got within an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswersGiven {
    /// Who got them; `None`: all guests together.
    pub to: Option<PersonId>,
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

/// Counts one more answer to somebody; what this person, or all guests together, got in this hour.
pub fn count_answer(all: &mut Vec<AnswersGiven>, to: Option<&PersonId>, now: DateTime<Utc>) -> AnswersGiven {
    // An hour that lies in the future began before the clock was set back.
    all.retain(|given| given.since <= now && now < given.until());
    if let Some(given) = all.iter_mut().find(|given| given.to.as_ref() == to) {
        given.count = given.count.saturating_add(1);
        return given.clone();
    }
    let people = all.iter().filter(|given| given.to.is_some()).count();
    let eldest = all.iter().position(|given| given.to.is_some());
    if let Some(eldest) = eldest.filter(|_| people >= PEOPLE) {
        all.remove(eldest);
    }
    let given = AnswersGiven {
        to: to.cloned(),
        since: now,
        count: 1,
    };
    all.push(given.clone());
    given
}
