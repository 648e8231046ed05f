//! How hard a value is to guess: what a password of words is worth to somebody who tries words, years and signs, and a
//! random one to somebody who tries characters.
use crate::redact::lookalikes::is_invisible;
use crate::redact::shape::{self, CharCounts};

/// What can be guessed with comments: 2^40 tries are as many as a million comments with a million tries each.
pub(super) const GUESSABLE_BITS: f32 = 40.0;

/// The most frequent 4,096 words of a language, and words of three letters.
const WORD: f32 = 12.0;
const SHORT_WORD: f32 = 8.0;
/// How many letters a usual word has, and what each further one of a longer run of them is worth: running text has
/// about two bits a letter.
const WORD_LENGTH: usize = 8;
const FURTHER_LETTER: f32 = 2.0;
/// A capital where people put one.
const CAPITAL: f32 = 1.0;
/// A year of the last two centuries.
const YEAR: f32 = 7.0;
/// A random digit, and a random character among letters of one case, of both, and with digits.
const DIGIT: f32 = 3.3;
const HEX: f32 = 4.0;
/// From this length on letters up to f are hex.
const HEX_LENGTH: usize = 8;
const ONE_CASE: f32 = 4.7;
const MIXED: f32 = 5.2;
/// Words of two letters.
const SHORTEST_WORD: f32 = 6.0;
/// What joins words, a sign of a keyboard, one of some keyboards, and one of a thousand pictures.
const JOINT: f32 = 1.0;
const SIGN: f32 = 3.0;
const RARE_SIGN: f32 = 5.0;
const PICTURE: f32 = 10.0;
/// From here on Unicode has signs that no keyboard has.
const FIRST_PICTURE: char = '\u{2190}';
/// What goes on as it began: `1234`, `aaaa`.
const EXPECTED: f32 = 1.0;
/// That letters are written as digits and signs: `p@ssw0rd`.
const LEET: f32 = 4.0;

/// Rows of keyboards.
const ROWS: [&str; 7] = [
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
];

/// The bits of a whole value, estimated low.
pub(super) fn bits(value: &str) -> f32 {
    let as_written = bits_as_written(value);
    match without_leet(value) {
        Some(plain) => as_written.min(bits_as_written(&plain) + LEET),
        None => as_written,
    }
}

fn bits_as_written(value: &str) -> f32 {
    let mut bits = 0.0;
    let mut rest = value;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() {
            rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (part, behind) = rest.split_at(length);
        bits += match first {
            _ if first.is_alphanumeric() => of_token(part),
            _ if is_invisible(first) => 0.0,
            _ if before == Some(first) => EXPECTED,
            ' ' | '-' | '_' | '.' | '/' => JOINT,
            _ if first.is_ascii() => SIGN,
            _ if first < FIRST_PICTURE => RARE_SIGN,
            _ => PICTURE,
        };
        before = Some(first);
        rest = behind;
    }
    bits
}

/// Letters and digits: words with numbers, or random ones.
fn of_token(token: &str) -> f32 {
    of_words(token).min(random(token))
}

/// A few words and numbers in a row: `Harbour77`, `BlueHarbour`.
fn of_words(token: &str) -> f32 {
    let mut bits = 0.0;
    let mut rest = token;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_numeric();
        let length = rest.find(|c: char| c.is_numeric() != is_digit).unwrap_or(rest.len());
        let (part, behind) = rest.split_at(length);
        let year = part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
        bits += match is_digit {
            true if year => YEAR,
            true => random(part),
            false => camel(part).map(of_word).sum(),
        };
        rest = behind;
    }
    bits
}

/// The words of `BlueHarbour`.
fn camel(letters: &str) -> impl Iterator<Item = &str> {
    let mut rest = letters;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices().skip(1);
        let mut before = rest.chars().next()?;
        let border = chars.find(|(_, c)| std::mem::replace(&mut before, *c).is_lowercase() && c.is_uppercase());
        let (word, behind) = rest.split_at(border.map_or(rest.len(), |(at, _)| at));
        rest = behind;
        Some(word)
    })
}

