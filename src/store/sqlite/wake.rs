//! What makes waiting rows due: a new start, parked effects whose time came, and people who ask. Each is one statement
//! over the open rows.
use super::columns::IdColumn;
use crate::domain::effect::EffectId;
use crate::store::StoreError;
use crate::store::contract::RETRY;
use rusqlite::{Connection, OptionalExtension as _, params};

/// A clock that was set back must not hold waiting rows. A row that was written in what is now the future shows by how
/// much: its moments go back by as much, so that what was to happen 90 s after the write still does. No time counts as
/// passed since the write, so a proof of absence comes late at worst, never early.
const CLOCK_BACK: &str = "update effect set due = due - (updated - ?1), \
     proof_from = iif(proof_from = 0, 0, proof_from - (updated - ?1)), created = min(created, ?1), updated = ?1 \
     where updated > ?1 and (state < 4 or state = 7)";

/// Whoever held these is dead, for this process has the lock: no need to wait for their leases. What may have been sent
/// is looked for at once; that it is absent is proven from `proof_from` on, as before.
const OF_THE_DEAD: &str = "update effect set state = iif(doubt > 0, 3, 0), due = min(due, ?1) \
     where state < 4 and state in (1, 2)";

const PARKED: &str = "update effect set state = iif(doubt > 0, 3, 0), due = ?1, updated = ?1 \
     where state in (5, 7) and state = 7 and due <= ?2 and remote_id is null";

/// Takes up what a process left that is no more, when the clock may show less than it did to that one.
pub(super) fn after_start(now_ms: i64, connection: &Connection) -> Result<(), StoreError> {
    connection.execute(CLOCK_BACK, [now_ms])?;
    connection.execute(OF_THE_DEAD, [now_ms])?;
    Ok(())
}

/// Opens what was given up and may be woken; tells how many.
pub(super) fn parked(due_by_ms: i64, now_ms: i64, connection: &Connection) -> Result<u64, StoreError> {
    let woken = connection.prepare_cached(PARKED)?.execute([now_ms, due_by_ms])?;
    Ok(woken as u64)
}

/// Whether anybody asked for something to be tried again.
pub(super) fn is_asked(connection: &Connection) -> Result<bool, StoreError> {
    let mut query = connection.prepare_cached("select 1 from fact where name >= ?1 and name < ?1 || 'z' limit 1")?;
    Ok(query.exists([RETRY])?)
}

/// Opens what people asked to be tried again, and forgets their wish.
pub(super) fn retries(now_ms: i64, connection: &Connection) -> Result<Vec<EffectId>, StoreError> {
    let mut take = connection.prepare_cached(
        "delete from fact where name >= ?1 and name < ?1 || 'z' returning substr(name, length(?1) + 1)",
    )?;
    let asked = take.query_map([RETRY], |row| row.get(0).map(|IdColumn(id)| id))?;
    let asked: Vec<EffectId> = asked.collect::<Result<_, _>>()?;
    let mut open = connection.prepare_cached(
        "update effect set state = iif(doubt > 0, 3, 0), due = ?1, updated = ?1 \
         where id = ?2 and state in (5, 6, 7) and remote_id is null returning id",
    )?;
    let mut revived = Vec::new();
    for id in asked {
        revived.extend(
            open.query_row(params![now_ms, IdColumn(&id)], |row| row.get(0).map(|IdColumn(id)| id))
                .optional()?,
        );
    }
    Ok(revived)
}

/// No comment is known by its mark any more.
pub(super) fn forget_marks(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("update comment set hash = 0", [])?;
    Ok(())
}

/// Keeps a small fact.
pub(super) fn remember(name: &str, value: &str, connection: &Connection) -> Result<(), StoreError> {
    let mut keep = connection.prepare_cached(
        "insert into fact (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
    )?;
    keep.execute([name, value])?;
    Ok(())
}
