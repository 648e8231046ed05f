//! Escapes: the ways in which URLs, programs, mails and pages write a character by its number.

/// The character for which the bytes at this place stand, and how many they are: `%41`, `%2541`, `\x41`, `\u0041`,
/// `\u{41}`, `\101`, `&#65;`, `&#x41;`, `=41`. Only printable ASCII: keys hold nothing else.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let (byte, width) = match bytes[at] {
        b'%' => percent(bytes, at),
        b'\\' => backslash(bytes, at),
        b'&' => entity(bytes, at),
        b'=' => quoted_printable(bytes, at),
        _ => None,
    }?;
    byte.is_ascii_graphic().then_some((byte, width))
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
fn percent(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    const TIMES: usize = 6;
    let mut digits = at + 1;
    for _ in 0..TIMES {
        let again = bytes.get(digits..digits + 2) == Some(b"25") && hex_byte(bytes, digits + 2).is_some();
        if !again {
            break;
        }
        digits += 2;
    }
    Some((hex_byte(bytes, digits)?, digits + 2 - at))
}

fn backslash(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    // JSON in JSON doubles the backslash.
    let letter = at + bytes[at..].iter().take(8).take_while(|b| **b == b'\\').count();
    let (value, end) = match bytes.get(letter)? {
        b'x' => (u32::from(hex_byte(bytes, letter + 1)?), letter + 3),
        b'u' | b'U' if bytes.get(letter + 1) == Some(&b'{') => {
            let (value, end) = number(bytes, letter + 2, 16, 6)?;
            (bytes.get(end) == Some(&b'}')).then_some((value, end + 1))?
        }
        b'u' => exactly(bytes, letter + 1, 16, 4)?,
        b'U' => exactly(bytes, letter + 1, 16, 8)?,
        b'0'..=b'7' => exactly(bytes, letter, 8, 3)?,
        // A line end or a tab, written out: no letter of its own.
        b'n' | b'r' | b't' => return Some((b'\\', letter + 1 - at)),
        _ => return None,
    };
    Some((u8::try_from(value).ok()?, end - at))
}

fn exactly(bytes: &[u8], at: usize, radix: u32, digits: usize) -> Option<(u32, usize)> {
    number(bytes, at, radix, digits).filter(|(_, end)| *end == at + digits)
}

fn entity(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    if bytes.get(at + 1) != Some(&b'#') {
        return None;
    }
    let (value, end) = match bytes.get(at + 2)? {
        b'x' | b'X' => number(bytes, at + 3, 16, 7)?,
        _ => number(bytes, at + 2, 10, 8)?,
    };
    let end = end + usize::from(bytes.get(end) == Some(&b';'));
    Some((u8::try_from(value).ok()?, end - at))
}

/// `=41=62`: one alone is an assignment.
fn quoted_printable(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let is_one = |at: usize| bytes.get(at) == Some(&b'=') && hex_byte(bytes, at + 1).is_some();
    let among_others = is_one(at + 3) || at >= 3 && is_one(at - 3);
    Some((hex_byte(bytes, at + 1).filter(|_| among_others)?, 3))
}
