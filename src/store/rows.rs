//! The rows of the store, as the rest of the program sees them.
use crate::domain::classify::Reading;
use crate::domain::comment::Comment;
use crate::domain::effect::{Effect, EffectId, Outcome};
use crate::domain::ids::{CommentId, PageId};

/// One decision: written whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// Now: when its effects were decided, and from when an absent reply may be sent again.
    pub at_ms: i64,
    /// The page's new state.
    pub page: Option<PageWrite>,
    /// Comments that are new, changed, or stand differently: insert or update by id.
    pub comments: Vec<CommentRow>,
    /// Effects to do: insert, and nothing if the id is there.
    pub effects: Vec<NewEffect>,
    /// Effects that ended.
    pub settled: Vec<Settle>,
    /// Effects that were called off, refused or given up (MOOT, FAILED, PARKED, no remote id) and are wanted again: due
    /// now, UNKNOWN if a send is in doubt, else READY. Rows that stand otherwise stay as they are.
    pub revived: Vec<EffectId>,
    /// Replies that stand under this id, whoever holds their row: DONE with it, in place of any id before.
    pub found: Vec<(EffectId, CommentId)>,
    /// Pages that can be reached again: what waits there for another try is due now.
    pub hurried: Vec<PageId>,
    /// What to remember of it for people. `n` is given by the store.
    pub audit: Vec<AuditRow>,
}

/// A page's new state.
#[derive(Clone, Debug)]
pub struct PageWrite {
    /// Which page.
    pub page: PageId,
    /// The revision that was read; 0 for a new page. Written as `+ 1`; another one there means [`super::StoreError::Moved`].
    pub revision: u64,
    /// The state.
    pub state: serde_json::Value,
}

/// A comment and what was made of it.
#[derive(Clone, Debug)]
pub struct CommentRow {
    /// On which page.
    pub page: PageId,
    /// The comment, redacted.
    pub comment: Comment,
    /// Keyed hash of the redacted text: an edit is seen by it.
    pub hash: u64,
    /// What was read in it.
    pub reading: Reading,
    /// Where its answer stands.
    pub standing: Standing,
    /// Whether it is still listed.
    pub presence: Presence,
    /// The comment whose reply answers this one too, when a flood was answered together.
    pub answered_in: Option<CommentId>,
}

/// Where the answer to a comment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its looks or its reply are not done.
    Open,
    /// Its reply is decided or done.
    Answered,
    /// No reply is due.
    Silent,
    /// It was there before the first start and only taken into account.
    Absorbed,
}

/// Whether a comment is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Yes.
    Listed,
    /// Its thread was resolved.
    Resolved,
    /// It was deleted.
    Deleted,
}

/// An effect to do.
#[derive(Clone, Debug)]
pub struct NewEffect {
    /// Its key.
    pub id: EffectId,
    /// For which page.
    pub page: PageId,
    /// The comment that caused it.
    pub comment: Option<CommentId>,
    /// What to do.
    pub effect: Effect,
    /// The project whose worker may do it; `None`: any worker.
    pub project: Option<String>,
    /// Not before this effect is settled.
    pub after: Option<EffectId>,
    /// Not before this moment.
    pub not_before_ms: i64,
}

/// Where an effect stands (`durability.md` of the design: READY, CLAIMED, SENDING, UNKNOWN, DONE, FAILED, MOOT, PARKED).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectState {
    /// Waits.
    Ready,
    /// In a worker's hands; no byte has left.
    Claimed,
    /// In a worker's hands; bytes may have left.
    Sending,
    /// May have happened: read back first.
    Unknown,
    /// Happened.
    Done,
    /// Refused for good.
    Failed,
    /// No longer wanted.
    Moot,
    /// Given up for now, after `max_sends`; shown in `status`, woken later, never dropped.
    Parked,
}

/// What to claim.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Who claims.
    pub owner: String,
    /// The project whose effects this worker may do too.
    pub project: Option<String>,
    /// At most this many.
    pub limit: usize,
    /// At most so many of one page: of those that are next in turn, the others of a page are passed over.
    pub per_page: usize,
    /// None of these pages.
    pub busy: Vec<PageId>,
    /// Now.
    pub now_ms: i64,
    /// The lease's end.
    pub lease_until_ms: i64,
    /// For replies: when the call is over at the latest.
    pub call_until_ms: i64,
    /// How long after a call's end its reply may still appear: only then an absent one is proven absent.
    pub quiet_ms: i64,
}

/// What a claim brought.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// Whether rows were passed over because their page had its share: there may be more to claim at once.
    pub passed_over: bool,
    /// The effects that are in the worker's hands now.
    pub leased: Vec<Leased>,
    /// Effects that were due and whose rows this program cannot read: put off by ten minutes, to be told to people.
    pub unreadable: Vec<UnreadableRow>,
}

/// A row that this program cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Of which page.
    pub page: PageId,
    /// What it should be: `effect`, `page state`, `comment`.
    pub what: &'static str,
    /// The row's own id.
    pub id: String,
    /// What is wrong with it.
    pub why: String,
}

