//! All that can happen, in the past tense.
use super::asks::{DateWish, KeyQuestion, PageAsk};
use super::classify::{Clause, Label, Reading, Role};
use super::comment::{CleanText, Comment, Finding};
use super::effect::{EffectId, Outcome};
use super::ids::{BlockId, CommentId};
use super::leaks::{LeakDenial, LeakReport};
use super::page::Observed;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Something that happened on, or for, one page.
#[derive(Clone, Debug)]
pub enum Event {
    /// The page was read: its guide, its boxes, its status.
    PageRead(Box<Observed>),
    /// A person wrote a comment.
    CommentPosted(Box<Report>),
    /// More comments of one person, or of guests, came at once in one thread than are answered one by one
    /// ([`Event::FLOOD`], [`Event::FLOOD_OF_GUESTS`]); in the thread's order.
    CommentsFlooded(Vec<Report>),
    /// A person changed what they wrote.
    CommentEdited {
        /// The comment as it is now, and what it says.
        now: Box<Report>,
        /// The reading of the comment before it was changed.
        former: Box<Reading>,
        /// The comment whose reply answers it, if one was decided: itself, or the one that speaks for a flood.
        answered: Option<CommentId>,
    },
    /// A comment is no longer listed.
    CommentGone {
        /// The comment that is no longer listed.
        comment: CommentId,
        /// How the comment went.
        how: Gone,
    },
    /// A comment that had been taken as deleted or resolved is listed again. An [`Event::CommentEdited`] follows if it
    /// was changed meanwhile.
    CommentReturned(Box<Report>),
    /// Another bot wrote a comment that holds a whole key; of what else bots write nothing is heard.
    KeyPostedByBot(Box<Report>),
    /// An effect ended.
    EffectFinished {
        /// The effect that ended.
        effect: EffectId,
        /// What the effect came to.
        outcome: Box<Outcome>,
    },
    /// The comments that were there before the first start have all been taken into account.
    BacklogAbsorbed,
    /// The monitor has something to say on the page.
    AlertRaised(Box<Alert>),
    /// Time went by: what waited for this moment may be due.
    ClockTicked,
}

impl Event {
    /// More waiting comments than this of one person in one thread are answered together.
    pub const FLOOD: usize = 50;
    /// More waiting comments than this of people who may not act, in one thread, are answered together.
    pub const FLOOD_OF_GUESTS: usize = 3;
}

/// Something that the monitor has to say on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Key, condition and level: one subject is said once.
    pub subject: String,
    /// The name of a prompt in `alert/`.
    pub prompt: String,
    /// The values that the prompt needs, by name.
    pub facts: BTreeMap<String, serde_json::Value>,
}

/// How a comment went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Notion answers 404 for it: a person deleted it.
    Deleted,
    /// Its thread was resolved; it still exists.
    Resolved,
}

/// A comment with what was read in it.
#[derive(Clone, Debug)]
pub struct Report {
    /// The comment, redacted.
    pub comment: Comment,
    /// The step whose block it hangs on.
    pub on_step: Option<u8>,
    /// What it says.
    pub reading: Reading,
    /// What it asks about keys; the reading is of the rest.
    pub questions: Vec<KeyQuestion>,
    /// Which other dates it wishes for; the reading is of the rest.
    pub wishes: Vec<DateWish>,
    /// What it asks about the page, or to do; the reading is of the rest.
    pub asks: Vec<PageAsk>,
    /// The text that the reading was made from, with a placeholder for each key.
    pub heard: CleanText,
    /// What it tells of a leaked key; the reading is that of the rest.
    pub leak: Option<LeakReport>,
    /// What it says against a leak; the reading is that of the rest.
    pub no_leak: Option<LeakDenial>,
    /// What redaction found in it.
    pub findings: Vec<Finding>,
    /// Whether something in it has the form of a key, whatever the values of ours are.
    pub looks_like_key: bool,
    /// How many characters of it were read, where it was too long to be read to its end.
    pub cut: Option<usize>,
    /// What its author may do.
    pub authority: Authority,
    /// Whether it was there before the first start and is only taken into account.
    pub absorbed: bool,
}

impl Report {
    /// The clauses of one kind, in the comment's order.
    pub fn clauses(&self, label: Label) -> Vec<&Clause> {
        let clauses = self.reading.clauses.iter();
        clauses.filter(|clause| clause.label == label).collect()
    }

    /// The clauses in which somebody names what stops them: a mere call for help, a plan or a question is none.
    pub fn obstacles(&self) -> Vec<&Clause> {
        let mut clauses = self.clauses(Label::Blocker);
        clauses.retain(|clause| clause.role != Role::Help && clause.asserted());
        clauses
    }

    /// The clauses that play a role, in the comment's order.
    pub fn playing(&self, role: Role) -> Vec<&Clause> {
        self.reading
            .clauses
            .iter()
            .filter(|clause| clause.role == role)
            .collect()
    }

    /// The steps that the clauses of a label speak of.
    pub fn steps(&self, label: Label) -> BTreeSet<u8> {
        Self::steps_of(self.clauses(label))
    }

    /// The boxes that the clauses of a label name by their words.
    pub fn boxes(&self, label: Label) -> BTreeSet<BlockId> {
        Self::boxes_of(self.clauses(label))
    }

    /// The boxes that these clauses name by their words.
    pub fn boxes_of<'c>(clauses: impl IntoIterator<Item = &'c Clause>) -> BTreeSet<BlockId> {
        let clauses = clauses.into_iter();
        clauses.flat_map(|clause| clause.boxes.iter().cloned()).collect()
    }

    /// The steps that these clauses name, one by one; where they name none, the one that the comment stands at, if any.
    pub fn each_step<'c>(&self, clauses: impl IntoIterator<Item = &'c Clause>) -> Vec<Option<u8>> {
        let named = Self::steps_of(clauses);
        let here = named.is_empty().then_some(self.on_step);
        named.into_iter().map(Some).chain(here).collect()
    }

    /// The steps that these clauses speak of.
    pub fn steps_of<'c>(clauses: impl IntoIterator<Item = &'c Clause>) -> BTreeSet<u8> {
        let clauses = clauses.into_iter();
        clauses.flat_map(|clause| clause.steps.iter().copied()).collect()
    }
}

/// What an author may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Everything: cause looks, ticks, status and schedule.
    Full,
    /// Cause looks and ticks only: the members could not be listed, and this is no owner.
    Looks,
    /// Nothing; the reply only says who may.
    Guidance,
}

/// When an event was seen: an argument everywhere, never read from a clock in the domain.
pub type Now = DateTime<Utc>;
