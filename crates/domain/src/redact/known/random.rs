//! Strings that no person thought of: what looks so is a key, whatever its variable is called.
use super::names::NameWords;
use crate::redact::shape;

/// From this length on a string of three kinds of characters is one, and one of hex digits: a key of 128 bits.
const MIXED: usize = 16;
const HEX: usize = 32;

/// So many of its characters are no words and no numbers.
const UNSAID: usize = 12;

/// Shorter ones of two kinds of characters may be names that a program gave.
const RATHER_LONG: usize = 20;

/// Where the dashes of a UUID are.
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// Words of names whose values are digests: of files, of commits, of answers.
const DIGESTS: [&str; 10] = [
    "SHA",
    "COMMIT",
    "DIGEST",
    "HASH",
    "ETAG",
    "VERSION",
    "CHECKSUM",
    "REVISION",
    "INTEGRITY",
    "MD",
];

/// How many hex digits digests have, and how a digest says what it is.
const DIGEST_LENGTHS: [usize; 6] = [32, 40, 56, 64, 96, 128];
const DIGEST_PREFIXES: [&str; 4] = ["sha1", "sha256", "sha384", "sha512"];

/// What Notion gives ids of 32 hex digits: people write them.
const PLACES: [&str; 7] = ["PAGE", "PAGES", "DATABASE", "DB", "BLOCK", "WORKSPACE", "NOTION"];

/// Whether a value is random beyond doubt: three kinds of characters in sixteen or more, or the hex of a key.
pub(super) fn is_surely_random(value: &str) -> bool {
    let counts = shape::CharCounts::of(value);
    let mixed = [counts.lower, counts.upper, counts.digit]
        .iter()
        .all(|count| *count > 0);
    let unsaid = || {
        value
            .split(|c: char| !c.is_alphanumeric())
            .filter(|part| !is_said(part))
    };
    is_long_hex(value)
        || is_one_token(value)
            && mixed
            && value.len() >= MIXED
            && unsaid().map(str::len).sum::<usize>() >= UNSAID
            && shape::is_random(value)
            && !is_half_spoken(value)
}

/// Whether a value may be random: nobody thought of it, but a program may have given it for a name.
pub(super) fn is_rather_random(value: &str) -> bool {
    let hex = shape::is_hex(value) && has_both(value);
    value.len() >= RATHER_LONG
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && (hex || shape::is_random(value))
        && !is_half_spoken(value)
        && !value.split(['_', '-']).all(is_said)
}

/// Whether name and form say together that a random string is an id or a digest, which everybody may have.
pub(super) fn is_id(name: &NameWords, value: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| name.has(word));
    let is_digest = || {
        let (kind, _) = value.split_once([':', '-']).unwrap_or((value, ""));
        has(&DIGESTS) && shape::is_hex(value) && DIGEST_LENGTHS.contains(&value.len())
            || DIGEST_PREFIXES.contains(&kind)
    };
    let is_place = || has(&PLACES) && (name.ends_as_id() || PLACES.iter().any(|place| name.ends_with(&[place])));
    // Which of several keys of a service account it is (Google's key files).
    let is_key_number = || name.ends_with(&["PRIVATE", "KEY", "ID"]) && shape::is_hex(value) && value.len() == 40;
    if is_key_number() {
        return true;
    }
    if name.is_secret() && !name.ends_as_id() || name.is_secret_id() {
        return false;
    }
    is_uuid(value) && (name.ends_as_id() || is_place())
        || shape::is_hex(value) && value.len() == HEX && is_place()
        || is_digest()
}

/// Whether half of it are words, also where a capital begins each.
fn is_half_spoken(value: &str) -> bool {
    let [mut spoken, mut start] = [0, 0];
    let bytes = value.as_bytes();
    for at in 1..=bytes.len() {
        let goes_on = bytes.get(at).is_some_and(|next| {
            next.is_ascii_alphabetic()
                && bytes[at - 1].is_ascii_alphabetic()
                && !(bytes[at - 1].is_ascii_lowercase() && next.is_ascii_uppercase())
        });
        if !goes_on {
            let word = value
                .get(start..at)
                .filter(|word| word.len() >= 3 && shape::is_word(word));
            spoken += word.map_or(0, str::len);
            start = at;
        }
    }
    2 * spoken >= value.len()
}

/// Words, names with a number, and numbers.
pub(super) fn is_said(part: &str) -> bool {
    part.len() <= 3
        || shape::is_words(part)
        || shape::is_numbered_word(part)
        || part.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, b)| {
            if DASHES.contains(&at) {
                b == b'-'
            } else {
                b.is_ascii_hexdigit()
            }
        })
}

fn is_long_hex(value: &str) -> bool {
    let digits = value.strip_prefix("0x").unwrap_or(value);
    is_uuid(value) || digits.len() >= HEX && shape::is_hex(digits) && has_both(digits)
}

/// Digits and letters.
fn has_both(value: &str) -> bool {
    let counts = shape::CharCounts::of(value);
    counts.digit > 0 && counts.letters() > 0
}

/// No text, no list, no path and no name of a file or host.
fn is_one_token(value: &str) -> bool {
    let ending = value.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_named = (2..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_lowercase());
    let is_path = value.starts_with(['~', '.']) || value.starts_with('/') && value.split('/').any(shape::is_word);
    value.bytes().all(|b| b.is_ascii_graphic()) && !is_named && !is_path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_strings_are_told_from_names_paths_and_models() {
        for value in [
            "Zt4Rk9Lm2Xw8PpQ1",
            "7f3Kq9Zt4Rk9Lm2Xw8Pp",
            "V1StGXR8_Z5jdHi6B-myT",
            &"0a1b2c3d".repeat(4),
        ] {
            assert!(is_surely_random(value), "{value}");
        }
        for value in [
            "MyBucket2024-prod",
            "claude-3-5-Sonnet-20241022",
            "Meta-Llama-3.1-70B-Instruct-Turbo",
            "/opt/App/Zt4Rk9Lm2Xw8PpQ1",
            "Backup_Zt4Rk9Lm2Xw8.tar",
            "StateMachine2026Final",
            "2026-11-29T10:00:00Z",
            "production",
        ] {
            assert!(!is_surely_random(value), "{value}");
        }
    }
}
