//! Filters of a data source query: `and`, `or`, text, choice, date, number, checkbox, people and timestamps.
use super::ids::Id;
use super::items;
use super::schema::{Kind, Property};
use super::state::State;
use super::wire::{Failure, instant};
use super::world::Page;
use chrono::{DateTime, Days, Months, NaiveDate};
use serde_json::{Map, Value, json};

/// Whether a page passes the filter.
pub fn holds(state: &State, page: &Page, filter: Option<&Value>) -> Result<bool, Failure> {
    match filter {
        None | Some(Value::Null) => Ok(true),
        Some(filter) => nested(state, page, filter, "body.filter", 2),
    }
}

fn nested(state: &State, page: &Page, filter: &Value, path: &str, depth: usize) -> Result<bool, Failure> {
    for (name, is_and) in [("and", true), ("or", false)] {
        let Some(parts) = filter.get(name) else { continue };
        let parts = parts.as_array().filter(|_| depth > 0);
        let parts = parts.ok_or_else(|| {
            Failure::should_be(&format!("{path}.{name}"), "an array, nested at most two deep", filter)
        })?;
        let mut all = is_and;
        for (at, part) in parts.iter().enumerate() {
            let part = nested(state, page, part, &format!("{path}.{name}[{at}]"), depth - 1)?;
            all = if is_and { all && part } else { all || part };
        }
        return Ok(all);
    }
    single(state, page, filter, path)
}

fn single(state: &State, page: &Page, filter: &Value, path: &str) -> Result<bool, Failure> {
    if let Some(stamp) = filter.get("timestamp").and_then(Value::as_str) {
        let ms = if stamp == "created_time" {
            page.created_ms
        } else {
            page.edited_ms
        };
        let (operator, wanted) = condition(filter, &[stamp], path)?;
        return date(state, Some(&instant(ms)), operator, wanted, path);
    }
    let Some(name) = filter.get("property").and_then(Value::as_str) else {
        return Err(Failure::should_be(&format!("{path}.property"), "defined", "undefined"));
    };
    let property = property(state, name)?;
    let value = comparable(page, property);
    // A title may be asked for as `rich_text` too; every other property by its own type.
    let names: &[&str] = if property.kind == Kind::Title {
        &["title", "rich_text"]
    } else {
        &[property.kind.name()]
    };
    let (operator, wanted) = condition(filter, names, path)?;
    match property.kind {
        Kind::Title | Kind::RichText => text(value.as_str().unwrap_or_default(), operator, wanted, path),
        Kind::Status | Kind::Select => choice(value.as_str(), operator, wanted, path),
        Kind::Date => date(state, value.as_str(), operator, wanted, path),
        Kind::Number => number(value.as_f64(), operator, wanted, path),
        Kind::Checkbox => equality(&value, operator, wanted, path),
        Kind::People => people(state, page, property, operator, wanted, path),
    }
}

/// The property of that name or id.
pub fn property<'a>(state: &'a State, name: &str) -> Result<&'a Property, Failure> {
    let known = state.world.schema.find(name);
    known.ok_or_else(|| Failure::invalid(format!("Could not find property with name or id: {name}")))
}

/// A page's value reduced to what filters and sorts look at: a text, a number, a truth value or null.
pub fn comparable(page: &Page, property: &Property) -> Value {
    let value = page.properties.get(&property.name).unwrap_or(&Value::Null);
    match property.kind {
        Kind::Title => json!(page.title_text()),
        Kind::RichText => json!(value.as_array().map(|items| items::text_of(items)).unwrap_or_default()),
        Kind::Status | Kind::Select => value.get("name").cloned().unwrap_or(Value::Null),
        Kind::Date => value.get("start").cloned().unwrap_or(Value::Null),
        Kind::Number | Kind::Checkbox | Kind::People => value.clone(),
    }
}

fn condition<'a>(filter: &'a Value, names: &[&str], path: &str) -> Result<(&'a str, &'a Value), Failure> {
    let found = names
        .iter()
        .find_map(|name| filter.get(name).and_then(Value::as_object));
    let single = found
        .filter(|conditions| conditions.len() == 1)
        .and_then(|conditions: &Map<_, _>| conditions.iter().next());
    let (operator, wanted) = single
        .ok_or_else(|| Failure::should_be(&format!("{path}.{}", names[0]), "an object with one condition", filter))?;
    Ok((operator.as_str(), wanted))
}

fn unknown(operator: &str, path: &str) -> Failure {
    Failure::should_be(&format!("{path}.{operator}"), "not present", operator)
}

fn text(value: &str, operator: &str, wanted: &Value, path: &str) -> Result<bool, Failure> {
    let (value, wanted) = (value.to_lowercase(), wanted.as_str().unwrap_or_default().to_lowercase());
    Ok(match operator {
        "equals" => value == wanted,
        "does_not_equal" => value != wanted,
        "contains" => value.contains(&wanted),
        "does_not_contain" => !value.contains(&wanted),
        "starts_with" => value.starts_with(&wanted),
        "ends_with" => value.ends_with(&wanted),
        "is_empty" => value.is_empty(),
        "is_not_empty" => !value.is_empty(),
        other => return Err(unknown(other, path)),
    })
}

