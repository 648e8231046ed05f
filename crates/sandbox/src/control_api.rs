//! The control API: how people act on the sandbox, and how its switches are set. Loopback, no token, never under `/v1`.
use super::api::path_id;
use super::comments::{self, Author};
use super::ids::{Id, new_token, request_id};
use super::items::{self, Item};
use super::rich_text;
use super::schema::Kind;
use super::state::{Connection, State};
use super::webhooks::Delivery;
use super::wire::{Answer, Failure, Request, parameter};
use super::world::{User, UserKind};
use super::{blocks, pages};
use serde_json::{Value, json};

/// An answer, who acted, and webhooks to send at once.
pub struct Served {
    pub answer: Answer,
    pub who: String,
    pub deliveries: Vec<Delivery>,
}

/// Answers one request under `/sandbox`.
pub fn answer(state: &mut State, request: &Request) -> Served {
    let mut who = String::from("control API");
    let mut deliveries = Vec::new();
    let outcome = act(state, request, &mut who, &mut deliveries);
    let answer = match outcome {
        Ok(body) if body.starts_with('{') => Answer::object(200, body, request_id(&mut state.rng)),
        Ok(body) => Answer::plain_json(body),
        Err(failure) => failure.into_answer(request_id(&mut state.rng)),
    };
    Served {
        answer,
        who,
        deliveries,
    }
}

fn act(
    state: &mut State,
    request: &Request,
    who: &mut String,
    deliveries: &mut Vec<Delivery>,
) -> Result<String, Failure> {
    let body: Value = if request.body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(&request.body)
            .map_err(|error| Failure::new(400, "invalid_json", format!("The body is not JSON: {error}")))?
    };
    let author = author(state, &body)?;
    if body.get("author").is_some() {
        who.clone_from(&author.name);
    }
    let segments: Vec<&str> = request.path.split('/').skip(2).collect();
    match (request.method.as_str(), segments.as_slice()) {
        ("POST", ["comments"]) => post(state, &body, &author),
        ("PATCH", ["comments", id]) => edit(state, path_id("comment_id", id)?, &body),
        ("DELETE", ["comments", id]) => comments::remove(state, path_id("comment_id", id)?),
        ("POST", ["discussions", id, "resolve"]) => resolve(state, path_id("discussion_id", id)?, true),
        ("POST", ["discussions", id, "reopen"]) => resolve(state, path_id("discussion_id", id)?, false),
        ("POST", ["pages"]) => add_page(state, &body),
        ("POST", ["pages", id, "properties"]) => set_properties(state, path_id("page_id", id)?, &body, &author),
        ("PUT", ["pages", id, "shared"]) => share(state, path_id("page_id", id)?, &body),
        ("PUT", ["data-source", "shared"]) => {
            state.database_shared = shared(&body)?;
            Ok(json!({ "object": "data_source", "shared": state.database_shared }).to_string())
        }
        ("PUT", ["synced-copies"]) => {
            state.world.copies_are_empty = body["empty"] == true;
            Ok(json!({ "object": "synced_copies", "empty": body["empty"] == true }).to_string())
        }
        ("PATCH", ["blocks", id]) => blocks::change(state, path_id("block_id", id)?, &without_author(&body), author.id),
        ("GET", ["people"]) => Ok(people(state)),
        ("PUT", ["people"]) => put_person(state, &body),
        ("PUT", ["capabilities"]) => set_capabilities(state, &body),
        ("PUT", ["status-options"]) => set_status_options(state, &body),
        ("POST", ["tokens"]) => add_token(state, &body),
        ("DELETE", ["tokens"]) => remove_token(state, &body),
        ("GET", ["journal"]) => {
            let after = parameter(&request.query, "after").and_then(|after| after.parse().ok());
            Ok(state.journal.after(after.unwrap_or(0)))
        }
        ("PUT", ["faults"]) => {
            state.faults.set(read(body)?);
            Ok(json!({ "object": "faults" }).to_string())
        }
        ("PUT", ["webhooks"]) => {
            let (answer, handshake) = state.webhooks.subscribe(read(body)?, &mut state.rng)?;
            deliveries.extend(handshake);
            Ok(answer.to_string())
        }
        _ => Err(Failure::unknown_path()),
    }
}

fn read<T: serde::de::DeserializeOwned>(body: Value) -> Result<T, Failure> {
    serde_json::from_value(body).map_err(|error| Failure::invalid(format!("body failed validation: {error}")))
}

/// The user named in the body by id or name; without one, the first person.
fn author(state: &State, body: &Value) -> Result<User, Failure> {
    let Some(name) = body.get("author") else {
        return Ok(state.world.users[0].clone());
    };
    let known = name.as_str().and_then(|name| state.world.user_named(name));
    known.cloned().ok_or_else(|| {
        let names: Vec<&str> = state.world.users.iter().map(|user| user.name.as_str()).collect();
        Failure::invalid(format!(
            "body.author should be the id or name of a user ({}), instead was {name}",
            names.join(", ")
        ))
    })
}

