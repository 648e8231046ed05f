//! The rich text of a request: checked as the API checks it, and filled up to the form that answers have.
use super::ids::Id;
use super::items::{Annotations, Item, MAX_UNITS};
use super::wire::Failure;
use super::world::World;
use serde_json::{Value, json};

/// Most items of one array (documented).
const MAX_ITEMS: usize = 100;

/// The items of a request, checked and completed. `path` names the array in a refusal: `body.rich_text`.
pub fn completed(world: &World, items: &Value, path: &str) -> Result<Vec<Item>, Failure> {
    let Some(items) = items.as_array() else {
        return Err(Failure::should_be(path, "an array", items));
    };
    if items.len() > MAX_ITEMS {
        return Err(Failure::should_be(&format!("{path}.length"), "≤ `100`", items.len()));
    }
    let each = items.iter().enumerate();
    each.map(|(at, item)| complete(world, item, &format!("{path}[{at}]")))
        .collect()
}

fn complete(world: &World, item: &Value, path: &str) -> Result<Item, Failure> {
    let annotations = annotations(item, path)?;
    if let Some(text) = item.get("text") {
        return checked_text(text, annotations, path);
    }
    if let Some(mention) = item.get("mention") {
        return mentioned(world, mention, annotations, path);
    }
    if let Some(expression) = item.pointer("/equation/expression").and_then(Value::as_str) {
        return Ok(Item::equation(expression, annotations));
    }
    Err(Failure::should_be(&format!("{path}.text"), "defined", "undefined"))
}

fn annotations(item: &Value, path: &str) -> Result<Annotations, Failure> {
    let mut annotations = Annotations::default();
    let Some(given) = item.get("annotations") else {
        return Ok(annotations);
    };
    let Some(given) = given.as_object() else {
        return Err(Failure::should_be(&format!("{path}.annotations"), "an object", given));
    };
    for (name, value) in given {
        let place = match name.as_str() {
            "bold" => &mut annotations.bold,
            "italic" => &mut annotations.italic,
            "strikethrough" => &mut annotations.strikethrough,
            "underline" => &mut annotations.underline,
            "code" => &mut annotations.code,
            "color" if value.is_string() => {
                annotations.color = value.as_str().unwrap_or_default().to_owned().into();
                continue;
            }
            _ => {
                return Err(Failure::should_be(
                    &format!("{path}.annotations.{name}"),
                    "not present",
                    value,
                ));
            }
        };
        *place = value
            .as_bool()
            .ok_or_else(|| Failure::should_be(&format!("{path}.annotations.{name}"), "a boolean", value))?;
    }
    Ok(annotations)
}

fn checked_text(text: &Value, annotations: Annotations, path: &str) -> Result<Item, Failure> {
    let Some(content) = text.get("content").and_then(Value::as_str) else {
        return Err(Failure::should_be(
            &format!("{path}.text.content"),
            "a string",
            "undefined",
        ));
    };
    at_most_2000(content, path, "text.content")?;
    let url = match text.get("link") {
        None | Some(Value::Null) => None,
        Some(link) => Some(link.get("url").and_then(Value::as_str).ok_or_else(|| {
            Failure::should_be(&format!("{path}.text.link"), "an object with `url`, or `null`", link)
        })?),
    };
    at_most_2000(url.unwrap_or_default(), path, "text.link.url")?;
    Ok(Item::text(content, annotations, url))
}

fn at_most_2000(text: &str, path: &str, field: &str) -> Result<(), Failure> {
    let units = text.encode_utf16().count();
    if units > MAX_UNITS {
        return Err(Failure::should_be(&format!("{path}.{field}.length"), "≤ `2000`", units));
    }
    Ok(())
}

fn mentioned(world: &World, mention: &Value, annotations: Annotations, path: &str) -> Result<Item, Failure> {
    let id = |kind: &str| mention.get(kind).map(|of| of.get("id").and_then(Id::of));
    let (mention, plain, href) = if let Some(user) = id("user") {
        let user = user
            .and_then(|id| world.user(id))
            .ok_or_else(|| unresolved(path, "user"))?;
        let plain = format!("@{}", user.name);
        (
            json!({ "type": "user", "user": world.user_value(user, true) }),
            plain,
            None,
        )
    } else if let Some(page) = id("page") {
        let page = page
            .and_then(|id| world.pages.get(&id))
            .ok_or_else(|| unresolved(path, "page"))?;
        (
            json!({ "type": "page", "page": { "id": page.id } }),
            page.title_text(),
            Some(page.url()),
        )
    } else if let Some(start) = mention.pointer("/date/start").and_then(Value::as_str) {
        let date = json!({ "start": start, "end": mention.pointer("/date/end"), "time_zone": null });
        (json!({ "type": "date", "date": date }), start.to_owned(), None)
    } else {
        return Err(Failure::should_be(
            &format!("{path}.mention.user"),
            "defined",
            "undefined",
        ));
    };
    Ok(Item::mention(mention, &plain, annotations, href.as_deref()))
}

fn unresolved(path: &str, kind: &str) -> Failure {
    Failure::should_be(
        &format!("{path}.mention.{kind}.id"),
        &format!("a {kind} of this workspace"),
        "another id",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_a_text_counts_utf16() {
        assert!(at_most_2000(&"é".repeat(2000), "body", "x").is_ok());
        assert!(at_most_2000(&"🔐".repeat(1001), "body", "x").is_err());
    }
}