fn of_word(word: &str) -> f32 {
    let letters = word.chars().count();
    let lower = word.to_lowercase();
    if letters > 2 && ROWS.iter().any(|row| row.contains(&lower)) {
        return SHORT_WORD;
    }
    if letters < 2 || !shape::is_word(word) {
        return random(word);
    }
    let capital = if word.chars().any(char::is_uppercase) {
        CAPITAL
    } else {
        0.0
    };
    let own = [SHORTEST_WORD, SHORT_WORD].get(letters - 2).copied().unwrap_or(WORD);
    own + capital + FURTHER_LETTER * count(letters.saturating_sub(WORD_LENGTH))
}

/// Random characters by the kinds that there are, but for those that go on as the two before them did.
fn random(token: &str) -> f32 {
    let counts = CharCounts::of(token);
    let hex = token.len() >= HEX_LENGTH && shape::is_hex(token);
    let each = match (counts.lower > 0, counts.upper > 0, counts.digit > 0) {
        (false, false, true) => DIGIT,
        _ if hex => HEX,
        (true, true, _) => MIXED,
        _ => ONE_CASE,
    };
    let codes: Vec<u32> = token.chars().map(u32::from).collect();
    let expected = expected(&codes);
    each * count(codes.len() - expected) + EXPECTED * count(expected)
}

/// How many of these go on as the two before them did: `1234567890`, `abcdef`, `aaaa`.
pub(super) fn expected(codes: &[u32]) -> usize {
    // A row of digits ends with the zero.
    let is_zero = |from: u32, to: u32| (from, to) == (9, 0) || (from, to) == (u32::from('9'), u32::from('0'));
    let step = |from: u32, to: u32| {
        if is_zero(from, to) {
            1
        } else {
            i64::from(to) - i64::from(from)
        }
    };
    let goes_on = |three: &&[u32]| {
        let [first, second] = [step(three[0], three[1]), step(three[1], three[2])];
        first == second && first.abs() <= 1
    };
    codes.windows(3).filter(goes_on).count()
}

/// The value with letters for the digits and signs that are written for them, where a letter stands on either side; `None`
/// if there are none.
fn without_leet(value: &str) -> Option<String> {
    let chars: Vec<char> = value.chars().collect();
    let is_part = |c: Option<&char>| c.is_some_and(|c| c.is_alphabetic() || letter_of(*c).is_some());
    let plain = chars.iter().enumerate().map(|(at, c)| {
        let inside = is_part(at.checked_sub(1).and_then(|before| chars.get(before))) && is_part(chars.get(at + 1));
        letter_of(*c).filter(|_| inside).unwrap_or(*c)
    });
    let plain: String = plain.collect();
    (plain != value).then_some(plain)
}

fn letter_of(c: char) -> Option<char> {
    Some(match c {
        '@' | '4' => 'a',
        '3' | '€' => 'e',
        '1' | '!' | '|' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' | '+' => 't',
        _ => return None,
    })
}

/// A number of characters, or of bits.
#[expect(clippy::cast_precision_loss, reason = "lengths of values")]
pub(super) fn count(chars: usize) -> f32 {
    chars as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_years_are_worth_little_and_random_characters_much() {
        for value in [
            "Harbour-77!",
            "it's \"me\" 42",
            "P@$$w0rd!",
            "P@$$w0rd!2024",
            "password123456789",
            "qwertz2024!",
            "Sommer 2024!",
            "пароль2024!",
            "48151623",
            "aaaaaaaaaaaaaaaaaaaa",
            "12345678901234567890",
            "BlueHarbour77!",
            "correctHorse99",
        ] {
            assert!(bits(value) < GUESSABLE_BITS, "{value}: {}", bits(value));
        }
        for value in [
            "Grüße aus Köln, 1987",
            "ab😀cd🎉ef",
            "correct-horse-battery-staple",
            "x9Kq2mVb7Z",
            "q7Hx77kkLm92pZk2",
            "Zwölf$Bücher#im\"Regal",
        ] {
            assert!(bits(value) >= GUESSABLE_BITS, "{value}: {}", bits(value));
        }
    }
}
