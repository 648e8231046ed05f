//! Who does which step, as people say it; and what they want to be reminded of.
use crate::asks::Errand;
use crate::effect::Place;
use crate::ids::{CommentId, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Somebody who does a step: said, and never a report of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doer {
    /// The step that this person does.
    pub step: u8,
    /// Who it is, by name.
    pub name: Option<String>,
    /// The person, where we know who that is.
    pub person: Option<PersonId>,
    /// The comment that says so.
    pub comment: CommentId,
}

/// Somebody who wants to hear of us at a later time, in the thread where it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// The moment at which they want to hear of us.
    pub at: DateTime<Utc>,
    /// The person who is spoken to: who asks for it, or whom they name, where we know who that is.
    pub author: PersonId,
    /// That person's name.
    pub name: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub errand: Errand,
    /// The comment that asks for it.
    pub comment: CommentId,
    /// The thread of that comment.
    pub place: Place,
    /// The language of the reminder.
    pub language: String,
}
