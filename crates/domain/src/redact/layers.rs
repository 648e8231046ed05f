//! The layers, one after another: known values, patterns, context.
use super::context;
use super::known::{KnownValues, WindowIndex};
use super::patterns::Patterns;
use super::span::Hit;

/// What the layers find in a text, each for itself; the hits may overlap. `index` holds the windows of `known`.
pub(super) fn search(patterns: &Patterns, known: &KnownValues, index: Option<&WindowIndex>, text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    if let Some(index) = index {
        known.search(index, text, &mut hits);
    }
    let words = patterns.words(text);
    patterns.search(text, &words, &mut hits);
    context::search(patterns, known, text, &words, &mut hits);
    hits
}
