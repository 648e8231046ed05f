//! Examples hold no keys: `{mixed:35}` is filled with made-up characters when they are proven.

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The example with its places filled, and the ranges that are made up; `None` if a place is not well formed.
pub(super) fn fill(example: &str, seed: u64) -> Option<(String, Vec<(usize, usize)>)> {
    let mut text = String::new();
    let mut made = Vec::new();
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut rest = example;
    while let Some((before, place)) = rest.split_once('{') {
        let (place, after) = place.split_once('}')?;
        let (alphabet, length) = place.split_once(':')?;
        text.push_str(before);
        let start = text.len();
        let alphabet = alphabet_of(alphabet)?;
        let length = length.parse().ok()?;
        text.extend((0..length).map(|at| alphabet[pick(&mut state, at, alphabet.len())]));
        made.push((start, text.len()));
        rest = after;
    }
    text.push_str(rest);
    Some((text, made))
}

fn alphabet_of(name: &str) -> Option<Vec<char>> {
    let all = match name {
        "digit" => DIGITS.to_owned(),
        "hex" => format!("{DIGITS}abcdef"),
        "lower" => LOWER.to_owned(),
        "upper" => format!("{UPPER}{DIGITS}"),
        "letter" => format!("{UPPER}{LOWER}"),
        "mixed" => format!("{LOWER}{DIGITS}{UPPER}"),
        "url" => format!("{LOWER}{DIGITS}{UPPER}-_"),
        "base32" => format!("{UPPER}234567"),
        "base64" => format!("{LOWER}{DIGITS}{UPPER}+/"),
        _ => return None,
    };
    Some(all.chars().collect())
}

/// A linear congruence is chance enough here; strides keep the kinds of character changing, as in a real key.
fn pick(state: &mut u64, at: usize, of: usize) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    let chance = usize::try_from(*state >> 40).unwrap_or(0);
    (at * of * 3 / 7 + chance % of.div_ceil(2)) % of
}
