//! Stand-ins of the providers on one loopback listener, told apart by the `Host` header. They verify what they are sent
//! (HMAC signature, bearer token) and know live and deleted keys. Like the rest of the sandbox they import nothing of
//! ours: a shared wrong name would cancel out.
//!
//! Side door: `POST /standins/keys {provider}` makes a key, `PUT /standins/keys` says what a key is,
//! `PUT|DELETE /standins/answers` scripts answers, `GET /standins/journal` lists the calls.
mod answers;
mod auth;
mod catalog;
mod keys;
mod side_door;

pub use answers::Script;
pub use keys::{Key, KeyState, invent};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Milliseconds since 1970, as the stand-ins see them.
pub type ClockMs = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What the stand-ins know. Clones are the same stand-ins.
#[derive(Clone)]
pub struct StandIns {
    world: Arc<Mutex<World>>,
    clock: ClockMs,
}

#[derive(Default)]
struct World {
    keys: Vec<Key>,
    scripts: BTreeMap<String, VecDeque<Script>>,
    journal: Vec<Call>,
    /// The providers' clocks against ours.
    clock_offset_ms: i64,
}

/// One call, as the journal tells it. No key is in it.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// From 1 on.
    pub n: usize,
    /// When, in ms since 1970.
    pub at_ms: i64,
    /// The stand-in's id.
    pub provider: String,
    /// The `Host` header.
    pub host: String,
    /// GET or POST.
    pub method: String,
    /// Without a token that stands in it, and without the query.
    pub path: String,
    /// The answer's status.
    pub status: u16,
    /// What the stand-in thought of the key: `live`, `deleted`, `unknown`, `scripted`, ...
    pub key: String,
}

impl StandIns {
    /// Stand-ins with a clock of their own.
    pub fn new(clock: ClockMs) -> Self {
        Self {
            world: Arc::default(),
            clock,
        }
    }

    /// Makes a new live key of a provider, as its console would: variable to value. `None` for an unknown provider.
    pub fn issue(&self, provider: &str, rng: &mut fastrand::Rng) -> Option<BTreeMap<String, String>> {
        let values = invent(provider, rng)?;
        self.put(Key::new(provider, values.clone(), KeyState::Live));
        Some(values)
    }

    /// Says what a key is; a key with the same values is replaced.
    pub fn put(&self, key: Key) {
        let mut world = self.world();
        world
            .keys
            .retain(|known| known.provider != key.provider || known.values != key.values);
        world.keys.push(key);
    }

    /// Scripts an answer of a provider: it comes before all that the stand-in would say itself.
    pub fn script(&self, provider: &str, script: Script) {
        self.world()
            .scripts
            .entry(provider.to_owned())
            .or_default()
            .push_back(script);
    }

    /// Forgets the scripts of a provider.
    pub fn unscript(&self, provider: &str) {
        self.world().scripts.remove(provider);
    }

    /// Puts the providers' clocks ahead of ours.
    pub fn set_clock_offset_ms(&self, offset: i64) {
        self.world().clock_offset_ms = offset;
    }

    /// All calls so far.
    pub fn journal(&self) -> Vec<Call> {
        self.world().journal.clone()
    }

    /// The providers that there are stand-ins for.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        catalog::ALL.iter().map(|stand_in| stand_in.id)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // The world is plain data: a panic elsewhere leaves it whole.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for StandIns {
    fn default() -> Self {
        Self::new(Arc::new(|| chrono::Utc::now().timestamp_millis()))
    }
}

/// All stand-ins and their side door, for one loopback listener.
pub fn router(state: StandIns) -> Router {
    side_door::routes().fallback(provider).with_state(state)
}

/// A reply of a stand-in.
struct Said {
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
    key: String,
}

async fn provider(State(state): State<StandIns>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // A probe has no body; whatever comes is read and dropped, within reason.
    let _ = to_bytes(body, 64 * 1024).await;
    let host = host(&parts.headers, &parts.uri);
    let path = parts.uri.path().to_owned();
    let Some(stand_in) = catalog::of(&host, &path) else {
        return (StatusCode::NOT_FOUND, "no stand-in has this host").into_response();
    };
    let asked = auth::Asked {
        host: &host,
        method: parts.method.as_str(),
        path: &path,
        query: parts.uri.query().unwrap_or(""),
        headers: &parts.headers,
    };
    let (said, delay) = state.say(stand_in, &asked);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    said.into_response()
}

impl StandIns {
    fn say(&self, stand_in: &catalog::StandIn, asked: &auth::Asked<'_>) -> (Said, Duration) {
        let now_ms = (self.clock)();
        let mut world = self.world();
        let server_ms = now_ms + world.clock_offset_ms;
        let (said, delay) = match stand_in.time(asked, server_ms) {
            Some(time) => (time, Duration::ZERO),
            None => match answers::scripted(&mut world.scripts, stand_in.id) {
                Some((said, delay)) => (said, delay),
                None => (stand_in.answer(asked, &world.keys, server_ms), Duration::ZERO),
            },
        };
        let call = Call {
            n: world.journal.len() + 1,
            at_ms: now_ms,
            provider: stand_in.id.to_owned(),
            host: asked.host.to_owned(),
            method: asked.method.to_owned(),
            path: stand_in.plain_path(asked.path),
            status: said.status,
            key: said.key.clone(),
        };
        world.journal.push(call);
        (said, delay)
    }
}

fn host(headers: &HeaderMap, uri: &axum::http::Uri) -> String {
    let named = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    named
        .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
        .unwrap_or("")
        .to_ascii_lowercase()
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        let (kind, body) = match self.body {
            Value::String(text) if text.starts_with('<') => ("text/html", text),
            Value::String(text) => ("text/plain", text),
            json => ("application/json", json.to_string()),
        };
        let mut response = Response::builder()
            .status(self.status)
            .header(header::CONTENT_TYPE, kind);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response
            .body(Body::from(body))
            .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

#[cfg(test)]
mod tests;
