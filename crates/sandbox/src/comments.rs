//! Comments: the five calls of the API, and the same acts for people through the control API.
//! An API call sees open threads only, and may change the connection's own comments only.
use super::change::Change;
use super::ids::Id;
use super::items::{self, Item};
use super::paging;
use super::rich_text;
use super::state::State;
use super::wire::{Failure, list as list_of};
use super::world::{Comment, Discussion};
use serde_json::{Value, json};
use std::ops::Bound;

/// Where a comment goes.
#[derive(Clone, Copy)]
pub enum Target {
    /// The page's one open thread; a new one when there is none.
    Page(Id),
    /// A new thread on a block, as a selection of text opens one.
    Block(Id),
    /// A thread that exists; a resolved one stays resolved.
    Discussion(Id),
}

/// Who writes, and under what name it shows.
pub struct Author {
    pub id: Id,
    /// `user`, `integration` or `custom`.
    pub display_type: String,
    pub display_name: String,
}

/// Answers `GET /v1/comments?block_id=`: the comments of the open threads under a page or block, oldest first.
pub fn list(state: &State, query: &str) -> Result<String, Failure> {
    let target = paging::id_parameter(query, "block_id")?;
    let (size, cursor) = paging::of_query(query)?;
    state.capabilities.read_comments()?;
    let world = &state.world;
    world.page_of(target)?;
    let start = match cursor {
        None => Bound::Unbounded,
        Some(id) => Bound::Included(world.comments.get(&id).ok_or_else(|| paging::bad_cursor(id))?.place),
    };
    let newest_ms = state.now_ms.saturating_sub(state.stale_ms);
    let mut shown = world
        .threads
        .get(&target)
        .into_iter()
        .flat_map(|thread| thread.range((start, Bound::Unbounded)))
        .filter_map(|(_, id)| world.comments.get(id))
        .filter(|comment| state.stale_ms == 0 || comment.created_ms < newest_ms)
        .filter(|comment| {
            world
                .discussions
                .get(&comment.discussion)
                .is_some_and(|thread| !thread.resolved)
        });
    let results: Vec<&str> = shown.by_ref().take(size).map(|comment| comment.json.as_str()).collect();
    let next = shown.next().map(|comment| comment.id);
    Ok(list_of("comment", results.iter(), next))
}

/// Answers `POST /v1/comments`: a comment of the bot, in a thread or on a page or block.
pub fn create(state: &mut State, body: &Value) -> Result<String, Failure> {
    let known = [
        "parent",
        "discussion_id",
        "rich_text",
        "markdown",
        "markdown_version",
        "attachments",
        "display_name",
    ];
    paging::only_known_keys(body, &known)?;
    let target = target(body)?;
    let text = text(state, body)?;
    let author = bot_author(state, body.get("display_name"))?;
    state.capabilities.insert_comments()?;
    let id = match target {
        Target::Page(id) | Target::Block(id) => {
            state.world.page_of(id)?;
            post(state, target, author, &text)?
        }
        Target::Discussion(id) => {
            let page = state.world.discussions.get(&id).map(|thread| thread.page);
            let missing = || state.world.missing("discussion", id);
            state
                .world
                .visible_page(page.ok_or_else(missing)?)
                .map_err(|_| missing())?;
            post(state, target, author, &text)?
        }
    };
    shown_or_partial(state, id)
}

/// `GET /v1/comments/{id}`; a comment of a resolved thread is still served.
pub fn retrieve(state: &State, id: Id) -> Result<String, Failure> {
    state.capabilities.read_comments()?;
    visible(state, id).map(|comment| comment.json.clone())
}

/// Answers `PATCH /v1/comments/{id}`: the bot may rewrite its own comments.
pub fn update(state: &mut State, id: Id, body: &Value) -> Result<String, Failure> {
    paging::only_known_keys(body, &["rich_text", "markdown", "markdown_version"])?;
    let text = text(state, body)?;
    state.capabilities.insert_comments()?;
    own(state, id)?;
    rewrite(state, id, &text)?;
    shown_or_partial(state, id)
}

/// `DELETE /v1/comments/{id}`; answers the former comment whole (recorded).
pub fn delete(state: &mut State, id: Id) -> Result<String, Failure> {
    state.capabilities.insert_comments()?;
    own(state, id)?;
    remove(state, id)
}

