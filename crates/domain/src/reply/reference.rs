//! The reference of a reply: the short mark by which we, and people, find it again.
use super::run::{Run, Style};
use crate::ids::CommentId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The small reference at the end of a reply, `k7p2-93qd`: read back to find our reply again, and used by people
/// to ask about it (`keyminder audit k7p2-93qd`). It counts only together with an own author id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(String);

/// Crockford's base32, without i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl Reference {
    /// The reference of what answers a comment.
    pub fn of(comment: &CommentId) -> Self {
        Self::of_subject(comment.as_str())
    }

    /// The reference of what answers no comment: an alert, a summary.
    pub fn of_subject(subject: &str) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, subject.as_bytes());
        let bits = digest
            .as_ref()
            .iter()
            .take(5)
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut text = String::with_capacity(9);
        for place in (0..8).rev() {
            let index = usize::try_from(bits >> (place * 5) & 31).unwrap_or(0);
            text.push(char::from(ALPHABET[index]));
            if place == 4 {
                text.push('-');
            }
        }
        Self(text)
    }

    /// Finds a reference in what a person or a run's text says: ` · k7p2-93qd`. Of several it is the last.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end().rsplit('·').next()?;
        let text = text
            .trim_matches(|c: char| c.is_whitespace() || c == '·')
            .to_ascii_lowercase();
        let (left, right) = text.split_once('-')?;
        let fits = |half: &str| half.len() == 4 && half.bytes().all(|byte| ALPHABET.contains(&byte));
        (fits(left) && fits(right)).then_some(Self(text))
    }

    /// The runs that end a reply: the references of the other comments that it answers, then its own.
    pub fn runs(&self, also: &[CommentId]) -> Vec<Run> {
        let others: String = also
            .iter()
            .flat_map(|comment| [" · ".to_owned(), Self::of(comment).0])
            .collect();
        let own = format!(" · {self}");
        let texts = [others, own].into_iter().filter(|text| !text.is_empty());
        texts.map(grey).collect()
    }

    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn grey(text: String) -> Run {
    let style = Style {
        grey: true,
        ..Style::default()
    };
    Run {
        text,
        style,
        ..Run::default()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::plain;

    #[test]
    fn a_reference_is_found_again_in_its_run() {
        let reference = Reference::of(&CommentId::from_wire("31a0c4de-77b2-80f1-a3c5-001d5e6f7a8b"));
        assert_eq!(reference.as_str().len(), 9);
        let also = ["one", "two"].map(CommentId::from_wire);
        let runs = reference.runs(&also);
        assert_eq!(Reference::parse(&runs[0].text), Some(Reference::of(&also[1])));
        assert_eq!(Reference::parse(&runs[1].text), Some(reference.clone()));
        // Notion may join runs of one style.
        assert_eq!(Reference::parse(&plain(&runs)), Some(reference.clone()));
        assert_eq!(reference.runs(&[]).len(), 1);
        assert_eq!(Reference::parse("see you later"), None);
    }
}
