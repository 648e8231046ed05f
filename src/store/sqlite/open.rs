//! Opening the file: whose it is, whether it is whole, which schema it has; and keeping others out.
use super::fault;
use crate::store::StoreError;
use rustix::fs::{FlockOperation, flock};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqlSafeStr as _};
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement waits for another process that writes (`keyminder quiet` beside the bot).
const BUSY: Duration = Duration::from_secs(5);
/// How the lock's file ends.
const LOCK: &str = ".lock";
/// How often the lock is tried.
const LOCK_TRIES: u32 = 10;
/// How long between two tries.
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// The log is cut back to this after a checkpoint.
const WAL_BYTES: &str = "8388608";

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
const NEWEST: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Makes the folder (0700) and the file (0600) where they are missing.
pub(super) fn make_place(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.exists()) {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| cannot("make the folder", folder, &error))?;
    }
    let wal = beside(path, "-wal");
    let log_bytes = wal.metadata().map_or(0, |data| data.len());
    let bytes = path.metadata().map_or(0, |data| data.len());
    if bytes == 0 && log_bytes > 0 {
        return Err(StoreError::Unusable(format!(
            "{} is empty or gone, but its log {} is not: put the file back beside it, or move the log away to begin anew",
            path.display(),
            wal.display()
        )));
    }
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    let file = file.map_err(|error| cannot("open", path, &error))?;
    let mode = Permissions::from_mode(0o600);
    file.set_permissions(mode)
        .map_err(|error| cannot("protect", path, &error))
}

/// Keeps every other process out of this state until the file is dropped.
pub(super) async fn lock(path: &Path) -> Result<File, StoreError> {
    let name = beside(path, LOCK);
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&name);
    let file = file.map_err(|error| cannot("open", &name, &error))?;
    // Whoever looks whether somebody holds it does so for an instant ([`is_held`]): that must not stop a bot's start.
    for _ in 0..LOCK_TRIES {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) => tokio::time::sleep(LOCK_PAUSE).await,
            Err(error) => return Err(cannot("lock", &name, &error.into())),
        }
    }
    Err(StoreError::Unusable(format!(
        "another keyminder works with {}: stop it first, or give this one a state of its own (KEYMINDER_STATE)",
        path.display()
    )))
}

/// Whether a process holds the lock of this state now.
pub(super) fn is_held(path: &Path) -> bool {
    let file = OpenOptions::new().read(true).open(beside(path, LOCK));
    // Shared, so that two who look do not take each other for a bot; released as the file is dropped.
    file.is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared) == Err(rustix::io::Errno::WOULDBLOCK))
}

/// A connection for writing.
pub(super) async fn connect(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", WAL_BYTES);
    options.connect().await.map_err(|error| named(path, &error))
}

/// A connection for reading.
pub(super) async fn connect_reader(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = options(path).read_only(true);
    options.connect().await.map_err(|error| named(path, &error))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .row_buffer_size(512)
        .disable_statement_logging()
}

/// Proves that the file is whole and ours, and brings an older schema up to date, keeping a copy.
pub(super) async fn prepare(path: &Path, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    check_whole(path, connection).await?;
    match schema(path, connection).await? {
        Some(version) if version == NEWEST => Ok(()),
        Some(version) => {
            keep_copy(path, version, connection).await?;
            migrate(path, connection).await
        }
        None => migrate(path, connection).await,
    }
}

/// Fails unless the file is ours and of this program's schema.
pub(super) async fn check_schema(path: &Path, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    match schema(path, connection).await? {
        Some(version) if version == NEWEST => Ok(()),
        Some(_) | None => Err(StoreError::Unusable(format!(
            "{} was not yet prepared by this version of keyminder: start `keyminder run` once",
            path.display()
        ))),
    }
}

async fn check_whole(path: &Path, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("pragma quick_check(1)")
        .fetch_one(connection)
        .await
        .map_err(|error| named(path, &error))?;
    if found == "ok" {
        return Ok(());
    }
    Err(StoreError::Unusable(format!(
        "{} is damaged ({found}): keep a copy of it, then put back a saved one, or run \
         `sqlite3 FILE .recover` on the copy, or move it away to begin anew",
        path.display()
    )))
}

