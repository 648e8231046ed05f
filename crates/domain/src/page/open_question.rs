//! Questions that we asked and nobody answered yet. They are part of the state, so that a new start forgets none.
use crate::classify::{BlockerKind, Label};
use crate::ids::{BlockId, CommentId, DiscussionId, PersonId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long a question waits for its answer.
const WAITS: TimeDelta = TimeDelta::days(1);
/// Questions that are remembered at most; the eldest is forgotten first.
const AT_MOST: usize = 200;

/// So many others are told at most for whose answer a question waits.
const TOLD_AT_MOST: usize = 20;

/// What we asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Asked {
    /// What a comment says that could be read in two ways.
    Meaning {
        /// What would be acted on: one label is asked for with yes or no, two with a word for each.
        options: Vec<Label>,
        /// The steps that it speaks of.
        steps: Vec<u8>,
        /// The boxes that it names by their words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        boxes: Vec<BlockId>,
        /// Whether it speaks of the whole item.
        whole: bool,
        /// What would have to change, if it is a blocker.
        kind: Option<BlockerKind>,
    },
    /// Which report is taken back.
    TakenBack {
        /// The steps that are reported as finished.
        steps: Vec<u8>,
    },
    /// Which step a comment speaks of that names none, or one that the page does not have.
    Step {
        /// What the comment says of it: that it is finished, or taken back.
        label: Label,
        /// The steps that "all of them" means.
        steps: Vec<u8>,
    },
    /// Which keys leaked.
    Leaked {
        /// Variables of which one is meant, where several keys go by the name that was said.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        among: Vec<String>,
    },
    /// Whether a comment tells that keys leaked that reads as if it did.
    WhetherLeaked {
        /// The keys that it names, by their names in `.env`; none: it names none, or all.
        variables: Vec<String>,
        /// Whether all of `.env` is meant.
        all: bool,
    },
    /// Whether really all is finished.
    Whole {
        /// The steps that nobody reported.
        steps: Vec<u8>,
        /// The texts of the boxes that nobody ticked.
        boxes: Vec<String>,
    },
}

impl Asked {
    /// Whether it asks about keys, and not about steps.
    pub fn is_of_keys(&self) -> bool {
        matches!(self, Self::Leaked { .. } | Self::WhetherLeaked { .. })
    }
}

/// A question that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenQuestion {
    /// The comment that made us ask.
    pub comment: CommentId,
    /// The person who can answer.
    pub author: PersonId,
    /// That person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The thread in which it was asked, and is answered.
    pub thread: DiscussionId,
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// The language in which it was asked: its answer, mostly a word, is answered in that too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What was asked.
    pub asked: Asked,
    /// The others who answered, and were told that it waits for this person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<PersonId>,
    /// Whether somebody else said something in that thread since our last word there: a mere yes may answer that.
    #[serde(default)]
    pub overtaken: bool,
}

/// A question that was answered: whoever changes the answer is asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredQuestion {
    /// The question, as it was asked.
    pub question: OpenQuestion,
    /// The comment that answered it.
    pub answer: CommentId,
}

impl OpenQuestion {
    /// Opens a question in place of the one that the person has in this thread.
    pub fn open(self, all: &mut Vec<Self>) {
        all.retain(|other| !other.is_for(&self.author, &self.thread));
        all.push(self);
        let surplus = all.len().saturating_sub(AT_MOST);
        all.drain(..surplus);
    }

    /// Whether it still waits, within a day. One from the future was asked before the clock was set back.
    pub fn waits(&self, now: DateTime<Utc>) -> bool {
        self.at <= now && now - self.at < WAITS
    }

    /// Whether somebody else who answers is told now that it waits for another: each once, and not without end.
    pub fn tells(&mut self, other: &PersonId) -> bool {
        let tells = self.told.len() < TOLD_AT_MOST && !self.told.contains(other);
        self.told.extend(tells.then(|| other.clone()));
        tells
    }

    /// Whether this person is asked, in this thread.
    pub fn is_for(&self, author: &PersonId, thread: &DiscussionId) -> bool {
        self.author == *author && self.thread == *thread
    }
}

impl AnsweredQuestion {
    /// Keeps it with what followed from the answer: somebody may change that after days.
    pub fn keep(self, all: &mut Vec<Self>) {
        all.retain(|other| other.answer != self.answer);
        all.push(self);
        let surplus = all.len().saturating_sub(AT_MOST);
        all.drain(..surplus);
    }
}
