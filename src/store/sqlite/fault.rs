//! SQLite's errors, by what the caller does about them.
use crate::store::StoreError;
use rusqlite::Error;

/// Busy, locked, out of memory, read-only, input/output, full, cannot open: may pass.
const PASSING: [i32; 7] = [5, 6, 7, 8, 10, 13, 14];
/// Corrupt, and not a database.
const BROKEN: [i32; 2] = [11, 26];

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let why = reason(&error);
        match error.sqlite_error().map(|inner| inner.extended_code & 0xff) {
            Some(code) if PASSING.contains(&code) => Self::Later(why),
            Some(code) if BROKEN.contains(&code) => Self::Unusable(format!(
                "{why}; stop the program, keep a copy of the file, then put back a saved one or move it away"
            )),
            _ => Self::Unusable(why),
        }
    }
}

/// What is wrong, without the place in the statement.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::FromSqlConversionFailure(_, _, source) => source.to_string(),
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

/// What a row holds, or its name and what is wrong with it: then no other row suffers.
pub(super) fn readable<T>(what: &'static str, id: &str, row: rusqlite::Result<T>) -> Result<T, StoreError> {
    row.map_err(|error| StoreError::Unreadable {
        what,
        id: id.to_owned(),
        why: reason(&error),
    })
}

/// The store was closed; what comes after that is refused.
pub(super) fn closed() -> StoreError {
    StoreError::Unusable("it was closed".to_owned())
}

/// A thread of the store is gone although nobody closed it: it panicked.
pub(super) fn ended() -> StoreError {
    StoreError::Unusable("a thread of it has failed; the log has the place".to_owned())
}
