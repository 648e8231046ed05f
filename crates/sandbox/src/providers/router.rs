//! The stand-ins on a listener: whose host was called, and what it replies.
use super::catalog::{self, ProviderCall};
use super::control_api;
use super::stand_ins::StandIns;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// All stand-ins and their control API, for one loopback listener.
pub fn router(state: StandIns) -> Router {
    control_api::routes().fallback(provider).with_state(state)
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
    let call = ProviderCall {
        host: &host,
        method: parts.method.as_str(),
        path: &path,
        query: parts.uri.query().unwrap_or(""),
        headers: &parts.headers,
    };
    let (reply, delay) = state.reply(stand_in, &call);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    reply.into_response()
}

fn host(headers: &HeaderMap, uri: &Uri) -> String {
    let named = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    named
        .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
        .unwrap_or("")
        .to_ascii_lowercase()
}
