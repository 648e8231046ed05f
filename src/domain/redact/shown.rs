//! What is said again of titles, names and options: as somebody reads them who holds none of our keys.
use super::redactor::{Redacted, Redactor};
use super::shape;
use crate::domain::comment::{CleanText, Finding, RawText};

/// What stands for a token that may be a piece of a key.
const ELISION: &str = "…";
/// The shortest token that may be one.
const SHORTEST: usize = 6;
/// How often the kind of character changes at least in a token that nobody would use in a title.
const CHANGES: usize = 3;

impl Redactor {
    /// Redacts a text that is shown again, such as a page's title. Whoever may write it sees what becomes of it, so that
    /// less than half of a known value makes no difference: every token that could be a piece is left out instead. The
    /// findings are those of [`Redactor::redact`].
    pub fn redact_shown(&self, raw: &RawText) -> Redacted {
        let redacted = self.redact(raw);
        if redacted.findings.iter().any(Finding::is_known_exposure) {
            return redacted;
        }
        let by_form = self.by_form(raw);
        Redacted {
            text: CleanText::passed(without_pieces(by_form.text.as_str())),
            for_reading: by_form.for_reading,
            ..redacted
        }
    }
}

fn without_pieces(text: &str) -> String {
    let in_token = |c: char| c.is_alphanumeric();
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !in_token(c)).unwrap_or(rest.len());
        let (token, behind) = rest.split_at(end);
        shown.push_str(if may_be_piece(token) { ELISION } else { token });
        let next = behind.find(in_token).unwrap_or(behind.len());
        shown.push_str(&behind[..next]);
        rest = &behind[next..];
    }
    shown
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
    }
}
