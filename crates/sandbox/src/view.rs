//! The pages for people in a browser: plain HTML, made on the server.
use super::block::Block;
use super::ids::Id;
use super::state::State;
use super::wire::{Answer, Request, minute};
use super::world::{Page, UserKind, World};
use minijinja::Environment;
use serde_json::{Value, json};

/// Answers `/` and `/p/{id}`.
pub fn answer(state: &State, request: &Request) -> Answer {
    let world = &state.world;
    let asked = request
        .path
        .strip_prefix("/p/")
        .and_then(page_id)
        .and_then(|id| world.pages.get(&id));
    match (request.method.as_str(), request.path.as_str(), asked) {
        ("GET", "/", _) => shown("pages.html", &pages(world)),
        ("GET", _, Some(one)) => shown("page.html", &page(world, one)),
        ("GET", "/style.css", _) => asset("text/css; charset=utf-8", include_str!("assets/style.css")),
        ("GET", "/live.js", _) => asset("text/javascript; charset=utf-8", include_str!("assets/live.js")),
        _ => Answer::html(404, "<h1>No such page</h1><p><a href=\"/\">All pages</a></p>".into()),
    }
}

fn asset(content_type: &'static str, text: &str) -> Answer {
    Answer {
        content_type,
        ..Answer::html(200, text.to_owned())
    }
}

/// The id at the end of an address: `Title-32hex`, 32 digits, or dashed.
fn page_id(text: &str) -> Option<Id> {
    Id::parse(text).or_else(|| Id::parse(text.get(text.len().checked_sub(32)?..)?))
}

fn shown(template: &str, context: &Value) -> Answer {
    let mut environment = Environment::new();
    let templates = [
        ("pages.html", include_str!("assets/pages.html")),
        ("page.html", include_str!("assets/page.html")),
    ];
    let added: Result<(), minijinja::Error> = templates
        .into_iter()
        .try_for_each(|(name, source)| environment.add_template(name, source));
    let rendered = added.and_then(|()| {
        environment
            .get_template(template)?
            .render(minijinja::value::Serde(context))
    });
    match rendered {
        Ok(html) => Answer::html(200, html),
        Err(error) => Answer::html(500, format!("<pre>{error:#}</pre>")),
    }
}

fn pages(world: &World) -> Value {
    let all = world
        .page_order
        .iter()
        .filter_map(|id| world.pages.get(id))
        .filter(|page| !page.in_trash);
    let rows: Vec<Value> = all
        .map(|page| {
            let comments: usize = world
                .discussions
                .values()
                .filter(|at| at.page == page.id)
                .map(|at| at.comments)
                .sum();
            json!({
                "href": href(page.id), "title": page.title_text(), "comments": comments,
                "status": page.properties.get("Status"), "priority": page.properties.get("Priority"),
                "progress": progress(page), "shared": page.shared,
            })
        })
        .collect();
    json!({ "rows": rows })
}

fn href(page: Id) -> String {
    format!("/p/{}", page.undashed())
}

fn progress(page: &Page) -> Option<i64> {
    let share = page.properties.get("Progress")?.as_f64()?;
    #[expect(clippy::cast_possible_truncation, reason = "shown to a person as a whole percentage")]
    Some((share * 100.0).round() as i64)
}

fn page(world: &World, page: &Page) -> Value {
    let threads = world.discussions.values().filter(|thread| thread.target == page.id);
    let mut threads: Vec<Id> = threads.map(|thread| thread.id).collect();
    threads.sort_by_key(|thread| first_place(world, *thread, page.id));
    let threads: Vec<Value> = threads.into_iter().map(|thread| thread_value(world, thread)).collect();
    let people: Vec<&str> = world
        .users
        .iter()
        .filter(|user| user.kind != UserKind::Bot)
        .map(|user| user.name.as_str())
        .collect();
    json!({
        "id": page.id, "title": page.title_text(), "icon": page.icon.get("emoji"),
        "properties": properties(world, page), "progress": progress(page), "people": people,
        "blocks": blocks(world, &page.blocks), "threads": threads, "edited": minute(page.edited_ms),
        "shared": page.shared, "in_trash": page.in_trash, "open_thread": page.discussion,
    })
}

