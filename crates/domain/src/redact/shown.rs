//! What is said again of titles, names and options: as somebody reads them who holds none of our keys.
use super::redactor::{Redacted, Redactor};
use super::shape;
use crate::comment::{CleanText, Extent, RawText};

/// What stands for a token that may be a piece of a key.
const ELISION: &str = "…";
/// The shortest token that may be one.
const SHORTEST: usize = 6;
/// How often the kind of character changes at least in a token that nobody would use in a title.
const CHANGES: usize = 3;

impl Redactor {
    /// Redacts a text that is shown again, such as a page's title: whole values and forms are masked, and every token that
    /// could be a piece of a key is left out, whether it is one or not. The findings are those of [`Redactor::redact`].
    pub fn redact_shown(&self, raw: &RawText) -> Redacted {
        let open = self.redact_openly(raw, Extent::Whole);
        Redacted {
            text: CleanText::passed(without_pieces(open.text.as_str())),
            ..open
        }
    }
}

fn without_pieces(text: &str) -> String {
    let in_token = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '·' | '*');
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !in_token(c)).unwrap_or(rest.len());
        let (token, behind) = rest.split_at(end);
        let next = behind.find(in_token).unwrap_or(behind.len());
        if may_be_taken_apart(token) {
            shown.push_str(ELISION);
        } else {
            for part in token.split_inclusive(|c: char| !c.is_alphanumeric()) {
                let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
                shown.push_str(if may_be_piece(word) { ELISION } else { word });
                shown.push_str(&part[word.len()..]);
            }
        }
        shown.push_str(&behind[..next]);
        rest = &behind[next..];
    }
    shown
}

/// A key with signs between its characters or its groups of them: joined, it is like nothing that people write.
fn may_be_taken_apart(token: &str) -> bool {
    let joined: String = token.chars().filter(|c| c.is_alphanumeric()).collect();
    let parts = token
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty());
    parts.count() > 1
        && joined.len() >= 2 * SHORTEST
        && shape::changes(&joined) >= 2 * CHANGES
        && shape::is_piece(&joined)
}

fn may_be_piece(token: &str) -> bool {
    token.len() >= SHORTEST && shape::changes(token) >= CHANGES && shape::is_piece(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_titles_stay_and_what_may_be_a_piece_goes() {
        for title in [
            "Step 2: Backup current .env (10 minutes)",
            "ACT_011_SEC: API Key Rotation",
            "OPENAI_API_KEY and gpt-4o-mini",
            "OAuth2 on MySQL8, 2026-11-28T10:00",
            "PostgreSQL/GitHub/IPv6",
            "Clés à changer, Schlüssel, Przygotuj kopię",
        ] {
            assert_eq!(without_pieces(title), title);
        }
        assert_eq!(without_pieces("Our q7Zt4Rk9 step"), "Our … step");
        assert_eq!(without_pieces("x/q7Zt4Rk9Lm2X"), "x/…");
        assert_eq!(
            without_pieces("use q7Zt4-Rk9Lm-2Xw8 or q.7.Z.t.4.R.k.9.L.m.2.X"),
            "use … or …"
        );
    }
}
