//! A value as it is spelled: a short one, or one whose signs and letters of other alphabets folding would lose. A piece of
//! it counts where it stands in the text just so, in either case, and is no word or number of its own.
use super::guessing::expected;
use crate::redact::lookalikes::{ascii_of, is_invisible};
use crate::redact::shape;
use std::ops::Range;
use zeroize::Zeroizing;

/// The shortest piece that is looked for, in characters.
pub(super) const WINDOW: usize = 5;

/// Bits of a window that a character takes.
const BITS: u32 = 12;
const WINDOW_MASK: u64 = (1 << (BITS * 5)) - 1;

/// Of a shorter value more than half is a piece; of a longer one so many characters are.
const SHORT: usize = 12;
const LONG_PIECE: usize = 7;

/// How a value has to stand in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurrence {
    /// In pieces too.
    Pieces,
    /// As a whole: its words are in any text.
    Whole,
    /// As a whole where nothing else can be meant: it is a word that people say.
    Alone,
}

/// A value of letters of any alphabet and signs, in lower case.
pub(super) struct Spelled {
    chars: Zeroizing<Vec<char>>,
    occurrence: Occurrence,
}

impl Spelled {
    /// `None` if folding keeps this value as well: so many of its characters are letters and digits of ASCII.
    pub(super) fn of(secret: &str, folded: usize) -> Option<Self> {
        let spelled = Zeroizing::new(secret.chars().filter_map(spelled).collect::<Vec<char>>());
        let lost = spelled.len().saturating_sub(folded);
        let is_lost = spelled.len() < SHORT || lost * 6 > spelled.len() || !secret.is_ascii();
        let occurrence = Occurrence::Pieces;
        (is_lost || shape::is_weak(secret)).then_some(Self {
            chars: spelled,
            occurrence,
        })
    }

    /// What counts only as a whole; `None` if it is too short to be looked for.
    pub(super) fn whole(secret: &str, occurrence: Occurrence) -> Option<Self> {
        let chars = Zeroizing::new(secret.chars().filter_map(spelled).collect::<Vec<char>>());
        (chars.len() >= WINDOW).then_some(Self { chars, occurrence })
    }

    /// Whether nothing less than all of it counts.
    pub(super) fn is_whole(&self) -> bool {
        self.occurrence != Occurrence::Pieces
    }

    /// Whether it is a word that people say.
    pub(super) fn is_word(&self) -> bool {
        self.occurrence == Occurrence::Alone
    }

    /// How many characters it has.
    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// Whether so many of its characters are nearly all.
    pub(super) fn is_most(&self, chars: usize) -> bool {
        !self.is_whole() && 4 * chars >= 3 * self.len()
    }

    /// The character at a place.
    pub(super) fn at(&self, place: usize) -> Option<char> {
        self.chars.get(place).copied()
    }

    pub(super) fn windows(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        let sought = match self.occurrence {
            Occurrence::Pieces => usize::MAX,
            Occurrence::Whole | Occurrence::Alone => 1,
        };
        let windows = self.chars.windows(WINDOW).enumerate().take(sought);
        windows.map(|(place, window)| (window.iter().fold(0, |all, c| with(all, *c)), place))
    }

