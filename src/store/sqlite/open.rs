//! Opening the file: whose it is, whether it is whole, which schema it has; and keeping others out.
use super::migrations::{self, NEWEST};
use crate::store::StoreError;
use rusqlite::{Connection, OpenFlags};
use rustix::fs::{FlockOperation, flock};
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
/// How many statements a connection keeps compiled: more than there are.
const STATEMENTS: usize = 64;
/// How a connection writes: what was acknowledged survives a power cut, and the log is cut back to 8 MiB.
const WRITING: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
     pragma journal_size_limit = 8388608";

/// Makes the folder (0700) and the file (0600) where they are missing.
pub(super) fn make_place(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.exists()) {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| cannot("make the folder", folder, &error))?;
    }
    let wal = beside(path, "-wal");
    if bytes(path) == 0 && bytes(&wal) > 0 {
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
pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let name = beside(path, LOCK);
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&name);
    let file = file.map_err(|error| cannot("open", &name, &error))?;
    // Whoever looks whether somebody holds it does so for an instant ([`is_held`]): that must not stop a bot's start.
    for _ in 0..LOCK_TRIES {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(LOCK_PAUSE),
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
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    let prepared = connection.execute_batch(WRITING);
    prepared.map_err(|error| named(path, error))?;
    Ok(connection)
}

/// A connection for reading that makes no file beside the state, and changes none: where there is no log, SQLite is told
/// that nobody writes.
pub(super) fn connect_to_read(path: &Path) -> Result<Connection, StoreError> {
    if beside(path, "-wal").exists() {
        return connect_reader(path);
    }
    // In a URI these three mean something else.
    let name = path.display().to_string();
    let name = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = PathBuf::from(format!("file:{name}?immutable=1"));
    with_flags(&uri, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
}

/// A connection for reading.
pub(super) fn connect_reader(path: &Path) -> Result<Connection, StoreError> {
    with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn with_flags(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let opened = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX);
    let connection = opened.map_err(|error| named(path, error))?;
    connection.busy_timeout(BUSY).map_err(|error| named(path, error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Proves that the file is whole and ours, and brings an older schema up to date, keeping a copy.
pub(super) fn prepare(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    check_whole(path, connection)?;
    let version = schema(path, connection)?;
    if version == Some(NEWEST) {
        return Ok(());
    }
    if let Some(version) = version {
        keep_copy(path, version, connection)?;
    }
    migrations::migrate(version, connection).map_err(|error| named(path, error))
}

/// Fails unless the file is ours and of this program's schema.
pub(super) fn check_schema(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    match schema(path, connection)? {
        Some(version) if version == NEWEST => Ok(()),
        Some(_) | None => Err(StoreError::Unusable(format!(
            "{} was not yet prepared by this version of keyminder: start `keyminder run` once",
            path.display()
        ))),
    }
}

fn check_whole(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let found = connection.query_row("pragma quick_check(1)", [], |row| row.get(0));
    let mut found: String = found.map_err(|error| named(path, error))?;
    if found == "ok" && is_cut(path, connection)? {
        "its last page is cut off".clone_into(&mut found);
    }
    if found == "ok" {
        return Ok(());
    }
    Err(StoreError::Unusable(format!(
        "{} is damaged ({found}): keep a copy of it, then put back a saved one, or run \
         `sqlite3 FILE .recover` on the copy, or move it away to begin anew",
        path.display()
    )))
}

/// Whether the file ends within a page. SQLite reads zeros for what is missing there, and no check finds them in a text
/// that fills pages of its own. With a log it may be so, for a checkpoint that was broken off is done again from it.
fn is_cut(path: &Path, connection: &Connection) -> Result<bool, StoreError> {
    let page_bytes = connection.query_row("pragma page_size", [], |row| row.get(0));
    let page_bytes: i64 = page_bytes.map_err(|error| named(path, error))?;
    Ok(!bytes(path).is_multiple_of(page_bytes.cast_unsigned()) && bytes(&beside(path, "-wal")) == 0)
}

/// How long a file is; 0 when it is not there.
fn bytes(path: &Path) -> u64 {
    path.metadata().map_or(0, |data| data.len())
}

/// The schema's version; `None` for an empty file. A file of somebody else and a newer one are refused.
fn schema(path: &Path, connection: &Connection) -> Result<Option<i64>, StoreError> {
    if migrations::is_empty(connection).map_err(|error| named(path, error))? {
        return Ok(None);
    }
    match migrations::version(connection).map_err(|error| named(path, error))? {
        None => Err(StoreError::Unusable(format!(
            "{} is a database, but not one of keyminder: name another file in KEYMINDER_STATE",
            path.display()
        ))),
        Some(version) if version > NEWEST => Err(StoreError::Unusable(format!(
            "{} was written by a newer keyminder (schema {version}, this one knows {NEWEST}): \
             start the newer program, or put back the copy that it kept beside the file",
            path.display()
        ))),
        version => Ok(version),
    }
}

/// Copies the file as it is before a migration, as `<file>.schema-<version>`. A copy that is there is older: it stays.
fn keep_copy(path: &Path, version: i64, connection: &Connection) -> Result<(), StoreError> {
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
    let copied = connection.execute("vacuum into ?", [name]);
    copied.map_err(|error| named(&part, error))?;
    let kept = made.sync_all().and_then(|()| std::fs::rename(&part, &copy));
    kept.map_err(|error| cannot("keep the copy", &copy, &error))
}

/// The name of a file that belongs to the state's file.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A database error, with the file's name.
fn named(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.into() {
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

    #[test]
    fn a_copy_is_whole_and_private_and_the_first_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyminder.db");
        make_place(&path).unwrap();
        let mut connection = connect(&path).unwrap();
        prepare(&path, &mut connection).unwrap();
        for fact in [
            "insert into fact values ('a', '1')",
            "insert into fact values ('b', '2')",
        ] {
            connection.execute(fact, []).unwrap();
            keep_copy(&path, 1, &connection).unwrap();
        }
        let copy = beside(&path, ".schema-1");
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let copied = connect_reader(&copy).unwrap();
        check_schema(&copy, &copied).unwrap();
        let facts = copied.query_row("select count(*) from fact", [], |row| row.get(0));
        let facts: i64 = facts.unwrap();
        assert_eq!(facts, 1);
    }
}