fn shown_or_partial(state: &State, id: Id) -> Result<String, Failure> {
    if state.capabilities.read_comments {
        return visible(state, id).map(|comment| comment.json.clone());
    }
    Ok(json!({ "object": "comment", "id": id }).to_string())
}

fn visible(state: &State, id: Id) -> Result<&Comment, Failure> {
    let world = &state.world;
    let page = |comment: &&Comment| world.discussions.get(&comment.discussion).map(|thread| thread.page);
    let seen = |comment: &&Comment| page(comment).is_some_and(|page| world.visible_page(page).is_ok());
    world
        .comments
        .get(&id)
        .filter(seen)
        .ok_or_else(|| world.missing("comment", id))
}

/// Others' comments answer 404, not 403 (documented).
fn own(state: &State, id: Id) -> Result<(), Failure> {
    let comment = visible(state, id)?;
    if comment.author == state.world.bot {
        return Ok(());
    }
    Err(state.world.missing("comment", id))
}

/// Exactly one of `parent.page_id`, `parent.block_id` and `discussion_id`.
pub fn target(body: &Value) -> Result<Target, Failure> {
    let id = |value: &Value, path: &str| Id::of(value).ok_or_else(|| Failure::should_be(path, "a valid uuid", value));
    let parent = body.get("parent").filter(|parent| !parent.is_null());
    let discussion = body.get("discussion_id").filter(|id| !id.is_null());
    let both = || {
        Failure::should_be(
            "body.parent",
            "not present beside `body.discussion_id`",
            "both or neither",
        )
    };
    match (parent, discussion) {
        (Some(parent), None) => match (parent.get("page_id"), parent.get("block_id")) {
            (Some(page), None) => Ok(Target::Page(id(page, "body.parent.page_id")?)),
            (None, Some(block)) => Ok(Target::Block(id(block, "body.parent.block_id")?)),
            _ => Err(Failure::should_be("body.parent", "`page_id` or `block_id`", parent)),
        },
        (None, Some(discussion)) => Ok(Target::Discussion(id(discussion, "body.discussion_id")?)),
        _ => Err(both()),
    }
}

fn text(state: &State, body: &Value) -> Result<Vec<Item>, Failure> {
    match (body.get("rich_text"), body.get("markdown")) {
        (Some(items), None) => rich_text::completed(&state.world, items, "body.rich_text"),
        (None, Some(Value::String(markdown))) => Ok(items::from_markdown(markdown)),
        (None, Some(other)) => Err(Failure::should_be("body.markdown", "a string", other)),
        _ => Err(Failure::should_be(
            "body.rich_text",
            "given, or `body.markdown`",
            "both or neither",
        )),
    }
}

fn bot_author(state: &State, display: Option<&Value>) -> Result<Author, Failure> {
    let author = |kind: &str, name: &str| Author {
        id: state.world.bot,
        display_type: kind.into(),
        display_name: name.into(),
    };
    let Some(display) = display else {
        return Ok(author("integration", super::wire::BOT_NAME));
    };
    let custom = display
        .pointer("/custom/name")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty());
    match (display.get("type").and_then(Value::as_str), custom) {
        (Some("integration" | "connection"), _) => Ok(author("integration", super::wire::BOT_NAME)),
        (Some("user"), _) => Ok(author("user", super::wire::BOT_NAME)),
        (Some("custom"), Some(name)) => Ok(author("custom", name)),
        _ => Err(Failure::should_be(
            "body.display_name",
            "`integration`, `user`, or `custom` with a name",
            display,
        )),
    }
}

/// Adds a comment; what it goes to exists, or it is a 404.
pub fn post(state: &mut State, target: Target, author: Author, text: &[Item]) -> Result<Id, Failure> {
    let discussion = thread_for(state, target)?;
    let world = &mut state.world;
    world.last_place += 1;
    let mut comment = Comment {
        id: Id::comment(&mut state.rng),
        place: world.last_place,
        discussion,
        author: author.id,
        created_ms: state.now_ms,
        edited_ms: state.now_ms,
        display_type: author.display_type,
        display_name: author.display_name,
        json: String::new(),
    };
    comment.json = world.render(&comment, text);
    let (id, place) = (comment.id, comment.place);
    world.comments.insert(id, comment);
    if let Some(thread) = world.discussions.get_mut(&discussion) {
        thread.comments += 1;
        world.threads.entry(thread.target).or_default().insert(place, id);
    }
    note(state, "comment.created", id);
    Ok(id)
}