    /// Whether these of its characters, read as `piece`, are more than chance, a number or a word.
    pub(super) fn is_piece(&self, piece: &str, places: Range<usize>, bounded: bool) -> bool {
        let (whole, chars) = (self.len(), places.len());
        if self.is_whole() {
            return chars == whole && bounded;
        }
        // Numbers, dates, times, addresses.
        let digits = piece
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b':' | b'/' | b' '))
            && piece.contains(|c: char| c.is_ascii_digit());
        let lacks_signs = || {
            let lacking = [&self.chars[..places.start], &self.chars[places.end..]].concat();
            !lacking.is_empty() && !lacking.into_iter().any(char::is_alphanumeric)
        };
        let dated = || is_spoken(piece) || is_dated_word(piece.trim()) && lacks_signs();
        let spoken = piece.contains(char::is_alphanumeric) && shape::is_words(piece) && !has_sign_within(piece);
        let ordinary = digits || spoken || chars < whole && bounded && dated();
        if chars == whole {
            return bounded || !ordinary;
        }
        let own = &self.chars[places];
        let row = expected(&own.iter().copied().map(u32::from).collect::<Vec<_>>());
        let telling = own.len() - row > 3
            && own
                .iter()
                .enumerate()
                .filter(|(at, c)| !own[..*at].contains(c))
                .take(3)
                .count()
                == 3;
        let least = if whole < SHORT { whole / 2 + 1 } else { LONG_PIECE };
        let words = piece
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.len() > 1)
            .count();
        let most = 4 * chars >= 3 * whole && digits && bounded || 3 * chars >= 2 * whole && words > 1 && chars >= 10;
        telling && chars >= least && (!ordinary || most)
    }
}

/// Words with numbers among them, parted by blanks: `Sommer 2024`. Words of one or two letters are not what people say alone.
pub(super) fn is_spoken(piece: &str) -> bool {
    let [mut count, mut letters, mut words] = [0; 3];
    for part in piece.split_whitespace() {
        let is_number = part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number && !shape::is_word(part) {
            return false;
        }
        count += 1;
        letters += part.chars().count();
        words += usize::from(!is_number);
    }
    words > 0 && count > 1 && letters >= 3 * count
}

/// Whether it is a word with a year behind it: `notion2024`.
fn is_dated_word(piece: &str) -> bool {
    let word = piece.trim_end_matches(|c: char| c.is_ascii_digit());
    let year = &piece[word.len()..];
    year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) && shape::is_word(word)
}

/// Whether a sign stands between two letters or digits that nobody writes there: `Lake$Wolf`.
fn has_sign_within(piece: &str) -> bool {
    let mut letters = piece.split(is_rare_sign).map(|part| {
        (
            part.starts_with(char::is_alphanumeric),
            part.ends_with(char::is_alphanumeric),
        )
    });
    let mut ends = letters.next().is_some_and(|(_, ends)| ends);
    letters.any(|(starts, next)| std::mem::replace(&mut ends, next) && starts)
}

/// A sign that joins no words and stands in no path, no name and no setting.
fn is_rare_sign(c: char) -> bool {
    let joins = matches!(
        c,
        '-' | '_' | '.' | ',' | '\'' | '/' | ':' | '@' | '=' | '(' | ')' | '[' | ']' | '{' | '}'
    );
    !c.is_alphanumeric() && !c.is_whitespace() && !joins && (c.is_ascii() || !is_invisible(c))
}

/// A character as it is compared; `None` if it draws nothing.
pub(super) fn spelled(c: char) -> Option<char> {
    if c.is_ascii() {
        // What is said goes on in the next line.
        return match c {
            '\n' | '\t' => Some(' '),
            '\r' => None,
            _ => Some(c.to_ascii_lowercase()),
        };
    }
    if is_invisible(c) {
        return None;
    }
    if let Some(typed) = typed(c) {
        return Some(typed);
    }
    let c = c.to_lowercase().next().unwrap_or(c);
    Some(ascii_of(c).map_or(c, |ascii| char::from(ascii.to_ascii_lowercase())))
}

/// What was typed where a program writes a nicer sign.
fn typed(c: char) -> Option<char> {
    Some(match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' => '-',
        '‘' | '’' | '‚' | '‛' | '′' | '´' | '‹' | '›' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '⁄' | '∕' => '/',
        '∗' | '⁎' => '*',
        '˜' | '∼' => '~',
        _ => return None,
    })
}

/// The window with one more character.
pub(super) fn with(window: u64, c: char) -> u64 {
    let code = u64::from(u32::from(c));
    (window << BITS | (code ^ code >> BITS) & ((1 << BITS) - 1)) & WINDOW_MASK
}
