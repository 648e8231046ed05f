//! Cursors, page sizes, ids in queries, and keys that do not belong in a body.
use super::faults::Fault;
use super::ids::Id;
use super::wire::{Failure, parameter};
use serde_json::{Value, json};

/// Most objects of one answer.
pub const MOST: usize = 100;

/// A page size of 1 to 100, 100 when absent; others are refused. `place` is `query` or `body`.
fn at_most_100(place: &str, given: Option<&str>) -> Result<usize, Failure> {
    let Some(given) = given else { return Ok(MOST) };
    let path = format!("{place}.page_size");
    match given.parse::<i64>() {
        Err(_) => Err(Failure::should_be(&path, "a number", given)),
        Ok(size) if size < 1 => Err(Failure::should_be(&path, "≥ `1`", given)),
        Ok(size) => match usize::try_from(size) {
            Ok(size) if size <= MOST => Ok(size),
            _ => Err(Failure::should_be(&path, "≤ `100`", given)),
        },
    }
}

/// Page size and cursor as they stand in a query.
pub fn of_query(query: &str) -> Result<(usize, Option<Id>), Failure> {
    let (size, from) = (parameter(query, "page_size"), parameter(query, "start_cursor"));
    Ok((at_most_100("query", size.as_deref())?, cursor(from.as_deref())?))
}

/// Page size and cursor as they stand in a body.
pub fn of_body(body: &Value) -> Result<(usize, Option<Id>), Failure> {
    let size = body.get("page_size").map(Value::to_string);
    let from = body.get("start_cursor").and_then(Value::as_str);
    Ok((at_most_100("body", size.as_deref())?, cursor(from)?))
}

/// As [`at_most_100`], but a larger size is answered with 100 (as block children are).
pub fn cut_to_100(given: Option<&str>) -> Result<usize, Failure> {
    match given.and_then(|given| given.parse::<usize>().ok()) {
        Some(size) if size > MOST => Ok(MOST),
        _ => at_most_100("query", given),
    }
}

/// The cursor as an id.
pub fn cursor(given: Option<&str>) -> Result<Option<Id>, Failure> {
    given
        .map(|text| Id::parse(text).ok_or_else(|| bad_cursor(text)))
        .transpose()
}

/// 400 for a cursor that leads nowhere.
pub fn bad_cursor(cursor: impl std::fmt::Display) -> Failure {
    Failure::invalid(format!("The start_cursor provided is invalid: {cursor}"))
}

/// A required id in the query.
pub fn id_parameter(query: &str, name: &str) -> Result<Id, Failure> {
    let path = format!("query.{name}");
    let given = parameter(query, name).ok_or_else(|| Failure::should_be(&path, "defined", "undefined"))?;
    Id::parse(&given).ok_or_else(|| Failure::should_be(&path, "a valid uuid", format!("\"{given}\"")))
}

/// One page of `all`, beginning at the cursor, and the id where the next one begins.
pub fn page<T: Copy>(
    all: &[T],
    id: impl Fn(T) -> Id,
    cursor: Option<Id>,
    size: usize,
) -> Result<(&[T], Option<Id>), Failure> {
    let start = match cursor {
        None => 0,
        Some(cursor) => all
            .iter()
            .position(|item| id(*item) == cursor)
            .ok_or_else(|| bad_cursor(cursor))?,
    };
    let end = all.len().min(start + size);
    Ok((&all[start..end], all.get(end).map(|next| id(*next))))
}

/// A list as a fault spoils it; `None`: it is no list, or has nothing to repeat.
pub fn spoilt(body: &str, fault: Fault) -> Option<String> {
    let mut part: Value = serde_json::from_str(body).ok()?;
    let results = part.get_mut("results")?.as_array_mut()?;
    let (first, last) = (results.first()?["id"].clone(), results.last()?.clone());
    match fault {
        Fault::RepeatItem => results.push(last),
        Fault::CursorAtEnd if part["has_more"] == json!(false) => part["next_cursor"] = first,
        Fault::SameCursor => {
            part["next_cursor"] = first;
            part["has_more"] = json!(true);
        }
        _ => return None,
    }
    Some(part.to_string())
}

/// Refuses a body that is no object, and keys that the call does not know.
pub fn only_known_keys(body: &Value, known: &[&str]) -> Result<(), Failure> {
    let Some(body) = body.as_object() else {
        return Err(Failure::should_be("body", "an object", body));
    };
    match body.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        Some((key, value)) => Err(Failure::should_be(&format!("body.{key}"), "not present", value)),
        None => Ok(()),
    }
}
