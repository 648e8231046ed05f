//! What the stand-ins say: the bodies seen at the providers, composed anew.
use super::auth::SignatureCheck;
use super::keys::{Key, KeyState};
use super::reply::{StandInReply, reply};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// An answer on demand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside `Content-Type`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A string goes out as text (HTML when it begins with `<`), anything else as JSON.
    #[serde(default)]
    pub body: Value,
    /// How many calls get it; without, all until it is withdrawn.
    #[serde(default)]
    pub times: Option<u32>,
    /// How long the answer is held back.
    #[serde(default)]
    pub delay_ms: u64,
}

/// The next scripted answer of a provider.
pub(super) fn scripted(
    scripts: &mut BTreeMap<String, VecDeque<Script>>,
    provider: &str,
) -> Option<(StandInReply, Duration)> {
    let queue = scripts.get_mut(provider)?;
    let script = queue.front_mut()?;
    let reply = StandInReply {
        status: script.status,
        headers: script.headers.clone().into_iter().collect(),
        body: script.body.clone(),
        key: "scripted".to_owned(),
    };
    let delay = Duration::from_millis(script.delay_ms);
    match &mut script.times {
        Some(0 | 1) => drop(queue.pop_front()),
        Some(left) => *left -= 1,
        None => {}
    }
    Some((reply, delay))
}

/// Another call than the one that is stood in for.
pub(super) fn no_such_path(id: &str) -> StandInReply {
    reply(
        404,
        json!({"error": format!("the stand-in of {id} has no such path")}),
        "path",
    )
}

/// What a provider says to a key that it does not know.
pub(super) fn to_unknown(id: &str) -> StandInReply {
    to_dead(id, "unknown")
}

/// What a provider says to a key by what it is.
pub(super) fn to_key(id: &str, key: &Key, server_ms: i64) -> StandInReply {
    let name = key.state.as_str();
    match key.state {
        KeyState::Live => reply_with(live(id, server_ms), &key.details, name),
        KeyState::Deleted => to_dead(id, name),
        KeyState::Limited => limited(id, name),
        KeyState::Revoked => revoked(id, name),
        KeyState::Expired => expired(id, name),
        KeyState::ForbiddenIp => forbidden_ip(id, name),
        KeyState::RateLimited => {
            let headers = vec![("retry-after".to_owned(), "30".to_owned())];
            StandInReply {
                headers,
                ..reply(429, json!({"error": {"message": "rate limit"}}), name)
            }
        }
        KeyState::Down => reply(503, json!({"error": {"message": "unavailable"}}), name),
    }
}

fn reply_with(mut live: StandInReply, details: &Value, name: &str) -> StandInReply {
    lay_over(&mut live.body, details);
    name.clone_into(&mut live.key);
    live
}

fn lay_over(body: &mut Value, details: &Value) {
    match (body, details) {
        (Value::Object(body), Value::Object(details)) => {
            for (name, detail) in details {
                lay_over(body.entry(name.as_str()).or_insert(Value::Null), detail);
            }
        }
        (_, Value::Null) => {}
        (body, detail) => *body = detail.clone(),
    }
}

