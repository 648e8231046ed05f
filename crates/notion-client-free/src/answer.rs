//! What an answer means: whether the request happened, and how to react. The table of statuses lives here alone.
use crate::error::{Error, Kind};
use crate::ids;
use crate::transport::{Failure, Response};
use crate::well_formed;
use chrono::DateTime;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde::Deserialize;
use std::time::Duration;

/// Used when Notion asks to slow down without saying for how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(5);
/// A longer wait is a mistake of somebody's (windows last a minute), and would silence us for as long: after this time
/// one request asks whether it still holds.
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// Notion gives up on a request after 55 to 60 s (docs); an answer that took so long may be the end of its patience.
const NEAR_DEADLINE: Duration = Duration::from_secs(50);
/// A conflicting save is over within moments; give or take half, so that two writers do not meet again.
const CONFLICT_WAIT: Duration = Duration::from_secs(1);

/// What a call is about, for its errors.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    /// Completes "could not ...": `read the comments of`.
    pub(crate) doing: &'static str,
    /// The id that follows it; may be empty.
    pub(crate) id: &'a str,
    /// The capability that it needs, as the settings page names it.
    pub(crate) capability: &'static str,
}

impl<'a> About<'a> {
    pub(crate) fn new(doing: &'static str, id: &'a str, capability: &'static str) -> Self {
        Self { doing, id, capability }
    }

    /// A read of pages, blocks or data sources.
    pub(crate) fn read_content(doing: &'static str, id: &'a str) -> Self {
        Self::new(doing, id, "Read content")
    }

    /// A change of pages or blocks.
    pub(crate) fn update_content(doing: &'static str, id: &'a str) -> Self {
        Self::new(doing, id, "Update content")
    }

    pub(crate) fn error(self, kind: Kind) -> Error {
        let doing = format!("{} {}", self.doing, self.id);
        Error::new(kind, doing.trim_end().to_owned())
    }

    pub(crate) fn network(self, cause: impl Into<String>) -> Error {
        self.error(Kind::Network { cause: cause.into() })
    }
}

/// What a failed attempt leaves known, the most known first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Proof {
    /// It certainly did not happen, and will not.
    NotDone,
    /// Notion ended it with an answer of its own: what it did is done, the rest will never come.
    Ended,
    /// It may have happened, or may happen yet.
    Nothing,
}

/// An attempt without success.
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// What is known about what it did.
    pub(crate) proof: Proof,
    /// Notion says that it was saved all the same (503 near its deadline), under this id.
    pub(crate) committed: Option<String>,
    /// Why Notion wants us to slow down.
    pub(crate) reason: Option<String>,
}

impl Failed {
    /// Not even tried.
    pub(crate) fn before_sending(error: Error) -> Box<Self> {
        without_answer(error, Proof::NotDone)
    }
}

/// The body of a success (`None` when it could not be read whole), or what went wrong; the answer came after `took`.
pub(crate) fn judge(
    sent: Result<Response, Failure>,
    took: Duration,
    about: About<'_>,
) -> Result<Option<Vec<u8>>, Box<Failed>> {
    let response = match sent {
        Ok(response) => response,
        Err(Failure::NotSent(cause)) => return Err(without_answer(about.network(cause), Proof::NotDone)),
        Err(Failure::Unknown(cause)) => return Err(without_answer(about.network(cause), Proof::Nothing)),
        Err(Failure::TooLong) => return Err(without_answer(about.error(Kind::TooLarge), Proof::Nothing)),
    };
    if response.status.is_success() {
        return Ok(response.body);
    }
    Err(refused(&response, took, about))
}

fn without_answer(error: Error, proof: Proof) -> Box<Failed> {
    Box::new(Failed {
        error,
        proof,
        committed: None,
        reason: None,
    })
}

fn refused(response: &Response, took: Duration, about: About<'_>) -> Box<Failed> {
    let refusal = response.body.as_deref().and_then(Refusal::parse);
    let request_id = request_id(&response.headers);
    let by_notion = refusal.is_some() || request_id.is_some();
    let refusal = refusal.unwrap_or_default();
    let more = refusal.additional_data.unwrap_or_default();
    let code = refusal.code.filter(|code| CODES.contains(&code.as_str()));
    let reason = more
        .rate_limit_reason
        .filter(|reason| REASONS.contains(&reason.as_str()));
    let kind = match (response.status.as_u16(), by_notion) {
        (429, _) if reason.as_deref() == Some("public_api_request_blocked") => Kind::Blocked,
        (429 | 529, _) => Kind::Later {
            after: retry_after(&response.headers, more.retry_after.as_deref()),
        },
        (401, true) => Kind::Unauthorized,
        (403, true) => Kind::Forbidden {
            capability: about.capability,
        },
        (404, true) => Kind::Gone,
        (409, true) if code.as_deref() != Some("row_limit_exceeded") => Kind::Later {
            after: CONFLICT_WAIT.mul_f64(0.5 + fastrand::f64()),
        },
        (408 | 500.., _) => Kind::Network {
            cause: "Notion answered with a failure of its own".to_owned(),
        },
        (400..500, true) => Kind::Invalid,
        (400..500, false) => Kind::Network {
            cause: "something between here and Notion refused the request".to_owned(),
        },
        _ => Kind::Unexpected,
    };
    let proof = proof(response.status, by_notion, took, &kind);
    let mut error = about.error(kind);
    error.status = Some(response.status.as_u16());
    error.code = code;
    error.request_id = request_id;
    Box::new(Failed {
        error,
        proof,
        committed: more.committed_resource_id,
        reason,
    })
}

