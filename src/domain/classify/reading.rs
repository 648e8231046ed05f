//! A reading: what classification made of a comment.
use serde::{Deserialize, Serialize};

/// What a clause, and a comment, is. The order of the variants is the order of priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Withdraws, changes or reverses an earlier report.
    Correction,
    /// The author cannot go on.
    Blocker,
    /// A step, a deliverable or the whole item is asserted finished now.
    Completion,
    /// Tells the state of a named key.
    KeyReport,
    /// Started, under way, partly done, planned, hedged, cleared.
    Progress,
    /// Asks for information, a decision or an action.
    Question,
    /// There is nothing to act on.
    Chatter,
}

/// What has to change before a blocked person can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockerKind {
    /// A scheduler does not run it: crontab, launchd, a timer.
    Scheduler,
    /// A person must grant, approve or hand over.
    Access,
    /// The provider lets no more calls through: 429, quota.
    RateLimit,
    /// It runs in the wrong place: testnet for mainnet, another folder, another venv.
    WrongEnv,
    /// The key or its signature is not accepted: 401.
    Auth,
    /// No answer comes: time-out, DNS, TLS, provider down.
    Network,
    /// Something is not there: a file, a module, a command, a variable.
    Missing,
    /// Something is not permitted: file mode, 403, scope.
    Permission,
    /// Anything else, or a cause that the comment does not tell.
    Other,
}

/// A clause of a comment: one label, the steps it speaks of, the rules behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The label of the clause.
    pub label: Label,
    /// The steps it speaks of, sorted.
    pub steps: Vec<u8>,
    /// Ids of the rules that decided, guards after them.
    pub rules: Vec<String>,
    /// Hash of the clause's normalised text: tells a new clause from an old one in an edited comment.
    #[serde(default)]
    pub hash: u64,
}

/// What classification made of a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Distinct labels, the primary one first.
    pub labels: Vec<Label>,
    /// The clauses in text order.
    pub clauses: Vec<Clause>,
    /// Every step that the author's own words speak of, sorted.
    pub steps: Vec<u8>,
    /// Whether the whole item is said to be finished.
    pub all_done: bool,
    /// Time spent on the work, in minutes.
    pub duration_minutes: Option<u32>,
    /// The plan it was compared with, in minutes.
    pub expected_duration_minutes: Option<u32>,
    /// `None` without a blocker clause.
    pub blocker_kind: Option<BlockerKind>,
    /// Variables of keys that are named, as in `providers.toml`.
    pub keys: Vec<String>,
    /// The raw phrase of the date or time that the author names.
    pub when: Option<String>,
    /// Whether more than an acknowledgement is due.
    pub needs_reply: bool,
    /// The ids of every rule and guard that decided, once each.
    pub rules: Vec<String>,
    /// The language of most clauses, two letters (`en`, `nl`, ...); `None` when nothing tells (emoji, numbers).
    pub language: Option<String>,
}

impl Reading {
    /// The label that decides; chatter when nothing was said.
    pub fn primary(&self) -> Label {
        self.labels.first().copied().unwrap_or(Label::Chatter)
    }
}
