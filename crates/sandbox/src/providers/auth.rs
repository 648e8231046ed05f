//! The key that a call brings: read from its headers, or proven by an HMAC signature in the way of Bybit or Binance.
use super::catalog::ProviderCall;
use super::keys::{Key, KeyState};
use ring::hmac;

/// What the signature of a call proves; the reasons of a refusal in the order in which they are looked at.
pub(super) enum SignatureCheck {
    /// A header of the signature is missing.
    Unsigned,
    /// The timestamp is too old, or from the future.
    OutsideWindow,
    /// No live key has that id.
    Unknown,
    /// The key is known, but did not sign this.
    WrongSignature,
    /// The key signed the call.
    Known(Key),
}

/// A header's text.
pub(super) fn header<'a>(call: &ProviderCall<'a>, name: &str) -> Option<&'a str> {
    call.headers.get(name)?.to_str().ok()
}

/// The token of `Authorization: Bearer`.
pub(super) fn bearer<'a>(call: &ProviderCall<'a>) -> Option<&'a str> {
    header(call, "authorization")?.strip_prefix("Bearer ")
}

/// Whether the timestamp is accepted, in milliseconds: `server - window <= timestamp < server + 1000`.
fn in_window(timestamp: Option<i64>, window: i64, server_ms: i64) -> bool {
    timestamp.is_some_and(|at| server_ms - window <= at && at < server_ms + 1000)
}

/// Bybit signs timestamp, key id, window and query.
pub(super) fn check_bybit(call: &ProviderCall<'_>, keys: &[&Key], server_ms: i64) -> SignatureCheck {
    let part = |name| header(call, name);
    let (Some(id), Some(at), Some(sign)) = (part("x-bapi-api-key"), part("x-bapi-timestamp"), part("x-bapi-sign"))
    else {
        return SignatureCheck::Unsigned;
    };
    let window = part("x-bapi-recv-window").unwrap_or("5000");
    if !in_window(at.parse().ok(), window.parse().unwrap_or(5000), server_ms) {
        return SignatureCheck::OutsideWindow;
    }
    check_signature(id, &format!("{at}{id}{window}{}", call.query), sign, keys)
}

/// Binance signs the query that stands before the signature.
pub(super) fn check_binance(call: &ProviderCall<'_>, keys: &[&Key], server_ms: i64) -> SignatureCheck {
    let Some(id) = header(call, "x-mbx-apikey") else {
        return SignatureCheck::Unsigned;
    };
    let Some((signed, sign)) = call.query.rsplit_once("&signature=") else {
        return SignatureCheck::WrongSignature;
    };
    let at = signed
        .split('&')
        .find_map(|pair| pair.strip_prefix("timestamp=")?.parse().ok());
    if !in_window(at, 5000, server_ms) {
        return SignatureCheck::OutsideWindow;
    }
    check_signature(id, signed, sign, keys)
}

fn check_signature(id: &str, signed: &str, sign: &str, keys: &[&Key]) -> SignatureCheck {
    let gone = |key: &Key| matches!(key.state, KeyState::Deleted | KeyState::Revoked);
    let Some(key) = keys.iter().find(|key| key.id() == Some(id) && !gone(key)) else {
        return SignatureCheck::Unknown;
    };
    let secret = hmac::Key::new(hmac::HMAC_SHA256, key.secret().as_bytes());
    if from_hex(sign).is_some_and(|bytes| hmac::verify(&secret, signed.as_bytes(), &bytes).is_ok()) {
        SignatureCheck::Known((*key).clone())
    } else {
        SignatureCheck::WrongSignature
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    // Lower case only, as the documents say.
    let plain = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| {
        (0..64)
            .step_by(2)
            .filter_map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
            .collect()
    })
}
