//! What makes waiting rows due: a new start, a clock that was set back, parked effects whose time came, and people who
//! ask. Each is one statement over the open rows.
use super::fault;
use crate::domain::effect::EffectId;
use crate::store::{RETRY, StoreError};
use sqlx::sqlite::SqliteConnection;

/// Clocks of one machine agree to within this; a larger step back was set.
pub(super) const CLOCK_STEP_MS: i64 = 2_000;

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

/// Takes up what a process left that is no more.
pub(super) async fn after_start(now_ms: i64, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    clock_back(now_ms, connection).await?;
    execute(sqlx::query(OF_THE_DEAD).bind(now_ms), connection).await?;
    Ok(())
}

/// The clock shows less than it did.
pub(super) async fn clock_back(now_ms: i64, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    execute(sqlx::query(CLOCK_BACK).bind(now_ms), connection).await?;
    Ok(())
}

/// Opens what was given up and may be woken; tells how many.
pub(super) async fn parked(due_by_ms: i64, now_ms: i64, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
    execute(sqlx::query(PARKED).bind(now_ms).bind(due_by_ms), connection).await
}

/// Whether anybody asked for something to be tried again.
pub(super) async fn is_asked(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let asked: Option<i64> = sqlx::query_scalar("select 1 from fact where name >= ?1 and name < ?1 || 'z' limit 1")
        .bind(RETRY)
        .fetch_optional(connection)
        .await
        .map_err(|error| fault::of(&error))?;
    Ok(asked.is_some())
}

/// Opens what people asked to be tried again, and forgets their wish.
pub(super) async fn retries(now_ms: i64, connection: &mut SqliteConnection) -> Result<Vec<EffectId>, StoreError> {
    let asked: Vec<String> = sqlx::query_scalar(
        "delete from fact where name >= ?1 and name < ?1 || 'z' returning substr(name, length(?1) + 1)",
    )
    .bind(RETRY)
    .fetch_all(&mut *connection)
    .await
    .map_err(|error| fault::of(&error))?;
    let mut revived = Vec::new();
    for id in asked {
        let opened = sqlx::query(
            "update effect set state = iif(doubt > 0, 3, 0), due = ?1, updated = ?1 \
             where id = ?2 and state in (5, 6, 7) and remote_id is null",
        );
        if execute(opened.bind(now_ms).bind(id.clone()), connection).await? > 0 {
            revived.push(EffectId::from_row(id));
        }
    }
    Ok(revived)
}

async fn execute(
    query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    connection: &mut SqliteConnection,
) -> Result<u64, StoreError> {
    let done = query.execute(connection).await.map_err(|error| fault::of(&error))?;
    Ok(done.rows_affected())
}
