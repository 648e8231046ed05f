//! Folding: text and known values are brought to the same stream of letters and digits in one case. Whatever may stand
//! between the characters of a key vanishes (blanks, line ends, punctuation, emoji, zero-width and combining characters),
//! and what stands for a character becomes it: escapes, full-width letters, look-alikes. The stream remembers where in
//! the text each character came from. A text that holds tags, lists of numbers or the like is read once more in that way
//! (`readings`), behind a break.
use super::escapes::{self, SIGN};
use super::lookalikes::{ascii_of, is_invisible};
use super::number_lists::read_wide_hex;
use super::readings::{self, Seen};
use std::ops::Range;

/// What stands in the stream where so much text was left out that no key goes on behind it.
pub(super) const BREAK: u8 = 63;

/// More visible characters than this between two letters are a text of their own; a run of blanks counts as one.
const WIDEST_GAP: u8 = 12;

const VISIBLE: u8 = 64;
const BLANK: u8 = 65;
const WIDE: u8 = 66;
const MAY_ESCAPE: u8 = 67;
const MAY_TAG: u8 = 68;

/// Letters and digits by their number; everything else by what is to be done with it.
const CODES: [u8; 256] = codes();

#[expect(clippy::cast_possible_truncation, reason = "all values are below 256")]
const fn codes() -> [u8; 256] {
    let mut table = [VISIBLE; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b'0'..=b'9' => b - b'0',
            b'a'..=b'z' => b - b'a' + 10,
            b'A'..=b'Z' => b - b'A' + 10,
            0..=b' ' | 0x7f => BLANK,
            b'%' | b'\\' | b'&' | b'=' => MAY_ESCAPE,
            b'<' | b'[' => MAY_TAG,
            0x80.. => WIDE,
            _ => VISIBLE,
        };
        byte += 1;
    }
    table
}

/// The number of a letter or digit of ASCII in the stream.
pub(super) const fn code_of(byte: u8) -> u8 {
    CODES[byte as usize]
}

/// A character of the stream, with the bytes of the text that it came from.
#[derive(Clone, Copy)]
pub(super) struct Folded {
    /// The number of its letter or digit, below [`BREAK`].
    pub(super) code: u8,
    /// The character before its case was folded.
    pub(super) exact: u8,
    /// Whether so much was left out before it that nothing goes on: a [`BREAK`] stands there.
    pub(super) begins: bool,
    /// Its first byte in the text.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
}

/// A folded text: the parts of [`Folded`] side by side.
#[derive(Default)]
pub(super) struct FoldedText {
    pub(super) codes: Vec<u8>,
    pub(super) exact: Vec<u8>,
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl FoldedText {
    /// Folds a text.
    pub(super) fn of(text: &str) -> Self {
        let mut stream = Self {
            codes: Vec::with_capacity(text.len()),
            exact: Vec::with_capacity(text.len()),
            starts: Vec::with_capacity(text.len()),
            ends: Vec::with_capacity(text.len()),
        };
        each(text, |folded| {
            if folded.begins {
                stream.push(BREAK, SIGN, folded.start, folded.start);
            }
            stream.push(folded.code, folded.exact, folded.start, folded.end);
        });
        stream
    }

    fn push(&mut self, code: u8, exact: u8, start: usize, end: usize) {
        self.codes.push(code);
        self.exact.push(exact);
        self.starts.push(u32::try_from(start).unwrap_or(u32::MAX));
        self.ends.push(u32::try_from(end).unwrap_or(u32::MAX));
    }

    /// The first byte of the text behind `codes[index]`.
    pub(super) fn start(&self, index: usize) -> usize {
        self.starts[index] as usize
    }

    /// The byte of the text after `codes[index]`.
    pub(super) fn end(&self, index: usize) -> usize {
        self.ends[index] as usize
    }
}

/// Folds a text without keeping it: `see` gets each character, of each reading. Text beyond 4 GiB is not folded; no such
/// text reaches us.
fn each(text: &str, mut see: impl FnMut(Folded)) {
    let mut first = TextReading::of(text);
    first.by_ref().for_each(&mut see);
    let seen = first.seen();
    if seen.tags {
        TextReading::<true>::new(text).for_each(&mut see);
    }
    let mut begins = true;
    let mut see_read = |character: Option<(u8, Range<usize>)>| {
        let Some((exact, Range { start, end })) = character else {
            begins = true;
            return;
        };
        let code = CODES[exact as usize];
        if code < BREAK {
            let begins = std::mem::take(&mut begins);
            see(Folded {
                code,
                exact,
                begins,
                start,
                end,
            });
        }
    };
    seen.numbers.read(text.as_bytes(), &mut see_read);
    seen.dumps.read(text.as_bytes(), &mut see_read);
    if seen.wide_zeros {
        read_wide_hex(text, &mut see_read);
    }
    if seen.carriers {
        see_read(None);
        for (at, c) in text.char_indices() {
            if let Some(carried) = readings::carried(c) {
                see_read(Some((carried, at..at + c.len_utf8())));
            }
        }
    }
}

/// One reading of a text: with its tags, or without.
pub(super) struct TextReading<'a, const UNTAGGED: bool> {
    text: &'a str,
    at: usize,
    limit: usize,
    /// How much was left out since the last character.
    gap: u8,
    seen: Seen,
}

impl<'a> TextReading<'a, false> {
    /// The first reading of a text.
    pub(super) fn of(text: &'a str) -> Self {
        Self::new(text)
    }

    /// What the whole text has that is worth another reading.
    pub(super) fn seen(self) -> Seen {
        let mut seen = self.seen;
        if self.gap == 0 {
            seen.word_ends(self.text.as_bytes(), self.limit);
        }
        seen.numbers.end();
        seen
    }
}

