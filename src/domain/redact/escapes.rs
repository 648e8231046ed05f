//! Escapes: the ways in which URLs, programs, mails and pages write a character by its number.
use super::lookalikes::ascii_of;

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

fn one(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
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

/// A byte of a text in UTF-8: one outside ASCII is part of a character that keys do not hold.
fn utf_8(byte: u8) -> u32 {
    u32::from(if byte.is_ascii() { byte } else { SIGN })
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
fn percent(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    const TIMES: usize = 6;
    let mut digits = at + 1;
    if bytes.get(digits) == Some(&b'u') {
        let (value, end) = exactly(bytes, digits + 1, 16, 4)?;
        return Some((value, end - at));
    }
    for _ in 0..TIMES {
        let again = bytes.get(digits..digits + 2) == Some(b"25") && hex_byte(bytes, digits + 2).is_some();
        if !again {
            break;
        }
        digits += 2;
    }
    Some((utf_8(hex_byte(bytes, digits)?), digits + 2 - at))
}

fn backslash(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    // JSON in JSON doubles the backslash.
    let letter = at + bytes[at..].iter().take(8).take_while(|b| **b == b'\\').count();
    let (value, end) = match bytes.get(letter)? {
        b'x' => (utf_8(hex_byte(bytes, letter + 1)?), letter + 3),
        b'u' | b'U' if bytes.get(letter + 1) == Some(&b'{') => {
            let (value, end) = number(bytes, letter + 2, 16, 6)?;
            (bytes.get(end) == Some(&b'}')).then_some((value, end + 1))?
        }
        b'u' => exactly(bytes, letter + 1, 16, 4)?,
        b'U' => exactly(bytes, letter + 1, 16, 8)?,
        // Style sheets write six digits.
        b'0' if bytes[letter..].starts_with(b"0000") => exactly(bytes, letter, 16, 6)?,
        b'0'..=b'7' => exactly(bytes, letter, 8, 3)?,
        // A line end or a tab, written out: no letter of its own.
        b'n' | b'r' | b't' => (u32::from(b'\n'), letter + 1),
        _ => return None,
    };
    Some((value, end - at))
}

fn exactly(bytes: &[u8], at: usize, radix: u32, digits: usize) -> Option<(u32, usize)> {
    number(bytes, at, radix, digits).filter(|(_, end)| *end == at + digits)
}

/// Entities that draw a blank, a sign or nothing; numbers stand for the others.
const ENTITIES: [&[u8]; 24] = [
    b"nbsp;",
    b"shy;",
    b"zwnj;",
    b"zwj;",
    b"ensp;",
    b"emsp;",
    b"thinsp;",
    b"hairsp;",
    b"NoBreak;",
    b"ZeroWidthSpace;",
    b"lrm;",
    b"rlm;",
    b"lt;",
    b"gt;",
    b"quot;",
    b"apos;",
    b"lowbar;",
    b"hyphen;",
    b"period;",
    b"comma;",
    b"sol;",
    b"Tab;",
    b"NewLine;",
    b"amp;",
];

fn entity(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    // HTML in HTML escapes the sign.
    let again = bytes[at + 1..]
        .chunks_exact(4)
        .take(4)
        .take_while(|part| *part == b"amp;");
    let number_at = at + 1 + 4 * again.count();
    if bytes.get(number_at) != Some(&b'#') {
        let name = ENTITIES.iter().find(|name| bytes[at + 1..].starts_with(name))?;
        return Some((u32::from(SIGN), 1 + name.len()));
    }
    let (value, end) = match bytes.get(number_at + 1)? {
        b'x' | b'X' => number(bytes, number_at + 2, 16, 7)?,
        _ => number(bytes, number_at + 1, 10, 8)?,
    };
    let end = end + usize::from(bytes.get(end) == Some(&b';'));
    Some((value, end - at))
}

/// `=41=62`: one alone is an assignment.
fn quoted_printable(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let is_one = |at: usize| bytes.get(at) == Some(&b'=') && hex_byte(bytes, at + 1).is_some();
    let among_others = is_one(at + 3) || at >= 3 && is_one(at - 3);
    let byte = hex_byte(bytes, at + 1).filter(|_| among_others)?;
    Some((utf_8(byte), 3))
}
