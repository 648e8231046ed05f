//! Other ways to write a value that holds letters outside ASCII: without its umlauts, and as the bytes of UTF-8 in hex or
//! base64. Nothing in a text tells that they stand for others, so that each is a value of its own to be looked for.
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// Letters that are written as two where a keyboard lacks them, in lower case (German, Danish, Norwegian, Icelandic, French).
const TWO_LETTERS: [(char, &str); 9] = [
    ('ß', "ss"),
    ('ä', "ae"),
    ('ö', "oe"),
    ('ü', "ue"),
    ('å', "aa"),
    ('æ', "ae"),
    ('ø', "oe"),
    ('œ', "oe"),
    ('þ', "th"),
];

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// All of them; none of a value in ASCII.
pub(super) fn of(secret: &str) -> Vec<Zeroizing<String>> {
    if secret.is_ascii() {
        return Vec::new();
    }
    // In capitals a sharp s is two letters although umlauts stay.
    let sharp = transliterated(secret, &TWO_LETTERS[..1]);
    let all = transliterated(secret, &TWO_LETTERS);
    let written = [sharp, all].into_iter().filter(|written| **written != *secret);
    written.chain(encoded(secret.as_bytes())).collect()
}

/// Bytes in hex, in base64 behind so many others, and as decimal numbers.
pub(super) fn of_bytes(bytes: &[u8]) -> Vec<Zeroizing<String>> {
    let mut numbers = Zeroizing::new(String::with_capacity(3 * bytes.len()));
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(numbers, "{byte}");
    }
    encoded(bytes).chain([numbers]).collect()
}

/// Bytes in hex, and in base64 behind none, one and two others.
fn encoded(bytes: &[u8]) -> impl Iterator<Item = Zeroizing<String>> + '_ {
    let base64 = (0..3).map(|before| base64(bytes, before));
    std::iter::once(hex(bytes)).chain(base64)
}

fn transliterated(secret: &str, letters: &[(char, &str)]) -> Zeroizing<String> {
    let mut written = Zeroizing::new(String::with_capacity(2 * secret.len()));
    for c in secret.chars() {
        let lower = c.to_lowercase().next().unwrap_or(c);
        match letters.iter().find(|(letter, _)| *letter == lower) {
            Some((_, two)) => written.push_str(two),
            None => written.push(c),
        }
    }
    written
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut written = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(written, "{byte:02x}");
    }
    written
}

/// The characters of base64 that hold nothing but this value, behind so many other bytes.
pub fn base64(value: &[u8], before: usize) -> Zeroizing<String> {
    let mut written = Zeroizing::new(String::with_capacity(value.len() / 3 * 4 + 4));
    let bit = |at: usize| usize::from(value[at / 8] >> (7 - at % 8) & 1);
    // The first character whose six bits all are the value's.
    let mut at = (6 - 8 * before % 6) % 6;
    while at + 6 <= 8 * value.len() {
        let place = (at..at + 6).fold(0, |place, at| place << 1 | bit(at));
        written.push(char::from(BASE64[place]));
        at += 6;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_in_other_letters_and_as_its_bytes() {
        let written: Vec<String> = of("Grüß").iter().map(|one| one.to_string()).collect();
        assert_eq!(written[..3], ["Grüss", "Gruess", "4772c3bcc39f"]);
        // `echo -n Grüß | base64`, and what is the same of it behind any byte and behind any two.
        assert_eq!(written[3..], ["R3LDvMOf", "dyw7zDn", "HcsO8w5"]);
        assert!(of("plain").is_empty());
    }
}
