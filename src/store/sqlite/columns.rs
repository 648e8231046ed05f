//! How our types stand in the columns of the tables.
use crate::domain::effect::EffectId;
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::Reference;
use crate::store::{AnswerState, EffectState, Presence};
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The number that stands for each member of a closed list.
macro_rules! numbered {
    ($($list:ident { $($member:ident = $number:literal),* })*) => {
        $(
            impl ToSql for $list {
                fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                    Ok(match self { $(Self::$member => $number,)* }.into())
                }
            }

            impl FromSql for $list {
                fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                    match value.as_i64()? {
                        $($number => Ok(Self::$member),)*
                        other => Err(wrong(format!("no {} has the number {other}", stringify!($list)))),
                    }
                }
            }
        )*
    };
}

numbered! {
    EffectState { Ready = 0, Leased = 1, Sending = 2, Unknown = 3, Done = 4, Failed = 5, Moot = 6, Parked = 7 }
    AnswerState { Open = 0, Answered = 1, Silent = 2, Absorbed = 3 }
    Presence { Listed = 0, Resolved = 1, Deleted = 2 }
}

/// An id, which stands as its text.
pub(super) struct IdColumn<T>(pub T);

macro_rules! ids {
    ($($id:ident::$read:ident)*) => {
        $(
            impl ToSql for IdColumn<&$id> {
                fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                    Ok(self.0.as_str().into())
                }
            }

            impl FromSql for IdColumn<$id> {
                fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                    value.as_str().map($id::$read).map(Self)
                }
            }
        )*
    };
}

ids! { PageId::from_wire CommentId::from_wire EffectId::from_row }

/// A value that stands as its JSON form.
pub(super) struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text =
            serde_json::to_string(&self.0).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(|error| wrong(error.to_string()))
    }
}

/// What stands as JSON in a column.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    row.get(column).map(|Json(value)| value)
}

/// The id by which a row is named, even when nothing else of it can be read.
pub(super) fn id(row: &Row<'_>) -> String {
    row.get("id").unwrap_or_else(|_| "without an id".to_owned())
}

/// The 40 bits of a comment's reference as a number.
pub(super) fn mark_of(comment: &CommentId) -> Option<i64> {
    mark(Reference::of(comment).as_str())
}

/// The 40 bits of a reference (`k7p2-93qd`) as a number; `None` when it is none.
pub(super) fn mark(reference: &str) -> Option<i64> {
    let reference = Reference::parse(reference)?;
    let mut number = 0_i64;
    for byte in reference.as_str().bytes().filter(|byte| *byte != b'-') {
        let digit = "0123456789abcdefghjkmnpqrstvwxyz".bytes().position(|b| b == byte)?;
        number = number << 5 | i64::try_from(digit).ok()?;
    }
    Some(number)
}

fn wrong(why: String) -> FromSqlError {
    FromSqlError::Other(why.into())
}