fn without_author(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("author");
    }
    body
}

fn text(state: &State, body: &Value) -> Result<Vec<Item>, Failure> {
    match (body.get("text").and_then(Value::as_str), body.get("rich_text")) {
        (Some(text), None) => Ok(items::plain(text)),
        (None, Some(items)) => rich_text::completed(&state.world, items, "body.rich_text"),
        _ => Err(Failure::should_be(
            "body.text",
            "given, or `body.rich_text`",
            "both or neither",
        )),
    }
}

/// `{page_id | block_id | discussion_id, author, text | rich_text}`
fn post(state: &mut State, body: &Value, author: &User) -> Result<String, Failure> {
    let target = match body.get("discussion_id") {
        Some(_) => comments::target(body)?,
        None => comments::target(&json!({ "parent": body }))?,
    };
    let text = text(state, body)?;
    let display_type = if author.kind == UserKind::Bot {
        "integration"
    } else {
        "user"
    };
    let author = Author {
        id: author.id,
        display_type: display_type.into(),
        display_name: author.name.clone(),
    };
    let id = comments::post(state, target, author, &text)?;
    Ok(rendered(state, id))
}

fn edit(state: &mut State, id: Id, body: &Value) -> Result<String, Failure> {
    let text = text(state, body)?;
    comments::rewrite(state, id, &text)?;
    Ok(rendered(state, id))
}

fn rendered(state: &State, id: Id) -> String {
    state
        .world
        .comments
        .get(&id)
        .map_or_else(|| "{}".into(), |comment| comment.json.clone())
}

fn resolve(state: &mut State, id: Id, resolved: bool) -> Result<String, Failure> {
    comments::set_resolved(state, id, resolved)?;
    Ok(json!({ "object": "discussion", "id": id, "resolved": resolved }).to_string())
}

/// `{markdown, database}`: a page of the database, unless `database` is false.
fn add_page(state: &mut State, body: &Value) -> Result<String, Failure> {
    let Some(markdown) = body.get("markdown").and_then(Value::as_str) else {
        return Err(Failure::should_be(
            "body.markdown",
            "a string",
            body.get("markdown").unwrap_or(&Value::Null),
        ));
    };
    let in_database = body.get("database").and_then(Value::as_bool).unwrap_or(true);
    let id = state.add_page(markdown, in_database)?;
    page(state, id)
}

fn page(state: &State, id: Id) -> Result<String, Failure> {
    let page = state
        .world
        .pages
        .get(&id)
        .ok_or_else(|| state.world.missing("page", id))?;
    Ok(page.value(&state.world).to_string())
}

/// `{properties: {...}}` as in `/v1`, or the properties alone; a bare `"Status": "Blocked"` is read by the property's type.
/// A status of `null` is one whose option was deleted: through `/v1` it would become the default.
fn set_properties(state: &mut State, id: Id, body: &Value, author: &User) -> Result<String, Failure> {
    let body = without_author(body);
    let given = body
        .get("properties")
        .unwrap_or(&body)
        .as_object()
        .cloned()
        .unwrap_or_default();
    let is_status = |name: &str| {
        state
            .world
            .schema
            .find(name)
            .is_some_and(|property| property.kind == Kind::Status)
    };
    let (emptied, given): (Vec<_>, Vec<_>) = given
        .into_iter()
        .partition(|(name, value)| value.is_null() && is_status(name));
    let typed = given.into_iter().map(|(name, value)| {
        let value = in_request_form(state, &name, value);
        (name, value)
    });
    let properties: serde_json::Map<String, Value> = typed.collect();
    if let Some(page) = state.world.pages.get_mut(&id) {
        page.properties.extend(emptied);
    }
    pages::change(state, id, &json!({ "properties": properties }), author.id)
}

fn in_request_form(state: &State, name: &str, value: Value) -> Value {
    let Some(kind) = state.world.schema.find(name).map(|property| property.kind) else {
        return value;
    };
    if value.get(kind.name()).is_some() {
        return value;
    }
    let value = match (kind, value) {
        (Kind::Status | Kind::Select, Value::String(option)) => json!({ "name": option }),
        (Kind::Date, Value::String(start)) => json!({ "start": start }),
        (Kind::Title | Kind::RichText, Value::String(text)) => json!([{ "text": { "content": text } }]),
        (_, other) => other,
    };
    json!({ kind.name(): value })
}

fn share(state: &mut State, id: Id, body: &Value) -> Result<String, Failure> {
    let shared = shared(body)?;
    if let Some(page) = state.world.pages.get_mut(&id) {
        page.shared = shared;
        state.dirty = true;
    }
    page(state, id)
}

/// Reads the body `{shared: bool}`.
fn shared(body: &Value) -> Result<bool, Failure> {
    let shared = body.get("shared").unwrap_or(&Value::Null);
    let known = shared.as_bool();
    known.ok_or_else(|| Failure::should_be("body.shared", "a boolean", shared))
}

