//! Escapes: the ways in which URLs, programs, mails and pages write a character by its number.
use super::labels::Offsets;
use super::lookalikes::ascii_of;
use unicode_normalization::char::compose;

/// What stands for a character that is none of a key.
pub(super) const SIGN: u8 = b'.';

/// The character for which the bytes at this place stand, and how many they are: `%41`, `%2541`, `%u0041`, `\x41`, `\u0041`,
/// `\u{41}`, `\000041`, `\101`, `&#65;`, `&#x41;`, `&amp;#65;`, `&nbsp;`, `=41`. For one that keys do not hold a sign.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let (value, width) = one(bytes, at)?;
    // Two bytes for each character: the zero before it is part of it.
    if value == 0
        && let Some((next, behind)) = bytes.get(at + width).and_then(|_| one(bytes, at + width))
        && next != 0
    {
        return Some((character(next), width + behind));
    }
    Some((character(value), width))
}

/// What an escape stands for.
#[derive(Clone, Copy)]
enum Escaped {
    /// A byte of a text in UTF-8, or in Latin-1.
    Byte(u8),
    /// A character of Unicode, or half of one in UTF-16.
    Code(u32),
}

/// The value of an escape by itself: a byte outside ASCII is part of a character that keys do not hold.
fn one(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let (unit, width) = unit(bytes, at)?;
    let value = match unit {
        Escaped::Byte(byte) => u32::from(if byte.is_ascii() { byte } else { SIGN }),
        Escaped::Code(code) => code,
    };
    Some((value, width))
}

/// What the escape at this place stands for, and how many bytes it is.
fn unit(bytes: &[u8], at: usize) -> Option<(Escaped, usize)> {
    match bytes[at] {
        b'%' => percent(bytes, at),
        b'\\' => backslash(bytes, at),
        b'&' => entity(bytes, at),
        b'=' => quoted_printable(bytes, at),
        _ => None,
    }
}

/// The character of ASCII that this one is or looks like.
fn character(value: u32) -> u8 {
    let letter = char::from_u32(value).and_then(|c| match c {
        '\0'..='\x7f' => u8::try_from(value).ok(),
        _ => ascii_of(c),
    });
    letter.filter(u8::is_ascii_graphic).unwrap_or(SIGN)
}

/// `0x41`, alone: in a longer number the digits are what counts.
pub(super) fn hex_literal(bytes: &[u8], at: usize) -> Option<u8> {
    let goes_on = bytes.get(at + 4).is_some_and(u8::is_ascii_alphanumeric);
    let byte = hex_byte(bytes, at + 2).filter(|_| !goes_on)?;
    byte.is_ascii_graphic().then_some(byte)
}

fn digit(bytes: &[u8], at: usize, radix: u32) -> Option<u32> {
    char::from(*bytes.get(at)?).to_digit(radix)
}

/// Two hex digits.
fn hex_byte(bytes: &[u8], at: usize) -> Option<u8> {
    u8::try_from(digit(bytes, at, 16)? * 16 + digit(bytes, at + 1, 16)?).ok()
}

/// A number of so many digits at most, and where it ends.
fn number(bytes: &[u8], at: usize, radix: u32, longest: usize) -> Option<(u32, usize)> {
    let digits = (0..longest).map_while(|place| digit(bytes, at + place, radix));
    let (value, count) = digits.fold((0_u32, 0), |(value, count), digit| (value * radix + digit, count + 1));
    (count > 0).then_some((value, at + count))
}

/// `%41`; encoded again, the percent sign itself is `%25`, as often as one likes.
fn percent(bytes: &[u8], at: usize) -> Option<(Escaped, usize)> {
    const TIMES: usize = 6;
    let mut digits = at + 1;
    if bytes.get(digits) == Some(&b'u') {
        let (value, end) = exactly(bytes, digits + 1, 16, 4)?;
        return Some((Escaped::Code(value), end - at));
    }
    for _ in 0..TIMES {
        let again = bytes.get(digits..digits + 2) == Some(b"25") && hex_byte(bytes, digits + 2).is_some();
        if !again {
            break;
        }
        digits += 2;
    }
    Some((Escaped::Byte(hex_byte(bytes, digits)?), digits + 2 - at))
}

