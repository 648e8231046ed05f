//! The conversations of a page that are still open: what each reply has to speak of, and what it waits for.
use super::dates::DateLookUp;
use super::reply_part::ReplyPart;
use crate::effect::{EffectId, KeyState, Place};
use crate::evidence::Check;
use crate::exposure::ExposedKey;
use crate::ids::{CommentId, PersonId};
use crate::reply::{Reference, Run};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The edit of a reply that is under way: another one waits for it, so that none overtakes the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The `PostReply` whose comment is edited.
    pub reply: EffectId,
    /// The `UpdateReply` that is under way.
    pub writing: EffectId,
    /// What it shall say after that.
    pub next: Option<Vec<Run>>,
    /// The comment that is answered.
    pub comment: Option<CommentId>,
    /// The reference at the end of the reply.
    pub reference: Reference,
}

/// A reply on which the clock of exposed keys runs: it is edited at each look, until all of them are dead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// What the reply says, beside how the keys stand.
    pub conversation: Conversation,
    /// The look under way.
    pub look: Option<EffectId>,
    /// When the next one is due.
    pub next_at: Option<DateTime<Utc>>,
    /// When it was last said.
    pub said_at: DateTime<Utc>,
}

/// A comment whose reply waits for looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent switches")]
pub struct Conversation {
    /// The comment that is answered; `None` for the summary of a backlog and the like.
    pub comment: Option<CommentId>,
    /// The other comments of a flood that its reply answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<CommentId>,
    /// What the reply's key and reference are made from.
    pub subject: String,
    /// The thread or page that the reply goes to.
    pub place: Place,
    /// The person who wrote the comment.
    pub author: Option<PersonId>,
    /// The author's name, as shown.
    pub name: Option<String>,
    /// The language of the reply: `en` or `nl`.
    pub language: String,
    /// What the reply has to speak of, in order.
    pub parts: Vec<ReplyPart>,
    /// The looks that it waits for.
    pub awaiting: Vec<Check>,
    /// Other effects that it waits for.
    pub effects: Vec<EffectId>,
    /// The state of each key that was probed for it.
    pub keys: Vec<KeyState>,
    /// How the exposed keys that it tells of stood at the last look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposed: Vec<ExposedKey>,
    /// What was looked up of the dates of keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateLookUp>,
    /// When the comment was seen: a reply does not wait longer than its limit.
    pub since: DateTime<Utc>,
    /// Whether a reply is there already: what comes next is an edit of it.
    pub replied: bool,
    /// Whether the author got so many answers lately that this one is kept back: all else goes its way.
    #[serde(default)]
    pub silent: bool,
    /// Whether the author may cause Done and schedule changes.
    pub may_finish: bool,
    /// Whether the author may not act: what checks saw is not told.
    #[serde(default)]
    pub is_guest: bool,
}

impl Conversation {
    /// Whether its reply answers this comment, alone or among others.
    pub fn answers(&self, comment: &CommentId) -> bool {
        self.comment.as_ref() == Some(comment) || self.also.contains(comment)
    }
}