fn properties(world: &World, page: &Page) -> Vec<Value> {
    if !page.in_database {
        return Vec::new();
    }
    let shown = |property: &super::schema::Property| {
        let value = page.properties.get(&property.name).cloned().unwrap_or(Value::Null);
        let options: Vec<&str> = property.options.iter().map(|option| option.name.as_str()).collect();
        json!({ "name": property.name, "kind": property.kind.name(), "value": value, "options": options })
    };
    world.schema.without_title().map(shown).collect()
}

fn blocks(world: &World, ids: &[Id]) -> Vec<Value> {
    let mut number = 0;
    let mut shown = Vec::with_capacity(ids.len());
    for block in ids.iter().filter_map(|id| world.blocks.get(id)) {
        number = if block.kind == "numbered_list_item" {
            number + 1
        } else {
            0
        };
        shown.push(block_value(world, block, number));
    }
    shown
}

fn block_value(world: &World, block: &Block, number: usize) -> Value {
    let threads: Vec<Value> = block.discussions.iter().map(|id| thread_value(world, *id)).collect();
    json!({
        "id": block.id, "kind": block.kind, "number": number, "checked": block.value.get("checked"),
        "language": block.value.get("language"), "runs": runs(world, &block.value["rich_text"]),
        "cells": cells(world, block), "children": blocks(world, super::synced::children(world, block)), "threads": threads,
    })
}

fn cells(world: &World, block: &Block) -> Vec<Vec<Value>> {
    let cells = block.value["cells"].as_array().into_iter().flatten();
    cells.map(|cell| runs(world, cell)).collect()
}

/// Items of rich text for the template; links to pages of this workspace lead to their local address.
fn runs(world: &World, items: &Value) -> Vec<Value> {
    let local = |url: &str| {
        let (page, block) = url.split_once('#').unwrap_or((url, ""));
        let page = page_id(page).filter(|id| world.pages.contains_key(id))?;
        Some(if block.is_empty() {
            href(page)
        } else {
            format!("{}#{block}", href(page))
        })
    };
    let safe = |url: &str| {
        ["https://", "http://", "mailto:"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
    };
    let shown = |item: &Value| {
        let url = item["href"].as_str();
        let target = url
            .and_then(local)
            .or_else(|| url.filter(|url| safe(url)).map(str::to_owned));
        json!({ "text": item["plain_text"], "look": item["annotations"], "href": target, "mention": item["type"] == "mention" })
    };
    items.as_array().into_iter().flatten().map(shown).collect()
}

fn first_place(world: &World, discussion: Id, target: Id) -> u64 {
    let thread = world.threads.get(&target).into_iter().flatten();
    thread
        .filter_map(|(place, id)| world.comments.get(id).map(|comment| (place, comment)))
        .find(|(_, comment)| comment.discussion == discussion)
        .map_or(0, |(place, _)| *place)
}

fn thread_value(world: &World, discussion: Id) -> Value {
    let Some(thread) = world.discussions.get(&discussion) else {
        return Value::Null;
    };
    let comments: Vec<Value> = world
        .threads
        .get(&thread.target)
        .into_iter()
        .flatten()
        .filter_map(|(_, id)| world.comments.get(id))
        .filter(|comment| comment.discussion == discussion)
        .map(|comment| {
            let is_bot = world
                .user(comment.author)
                .is_some_and(|user| user.kind == UserKind::Bot);
            let initials: String = comment
                .display_name
                .split(' ')
                .filter_map(|word| word.chars().next())
                .take(2)
                .collect();
            json!({
                "id": comment.id, "name": comment.display_name, "initials": initials, "is_bot": is_bot,
                "is_own": comment.author == world.bot, "time": minute(comment.created_ms),
                "edited": comment.edited_ms > comment.created_ms, "runs": runs(world, &comment.items()),
            })
        })
        .collect();
    json!({ "id": discussion, "resolved": thread.resolved, "comments": comments })
}
