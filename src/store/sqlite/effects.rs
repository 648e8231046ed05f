//! What is read of effects: one by one, of a page, and counted.
use super::cells::{cell, comment_id, count, name, number, page_id, parsed};
use super::fault;
use crate::domain::effect::{Effect, EffectId};
use crate::domain::ids::{CommentId, PageId};
use crate::store::{EffectRow, StoreError, UnreadableRow, Waiting};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// An effect of a project that waits for longer than this shows as stuck.
const STUCK_MS: i64 = 3_600_000;

/// Selects effects in the order of columns that [`effect_row`] reads.
macro_rules! select_effects {
    ($filter:literal) => {
        concat!(
            "select e.id, p.id, e.comment, e.payload, e.state, e.epoch, e.sends, e.due, e.remote_id, ",
            "e.outcome, e.created, e.updated, e.tries, e.doubt, e.proof_from from effect e join page p on p.key = e.page ",
            $filter
        )
    };
}

/// One effect.
pub(super) async fn effect(id: &EffectId, connection: &mut SqliteConnection) -> Result<Option<EffectRow>, StoreError> {
    let text = select_effects!("where e.id = ?");
    let row = sqlx::query(text).bind(id.as_str()).fetch_optional(connection).await;
    let row = row.map_err(|error| fault::of(&error))?;
    row.as_ref()
        .map(|row| effect_row(row).map_err(|why| fault::unreadable("effect", id.as_str(), why)))
        .transpose()
}

/// The effects of a comment that can be read, oldest first.
pub(super) async fn of_comment(
    comment: &CommentId,
    connection: &mut SqliteConnection,
) -> Result<Vec<EffectRow>, StoreError> {
    let rows = rows(
        select_effects!("where e.comment = ? order by e.n"),
        comment.as_str(),
        connection,
    );
    Ok(readable(&rows.await?))
}

/// The effects of a page that are not settled and can be read, oldest first.
pub(super) async fn open(page: &PageId, connection: &mut SqliteConnection) -> Result<Vec<EffectRow>, StoreError> {
    let rows = rows(
        select_effects!("where p.id = ? and e.state < 4 order by e.n"),
        page.as_str(),
        connection,
    );
    Ok(readable(&rows.await?))
}

/// The given-up effects of a page that can be read, oldest first.
pub(super) async fn parked(page: &PageId, connection: &mut SqliteConnection) -> Result<Vec<EffectRow>, StoreError> {
    let rows = rows(
        select_effects!("where p.id = ? and e.state in (5, 7) and e.state = 7 order by e.n"),
        page.as_str(),
        connection,
    );
    Ok(readable(&rows.await?))
}

/// The effects of a page that are not done and cannot be read, oldest first.
pub(super) async fn unreadable(
    page: &PageId,
    connection: &mut SqliteConnection,
) -> Result<Vec<UnreadableRow>, StoreError> {
    let rows = rows(
        select_effects!("where p.id = ? and e.state <> 4 order by e.n"),
        page.as_str(),
        connection,
    );
    let of = |row: &SqliteRow| {
        let why = effect_row(row).err()?;
        Some(UnreadableRow {
            page: page.clone(),
            what: "effect",
            id: name(row, 0),
            why,
        })
    };
    Ok(rows.await?.iter().filter_map(of).collect())
}

/// The ids of the replies that stand on a page.
pub(super) async fn known_replies(
    page: &PageId,
    connection: &mut SqliteConnection,
) -> Result<Vec<CommentId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select cast(remote_id as text) from effect where page = (select key from page where id = ?) \
         and state = 4 and kind = 'post_reply' and remote_id is not null",
    )
    .bind(page.as_str())
    .fetch_all(connection)
    .await
    .map_err(|error| fault::of(&error))?;
    Ok(ids.iter().map(|id| CommentId::from_wire(id)).collect())
}

