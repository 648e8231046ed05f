//! What a token looks like: a key, a password, a version, a path.
use crate::redact::shape::{self, CharCounts};

/// What a token looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenShape {
    /// Digits and letters of both cases, 16 or more.
    Strong,
    /// Hex, or digits and letters of one case, 16 or more.
    Flat,
    /// Random, but short.
    Short,
    /// Letters, digits and a sign that only passwords have.
    Password,
    /// A version, a date, a path, words.
    Plain,
}

/// What a token looks like that is not plain at first sight.
pub(super) fn look(token: &str) -> TokenShape {
    let counts = CharCounts::of(token);
    // Azure's secrets have a tilde.
    let tilde = token.len() < 30;
    let is_sign = |b: &u8| match b {
        b'!' | b'$' | b'#' | b'%' | b'?' | b'&' | b'*' | b'@' | b'^' => true,
        b'~' => tilde,
        _ => false,
    };
    let signs = token.bytes().filter(is_sign).count();
    if signs > 0 {
        let mixed = counts.digit > 0 && counts.letters() > 0 && token.len() >= 8 && signs <= 4;
        return if mixed && !token.contains(['(', '=', ':']) && !token.starts_with(['$', '%', '@', '#']) {
            TokenShape::Password
        } else {
            TokenShape::Plain
        };
    }
    let three = counts.lower > 0 && counts.upper > 0 && counts.digit > 0;
    let random = shape::is_random(token) && has_random_part(token, counts);
    match token.len() {
        _ if !random => TokenShape::Plain,
        16.. if three && shape::changes(token) * 5 >= token.len() => TokenShape::Strong,
        16.. => TokenShape::Flat,
        _ => TokenShape::Short,
    }
}

/// Whether one part of a random token is random by itself: a path or a name of several words is not.
fn has_random_part(token: &str, counts: CharCounts) -> bool {
    if counts.letters() + counts.digit == token.len() {
        return !shape::is_numbered_word(token);
    }
    token
        .split(['-', '_', '.', '/', '+', '='])
        .any(|part| part.len() >= 6 && shape::is_random(part) && !shape::is_numbered_word(part) && !is_spoken(part))
}

/// `cloudflare` has a pair of letters that words mostly have not.
fn is_spoken(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_lowercase()) && shape::is_spoken(part)
}

/// Versions, dates, times, paths, file names, code, digests with their name.
pub(super) fn is_plain(token: &str) -> bool {
    const BEGINNINGS: [&str; 8] = ["sha256-", "sha384-", "sha512-", "sha1-", "~/", "./", "../", "C:\\"];
    let bytes = token.as_bytes();
    if bytes.iter().all(u8::is_ascii_alphanumeric) {
        return bytes.iter().all(u8::is_ascii_digit) || token.strip_prefix("0x").is_some_and(shape::is_hex);
    }
    let numbers = token.strip_prefix('v').unwrap_or(token);
    let numbered = || {
        numbers.find(['.', '-', ':', '/']).is_some_and(|at| {
            at > 0
                && at <= 4
                && numbers[..at].bytes().all(|b| b.is_ascii_digit())
                && numbers.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit)
        })
    };
    let path = || {
        token.contains('/')
            && token
                .split('/')
                .filter(|part| shape::is_word(part) && part.len() > 3)
                .count()
                >= 1
    };
    let doubled = |sign: [u8; 2]| bytes.windows(2).any(|pair| pair == sign);
    let code = || {
        token.contains('\\')
            || doubled(*b"()")
            || doubled(*b"::")
            || bytes.iter().all(|b| b.is_ascii_digit() || b.is_ascii_punctuation())
    };
    BEGINNINGS.iter().any(|beginning| token.starts_with(beginning)) || numbered() || path() || code() || is_uuid(token)
}

pub(super) fn is_uuid(token: &str) -> bool {
    token.len() == 36
        && token.bytes().enumerate().all(|(at, b)| {
            if matches!(at, 8 | 13 | 18 | 23) {
                b == b'-'
            } else {
                b.is_ascii_hexdigit()
            }
        })
}

/// Letters and digits, as weak passwords are.
pub(super) fn may_be_password(token: &str) -> bool {
    let counts = CharCounts::of(token);
    token.len() >= 6 && counts.digit > 0 && counts.letters() > 2
}

/// A string that nobody would write by hand, of any shape.
pub(super) fn is_random(token: &str) -> bool {
    !is_plain(token) && !matches!(look(token), TokenShape::Plain | TokenShape::Password)
}

/// `1.24.3`, `v2.0`, `2026-11-22`, a number.
pub(super) fn is_version(token: &str) -> bool {
    let digits = token.strip_prefix('v').unwrap_or(token);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':' | b'/'))
}
