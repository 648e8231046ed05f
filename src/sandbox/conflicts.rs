//! Writes to one page that meet. Notion documents the refusal (409 `conflict_error`: the transaction could not be
//! completed); how long a write is open to a conflict it does not say, so the fault does.
use super::api;
use super::ids::Id;
use super::state::State;
use super::wire::{Answer, Failure, Request};
use super::world::World;
use serde_json::Value;

/// Carries out a request; a write holds its page for `lasts_ms` and is refused where another one holds it.
pub fn meet(state: &mut State, request: &Request, lasts_ms: u64) -> Answer {
    let Some(page) = written_page(&state.world, request) else {
        return api::serve(state, request);
    };
    let now_ms = state.now_ms;
    state.writing.retain(|(_, until_ms)| *until_ms > now_ms);
    if state.writing.iter().any(|(held, _)| *held == page) {
        let message = "Conflict occurred while saving. Please try again.";
        return Failure::new(409, "conflict_error", message).into_answer(api::request_id(state));
    }
    state.writing.push((page, now_ms + lasts_ms));
    Answer {
        delay_ms: lasts_ms,
        ..api::serve(state, request)
    }
}

/// The page that a request would change.
fn written_page(world: &World, request: &Request) -> Option<Id> {
    let path: Vec<&str> = request.path.strip_prefix("/v1/")?.split('/').collect();
    let of_thread = |id: Id| Some(world.discussions.get(&id)?.page);
    match (request.method.as_str(), path.as_slice()) {
        ("PATCH", ["pages", id]) => Id::parse(id),
        ("PATCH" | "DELETE", ["blocks", id, ..]) => world.page_of(Id::parse(id)?).ok(),
        ("PATCH" | "DELETE", ["comments", id]) => of_thread(world.comments.get(&Id::parse(id)?)?.discussion),
        ("POST", ["comments"]) => {
            let body: Value = serde_json::from_slice(&request.body).ok()?;
            let id = |value: &Value| value.as_str().and_then(Id::parse);
            let parent = &body["parent"];
            match id(&body["discussion_id"]) {
                Some(thread) => of_thread(thread),
                None => world
                    .page_of(id(&parent["page_id"]).or_else(|| id(&parent["block_id"]))?)
                    .ok(),
            }
        }
        _ => None,
    }
}
