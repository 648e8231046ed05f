//! SQLite's errors, by what the caller does about them.
use crate::store::StoreError;

/// Busy, locked, out of memory, read-only, input/output, full, cannot open: may pass.
const PASSING: [i32; 7] = [5, 6, 7, 8, 10, 13, 14];
/// Corrupt, and not a database.
const BROKEN: [i32; 2] = [11, 26];

/// What to tell the caller.
pub(super) fn of(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Io(error) => StoreError::Later(error.to_string()),
        sqlx::Error::Database(inner) => match code(error) {
            Some(code) if PASSING.contains(&code) => StoreError::Later(inner.message().to_owned()),
            Some(code) if BROKEN.contains(&code) => StoreError::Unusable(format!(
                "{}; stop the program, keep a copy of the file, then put back a saved one or move it away",
                inner.message()
            )),
            _ => StoreError::Unusable(inner.message().to_owned()),
        },
        other => StoreError::Unusable(other.to_string()),
    }
}

/// SQLite's primary result code.
pub(super) fn code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// The same error for one more caller of the group.
pub(super) fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Moved => StoreError::Moved,
        StoreError::Fenced(ids) => StoreError::Fenced(ids.clone()),
        StoreError::Later(why) => StoreError::Later(why.clone()),
        StoreError::Unreadable { what, id, why } => unreadable(what, id, why.clone()),
        StoreError::Unusable(why) => StoreError::Unusable(why.clone()),
    }
}

/// A row that this program cannot have written.
pub(super) fn unreadable(what: &'static str, id: &str, why: String) -> StoreError {
    StoreError::Unreadable {
        what,
        id: id.to_owned(),
        why,
    }
}

/// The store was closed; what comes after that is refused.
pub(super) fn closed() -> StoreError {
    StoreError::Unusable("it was closed".to_owned())
}
