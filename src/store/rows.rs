//! The rows of the store, as the rest of the program sees them.
use crate::domain::classify::Reading;
use crate::domain::comment::Comment;
use crate::domain::effect::{Effect, EffectId, NewEffect, Outcome};
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
    /// The project whose worker does those of its new effects that touch files or keys.
    pub project: String,
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
    /// The page that it is the state of.
    pub page: PageId,
    /// The revision that was read; 0 for a new page. Written as `+ 1`; another one there means [`super::StoreError::Moved`].
    pub revision: u64,
    /// The state as JSON; only `domain` knows what is in it.
    pub state: serde_json::Value,
}

/// A comment and what was made of it.
#[derive(Clone, Debug)]
pub struct CommentRow {
    /// On which page.
    pub page: PageId,
    /// The comment, redacted.
    pub comment: Comment,
    /// Keyed hash of the redacted text: an edit is seen by it. 0: the key was lost, and it is known by none.
    pub hash: u64,
    /// What was read in it.
    pub reading: Reading,
    /// Where its answer stands.
    pub answer: AnswerState,
    /// Whether it is still listed.
    pub presence: Presence,
    /// The comment whose reply answers this one too, when a flood was answered together.
    pub answered_in: Option<CommentId>,
}

/// Where the answer to a comment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerState {
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
    /// It is listed on its page.
    Listed,
    /// Its thread was resolved.
    Resolved,
    /// It was deleted.
    Deleted,
}

/// Where an effect stands; in texts in capitals: READY, LEASED, SENDING, UNKNOWN, DONE, FAILED, MOOT, PARKED.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectState {
    /// It waits to be leased.
    Ready,
    /// In a worker's hands; no byte has left.
    Leased,
    /// In a worker's hands; bytes may have left.
    Sending,
    /// May have happened: read back first.
    Unknown,
    /// It certainly happened.
    Done,
    /// Refused for good.
    Failed,
    /// No longer wanted.
    Moot,
    /// Given up for now, after `max_sends`; shown in `status`, woken later, never dropped.
    Parked,
}

/// What a worker asks for.
#[derive(Clone, Debug)]
pub struct LeaseRequest {
    /// The worker that asks.
    pub owner: String,
    /// The project whose effects this worker may do too.
    pub project: Option<String>,
    /// At most this many.
    pub limit: usize,
    /// At most so many of one page: of those that are next in turn, the others of a page are passed over.
    pub per_page: usize,
    /// None of these pages.
    pub busy: Vec<PageId>,
    /// The moment of the request.
    pub now_ms: i64,
    /// The lease's end.
    pub lease_until_ms: i64,
    /// For replies: when the call is over at the latest.
    pub call_until_ms: i64,
    /// How long after a call's end its reply may still appear: only then an absent one is proven absent.
    pub quiet_ms: i64,
}

/// What a lease request brought.
#[derive(Clone, Debug, Default)]
pub struct Leases {
    /// Whether rows were passed over because their page had its share: there may be more to lease at once.
    pub passed_over: bool,
    /// The effects that are in the worker's hands now.
    pub leased: Vec<EffectRow>,
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

/// How an effect ended, for its row. The outcome says what the row becomes: `Done` DONE, `Later` READY at that moment
/// with the send taken back, `Unknown` UNKNOWN, `Absent` READY at once, `Refused` FAILED, `Moot` MOOT.
#[derive(Clone, Debug)]
pub struct Settle {
    /// The effect's key.
    pub id: EffectId,
    /// The fence under which it was done.
    pub epoch: u32,
    /// How it ended; kept in full for the audit and for [`super::Store::effect`].
    pub outcome: Outcome,
    /// For an effect that is not to go on as its outcome says.
    pub given_up: Option<GivenUp>,
}

/// What becomes of an effect that is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// PARKED: not leased, until [`super::Store::wake_parked`] or a person wakes it. Its last send is taken back,
    /// unless the outcome is `Unknown`.
    Parked {
        /// When it may be woken.
        not_before_ms: i64,
    },
    /// MOOT: it was refused, and another effect will take its place.
    Replaced,
}

/// An effect's row: as it was read, or as a lease hands it to a worker.
#[derive(Clone, Debug)]
pub struct EffectRow {
    /// The key by which the outbox knows it.
    pub id: EffectId,
    /// The page that it belongs to.
    pub page: PageId,
    /// The comment that caused it.
    pub comment: Option<CommentId>,
    /// The thing to do.
    pub effect: Effect,
    /// Where it stands.
    pub state: EffectState,
    /// The fence of its last lease: every write about it carries it. With it a row that nobody holds can be settled
    /// too, as `Moot`.
    pub epoch: u32,
    /// Sends in all, the one that a lease announces counted: what is held against `max_sends`.
    pub sends: u32,
    /// Sends that may have happened; of a leased row those before its lease. There 0 means: this lease is the intent,
    /// send. More: it is for reading back alone; settle it as `Done`, as `Unknown`, or as `Absent`, which makes the
    /// next lease the intent.
    pub earlier_sends: u32,
    /// From this moment on a complete list without the reply proves that no earlier send happened; a list that is read
    /// sooner can only show that it did. 0 when no earlier send is in doubt.
    pub absence_proven_from_ms: i64,
    /// Leases so far; of a leased row those before its lease.
    pub tries: u32,
    /// It is not leased before; of a parked one: when it may be woken.
    pub not_before_ms: i64,
    /// Where the effect ended that it came after.
    pub after_state: Option<EffectState>,
    /// The remote id of the effect that it came after (`UpdateReply` after its `PostReply`).
    pub after_remote_id: Option<String>,
    /// The id of what was made.
    pub remote_id: Option<String>,
    /// How it ended last. A lease does not read it.
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
    /// When it happened.
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