fn backslash(bytes: &[u8], at: usize) -> Option<(Escaped, usize)> {
    // JSON in JSON doubles the backslash.
    let letter = at + bytes[at..].iter().take(8).take_while(|b| **b == b'\\').count();
    let code = |(value, end): (u32, usize)| (Escaped::Code(value), end);
    let (unit, end) = match bytes.get(letter)? {
        b'x' => (Escaped::Byte(hex_byte(bytes, letter + 1)?), letter + 3),
        b'u' | b'U' if bytes.get(letter + 1) == Some(&b'{') => {
            let (value, end) = number(bytes, letter + 2, 16, 6)?;
            (bytes.get(end) == Some(&b'}')).then_some((Escaped::Code(value), end + 1))?
        }
        b'u' => code(exactly(bytes, letter + 1, 16, 4)?),
        b'U' => code(exactly(bytes, letter + 1, 16, 8)?),
        // Style sheets write six digits.
        b'0' if bytes[letter..].starts_with(b"0000") => code(exactly(bytes, letter, 16, 6)?),
        b'0'..=b'7' => {
            let (value, end) = exactly(bytes, letter, 8, 3)?;
            (Escaped::Byte(u8::try_from(value).ok()?), end)
        }
        // The escape of a terminal.
        b'e' | b'E' if bytes.get(letter + 1) == Some(&b'[') => (Escaped::Code(0x1b), letter + 1),
        // A line end or a tab, written out: no letter of its own.
        b'n' | b'r' | b't' => (Escaped::Code(u32::from(b'\n')), letter + 1),
        _ => return None,
    };
    Some((unit, end - at))
}

fn exactly(bytes: &[u8], at: usize, radix: u32, digits: usize) -> Option<(u32, usize)> {
    number(bytes, at, radix, digits).filter(|(_, end)| *end == at + digits)
}

/// Entities with the characters that they stand for (HTML, section 13.5), besides letters with accents.
#[rustfmt::skip]
const ENTITIES: [(&str, char); 77] = [
    ("nbsp", '\u{a0}'), ("shy", '\u{ad}'), ("zwnj", '\u{200c}'), ("zwj", '\u{200d}'), ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'), ("thinsp", '\u{2009}'), ("hairsp", '\u{200a}'), ("NoBreak", '\u{2060}'),
    ("ZeroWidthSpace", '\u{200b}'), ("lrm", '\u{200e}'), ("rlm", '\u{200f}'), ("Tab", '\t'), ("NewLine", '\n'),
    ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("lowbar", '_'), ("hyphen", '\u{2010}'),
    ("period", '.'), ("comma", ','), ("sol", '/'), ("bsol", '\\'), ("excl", '!'), ("quest", '?'), ("num", '#'),
    ("dollar", '$'), ("percnt", '%'), ("commat", '@'), ("ast", '*'), ("plus", '+'), ("equals", '='), ("colon", ':'),
    ("semi", ';'), ("lpar", '('), ("rpar", ')'), ("lsqb", '['), ("lbrack", '['), ("rsqb", ']'), ("rbrack", ']'),
    ("lcub", '{'), ("lbrace", '{'), ("rcub", '}'), ("rbrace", '}'), ("vert", '|'), ("verbar", '|'), ("grave", '`'),
    ("Hat", '^'), ("lsquo", '‘'), ("rsquo", '’'), ("sbquo", '‚'), ("ldquo", '“'), ("rdquo", '”'), ("bdquo", '„'),
    ("ndash", '–'), ("mdash", '—'), ("euro", '€'), ("pound", '£'), ("yen", '¥'), ("cent", '¢'), ("sect", '§'),
    ("para", '¶'), ("deg", '°'), ("szlig", 'ß'), ("AElig", 'Æ'), ("aelig", 'æ'), ("OElig", 'Œ'), ("oelig", 'œ'),
    ("Oslash", 'Ø'), ("oslash", 'ø'), ("ETH", 'Ð'), ("eth", 'ð'), ("THORN", 'Þ'), ("thorn", 'þ'), ("inodot", 'ı'),
];

/// What follows the letter in the name of an entity, with the mark that it draws.
const MARKS: [(&str, char); 8] = [
    ("uml", '\u{308}'),
    ("acute", '\u{301}'),
    ("grave", '\u{300}'),
    ("circ", '\u{302}'),
    ("tilde", '\u{303}'),
    ("ring", '\u{30a}'),
    ("cedil", '\u{327}'),
    ("caron", '\u{30c}'),
];

/// The character of an entity that is named here, and how long its name is with the semicolon.
fn named(bytes: &[u8]) -> Option<(char, usize)> {
    const LONGEST: usize = 15;
    let length = bytes.iter().take(LONGEST).position(|b| *b == b';')?;
    let name = std::str::from_utf8(&bytes[..length]).ok()?;
    let own = ENTITIES.iter().find(|(own, _)| *own == name).map(|(_, c)| *c);
    let accented = || {
        let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
        let (_, mark) = MARKS.iter().find(|(mark, _)| *mark == &name[1..])?;
        compose(letter, *mark)
    };
    Some((own.or_else(accented)?, length + 1))
}

fn entity(bytes: &[u8], at: usize) -> Option<(Escaped, usize)> {
    // HTML in HTML escapes the sign.
    let again = bytes[at + 1..]
        .chunks_exact(4)
        .take(4)
        .take_while(|part| *part == b"amp;");
    let number_at = at + 1 + 4 * again.count();
    if bytes.get(number_at) != Some(&b'#') {
        let in_turn = named(&bytes[number_at..]).map(|(c, width)| (c, number_at + width));
        let (c, end) = in_turn.or_else(|| named(&bytes[at + 1..]).map(|(c, width)| (c, at + 1 + width)))?;
        return Some((Escaped::Code(u32::from(c)), end - at));
    }
    let (value, end) = match bytes.get(number_at + 1)? {
        b'x' | b'X' => number(bytes, number_at + 2, 16, 7)?,
        _ => number(bytes, number_at + 1, 10, 8)?,
    };
    let end = end + usize::from(bytes.get(end) == Some(&b';'));
    Some((Escaped::Code(value), end - at))
}

