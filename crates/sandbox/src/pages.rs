//! Pages: the object, its update, and its body as Markdown with the anchors of open inline threads.
use super::block::Block;
use super::ids::Id;
use super::markdown::{self, tags};
use super::paging;
use super::rich_text;
use super::schema::Kind;
use super::state::State;
use super::values;
use super::wire::{Failure, out_of_trash, quoted};
use super::world::{Page, World};
use serde_json::{Value, json};

/// Answers `GET /v1/pages/{id}` with the page's properties.
pub fn retrieve(state: &State, id: Id) -> Result<String, Failure> {
    state.capabilities.read_content()?;
    let page = state.world.visible_page(id)?;
    Ok(page.value(&state.world).to_string())
}

/// Answers `PATCH /v1/pages/{id}` with the page as it is then.
pub fn update(state: &mut State, id: Id, body: &Value) -> Result<String, Failure> {
    paging::only_known_keys(body, &["properties", "in_trash", "is_locked", "icon"])?;
    state.capabilities.update_content()?;
    state.world.visible_page(id)?;
    change(state, id, body, state.world.bot)
}

/// The update itself, by the bot or by a person: all of it or, when a value is refused, nothing.
pub fn change(state: &mut State, id: Id, body: &Value, author: Id) -> Result<String, Failure> {
    let Some(mut page) = state.world.pages.get(&id).cloned() else {
        return Err(state.world.missing("page", id));
    };
    out_of_trash("page", page.in_trash, body)?;
    let mut names = Vec::new();
    if let Some(properties) = body.get("properties") {
        let Some(properties) = properties.as_object() else {
            return Err(Failure::should_be("body.properties", "an object", properties));
        };
        for (key, write) in properties {
            names.push(set_property(state, &mut page, key, write)?);
        }
    }
    set_flags(&mut page, body)?;
    page.edited_ms = state.now_ms;
    page.edited_by = author;
    let json = page.value(&state.world).to_string();
    let detail = json!({ "properties": written(&page, &names) });
    state.world.pages.insert(id, page);
    state.page_changed("page.properties_updated", id, id, author, detail);
    Ok(json)
}

fn set_property(state: &mut State, page: &mut Page, key: &str, write: &Value) -> Result<String, Failure> {
    if !page.in_database {
        if key != "title" {
            return Err(Failure::invalid(format!("{key} is not a property that exists.")));
        }
        let title = write.get("title").unwrap_or(&Value::Null);
        page.title = rich_text::completed(&state.world, title, "body.properties.title.title")?;
        return Ok(key.to_owned());
    }
    let (name, value) = values::from_request(&mut state.world, &mut state.rng, key, write)?;
    let is_title = state
        .world
        .schema
        .find(&name)
        .is_some_and(|property| property.kind == Kind::Title);
    match value {
        title if is_title => page.title = serde_json::from_value(title).unwrap_or_default(),
        value => drop(page.properties.insert(name.clone(), value)),
    }
    Ok(name)
}

fn set_flags(page: &mut Page, body: &Value) -> Result<(), Failure> {
    for (key, place) in [("in_trash", &mut page.in_trash), ("is_locked", &mut page.is_locked)] {
        if let Some(given) = body.get(key) {
            *place = given
                .as_bool()
                .ok_or_else(|| Failure::should_be(&format!("body.{key}"), "a boolean", given))?;
        }
    }
    match body.get("icon") {
        None => {}
        Some(Value::Null) => page.icon = Value::Null,
        Some(icon) => match icon.get("emoji").and_then(Value::as_str) {
            Some(emoji) => page.icon = json!({ "type": "emoji", "emoji": emoji }),
            None => return Err(Failure::should_be("body.icon", "an emoji or `null`", icon)),
        },
    }
    Ok(())
}

/// What the journal says of written properties: a status or select by its name, other values as they are; no texts.
fn written(page: &Page, names: &[String]) -> Value {
    let shown = |name: &String| {
        let value = page.properties.get(name).cloned().unwrap_or(Value::Null);
        let value = match value.get("name") {
            Some(option) => option.clone(),
            None if value.is_array() => Value::Null,
            None => value,
        };
        (name.clone(), value)
    };
    Value::Object(names.iter().map(shown).collect())
}

/// Answers `GET /v1/pages/{id}/markdown` with the body and the anchors of its open threads.
pub fn markdown(state: &State, id: Id) -> Result<String, Failure> {
    state.capabilities.read_content()?;
    let page = state.world.visible_page(id)?;
    let mut text = String::new();
    write_blocks(&state.world, &page.blocks, 0, &mut text);
    let text = quoted(&text);
    Ok(format!(
        "{{\"object\":\"page_markdown\",\"id\":\"{id}\",\"markdown\":{text},\"truncated\":false,\"unknown_block_ids\":[]}}"
    ))
}

fn write_blocks(world: &World, blocks: &[Id], depth: usize, out: &mut String) {
    let write = |depth: usize, text: &str, out: &mut String| {
        for line in text.lines() {
            out.push_str(&"\t".repeat(depth));
            out.push_str(line);
            out.push('\n');
        }
    };
    for block in blocks.iter().filter_map(|id| world.blocks.get(id)) {
        let around = tags::around(&block.kind, &block.value);
        let line = markdown::line(&block.kind, &block.value, |text| anchored(world, block, text));
        if let Some((open, _)) = &around {
            write(depth, open, out);
        }
        write(depth + usize::from(block.kind == "callout"), &line, out);
        write_blocks(world, &block.children, depth + 1, out);
        if let Some((_, close)) = around {
            write(depth, close, out);
        }
    }
}

/// The block's text inside the span that names its open discussions, as the published syntax has it.
fn anchored(world: &World, block: &Block, text: &str) -> String {
    let open = |id: &&Id| world.discussions.get(id).is_some_and(|thread| !thread.resolved);
    let urls: Vec<String> = block
        .discussions
        .iter()
        .filter(open)
        .map(|id| format!("discussion://{id}"))
        .collect();
    if urls.is_empty() {
        return text.to_owned();
    }
    format!("<span discussion-urls=\"{}\">{text}</span>", urls.join(","))
}
