//! Values of properties: a write is checked against the schema, as the API does it.
use super::ids::Id;
use super::rich_text;
use super::schema::{Kind, Property, choice};
use super::wire::Failure;
use super::world::World;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

/// Checks one property of a page update; gives the property's name and the value that the page shall hold.
/// An unknown option of a status is refused; one of a select is created (documented).
pub fn from_request(
    world: &mut World,
    rng: &mut fastrand::Rng,
    key: &str,
    write: &Value,
) -> Result<(String, Value), Failure> {
    let Some(property) = world.schema.find(key).cloned() else {
        return Err(Failure::invalid(format!("{key} is not a property that exists.")));
    };
    let kind = property.kind.name();
    let path = format!("body.properties.{}.{kind}", property.name);
    let Some(given) = write.get(kind) else {
        return Err(Failure::should_be(&path, "defined", "undefined"));
    };
    let value = match property.kind {
        Kind::Title | Kind::RichText => json!(rich_text::completed(world, given, &path)?),
        Kind::Status => status(&property, given, &path)?,
        Kind::Select => select(world, rng, &property, given, &path)?,
        Kind::Date => date(given, &path)?,
        Kind::Number if given.is_number() || given.is_null() => given.clone(),
        Kind::Number => return Err(Failure::should_be(&path, "a number or `null`", given)),
        Kind::Checkbox if given.is_boolean() => given.clone(),
        Kind::Checkbox => return Err(Failure::should_be(&path, "a boolean", given)),
        Kind::People => people(world, given, &path)?,
    };
    Ok((property.name, value))
}

/// The same from a line of a page's front matter: `Priority: High`, `Progress: 0.4`, `Due date: 2027-02-18`.
pub fn from_text(
    world: &mut World,
    rng: &mut fastrand::Rng,
    name: &str,
    text: &str,
) -> Result<(String, Value), Failure> {
    let kind = world.schema.find(name).map(|property| property.kind);
    let write = match kind {
        None => return Err(Failure::invalid(format!("{name} is not a property of the database."))),
        Some(Kind::Title | Kind::RichText) => json!([{ "text": { "content": text } }]),
        Some(Kind::Status | Kind::Select) => json!({ "name": text }),
        Some(Kind::Date) => json!({ "start": text }),
        Some(Kind::Number) => json!(text.parse::<f64>().ok()),
        Some(Kind::Checkbox) => json!(text == "true"),
        Some(Kind::People) => json!([{ "id": world.user_named(text).map(|user| user.id) }]),
    };
    let kind = kind.map_or("", Kind::name);
    from_request(world, rng, name, &json!({ kind: write }))
}

fn status(property: &Property, given: &Value, path: &str) -> Result<Value, Failure> {
    if given.is_null() {
        return Ok(property.first_value());
    }
    let wanted = option_key(given, path)?;
    let option = property
        .options
        .iter()
        .find(|option| option.name == wanted || option.id == wanted);
    option.map(super::schema::Choice::value).ok_or_else(|| {
        let known: Vec<&str> = property.options.iter().map(|option| option.name.as_str()).collect();
        let message = format!(
            "Status option \"{wanted}\" does not exist. It should be one of: {}.",
            known.join(", ")
        );
        Failure::invalid(message)
    })
}

fn option_key<'a>(given: &'a Value, path: &str) -> Result<&'a str, Failure> {
    let key = given.get("name").or_else(|| given.get("id")).and_then(Value::as_str);
    key.ok_or_else(|| Failure::should_be(path, "an object with `name` or `id`, or `null`", given))
}

fn select(
    world: &mut World,
    rng: &mut fastrand::Rng,
    property: &Property,
    given: &Value,
    path: &str,
) -> Result<Value, Failure> {
    if given.is_null() {
        return Ok(Value::Null);
    }
    let wanted = option_key(given, path)?;
    if let Some(option) = property
        .options
        .iter()
        .find(|option| option.name == wanted || option.id == wanted)
    {
        return Ok(option.value());
    }
    if given.get("name").is_none() || wanted.contains(',') || wanted.is_empty() {
        return Err(Failure::should_be(
            path,
            "an option that exists, or a new name without comma",
            given,
        ));
    }
    let option = choice(wanted, "default", rng);
    let value = option.value();
    if let Some(property) = world.schema.find_mut(&property.name) {
        property.options.push(option);
    }
    Ok(value)
}

fn date(given: &Value, path: &str) -> Result<Value, Failure> {
    if given.is_null() {
        return Ok(Value::Null);
    }
    let part = |name: &str| -> Result<Value, Failure> {
        match given.get(name) {
            None | Some(Value::Null) => Ok(Value::Null),
            Some(Value::String(text)) if is_date(text) => Ok(json!(text)),
            Some(other) => Err(Failure::should_be(
                &format!("{path}.{name}"),
                "a valid ISO 8601 date string",
                other,
            )),
        }
    };
    let (start, end) = (part("start")?, part("end")?);
    if start.is_null() {
        return Err(Failure::should_be(&format!("{path}.start"), "a string", "undefined"));
    }
    let zone = given.get("time_zone").cloned().unwrap_or(Value::Null);
    Ok(json!({ "start": start, "end": end, "time_zone": zone }))
}

fn is_date(text: &str) -> bool {
    text.parse::<NaiveDate>().is_ok()
        || DateTime::parse_from_rfc3339(text).is_ok()
        || text.parse::<NaiveDateTime>().is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").is_ok()
}

fn people(world: &World, given: &Value, path: &str) -> Result<Value, Failure> {
    let Some(given) = given.as_array() else {
        return Err(Failure::should_be(path, "an array", given));
    };
    let person = |item: &Value| {
        let user = item.get("id").and_then(Id::of).and_then(|id| world.user(id));
        user.map(|user| world.user_value(user, true))
            .ok_or_else(|| Failure::should_be(&format!("{path}.id"), "a user of this workspace", item))
    };
    given
        .iter()
        .map(person)
        .collect::<Result<Vec<Value>, Failure>>()
        .map(Value::from)
}