fn people(state: &State) -> String {
    let all: Vec<Value> = state
        .world
        .users
        .iter()
        .map(|user| state.world.user_value(user, true))
        .collect();
    Value::Array(all).to_string()
}

/// `{name, kind: person | guest | bot}`: adds a user, or changes the one of that `id` or name.
fn put_person(state: &mut State, body: &Value) -> Result<String, Failure> {
    let Some(name) = body.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
        return Err(Failure::should_be(
            "body.name",
            "a name",
            body.get("name").unwrap_or(&Value::Null),
        ));
    };
    let kind: UserKind = match body.get("kind") {
        None => UserKind::Person,
        Some(kind) => read(kind.clone())?,
    };
    let key = body.get("id").and_then(Value::as_str).unwrap_or(name);
    let user = user_put(state, key, name, kind);
    Ok(state.world.user_value(&user, true).to_string())
}

/// Adds a user, or changes the one whose id or name is `key`.
fn user_put(state: &mut State, key: &str, name: &str, kind: UserKind) -> User {
    let known = state.world.user_named(key).map(|user| user.id);
    let id = known.unwrap_or_else(|| Id::parse(key).unwrap_or_else(|| Id::object(&mut state.rng)));
    let user = User {
        id,
        name: name.into(),
        kind,
    };
    match state.world.users.iter_mut().find(|known| known.id == id) {
        Some(known) => *known = user.clone(),
        None => state.world.users.push(user.clone()),
    }
    state.dirty = true;
    user
}

/// Switches the given capabilities; the others stay.
fn set_capabilities(state: &mut State, body: &Value) -> Result<String, Failure> {
    let mut all = serde_json::to_value(state.capabilities).unwrap_or_default();
    if let (Some(all), Some(body)) = (all.as_object_mut(), body.as_object()) {
        all.extend(body.clone());
    }
    state.capabilities = read(all.clone())?;
    Ok(all.to_string())
}

/// `{options: [{name, group}]}` replaces the options of Status; a page whose option is gone gets the first.
fn set_status_options(state: &mut State, body: &Value) -> Result<String, Failure> {
    let options = body
        .get("options")
        .and_then(Value::as_array)
        .filter(|options| !options.is_empty());
    let read_one = |option: &Value| {
        let name = option.get("name").or(Some(option)).and_then(Value::as_str)?;
        let group = option.get("group").and_then(Value::as_str).unwrap_or("To-do");
        Some((name.to_owned(), group.to_owned()))
    };
    let named: Option<Vec<(String, String)>> = options.and_then(|options| options.iter().map(read_one).collect());
    let Some(named) = named else {
        return Err(Failure::should_be("body.options", "a list of `{name, group}`", body));
    };
    let world = &mut state.world;
    let Some(status) = world.schema.find_mut("Status") else {
        return Err(Failure::unknown_path());
    };
    status.set_options(&named, &mut state.rng);
    let first = status.first_value();
    for page in world.pages.values_mut() {
        if let Some(value) = page
            .properties
            .get_mut("Status")
            .filter(|value| !has_name(&named, value))
        {
            *value = first.clone();
        }
    }
    state.dirty = true;
    Ok(super::sources::data_source(&state.world).to_string())
}

fn has_name(named: &[(String, String)], value: &Value) -> bool {
    named.iter().any(|(name, _)| value["name"] == *name)
}

/// `{token, connection, capabilities}`: another token, given or made. With `connection`, a name, it is the token of a
/// connection of that name, with a bot user of its own; `capabilities` are then that connection's.
fn add_token(state: &mut State, body: &Value) -> Result<String, Failure> {
    let token = match body.get("token") {
        None => new_token(&mut state.rng),
        Some(Value::String(token)) if !token.is_empty() => token.clone(),
        Some(_) => return Err(Failure::invalid("body.token should be a string that is not empty")),
    };
    let connection = match body.get("connection").and_then(Value::as_str) {
        None => Connection {
            bot: state.world.bot,
            capabilities: None,
        },
        Some(name) => {
            let bot = user_put(state, name, name, UserKind::Bot).id;
            let capabilities = body.get("capabilities").cloned().map(read).transpose()?;
            Connection { bot, capabilities }
        }
    };
    let answer = json!({ "token": token, "bot": connection.bot });
    state.tokens.insert(token, connection);
    Ok(answer.to_string())
}

/// Revokes a token: from now on it answers 401.
fn remove_token(state: &mut State, body: &Value) -> Result<String, Failure> {
    let token = body.get("token").and_then(Value::as_str).unwrap_or_default();
    if state.tokens.remove(token).is_some() {
        return Ok(json!({ "object": "token", "revoked": true }).to_string());
    }
    Err(Failure::new(
        404,
        "object_not_found",
        "The connection has no such token.",
    ))
}
