//! How a key comes with a call, and whether it is the one it says: bearer, header, path, and two kinds of HMAC.
use super::answers::{self, Said};
use super::catalog::StandIn;
use super::keys::{Key, KeyState};
use axum::http::HeaderMap;
use ring::hmac;

/// How a key comes with a call.
#[derive(Clone, Copy)]
pub(super) enum Auth {
    Bearer,
    Header(&'static str),
    Path,
    Bybit,
    Binance,
}

/// A call as it came.
pub(super) struct Asked<'a> {
    pub(super) host: &'a str,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
}

/// What is wrong with a signed call, or nothing.
pub(super) enum Proof {
    Unsigned,
    OutsideWindow,
    Unknown,
    WrongSignature,
    Known(Key),
}

impl StandIn {
    /// What the provider would say.
    pub(super) fn answer(&self, asked: &Asked<'_>, keys: &[Key], server_ms: i64) -> Said {
        if !self.answers(asked) {
            return answers::no_such_path(self.id);
        }
        let here: Vec<&Key> = keys.iter().filter(|key| self.lives_here(key, asked.host)).collect();
        match self.auth {
            Auth::Bearer => self.by_token(bearer(asked), &here, server_ms),
            Auth::Header(name) => self.by_token(header(asked, name), &here, server_ms),
            Auth::Path => self.by_token(self.token_in_path(asked.path), &here, server_ms),
            Auth::Bybit => answers::bybit(&bybit_proof(asked, &here, server_ms), server_ms),
            Auth::Binance => answers::binance(&binance_proof(asked, &here, server_ms), server_ms),
        }
    }

    fn lives_here(&self, key: &Key, host: &str) -> bool {
        let here = self.environment(host);
        let usual = here.is_empty() || here == "mainnet";
        key.provider == self.id && (key.environment == here || (key.environment.is_empty() && usual))
    }

    fn by_token(&self, token: Option<&str>, keys: &[&Key], server_ms: i64) -> Said {
        match keys.iter().find(|key| token.is_some() && key.id() == token) {
            Some(key) => answers::to_key(self.id, key, server_ms),
            None => answers::to_unknown(self.id),
        }
    }
}

fn header<'a>(asked: &Asked<'a>, name: &str) -> Option<&'a str> {
    asked.headers.get(name)?.to_str().ok()
}

fn bearer<'a>(asked: &Asked<'a>) -> Option<&'a str> {
    header(asked, "authorization")?.strip_prefix("Bearer ")
}

/// Accepted: `server - window <= timestamp < server + 1000`.
fn in_window(timestamp: Option<i64>, window: i64, server_ms: i64) -> bool {
    timestamp.is_some_and(|at| server_ms - window <= at && at < server_ms + 1000)
}

fn bybit_proof(asked: &Asked<'_>, keys: &[&Key], server_ms: i64) -> Proof {
    let part = |name| header(asked, name);
    let (Some(id), Some(at), Some(sign)) = (part("x-bapi-api-key"), part("x-bapi-timestamp"), part("x-bapi-sign"))
    else {
        return Proof::Unsigned;
    };
    let window = part("x-bapi-recv-window").unwrap_or("5000");
    if !in_window(at.parse().ok(), window.parse().unwrap_or(5000), server_ms) {
        return Proof::OutsideWindow;
    }
    proof(id, &format!("{at}{id}{window}{}", asked.query), sign, keys)
}

fn binance_proof(asked: &Asked<'_>, keys: &[&Key], server_ms: i64) -> Proof {
    let Some(id) = header(asked, "x-mbx-apikey") else {
        return Proof::Unsigned;
    };
    let Some((signed, sign)) = asked.query.rsplit_once("&signature=") else {
        return Proof::WrongSignature;
    };
    let at = signed
        .split('&')
        .find_map(|pair| pair.strip_prefix("timestamp=")?.parse().ok());
    if !in_window(at, 5000, server_ms) {
        return Proof::OutsideWindow;
    }
    proof(id, signed, sign, keys)
}

fn proof(id: &str, signed: &str, sign: &str, keys: &[&Key]) -> Proof {
    let gone = |key: &Key| matches!(key.state, KeyState::Deleted | KeyState::Revoked);
    let Some(key) = keys.iter().find(|key| key.id() == Some(id) && !gone(key)) else {
        return Proof::Unknown;
    };
    let secret = hmac::Key::new(hmac::HMAC_SHA256, key.secret().as_bytes());
    if from_hex(sign).is_some_and(|bytes| hmac::verify(&secret, signed.as_bytes(), &bytes).is_ok()) {
        Proof::Known((*key).clone())
    } else {
        Proof::WrongSignature
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