fn live(id: &str, server_ms: i64) -> StandInReply {
    let body = match id {
        "notion" => {
            let bot = json!({"owner": {"type": "workspace", "workspace": true}, "workspace_name": "Stand-in"});
            json!({"object": "user", "id": "00000000-0000-4000-8000-000000000001", "type": "bot", "name": "Monitor", "bot": bot})
        }
        "huggingface" => {
            let token = json!({"displayName": "stand-in", "role": "read", "createdAt": day(server_ms)});
            json!({"type": "user", "name": "stand-in", "auth": {"type": "access_token", "accessToken": token}})
        }
        "groq" | "mistral" | "openai" | "anthropic" => {
            json!({"object": "list", "data": [{"id": "m", "object": "model"}]})
        }
        "cohere" => json!({"valid": true, "organization_id": "o", "owner_id": "u"}),
        "gemini" => json!({"models": [{"name": "models/m"}]}),
        "github" => json!({"login": "stand-in", "id": 1}),
        "openrouter" => json!({"data": {"label": "stand-in", "limit_remaining": 74.5}}),
        "slack" => json!({"ok": true, "url": "https://x.slack.example/", "team": "T", "user": "u", "bot_id": "B0"}),
        "stripe" => json!({"object": "balance", "available": [], "livemode": false}),
        "telegram" => json!({"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "b", "username": "b_bot"}}),
        "xai" => {
            json!({"api_key_blocked": false, "api_key_disabled": false, "team_blocked": false, "name": "stand-in"})
        }
        _ => json!({}),
    };
    reply(200, body, "live")
}

fn day(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms)
        .map(|time| time.to_rfc3339())
        .unwrap_or_default()
}

fn to_dead(id: &str, key: &str) -> StandInReply {
    let openai_like = |message: &str| json!({"error": {"message": message, "type": "invalid_request_error", "code": "invalid_api_key"}});
    let (status, body) = match id {
        "notion" => {
            let message = "API token is invalid.";
            (
                401,
                json!({"object": "error", "status": 401, "code": "unauthorized", "message": message, "request_id": "0"}),
            )
        }
        "huggingface" => (401, json!({"error": "Invalid username or password."})),
        "mistral" => (401, json!({"detail": "Unauthorized"})),
        "anthropic" => (
            401,
            json!({"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}),
        ),
        "cohere" => (401, json!({"message": "invalid api token"})),
        "gemini" => (400, gemini("API key not valid")),
        "github" => (
            401,
            json!({"message": "Bad credentials", "documentation_url": "x", "status": "401"}),
        ),
        "slack" => (200, json!({"ok": false, "error": "invalid_auth"})),
        "stripe" => (
            401,
            json!({"error": {"message": "Invalid API Key provided", "type": "invalid_request_error"}}),
        ),
        "telegram" => (
            401,
            json!({"ok": false, "error_code": 401, "description": "Unauthorized"}),
        ),
        "xai" => (
            400,
            json!({"code": "x", "error": "Incorrect API key provided: xx***xx."}),
        ),
        "openrouter" => (401, json!({"error": {"message": "User not found.", "code": 401}})),
        _ => (401, openai_like("Invalid API Key")),
    };
    reply(status, body, key)
}

fn gemini(message: &str) -> Value {
    let info = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"});
    json!({"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": [info]}})
}

fn limited(id: &str, key: &str) -> StandInReply {
    let (status, body) = match id {
        "openai" => (
            401,
            json!({"error": {"message": "Missing scopes: api.model.read.", "code": "missing_scope"}}),
        ),
        "slack" => (200, json!({"ok": false, "error": "missing_scope"})),
        "notion" => (
            403,
            json!({"object": "error", "status": 403, "code": "restricted_resource", "message": "no permission"}),
        ),
        "anthropic" => (
            403,
            json!({"type": "error", "error": {"type": "permission_error", "message": "this key may not list models"}}),
        ),
        "gemini" => (
            403,
            json!({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "blocked", "details": [{"reason": "API_KEY_SERVICE_BLOCKED"}]}}),
        ),
        "github" => (403, json!({"message": "Resource not accessible by integration"})),
        "huggingface" => (
            403,
            json!({"error": "This authentication method does not have sufficient permissions to call this"}),
        ),
        "mistral" => (
            403,
            json!({"object": "error", "message": "no permission", "type": "permission_denied", "code": "1200"}),
        ),
        "openrouter" => (
            403,
            json!({"error": {"message": "Key limit exceeded (total limit).", "code": 403}}),
        ),
        "stripe" => (
            403,
            json!({"error": {"message": "The provided key does not have the required permissions for this endpoint"}}),
        ),
        "xai" => (
            403,
            json!({"code": "The caller does not have permission to execute the specified operation", "error": "no"}),
        ),
        "cohere" => (
            402,
            json!({"message": "add a payment method at https://dashboard.cohere.com/billing"}),
        ),
        _ => (
            403,
            json!({"error": {"message": "the key lacks a permission", "type": "permissions_error"}}),
        ),
    };
    reply(status, body, key)
}

fn revoked(id: &str, key: &str) -> StandInReply {
    match id {
        "slack" => reply(200, json!({"ok": false, "error": "token_revoked"}), key),
        "xai" => reply(
            200,
            json!({"api_key_blocked": true, "api_key_disabled": false, "team_blocked": false}),
            key,
        ),
        _ => to_dead(id, key),
    }
}

/// Only some providers say "expired"; at the others the key is simply unknown.
fn expired(id: &str, key: &str) -> StandInReply {
    match id {
        "huggingface" => reply(401, json!({"error": "User Access Token \"stand-in\" is expired"}), key),
        "cohere" => reply(401, json!({"message": "the api token has expired"}), key),
        "gemini" => reply(400, gemini("API key expired"), key),
        "slack" => reply(200, json!({"ok": false, "error": "token_expired"}), key),
        "stripe" => reply(
            401,
            json!({"error": {"code": "api_key_expired", "message": "Expired API Key provided"}}),
            key,
        ),
        _ => to_dead(id, key),
    }
}

fn forbidden_ip(id: &str, key: &str) -> StandInReply {
    match id {
        "openai" => reply(
            401,
            json!({"error": {"message": "ip", "code": "ip_not_authorized"}}),
            key,
        ),
        _ => limited(id, key),
    }
}

/// Bybit's answer: HTTP 200 and a code of its own.
pub(super) fn bybit(check_signature: &SignatureCheck, server_ms: i64) -> StandInReply {
    let (key, code, message) = match check_signature {
        SignatureCheck::Unsigned => return reply(401, Value::from(""), "unsigned"),
        SignatureCheck::OutsideWindow => (
            "outside_window",
            10002,
            "invalid request, please check your server timestamp",
        ),
        SignatureCheck::Unknown => ("unknown", 10003, "API key is invalid."),
        SignatureCheck::WrongSignature => ("wrong_signature", 10004, "error sign!"),
        SignatureCheck::Known(key) => (key.state.as_str(), bybit_code(key.state), ""),
    };
    let result = match check_signature {
        SignatureCheck::Known(known) if known.state == KeyState::Live => bybit_key(server_ms),
        _ => json!({}),
    };
    let body = json!({"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}, "time": server_ms});
    match check_signature {
        SignatureCheck::Known(known) => reply_with(reply(200, body, key), &known.details, key),
        _ => reply(200, body, key),
    }
}

fn bybit_code(state: KeyState) -> i64 {
    match state {
        KeyState::Live => 0,
        KeyState::Limited => 10005,
        KeyState::Deleted | KeyState::Revoked => 10003,
        KeyState::Expired => 33004,
        KeyState::ForbiddenIp => 10010,
        KeyState::RateLimited => 10006,
        KeyState::Down => 10016,
    }
}

fn bybit_key(server_ms: i64) -> Value {
    const DAY_MS: i64 = 86_400_000;
    let permissions =
        json!({"ContractTrade": ["Order", "Position"], "Spot": ["SpotTrade"], "Wallet": ["AccountTransfer"]});
    json!({
        "id": "1", "note": "stand-in", "readOnly": 0, "secret": "", "permissions": permissions, "ips": ["*"], "type": 1,
        "deadlineDay": 89, "expiredAt": day(server_ms + 89 * DAY_MS), "createdAt": day(server_ms - DAY_MS), "uta": 1,
        "isMaster": true
    })
}

/// Binance's answer: one code for key, address and permission.
pub(super) fn binance(check_signature: &SignatureCheck, server_ms: i64) -> StandInReply {
    let error = |status, code: i64, message: &str, key: &str| reply(status, json!({"code": code, "msg": message}), key);
    match check_signature {
        SignatureCheck::Unsigned => error(400, -2014, "API-key format invalid.", "unsigned"),
        SignatureCheck::OutsideWindow => error(
            400,
            -1021,
            "Timestamp for this request is outside of the recvWindow.",
            "outside_window",
        ),
        SignatureCheck::Unknown => error(401, -2015, "Invalid API-key, IP, or permissions for action.", "unknown"),
        SignatureCheck::WrongSignature => error(
            400,
            -1022,
            "Signature for this request is not valid.",
            "wrong_signature",
        ),
        SignatureCheck::Known(key) => match key.state {
            KeyState::Live => {
                let body = json!({"ipRestrict": true, "createTime": server_ms - 86_400_000, "enableReading": true});
                reply_with(reply(200, body, "live"), &key.details, "live")
            }
            KeyState::RateLimited => error(418, -1003, "banned", "rate_limited"),
            KeyState::Down => error(503, -1000, "unavailable", "down"),
            state => error(
                401,
                -2015,
                "Invalid API-key, IP, or permissions for action.",
                state.as_str(),
            ),
        },
    }
}
