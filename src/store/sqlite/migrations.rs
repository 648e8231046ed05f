//! The schemas that there were, and the way from one to the next. Which of them a file has stands in a table of the name
//! and form that the library of earlier versions gave it, so that their files are known, and ours to them.
use ring::digest::{SHA384, digest};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

/// Every schema that there was, oldest first: version, name, text.
const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "first", include_str!("../migrations/sqlite/0001_first.sql")),
    (
        2,
        "answered together",
        include_str!("../migrations/sqlite/0002_answered_together.sql"),
    ),
    (
        3,
        "proof of absence",
        include_str!("../migrations/sqlite/0003_proof_of_absence.sql"),
    ),
];

/// The version that this program writes.
pub(super) const NEWEST: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// The table of applied migrations. Times are in nanoseconds; we do not measure them.
const APPLIED: &str = "create table if not exists _sqlx_migrations ( \
     version bigint primary key, description text not null, \
     installed_on timestamp not null default current_timestamp, \
     success boolean not null, checksum blob not null, execution_time bigint not null)";

/// Whether the file holds no table at all.
pub(super) fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "select not exists (select 1 from sqlite_master where type = 'table')",
        [],
        |row| row.get(0),
    )
}

/// The version of the file's schema; `None` when it is not one of ours. 0 when it is, and nothing was applied yet.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let ours = "select 1 from sqlite_master where type = 'table' and name = '_sqlx_migrations'";
    let is_ours: Option<i64> = connection.query_row(ours, [], |row| row.get(0)).optional()?;
    if is_ours.is_none() {
        return Ok(None);
    }
    let newest = "select coalesce(max(version), 0) from _sqlx_migrations";
    connection.query_row(newest, [], |row| row.get(0)).map(Some)
}

/// Applies all that came after `version`, in one transaction.
pub(super) fn migrate(version: Option<i64>, connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(APPLIED)?;
    let missing = MIGRATIONS.iter().filter(|(number, ..)| version < Some(*number));
    for (number, name, text) in missing {
        transaction.execute_batch(text)?;
        transaction.execute(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             values (?, ?, true, ?, 0)",
            params![number, name, digest(&SHA384, text.as_bytes()).as_ref()],
        )?;
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version, name, and the SHA-384 of the text, as a file has them that an earlier version made.
    const FORMER: [(i64, &str, &str); 3] = [
        (
            1,
            "first",
            "837c0c97c9ad8f4bdec93a3e985163a429a9dddb3f2ccdc9ab2b779c7d3f3f9925139876ebe746ec1d4ece218be5c199",
        ),
        (
            2,
            "answered together",
            "79b55ce87b29c5935fa2e0f24e462281e800298bd1047b67c81b48a58ce58f045481380a8e117259528153ff294e2ac0",
        ),
        (
            3,
            "proof of absence",
            "3af34eeccf5f45a55c8c206505587a4d71557d08c38626cca2a51f5dcad3637ae670c2e6c5db4a2aa2038e2441c5d2c9",
        ),
    ];

    #[test]
    fn what_was_applied_is_recorded_as_by_earlier_versions() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(None, &mut connection).unwrap();
        let mut query = connection
            .prepare(
                "select version, description, success, lower(hex(checksum)) from _sqlx_migrations order by version",
            )
            .unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        let rows: Vec<(i64, String, bool, String)> = rows.unwrap().collect::<Result<_, _>>().unwrap();
        let checksums = FORMER.map(|(version, name, checksum)| (version, name.to_owned(), true, checksum.to_owned()));
        assert_eq!(rows, checksums);
        assert_eq!(version(&connection).unwrap(), Some(NEWEST));
    }
}
