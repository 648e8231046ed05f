//! What must survive: the contract, in the words of the product.
mod fence;
mod rows;
pub mod sqlite;
pub use rows::{
    AuditQuery, AuditRow, Claim, CommentRow, Commit, EffectRow, EffectState, Leased, NewEffect, PageWrite, Presence,
    Settle, Settlement, Standing, Waiting,
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
    /// The page's state as it was last committed, with its revision.
    fn page<'a>(&'a self, page: &'a PageId) -> Answer<'a, Option<(u64, serde_json::Value)>>;
    /// Every comment that was ever seen on a page, in the order in which it was seen.
    fn comments<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<CommentRow>>;
    /// Writes one decision whole, or nothing of it. Waiting commits share one transaction.
    fn commit(&self, commit: Commit) -> Answer<'_, ()>;
    /// Leases up to `limit` effects that are due. A claimed reply is written down as being sent (intent) in the same
    /// transaction: `sends + 1`, `last_send = now + call_timeout`. No byte leaves before this returns.
    fn claim(&self, claim: rows::Claim) -> Answer<'_, Vec<Leased>>;
    /// One effect.
    fn effect<'a>(&'a self, effect: &'a EffectId) -> Answer<'a, Option<EffectRow>>;
    /// The effects of a page that are not settled.
    fn open_effects<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<EffectRow>>;
    /// How much waits, when the next effect is due, what is parked or unknown.
    fn waiting(&self, now_ms: i64) -> Answer<'_, Waiting>;
    /// What was seen, decided and done: of one comment, one reference, or all after row `after`.
    fn audit(&self, query: rows::AuditQuery) -> Answer<'_, Vec<AuditRow>>;
    /// A small fact that must survive (own bot ids, backlog taken), by name.
    fn recall<'a>(&'a self, name: &'a str) -> Answer<'a, Option<String>>;
    /// Keeps a small fact.
    fn remember<'a>(&'a self, name: &'a str, value: &'a str) -> Answer<'a, ()>;
    /// The comment that a reply's reference belongs to.
    fn by_reference<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<(PageId, CommentId)>>;
}

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
    /// Broken, newer than this program, not ours.
    #[error("the store cannot be used: {0}")]
    Unusable(String),
}
