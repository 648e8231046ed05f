//! All that can happen, in the past tense.
use super::classify::Reading;
use super::comment::{Comment, Finding};
use super::effect::{EffectId, Outcome};
use super::ids::CommentId;
use super::page::Observed;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Something that happened on, or for, one page.
#[derive(Clone, Debug)]
pub enum Event {
    /// The page was read: its guide, its boxes, its status.
    PageRead(Box<Observed>),
    /// A person wrote.
    CommentPosted(Box<Report>),
    /// More comments of one person in one thread than [`Event::FLOOD`] came at once, in the thread's order.
    CommentsFlooded(Vec<Report>),
    /// A person changed what they wrote.
    CommentEdited {
        /// As it is now.
        now: Box<Report>,
        /// What was read before.
        former: Box<Reading>,
        /// The comment whose reply answers it, if one was decided: itself, or the one that speaks for a flood.
        answered: Option<CommentId>,
    },
    /// A comment is no longer listed.
    CommentGone {
        /// Which.
        comment: CommentId,
        /// How it went.
        how: Gone,
    },
    /// A comment that had been taken as deleted or resolved is listed again. If it was changed meanwhile, its
    /// [`Event::CommentEdited`] follows.
    CommentReturned(Box<Report>),
    /// An effect ended.
    EffectFinished {
        /// Which.
        effect: EffectId,
        /// How.
        outcome: Box<Outcome>,
    },
    /// The comments that were there before the first start have all been taken into account.
    BacklogAbsorbed,
    /// The monitor has something to say on the page.
    AlertRaised(Box<Alert>),
    /// Time went by.
    ClockTicked,
}

impl Event {
    /// More waiting comments than this of one person in one thread are answered together.
    pub const FLOOD: usize = 50;
}

/// Something that the monitor has to say on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Key, condition and level: one subject is said once.
    pub subject: String,
    /// The name of a prompt in `alert/`.
    pub prompt: String,
    /// What the prompt needs.
    pub facts: BTreeMap<String, serde_json::Value>,
}

/// How a comment went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// It answers 404.
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
    /// What redaction found in it.
    pub findings: Vec<Finding>,
    /// What its author may do.
    pub authority: Authority,
    /// Whether it was there before the first start and is only taken into account.
    pub absorbed: bool,
}

/// What an author may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Cause looks, ticks, status and schedule.
    Full,
    /// Cause looks and ticks only: the members could not be listed, and this is no owner.
    Looks,
    /// Be guided.
    Guidance,
}

/// When an event was seen: an argument everywhere, never read from a clock in the domain.
pub type Now = DateTime<Utc>;
