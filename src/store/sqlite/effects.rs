//! What is read of effects: one by one, of a page, and counted.
use super::columns::{IdColumn, Json, id, json};
use super::fault::{readable, reason};
use crate::domain::effect::{EffectId, Outcome};
use crate::domain::ids::{CommentId, PageId};
use crate::store::{EffectRow, StoreError, UnreadableRow, Waiting};
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql};

/// An effect of a project that waits for longer than this shows as stuck.
const STUCK_MS: i64 = 3_600_000;

/// Selects effects, with the columns that [`effect_row`] and a lease read.
macro_rules! select_effects {
    ($filter:literal) => {
        concat!(
            "select e.n, e.due + e.patience as turn, e.page as page_key, e.kind, e.id, p.id as page, e.comment, ",
            "e.payload, e.state, e.epoch, e.sends, e.due, e.remote_id, e.outcome, e.created, e.updated, e.tries, ",
            "e.doubt, e.proof_from, a.state as after_state, a.remote_id as after_remote_id ",
            "from effect e join page p on p.key = e.page left join effect a on a.id = e.after where ",
            $filter
        )
    };
}
pub(super) use select_effects;

/// One effect, found by its key.
pub(super) fn effect(effect: &EffectId, connection: &Connection) -> Result<Option<EffectRow>, StoreError> {
    let mut query = connection.prepare_cached(select_effects!("e.id = ?"))?;
    let row = query
        .query_row([IdColumn(effect)], |row| Ok(effect_row(row)))
        .optional()?;
    row.map(|row| readable("effect", effect.as_str(), row)).transpose()
}

/// The effects of a comment that can be read, oldest first.
pub(super) fn of_comment(comment: &CommentId, connection: &Connection) -> Result<Vec<EffectRow>, StoreError> {
    those_readable(
        select_effects!("e.comment = ? order by e.n"),
        &IdColumn(comment),
        connection,
    )
}

/// The effects of a page that are not settled and can be read, oldest first.
pub(super) fn open(page: &PageId, connection: &Connection) -> Result<Vec<EffectRow>, StoreError> {
    those_readable(
        select_effects!("p.id = ? and e.state < 4 order by e.n"),
        &IdColumn(page),
        connection,
    )
}

/// The given-up effects of a page that can be read, oldest first.
pub(super) fn parked(page: &PageId, connection: &Connection) -> Result<Vec<EffectRow>, StoreError> {
    let query = select_effects!("p.id = ? and e.state in (5, 7) and e.state = 7 order by e.n");
    those_readable(query, &IdColumn(page), connection)
}

/// The effects of a page that are not done and cannot be read, oldest first.
pub(super) fn unreadable(page: &PageId, connection: &Connection) -> Result<Vec<UnreadableRow>, StoreError> {
    let mut query = connection.prepare_cached(select_effects!("p.id = ? and e.state <> 4 order by e.n"))?;
    let rows = query.query_map([IdColumn(page)], |row| {
        Ok(effect_row(row).err().map(|error| UnreadableRow {
            page: page.clone(),
            what: "effect",
            id: id(row),
            why: reason(&error),
        }))
    })?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

/// The ids of the replies that stand on a page.
pub(super) fn known_replies(page: &PageId, connection: &Connection) -> Result<Vec<CommentId>, StoreError> {
    let mut query = connection.prepare_cached(
        "select cast(remote_id as text) from effect where page = (select key from page where id = ?) \
         and state = 4 and kind = 'post_reply' and remote_id is not null",
    )?;
    let ids = query.query_map([IdColumn(page)], |row| row.get(0).map(|IdColumn(id)| id))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// The replies of a page that may have been sent and are not done.
pub(super) fn doubtful_replies(page: &PageId, connection: &Connection) -> Result<Vec<EffectId>, StoreError> {
    // Each half names the condition of the small index that it goes by.
    let mut query = connection.prepare_cached(
        "select cast(id as text) from effect where state < 4 and page = (select key from page where id = ?1) \
         and kind = 'post_reply' and doubt > 0 \
         union all \
         select cast(id as text) from effect where state in (5, 7) and page = (select key from page where id = ?1) \
         and kind = 'post_reply' and doubt > 0 and remote_id is null",
    )?;
    let ids = query.query_map([IdColumn(page)], |row| row.get(0).map(|IdColumn(id)| id))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// How much waits. Counted from small indexes: about a millisecond for 10,000 rows.
pub(super) fn waiting(now_ms: i64, connection: &Connection) -> Result<Waiting, StoreError> {
    let mut query = connection.prepare_cached(
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
    )?;
    let count = |row: &Row<'_>, at| row.get(at).map(i64::cast_unsigned);
    let read = |row: &Row<'_>| {
        Ok(Waiting {
            open: count(row, 0)?,
            unknown: count(row, 1)?,
            parked: count(row, 2)?,
            failed: count(row, 3)?,
            next_at_ms: row.get(4)?,
            oldest_ms: row.get(5)?,
            comments: count(row, 6)?,
            replies: count(row, 7)?,
            stuck: count(row, 8)?,
        })
    };
    let row = query.query_row([now_ms, now_ms - STUCK_MS], |row| Ok(read(row)))?;
    readable("count", "of what waits", row)
}

/// Those that can be read; [`unreadable`] names the others.
fn those_readable(text: &str, of: &dyn ToSql, connection: &Connection) -> Result<Vec<EffectRow>, StoreError> {
    let mut query = connection.prepare_cached(text)?;
    let rows = query.query_map([of], |row| Ok(effect_row(row).ok()))?;
    Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

fn effect_row(row: &Row<'_>) -> rusqlite::Result<EffectRow> {
    let outcome: Option<Json<Outcome>> = row.get("outcome")?;
    let read = without_outcome(row)?;
    Ok(EffectRow {
        outcome: outcome.map(|Json(outcome)| outcome),
        ..read
    })
}

/// An effect's row but for its last outcome.
pub(super) fn without_outcome(row: &Row<'_>) -> rusqlite::Result<EffectRow> {
    let earlier_sends = row.get("doubt")?;
    let proof_from_ms = row.get("proof_from")?;
    Ok(EffectRow {
        id: row.get("id").map(|IdColumn(id)| id)?,
        page: row.get("page").map(|IdColumn(page)| page)?,
        comment: row.get::<_, Option<_>>("comment")?.map(|IdColumn(comment)| comment),
        effect: json(row, "payload")?,
        state: row.get("state")?,
        epoch: row.get("epoch")?,
        sends: row.get("sends")?,
        earlier_sends,
        absence_proven_from_ms: if earlier_sends > 0 { proof_from_ms } else { 0 },
        tries: row.get("tries")?,
        not_before_ms: row.get("due")?,
        after_state: row.get("after_state")?,
        after_remote_id: row.get("after_remote_id")?,
        remote_id: row.get("remote_id")?,
        outcome: None,
        created_ms: row.get("created")?,
        updated_ms: row.get("updated")?,
    })
}
