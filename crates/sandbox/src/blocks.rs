//! Blocks: retrieve, update, delete, children, append.
use super::block::Block;
use super::ids::Id;
use super::markdown::BlockDraft;
use super::paging;
use super::rich_text;
use super::state::State;
use super::synced;
use super::wire::{Failure, list, minute, out_of_trash, parameter, partial_user};
use super::world::{Insertion, Page, World};
use serde_json::{Value, json};

/// The types that an append may bring, with the fields that may stand under them.
const TYPES: [(&str, &[&str]); 18] = [
    ("paragraph", &["rich_text", "color", "icon"]),
    ("heading_1", &["rich_text", "color", "is_toggleable"]),
    ("heading_2", &["rich_text", "color", "is_toggleable"]),
    ("heading_3", &["rich_text", "color", "is_toggleable"]),
    ("heading_4", &["rich_text", "color", "is_toggleable"]),
    ("to_do", &["rich_text", "color", "checked"]),
    ("bulleted_list_item", &["rich_text", "color"]),
    ("numbered_list_item", &["rich_text", "color"]),
    ("quote", &["rich_text", "color"]),
    ("toggle", &["rich_text", "color"]),
    ("callout", &["rich_text", "color", "icon"]),
    ("code", &["rich_text", "caption", "language"]),
    ("divider", &[]),
    ("table", &["table_width", "has_column_header", "has_row_header"]),
    ("table_row", &["cells"]),
    ("column_list", &[]),
    ("column", &["width_ratio"]),
    ("synced_block", &["synced_from"]),
];

/// `GET /v1/blocks/{id}`; a page's id gives the page as a block.
pub fn retrieve(state: &State, id: Id) -> Result<String, Failure> {
    state.capabilities.read_content()?;
    if let Some(page) = state.world.pages.get(&id).filter(|page| page.shared) {
        return Ok(child_page(page, &state.world));
    }
    state.world.visible_block(id).map(Block::json)
}

fn child_page(page: &Page, world: &World) -> String {
    json!({
        "object": "block", "id": page.id, "parent": page.value(world)["parent"],
        "created_time": minute(page.created_ms), "last_edited_time": minute(page.edited_ms),
        "created_by": partial_user(page.created_by), "last_edited_by": partial_user(page.edited_by),
        "has_children": !page.blocks.is_empty(), "in_trash": page.in_trash,
        "type": "child_page", "child_page": { "title": page.title_text() },
    })
    .to_string()
}

/// Answers `PATCH /v1/blocks/{id}`: the fields that are given are replaced, the others stay.
pub fn update(state: &mut State, id: Id, body: &Value) -> Result<String, Failure> {
    if !body.is_object() {
        return Err(Failure::should_be("body", "an object", body));
    }
    state.capabilities.update_content()?;
    state.world.visible_block(id)?;
    change(state, id, body, state.world.bot)
}

/// The update itself, by the bot or by a person.
pub fn change(state: &mut State, id: Id, body: &Value, author: Id) -> Result<String, Failure> {
    let Some(mut block) = state.world.blocks.get(&id).cloned() else {
        return Err(state.world.missing("block", id));
    };
    out_of_trash("block", block.in_trash, body)?;
    for (key, given) in body.as_object().into_iter().flatten() {
        match key.as_str() {
            "object" | "type" => {}
            "in_trash" if given.is_boolean() => return trash(state, id, given == &json!(true), author),
            kind if kind == block.kind => set_fields(&state.world, kind, &mut block.value, given)?,
            _ => return Err(Failure::should_be(&format!("body.{key}"), "not present", given)),
        }
    }
    block.edited_ms = state.now_ms;
    block.edited_by = author;
    let (json, page) = (block.json(), block.page);
    let mut detail = json!({ "type": block.kind });
    if let Some(checked) = block.value.get("checked") {
        detail["checked"] = checked.clone();
    }
    state.world.blocks.insert(id, block);
    state.page_changed("page.content_updated", page, id, author, detail);
    Ok(json)
}

