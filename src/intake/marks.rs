//! Keyed hashes of what comments say: they tell a comment from what it said before. What is hashed may hold a piece of a
//! key, and a piece is short enough to be guessed, so the key must not lie beside the hashes in the store.
use crate::domain::comment::CleanText;
use ring::hmac;

/// Makes the hashes.
pub struct CommentMarks(hmac::Key);

impl CommentMarks {
    /// With a key that lies elsewhere than the store.
    pub fn new(key: hmac::Key) -> Self {
        Self(key)
    }

    /// What a text is known by.
    pub(super) fn text(&self, text: &CleanText) -> u64 {
        self.mark(text.as_str().as_bytes())
    }

    /// What a clause is known by, from the hash of its words.
    pub(super) fn clause(&self, words: u64) -> u64 {
        self.mark(&words.to_le_bytes())
    }

    fn mark(&self, bytes: &[u8]) -> u64 {
        first_eight(hmac::sign(&self.0, bytes).as_ref())
    }
}

/// What earlier versions knew a text by, without a key. Their rows hold it until their comments change.
fn former_mark(text: &CleanText) -> u64 {
    first_eight(ring::digest::digest(&ring::digest::SHA256, text.as_str().as_bytes()).as_ref())
}

/// The mark by which a comment was known, `now` being that of its text: one that an earlier version made of the same text is
/// the same.
pub(super) fn as_now(before: u64, text: &CleanText, now: u64) -> u64 {
    if before == former_mark(text) { now } else { before }
}

fn first_eight(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::comment::RawText;
    use crate::domain::redact::{KnownValues, Patterns, Redactor};

    #[test]
    fn a_mark_means_nothing_without_its_key_and_that_of_earlier_versions_is_known() {
        let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
        let text = redactor.redact(&RawText::new("abc")).for_reading;
        let [ours, another] = [b"one", b"two"].map(|key| CommentMarks::new(hmac::Key::new(hmac::HMAC_SHA256, key)));
        assert_eq!(ours.text(&text), ours.text(&text));
        assert_ne!(ours.text(&text), another.text(&text));
        assert_ne!(ours.clause(1), another.clause(1));
        assert_ne!(ours.clause(1), ours.clause(2));
        // SHA-256 of "abc", FIPS 180-4.
        assert_eq!(former_mark(&text), 0xba78_16bf_8f01_cfea);
    }

    #[test]
    fn a_row_of_an_earlier_version_is_no_edit_unless_its_text_is_another() {
        let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
        let marks = CommentMarks::new(hmac::Key::new(hmac::HMAC_SHA256, b"one"));
        let [text, other] =
            ["Step 1 is done", "Step 2 is done"].map(|text| redactor.redact(&RawText::new(text)).for_reading);
        let now = marks.text(&text);
        assert_eq!(
            as_now(former_mark(&text), &text, now),
            now,
            "it is what an earlier version knew"
        );
        assert_eq!(as_now(now, &text, now), now);
        for before in [former_mark(&other), marks.text(&other)] {
            assert_eq!(as_now(before, &text, now), before, "and this is an edit");
        }
    }
}
