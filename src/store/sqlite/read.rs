//! What is read: by a connection of its own, so that nobody waits for the writer.
use super::group::count;
use super::{codes, fault};
use crate::domain::effect::{Effect, EffectId};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::Reference;
use crate::store::{AuditQuery, AuditRow, CommentRow, EffectRow, StoreError, Waiting};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// An effect of a project that waits for longer than this shows as stuck.
const STUCK_MS: i64 = 3_600_000;

/// Selects effects in the order of columns that [`effect_row`] reads.
macro_rules! select_effects {
    ($filter:literal) => {
        concat!(
            "select e.id, p.id, e.comment, e.payload, e.state, e.epoch, e.sends, e.due, e.remote_id, ",
            "e.outcome, e.created, e.updated from effect e join page p on p.key = e.page ",
            $filter
        )
    };
}

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
    let Some(row) = row else { return Ok(None) };
    Ok(Some((number(&row, 0)?.cast_unsigned(), parsed(&row, 1, "page state")?)))
}

/// Every page that has a state.
pub(super) async fn pages(connection: &mut SqliteConnection) -> Result<Vec<PageId>, StoreError> {
    let rows = sqlx::query("select id from page where state is not null order by key")
        .fetch_all(connection)
        .await
        .map_err(|error| fault::of(&error))?;
    rows.iter().map(|row| page_id(row, 0)).collect()
}

/// The effects of a comment, oldest first.
pub(super) async fn effects_of(
    comment: &CommentId,
    connection: &mut SqliteConnection,
) -> Result<Vec<EffectRow>, StoreError> {
    let text = select_effects!("where e.comment = ? order by e.n");
    let rows = sqlx::query(text).bind(comment.as_str()).fetch_all(connection).await;
    rows.map_err(|error| fault::of(&error))?
        .iter()
        .map(effect_row)
        .collect()
}

/// The given-up effects of a page, oldest first.
pub(super) async fn parked_effects(
    page: &PageId,
    connection: &mut SqliteConnection,
) -> Result<Vec<EffectRow>, StoreError> {
    let text = select_effects!("where p.id = ? and e.state in (5, 7) and e.state = 7 order by e.n");
    let rows = sqlx::query(text).bind(page.as_str()).fetch_all(connection).await;
    rows.map_err(|error| fault::of(&error))?
        .iter()
        .map(effect_row)
        .collect()
}

/// All comments of a page in the order in which they were seen.
pub(super) async fn comments(page: &PageId, connection: &mut SqliteConnection) -> Result<Vec<CommentRow>, StoreError> {
    let rows = sqlx::query(
        "select hash, standing, presence, body, reading, answered_in from comment \
         where page = (select key from page where id = ?) order by n",
    )
    .bind(page.as_str())
    .fetch_all(connection)
    .await
    .map_err(|error| fault::of(&error))?;
    rows.iter()
        .map(|row| {
            Ok(CommentRow {
                page: page.clone(),
                hash: number(row, 0)?.cast_unsigned(),
                standing: codes::standing(number(row, 1)?)?,
                presence: codes::presence(number(row, 2)?)?,
                comment: parsed(row, 3, "comment")?,
                reading: parsed(row, 4, "reading")?,
                answered_in: comment_id(row, 5)?,
            })
        })
        .collect()
}

/// One effect.
pub(super) async fn effect(id: &EffectId, connection: &mut SqliteConnection) -> Result<Option<EffectRow>, StoreError> {
    let text = select_effects!("where e.id = ?");
    let row = sqlx::query(text).bind(id.as_str()).fetch_optional(connection).await;
    row.map_err(|error| fault::of(&error))?
        .as_ref()
        .map(effect_row)
        .transpose()
}

/// The effects of a page that are not settled, oldest first.
pub(super) async fn open_effects(
    page: &PageId,
    connection: &mut SqliteConnection,
) -> Result<Vec<EffectRow>, StoreError> {
    let text = select_effects!("where p.id = ? and e.state < 4 order by e.n");
    let rows = sqlx::query(text).bind(page.as_str()).fetch_all(connection).await;
    rows.map_err(|error| fault::of(&error))?
        .iter()
        .map(effect_row)
        .collect()
}