/// `=41=62`: one alone is an assignment.
fn quoted_printable(bytes: &[u8], at: usize) -> Option<(Escaped, usize)> {
    let is_one = |at: usize| bytes.get(at) == Some(&b'=') && hex_byte(bytes, at + 1).is_some();
    let among_others = is_one(at + 3) || at >= 3 && is_one(at - 3);
    let byte = hex_byte(bytes, at + 1).filter(|_| among_others)?;
    Some((Escaped::Byte(byte), 3))
}

/// Whether escapes begin with this character.
pub(super) const fn may_begin(c: char) -> bool {
    matches!(c, '%' | '\\' | '&' | '=')
}

/// A text with the characters that its escapes stand for, and its places; `None` if it has none. Here a byte outside ASCII
/// is one of a character, and a backslash before a sign stands for that sign.
pub(super) fn undone(text: &str) -> Option<(String, Offsets)> {
    let bytes = text.as_bytes();
    let mut short = String::with_capacity(text.len());
    let mut stretches = Vec::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(next) = bytes[at..].iter().position(|b| matches!(b, b'%' | b'\\' | b'&' | b'=')) {
        at += next;
        let Some((c, width)) = character_at(bytes, at) else {
            at += 1;
            continue;
        };
        short.push_str(&text[copied..at]);
        short.push(c);
        stretches.push((at..at + width, c.len_utf8()));
        at += width;
        copied = at;
    }
    if stretches.is_empty() {
        return None;
    }
    short.push_str(&text[copied..]);
    Some((short, Offsets::of(stretches.into_iter())))
}

/// The character for which one escape stands, or several that are its bytes, and how many bytes of the text those are.
fn character_at(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    match unit(bytes, at) {
        Some((Escaped::Byte(first), width)) => {
            let mut encoded = [first; 4];
            let length = match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => 1,
            };
            let mut end = at + width;
            for place in encoded.iter_mut().take(length).skip(1) {
                let next = bytes.get(end).and_then(|_| unit(bytes, end));
                let Some((Escaped::Byte(byte), width)) = next else {
                    break;
                };
                *place = byte;
                end += width;
            }
            let utf_8 = std::str::from_utf8(&encoded[..length]).ok();
            match utf_8.and_then(|text| text.chars().next()) {
                Some(c) => Some((c, end - at)),
                // Latin-1.
                None => Some((char::from(first), width)),
            }
        }
        Some((Escaped::Code(high @ 0xd800..=0xdbff), width)) => {
            let low = bytes.get(at + width).and_then(|_| unit(bytes, at + width));
            let Some((Escaped::Code(low @ 0xdc00..=0xdfff), behind)) = low else {
                return None;
            };
            let code = 0x1_0000 + ((high - 0xd800) << 10 | (low - 0xdc00));
            Some((char::from_u32(code)?, width + behind))
        }
        Some((Escaped::Code(code), width)) => Some((char::from_u32(code)?, width)),
        // JSON in JSON doubles it.
        None => {
            let backslashes = bytes[at..].iter().take(8).take_while(|b| **b == b'\\').count();
            let sign = bytes.get(at + backslashes).filter(|sign| sign.is_ascii_punctuation());
            match (backslashes, sign) {
                (0, _) | (1, None) => None,
                (_, Some(sign)) => Some((char::from(*sign), backslashes + 1)),
                (_, None) => Some(('\\', 2)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_any_kind_are_undone_and_places_are_those_of_the_text() {
        for text in [
            "a%C3%BCb!",
            "a%25C3%25BCb%21",
            "a%FCb!",
            "a\\u00fcb\\!",
            "a\\\\u00FCb!",
            "a\\xc3\\xbcb!",
            "a\\303\\274b\\041",
            "a&#252;b!",
            "a&uuml;b&excl;",
            "a&amp;uuml;b&#33;",
            "a=C3=BCb!",
        ] {
            let (short, offsets) = undone(text).expect("it has escapes");
            assert_eq!(short, "aüb!", "{text}");
            let whole = offsets.around(0..short.len());
            assert_eq!(whole, 0..text.len(), "{text}");
            let letter = offsets.around(1..3);
            assert_eq!(undone(&text[letter]).map(|(c, _)| c), Some("ü".to_owned()), "{text}");
        }
        assert_eq!(undone("\\ud83d\\ude00").map(|(c, _)| c), Some("😀".to_owned()));
        assert!(undone("a=b & 100% of c").is_none());
    }
}
