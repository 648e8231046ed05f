//! What is read of pages, comments, the audit and small facts. A row that cannot be read is named; it stops what needs
//! it, and nothing else.
use super::columns::{IdColumn, id, json, mark, mark_of};
use super::effects;
use super::fault::{readable, reason};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::page::PageState;
use crate::store::{AuditQuery, AuditRow, CommentRow, StoreError, UnreadableRow};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// Selects comments, with the columns that [`comment_row`] reads.
macro_rules! select_comments {
    ($filter:literal) => {
        concat!(
            "select c.id, p.id as page, c.hash, c.standing, c.presence, c.body, c.reading, c.answered_in ",
            "from comment c join page p on p.key = c.page where ",
            $filter
        )
    };
}

/// The page's state and revision.
pub(super) fn page(page: &PageId, connection: &Connection) -> Result<Option<(u64, serde_json::Value)>, StoreError> {
    let mut query = connection.prepare_cached("select revision, state from page where id = ? and state is not null")?;
    let read = |row: &Row<'_>| Ok((row.get("revision").map(i64::cast_unsigned)?, json(row, "state")?));
    let row = query.query_row([IdColumn(page)], |row| Ok(read(row))).optional()?;
    row.map(|row| readable("page state", page.as_str(), row)).transpose()
}

/// Every page that has a state.
pub(super) fn pages(connection: &Connection) -> Result<Vec<PageId>, StoreError> {
    let mut query =
        connection.prepare_cached("select cast(id as text) from page where state is not null order by key")?;
    let ids = query.query_map([], |row| row.get(0).map(|IdColumn(page)| page))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// All comments of a page in the order in which they were seen.
pub(super) fn comments(page: &PageId, connection: &Connection) -> Result<Vec<CommentRow>, StoreError> {
    let mut query = connection.prepare_cached(select_comments!("p.id = ? order by c.n"))?;
    let mut rows = query.query([IdColumn(page)])?;
    let mut comments = Vec::new();
    while let Some(row) = rows.next()? {
        comments.push(readable("comment", &id(row), comment_row(row))?);
    }
    Ok(comments)
}

/// One comment, by the index of its id.
pub(super) fn comment(comment: &CommentId, connection: &Connection) -> Result<Option<CommentRow>, StoreError> {
    let mut query = connection.prepare_cached(select_comments!("c.id = ?"))?;
    let row = query
        .query_row([IdColumn(comment)], |row| Ok(comment_row(row)))
        .optional()?;
    row.map(|row| readable("comment", comment.as_str(), row)).transpose()
}

/// What of a page cannot be read.
pub(super) fn unreadable(page: &PageId, connection: &Connection) -> Result<Vec<UnreadableRow>, StoreError> {
    let bad = |what, id, why| UnreadableRow {
        page: page.clone(),
        what,
        id,
        why,
    };
    let mut found = Vec::new();
    match self::page(page, connection) {
        Ok(state) => {
            let state = state.map(|(_, json)| serde_json::from_value::<PageState>(json));
            if let Some(Err(error)) = state {
                found.push(bad("page state", page.as_str().to_owned(), error.to_string()));
            }
        }
        Err(StoreError::Unreadable { what, id, why }) => found.push(bad(what, id, why)),
        Err(other) => return Err(other),
    }
    let mut query = connection.prepare_cached(select_comments!("p.id = ? order by c.n"))?;
    let mut rows = query.query([IdColumn(page)])?;
    while let Some(row) = rows.next()? {
        if let Err(error) = comment_row(row) {
            found.push(bad("comment", id(row), reason(&error)));
        }
    }
    found.extend(effects::unreadable(page, connection)?);
    Ok(found)
}

fn comment_row(row: &Row<'_>) -> rusqlite::Result<CommentRow> {
    Ok(CommentRow {
        page: row.get("page").map(|IdColumn(page)| page)?,
        hash: row.get("hash").map(i64::cast_unsigned)?,
        answer: row.get("standing")?,
        presence: row.get("presence")?,
        comment: json(row, "body")?,
        reading: json(row, "reading")?,
        answered_in: row.get::<_, Option<_>>("answered_in")?.map(|IdColumn(comment)| comment),
    })
}

/// The audit, oldest first. A line that cannot be read is left out: it is told to people, nothing hangs on it.
pub(super) fn audit(query: &AuditQuery, connection: &Connection) -> Result<Vec<AuditRow>, StoreError> {
    let mut select = connection.prepare_cached(if query.comment.is_some() {
        "select a.n, a.at, p.id as page, a.comment, a.kind, a.facts from audit a join page p on p.key = a.page \
         where a.n > ? and a.mark = ? and a.comment = ? and p.id = coalesce(?, p.id) order by a.n limit ?"
    } else {
        "select a.n, a.at, p.id as page, a.comment, a.kind, a.facts from audit a join page p on p.key = a.page \
         where a.n > ? and coalesce(?, ?) is null and p.id = coalesce(?, p.id) order by a.n limit ?"
    })?;
    let comment = query.comment.as_ref();
    let page = query.page.as_ref().map(IdColumn);
    let places = params![
        query.after,
        comment.and_then(mark_of),
        comment.map(IdColumn),
        page,
        query.limit
    ];
    let rows = select.query_map(places, |row| Ok(audit_row(row).ok()))?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

fn audit_row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        n: row.get("n")?,
        at_ms: row.get("at")?,
        page: row.get("page").map(|IdColumn(page)| page)?,
        comment: row.get::<_, Option<_>>("comment")?.map(|IdColumn(comment)| comment),
        kind: row.get("kind")?,
        facts: json(row, "facts")?,
    })
}

/// A small fact.
pub(super) fn recall(name: &str, connection: &Connection) -> Result<Option<String>, StoreError> {
    let mut query = connection.prepare_cached("select value from fact where name = ?")?;
    Ok(query.query_row([name], |row| row.get(0)).optional()?)
}

/// The comment behind a reference; of two, which 40 bits make next to impossible, the later one.
pub(super) fn by_reference(
    reference: &str,
    connection: &Connection,
) -> Result<Option<(PageId, CommentId)>, StoreError> {
    let Some(mark) = mark(reference) else {
        return Ok(None);
    };
    let mut query = connection.prepare_cached(
        "select cast(p.id as text), cast(c.id as text) from comment c join page p on p.key = c.page \
         where c.mark = ? order by c.n desc limit 1",
    )?;
    Ok(query
        .query_row([mark], |row| {
            let (IdColumn(page), IdColumn(comment)) = (row.get(0)?, row.get(1)?);
            Ok((page, comment))
        })
        .optional()?)
}