/// An effect in a worker's hands.
#[derive(Clone, Debug)]
pub struct Leased {
    /// Its key.
    pub id: EffectId,
    /// For which page.
    pub page: PageId,
    /// The comment that caused it.
    pub comment: Option<CommentId>,
    /// What to do.
    pub effect: Effect,
    /// The fence: every write about it carries it.
    pub epoch: u32,
    /// Sends before this claim that may have happened. 0: this claim is the intent, send. More: this claim is for
    /// reading back alone; settle it as `Done` or `Absent` (then the next claim is the intent) or `Unknown`.
    pub earlier_sends: u32,
    /// From this moment on a complete list without the reply proves that no earlier send happened; a list that is read
    /// sooner can only show that it did. 0 when no earlier send is in doubt.
    pub absence_proven_from_ms: i64,
    /// Sends in all, the one that this claim announces counted: what is held against `max_sends`.
    pub sends: u32,
    /// Tries so far, this one not counted.
    pub tries: u32,
    /// The remote id of the effect it came after (`UpdateReply` after its `PostReply`).
    pub after_remote_id: Option<String>,
    /// Where the effect it came after ended.
    pub after_state: Option<EffectState>,
    /// When it was decided.
    pub created_ms: i64,
}

/// How an effect ended, for its row.
#[derive(Clone, Debug)]
pub struct Settle {
    /// Which.
    pub id: EffectId,
    /// The fence under which it was done.
    pub epoch: u32,
    /// How.
    pub how: Settlement,
    /// In full, for the audit and for `effect`.
    pub outcome: Outcome,
}

/// The row's next state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// DONE, with the id of what was made.
    Done {
        /// The id of our comment, where there is one.
        remote_id: Option<String>,
    },
    /// READY again: certainly not sent, `sends - 1`.
    Ready {
        /// Not before.
        not_before_ms: i64,
    },
    /// UNKNOWN: to be read back.
    Unknown {
        /// Not before. May be long before absence can be proven: a reply that is there is found early.
        not_before_ms: i64,
        /// From when on a complete list proves absence, where that is known better now.
        absence_proven_from_ms: Option<i64>,
    },
    /// READY to be sent again: the read-back showed that it is not there. `earlier_sends` is forgotten, `sends` is not.
    Absent,
    /// FAILED.
    Failed,
    /// MOOT.
    Moot,
    /// PARKED: not claimed, until [`super::Store::wake_parked`] or a person wakes it.
    Parked {
        /// Whether its last send may have happened; if not, it is taken back.
        sent: bool,
        /// When it may be woken.
        not_before_ms: i64,
    },
}

/// An effect's row.
#[derive(Clone, Debug)]
pub struct EffectRow {
    /// Its key.
    pub id: EffectId,
    /// For which page.
    pub page: PageId,
    /// The comment that caused it.
    pub comment: Option<CommentId>,
    /// What to do.
    pub effect: Effect,
    /// Where it stands.
    pub state: EffectState,
    /// The fence of its last claim: with it a row that nobody holds can be settled (`Moot`).
    pub epoch: u32,
    /// Sends in all.
    pub sends: u32,
    /// Tries so far.
    pub tries: u32,
    /// Not before; of a parked one: when it may be woken.
    pub not_before_ms: i64,
    /// As [`Leased::absence_proven_from_ms`].
    pub absence_proven_from_ms: i64,
    /// The id of what was made.
    pub remote_id: Option<String>,
    /// How it ended last.
    pub outcome: Option<Outcome>,
    /// When it was decided.
    pub created_ms: i64,
    /// When it was last changed.
    pub updated_ms: i64,
}

/// How much waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Effects that wait or are in hand.
    pub open: u64,
    /// Of them, those that may have happened.
    pub unknown: u64,
    /// Given up for now.
    pub parked: u64,
    /// Refused for good.
    pub failed: u64,
    /// When the next one is due.
    pub next_at_ms: Option<i64>,
    /// When the oldest of those that should be done by now was decided; one that is meant for later does not count.
    pub oldest_ms: Option<i64>,
    /// Comments seen in all.
    pub comments: u64,
    /// Replies done in all.
    pub replies: u64,
    /// Effects of a project that wait for longer than an hour.
    pub stuck: u64,
}

/// What to read of the audit.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Of this comment only.
    pub comment: Option<CommentId>,
    /// Of this page only.
    pub page: Option<PageId>,
    /// After this row.
    pub after: i64,
    /// At most this many.
    pub limit: i64,
}

/// One line of the audit.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// Its number, given by the store.
    pub n: i64,
    /// When.
    pub at_ms: i64,
    /// On which page.
    pub page: PageId,
    /// About which comment.
    pub comment: Option<CommentId>,
    /// What kind of thing: `seen`, `decided`, `done`, `edited`, `gone`, `alert`.
    pub kind: String,
    /// The facts, redacted.
    pub facts: serde_json::Value,
}
