//! Keys told by the words around them: bare keys, passwords, and pieces that a sentence announces. What a token
//! looks like and what stands beside it must agree; neither is enough alone.
mod bare;
mod clause;
mod phrase;
mod starred;

use super::known::KnownValues;
use super::patterns::{Patterns, Word};
use super::span::Hit;
use clause::Surroundings;

/// What the words of a text give away.
pub(super) fn search(patterns: &Patterns, known: &KnownValues, text: &str, words: &[Word], hits: &mut Vec<Hit>) {
    let around = Surroundings::new(text, words);
    bare::search(patterns, &around, hits);
    phrase::search(&around, hits);
    starred::search(known, &around, hits);
}
