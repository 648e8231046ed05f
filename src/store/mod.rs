//! What must survive a kill: the contract of a store in the words of the product ([`Store`]), the rows that it takes and
//! gives, and the store in one SQLite file.
mod contract;
mod error;
mod progress;
mod rows;
pub mod sqlite;

pub use contract::{Store, StoreFuture, retry_fact};
pub use error::StoreError;
pub use rows::{
    AnswerState, AuditQuery, AuditRow, CommentRow, Commit, EffectRow, EffectState, GivenUp, LeaseRequest, Leases,
    PageWrite, Presence, Settle, UnreadableRow, Waiting,
};
