//! Keys with their middle left out: `abcd****wxyz`, `abcd…`, `…wxyz`.
use super::clause::Surroundings;
use crate::redact::known::KnownValues;
use crate::redact::patterns::stands_for_a_key;
use crate::redact::shape;
use crate::redact::span::{Hit, HitSource, UNKNOWN_LENGTH};

/// The longest end of a key that is read.
const LONGEST: usize = 48;

/// What stands for the characters that are left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Elision {
    /// Stars, bullets, crosses: somebody masked something.
    Mask,
    /// Dots, which any sentence may have.
    Dots,
}

pub(super) fn search(known: &KnownValues, around: &Surroundings, hits: &mut Vec<Hit>) {
    let bytes = around.text.as_bytes();
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|b| MAY_BEGIN[*b as usize]) {
        at += next;
        let begins = match bytes[at] {
            b'*' | b'.' | b'x' | b'X' | b'#' => bytes.get(at + 1) == Some(&bytes[at]),
            b'[' => bytes.get(at + 1).is_some_and(|next| matches!(next, b'.' | 0xe2)),
            lead => lead == 0xe2,
        };
        if !begins {
            at += 1;
            continue;
        }
        match elision(around.text, at) {
            Some((end, elision)) => {
                judge(known, around, (at, end), elision, hits);
                at = end;
            }
            None => at += 1,
        }
    }
}

/// The bytes that an elision may begin with.
const MAY_BEGIN: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"*.xX#[\xe2";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// The elision that begins here, with its end.
fn elision(text: &str, start: usize) -> Option<(usize, Elision)> {
    const BRACKETED: [&str; 3] = ["[...]", "[…]", "[..]"];
    let rest = &text.get(start..)?;
    if let Some(whole) = BRACKETED.iter().find(|whole| rest.starts_with(*whole)) {
        return Some((start + whole.len(), Elision::Mask));
    }
    let first = rest.chars().next()?;
    let (least, elision) = match first {
        '*' | '•' | '●' | '∙' | '#' => (3, Elision::Mask),
        'x' | 'X' => (5, Elision::Mask),
        '.' => (3, Elision::Dots),
        '…' | '⋯' => (1, Elision::Dots),
        _ => return None,
    };
    let count = rest.chars().take_while(|c| *c == first).count();
    (count >= least).then(|| (start + count * first.len_utf8(), elision))
}

fn judge(
    known: &KnownValues,
    around: &Surroundings,
    (from, to): (usize, usize),
    elision: Elision,
    hits: &mut Vec<Hit>,
) {
    let text = around.text;
    let [start, end] = [head_start(text, from), tail_end(text, to)];
    let head = text[start..from].trim_end_matches('-');
    let tail = if head.is_empty() {
        &text[to..end]
    } else {
        text[to..end].trim_start_matches('-')
    };
    let tail_start = end - tail.len();
    let both = head.len() >= 3 && tail.len() >= 3;
    if let Some((variable, chars)) = both.then(|| known.with_ends(head, tail)).flatten() {
        hits.push(Hit::new(start..end, HitSource::Known(variable), chars, UNKNOWN_LENGTH));
        return;
    }
    let keys = || around.speaks_of_keys(start, end) && !around.is_vetoed(start, end);
    let piece = |said: &str| said.len() >= 3 && shape::is_piece(said);
    let capitals = |said: &str| said.len() >= 4 && said.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let numbered = |said: &str| said.len() >= 4 && shape::is_numbered_word(said);
    if around.names_something(start, from)
        || around.names_something(to, end)
        || stands_for_nothing(head, around.beginning(start), tail, elision)
    {
        return;
    }
    let masks = if both || (head.len() >= 3 && tail.len() >= 2) {
        match elision {
            Elision::Mask => keys() || (piece(head) && piece(tail)),
            Elision::Dots => keys() && (piece(head) || piece(tail)),
        }
    } else if head.len() >= 3 {
        piece(head) && tail.is_empty() && keys()
    } else {
        head.is_empty() && (piece(tail) || capitals(tail) || numbered(tail)) && around.has_noun(start, end) && keys()
    };
    if masks {
        let start = if head.is_empty() { tail_start } else { start };
        let end = if tail.is_empty() { start + head.len() } else { end };
        hits.push(Hit::piece(start..end, head.len() + tail.len()));
    }
}

/// How many characters makers show behind stars, to tell one key from another.
const SHOWN: usize = 4;

/// `sk-…`, `sk-****9Xm2`, `xoxb-xxxx-xxxx`: nothing but the public beginning of a key, crosses, and what makers show of it.
fn stands_for_nothing(head: &str, beginning: usize, tail: &str, elision: Elision) -> bool {
    let body = head.get(beginning..).unwrap_or_default();
    let shown = if elision == Elision::Mask { SHOWN } else { 2 };
    beginning > 0 && (body.is_empty() || stands_for_a_key(body)) && (tail.len() <= shown || stands_for_a_key(tail))
}

/// Where the head begins: key characters back from the middle; none if they are the end of a word with accents.
fn head_start(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let start = from
        - bytes[..from]
            .iter()
            .rev()
            .take(LONGEST)
            .take_while(|b| shape::is_key_byte(**b))
            .count();
    let cut = bytes[start..from]
        .iter()
        .take_while(|b| matches!(b, b'-' | b'/' | b'+'))
        .count();
    let word = text[..start].chars().next_back().is_some_and(char::is_alphabetic);
    if word || from - start >= LONGEST {
        from
    } else {
        start + cut
    }
}

fn tail_end(text: &str, to: usize) -> usize {
    let bytes = text.as_bytes();
    let length = bytes[to..]
        .iter()
        .take(LONGEST)
        .take_while(|b| shape::is_key_byte(**b))
        .count();
    let cut = bytes[to..to + length]
        .iter()
        .rev()
        .take_while(|b| matches!(b, b'-' | b'/'))
        .count();
    let word = text[to + length..].chars().next().is_some_and(char::is_alphabetic);
    if word || length >= LONGEST {
        to
    } else {
        to + length - cut
    }
}
