//! The control API of the stand-ins: no token, loopback, never under a provider's own paths.
use super::answers::Script;
use super::keys::{Key, KeyState, invent};
use super::stand_ins::{RecordedCall, StandIns};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

pub(super) fn routes() -> Router<StandIns> {
    Router::new()
        .route("/standins/keys", post(issue).put(put_key))
        .route("/standins/answers", put(script).delete(unscript))
        .route("/standins/clock", put(clock))
        .route("/standins/journal", get(journal))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKeyRequest {
    provider: String,
    #[serde(default)]
    environment: String,
}

/// A new live key, as the provider's console would make it.
async fn issue(State(state): State<StandIns>, Json(new): Json<NewKeyRequest>) -> Response {
    let Some(values) = invent(&new.provider, &mut fastrand::Rng::new()) else {
        return unknown(&new.provider);
    };
    state.put(Key {
        environment: new.environment,
        ..Key::new(&new.provider, values.clone(), KeyState::Live)
    });
    (
        StatusCode::CREATED,
        Json(json!({"provider": new.provider, "values": values})),
    )
        .into_response()
}

async fn put_key(State(state): State<StandIns>, Json(key): Json<Key>) -> Response {
    if StandIns::ids().all(|id| id != key.provider) {
        return unknown(&key.provider);
    }
    state.put(key);
    StatusCode::NO_CONTENT.into_response()
}

#[derive(Deserialize)]
struct ScriptRequest {
    provider: String,
    #[serde(flatten)]
    script: BTreeMap<String, serde_json::Value>,
}

async fn script(State(state): State<StandIns>, Json(scripted): Json<ScriptRequest>) -> Response {
    if StandIns::ids().all(|id| id != scripted.provider) {
        return unknown(&scripted.provider);
    }
    match serde_json::from_value::<Script>(scripted.script.into_iter().collect()) {
        Ok(script) => {
            state.script(&scripted.provider, script);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct ProviderQuery {
    provider: String,
}

async fn unscript(State(state): State<StandIns>, Query(of): Query<ProviderQuery>) -> StatusCode {
    state.unscript(&of.provider);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockRequest {
    offset_ms: i64,
}

async fn clock(State(state): State<StandIns>, Json(clock): Json<ClockRequest>) -> StatusCode {
    state.set_clock_offset_ms(clock.offset_ms);
    StatusCode::NO_CONTENT
}

async fn journal(State(state): State<StandIns>) -> Json<Vec<RecordedCall>> {
    Json(state.journal())
}

fn unknown(provider: &str) -> Response {
    (StatusCode::NOT_FOUND, format!("there is no stand-in of {provider}")).into_response()
}