fn thread_for(state: &mut State, target: Target) -> Result<Id, Failure> {
    let world = &mut state.world;
    let missing = |kind: &str, id: Id| world.missing(kind, id);
    let (page, target) = match target {
        Target::Discussion(id) if world.discussions.contains_key(&id) => return Ok(id),
        Target::Discussion(id) => return Err(missing("discussion", id)),
        Target::Page(id) => {
            let page = world.pages.get(&id).ok_or_else(|| missing("page", id))?;
            if let Some(open) = page.discussion {
                return Ok(open);
            }
            (id, id)
        }
        Target::Block(id) => (world.blocks.get(&id).ok_or_else(|| missing("block", id))?.page, id),
    };
    let id = Id::discussion(&mut state.rng);
    world.discussions.insert(
        id,
        Discussion {
            id,
            page,
            target,
            resolved: false,
            comments: 0,
        },
    );
    if let Some(block) = world.blocks.get_mut(&target) {
        block.discussions.push(id);
    } else if let Some(page) = world.pages.get_mut(&target) {
        page.discussion = Some(id);
    }
    Ok(id)
}

/// Replaces a comment's text.
pub fn rewrite(state: &mut State, id: Id, text: &[Item]) -> Result<(), Failure> {
    let world = &mut state.world;
    let Some(mut comment) = world.comments.remove(&id) else {
        return Err(world.missing("comment", id));
    };
    comment.edited_ms = state.now_ms;
    comment.json = world.render(&comment, text);
    world.comments.insert(id, comment);
    note(state, "comment.updated", id);
    Ok(())
}

/// Removes a comment and gives it as it was; with the last one its thread goes.
pub fn remove(state: &mut State, id: Id) -> Result<String, Failure> {
    note(state, "comment.deleted", id);
    let world = &mut state.world;
    let Some(comment) = world.comments.remove(&id) else {
        return Err(world.missing("comment", id));
    };
    let Some(thread) = world.discussions.get_mut(&comment.discussion) else {
        return Ok(comment.json);
    };
    thread.comments -= 1;
    let (target, empty) = (thread.target, thread.comments == 0);
    if let Some(places) = world.threads.get_mut(&target) {
        places.remove(&comment.place);
    }
    if empty {
        world.discussions.remove(&comment.discussion);
        close(state, target, comment.discussion);
        if let Some(block) = state.world.blocks.get_mut(&target) {
            block.discussions.retain(|id| *id != comment.discussion);
        }
    }
    Ok(comment.json)
}

/// A page whose open thread was resolved or emptied gets a new one with its next comment.
fn close(state: &mut State, page: Id, discussion: Id) {
    if let Some(page) = state
        .world
        .pages
        .get_mut(&page)
        .filter(|page| page.discussion == Some(discussion))
    {
        page.discussion = None;
    }
}

/// Resolves or reopens a thread: a person's act alone. Webhooks say nothing of it (documented).
pub fn set_resolved(state: &mut State, id: Id, resolved: bool) -> Result<(), Failure> {
    let Some(thread) = state.world.discussions.get_mut(&id) else {
        return Err(state.world.missing("discussion", id));
    };
    thread.resolved = resolved;
    let (page, target) = (thread.page, thread.target);
    if resolved {
        close(state, target, id);
    } else if let Some(page) = state
        .world
        .pages
        .get_mut(&target)
        .filter(|page| page.discussion.is_none())
    {
        page.discussion = Some(id);
    }
    let event = if resolved {
        "discussion.resolved"
    } else {
        "discussion.reopened"
    };
    let author = state.world.users[0].id;
    state.changed(Change {
        event,
        id,
        page,
        parent: target,
        author,
        detail: Value::Null,
    });
    Ok(())
}

fn note(state: &mut State, event: &'static str, id: Id) {
    let Some(comment) = state.world.comments.get(&id) else {
        return;
    };
    let Some(thread) = state.world.discussions.get(&comment.discussion) else {
        return;
    };
    let detail = json!({ "discussion_id": thread.id });
    let change = Change {
        event,
        id,
        page: thread.page,
        parent: thread.target,
        author: comment.author,
        detail,
    };
    state.changed(change);
}