/// The schema's version; `None` for an empty file. A file of somebody else and a newer one are refused.
async fn schema(path: &Path, connection: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    let tables: Vec<String> = sqlx::query_scalar("select name from sqlite_master where type = 'table'")
        .fetch_all(&mut *connection)
        .await
        .map_err(|error| named(path, &error))?;
    if tables.is_empty() {
        return Ok(None);
    }
    if !tables.iter().any(|name| name == "_sqlx_migrations") {
        return Err(StoreError::Unusable(format!(
            "{} is a database, but not one of keyminder: name another file in KEYMINDER_STATE",
            path.display()
        )));
    }
    let version: Option<i64> = sqlx::query_scalar("select max(version) from _sqlx_migrations")
        .fetch_one(connection)
        .await
        .map_err(|error| named(path, &error))?;
    match version {
        Some(version) if version > NEWEST => Err(StoreError::Unusable(format!(
            "{} was written by a newer keyminder (schema {version}, this one knows {NEWEST}): \
             start the newer program, or put back the copy that it kept beside the file",
            path.display()
        ))),
        version => Ok(version),
    }
}

/// Copies the file as it is before a migration, as `<file>.schema-<version>`. A copy that is there is older: it stays.
async fn keep_copy(path: &Path, version: i64, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let copy = beside(path, &format!(".schema-{version}"));
    if copy.exists() {
        return Ok(());
    }
    // SQLite writes into an empty file that is there: so its mode is right from the first byte on. A name of its own
    // until it is whole, for a half-written copy would pass for one.
    let part = beside(path, ".schema-part");
    let made = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&part);
    let made = made.map_err(|error| cannot("make the copy", &part, &error))?;
    let name = part.to_string_lossy().into_owned();
    let copied = sqlx::query("vacuum into ?").bind(name).execute(connection).await;
    copied.map_err(|error| named(&part, &error))?;
    let kept = made.sync_all().and_then(|()| std::fs::rename(&part, &copy));
    kept.map_err(|error| cannot("keep the copy", &copy, &error))
}

async fn migrate(path: &Path, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.iter().map(|(version, name, text)| {
        Migration::new(
            *version,
            (*name).into(),
            MigrationType::Simple,
            AssertSqlSafe(*text).into_sql_str(),
            false,
        )
    });
    let done = Migrator::with_migrations(migrations.collect()).run(connection).await;
    done.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            named(path, &error)
        }
        other => StoreError::Unusable(format!("{}: {other}", path.display())),
    })
}

/// The name of a file that belongs to the state's file.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A database error, with the file's name.
fn named(path: &Path, error: &sqlx::Error) -> StoreError {
    match fault::of(error) {
        StoreError::Later(why) => StoreError::Later(format!("{}: {why}", path.display())),
        StoreError::Unusable(why) => StoreError::Unusable(format!("{}: {why}", path.display())),
        other @ (StoreError::Moved | StoreError::Fenced(_) | StoreError::Unreadable { .. }) => other,
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unusable(format!(
        "cannot {what} {}: {error}; check who owns it and whether there is room",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_copy_is_whole_and_private_and_the_first_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyminder.db");
        make_place(&path).unwrap();
        let mut connection = connect(&path).await.unwrap();
        prepare(&path, &mut connection).await.unwrap();
        for fact in [
            "insert into fact values ('a', '1')",
            "insert into fact values ('b', '2')",
        ] {
            sqlx::query(fact).execute(&mut connection).await.unwrap();
            keep_copy(&path, 1, &mut connection).await.unwrap();
        }
        let copy = beside(&path, ".schema-1");
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let mut copied = connect_reader(&copy).await.unwrap();
        check_schema(&copy, &mut copied).await.unwrap();
        let facts: i64 = sqlx::query_scalar("select count(*) from fact")
            .fetch_one(&mut copied)
            .await
            .unwrap();
        assert_eq!(facts, 1);
    }
}
