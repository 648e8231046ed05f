//! How a word of a sentence is one of the page: written alike, a form of it, or of one meaning.
use super::meanings::{self, Meaning};
use super::words::{self, PartWord};

/// How two words are one, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// They may be one word: they share few letters, or one ends in the other.
    Near,
    /// They mean the same.
    Meaning,
    /// They are forms of one word.
    Form,
    /// They are written alike.
    Same,
}

/// A word that tells what something is about, with what it may mean.
#[derive(Clone, Debug)]
pub(super) struct TellingWord {
    pub(super) word: PartWord,
    meanings: Vec<Meaning>,
}

impl TellingWord {
    pub(super) fn new(word: PartWord) -> Self {
        Self {
            meanings: meanings::of(&word),
            word,
        }
    }

    /// Those of a text.
    pub(super) fn all(text: &str) -> Vec<Self> {
        words::telling(text).into_iter().map(Self::new).collect()
    }

    /// How both are one word; `None`: they are not.
    pub(super) fn likeness(&self, other: &Self) -> Option<Likeness> {
        if self.word.is_same(&other.word) {
            Some(Likeness::Same)
        } else if self.word.is_surely(&other.word) {
            Some(Likeness::Form)
        } else if meanings::share(&self.meanings, &other.meanings) {
            Some(Likeness::Meaning)
        } else {
            self.word.is_like(&other.word).then_some(Likeness::Near)
        }
    }

    /// How it is a word of these: the most that one of them has.
    pub(super) fn among(&self, others: &[Self]) -> Option<Likeness> {
        others.iter().filter_map(|other| other.likeness(self)).max()
    }
}
