//! Signatures of requests: over exactly the bytes that go on the wire.
use ring::hmac;
use std::fmt::Write;

/// How long Bybit may take to receive a request, in ms; its documented default.
pub const BYBIT_WINDOW_MS: &str = "5000";

/// Bybit V5: lowercase hex HMAC-SHA256 over time, key id, window and payload. `payload` is the query without `?` as
/// sent (GET), or the body's bytes (POST).
pub fn bybit_v5(secret: &str, timestamp_ms: i64, key: &str, window_ms: &str, payload: &str) -> String {
    hmac_hex(secret, &[&timestamp_ms.to_string(), key, window_ms, payload])
}

/// Binance: lowercase hex HMAC-SHA256 over the query as sent.
pub fn binance(secret: &str, query: &str) -> String {
    hmac_hex(secret, &[query])
}

/// Lowercase hex HMAC-SHA256 over the parts as one text.
pub fn hmac_hex(secret: &str, parts: &[&str]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    for part in parts {
        context.update(part.as_bytes());
    }
    context
        .sign()
        .as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
