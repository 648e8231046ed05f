//! What was heard of people: claims, obstacles, what does not apply. Each carries the comment that it came from, and what no longer
//! holds carries those that ended it, so that a comment can be undone, and nothing but it.
use super::claimable::Claimable;
use super::doers::{Doer, Reminder};
use super::reply_part::ReplyPart;
use crate::classify::BlockerKind;
use crate::ids::{CommentId, DiscussionId, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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

/// A person's statement that a step is not done, against another's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// The comment that says so.
    pub comment: CommentId,
    /// The author of that comment.
    pub author: PersonId,
    /// The person's name.
    pub name: Option<String>,
    /// The step that is not done.
    pub step: u8,
}

/// What we hold of a step, or of a box that somebody named by its words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepState {
    /// Who said first that it is finished.
    pub claim: Option<Claim>,
    /// Who said so as well, in their order: what holds when the first does no longer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Claim>,
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
    /// Whether the person told the cause when we asked, whatever its kind.
    #[serde(default)]
    pub told: bool,
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
    /// The name of that person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What its reply speaks of.
    pub parts: Vec<ReplyPart>,
    /// The comment that it says was misread, and which it stands for since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mends: Option<CommentId>,
}

/// What somebody said and does not hold: it holds again when everything that ended it is undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedFact {
    /// What was said.
    pub fact: Fact,
    /// The comments that ended it, each by itself; that it came from, if that is gone.
    pub by: Vec<CommentId>,
}

/// One thing that was said, as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A step or box is finished, or all of it.
    Finished(Claimable, Claim),
    /// Somebody is stopped.
    Blocker(Blocker),
    /// Something does not apply.
    SetAside(SetAside),
    /// A step is not done, against the word of another.
    Denied(Denial),
    /// Somebody does a step.
    Does(Doer),
    /// Somebody is to be reminded.
    Reminds(Reminder),
}

impl Fact {
    /// The comment that says it.
    pub fn comment(&self) -> &CommentId {
        match self {
            Self::Finished(_, claim) => &claim.comment,
            Self::Blocker(blocker) => &blocker.comment,
            Self::SetAside(aside) => &aside.comment,
            Self::Denied(denial) => &denial.comment,
            Self::Does(doer) => &doer.comment,
            Self::Reminds(reminder) => &reminder.comment,
        }
    }
}

/// The time that was spent, as a comment tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeSpent {
    /// The comment that tells it.
    pub comment: CommentId,
    /// How long, in minutes.
    pub minutes: u32,
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
