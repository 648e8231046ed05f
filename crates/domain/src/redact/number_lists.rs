//! Lists of the numbers of characters, as programs print them and their sources hold them: decimal, octal, binary, hex, and
//! words of two or four bytes as `od` and `hexdump` show them.
use std::ops::{Range, RangeInclusive};

/// How numbers stand for characters.
struct Notation {
    radix: u32,
    /// How many digits a number has.
    digits: RangeInclusive<usize>,
    /// What may stand before them.
    prefixes: &'static [&'static [u8]],
    /// Digits behind such a prefix may be fewer by so many.
    fewer: usize,
    /// Whether the number may end with the sign of hex in assemblers.
    suffixed: bool,
    /// Of how many bytes a number is, the last of which is written first, as machines hold it.
    bytes: usize,
}

const fn notation(
    radix: u32,
    digits: RangeInclusive<usize>,
    prefixes: &'static [&'static [u8]],
    bytes: usize,
) -> Notation {
    Notation {
        radix,
        digits,
        prefixes,
        fewer: 0,
        suffixed: false,
        bytes,
    }
}

/// The notation of one byte of which every second may be zero: `71 00`.
const BYTE: usize = 0;

/// Single characters first, then the words that `od` and `hexdump` print.
const NOTATIONS: [Notation; 9] = [
    Notation {
        suffixed: true,
        ..notation(16, 2..=2, &[b"0x", b"0X", b"H"], 1)
    },
    notation(10, 2..=3, &[], 1),
    Notation {
        fewer: 1,
        ..notation(8, 3..=4, &[b"0o", b"0O"], 1)
    },
    Notation {
        fewer: 1,
        ..notation(2, 7..=8, &[b"0b", b"0B"], 1)
    },
    // Two bytes for one character: `0071`, `0x0071`, `u0071`.
    notation(16, 4..=4, &[b"0x", b"0X", b"u", b"U"], 1),
    notation(16, 4..=4, &[b"0x"], 2),
    notation(8, 6..=6, &[], 2),
    notation(10, 5..=5, &[], 2),
    notation(16, 8..=8, &[b"0x"], 4),
];

/// The most bytes that a number has.
const WIDEST: usize = 4;

impl Notation {
    /// The characters of a number in this notation, in the order of the text; 0 for what is none.
    fn characters(&self, number: &[u8]) -> Option<[u8; WIDEST]> {
        let bare = self.prefixes.iter().find_map(|prefix| number.strip_prefix(*prefix));
        let (digits, fewer) = match bare {
            Some(digits) => (digits, self.fewer),
            None => (number, 0),
        };
        let suffix = digits
            .last()
            .is_some_and(|last| self.suffixed && last.eq_ignore_ascii_case(&b'h'));
        let digits = &digits[..digits.len() - usize::from(suffix)];
        if !self.digits.contains(&digits.len()) && !self.digits.contains(&(digits.len() + fewer)) {
            return None;
        }
        let value = digits.iter().try_fold(0_u32, |value, digit| {
            value
                .checked_mul(self.radix)?
                .checked_add(char::from(*digit).to_digit(self.radix)?)
        })?;
        let bytes = value.to_le_bytes();
        let (own, beyond) = bytes.split_at(self.bytes);
        let fits = beyond.iter().all(|byte| *byte == 0)
            && if self.bytes == 1 {
                (32..127).contains(&own[0]) || own[0] == 0 && self.radix == 16 && *self.digits.end() == 2
            } else {
                // The end of a line, and what fills up the last number.
                let ends = |byte: &u8| byte.is_ascii_graphic() || matches!(byte, 0 | b'\n' | b'\r');
                own.iter().all(ends) && own[0].is_ascii_graphic()
            };
        fits.then_some(bytes.map(|byte| if byte.is_ascii_graphic() { byte } else { 0 }))
    }
}

/// So many characters in a row are a list: a shorter one is too little of a key.
const SHORTEST_LIST: usize = 6;

/// Words and signs that name what the numbers are: `chr(113)`, `U+0071`.
const NAMES: [&[u8]; 4] = [b"chr", b"char", b"u", b"x"];

/// Longer words are no number of a character.
const LONGEST_NUMBER: usize = 10;

/// A list of numbers in a text.
#[derive(Clone, Default)]
struct NumberList {
    range: Range<usize>,
    count: usize,
    /// The notations in which each of its numbers is a character, by their bits.
    notations: u16,
}

impl NumberList {
    /// The notations in which it is long enough.
    fn notations(&self) -> impl Iterator<Item = &'static Notation> + '_ {
        let fitting = NOTATIONS.iter().enumerate();
        let fitting = fitting.filter(|(place, _)| self.notations >> place & 1 == 1);
        let fitting = fitting.map(|(_, notation)| notation);
        fitting.filter(|notation| self.count * notation.bytes >= SHORTEST_LIST)
    }
}

