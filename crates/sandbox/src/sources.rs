//! The database, its data source, its query, and the search by title.
use super::filter;
use super::ids::Id;
use super::items;
use super::paging;
use super::state::State;
use super::wire::{Failure, list, minute, partial_user};
use super::world::{Page, World};
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// Answers `GET /v1/data_sources/{id}` with the schema.
pub fn retrieve(state: &State, id: Id) -> Result<String, Failure> {
    state.capabilities.read_content()?;
    known(state, "data source", id, state.world.data_source)?;
    Ok(data_source(&state.world).to_string())
}

/// Answers `GET /v1/databases/{id}` with the database, which names its data source.
pub fn database(state: &State, id: Id) -> Result<String, Failure> {
    state.capabilities.read_content()?;
    known(state, "database", id, state.world.database)?;
    Ok(database_object(&state.world).to_string())
}

fn known(state: &State, kind: &str, id: Id, wanted: Id) -> Result<(), Failure> {
    if id == wanted && state.database_shared {
        Ok(())
    } else {
        Err(state.world.missing(kind, id))
    }
}

/// Answers `POST /v1/data_sources/{id}/query` with the pages that pass the filter, sorted.
pub fn query(state: &State, id: Id, body: &Value) -> Result<String, Failure> {
    paging::only_known_keys(
        body,
        &[
            "filter",
            "sorts",
            "start_cursor",
            "page_size",
            "in_trash",
            "is_archived",
            "result_type",
        ],
    )?;
    let (size, cursor) = paging::of_body(body)?;
    state.capabilities.read_content()?;
    known(state, "data source", id, state.world.data_source)?;
    let mut rows = Vec::new();
    for page in shared_pages(state).filter(|page| page.in_database && !page.in_trash) {
        if filter::holds(state, page, body.get("filter"))? {
            rows.push(page);
        }
    }
    sort(state, &mut rows, body.get("sorts"))?;
    page_list(state, &rows, cursor, size)
}

/// `POST /v1/search`: by title; a partial match of any word counts, the best first, others after them (recorded: fuzzy).
pub fn search(state: &State, body: &Value) -> Result<String, Failure> {
    paging::only_known_keys(body, &["query", "filter", "sort", "start_cursor", "page_size"])?;
    let (size, cursor) = paging::of_body(body)?;
    state.capabilities.read_content()?;
    let wanted = body
        .get("query")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_lowercase();
    let value = body.pointer("/filter/value").and_then(Value::as_str);
    if let Some(other) = value.filter(|value| !matches!(*value, "page" | "data_source")) {
        return Err(Failure::should_be(
            "body.filter.value",
            "`page` or `data_source`",
            other,
        ));
    }
    let mut pages: Vec<(usize, &Page)> = Vec::new();
    for page in shared_pages(state).filter(|page| value != Some("data_source") && !page.in_trash) {
        let score = likeness(&page.title_text().to_lowercase(), &wanted);
        if score > 0 {
            pages.push((score, page));
        }
    }
    pages.sort_by_key(|(score, page)| (std::cmp::Reverse(*score), std::cmp::Reverse(page.edited_ms)));
    let pages: Vec<&Page> = pages.into_iter().map(|(_, page)| page).collect();
    if value == Some("page") || likeness("action items", &wanted) == 0 || cursor.is_some() {
        return page_list(state, &pages, cursor, size);
    }
    let (shown, next) = paging::page(&pages, |page| page.id, None, size.saturating_sub(1).max(1))?;
    let rendered = shown.iter().map(|page| page.value(&state.world));
    let rendered = rendered.chain([data_source(&state.world)]);
    Ok(list(
        "page_or_data_source",
        rendered.map(|object| object.to_string()),
        next,
    ))
}

fn likeness(title: &str, wanted: &str) -> usize {
    if wanted.is_empty() || title.contains(wanted) {
        return 1000;
    }
    let words = wanted
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.filter(|word| title.contains(word)).count()
}

