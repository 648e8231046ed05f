//! What every store does, in the words of the product.
use super::error::StoreError;
use super::rows::{AuditQuery, AuditRow, CommentRow, Commit, EffectRow, LeaseRequest, Leases, UnreadableRow, Waiting};
use crate::domain::effect::EffectId;
use crate::domain::ids::{CommentId, PageId};
use std::future::Future;
use std::pin::Pin;

/// The answer of a store, which comes some time later.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What must survive a kill: page states, comments, effects, the audit. Implementations: SQLite, and later PostgreSQL.
/// All times are milliseconds since 1970 UTC, given by the caller.
pub trait Store: Send + Sync {
    /// The page's state as it was last committed, with its revision. [`StoreError::Unreadable`] concerns this page alone.
    fn page<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Option<(u64, serde_json::Value)>>;
    /// Every comment that was ever seen on a page, in the order in which it was seen. [`StoreError::Unreadable`] names
    /// the first one that cannot be read; it concerns this page alone.
    fn comments<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<CommentRow>>;
    /// One comment, found by its id.
    fn comment<'a>(&'a self, comment: &'a CommentId) -> StoreFuture<'a, Option<CommentRow>>;
    /// Writes one decision whole, or nothing of it. Waiting commits share one transaction.
    fn commit(&self, commit: Commit) -> StoreFuture<'_, ()>;
    /// Leases up to `limit` effects that are due. A leased reply is written down as being sent (intent) in the same
    /// transaction: `sends + 1`, `last_send = now + call_timeout`. No byte leaves before this returns. Between two opens
    /// of the store `now_ms` never goes back ([`crate::clock`]); a start with an earlier clock is put right as it opens.
    fn lease(&self, lease: LeaseRequest) -> StoreFuture<'_, Leases>;
    /// Opens every PARKED effect again whose time came by `due_by_ms` (`i64::MAX`: all): due now, UNKNOWN if a send is
    /// in doubt, else READY. Tells how many.
    fn wake_parked(&self, due_by_ms: i64, now_ms: i64) -> StoreFuture<'_, u64>;
    /// Opens again what people asked to be tried again ([`retry_fact`]), as [`Commit::revived`] does, and forgets their
    /// wish, in one transaction. Gives the effects that are open now because of it. Cheap when nobody asked.
    fn take_retries(&self, now_ms: i64) -> StoreFuture<'_, Vec<EffectId>>;
    /// One effect, found by its key.
    fn effect<'a>(&'a self, effect: &'a EffectId) -> StoreFuture<'a, Option<EffectRow>>;
    /// The effects of a page that are not settled, oldest first, as far as they can be read ([`Store::unreadable`]).
    fn open_effects<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<EffectRow>>;
    /// The ids under which our replies stand on a page.
    fn known_replies<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<CommentId>>;
    /// The replies of a page that may have been sent and are not DONE, whether they wait, are in hand or were given up.
    fn doubtful_replies<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<EffectId>>;
    /// What of a page this program cannot read: its state, its comments, its effects that are not done.
    fn unreadable<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<UnreadableRow>>;
    /// How much waits, when the next effect is due, what is parked or unknown.
    fn waiting(&self, now_ms: i64) -> StoreFuture<'_, Waiting>;
    /// What was seen, decided and done: of one comment, one reference, or all after row `after`.
    fn audit(&self, query: AuditQuery) -> StoreFuture<'_, Vec<AuditRow>>;
    /// A small fact that must survive (own bot ids, backlog taken), by name.
    fn recall<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<String>>;
    /// Keeps a small fact under its name, in place of the one before.
    fn remember<'a>(&'a self, name: &'a str, value: &'a str) -> StoreFuture<'a, ()>;
    /// Forgets by which marks all comments are known: the key of the marks is lost. Each is known by what it says when it is
    /// seen the next time ([`CommentRow::hash`] is 0 until then).
    fn forget_marks(&self) -> StoreFuture<'_, ()>;
    /// The comment that a reply's reference belongs to.
    fn by_reference<'a>(&'a self, reference: &'a str) -> StoreFuture<'a, Option<(PageId, CommentId)>>;
    /// Waits until all that was asked is written, folds the log into the one file, so that copying that file copies the
    /// state, and closes. Ends within two seconds, whatever the disk does; what was acknowledged is safe even when it
    /// gives an error. Every later call gives an error.
    fn close(&self) -> StoreFuture<'_, ()>;
}

/// The small fact by which a person asks for an effect to be tried again; whoever runs the bot takes it up.
pub fn retry_fact(effect: &EffectId) -> String {
    format!("{RETRY}{effect}")
}

/// How such facts begin.
pub(super) const RETRY: &str = "retry/";
