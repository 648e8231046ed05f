//! The paths under `/v1` and the order of checks: path, token, rate, version, JSON, then each call's own
//! (schema, capability, existence).
use super::faults::{Fault, Injection, Rule};
use super::ids::{Id, request_id};
use super::state::{Connection, State};
use super::wire::{Answer, Failure, HTML, Request, Transmission};
use super::{blocks, comments, conflicts, pages, paging, sources, users, versions};
use serde_json::{Value, json};

/// Versions that are accepted.
const VERSIONS: [&str; 3] = ["2022-06-28", "2025-09-03", "2026-03-11"];

/// One call of the API; ids as they stand in the path.
#[derive(Clone, Copy)]
enum Endpoint<'a> {
    Me,
    Users,
    User(&'a str),
    Page(&'a str),
    UpdatePage(&'a str),
    PageMarkdown(&'a str),
    Block(&'a str),
    UpdateBlock(&'a str),
    DeleteBlock(&'a str),
    Children(&'a str),
    AppendChildren(&'a str),
    Comments,
    CreateComment,
    Comment(&'a str),
    UpdateComment(&'a str),
    DeleteComment(&'a str),
    DataSource(&'a str),
    Query(&'a str),
    Database(&'a str),
    Search,
}

fn endpoint<'a>(method: &str, path: &'a str) -> Option<Endpoint<'a>> {
    let segments: Vec<&str> = path.strip_prefix("/v1/")?.split('/').collect();
    Some(match (method, segments.as_slice()) {
        ("GET", ["users", "me"]) => Endpoint::Me,
        ("GET", ["users"]) => Endpoint::Users,
        ("GET", ["users", id]) => Endpoint::User(id),
        ("GET", ["pages", id]) => Endpoint::Page(id),
        ("PATCH", ["pages", id]) => Endpoint::UpdatePage(id),
        ("GET", ["pages", id, "markdown"]) => Endpoint::PageMarkdown(id),
        ("GET", ["blocks", id]) => Endpoint::Block(id),
        ("PATCH", ["blocks", id]) => Endpoint::UpdateBlock(id),
        ("DELETE", ["blocks", id]) => Endpoint::DeleteBlock(id),
        ("GET", ["blocks", id, "children"]) => Endpoint::Children(id),
        ("PATCH", ["blocks", id, "children"]) => Endpoint::AppendChildren(id),
        ("GET", ["comments"]) => Endpoint::Comments,
        ("POST", ["comments"]) => Endpoint::CreateComment,
        ("GET", ["comments", id]) => Endpoint::Comment(id),
        ("PATCH", ["comments", id]) => Endpoint::UpdateComment(id),
        ("DELETE", ["comments", id]) => Endpoint::DeleteComment(id),
        ("GET", ["data_sources", id]) => Endpoint::DataSource(id),
        ("POST", ["data_sources", id, "query"]) => Endpoint::Query(id),
        ("GET", ["databases", id]) => Endpoint::Database(id),
        ("POST", ["search"]) => Endpoint::Search,
        _ => return None,
    })
}

/// Answers one request, with whatever fault is due.
pub fn answer(state: &mut State, request: &Request) -> (Answer, Option<&'static str>) {
    let injection = state.faults.draw(&request.method, &request.path);
    let fault = injection.name();
    let Injection {
        latency_ms,
        stale_ms,
        rule,
    } = injection;
    state.stale_ms = stale_ms;
    let mut answer = match rule {
        None => serve(state, request),
        Some(rule) => with_fault(state, request, &rule),
    };
    state.stale_ms = 0;
    answer.delay_ms += latency_ms;
    (answer, fault)
}

fn with_fault(state: &mut State, request: &Request, rule: &Rule) -> Answer {
    let with = |answer: Answer, transmission| Answer { transmission, ..answer };
    match rule.fault() {
        Fault::Latency | Fault::Stale => serve(state, request),
        Fault::ResetBefore => with(Answer::default(), Transmission::Reset),
        Fault::ResetAfter => with(serve(state, request), Transmission::Reset),
        Fault::Truncated => with(serve(state, request), Transmission::Truncated),
        Fault::Slow => with(serve(state, request), Transmission::Slow(rule.delay_ms(1000))),
        Fault::Status => {
            if rule.applied() {
                serve(state, request);
            }
            rule.failure(500).into_answer(request_id(&mut state.rng))
        }
        Fault::Html => {
            let status = rule.status().unwrap_or(502);
            let body = "<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>";
            Answer {
                status,
                content_type: HTML,
                body: body.into(),
                ..Answer::default()
            }
        }
        Fault::Late => late(state, request, rule),
        Fault::RepeatItem | Fault::CursorAtEnd | Fault::SameCursor => {
            let answer = serve(state, request);
            Answer {
                body: paging::spoilt(&answer.body, rule.fault()).unwrap_or(answer.body),
                ..answer
            }
        }
        Fault::Conflict => match conflicts::hold(state, request, rule.delay_ms(500)) {
            Ok(delay_ms) => Answer {
                delay_ms,
                ..serve(state, request)
            },
            Err(refusal) => refusal.into_answer(request_id(&mut state.rng)),
        },
    }
}

fn late(state: &mut State, request: &Request, rule: &Rule) -> Answer {
    let delay_ms = rule.delay_ms(1000);
    state.late.push((state.now_ms + delay_ms, request.clone()));
    let answer = match rule.status() {
        Some(_) => rule.failure(504).into_answer(request_id(&mut state.rng)),
        None => Answer {
            transmission: Transmission::Reset,
            delay_ms,
            ..Answer::default()
        },
    };
    Answer {
        late_ms: Some(delay_ms),
        ..answer
    }
}

/// Answers one request without faults.
pub fn serve(state: &mut State, request: &Request) -> Answer {
    let outcome = call(state, request);
    let request_id = request_id(&mut state.rng);
    match outcome {
        Ok(body) => Answer::object(200, body, request_id),
        Err(failure) => failure.into_answer(request_id),
    }
}

/// Whether the request carries a token of a connection.
pub fn is_bot(state: &State, request: &Request) -> bool {
    connection(state, request).is_some()
}

fn connection(state: &State, request: &Request) -> Option<Connection> {
    let header = request.authorization.as_deref()?;
    state.tokens.get(header.strip_prefix("Bearer ")?).copied()
}

/// The request is its connection's: under that bot's name, with what that connection may do.
fn call(state: &mut State, request: &Request) -> Result<String, Failure> {
    let endpoint = endpoint(&request.method, &request.path).ok_or_else(Failure::unknown_path)?;
    let connection = connection(state, request).ok_or_else(Failure::unauthorized)?;
    state.world.bot = connection.bot;
    let switches = state.capabilities;
    state.capabilities = connection.capabilities.unwrap_or(switches);
    let answer = admitted(state, request, endpoint);
    state.capabilities = switches;
    answer
}

fn admitted(state: &mut State, request: &Request, endpoint: Endpoint<'_>) -> Result<String, Failure> {
    state.rate.count(state.now_ms)?;
    let version = known_version(request.version.as_deref())?;
    let body = if request.body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(&request.body)
            .map_err(|_| Failure::new(400, "invalid_json", "Error parsing JSON body."))?
    };
    let body = versions::brought_up(version, body);
    let answer = dispatch(state, endpoint, &request.query, &body)?;
    Ok(versions::brought_down(version, answer))
}

fn known_version(version: Option<&str>) -> Result<&str, Failure> {
    let Some(version) = version else {
        let message = "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.";
        return Err(Failure::new(400, "missing_version", message));
    };
    if VERSIONS.contains(&version) {
        return Ok(version);
    }
    Err(Failure::should_be(
        "Notion-Version header",
        &VERSIONS.map(|known| format!("`\"{known}\"`")).join(" or "),
        version,
    ))
}

fn dispatch(state: &mut State, endpoint: Endpoint<'_>, query: &str, body: &Value) -> Result<String, Failure> {
    match endpoint {
        Endpoint::Me => users::me(state),
        Endpoint::Users => users::list(state, query),
        Endpoint::User(id) => users::retrieve(state, path_id("user_id", id)?),
        Endpoint::Page(id) => pages::retrieve(state, path_id("page_id", id)?),
        Endpoint::UpdatePage(id) => pages::update(state, path_id("page_id", id)?, body),
        Endpoint::PageMarkdown(id) => pages::markdown(state, path_id("page_id", id)?),
        Endpoint::Block(id) => blocks::retrieve(state, path_id("block_id", id)?),
        Endpoint::UpdateBlock(id) => blocks::update(state, path_id("block_id", id)?, body),
        Endpoint::DeleteBlock(id) => blocks::delete(state, path_id("block_id", id)?),
        Endpoint::Children(id) => blocks::children(state, path_id("block_id", id)?, query),
        Endpoint::AppendChildren(id) => blocks::append(state, path_id("block_id", id)?, body),
        Endpoint::Comments => comments::list(state, query),
        Endpoint::CreateComment => comments::create(state, body),
        Endpoint::Comment(id) => comments::retrieve(state, path_id("comment_id", id)?),
        Endpoint::UpdateComment(id) => comments::update(state, path_id("comment_id", id)?, body),
        Endpoint::DeleteComment(id) => comments::delete(state, path_id("comment_id", id)?),
        Endpoint::DataSource(id) => sources::retrieve(state, path_id("data_source_id", id)?),
        Endpoint::Query(id) => sources::query(state, path_id("data_source_id", id)?, body),
        Endpoint::Database(id) => sources::database(state, path_id("database_id", id)?),
        Endpoint::Search => sources::search(state, body),
    }
}

/// An id of the path (recorded text of the refusal).
pub fn path_id(name: &str, text: &str) -> Result<Id, Failure> {
    Id::parse(text).ok_or_else(|| {
        let message = format!("path failed validation: path.{name} should be a valid uuid, instead was `\"{text}\"`.");
        Failure::invalid(message)
    })
}