/// What a status proves, and from where that is known. "Docs" are Notion's pages on status codes and request limits.
///
/// | status | proves | known from |
/// |---|---|---|
/// | 400, 401, 403, 404, 405, 413 | not done | docs: refused for the request itself; an edge in between did not pass it on |
/// | 409 `conflict_error` | not done | docs: the transaction could not be completed, so try again |
/// | 409 `row_limit_exceeded` | not done | the official client's list of codes: refused, not to be repeated |
/// | 429, 529 | not done | docs: not admitted, come back after `Retry-After` |
/// | 500 of Notion's own, in time | ended | docs: an error of the handling itself, which is thus over |
/// | 500 of Notion's own, near its deadline | nothing | until September 2026 some page writes that timed out were answered so; now with 504 |
/// | 503 | nothing | docs: also Notion's own deadline of 60 s, at which a write may have been saved |
/// | 408, 502, 504 | nothing | a gateway gave up waiting; what it waited for goes on |
/// | any answer that is not Notion's | nothing | nobody says what Notion did |
fn proof(status: StatusCode, by_notion: bool, took: Duration, kind: &Kind) -> Proof {
    match (status.as_u16(), by_notion) {
        (400 | 401 | 403 | 404 | 405 | 413 | 429 | 529, _) | (409, true) => Proof::NotDone,
        (500, true) if took < NEAR_DEADLINE => Proof::Ended,
        (408, _) => Proof::Nothing,
        (400..500, _) if *kind == Kind::Invalid => Proof::NotDone,
        _ => Proof::Nothing,
    }
}

/// The body of an error. Its message is left out on purpose: it may echo what was sent.
#[derive(Default, Deserialize)]
struct Refusal {
    object: Option<String>,
    code: Option<String>,
    additional_data: Option<More>,
}

#[derive(Default, Deserialize)]
struct More {
    #[serde(default, deserialize_with = "text")]
    rate_limit_reason: Option<String>,
    #[serde(default, deserialize_with = "text")]
    retry_after: Option<String>,
    #[serde(default, deserialize_with = "text")]
    committed_resource_id: Option<String>,
}

impl Refusal {
    /// `None` for HTML, an empty body, broken JSON: whatever Notion itself would not have said.
    fn parse(body: &[u8]) -> Option<Self> {
        let refusal: Self = well_formed::read(body, |body| serde_json::from_slice(body)).ok()?;
        (refusal.object.as_deref() == Some("error")).then_some(refusal)
    }
}

/// Values beside an error are strings or lists of strings; we know only strings, but a number will do.
fn text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The codes of Notion's errors (its page on status codes, and the official client's list). Anything else in their place
/// is not repeated anywhere: an error may echo what was sent.
const CODES: [&str; 20] = [
    "bad_gateway",
    "conflict_error",
    "database_connection_unavailable",
    "gateway_timeout",
    "internal_server_error",
    "invalid_beta",
    "invalid_grant",
    "invalid_json",
    "invalid_request",
    "invalid_request_url",
    "missing_version",
    "object_not_found",
    "rate_limited",
    "restricted_resource",
    "row_limit_exceeded",
    "service_overload",
    "service_unavailable",
    "unauthorized",
    "unsupported_version",
    "validation_error",
];

/// The reasons that Notion gives for silence (its page on request limits); no others are repeated.
const REASONS: [&str; 4] = [
    "public_api_endpoint_rate_limit",
    "public_api_request_blocked",
    "public_api_request_rate_limit",
    "public_api_space_request_rate_limit",
];

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-notion-request-id")?.to_str().ok()?;
    let is_uuid = id.len() == 36 && ids::normalise(id).as_deref() == Some(&id.to_ascii_lowercase());
    is_uuid.then(|| id.to_owned())
}

/// Seconds or an HTTP date, in the header or in the body. A date is compared with the server's own clock.
fn retry_after(headers: &HeaderMap, in_body: Option<&str>) -> Duration {
    let header = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let wait = header
        .and_then(|text| seconds(text).or_else(|| until(text, headers)))
        .or_else(|| in_body.and_then(seconds));
    wait.unwrap_or(DEFAULT_WAIT).min(LONGEST_WAIT)
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn until(text: &str, headers: &HeaderMap) -> Option<Duration> {
    let then = DateTime::parse_from_rfc2822(text).ok()?;
    let now = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some((then - now).to_std().unwrap_or_default())
}
