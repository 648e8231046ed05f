//! Writes to one page that meet. Notion documents the refusal (409 `conflict_error`: the transaction could not be
//! completed); how long a write is open to a conflict it does not say, so the fault does.
use super::ids::Id;
use super::state::State;
use super::wire::{Failure, Request};
use super::world::World;
use serde_json::Value;

/// Lets a write hold its page for `lasts_ms` and gives that time (0 when the request writes no page); a page that another
/// write holds is a refusal.
pub fn hold(state: &mut State, request: &Request, lasts_ms: u64) -> Result<u64, Failure> {
    let Some(page) = written_page(&state.world, request) else {
        return Ok(0);
    };
    let now_ms = state.now_ms;
    state.writing.retain(|(_, until_ms)| *until_ms > now_ms);
    if state.writing.iter().any(|(held, _)| *held == page) {
        let message = "Conflict occurred while saving. Please try again.";
        return Err(Failure::new(409, "conflict_error", message));
    }
    state.writing.push((page, now_ms + lasts_ms));
    Ok(lasts_ms)
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
            let parent = &body["parent"];
            if let Some(thread) = Id::of(&body["discussion_id"]) {
                return of_thread(thread);
            }
            let target = Id::of(&parent["page_id"]).or_else(|| Id::of(&parent["block_id"]))?;
            world.page_of(target).ok()
        }
        _ => None,
    }
}
