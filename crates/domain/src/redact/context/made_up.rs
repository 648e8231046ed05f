//! Whether what stands where a password could is one: made up by a person, not a word of the sentence, not code.
use super::token;
use crate::redact::shape;

/// Nouns for a password that mean something else as often.
pub(super) const AMBIGUOUS: [&str; 6] = ["pass", "pin", "otp", "passwords", "pw", "wachtwoorden"];

/// Words that carry a number without being a password: what is counted, and products.
const NUMBERED: [&str; 24] = [
    "step",
    "stap",
    "schritt",
    "paso",
    "passo",
    "phase",
    "fase",
    "version",
    "level",
    "chapter",
    "sprint",
    "week",
    "rule",
    "option",
    "ticket",
    "issue",
    "windows",
    "office",
    "iphone",
    "ubuntu",
    "debian",
    "oracle",
    "python",
    "microsoft",
];

/// What nobody writes behind the word "password" but a password: letters and digits that are no name and no number.
pub(super) fn is_made_up(said: &str) -> bool {
    let letters = said.chars().filter(|c| c.is_alphabetic()).count();
    let digits = said.bytes().filter(u8::is_ascii_digit).count();
    let word = said.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = shape::is_word(word)
        && (digits < 2
            || word.bytes().all(|b| b.is_ascii_uppercase())
            || NUMBERED.contains(&word.to_ascii_lowercase().as_str()));
    let mut parts = said.split(['-', '_', '.', ':', ',', '@']);
    let named = parts.all(|part| part.len() < 3 || shape::is_word(part) || part.bytes().all(|b| b.is_ascii_digit()));
    said.len() >= 6
        && letters > 2
        && digits > 0
        && said.starts_with(|c: char| c.is_alphanumeric())
        && !said.contains(['/', '.', '(', '[', '{', '='])
        && !numbered
        && !named
        && !token::is_plain(said)
}

/// `getToken(…)`, `input("`, `read(x).text`: code that will have a value.
pub(super) fn is_call(said: &str) -> bool {
    let Some(open) = said.find('(').filter(|open| *open > 0 && said.len() < 60) else {
        return false;
    };
    let name = said[..open]
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':'));
    let behind = said.rfind(')').map_or("", |close| &said[close + 1..]);
    let closed = said[open..].contains(')') || said.ends_with(['(', ',']) || said[..open].contains('.');
    name && closed && (behind.is_empty() || behind.starts_with(['.', '[', ';', ',', ')', '?', '!']))
}
