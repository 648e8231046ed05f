//! Pieces too short to be found each for itself, with words or numbers between them: a list of parts, the fields of JSON, the
//! cells of a table. Each goes on in a value where the one before it ended.
use super::guessing::count;
use super::known_values::KnownValues;
use super::search::{ENOUGH, each_is_worth};
use super::spelled::is_spoken;
use super::triples::{TRIPLE, number_of};
use super::window_index::WindowIndex;
use crate::redact::fold::code_of;
use crate::redact::shape;
use crate::redact::span::Hit;
use std::ops::Range;

/// How long a piece is at most; the first of several is at least three.
const LONGEST: usize = 5;
/// The last piece may be the rest of a value.
const SHORTEST: usize = 2;

/// So many words or numbers may stand between two pieces.
const BETWEEN: usize = 10;

/// How many bits each piece takes from the worth of all: any of the words between might have been it.
const PER_PIECE: f32 = 4.0;

/// A piece in another order than its value has it is of so many characters at least; a shorter one where it joins such a one.
const LEAST_LOOSE: usize = 4;

/// How many bits of a piece say where in its value it belongs, what all loose pieces of a value have to be worth, and what one
/// is that was found for itself.
const PER_PLACE: f32 = 6.0;
const ENOUGH_LOOSE: f32 = 44.0;
/// What each letter of a piece is worth that is a word or a number: those are in any text.
const SPOKEN_LETTER: f32 = 2.0;

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
    /// Pieces of one value in its order; gives those that go on nowhere.
    pub(super) fn search_scattered(&self, index: &WindowIndex, text: &str, hits: &mut Vec<Hit>) -> Vec<LoosePiece> {
        let bytes = text.as_bytes();
        let mut loose = Vec::new();
        let mut at = 0;
        while let Some(first) = next_triple(bytes, at, index) {
            let Some(token) = next_token(bytes, first) else { break };
            at = token.range.end;
            if !(TRIPLE..=LONGEST).contains(&token.length) {
                continue;
            }
            let number = number_of(&token.codes[..TRIPLE]);
            let places = || index.triples.look_up(number);
            let chains = places().filter_map(|(value, place)| self.chain(bytes, &token, value, place));
            let chains = chains.filter(|chain| !chain.is_talk(text));
            let Some(chain) = chains.max_by_key(|chain| chain.pieces.len()) else {
                loose.extend(places().filter_map(|(value, place)| self.loose(&token, value, place)));
                continue;
            };
            at = chain.pieces.last().map_or(at, |(range, _)| range.end);
            for (range, places) in chain.pieces {
                let places = self.values[chain.value].secret_of_codes(places);
                hits.push(self.hit(text, chain.value, range, places));
            }
        }
        loose
    }

    fn loose(&self, token: &ShortToken, value: usize, place: usize) -> Option<LoosePiece> {
        let fits = self.values[value].codes[place..].starts_with(token.codes());
        fits.then(|| LoosePiece {
            value,
            range: token.range.clone(),
            places: place..place + token.length,
        })
    }

    /// Pieces in any order, where so many are of one value that they are none of chance; what was found for itself counts.
    pub(super) fn search_loose(&self, text: &str, mut loose: Vec<LoosePiece>, hits: &mut Vec<Hit>) {
        loose.sort_by_key(|piece| (piece.value, piece.range.start));
        loose.dedup_by_key(|piece| (piece.value, piece.range.start));
        for pieces in loose.chunk_by(|one, other| one.value == other.value) {
            let value = pieces[0].value;
            let mut places: Vec<Range<usize>> = pieces.iter().map(|piece| piece.places.clone()).collect();
            places.retain(|place| place.len() >= LEAST_LOOSE);
            places.sort_unstable_by_key(|place| (place.start, place.end));
            places.dedup();
            let found = hits.iter().filter(|hit| hit.value == Some(value)).count();
            let is_word = |place: &Range<usize>| {
                let word = pieces.iter().find(|piece| piece.places == *place);
                let word = word.and_then(|piece| text.get(piece.range.clone())).unwrap_or("");
                shape::is_word(word) || word.bytes().all(|b| b.is_ascii_digit())
            };
            let (mut worth, mut end) = (ENOUGH * count(found), 0);
            for place in &places {
                if place.start >= end {
                    let codes = &self.values[value].codes[place.clone()];
                    worth += if is_word(place) {
                        SPOKEN_LETTER * count(codes.len())
                    } else {
                        each_is_worth(codes, false) * count(codes.len()) - PER_PLACE
                    };
                    end = place.end;
                }
            }
            if worth < ENOUGH_LOOSE {
                continue;
            }
            let joins = |own: &Range<usize>| {
                let at = places.partition_point(|place| place.start < own.end);
                places.get(at).is_some_and(|place| place.start == own.end)
                    || places[..at]
                        .iter()
                        .rev()
                        .take(LONGEST)
                        .any(|place| place.end == own.start)
            };
            let meant = pieces
                .iter()
                .filter(|piece| piece.places.len() >= LEAST_LOOSE || joins(&piece.places));
            hits.extend(meant.map(|piece| {
                let places = self.values[value].secret_of_codes(piece.places.clone());
                self.hit(text, value, piece.range.clone(), places)
            }));
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

/// A piece of a value in a text that goes on nowhere, with its places in the value.
pub(super) struct LoosePiece {
    value: usize,
    range: Range<usize>,
    places: Range<usize>,
}

/// Pieces of a value in a text, each with its places in the value.
struct Chain {
    value: usize,
    pieces: Vec<(Range<usize>, Range<usize>)>,
}

impl Chain {
    /// Whether nothing but words stands there.
    fn is_talk(&self, text: &str) -> bool {
        let [first, last] = [self.pieces.first(), self.pieces.last()].map(|piece| piece.map(|(range, _)| range));
        let said = first
            .zip(last)
            .and_then(|(first, last)| text.get(first.start..last.end));
        said.is_some_and(is_spoken)
    }
}
