//! Folding: text and known values are brought to the same stream of small codes, so that another case, blanks,
//! line ends, zero-width characters, full-width letters and percent-encoding all look alike. The stream
//! remembers where in the text each code came from.
use unicode_normalization::UnicodeNormalization as _;

/// What no known value runs across: quotes, brackets, commas.
pub(super) const BREAK: u8 = 63;
const SKIP: u8 = 64;
const OTHER: u8 = 65;

const SYMBOLS: &[u8] = b"_/+=:!$#?&@~%^";

const CODES: [u8; 256] = codes();

#[expect(clippy::cast_possible_truncation, reason = "all values are below 256")]
const fn codes() -> [u8; 256] {
    let mut table = [BREAK; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b'0'..=b'9' => b - b'0',
            b'a'..=b'z' => b - b'a' + 10,
            b'A'..=b'Z' => b - b'A' + 10,
            b'-' | b'.' | b'*' | b'`' | 0..=b' ' | 0x7f => SKIP,
            0x80.. => OTHER,
            _ => BREAK,
        };
        byte += 1;
    }
    let mut symbol = 0;
    while symbol < SYMBOLS.len() {
        table[SYMBOLS[symbol] as usize] = 36 + symbol as u8;
        symbol += 1;
    }
    table
}

/// A folded text: `codes[i]` and `exact[i]` (the character before its case was folded) came from byte `starts[i]`.
#[derive(Default)]
pub(super) struct FoldedText {
    pub(super) codes: Vec<u8>,
    pub(super) exact: Vec<u8>,
    starts: Vec<u32>,
}

impl FoldedText {
    /// Folds a text.
    pub(super) fn of(text: &str) -> Self {
        let mut stream = Self {
            codes: Vec::with_capacity(text.len()),
            exact: Vec::with_capacity(text.len()),
            starts: Vec::with_capacity(text.len()),
        };
        each(text, |code, exact, at| {
            stream.codes.push(code);
            stream.exact.push(exact);
            stream.starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        });
        stream
    }

    /// The first byte of the text behind `codes[index]`.
    pub(super) fn start(&self, index: usize) -> usize {
        self.starts[index] as usize
    }

    /// The byte of the text after `codes[index]`.
    pub(super) fn end(&self, text: &str, index: usize) -> usize {
        let start = self.start(index);
        match text.as_bytes()[start] {
            b'%' if self.exact[index] != b'%' => start + 3,
            lead => start + width(lead),
        }
    }
}

/// Folds a text without keeping it: `see` gets each code, the character before its case was folded, and the byte where
/// that stands. Text beyond 4 GiB is not folded; no such text reaches us.
#[inline]
pub(super) fn each(text: &str, mut see: impl FnMut(u8, u8, usize)) {
    let bytes = text.as_bytes();
    let end = bytes.len().min(u32::MAX as usize);
    let mut at = 0;
    while at < end {
        let byte = bytes[at];
        let (code, exact, width) = match CODES[byte as usize] {
            SKIP => (SKIP, byte, 1),
            OTHER => wide(text, at),
            BREAK if byte == b'\\' && matches!(bytes.get(at + 1), Some(b'n' | b'r' | b't')) => (SKIP, byte, 2),
            _ if byte == b'%' => percent(bytes, at),
            code => (code, byte, 1),
        };
        if code != SKIP {
            see(code, exact, at);
        }
        at += width;
    }
}

/// The code of a percent sign or of what it encodes, the character, and how many bytes they take.
fn percent(bytes: &[u8], at: usize) -> (u8, u8, usize) {
    let digit = |offset: usize| bytes.get(at + offset).and_then(|b| char::from(*b).to_digit(16));
    if let (Some(high), Some(low)) = (digit(1), digit(2)) {
        let byte = u8::try_from(high * 16 + low).unwrap_or(0);
        if byte.is_ascii_graphic() {
            return (CODES[byte as usize], byte, 3);
        }
    }
    (CODES[b'%' as usize], b'%', 1)
}

/// A character outside ASCII: full-width letters and other look-alikes become ASCII, invisible ones vanish.
fn wide(text: &str, at: usize) -> (u8, u8, usize) {
    let Some(wide) = text[at..].chars().next() else {
        return (SKIP, 0, 1);
    };
    let width = wide.len_utf8();
    if is_invisible(wide) || is_dash_or_blank(wide) {
        return (SKIP, 0, width);
    }
    if !may_be_ascii(wide) {
        return (BREAK, 0, width);
    }
    let mut folded = std::iter::once(wide).nfkc();
    match (folded.next(), folded.next()) {
        (Some(one), None) if one.is_ascii() => (CODES[one as usize], one as u8, width),
        _ => (BREAK, 0, width),
    }
}

/// The length of a UTF-8 character by its first byte.
fn width(lead: u8) -> usize {
    match lead {
        0..=0xbf => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
    }
}

/// Characters that draw nothing: zero-width, joiners, soft hyphen, variation selectors, bidi marks, tags.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that NFKC may turn into one letter or digit: full-width, circled, raised, mathematical. Asking it about
/// every character would let a ligature of eighteen letters cost as much as a line.
fn may_be_ascii(c: char) -> bool {
    matches!(c,
        '\u{aa}'..='\u{ba}' | '\u{17f}' | '\u{2b0}'..='\u{2e4}' | '\u{1d2c}'..='\u{1d6a}' | '\u{2070}'..='\u{209c}' | '\u{2100}'..='\u{217f}'
        | '\u{2460}'..='\u{24ea}' | '\u{2c7c}' | '\u{fe50}'..='\u{fe6b}' | '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f190}'
        | '\u{1fbf0}'..='\u{1fbf9}')
}

fn is_dash_or_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{b7}' | '\u{85}')
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
            "A`b`-3.x",
            "A\u{2013}b\u{ad}3x",
        ] {
            assert_eq!(exact(text), "Ab3x", "{text:?}");
        }
    }

    #[test]
    fn offsets_point_into_the_text() {
        let text = "é%41Ｂ";
        let stream = FoldedText::of(text);
        assert_eq!((stream.start(1), stream.end(text, 1)), (2, 5));
        assert_eq!((stream.start(2), stream.end(text, 2)), (5, 8));
    }
}
