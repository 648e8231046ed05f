//! Base64, base32 and hex: the bits of a value in characters of four, five or six bits each. The last characters of a
//! folded text are rolled into one number; where its bits are six bytes of a value, text and value are compared bit by bit
//! as far as they agree. So a piece is found behind other bytes, in groups and over line ends.
//!
//! Signs of base64 need no place here: in the encoding of letters and digits `+` and `/` do not occur.
use crate::redact::fold::{BREAK, FoldedText};
use std::ops::Range;
use zeroize::Zeroizing;

/// The shortest piece that is looked for: so many characters, or bytes.
pub(super) const WINDOW: usize = 6;

/// How an encoding writes bits.
pub(super) struct Encoding {
    /// Bits of one character.
    bits: usize,
    /// What each ASCII character is worth; [`NONE`] if the encoding has no such character.
    values: [u64; 128],
    /// How many bits of the last character may lie behind the six bytes. Those listed meet every eight bytes in a row.
    overhangs: &'static [usize],
}

/// All bits are set, so that no byte of ASCII has any of them among the bits that are rolled.
const NONE: u64 = u64::MAX;

const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";

const fn with(mut values: [u64; 128], characters: &[u8], first: u64) -> [u64; 128] {
    let mut place = 0;
    let mut value = first;
    while place < characters.len() {
        values[characters[place] as usize] = value;
        place += 1;
        value += 1;
    }
    values
}

const fn uppercase(letters: &[u8; 26]) -> [u8; 26] {
    let mut upper = *letters;
    upper.make_ascii_uppercase();
    upper
}

const UPPER: [u8; 26] = uppercase(LETTERS);
const EMPTY: [u64; 128] = [NONE; 128];
const HEX_VALUES: [u64; 128] = with(with(with(EMPTY, b"0123456789", 0), b"abcdef", 10), b"ABCDEF", 10);

/// The place of base64 in [`ENCODINGS`].
pub(super) const BASE64: usize = 0;
/// The place of base32 in [`ENCODINGS`].
pub(super) const BASE32: usize = 1;
/// The place of hex in [`ENCODINGS`].
pub(super) const HEX: usize = 2;

/// All encodings that are read.
pub(super) const ENCODINGS: [Encoding; 3] = [
    Encoding {
        bits: 6,
        values: with(with(with(EMPTY, &UPPER, 0), LETTERS, 26), b"0123456789", 52),
        overhangs: &[0],
    },
    Encoding {
        bits: 5,
        values: with(with(with(EMPTY, &UPPER, 0), LETTERS, 0), b"234567", 26),
        overhangs: &[0, 4],
    },
    Encoding {
        bits: 4,
        values: HEX_VALUES,
        overhangs: &[0],
    },
];

/// The high bit of each of six bytes: keys are ASCII, so it is never set in one.
const HIGH_BITS: u64 = 0x8080_8080_8080;
const SIX_BYTES: u64 = (1 << (8 * WINDOW)) - 1;

/// The last characters of a text, read as one of the [`ENCODINGS`]. Before the first one, and behind what the encoding has
/// not, all bits are set: until enough characters have come that push them out, one of the high bits is.
#[derive(Clone, Copy)]
pub(super) struct Rolling<const ENCODING: usize>(u64);

impl<const ENCODING: usize> Default for Rolling<ENCODING> {
    fn default() -> Self {
        Self(NONE)
    }
}

impl<const ENCODING: usize> Rolling<ENCODING> {
    /// Takes one more character; `see` gets the six bytes that may end with it, each with its overhang.
    #[inline]
    pub(super) fn push(&mut self, exact: u8, mut see: impl FnMut(u64, usize)) {
        let encoding = const { &ENCODINGS[ENCODING] };
        // Without a branch: whether a letter is a hex digit would be guessed wrong at every third one.
        self.0 = self.0 << encoding.bits | encoding.values[usize::from(exact & 127)];
        for overhang in encoding.overhangs {
            let window = self.0 >> overhang & SIX_BYTES;
            if window & HIGH_BITS == 0 {
                see(window, *overhang);
            }
        }
    }

