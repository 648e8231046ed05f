//! Headers of cookies: every value that looks made up is the key to what somebody is logged in to.
use super::token;
use crate::redact::patterns::is_reference;
use crate::redact::shape;
use crate::redact::span::{ContextRule, Hit};

/// Every value of a header of cookies that looks made up; gives the end of the header.
pub(super) fn search(text: &str, from: usize, hits: &mut Vec<Hit>) -> usize {
    /// The longest header that is read, in bytes.
    const LONGEST: usize = 8192;
    let rest = &text[from..text.floor_char_boundary(from + LONGEST)];
    let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
    let mut at = from;
    for pair in rest[..line].split_inclusive(';') {
        if let Some((name, value)) = pair.split_once('=') {
            let start = at + name.len() + 1;
            let value = value.trim_start_matches(['"', '\'', ' ']);
            let start = start + (pair.len() - name.len() - 1 - value.len());
            let length = value.find([';', '"', '\'', ' ', ',']).unwrap_or(value.len());
            let value = &value[..length];
            if length >= 8 && !is_reference(value) && !token::is_version(value) && has_random_part(value) {
                hits.push(Hit::key(start..start + length, ContextRule::Key));
            }
        }
        at += pair.len();
    }
    from + line
}

/// `s%3AAbC…`: random between its separators.
fn has_random_part(value: &str) -> bool {
    value.split(['%', '.', '-', '_', ':', '|']).any(|part| {
        part.len() >= 8 && (shape::is_random(part) || shape::is_hex(part)) && !part.bytes().all(|b| b.is_ascii_digit())
    })
}
