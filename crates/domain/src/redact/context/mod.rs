//! Keys told by the words around them: bare keys, passwords, and pieces that a sentence announces. What a token
//! looks like and what stands beside it must agree; neither is enough alone.
mod assigned;
mod bare_keys;
mod clause;
mod cookies;
mod elided;
mod listed;
mod made_up;
mod objects;
mod phrase;
mod sign;
mod table;
mod talk;
mod token;
mod url;
mod value;

use super::known::KnownValues;
use super::patterns::{Patterns, Word};
use super::span::Hit;
use clause::Surroundings;

/// What the words of a text give away.
pub(super) fn search(patterns: &Patterns, known: &KnownValues, text: &str, words: &[Word], hits: &mut Vec<Hit>) {
    let around = Surroundings::new(text, words);
    bare_keys::search(patterns, &around, hits);
    assigned::search(patterns, &around, hits);
    table::search(&around, hits);
    url::search(&around, hits);
    phrase::search(&around, hits);
    elided::search(known, &around, hits);
}
