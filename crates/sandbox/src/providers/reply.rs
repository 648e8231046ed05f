//! The reply of a stand-in, as it goes out.
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A reply of a stand-in.
pub(super) struct StandInReply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    /// A string goes out as text (HTML when it begins with `<`), anything else as JSON.
    pub(super) body: Value,
    /// What the journal says of the key.
    pub(super) key: String,
}

/// A reply without headers of its own.
pub(super) fn reply(status: u16, body: Value, key: &str) -> StandInReply {
    StandInReply {
        status,
        headers: Vec::new(),
        body,
        key: key.to_owned(),
    }
}

impl IntoResponse for StandInReply {
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
