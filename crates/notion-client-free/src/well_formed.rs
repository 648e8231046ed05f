//! JSON that one person's text makes unreadable: half an emoji, as software writes it that cuts texts by UTF-16 units
//! (`"cut \ud83d"`), and bytes that are no UTF-8. RFC 8259 (8.2) leaves to the reader what to do with them; here U+FFFD
//! takes their place, so that nobody can hide what others wrote in the same answer.

/// What reading gives; where the syntax is at fault, once more with what is no character replaced.
pub(crate) fn read<T>(body: &[u8], read: impl Fn(&[u8]) -> serde_json::Result<T>) -> serde_json::Result<T> {
    match read(body) {
        Err(error) if error.is_syntax() => match well_formed(body) {
            Some(mended) => read(&mended),
            None => Err(error),
        },
        read => read,
    }
}

/// The body with U+FFFD for each half of a pair that stands alone and for bytes that are no UTF-8; `None`: there are none.
fn well_formed(body: &[u8]) -> Option<Vec<u8>> {
    let mut mended = String::from_utf8_lossy(body).into_owned().into_bytes();
    let mut at = 0;
    while at < mended.len() {
        if mended[at] != b'\\' {
            at += 1;
            continue;
        }
        // An escape of two characters: an escaped backslash begins none.
        let Some(unit) = escaped_unit(&mended[at..]) else {
            at += 2;
            continue;
        };
        let next = mended.get(at + ESCAPE..).and_then(escaped_unit);
        match (unit, next) {
            (0xD800..=0xDBFF, Some(0xDC00..=0xDFFF)) => at += 2 * ESCAPE,
            (0xD800..=0xDFFF, _) => {
                mended[at..at + ESCAPE].copy_from_slice(br"\ufffd");
                at += ESCAPE;
            }
            _ => at += ESCAPE,
        }
    }
    (mended != body).then_some(mended)
}

/// How many bytes `\ud83d` has.
const ESCAPE: usize = 6;

/// The UTF-16 unit of an escape that stands at the beginning.
fn escaped_unit(text: &[u8]) -> Option<u16> {
    let digits = text.get(..ESCAPE)?.strip_prefix(br"\u")?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &[u8]) -> Option<String> {
        read(body, |body| serde_json::from_slice(body)).ok()
    }

    #[test]
    fn half_a_pair_is_replaced_and_all_else_stays() {
        let cases: [(&[u8], &str); 10] = [
            (br#""cut \ud83d""#, "cut \u{fffd}"),
            (br#""\uDE00 late""#, "\u{fffd} late"),
            (br#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (br#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (br#""\ud83d\n\u0041\ud83d""#, "\u{fffd}\nA\u{fffd}"),
            (br#""\ud83d\ude00 \ud83d""#, "\u{1f600} \u{fffd}"),
            // Only every other backslash begins an escape.
            (br#""\\ud83d \ud83d""#, r"\ud83d �"),
            (br#""\\\ud83d \\\\ud83d""#, r"\� \\ud83d"),
            (br#""\"\ud83d\"""#, "\"\u{fffd}\""),
            (b"\"caf\xe9 \xed\xa0\xbd\"", "caf\u{fffd} \u{fffd}\u{fffd}\u{fffd}"),
        ];
        for (body, expected) in cases {
            assert_eq!(text(body).as_deref(), Some(expected), "{}", body.escape_ascii());
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        let bodies: [&[u8]; 6] = [br#""\u12"#, br#""\ud83"#, br#""\ud83g""#, br#""\x""#, br"\", b"<html>"];
        for body in bodies {
            assert_eq!(text(body), None, "{}", body.escape_ascii());
        }
    }

    /// Quadratic work on this would take minutes.
    #[test]
    fn a_body_of_escapes_is_read_once_through() {
        let body = format!("\"{}\"", r"\\\ud83d".repeat(500_000));
        assert_eq!(text(body.as_bytes()).map(|text| text.chars().count()), Some(1_000_000));
    }
}
