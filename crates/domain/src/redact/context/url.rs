//! What stands before the host of a URL: `postgres://bot:…@db`, `https://…@github.com`. Every scheme has it.
use super::clause::Surroundings;
use super::token;
use crate::redact::patterns::{LiteralMeaning, is_reference, stands_for_a_key};
use crate::redact::span::{ContextRule, Hit};

/// The longest user and password that are read, in bytes.
const LONGEST: usize = 1024;

pub(super) fn search(around: &Surroundings, hits: &mut Vec<Hit>) {
    let mut settled = 0;
    for word in around.words {
        if word.meaning != LiteralMeaning::Url || word.end < settled {
            continue;
        }
        let rest = &around.text[word.end..around.text.floor_char_boundary(word.end + LONGEST)];
        let whole = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\\'))
            .unwrap_or(rest.len());
        let length = rest[..whole].find(['<', '>', '|']).unwrap_or(whole);
        settled = word.end + length;
        // A password may hold the signs that end a URL in a sentence.
        let found = user_and_password(&rest[..length]).or_else(|| signed(&rest[..whole], length));
        let Some((user, password)) = found else {
            continue;
        };
        let (start, secret, rule) = match password {
            Some(password) => (word.end + user.len() + 1, password, ContextRule::Password),
            None => (word.end, user, ContextRule::Key),
        };
        let is_secret = match rule {
            ContextRule::Key => secret.len() >= 16 && token::is_random(secret),
            ContextRule::Password | ContextRule::Piece => {
                is_password(secret) && !(secret == user && is_here(&rest[..length]))
            }
        };
        if is_secret {
            hits.push(Hit::key(start..start + secret.len(), rule));
        }
        // `https://TOKEN:x-oauth-basic@host`: the token is the user.
        if password.is_some() && user.len() >= 16 && token::is_random(user) {
            hits.push(Hit::key(word.end..word.end + user.len(), ContextRule::Key));
        }
    }
}

/// User and password before the host. A password may hold a slash that nobody encoded, but then no port can be meant.
fn user_and_password(rest: &str) -> Option<(&str, Option<&str>)> {
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let at = if let Some(at) = rest[..authority].rfind('@') {
        at
    } else {
        let colon = rest[..authority].find(':')?;
        let port = rest[colon + 1..authority].bytes().all(|b| b.is_ascii_digit());
        let at = rest.rfind('@').filter(|_| !port && colon + 1 < authority)?;
        let host = rest[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric());
        host.then_some(at)?
    };
    let before = &rest[..at];
    Some(match before.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (before, None),
    })
}

/// User and password where the password holds a sign at this place that ends other URLs.
fn signed(rest: &str, sign: usize) -> Option<(&str, Option<&str>)> {
    let (_, begun) = rest[..sign].split_once(':')?;
    let is_port = begun.bytes().all(|b| b.is_ascii_digit());
    let found = user_and_password(rest).filter(|_| !is_port && !begun.contains('/'));
    found.filter(|(user, _)| user.len() < sign)
}

/// Whether the host is the machine itself, where `guest:guest` is what a program comes with.
fn is_here(rest: &str) -> bool {
    const HERE: [&str; 4] = ["localhost", "127.0.0.1", "[::1]", "host.docker.internal"];
    let host = rest.rsplit_once('@').map_or("", |(_, host)| host);
    let end = |host: &str| host.is_empty() || host.starts_with([':', '/', '?']);
    HERE.iter().any(|here| host.strip_prefix(here).is_some_and(end))
}

fn is_password(secret: &str) -> bool {
    secret.len() >= 3
        && !is_reference(secret)
        && !stands_for_a_key(secret)
        && !secret.starts_with("%s")
        && !secret.bytes().all(|b| matches!(b, b'*' | b'.' | b'x' | b'X'))
}
