//! Who does which step, as people say it; and what they want to be reminded of.
use crate::domain::ids::{CommentId, DiscussionId, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Somebody who does a step: said, and never a report of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doer {
    /// The step.
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
    /// When.
    pub at: DateTime<Utc>,
    /// Whom.
    pub author: PersonId,
    /// That person's name.
    pub name: Option<String>,
    /// The comment that asks for it.
    pub comment: CommentId,
    /// The thread of that comment.
    pub thread: DiscussionId,
    /// The language of the reminder.
    pub language: String,
}
