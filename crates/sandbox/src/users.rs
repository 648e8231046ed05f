//! Users: the bot itself, the list (persons and bots, no guests), one by id.
use super::ids::Id;
use super::paging;
use super::state::State;
use super::wire::{Failure, list as list_of};
use super::world::{User, UserKind};

/// Answers `GET /v1/users/me` with the bot of the token.
pub fn me(state: &State) -> Result<String, Failure> {
    match state.world.user(state.world.bot) {
        Some(bot) => Ok(state.world.user_value(bot, true).to_string()),
        None => Err(not_found(state, state.world.bot)),
    }
}

/// Answers `GET /v1/users` with persons and bots.
pub fn list(state: &State, query: &str) -> Result<String, Failure> {
    let (size, cursor) = paging::of_query(query)?;
    state.capabilities.read_users()?;
    let members: Vec<&User> = state
        .world
        .users
        .iter()
        .filter(|user| user.kind != UserKind::Guest)
        .collect();
    let (shown, next) = paging::page(&members, |user| user.id, cursor, size)?;
    Ok(list_of("user", shown.iter().map(|user| seen(state, user)), next))
}

/// `GET /v1/users/{id}`; guests answer here although the list leaves them out.
pub fn retrieve(state: &State, id: Id) -> Result<String, Failure> {
    state.capabilities.read_users()?;
    state
        .world
        .user(id)
        .map(|user| seen(state, user))
        .ok_or_else(|| not_found(state, id))
}

fn seen(state: &State, user: &User) -> String {
    state
        .world
        .user_seen(user, state.capabilities.user_information)
        .to_string()
}

fn not_found(state: &State, id: Id) -> Failure {
    let message = format!(
        "Could not find user with ID: {id}. Only members and guests of the workspace that the connection belongs to are visible."
    );
    Failure {
        message,
        ..state.world.missing("user", id)
    }
}