/// Replaces each given field whole and leaves the others.
fn set_fields(world: &World, kind: &str, value: &mut Value, given: &Value) -> Result<(), Failure> {
    let fields = TYPES
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or(&[][..], |(_, fields)| fields);
    let Some(given) = given.as_object() else {
        return Err(Failure::should_be(&format!("body.{kind}"), "an object", given));
    };
    for (field, new) in given {
        let path = format!("body.{kind}.{field}");
        let fits = match field.as_str() {
            _ if !fields.contains(&field.as_str()) => return Err(Failure::should_be(&path, "not present", new)),
            "rich_text" | "caption" => {
                value[field.as_str()] = json!(rich_text::completed(world, new, &path)?);
                continue;
            }
            "cells" => {
                value["cells"] = cells(world, new, &path)?;
                continue;
            }
            "checked" | "is_toggleable" | "has_column_header" | "has_row_header" => new.is_boolean(),
            "table_width" | "width_ratio" => new.is_number(),
            "synced_from" => new.is_null() || new.is_object(),
            "icon" => new.is_object() || new.is_null(),
            _ => new.is_string(),
        };
        if !fits {
            return Err(Failure::should_be(&path, "of the documented type", new));
        }
        value[field.as_str()] = new.clone();
    }
    Ok(())
}

/// The cells of a row, each a rich text.
fn cells(world: &World, given: &Value, path: &str) -> Result<Value, Failure> {
    let Some(given) = given.as_array() else {
        return Err(Failure::should_be(path, "an array", given));
    };
    let completed = given
        .iter()
        .enumerate()
        .map(|(at, cell)| Ok(json!(rich_text::completed(world, cell, &format!("{path}[{at}]"))?)));
    completed.collect()
}

/// `DELETE /v1/blocks/{id}`; answers the block with `in_trash: true` (recorded).
pub fn delete(state: &mut State, id: Id) -> Result<String, Failure> {
    state.capabilities.update_content()?;
    state.world.visible_block(id)?;
    trash(state, id, true, state.world.bot)
}

fn trash(state: &mut State, id: Id, in_trash: bool, author: Id) -> Result<String, Failure> {
    let world = &mut state.world;
    let Some(block) = world.blocks.get_mut(&id) else {
        return Err(world.missing("block", id));
    };
    block.in_trash = in_trash;
    let (json, page, within) = (block.json(), block.page, block.within);
    if let Some(siblings) = siblings(world, within.unwrap_or(page)) {
        siblings.retain(|sibling| *sibling != id);
        if !in_trash {
            siblings.push(id);
        }
    }
    let detail = json!({ "in_trash": in_trash });
    state.page_changed("page.content_updated", page, id, author, detail);
    Ok(json)
}

fn siblings(world: &mut World, parent: Id) -> Option<&mut Vec<Id>> {
    match world.blocks.get_mut(&parent) {
        Some(block) => Some(&mut block.children),
        None => world.pages.get_mut(&parent).map(|page| &mut page.blocks),
    }
}

/// `GET /v1/blocks/{id}/children`: one level, in page order.
pub fn children(state: &State, id: Id, query: &str) -> Result<String, Failure> {
    let size = paging::cut_to_100(parameter(query, "page_size").as_deref())?;
    let cursor = paging::cursor(parameter(query, "start_cursor").as_deref())?;
    state.capabilities.read_content()?;
    let world = &state.world;
    world.page_of(id)?;
    let children = match world.blocks.get(&id) {
        Some(block) if block.kind == "unsupported" => {
            let message = "Block type unsupported is not supported via the API.";
            return Err(Failure::invalid(message));
        }
        Some(block) => synced::children(world, block),
        None => &world.visible_page(id)?.blocks,
    };
    let (shown, next) = paging::page(children, |id| id, cursor, size)?;
    let shown = shown.iter().filter_map(|id| world.blocks.get(id));
    Ok(list("block", shown.map(Block::json), next))
}

