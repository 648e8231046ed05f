//! Other readings of a text, which may spell a key where its letters as they stand do not: without tags, with characters
//! for lists of their numbers, with what characters that draw nothing stand for.
use std::ops::Range;

/// What the first reading of a text saw, that is worth another one.
#[derive(Default)]
pub(super) struct Seen {
    /// Tags of HTML or of a forum: `</b>`, `<br`, `[/b]`.
    pub(super) tags: bool,
    /// Characters that carry another one and draw nothing.
    pub(super) carriers: bool,
    /// Two zeros, as hex has them that writes two bytes for each character.
    pub(super) wide_zeros: bool,
    /// Lists of numbers.
    pub(super) numbers: NumberLists,
}

impl Seen {
    /// Whether anything is.
    pub(super) fn anything(&self) -> bool {
        self.tags || self.carriers || self.wide_zeros || !self.numbers.found.is_empty()
    }
}

/// How long a tag may be, in bytes.
const LONGEST_TAG: usize = 100;

/// Whether a tag may begin here.
pub(super) fn may_be_tag(bytes: &[u8], at: usize) -> bool {
    match (bytes[at], bytes.get(at + 1)) {
        (b'<', Some(next)) => matches!(next, b'/' | b'!') || next.is_ascii_alphabetic(),
        (b'[', Some(next)) => *next == b'/',
        _ => false,
    }
}

/// How long the tag is that begins here: `<b>`, `</span>`, `<font color="red">`, `<!-- -->`, `[b]`, `[/b]`.
pub(super) fn tag(bytes: &[u8], at: usize) -> Option<usize> {
    let close = match bytes[at] {
        b'<' => b'>',
        b'[' => b']',
        _ => return None,
    };
    let inside = &bytes[at + 1..bytes.len().min(at + LONGEST_TAG)];
    let length = inside.iter().position(|b| *b == close || *b == bytes[at])?;
    let name = inside.strip_prefix(b"/").unwrap_or(inside).first()?;
    let named = name.is_ascii_alphabetic() || inside.starts_with(b"!--");
    (inside[length] == close && named).then_some(length + 2)
}

/// The character that one which draws nothing carries: the tags of Unicode that mirror ASCII, and the variation selectors
/// that are used for bytes.
pub(super) fn carried(c: char) -> Option<u8> {
    let code = u32::from(c);
    let byte = match code {
        0xe_0020..=0xe_007e => code - 0xe_0000,
        0xe_0100..=0xe_01ef => code - 0xe_0100 + 16,
        _ => return None,
    };
    u8::try_from(byte).ok().filter(u8::is_ascii_graphic)
}

/// How numbers stand for characters.
#[derive(Clone, Copy)]
enum Notation {
    /// Decimal numbers, as `113` is.
    Decimal,
    /// Octal numbers, as `161` is.
    Octal,
    /// Binary numbers, as `01110001` is.
    Binary,
    /// Two bytes: `0071`, `0x0071`, `u0071`.
    Wide,
    /// One byte of which every second may be zero: `71 00`.
    Byte,
}

impl Notation {
    const ALL: [Self; 5] = [Self::Decimal, Self::Octal, Self::Binary, Self::Wide, Self::Byte];

    /// The character of a number in this notation; 0 for half a wide one that is empty.
    fn character(self, number: &[u8]) -> Option<u8> {
        let (digits, radix, lengths) = match self {
            Self::Decimal => (number, 10, 2..=3),
            Self::Octal => (number, 8, 3..=4),
            Self::Binary => (number, 2, 7..=8),
            Self::Wide => {
                let named = number.strip_prefix(b"0x").or_else(|| number.strip_prefix(b"0X"));
                let named = named
                    .or_else(|| number.strip_prefix(b"u"))
                    .or_else(|| number.strip_prefix(b"U"));
                (named.unwrap_or(number), 16, 4..=4)
            }
            Self::Byte => (number, 16, 2..=2),
        };
        if !lengths.contains(&digits.len()) {
            return None;
        }
        let value = digits.iter().try_fold(0, |value, digit| {
            Some(value * radix + char::from(*digit).to_digit(radix)?)
        })?;
        let empty = value == 0 && matches!(self, Self::Byte);
        (empty || (32..127).contains(&value)).then(|| u8::try_from(value).ok())?
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// So many numbers in a row are a list: a shorter one is too little of a key.
const SHORTEST_LIST: usize = 6;

/// Words and signs that name what the numbers are: `chr(113)`, `U+0071`.
const NAMES: [&[u8]; 4] = [b"chr", b"char", b"u", b"x"];

/// Longer words are no number of a character.
const LONGEST_NUMBER: usize = 8;

/// A list of numbers in a text.
#[derive(Clone, Default)]
struct NumberList {
    range: Range<usize>,
    count: usize,
    /// The notations in which each of its numbers is a character, by their bits.
    notations: u8,
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
        // Two hex digits of which one is decimal, or which stand alone.
        let begins = match bytes[..end] {
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
        let fits = Notation::ALL
            .iter()
            .filter(|notation| notation.character(word).is_some());
        let fits = fits.fold(0, |all, notation| all | notation.bit());
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
        if list.count >= SHORTEST_LIST {
            self.found.push(list);
        }
    }

    /// The characters of each list in each notation, with the places of their numbers: `None` between two of them.
    pub(super) fn read(&self, bytes: &[u8], mut see: impl FnMut(Option<(u8, Range<usize>)>)) {
        for list in &self.found {
            let fitting = Notation::ALL
                .iter()
                .filter(|notation| list.notations & notation.bit() != 0);
            for notation in fitting {
                see(None);
                let mut at = list.range.start;
                for word in bytes[list.range.clone()].split(|b| !b.is_ascii_alphanumeric()) {
                    let character = notation.character(word);
                    if let Some(character) = character.filter(|byte| *byte != 0) {
                        see(Some((character, at..at + word.len())));
                    }
                    at += word.len() + 1;
                }
            }
        }
    }
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
                Notation::Byte
                    .character(&digits[offsets[0]..offsets[0] + 2])
                    .filter(|byte| empty && *byte != 0)
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
