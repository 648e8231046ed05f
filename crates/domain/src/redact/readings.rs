//! Other readings of a text, which may spell a key where its letters as they stand do not: without tags, with characters
//! for lists of their numbers (`number_lists`), numbered and twice encoded (`dumps`), with what characters that draw nothing
//! stand for.
use super::dumps::Dumps;
use super::number_lists::NumberLists;

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
    /// What is numbered character by character, or encoded twice.
    pub(super) dumps: Dumps,
}

impl Seen {
    /// Whether anything is.
    pub(super) fn anything(&self) -> bool {
        self.tags || self.carriers || self.wide_zeros || self.numbers.any() || self.dumps.any()
    }

    /// A word ends here.
    #[inline]
    pub(super) fn word_ends(&mut self, bytes: &[u8], end: usize) {
        self.numbers.word_ends(bytes, end);
        self.dumps.word_ends(bytes, end);
    }
}

/// How long a tag may be, in bytes.
const LONGEST_TAG: usize = 100;

/// Whether a tag may begin here.
pub(super) fn may_be_tag(bytes: &[u8], at: usize) -> bool {
    match (bytes[at], bytes.get(at + 1)) {
        (b'<', Some(next)) => matches!(next, b'/' | b'!') || next.is_ascii_alphabetic(),
        (b'[', Some(next)) => *next == b'/' || colour(bytes, at).is_some(),
        _ => false,
    }
}

/// How long the tag is that begins here: `<b>`, `</span>`, `<font color="red">`, `<!-- -->`, `[b]`, `[/b]`, `[31m`.
pub(super) fn tag(bytes: &[u8], at: usize) -> Option<usize> {
    let colour = colour(bytes, at);
    if colour.is_some() {
        return colour;
    }
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

/// How long the colour of a terminal is that begins here, without its escape: `[1;31m`, `[0m`, `[K`, behind `^[` too.
fn colour(bytes: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 20;
    let inside = bytes[at..].strip_prefix(b"[")?;
    let inside = inside.strip_prefix(b"[").unwrap_or(inside);
    let numbers = inside.iter().take(LONGEST);
    let length = numbers
        .take_while(|b| b.is_ascii_digit() || matches!(b, b';' | b':' | b'?'))
        .count();
    let ends = match inside.get(length)? {
        b'm' => length > 0 || !inside.get(1).is_some_and(u8::is_ascii_alphabetic),
        b'K' => length > 0 || at > 0 && matches!(bytes[at - 1], 0x1b | b'm' | b'e' | b'3' | b'b'),
        b'G' | b'J' | b'H' => length > 0,
        _ => false,
    };
    ends.then(|| bytes.len() - at - inside.len() + length + 1)
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