/// Answers `PATCH /v1/blocks/{id}/children` with the new blocks, which stand at the end or at `position`.
pub fn append(state: &mut State, id: Id, body: &Value) -> Result<String, Failure> {
    paging::only_known_keys(body, &["children", "position"])?;
    let drafts = drafts(
        &state.world,
        body.get("children").unwrap_or(&Value::Null),
        "body.children",
        2,
    )?;
    state.capabilities.insert_content()?;
    let page = state.world.page_of(id)?;
    let within = state.world.blocks.contains_key(&id).then_some(id);
    let at = position(&mut state.world, id, body.get("position"))?;
    let insertion = Insertion {
        page,
        within,
        author: state.world.bot,
        now_ms: state.now_ms,
    };
    let inserted = state.world.insert_blocks(drafts, &insertion, &mut state.rng);
    if let Some(siblings) = siblings(&mut state.world, id) {
        siblings.splice(at..at, inserted.iter().copied());
    }
    let detail = json!({ "appended": inserted });
    let author = state.world.bot;
    state.page_changed("page.content_updated", page, id, author, detail);
    let inserted = inserted.iter().filter_map(|id| state.world.blocks.get(id));
    Ok(list("block", inserted.map(Block::json), None))
}

fn position(world: &mut World, parent: Id, position: Option<&Value>) -> Result<usize, Failure> {
    let siblings = siblings(world, parent).map_or(&[][..], |siblings| siblings.as_slice());
    let Some(position) = position else {
        return Ok(siblings.len());
    };
    match position.get("type").and_then(Value::as_str) {
        Some("start") => Ok(0),
        Some("end") => Ok(siblings.len()),
        Some("after_block") => {
            let after = position.pointer("/after_block/id").and_then(Id::of);
            let at = siblings.iter().position(|id| Some(*id) == after);
            at.map(|at| at + 1)
                .ok_or_else(|| Failure::should_be("body.position.after_block.id", "a child of the block", position))
        }
        _ => Err(Failure::should_be(
            "body.position.type",
            "`start`, `end` or `after_block`",
            position,
        )),
    }
}

fn drafts(world: &World, children: &Value, path: &str, depth: usize) -> Result<Vec<BlockDraft>, Failure> {
    let Some(children) = children.as_array() else {
        return Err(Failure::should_be(path, "an array", children));
    };
    if children.len() > paging::MOST {
        return Err(Failure::should_be(&format!("{path}.length"), "≤ `100`", children.len()));
    }
    let each = children.iter().enumerate();
    each.map(|(at, child)| draft(world, child, &format!("{path}[{at}]"), depth))
        .collect()
}

fn draft(world: &World, child: &Value, path: &str, depth: usize) -> Result<BlockDraft, Failure> {
    let Some((kind, given)) = TYPES.iter().find_map(|(kind, _)| Some((*kind, child.get(kind)?))) else {
        return Err(Failure::should_be(
            &format!("{path}.type"),
            "a type that the sandbox knows",
            child,
        ));
    };
    let mut given = given.clone();
    let inner = given.as_object_mut().and_then(|given| given.remove("children"));
    let mut value = match kind {
        "divider" | "column_list" | "column" => json!({}),
        "table" => json!({ "table_width": 1, "has_column_header": false, "has_row_header": false }),
        "table_row" => json!({ "cells": [] }),
        "synced_block" => json!({ "synced_from": null }),
        "code" => json!({ "rich_text": [], "caption": [], "language": "plain text" }),
        "to_do" => json!({ "rich_text": [], "checked": false, "color": "default" }),
        "paragraph" => json!({ "rich_text": [], "color": "default", "icon": null }),
        "callout" => json!({ "rich_text": [], "color": "default", "icon": { "type": "emoji", "emoji": "💡" } }),
        _ if kind.starts_with("heading") => json!({ "rich_text": [], "color": "default", "is_toggleable": false }),
        _ => json!({ "rich_text": [], "color": "default" }),
    };
    set_fields(world, kind, &mut value, &given)?;
    let children = match inner {
        None => Vec::new(),
        Some(_) if depth == 1 => {
            return Err(Failure::should_be(
                &format!("{path}.{kind}.children"),
                "at most two levels deep",
                "more",
            ));
        }
        Some(inner) => drafts(world, &inner, &format!("{path}.{kind}.children"), depth - 1)?,
    };
    Ok(BlockDraft {
        kind: kind.into(),
        value,
        children,
    })
}
