//! What we hold to be true of a page: claims, evidence, boxes, blockers.
use super::conversation::{Conversation, Edit, PostedKey};
use super::guide::Guide;
use crate::domain::classify::BlockerKind;
use crate::domain::comment::Finding;
use crate::domain::cycle::Cycle;
use crate::domain::effect::{EffectId, Property, Status, Value};
use crate::domain::evidence::{Check, Evidence};
use crate::domain::ids::{BlockId, CommentId, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A page as it was read.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// When the reading began: what we wrote since then it may not show.
    pub read_at: DateTime<Utc>,
    /// Its guide.
    pub guide: Guide,
    /// Ticked or not, by the box's block.
    pub boxes: BTreeMap<BlockId, bool>,
    /// Where its Status stands; `None` when there is no such property or its option has no meaning for us.
    pub status: Option<Status>,
    /// Which properties it has.
    pub properties: BTreeSet<Property>,
    /// Whether the options of its Status include one for Blocked.
    pub has_blocked: bool,
    /// Whether a person switched the bot off here.
    pub quiet: bool,
    /// The action item that follows, where it can be read.
    pub next_page: Option<NextPage>,
    /// The blocks that hold a key, with what was found; `None` when the blocks may not be read.
    pub held: Option<Vec<(BlockId, Vec<Finding>)>>,
}

/// What a block holds of keys.
pub type HeldKeys = Vec<PostedKey>;

/// Keys in the page itself, as one reading found them: one comment warns of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The blocks that still hold them.
    pub blocks: BTreeMap<BlockId, HeldKeys>,
    /// The names of all of them.
    pub labels: Vec<String>,
    /// What is to be rotated because of it.
    pub exposed: Vec<String>,
    /// The words of our comment about it.
    pub language: String,
    /// What that comment's key and reference are made from.
    pub subject: String,
}

/// The action item that follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextPage {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// A thing on the page that we write: what it should be, what it is, and whether a write is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell<T> {
    /// What it should be; `None` while we have no opinion.
    pub wanted: Option<T>,
    /// What it was when it was last read or written.
    pub known: Option<T>,
    /// The write under way.
    pub writing: Option<(EffectId, T)>,
    /// When our last write was done: a page that was read before does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_at: Option<DateTime<Utc>>,
}

impl<T> Default for Cell<T> {
    fn default() -> Self {
        Self {
            wanted: None,
            known: None,
            writing: None,
            written_at: None,
        }
    }
}

/// A box of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxState {
    /// Its tick.
    pub tick: Cell<bool>,
    /// We ticked it, because of this comment's look (`None`: another look).
    pub ours: bool,
    /// The comment whose claim caused the tick.
    pub because_of: Option<CommentId>,
    /// A person ticked it: claimed, never reverted.
    pub by_person: bool,
    /// A person unticked it: it stays open until somebody claims it again.
    #[serde(default)]
    pub unticked_by_person: bool,
}

/// Somebody's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The comment that says so.
    pub comment: CommentId,
    /// Who wrote it.
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

/// How much a step, or a criterion, is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Nothing.
    Open,
    /// Somebody's word, where no check can see.
    Claimed,
    /// Evidence.
    Proven,
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

/// A look under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// What is looked for.
    pub check: Check,
    /// The effect that does it.
    pub effect: EffectId,
    /// How often it came back unknown.
    pub tries: u32,
    /// When it is looked at, if that is later than now.
    pub at: Option<DateTime<Utc>>,
}

/// A comment that holds a key and still stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Which.
    pub comment: CommentId,
    /// The names of what it holds.
    pub labels: Vec<String>,
    /// What is to be rotated because of it.
    pub exposed: Vec<String>,
    /// The conversation's words, for the thanks when it is gone.
    pub language: String,
    /// Who posted it.
    pub name: Option<String>,
    /// The comment whose reply answers it too, if it came in a flood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_in: Option<CommentId>,
}

/// The next rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the page was reopened for it.
    pub told: bool,
}

/// All that we hold of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageState {
    /// The guide as it was last read.
    pub guide: Guide,
    /// Which properties the page has.
    pub properties: BTreeSet<Property>,
    /// Whether its Status can say Blocked.
    pub has_blocked: bool,
    /// Whether a person switched the bot off here.
    pub quiet: bool,
    /// The turn of the rotation.
    pub cycle: Option<Cycle>,
    /// The backup at the cycle's beginning, until it is done: looks wait for it.
    pub beginning: Option<EffectId>,
    /// What we hold of each step.
    pub steps: BTreeMap<u8, StepState>,
    /// The newest evidence for each check.
    pub evidence: Vec<Evidence>,
    /// The boxes, by criterion.
    pub boxes: BTreeMap<u8, BoxState>,
    /// The Status property.
    pub status: Cell<Status>,
    /// The other properties.
    pub values: BTreeMap<Property, Cell<Value>>,
    /// Open obstacles.
    pub blockers: Vec<Blocker>,
    /// Looks under way.
    pub looks: Vec<Look>,
    /// Edits of replies under way.
    pub edits: Vec<Edit>,
    /// Open conversations.
    pub conversations: Vec<Conversation>,
    /// Comments that hold a key.
    pub posted: Vec<Posted>,
    /// Keys in the page itself.
    pub held: Vec<Held>,
    /// Time spent, as last told, in minutes.
    pub minutes_spent: Option<u32>,
    /// The next rotation.
    pub due: Option<Due>,
    /// The claim of the whole item.
    pub finished: Option<Claim>,
    /// Backups that we made, by file name: the reply says so.
    pub made_backups: Vec<String>,
    /// Side effects that were caused lately: by whom, when (seconds since 1970). Keeps the hourly limits.
    pub caused: Vec<(PersonId, i64)>,
    /// Comments taken into account at the first start.
    pub absorbed: usize,
    /// The action item that follows.
    pub next_page: Option<NextPage>,
    /// Makes each effect's key its own.
    pub counter: u64,
}

impl PageState {
    /// The newest evidence for a check.
    pub fn evidence_for(&self, check: &Check) -> Option<&Evidence> {
        self.evidence.iter().find(|evidence| evidence.check == *check)
    }

    /// Takes evidence in, in place of older one for the same check.
    pub fn take_evidence(&mut self, evidence: Evidence) {
        self.evidence.retain(|older| older.check != evidence.check);
        self.evidence.push(evidence);
    }
}
