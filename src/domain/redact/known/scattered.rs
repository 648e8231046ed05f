//! Pieces too short to be found each for itself, with words or numbers between them: a list of parts, the fields of JSON, the
//! cells of a table. Each goes on in a value where the one before it ended.
use super::guessing::count;
use super::known_values::KnownValues;
use super::search::{ENOUGH, each_is_worth};
use super::triples::{TRIPLE, number_of};
use super::window_index::WindowIndex;
use crate::domain::redact::fold::code_of;
use crate::domain::redact::span::Hit;
use std::ops::Range;

/// How long a piece is at most; the first of several is at least three.
const LONGEST: usize = 5;
/// The last piece may be the rest of a value.
const SHORTEST: usize = 2;

/// So many words or numbers may stand between two pieces.
const BETWEEN: usize = 10;

/// How many bits each piece takes from the worth of all: any of the words between might have been it.
const PER_PIECE: f32 = 4.0;

/// Letters and digits of ASCII in a row, with what they fold to; dashes may stand among them.
struct ShortToken {
    range: Range<usize>,
    codes: [u8; LONGEST],
    /// How many letters and digits it has: more than [`LONGEST`] are none of ours.
    length: usize,
}

impl ShortToken {
    fn codes(&self) -> &[u8] {
        &self.codes[..self.length.min(LONGEST)]
    }

    /// One more run of letters and digits, which begins here.
    #[inline]
    fn extend(&mut self, bytes: &[u8], start: usize) {
        let run = bytes[start..].iter().take_while(|b| b.is_ascii_alphanumeric());
        for byte in run {
            if let Some(code) = self.codes.get_mut(self.length) {
                *code = code_of(*byte);
            }
            self.length += 1;
            self.range.end += 1;
        }
    }
}

/// The next token from a place on; `None` at the end of the text.
#[inline]
fn next_token(bytes: &[u8], from: usize) -> Option<ShortToken> {
    let start = from + bytes.get(from..)?.iter().position(u8::is_ascii_alphanumeric)?;
    let mut token = ShortToken {
        range: start..start,
        codes: [0; LONGEST],
        length: 0,
    };
    token.extend(bytes, start);
    // `1-q7Hx` is numbered, `a-q7` is a piece of a key that has dashes.
    let is_number = |token: &ShortToken| token.codes().iter().all(|code| *code < 10);
    while token.length < LONGEST
        && matches!(bytes.get(token.range.end), Some(b'-' | b'_'))
        && bytes.get(token.range.end + 1).is_some_and(u8::is_ascii_alphanumeric)
        && !is_number(&token)
    {
        let mut longer = ShortToken {
            range: token.range.clone(),
            ..token
        };
        longer.range.end += 1;
        longer.extend(bytes, token.range.end + 1);
        if longer.length > LONGEST {
            break;
        }
        token = longer;
    }
    Some(token)
}

/// Where the next run of letters and digits begins that may be a piece: in all but a few texts none does.
fn next_triple(bytes: &[u8], from: usize, index: &WindowIndex) -> Option<usize> {
    let (mut length, mut number) = (0, 0);
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        let code = code_of(*byte);
        if code < 36 {
            number = if length < TRIPLE {
                number * 36 + usize::from(code)
            } else {
                number
            };
            length += 1;
            continue;
        }
        if (1..=LONGEST).contains(&length)
            && (length < TRIPLE && matches!(byte, b'-' | b'_') || length >= TRIPLE && index.triples.holds(number))
        {
            return Some(at - length);
        }
        (length, number) = (0, 0);
    }
    let is_last = (TRIPLE..=LONGEST).contains(&length) && index.triples.holds(number);
    is_last.then(|| bytes.len() - length)
}

impl KnownValues {
    /// Pieces of one value in its order.
    pub(super) fn search_scattered(&self, index: &WindowIndex, text: &str, hits: &mut Vec<Hit>) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(first) = next_triple(bytes, at, index) {
            let Some(token) = next_token(bytes, first) else { break };
            at = token.range.end;
            if !(TRIPLE..=LONGEST).contains(&token.length) {
                continue;
            }
            let number = number_of(&token.codes[..TRIPLE]);
            let chains = index.triples.look_up(number);
            let chains = chains.filter_map(|(value, place)| self.chain(bytes, &token, value, place));
            let Some(chain) = chains.max_by_key(|chain| chain.pieces.len()) else {
                continue;
            };
            at = chain.pieces.last().map_or(at, |(range, _)| range.end);
            for (range, places) in chain.pieces {
                let places = self.values[chain.value].secret_of_codes(places);
                hits.push(self.hit(text, chain.value, range, places));
            }
        }
    }

    /// The pieces that begin with a token at a place of a value, if they are evidence together.
    fn chain(&self, bytes: &[u8], first: &ShortToken, value: usize, place: usize) -> Option<Chain> {
        let codes = &self.values[value].codes;
        if !codes[place..].starts_with(first.codes()) {
            return None;
        }
        let mut pieces = vec![(first.range.clone(), place..place + first.length)];
        let (mut next, mut at, mut between) = (place + first.length, first.range.end, 0);
        while between <= BETWEEN && next < codes.len() {
            let Some(token) = next_token(bytes, at) else { break };
            at = token.range.end;
            let length = token.length;
            let fits = length <= LONGEST && codes[next..].starts_with(token.codes());
            if fits && (length >= SHORTEST || next + length == codes.len()) {
                pieces.push((token.range, next..next + length));
                next += length;
                between = 0;
            } else {
                between += 1;
            }
        }
        let worth = each_is_worth(&codes[place..next], false) * count(next - place) - PER_PIECE * count(pieces.len());
        (worth >= ENOUGH && pieces.len() > 1).then_some(Chain { value, pieces })
    }
}

/// Pieces of a value in a text, each with its places in the value.
struct Chain {
    value: usize,
    pieces: Vec<(Range<usize>, Range<usize>)>,
}
