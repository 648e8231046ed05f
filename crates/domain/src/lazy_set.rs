//! Patterns that are compiled when something is first looked for: most comments ask nothing, and most commands read none.
use regex::bytes::{RegexSet, RegexSetBuilder};
use std::sync::OnceLock;

/// Bytes that the table of a set may grow to: one that is full is made anew, or done without, which takes far longer.
const TABLE: usize = 4 << 20;

/// What the text is that patterns are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// Small letters of ASCII, as folding leaves them.
    Folded,
    /// As people write: the case of letters does not count.
    Written,
}

/// A list of patterns.
pub struct LazySet {
    patterns: Vec<String>,
    form: TextForm,
    built: OnceLock<Result<RegexSet, String>>,
}

impl LazySet {
    /// From patterns for texts of this form.
    pub fn new(patterns: Vec<String>, form: TextForm) -> Self {
        Self {
            patterns,
            form,
            built: OnceLock::new(),
        }
    }

    /// Compiles the patterns now, to find their faults.
    pub fn prove(&self) -> Result<(), String> {
        self.built().map(|_| ())
    }

    /// The places of the patterns that match, the first first; none, where they do not compile.
    pub fn matches(&self, text: &str) -> Vec<usize> {
        let matches = self.built().map(|set| set.matches(text.as_bytes()));
        matches.map_or_else(|_| Vec::new(), |matches| matches.iter().collect())
    }

    fn built(&self) -> Result<&RegexSet, String> {
        let is_written = self.form == TextForm::Written;
        let compile = || {
            let mut builder = RegexSetBuilder::new(&self.patterns);
            builder.unicode(is_written).case_insensitive(is_written);
            builder.dfa_size_limit(TABLE).build()
        };
        let built = self.built.get_or_init(|| compile().map_err(|error| error.to_string()));
        built.as_ref().map_err(Clone::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::{LazySet, TextForm};

    #[test]
    fn the_places_of_what_matches_are_told_and_faults_are_found() {
        let set = |patterns: &[&str], form| LazySet::new(patterns.iter().map(|&text| text.to_owned()).collect(), form);
        let written = set(&["wer", "schlüssel"], TextForm::Written);
        assert_eq!(written.matches("Wer hat den SCHLÜSSEL?"), [0, 1]);
        assert!(set(&["wer"], TextForm::Folded).matches("Wer").is_empty());
        assert!(set(&["("], TextForm::Folded).prove().is_err());
    }
}
