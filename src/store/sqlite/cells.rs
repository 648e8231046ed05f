//! The cells of one row, each read by itself: what a cell cannot give is said of its row, and no other row suffers.
use crate::domain::ids::{CommentId, PageId};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

/// A cell's value, or what is wrong with it.
pub(super) fn cell<'r, T>(row: &'r SqliteRow, at: usize) -> Result<T, String>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(at).map_err(|error| match error {
        sqlx::Error::ColumnDecode { source, .. } => source.to_string(),
        other => other.to_string(),
    })
}

/// A number.
pub(super) fn number(row: &SqliteRow, at: usize) -> Result<i64, String> {
    cell(row, at)
}

/// A small count.
pub(super) fn count(row: &SqliteRow, at: usize) -> Result<u32, String> {
    Ok(u32::try_from(number(row, at)?).unwrap_or(u32::MAX))
}

/// A page's id.
pub(super) fn page_id(row: &SqliteRow, at: usize) -> Result<PageId, String> {
    Ok(PageId::from_wire(cell(row, at)?))
}

/// A comment's id, where there is one.
pub(super) fn comment_id(row: &SqliteRow, at: usize) -> Result<Option<CommentId>, String> {
    let text: Option<&str> = cell(row, at)?;
    Ok(text.map(CommentId::from_wire))
}

/// What stands there as JSON.
pub(super) fn parsed<T: DeserializeOwned>(row: &SqliteRow, at: usize) -> Result<T, String> {
    serde_json::from_str(cell(row, at)?).map_err(|error| error.to_string())
}

/// The text by which a row is named, even when nothing else of it can be read.
pub(super) fn name(row: &SqliteRow, at: usize) -> String {
    cell(row, at).unwrap_or_else(|_| "without an id".to_owned())
}
