//! Webhooks: what is announced, signed over the raw bytes. Sending is the HTTP side's; losing and doubling is decided here.
use super::change::Change;
use super::ids::Id;
use super::wire::{Failure, instant};
use super::world::{UserKind, World};
use ring::hmac;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The subscription, if there is one.
#[derive(Default)]
pub struct Webhooks {
    active: Option<ActiveSubscription>,
}

/// `PUT /sandbox/webhooks`; without `url` it ends the subscription.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Subscription {
    /// Where to send: `http://host:port/path`.
    url: Option<String>,
    /// Probability that a delivery is never sent.
    lose: f64,
    /// Probability that one is sent twice.
    double: f64,
    /// Longest random delay of a delivery; more than one in flight then overtake each other.
    shuffle_ms: u64,
    /// The wait before the second attempt in milliseconds (1000); it doubles each time.
    retry_ms: Option<u64>,
}

struct ActiveSubscription {
    subscription: Subscription,
    id: Id,
    url: String,
    key: String,
}

/// One request to the subscriber.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The address that it goes to.
    pub url: String,
    /// The JSON body, `attempt_number` 1.
    pub body: Value,
    /// The key of the signature. Shown to the operator by the answer that made the subscription.
    key: String,
    /// How long to wait before the first attempt, in milliseconds.
    pub delay_ms: u64,
    /// How long to wait before the second, in milliseconds; it doubles each time.
    pub retry_ms: u64,
}

/// How often one delivery is attempted (documented).
pub const ATTEMPTS: u64 = 8;

/// The events that Notion sends; other changes are for the journal alone.
const SENT: [&str; 6] = [
    "comment.created",
    "comment.updated",
    "comment.deleted",
    "page.created",
    "page.properties_updated",
    "page.content_updated",
];

impl Webhooks {
    /// Begins or ends a subscription; gives the answer for the operator and the handshake to send.
    pub fn subscribe(
        &mut self,
        subscription: Subscription,
        rng: &mut fastrand::Rng,
    ) -> Result<(Value, Vec<Delivery>), Failure> {
        let Some(url) = subscription.url.clone() else {
            self.active = None;
            return Ok((json!({ "url": null }), Vec::new()));
        };
        if !url.starts_with("http://") {
            return Err(Failure::should_be(
                "body.url",
                "an http:// address (the sandbox speaks no TLS)",
                url,
            ));
        }
        let key: String = std::iter::once("secret_".into())
            .chain((0..43).map(|_| rng.alphanumeric().to_string()))
            .collect();
        let active = ActiveSubscription {
            subscription,
            id: Id::object(rng),
            url,
            key,
        };
        let answer = json!({ "url": active.url, "subscription_id": active.id, "verification_token": active.key });
        let handshake = active.delivery(json!({ "verification_token": active.key }), 0);
        self.active = Some(active);
        Ok((answer, vec![handshake]))
    }

    /// What is sent for a change: nothing, one delivery or two.
    pub fn announce(&self, world: &World, change: &Change, now_ms: u64, rng: &mut fastrand::Rng) -> Vec<Delivery> {
        let Some(active) = self.active.as_ref().filter(|_| SENT.contains(&change.event)) else {
            return Vec::new();
        };
        let body = active.event(world, change, now_ms, rng);
        let rules = &active.subscription;
        if rng.f64() < rules.lose {
            return Vec::new();
        }
        let copies = if rng.f64() < rules.double { 2 } else { 1 };
        let mut delay = || {
            if rules.shuffle_ms == 0 {
                0
            } else {
                rng.u64(0..rules.shuffle_ms)
            }
        };
        (0..copies).map(|_| active.delivery(body.clone(), delay())).collect()
    }
}

impl ActiveSubscription {
    fn delivery(&self, body: Value, delay_ms: u64) -> Delivery {
        let retry_ms = self.subscription.retry_ms.unwrap_or(1000);
        Delivery {
            url: self.url.clone(),
            body,
            key: self.key.clone(),
            delay_ms,
            retry_ms,
        }
    }

    fn event(&self, world: &World, change: &Change, now_ms: u64, rng: &mut fastrand::Rng) -> Value {
        let is_bot = world.user(change.author).is_some_and(|user| user.kind == UserKind::Bot);
        let author = json!({ "id": change.author, "type": if is_bot { "bot" } else { "person" } });
        let is_comment = change.event.starts_with("comment.");
        let entity = if is_comment { change.id } else { change.page };
        json!({
            "id": Id::object(rng), "timestamp": instant(now_ms),
            "workspace_id": world.workspace, "workspace_name": "Orion",
            "subscription_id": self.id, "integration_id": world.integration,
            "authors": [author], "attempt_number": 1, "api_version": "2026-03-11", "type": change.event,
            "entity": { "id": entity, "type": if is_comment { "comment" } else { "page" } },
            "data": data(world, change),
        })
    }
}

fn data(world: &World, change: &Change) -> Value {
    let source = json!({ "id": world.data_source, "type": "data_source" });
    match change.event {
        "page.properties_updated" => {
            let names = change.detail["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name);
            let ids: Vec<&str> = names
                .filter_map(|name| world.schema.find(name))
                .map(|known| known.id.as_str())
                .collect();
            json!({ "parent": source, "updated_properties": ids })
        }
        "page.content_updated" => {
            json!({ "parent": source, "updated_blocks": [{ "id": change.id, "type": "block" }] })
        }
        "page.created" => json!({ "parent": source }),
        _ => {
            let kind = if change.parent == change.page { "page" } else { "block" };
            json!({ "page_id": change.page, "parent": { "id": change.parent, "type": kind } })
        }
    }
}

impl Delivery {
    /// The bytes of an attempt and their signature header.
    pub fn attempt(&self, number: u64) -> (String, String) {
        let mut body = self.body.clone();
        if body.get("attempt_number").is_some() {
            body["attempt_number"] = number.into();
        }
        let body = body.to_string();
        let signature = signature(&self.key, body.as_bytes());
        (body, signature)
    }
}

/// The header `X-Notion-Signature`: HMAC-SHA256 of the raw body under the verification token.
pub fn signature(key: &str, body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), body);
    let mut out = String::from("sha256=");
    for byte in tag.as_ref() {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_cover_the_raw_bytes() {
        let key = ["secret", "_Q0exampleVerificationTokenForTests0000001"].concat();
        let body =
            r#"{"id":"0b3f6c1e-7a52-8d10-9c44-1f2e3d4c5b6a","workspace_name":"Sécurité 🔐","type":"comment.created"}"#;
        let expected = "sha256=2caea597214cbc6aa417e2722329a9694f6d59ef111a5c5e605a06273a79deca";
        assert_eq!(signature(&key, body.as_bytes()), expected);
    }
}
