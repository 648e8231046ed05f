//! One request and one answer as plain values, the error bodies, and how JSON answers are put together.
//! No socket here: the HTTP side ([`super::http`]) and a simulation drive the sandbox through these alike.
use super::ids::Id;
use axum::body::Bytes;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// One request, as far as the sandbox looks at it.
#[derive(Clone, Default)]
pub struct Request {
    /// `GET`, `POST`, `PATCH`, `PUT` or `DELETE`.
    pub method: String,
    /// The path, `/v1/...` or `/sandbox/...`, without the query.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: String,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The header `Notion-Version`.
    pub version: Option<String>,
    /// The body, empty when none was sent.
    pub body: Bytes,
}

/// What happens to the bytes of an answer on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transmission {
    /// The whole answer arrives.
    #[default]
    Whole,
    /// The connection is reset; no byte arrives.
    Reset,
    /// The connection is reset after half of the body.
    Truncated,
    /// One byte at a time, this many milliseconds apart.
    Slow(u64),
}

/// One answer, and how it shall go out.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: &'static str,
    /// The header `x-notion-request-id`; none on answers that are not the API's (HTML from the edge).
    pub request_id: Option<String>,
    /// The header `Retry-After`, as it goes out: seconds, or an HTTP date.
    pub retry_after: Option<String>,
    /// The body: JSON, or a page in HTML.
    pub body: String,
    /// What happens to its bytes on their way.
    pub transmission: Transmission,
    /// How long the answer is held back, in milliseconds.
    pub delay_ms: u64,
    /// A write of this request waits: [`super::Sandbox::run_due`] is to be called after so many milliseconds.
    pub late_ms: Option<u64>,
}

/// `Content-Type` of JSON, as recorded.
pub const JSON: &str = "application/json; charset=utf-8";
/// `Content-Type` of pages for people.
pub const HTML: &str = "text/html; charset=utf-8";

/// The name of the connection whose tokens the sandbox knows.
pub const BOT_NAME: &str = "Keyminder";

impl Answer {
    /// A page for people.
    pub fn html(status: u16, body: String) -> Answer {
        Answer {
            status,
            content_type: HTML,
            body,
            ..Answer::default()
        }
    }

    /// A JSON object that gets a `request_id` at its end, as every top-level body has.
    pub fn object(status: u16, mut object: String, request_id: String) -> Answer {
        object.reserve(64);
        object.pop();
        if !object.ends_with('{') {
            object.push(',');
        }
        let _ = write!(object, "\"request_id\":\"{request_id}\"}}");
        Answer {
            status,
            content_type: JSON,
            body: object,
            request_id: Some(request_id),
            ..Answer::default()
        }
    }

    /// JSON that is not an object of the API.
    pub fn plain_json(body: String) -> Answer {
        Answer {
            status: 200,
            content_type: JSON,
            body,
            ..Answer::default()
        }
    }
}

/// Why a request was refused, as its error body says.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    /// The `code` of the error body.
    pub code: &'static str,
    /// The `message` of the error body.
    pub message: String,
    /// The `additional_data` of the error body, if any.
    pub additional_data: Option<Value>,
    /// The header `Retry-After`, if any.
    pub retry_after: Option<String>,
}

