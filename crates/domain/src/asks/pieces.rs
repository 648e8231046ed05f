//! A clause cut into pieces: words, figures and signs.

/// A piece of a clause: letters, figures, or a sign.
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    /// Whether it directly follows the one before.
    pub(super) joined: bool,
}

/// The pieces of a folded clause.
pub(super) fn pieces(clause: &str) -> Vec<Piece<'_>> {
    let bytes = clause.as_bytes();
    let mut pieces = Vec::new();
    let (mut at, mut end) = (0, usize::MAX);
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let length = length_of_piece(&clause[at..]);
        pieces.push(Piece {
            text: &clause[at..at + length],
            joined: end == at,
        });
        at += length;
        end = at;
    }
    pieces
}

/// How long the piece is that begins here: `15th` is one, `60d` two, `jusqu'au` and `half-year` one.
fn length_of_piece(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let run = |from: usize, is: fn(&u8) -> bool| bytes[from..].iter().take_while(|byte| is(byte)).count();
    if rest.starts_with('{') {
        return rest.find('}').map_or(1, |end| end + 1);
    }
    if rest.starts_with("->") {
        return 2;
    }
    let figures = run(0, u8::is_ascii_digit);
    if figures > 0 {
        let letters = &rest[figures..figures + run(figures, u8::is_ascii_alphabetic)];
        let is_ordinal = matches!(
            letters,
            "st" | "nd" | "rd" | "th" | "er" | "e" | "ste" | "de" | "o" | "a"
        );
        return figures + if is_ordinal { letters.len() } else { 0 };
    }
    let mut length = run(0, u8::is_ascii_alphabetic);
    if length == 0 {
        // Text is folded, but for what cannot be.
        return rest.chars().next().map_or(1, char::len_utf8);
    }
    while matches!(bytes.get(length), Some(b'\'' | b'-')) {
        let more = run(length + 1, u8::is_ascii_alphabetic);
        if more == 0 {
            break;
        }
        length += 1 + more;
    }
    length
}
