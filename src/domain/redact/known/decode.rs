//! Base64 and hex: eight sextets, or twelve hex digits, in a row are six bytes. Rolling over a token gives
//! every third window of six at every shift in one pass, so that eight characters in a row are always seen.
use super::value::WINDOW;
use std::ops::Range;

const BYTES_MASK: u64 = (1 << (8 * WINDOW)) - 1;
const SEXTETS: usize = 8;
const DIGITS: usize = 2 * WINDOW;

/// Asks `holds` about every six bytes (packed, first byte highest) that an encoded token may hold; where it knows
/// them, `found` gets the whole token with the answer.
pub(super) fn each<T>(text: &str, holds: impl Fn(u64) -> Option<T>, mut found: impl FnMut(Range<usize>, T)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = bytes.get(at..at + SEXTETS) {
        // Most words are shorter: seen from its end, a stretch that holds a blank is passed over at once.
        if let Some(blank) = next.iter().rposition(|b| VALUES[*b as usize].sextet == NONE) {
            at += blank + 1;
        } else {
            at = token(bytes, at, &holds, &mut found);
        }
    }
}

/// Reads one token, or as much of it as is known, and tells where it ends.
fn token<T>(
    bytes: &[u8],
    start: usize,
    holds: impl Fn(u64) -> Option<T>,
    found: &mut impl FnMut(Range<usize>, T),
) -> usize {
    let [mut base64, mut hex] = [0_u64, 0_u64];
    let [mut sextets, mut digits] = [0, 0];
    let mut at = start;
    while at < bytes.len() {
        let value = VALUES[bytes[at] as usize];
        at += 1;
        if value.sextet == NONE {
            break;
        }
        sextets += 1;
        base64 = (base64 << 6 | u64::from(value.sextet)) & BYTES_MASK;
        hex = (hex << 4 | u64::from(value.digit & 15)) & BYTES_MASK;
        digits = if value.digit == NONE { 0 } else { digits + 1 };
        if sextets < SEXTETS {
            continue;
        }
        let answer = holds(base64).or_else(|| if digits < DIGITS { None } else { holds(hex) });
        if let Some(answer) = answer {
            at += bytes[at..]
                .iter()
                .take_while(|b| VALUES[**b as usize].sextet != NONE)
                .count();
            at += bytes[at..].iter().take(2).take_while(|b| **b == b'=').count();
            found(start..at, answer);
            break;
        }
    }
    at
}

#[derive(Clone, Copy)]
struct CharValue {
    sextet: u8,
    digit: u8,
}

const NONE: u8 = 255;

/// What each character is worth in base64 (both alphabets) and in hex (both cases).
const VALUES: [CharValue; 256] = values();

#[expect(clippy::cast_possible_truncation, reason = "all values are below 64")]
const fn values() -> [CharValue; 256] {
    let mut table = [CharValue {
        sextet: NONE,
        digit: NONE,
    }; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        table[alphabet[value] as usize].sextet = value as u8;
        value += 1;
    }
    table[b'-' as usize].sextet = 62;
    table[b'_' as usize].sextet = 63;
    let digits = b"0123456789abcdefABCDEF";
    let mut digit = 0;
    while digit < digits.len() {
        table[digits[digit] as usize].digit = if digit < 16 { digit as u8 } else { digit as u8 - 6 };
        digit += 1;
    }
    table
}

/// Six characters as [`each`] packs them.
pub(super) fn pack_exact(window: &[u8]) -> u64 {
    window.iter().fold(0, |key, byte| key << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_bytes_are_found_at_every_shift() {
        let known: Vec<u64> = b"q7Zt-piece".windows(WINDOW).map(pack_exact).collect();
        // Behind 0 to 2 other bytes in base64, and in hex behind an odd digit.
        for text in [
            "cTdadC1waWVjZQ==",
            "eHE3WnQtcGllY2U=",
            "eHhxN1p0LXBpZWNl",
            "a71375a742d7069656365",
            "71375A742D706965",
        ] {
            let mut found = String::new();
            each(
                text,
                |bytes| known.contains(&bytes).then_some(()),
                |range, ()| found.push_str(&text[range]),
            );
            assert_eq!(found, text);
        }
    }
}
