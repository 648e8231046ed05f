//! Where a text is cut that is longer than anybody writes: what lies behind is neither read nor passed on.

/// How many characters of a text are read: ten times what Notion holds in one run of text. Every layer takes time by the
/// length of the text, and so do classification and the store.
pub const LONGEST_TEXT: usize = 20_000;

/// How far behind the cut is looked for the rest of a key that lies on it, in characters: more than a key of a hundred
/// characters takes in any disguise (`&#x00041;`, a line each).
const BEHIND: usize = 4_000;

/// What stands in place of the rest.
pub const LEFT_OUT: &str = "[... left out: longer than 20000 characters]";

/// What is kept of a text, and what is searched of it.
pub(super) fn at_limit(text: &str) -> (&str, &str) {
    let first = |chars: usize, text: &str| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    if text.len() <= LONGEST_TEXT {
        return (text, text);
    }
    let kept = first(LONGEST_TEXT, text);
    let seen = kept + first(BEHIND, &text[kept..]);
    (&text[..kept], &text[..seen])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_characters_and_the_notice_names_it() {
        let long = "\u{e9}".repeat(LONGEST_TEXT + 1);
        let (kept, seen) = at_limit(&long);
        assert_eq!((kept.chars().count(), seen), (LONGEST_TEXT, long.as_str()));
        assert_eq!(at_limit(kept), (kept, kept));
        assert!(LEFT_OUT.contains(&LONGEST_TEXT.to_string()));
    }
}