impl Failure {
    /// A refusal without further data.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Failure {
        Failure {
            status,
            code,
            message: message.into(),
            additional_data: None,
            retry_after: None,
        }
    }

    /// 400 for a path or method that does not exist (recorded text).
    pub fn unknown_path() -> Failure {
        Failure::new(400, "invalid_request_url", "Invalid request URL.")
    }

    /// 401 for a token that no connection has (recorded text).
    pub fn unauthorized() -> Failure {
        Failure::new(401, "unauthorized", "API token is invalid.")
    }

    /// 400 for a body or a parameter that breaks a rule.
    pub fn invalid(message: impl Into<String>) -> Failure {
        Failure::new(400, "validation_error", message)
    }

    /// 400 in the form `body failed validation: body.x should be y, instead was z.`
    pub fn should_be(path: &str, expected: &str, instead: impl std::fmt::Display) -> Failure {
        let place = path.split(['.', '[']).next().unwrap_or(path);
        Failure::invalid(format!(
            "{place} failed validation: {path} should be {expected}, instead was `{instead}`."
        ))
    }

    /// 403 for a capability that is switched off.
    pub fn restricted(capability: &str) -> Failure {
        let message = format!("The connection lacks the capability this call needs: {capability}.");
        Failure::new(403, "restricted_resource", message)
    }

    /// 404 for an object that is missing, not shared or somebody else's; names kind, id and the connection.
    pub fn not_found(kind: &str, id: impl std::fmt::Display, integration: Id) -> Failure {
        let message = format!(
            "Could not find {kind} with ID: {id}. Make sure the relevant pages and databases are shared with your \
             connection \"{BOT_NAME}\"."
        );
        let additional_data = Some(json!({ "integration_id": integration }));
        Failure {
            additional_data,
            ..Failure::new(404, "object_not_found", message)
        }
    }

    /// The error body as an answer.
    pub fn into_answer(self, request_id: String) -> Answer {
        let mut body = json!({ "object": "error", "status": self.status, "code": self.code, "message": self.message });
        if let Some(data) = self.additional_data {
            body["additional_data"] = data;
        }
        let answer = Answer::object(self.status, body.to_string(), request_id);
        Answer {
            retry_after: self.retry_after,
            ..answer
        }
    }
}

/// Refuses to edit what is in the trash, unless the body restores it.
pub fn out_of_trash(kind: &str, in_trash: bool, body: &Value) -> Result<(), Failure> {
    let restores = body.get("in_trash") == Some(&Value::Bool(false));
    if in_trash && !restores {
        let message = format!("Can't edit {kind} that is in the trash. Restore it first.");
        return Err(Failure::invalid(message));
    }
    Ok(())
}

/// A list answer: `results` are JSON objects already rendered.
pub fn list(kind: &str, results: impl Iterator<Item = impl AsRef<str>>, next: Option<Id>) -> String {
    let mut out = String::with_capacity(512);
    out.push_str("{\"object\":\"list\",\"results\":[");
    let mut first = true;
    for result in results {
        if !first {
            out.push(',');
        }
        first = false;
        out.push_str(result.as_ref());
    }
    let _ = match next {
        Some(id) => write!(out, "],\"next_cursor\":\"{id}\",\"has_more\":true"),
        None => write!(out, "],\"next_cursor\":null,\"has_more\":false"),
    };
    let _ = write!(out, ",\"type\":\"{kind}\",\"{kind}\":{{}}}}");
    out
}

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The value of a query parameter, decoded.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then(|| percent_decoded(&value.replace('+', " ")))
    })
}

/// Decodes `%xx`; what is no such pair stays as it is.
pub fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            Some(_) | None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The partial user object that authors appear as.
pub fn partial_user(user: Id) -> Value {
    json!({ "object": "user", "id": user })
}

/// A time cut to the minute, as comments, pages and blocks carry it (recorded: always `:00.000Z`).
pub fn minute(ms: u64) -> String {
    instant(ms / 60_000 * 60_000)
}

/// A time to the millisecond, in UTC.
pub fn instant(ms: u64) -> String {
    let time = i64::try_from(ms)
        .ok()
        .and_then(chrono::DateTime::from_timestamp_millis)
        .unwrap_or_default();
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_read_as_browsers_write_it() {
        assert_eq!(parameter("a=1&b=x%20y%3Dz+%", "b").as_deref(), Some("x y=z %"));
        assert_eq!(parameter("a=1", "b"), None);
    }

    #[test]
    fn times_are_cut_to_the_minute() {
        assert_eq!(minute(1_700_000_059_999), "2023-11-14T22:14:00.000Z");
        assert_eq!(instant(1_700_000_059_999), "2023-11-14T22:14:19.999Z");
    }
}
