//! What can go wrong with a store.
use crate::domain::effect::EffectId;

/// What can go wrong with the store, by what the caller does about it.
#[derive(Clone, Debug, thiserror::Error)]
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