/// All lists of numbers that may stand for characters; told of each word of a text, in order.
#[derive(Default)]
pub(super) struct NumberLists {
    found: Vec<NumberList>,
    list: NumberList,
}

impl NumberLists {
    /// A word ends here.
    #[inline]
    pub(super) fn word_ends(&mut self, bytes: &[u8], end: usize) {
        let digits = match bytes[..end] {
            [.., b'h' | b'H'] => end - 1,
            _ => end,
        };
        // Two hex digits of which one is decimal, or which stand alone.
        let begins = match bytes[..digits] {
            [.., before, one, two] => {
                one.is_ascii_hexdigit()
                    && two.is_ascii_hexdigit()
                    && (one.is_ascii_digit() || two.is_ascii_digit() || !before.is_ascii_alphanumeric())
            }
            [_, _] => true,
            _ => false,
        };
        if begins || self.list.count > 0 {
            self.take(bytes, end);
        }
    }

    fn take(&mut self, bytes: &[u8], end: usize) {
        let letters = bytes[..end].iter().rev().take(LONGEST_NUMBER + 1);
        let length = letters.take_while(|b| b.is_ascii_alphanumeric()).count();
        let start = end - length;
        let word = &bytes[start..end];
        if length == 0 || NAMES.iter().any(|name| name.eq_ignore_ascii_case(word)) {
            return;
        }
        if is_offset(word) {
            return;
        }
        let fits = NOTATIONS.iter().enumerate();
        let fits = fits.filter(|(_, notation)| notation.characters(word).is_some());
        let fits = fits.fold(0, |all, (place, _)| all | 1 << place);
        if self.list.notations & fits != 0 {
            self.list.notations &= fits;
            self.list.range.end = end;
            self.list.count += 1;
        } else {
            self.end();
            if fits != 0 {
                self.list = NumberList {
                    range: start..end,
                    count: 1,
                    notations: fits,
                };
            }
        }
    }

    /// Nothing goes on here.
    pub(super) fn end(&mut self) {
        let list = std::mem::take(&mut self.list);
        if list.notations().next().is_some() {
            self.found.push(list);
        }
    }

    /// Whether there are any.
    pub(super) fn any(&self) -> bool {
        !self.found.is_empty()
    }

    /// The characters of each list in each notation, with the places of their numbers: `None` between two of them.
    pub(super) fn read(&self, bytes: &[u8], mut see: impl FnMut(Option<(u8, Range<usize>)>)) {
        for list in &self.found {
            for notation in list.notations() {
                see(None);
                let mut at = list.range.start;
                for word in bytes[list.range.clone()].split(|b| !b.is_ascii_alphanumeric()) {
                    let characters = notation.characters(word).filter(|_| !is_offset(word));
                    for character in characters.into_iter().flatten().filter(|byte| *byte != 0) {
                        see(Some((character, at..at + word.len())));
                    }
                    at += word.len() + 1;
                }
            }
        }
    }
}

/// What `od`, `hexdump` and `xxd` write at the beginning of a line: where its bytes are.
fn is_offset(word: &[u8]) -> bool {
    let zeros: &[u8] = if word.len() == 8 { b"0000" } else { b"000" };
    (6..=8).contains(&word.len())
        && word.starts_with(zeros)
        && word.ends_with(b"0")
        && word.iter().all(u8::is_ascii_hexdigit)
}

/// Two bytes for each character, in hex without a blank: `00710077`, `71007700`.
pub(super) fn read_wide_hex(text: &str, mut see: impl FnMut(Option<(u8, Range<usize>)>)) {
    let bytes = text.as_bytes();
    let mut settled = 0;
    for (zeros, _) in text.match_indices("00") {
        for (first, byte) in [(zeros, zeros + 2), (zeros.saturating_sub(2), zeros.saturating_sub(2))] {
            // Of the second kind the zeros stand behind the byte.
            let offsets = [byte - first, if byte == first { 2 } else { 0 }];
            let character = |group: usize| {
                let at = first + 4 * group;
                let digits = bytes.get(at..at + 4)?;
                let empty = &digits[offsets[1]..offsets[1] + 2] == b"00";
                let [byte, ..] = NOTATIONS[BYTE].characters(&digits[offsets[0]..offsets[0] + 2])?;
                (empty && byte != 0).then_some(byte)
            };
            if zeros < settled || (0..SHORTEST_LIST).any(|group| character(group).is_none()) {
                continue;
            }
            see(None);
            let mut group = 0;
            while let Some(character) = character(group) {
                let at = first + 4 * group;
                see(Some((character, at..at + 4)));
                group += 1;
            }
            settled = first + 4 * group;
        }
    }
}