/// How much waits. Counted from small indexes: about a millisecond for 10,000 rows.
pub(super) async fn waiting(now_ms: i64, connection: &mut SqliteConnection) -> Result<Waiting, StoreError> {
    let row = sqlx::query(
        "select (select count(*) from effect where state < 4), \
         (select count(*) from effect where state < 4 and state in (2, 3)), \
         (select count(*) from effect where state in (5, 7) and state = 7), \
         (select count(*) from effect where state in (5, 7) and state = 5), \
         (select min(e.due) from effect e left join effect a on a.id = e.after \
          where e.state < 4 and (a.state is null or a.state >= 4) \
          and (e.project is null or not exists (select 1 from effect h where h.state < 4 \
               and h.project = e.project and h.state in (1, 2) and h.n <> e.n and h.due > e.due))), \
         (select count(*) from comment), \
         (select count(*) from effect where state = 4 and kind = 'post_reply'), \
         (select count(*) from effect where state < 4 and project is not null and created < ?)",
    )
    .bind(now_ms - STUCK_MS)
    .fetch_one(connection)
    .await
    .map_err(|error| fault::of(&error))?;
    Ok(Waiting {
        open: number(&row, 0)?.cast_unsigned(),
        unknown: number(&row, 1)?.cast_unsigned(),
        parked: number(&row, 2)?.cast_unsigned(),
        failed: number(&row, 3)?.cast_unsigned(),
        next_at_ms: column(&row, 4)?,
        comments: number(&row, 5)?.cast_unsigned(),
        replies: number(&row, 6)?.cast_unsigned(),
        stuck: number(&row, 7)?.cast_unsigned(),
    })
}

/// The audit, oldest first.
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
    rows.iter()
        .map(|row| {
            Ok(AuditRow {
                n: number(row, 0)?,
                at_ms: number(row, 1)?,
                page: page_id(row, 2)?,
                comment: comment_id(row, 3)?,
                kind: column(row, 4)?,
                facts: parsed(row, 5, "audit facts")?,
            })
        })
        .collect()
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
    let row = sqlx::query(
        "select p.id, c.id from comment c join page p on p.key = c.page where c.mark = ? order by c.n desc limit 1",
    )
    .bind(mark)
    .fetch_optional(connection)
    .await
    .map_err(|error| fault::of(&error))?;
    let Some(row) = row else { return Ok(None) };
    let page = page_id(&row, 0)?;
    Ok(comment_id(&row, 1)?.map(|comment| (page, comment)))
}

fn effect_row(row: &SqliteRow) -> Result<EffectRow, StoreError> {
    let outcome: Option<String> = column(row, 9)?;
    let effect: Effect = parsed(row, 3, "effect")?;
    Ok(EffectRow {
        id: EffectId::from_row(column(row, 0)?),
        page: page_id(row, 1)?,
        comment: comment_id(row, 2)?,
        effect,
        state: codes::state(number(row, 4)?)?,
        epoch: count(number(row, 5)?),
        sends: count(number(row, 6)?),
        not_before_ms: number(row, 7)?,
        remote_id: column(row, 8)?,
        outcome: outcome
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| fault::unreadable("outcome", error))?,
        created_ms: number(row, 10)?,
        updated_ms: number(row, 11)?,
    })
}

fn column<'r, T>(row: &'r SqliteRow, at: usize) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(at).map_err(|error| fault::of(&error))
}

fn number(row: &SqliteRow, at: usize) -> Result<i64, StoreError> {
    column(row, at)
}

fn page_id(row: &SqliteRow, at: usize) -> Result<PageId, StoreError> {
    Ok(PageId::from_wire(column(row, at)?))
}

fn comment_id(row: &SqliteRow, at: usize) -> Result<Option<CommentId>, StoreError> {
    let text: Option<&str> = column(row, at)?;
    Ok(text.map(CommentId::from_wire))
}

fn parsed<T: DeserializeOwned>(row: &SqliteRow, at: usize, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(column(row, at)?).map_err(|error| fault::unreadable(what, error))
}