impl<'a, const UNTAGGED: bool> TextReading<'a, UNTAGGED> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            limit: text.len().min(u32::MAX as usize),
            // The second one begins behind the first.
            gap: if UNTAGGED { WIDEST_GAP + 1 } else { 0 },
            seen: Seen::default(),
        }
    }
}

impl<const UNTAGGED: bool> Iterator for TextReading<'_, UNTAGGED> {
    type Item = Folded;

    #[inline]
    fn next(&mut self) -> Option<Folded> {
        let bytes = self.text.as_bytes();
        while self.at < self.limit {
            let start = self.at;
            let byte = bytes[start];
            let code = CODES[byte as usize];
            // Nearly all characters are letters that stand for themselves.
            let (code, exact, width) = if (1..BREAK).contains(&code) {
                (code, byte, 1)
            } else {
                let (exact, width) = unusual::<UNTAGGED>(self.text, start, code, &mut self.seen);
                if exact == INVISIBLE {
                    self.at += width;
                    continue;
                }
                (CODES[exact as usize], exact, width)
            };
            self.at = start + width;
            if code > BREAK {
                if self.gap == 0 && !UNTAGGED {
                    self.seen.word_ends(bytes, start);
                }
                self.gap = self.gap.saturating_add(1);
                continue;
            }
            let begins = self.gap > WIDEST_GAP;
            if begins && !UNTAGGED {
                self.seen.numbers.end();
            }
            self.gap = 0;
            return Some(Folded {
                code,
                exact,
                begins,
                start,
                end: self.at,
            });
        }
        None
    }
}

/// What stands in the stream for a byte that is no letter and no digit but zero: the character, and how many bytes it takes.
fn unusual<const UNTAGGED: bool>(text: &str, at: usize, code: u8, seen: &mut Seen) -> (u8, usize) {
    let bytes = text.as_bytes();
    let byte = bytes[at];
    match code {
        // One blank of a run counts, and one sign of a row of the same.
        BLANK if at > 0 && CODES[bytes[at - 1] as usize] == BLANK => (INVISIBLE, 1),
        VISIBLE if at > 0 && bytes[at - 1] == byte => (INVISIBLE, 1),
        WIDE => wide(text, at, seen),
        MAY_ESCAPE => escapes::read(bytes, at).unwrap_or((byte, 1)),
        MAY_TAG => {
            let tag = UNTAGGED.then(|| readings::tag(bytes, at)).flatten();
            seen.tags |= readings::may_be_tag(bytes, at);
            tag.map_or((byte, 1), |width| (INVISIBLE, width))
        }
        0 => {
            seen.wide_zeros |= bytes.get(at + 1) == Some(&b'0') && bytes.get(at + 4..at + 6) == Some(b"00");
            match bytes.get(at + 1) {
                Some(b'x' | b'X') => escapes::hex_literal(bytes, at).map_or((byte, 1), |byte| (byte, 4)),
                _ => (byte, 1),
            }
        }
        _ => (byte, 1),
    }
}

/// The character that another one stands for where it draws nothing.
const INVISIBLE: u8 = 0;

/// A character outside ASCII: what it stands for, and its width.
fn wide(text: &str, at: usize, seen: &mut Seen) -> (u8, usize) {
    let Some(wide) = text[at..].chars().next() else {
        return (SIGN, 1);
    };
    seen.carriers |= readings::carried(wide).is_some();
    let exact = if is_invisible(wide) || wide.is_whitespace() || text[..at].ends_with(wide) && ascii_of(wide).is_none()
    {
        INVISIBLE
    } else {
        ascii_of(wide).unwrap_or(SIGN)
    };
    (exact, wide.len_utf8())
}

/// A text as it is spelled: everything but blanks and what separates, in one case. What a made-up password is compared by,
/// whose signs count.
pub(super) fn spelled(text: &str) -> String {
    let counts = |c: &char| !(c.is_whitespace() || is_invisible(*c) || matches!(c, '-' | '.' | '*' | '`'));
    let spelled = text.chars().filter(counts).flat_map(char::to_lowercase);
    spelled.map(|c| ascii_of(c).map_or(c, char::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> String {
        FoldedText::of(text).exact.iter().map(|b| char::from(*b)).collect()
    }

    #[test]
    fn disguises_fold_to_the_same_letters() {
        for text in [
            "Ab3x",
            "A b\n3\u{200b}x",
            "Ａｂ３ｘ",
            "%41b%33x",
            "%2541%2562%2533%2578",
            "A`b`-3.x",
            "A\u{2013}b\u{ad}3x",
            "A_b/3,x",
            "A|b|3|x",
            "A🔑b🔑3🔑x",
            "A\u{336}b\u{336}3\u{336}x\u{336}",
            r"\x41\x62\x33\x78",
            r"\u0041\u0062\u{33}\u{78}",
            r"\101\142\063\170",
            "0x41 0x62 0x33 0x78",
            "&#65;&#98;&#x33;&#x78;",
            "=41=62=33=78",
            "\"Ab\" + \"3x\"",
            "Аb3х",
        ] {
            assert_eq!(exact(text), "Ab3x", "{text:?}");
        }
        assert_eq!(exact("A=41b"), "A41b", "an assignment is no escape");
        let long = "b (this is something else) c";
        assert_eq!(FoldedText::of(long).codes.first(), Some(&11));
        assert!(FoldedText::of("b - , - , - , - , - , - , - c").codes.contains(&BREAK));
    }

    #[test]
    fn offsets_point_into_the_text() {
        let text = "中%41Ｂ";
        let stream = FoldedText::of(text);
        assert_eq!((stream.start(0), stream.end(0)), (3, 6));
        assert_eq!((stream.start(1), stream.end(1)), (6, 9));
    }
}
