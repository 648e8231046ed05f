//! The comment that a person means.
use crate::domain::ids::CommentId;
use crate::domain::reply::Reference;
use crate::store::sqlite::SqliteStore;
use crate::store::{CommentRow, Store, StoreError};

/// A comment by the reference of its reply, or by its own id.
pub(super) async fn find(store: &SqliteStore, about: &str) -> Result<Option<CommentRow>, StoreError> {
    let comment = match Reference::parse(about) {
        Some(reference) => store
            .by_reference(reference.as_str())
            .await?
            .map(|(_, comment)| comment),
        None => CommentId::parse(about),
    };
    match comment {
        Some(comment) => store.comment(&comment).await,
        None => Ok(None),
    }
}