fn shared_pages(state: &State) -> impl Iterator<Item = &Page> {
    let pages = state.world.page_order.iter().filter_map(|id| state.world.pages.get(id));
    pages.filter(|page| page.shared)
}

fn page_list(state: &State, pages: &[&Page], cursor: Option<Id>, size: usize) -> Result<String, Failure> {
    let (shown, next) = paging::page(pages, |page| page.id, cursor, size)?;
    let rendered = shown.iter().map(|page| page.value(&state.world).to_string());
    Ok(list("page_or_data_source", rendered, next))
}

fn sort(state: &State, rows: &mut [&Page], sorts: Option<&Value>) -> Result<(), Failure> {
    let Some(sorts) = sorts.filter(|sorts| !sorts.is_null()) else {
        return Ok(());
    };
    let Some(sorts) = sorts.as_array() else {
        return Err(Failure::should_be("body.sorts", "an array", sorts));
    };
    for sort in sorts.iter().rev() {
        let descending = match sort.get("direction").and_then(Value::as_str) {
            Some("descending") => true,
            Some("ascending") | None => false,
            Some(other) => {
                return Err(Failure::should_be(
                    "body.sorts.direction",
                    "`ascending` or `descending`",
                    other,
                ));
            }
        };
        let key = sort_key(state, sort)?;
        rows.sort_by(|left, right| {
            let order = compare(&key(left), &key(right));
            if descending { order.reverse() } else { order }
        });
    }
    Ok(())
}

type SortKey<'a> = Box<dyn Fn(&Page) -> Value + 'a>;

fn sort_key<'a>(state: &'a State, sort: &'a Value) -> Result<SortKey<'a>, Failure> {
    if let Some(property) = sort.get("property").and_then(Value::as_str) {
        let property = filter::property(state, property)?;
        return Ok(Box::new(move |page| filter::comparable(page, property)));
    }
    match sort.get("timestamp").and_then(Value::as_str) {
        Some("created_time") => Ok(Box::new(|page| page.created_ms.into())),
        Some("last_edited_time") => Ok(Box::new(|page| page.edited_ms.into())),
        _ => Err(Failure::should_be("body.sorts", "a `property` or a `timestamp`", sort)),
    }
}

fn compare(left: &Value, right: &Value) -> Ordering {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        _ => left
            .as_str()
            .unwrap_or_default()
            .cmp(right.as_str().unwrap_or_default()),
    }
}

/// The data source object, without `request_id`.
pub fn data_source(world: &World) -> Value {
    let properties: Map<String, Value> = world
        .schema
        .properties
        .iter()
        .map(|property| (property.name.clone(), property.value()))
        .collect();
    json!({
        "object": "data_source", "id": world.data_source,
        "title": items::plain("Action items"), "description": [],
        "parent": { "type": "database_id", "database_id": world.database },
        "database_parent": { "type": "page_id", "page_id": world.home },
        "properties": properties,
        "is_inline": false, "in_trash": false, "icon": null, "cover": null,
        "created_time": minute(world.created_ms), "last_edited_time": minute(world.created_ms),
        "created_by": partial_user(world.users[0].id), "last_edited_by": partial_user(world.users[0].id),
        "url": format!("https://app.notion.com/p/{}", world.data_source.undashed()), "public_url": null,
    })
}

/// The database object, without `request_id`.
fn database_object(world: &World) -> Value {
    json!({
        "object": "database", "id": world.database,
        "title": items::plain("Action items"), "description": [],
        "parent": { "type": "page_id", "page_id": world.home },
        "is_inline": false, "in_trash": false, "is_locked": false,
        "created_time": minute(world.created_ms), "last_edited_time": minute(world.created_ms),
        "data_sources": [{ "id": world.data_source, "name": "Action items" }],
        "icon": null, "cover": null,
        "url": format!("https://app.notion.com/p/{}", world.database.undashed()), "public_url": null,
    })
}
