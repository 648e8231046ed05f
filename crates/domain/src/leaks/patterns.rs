//! Patterns over folded text, compiled when they are first looked for.
use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// More than the longest list takes, compiled.
const SIZE_LIMIT: usize = 64 << 20;

/// A pattern that is compiled when it is first looked for: most comments are told by the first lists of words alone.
pub(super) struct LazyPattern {
    source: String,
    built: OnceLock<Option<Regex>>,
}

impl LazyPattern {
    pub(super) fn of(source: String) -> Self {
        Self {
            source,
            built: OnceLock::new(),
        }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        let built = self.built.get_or_init(|| compiled(&self.source).ok());
        built.as_ref().is_some_and(|built| built.is_match(text.as_bytes()))
    }

    /// Compiles it now, to find its faults.
    pub(super) fn prove(&self) -> Result<(), String> {
        let built = compiled(&self.source)?;
        let _ = self.built.set(Some(built));
        Ok(())
    }
}

/// A pattern for whole words alone.
pub(super) fn whole_words(list: &str) -> String {
    format!(r"(?:^|\W|\b)(?:{list})(?:$|\W|\b)")
}

/// A pattern over folded text, which is ASCII.
pub(super) fn compiled(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern).unicode(false).size_limit(SIZE_LIMIT).build();
    built.map_err(|error| error.to_string())
}

/// Whether one of the patterns matches.
pub(super) fn any(patterns: &[LazyPattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.is_match(text))
}
