//! What must survive: the contract, in the words of the product.
mod fence;
mod rows;
pub mod sqlite;
pub use rows::{
    AuditQuery, AuditRow, Claim, Claimed, CommentRow, Commit, EffectRow, EffectState, Leased, NewEffect, PageWrite,
    Presence, Settle, Settlement, Standing, UnreadableRow, Waiting,
};

use crate::domain::effect::EffectId;
use crate::domain::ids::{CommentId, PageId};
use std::future::Future;
use std::pin::Pin;

/// A store's answer, some time later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What must survive a kill: page states, comments, effects, the audit. Implementations: SQLite, and later PostgreSQL.
/// All times are milliseconds since 1970 UTC, given by the caller.
pub trait Store: Send + Sync {
    /// The page's state as it was last committed, with its revision. [`StoreError::Unreadable`] concerns this page alone.
    fn page<'a>(&'a self, page: &'a PageId) -> Answer<'a, Option<(u64, serde_json::Value)>>;
    /// Every comment that was ever seen on a page, in the order in which it was seen. [`StoreError::Unreadable`] names
    /// the first one that cannot be read; it concerns this page alone.
    fn comments<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<CommentRow>>;
    /// Writes one decision whole, or nothing of it. Waiting commits share one transaction.
    fn commit(&self, commit: Commit) -> Answer<'_, ()>;
    /// Leases up to `limit` effects that are due. A claimed reply is written down as being sent (intent) in the same
    /// transaction: `sends + 1`, `last_send = now + call_timeout`. No byte leaves before this returns.
    fn claim(&self, claim: Claim) -> Answer<'_, Claimed>;
    /// Opens every PARKED effect again whose time came by `due_by_ms` (`i64::MAX`: all): due now, UNKNOWN if a send is
    /// in doubt, else READY. Tells how many.
    fn wake_parked(&self, due_by_ms: i64, now_ms: i64) -> Answer<'_, u64>;
    /// Opens again what people asked to be tried again ([`retry_fact`]), as [`Commit::revived`] does, and forgets their
    /// wish, in one transaction. Gives the effects that are open now because of it. Cheap when nobody asked.
    fn take_retries(&self, now_ms: i64) -> Answer<'_, Vec<EffectId>>;
    /// One effect.
    fn effect<'a>(&'a self, effect: &'a EffectId) -> Answer<'a, Option<EffectRow>>;
    /// The effects of a page that are not settled, oldest first, as far as they can be read ([`Store::unreadable`]).
    fn open_effects<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<EffectRow>>;
    /// The ids under which our replies stand on a page.
    fn known_replies<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<CommentId>>;
    /// The replies of a page that may have been sent and are not DONE, whether they wait, are in hand or were given up.
    fn doubtful_replies<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<EffectId>>;
    /// What of a page this program cannot read: its state, its comments, its effects that are not done.
    fn unreadable<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<UnreadableRow>>;
    /// How much waits, when the next effect is due, what is parked or unknown.
    fn waiting(&self, now_ms: i64) -> Answer<'_, Waiting>;
    /// What was seen, decided and done: of one comment, one reference, or all after row `after`.
    fn audit(&self, query: AuditQuery) -> Answer<'_, Vec<AuditRow>>;
    /// A small fact that must survive (own bot ids, backlog taken), by name.
    fn recall<'a>(&'a self, name: &'a str) -> Answer<'a, Option<String>>;
    /// Keeps a small fact.
    fn remember<'a>(&'a self, name: &'a str, value: &'a str) -> Answer<'a, ()>;
    /// The comment that a reply's reference belongs to.
    fn by_reference<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<(PageId, CommentId)>>;
    /// Waits until all that was asked is written, folds the log into the one file, so that copying that file copies the
    /// state, and closes. Ends within two seconds, whatever the disk does; what was acknowledged is safe even when it
    /// gives an error. Every later call gives an error.
    fn close(&self) -> Answer<'_, ()>;
}

/// The small fact by which a person asks for an effect to be tried again; whoever runs the bot takes it up.
pub fn retry_fact(effect: &EffectId) -> String {
    format!("{RETRY}{effect}")
}

/// How such facts begin.
pub(crate) const RETRY: &str = "retry/";

/// What can go wrong with the store, by what the caller does about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The page's state was changed by somebody else since it was read: read and decide again.
    #[error("the state of the page was changed meanwhile")]
    Moved,
    /// These effects belong to another worker by now: drop what was done for them.
    #[error("the lease of {} effects was lost", .0.len())]
    Fenced(Vec<EffectId>),
    /// Out of room, read-only, locked: nothing was written; try again later.
    #[error("the store cannot write now: {0}")]
    Later(String),
    /// One row holds what this program cannot read: leave it out, go on with the rest, tell people.
    #[error("the {what} {id} cannot be read ({why}); was it written by another version, or by hand?")]
    Unreadable {
        /// What the row should be: `page state`, `comment`, `effect`.
        what: &'static str,
        /// The row's own id.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// Broken, newer than this program, not ours: the whole of it.
    #[error("the store cannot be used: {0}")]
    Unusable(String),
}
