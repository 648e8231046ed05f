//! What is read of pages, comments, the audit and small facts: by a connection of its own, so that nobody waits for the
//! writer. A row that cannot be read is named; it stops what needs it, and nothing else.
use super::cells::{cell, comment_id, name, number, page_id, parsed};
use super::{codes, effects, fault};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::page::PageState;
use crate::domain::reply::Reference;
use crate::store::{AuditQuery, AuditRow, CommentRow, StoreError, UnreadableRow};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// The page's state and revision.
pub(super) async fn page(
    page: &PageId,
    connection: &mut SqliteConnection,
) -> Result<Option<(u64, serde_json::Value)>, StoreError> {
    let row = sqlx::query("select revision, state from page where id = ? and state is not null")
        .bind(page.as_str())
        .fetch_optional(connection)
        .await
        .map_err(|error| fault::of(&error))?;
    let read = |row: &SqliteRow| Ok((number(row, 0)?.cast_unsigned(), parsed(row, 1)?));
    row.as_ref()
        .map(|row| read(row).map_err(|why| fault::unreadable("page state", page.as_str(), why)))
        .transpose()
}

/// Every page that has a state.
pub(super) async fn pages(connection: &mut SqliteConnection) -> Result<Vec<PageId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("select cast(id as text) from page where state is not null order by key")
        .fetch_all(connection)
        .await
        .map_err(|error| fault::of(&error))?;
    Ok(ids.iter().map(|id| PageId::from_wire(id)).collect())
}

/// All comments of a page in the order in which they were seen.
pub(super) async fn comments(page: &PageId, connection: &mut SqliteConnection) -> Result<Vec<CommentRow>, StoreError> {
    let rows = comment_rows(page, connection).await?;
    let read = |row| comment_row(page, row).map_err(|why| fault::unreadable("comment", &name(row, 6), why));
    rows.iter().map(read).collect()
}

/// What of a page cannot be read.
pub(super) async fn unreadable(
    page: &PageId,
    connection: &mut SqliteConnection,
) -> Result<Vec<UnreadableRow>, StoreError> {
    let bad = |what, id, why| UnreadableRow {
        page: page.clone(),
        what,
        id,
        why,
    };
    let mut found = Vec::new();
    match self::page(page, connection).await {
        Ok(state) => {
            let state = state.map(|(_, json)| serde_json::from_value::<PageState>(json));
            if let Some(Err(error)) = state {
                found.push(bad("page state", page.as_str().to_owned(), error.to_string()));
            }
        }
        Err(StoreError::Unreadable { what, id, why }) => found.push(bad(what, id, why)),
        Err(other) => return Err(other),
    }
    for row in comment_rows(page, connection).await? {
        if let Err(why) = comment_row(page, &row) {
            found.push(bad("comment", name(&row, 6), why));
        }
    }
    found.extend(effects::unreadable(page, connection).await?);
    Ok(found)
}

async fn comment_rows(page: &PageId, connection: &mut SqliteConnection) -> Result<Vec<SqliteRow>, StoreError> {
    let rows = sqlx::query(
        "select hash, standing, presence, body, reading, answered_in, id from comment \
         where page = (select key from page where id = ?) order by n",
    );
    let rows = rows.bind(page.as_str()).fetch_all(connection).await;
    rows.map_err(|error| fault::of(&error))
}

fn comment_row(page: &PageId, row: &SqliteRow) -> Result<CommentRow, String> {
    Ok(CommentRow {
        page: page.clone(),
        hash: number(row, 0)?.cast_unsigned(),
        standing: codes::standing(number(row, 1)?)?,
        presence: codes::presence(number(row, 2)?)?,
        comment: parsed(row, 3)?,
        reading: parsed(row, 4)?,
        answered_in: comment_id(row, 5)?,
    })
}

/// The audit, oldest first. A line that cannot be read is left out: it is told to people, nothing hangs on it.
pub(super) async fn audit(query: &AuditQuery, connection: &mut SqliteConnection) -> Result<Vec<AuditRow>, StoreError> {
    let comment = query.comment.as_ref().map(|comment| comment.as_str().to_owned());
    let select = if comment.is_some() {
        "select a.n, a.at, p.id, a.comment, a.kind, a.facts from audit a join page p on p.key = a.page \
         where a.n > ? and a.mark = ? and a.comment = ? and p.id = coalesce(?, p.id) order by a.n limit ?"
    } else {
        "select a.n, a.at, p.id, a.comment, a.kind, a.facts from audit a join page p on p.key = a.page \
         where a.n > ? and coalesce(?, ?) is null and p.id = coalesce(?, p.id) order by a.n limit ?"
    };
    let mark = query
        .comment
        .as_ref()
        .and_then(|comment| codes::mark(Reference::of(comment).as_str()));
    let rows = sqlx::query(select)
        .bind(query.after)
        .bind(mark)
        .bind(comment)
        .bind(query.page.as_ref().map(|page| page.as_str().to_owned()))
        .bind(query.limit)
        .fetch_all(connection)
        .await
        .map_err(|error| fault::of(&error))?;
    Ok(rows.iter().filter_map(|row| audit_row(row).ok()).collect())
}

fn audit_row(row: &SqliteRow) -> Result<AuditRow, String> {
    Ok(AuditRow {
        n: number(row, 0)?,
        at_ms: number(row, 1)?,
        page: page_id(row, 2)?,
        comment: comment_id(row, 3)?,
        kind: cell(row, 4)?,
        facts: parsed(row, 5)?,
    })
}

/// A small fact.
pub(super) async fn recall(name: &str, connection: &mut SqliteConnection) -> Result<Option<String>, StoreError> {
    sqlx::query_scalar("select value from fact where name = ?")
        .bind(name)
        .fetch_optional(connection)
        .await
        .map_err(|error| fault::of(&error))
}

/// The comment behind a reference; of two, which 40 bits make next to impossible, the later one.
pub(super) async fn by_reference(
    reference: &str,
    connection: &mut SqliteConnection,
) -> Result<Option<(PageId, CommentId)>, StoreError> {
    let Some(mark) = codes::mark(reference) else {
        return Ok(None);
    };
    let found: Option<(String, String)> = sqlx::query_as(
        "select cast(p.id as text), cast(c.id as text) from comment c join page p on p.key = c.page \
         where c.mark = ? order by c.n desc limit 1",
    )
    .bind(mark)
    .fetch_optional(connection)
    .await
    .map_err(|error| fault::of(&error))?;
    Ok(found.map(|(page, comment)| (PageId::from_wire(&page), CommentId::from_wire(&comment))))
}