fn choice(value: Option<&str>, operator: &str, wanted: &Value, path: &str) -> Result<bool, Failure> {
    let equal = || match wanted {
        Value::Array(several) => several.iter().any(|one| one.as_str() == value && value.is_some()),
        one => one.as_str() == value && value.is_some(),
    };
    Ok(match operator {
        "equals" => equal(),
        "does_not_equal" => !equal(),
        "is_empty" => value.is_none(),
        "is_not_empty" => value.is_some(),
        other => return Err(unknown(other, path)),
    })
}

fn equality(value: &Value, operator: &str, wanted: &Value, path: &str) -> Result<bool, Failure> {
    match operator {
        "equals" => Ok(value == wanted),
        "does_not_equal" => Ok(value != wanted),
        other => Err(unknown(other, path)),
    }
}

fn number(value: Option<f64>, operator: &str, wanted: &Value, path: &str) -> Result<bool, Failure> {
    match operator {
        "is_empty" => return Ok(value.is_none()),
        "is_not_empty" => return Ok(value.is_some()),
        _ => {}
    }
    let wanted = wanted
        .as_f64()
        .ok_or_else(|| Failure::should_be(&format!("{path}.{operator}"), "a number", wanted))?;
    let order = value.map(|value| value.total_cmp(&wanted));
    Ok(match operator {
        "equals" => order.is_some_and(std::cmp::Ordering::is_eq),
        "does_not_equal" => !order.is_some_and(std::cmp::Ordering::is_eq),
        "greater_than" => order.is_some_and(std::cmp::Ordering::is_gt),
        "less_than" => order.is_some_and(std::cmp::Ordering::is_lt),
        "greater_than_or_equal_to" => order.is_some_and(std::cmp::Ordering::is_ge),
        "less_than_or_equal_to" => order.is_some_and(std::cmp::Ordering::is_le),
        other => return Err(unknown(other, path)),
    })
}

fn people(
    state: &State,
    page: &Page,
    property: &Property,
    operator: &str,
    wanted: &Value,
    path: &str,
) -> Result<bool, Failure> {
    let people = page
        .properties
        .get(&property.name)
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let wanted = match wanted.as_str() {
        Some("me") => Some(state.world.bot),
        other => other.and_then(Id::parse),
    };
    let among = || people.iter().any(|person| Id::of(&person["id"]) == wanted);
    Ok(match operator {
        "contains" => among(),
        "does_not_contain" => !among(),
        "is_empty" => people.is_empty(),
        "is_not_empty" => !people.is_empty(),
        other => return Err(unknown(other, path)),
    })
}

/// Dates compare by day when either side has no time, else by instant.
fn date(state: &State, value: Option<&str>, operator: &str, wanted: &Value, path: &str) -> Result<bool, Failure> {
    match operator {
        "is_empty" => return Ok(value.is_none()),
        "is_not_empty" => return Ok(value.is_some()),
        _ => {}
    }
    let today = today(state);
    if let Some((from, to)) = span(today, operator) {
        return Ok(value.and_then(day).is_some_and(|day| from <= day && day <= to));
    }
    let wanted = wanted.as_str().unwrap_or_default();
    let wanted = relative(today, wanted).map_or_else(|| wanted.to_owned(), |day| day.to_string());
    if day(&wanted).is_none() {
        return Err(Failure::should_be(
            &format!("{path}.{operator}"),
            "a valid ISO 8601 date string",
            wanted,
        ));
    }
    let order = value.and_then(|value| compare_dates(value, &wanted));
    Ok(match operator {
        "equals" => order.is_some_and(std::cmp::Ordering::is_eq),
        "before" => order.is_some_and(std::cmp::Ordering::is_lt),
        "after" => order.is_some_and(std::cmp::Ordering::is_gt),
        "on_or_before" => order.is_some_and(std::cmp::Ordering::is_le),
        "on_or_after" => order.is_some_and(std::cmp::Ordering::is_ge),
        other => return Err(unknown(other, path)),
    })
}

fn compare_dates(left: &str, right: &str) -> Option<std::cmp::Ordering> {
    match (DateTime::parse_from_rfc3339(left), DateTime::parse_from_rfc3339(right)) {
        (Ok(left), Ok(right)) => Some(left.cmp(&right)),
        _ => Some(day(left)?.cmp(&day(right)?)),
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.get(..10)?.parse().ok()
}

fn today(state: &State) -> NaiveDate {
    day(&instant(state.now_ms)).unwrap_or_default()
}

fn relative(today: NaiveDate, word: &str) -> Option<NaiveDate> {
    match word {
        "today" => Some(today),
        "tomorrow" => today.checked_add_days(Days::new(1)),
        "yesterday" => today.checked_sub_days(Days::new(1)),
        "one_week_ago" => today.checked_sub_days(Days::new(7)),
        "one_week_from_now" => today.checked_add_days(Days::new(7)),
        "one_month_ago" => today.checked_sub_months(Months::new(1)),
        "one_month_from_now" => today.checked_add_months(Months::new(1)),
        _ => None,
    }
}

fn span(today: NaiveDate, operator: &str) -> Option<(NaiveDate, NaiveDate)> {
    match operator {
        "past_week" => Some((relative(today, "one_week_ago")?, today)),
        "past_month" => Some((relative(today, "one_month_ago")?, today)),
        "next_week" => Some((today, relative(today, "one_week_from_now")?)),
        "next_month" => Some((today, relative(today, "one_month_from_now")?)),
        _ => None,
    }
}