/// The replies of a page that may have been sent and are not done.
pub(super) async fn doubtful_replies(
    page: &PageId,
    connection: &mut SqliteConnection,
) -> Result<Vec<EffectId>, StoreError> {
    // Each half names the condition of the small index that it goes by.
    let ids: Vec<String> = sqlx::query_scalar(
        "select cast(id as text) from effect where state < 4 and page = (select key from page where id = ?1) \
         and kind = 'post_reply' and doubt > 0 \
         union all \
         select cast(id as text) from effect where state in (5, 7) and page = (select key from page where id = ?1) \
         and kind = 'post_reply' and doubt > 0 and remote_id is null",
    )
    .bind(page.as_str())
    .fetch_all(connection)
    .await
    .map_err(|error| fault::of(&error))?;
    Ok(ids.into_iter().map(EffectId::from_row).collect())
}

/// How much waits. Counted from small indexes: about a millisecond for 10,000 rows.
pub(super) async fn waiting(now_ms: i64, connection: &mut SqliteConnection) -> Result<Waiting, StoreError> {
    let row = sqlx::query(
        "select (select count(*) from effect where state < 4), \
         (select count(*) from effect where state < 4 and state in (2, 3)), \
         (select count(*) from effect where state in (5, 7) and state = 7), \
         (select count(*) from effect where state in (5, 7) and state = 5), \
         (select min(e.due) from effect e left join effect a on a.id = e.after \
          where e.state < 4 and (a.state is null or a.state in (4, 5, 6)) \
          and (e.project is null or not exists (select 1 from effect h where h.state < 4 \
               and h.project = e.project and h.state in (1, 2) and h.n <> e.n and h.due > e.due))), \
         (select min(created) from effect where state < 4 and (due <= ?1 or tries > 0)), \
         (select count(*) from comment), \
         (select count(*) from effect where state = 4 and kind = 'post_reply'), \
         (select count(*) from effect where state < 4 and project is not null and created < ?2)",
    )
    .bind(now_ms)
    .bind(now_ms - STUCK_MS)
    .fetch_one(connection)
    .await
    .map_err(|error| fault::of(&error))?;
    let read = |row: &SqliteRow| {
        Ok(Waiting {
            open: number(row, 0)?.cast_unsigned(),
            unknown: number(row, 1)?.cast_unsigned(),
            parked: number(row, 2)?.cast_unsigned(),
            failed: number(row, 3)?.cast_unsigned(),
            next_at_ms: cell(row, 4)?,
            oldest_ms: cell(row, 5)?,
            comments: number(row, 6)?.cast_unsigned(),
            replies: number(row, 7)?.cast_unsigned(),
            stuck: number(row, 8)?.cast_unsigned(),
        })
    };
    read(&row).map_err(|why: String| fault::unreadable("count", "of what waits", why))
}

async fn rows(text: &'static str, of: &str, connection: &mut SqliteConnection) -> Result<Vec<SqliteRow>, StoreError> {
    let rows = sqlx::query(text).bind(of).fetch_all(connection).await;
    rows.map_err(|error| fault::of(&error))
}

/// Those that can be read; [`unreadable`] names the others.
fn readable(rows: &[SqliteRow]) -> Vec<EffectRow> {
    rows.iter().filter_map(|row| effect_row(row).ok()).collect()
}

fn effect_row(row: &SqliteRow) -> Result<EffectRow, String> {
    let outcome: Option<String> = cell(row, 9)?;
    let effect: Effect = parsed(row, 3)?;
    let (doubt, proof_from_ms) = (count(row, 13)?, number(row, 14)?);
    Ok(EffectRow {
        id: EffectId::from_row(cell(row, 0)?),
        page: page_id(row, 1)?,
        comment: comment_id(row, 2)?,
        effect,
        state: super::codes::state(number(row, 4)?)?,
        epoch: count(row, 5)?,
        sends: count(row, 6)?,
        tries: count(row, 12)?,
        not_before_ms: number(row, 7)?,
        absence_proven_from_ms: if doubt > 0 { proof_from_ms } else { 0 },
        remote_id: cell(row, 8)?,
        outcome: outcome
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| error.to_string())?,
        created_ms: number(row, 10)?,
        updated_ms: number(row, 11)?,
    })
}