    /// Nothing goes on behind a wide gap.
    pub(super) fn reset(&mut self) {
        self.0 = NONE;
    }
}

/// Six bytes as [`Rolling::push`] gives them; `None` if they are not ASCII.
pub(super) fn packed(window: &[u8]) -> Option<u64> {
    let packed = window.iter().fold(0, |key, byte| key << 8 | u64::from(*byte));
    (packed & HIGH_BITS == 0).then_some(packed)
}

/// The text that this is the base64 of, in either alphabet; `None` if it is none of a text.
pub(super) fn of_base64(encoded: &str) -> Option<Zeroizing<String>> {
    let encoding = &ENCODINGS[BASE64];
    let mut bytes = Zeroizing::new(Vec::with_capacity(encoded.len()));
    let (mut bits, mut count) = (0_u32, 0);
    for byte in encoded.trim_end_matches('=').bytes() {
        let value = match byte {
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'\n' | b'\r' => continue,
            _ => encoding.values[usize::from(byte & 127)],
        };
        if value == NONE || !byte.is_ascii() {
            return None;
        }
        bits = bits << encoding.bits | u32::try_from(value).unwrap_or(0);
        count += encoding.bits;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).unwrap_or(0));
        }
    }
    let text = Zeroizing::new(std::str::from_utf8(&bytes).ok()?.to_owned());
    let printed = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().all(printed).then_some(text)
}

/// Where six bytes of a value end in a text: the six from `place` on end `overhang` bits before the end of the character
/// `last`.
#[derive(Clone, Copy)]
pub(super) struct EncodedWindow {
    pub(super) last: usize,
    pub(super) overhang: usize,
    pub(super) place: usize,
}

/// A stretch of a text that holds bits of a value: its first character and the one after its last, and the same of the
/// value's bytes.
pub(super) struct EncodedMatch {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) bytes: Range<usize>,
}

impl Encoding {
    /// As far as the bits of text and value agree around a window.
    pub(super) fn extend(&self, folded: &FoldedText, value: &[u8], window: EncodedWindow) -> EncodedMatch {
        let total = 8 * value.len();
        let end = 8 * (window.place + WINDOW);
        // A piece that ends within its last character fills it up with bits that are none of the value.
        let overhang = window.overhang.min(total - end);
        let goes_on = self.value_at(folded, window.last).is_some_and(|text| {
            (text & ((1 << window.overhang) - 1)) >> (window.overhang - overhang) == of(value, end, overhang)
        });
        let mut known = if goes_on { end + overhang } else { end };
        let mut to = window.last + 1;
        while goes_on && known < total {
            let bits = self.bits.min(total - known);
            let fits = self
                .value_at(folded, to)
                .is_some_and(|text| text >> (self.bits - bits) == of(value, known, bits));
            if !fits {
                break;
            }
            known += bits;
            to += 1;
        }
        let mut from = window.last;
        let mut first = end + window.overhang - self.bits;
        while first > 0 && from > 0 {
            let bits = self.bits.min(first);
            let fits = self
                .value_at(folded, from - 1)
                .is_some_and(|text| text & ((1 << bits) - 1) == of(value, first - bits, bits));
            if !fits {
                break;
            }
            first -= bits;
            from -= 1;
        }
        EncodedMatch {
            from,
            to,
            bytes: first.div_ceil(8)..(known / 8).max(first.div_ceil(8)),
        }
    }

    fn value_at(&self, folded: &FoldedText, at: usize) -> Option<u32> {
        let is_read = folded.codes.get(at).is_some_and(|code| *code != BREAK);
        let value = is_read.then(|| self.values[usize::from(folded.exact[at] & 127)])?;
        u32::try_from(value).ok()
    }
}

/// So many bits of a value, from this bit on.
fn of(value: &[u8], from: usize, bits: usize) -> u32 {
    (from..from + bits).fold(0, |all, bit| {
        let byte = value.get(bit / 8).copied().unwrap_or(0);
        all << 1 | u32::from(byte >> (7 - bit % 8) & 1)
    })
}
