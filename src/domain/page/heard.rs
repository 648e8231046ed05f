//! What was heard of people: claims, obstacles, what does not apply; and what each comment changed, for when it was misread.
use super::conversation::ReplyPart;
use crate::domain::classify::BlockerKind;
use crate::domain::ids::{CommentId, DiscussionId, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

/// A person's statement that something is finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The comment that says so.
    pub comment: CommentId,
    /// The author of that comment.
    pub author: PersonId,
    /// When it was seen.
    pub at: DateTime<Utc>,
}

/// What we hold of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepState {
    /// Who says that it is finished.
    pub claim: Option<Claim>,
    /// Whether somebody began it.
    pub started: bool,
}

/// An obstacle that somebody reported and nobody cleared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocker {
    /// The comment that reports it.
    pub comment: CommentId,
    /// Who cannot go on.
    pub author: PersonId,
    /// The person's name.
    pub name: Option<String>,
    /// The step it stops.
    pub step: Option<u8>,
    /// What has to change.
    pub kind: BlockerKind,
    /// When it was seen.
    pub since: DateTime<Utc>,
}

/// A comment that something was made of: its author may say that it was misread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardComment {
    /// The id of the comment.
    pub comment: CommentId,
    /// The thread in which it stands.
    pub thread: DiscussionId,
    /// Who wrote it.
    pub author: PersonId,
    /// What its reply speaks of.
    pub parts: Vec<ReplyPart>,
    /// What it changed.
    pub changed: Changes,
}

/// What a comment changed in the state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changes {
    /// The steps, each as it was and as the comment left it.
    pub steps: Vec<(u8, StepState, StepState)>,
    /// The obstacles that it cleared.
    pub cleared: Vec<Blocker>,
    /// The claim of the whole item, as it was, where the comment changed it.
    #[serde(default, deserialize_with = "told", skip_serializing_if = "Option::is_none")]
    pub finished: Option<Option<Claim>>,
    /// What it set aside, or took back of that, each as it was before.
    pub set_aside: Vec<(Aside, Option<SetAside>)>,
    /// The time spent, as it was told before, where the comment told another.
    #[serde(default, deserialize_with = "told", skip_serializing_if = "Option::is_none")]
    pub minutes_spent: Option<Option<u32>>,
}

/// What can be set aside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aside {
    /// A step of the page.
    Step(u8),
    /// A variable of `.env`.
    Key(String),
}

/// What a person says does not apply: claimed, and never proven by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// What does not apply.
    pub what: Aside,
    /// The comment that says so.
    pub comment: CommentId,
    /// Who says so.
    pub name: Option<String>,
}

/// A value that is there, also where it is nothing: what was changed from nothing is not what was not changed.
fn told<'de, T, D>(value: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(value).map(Some)
}
