//! The values that are looked for, all of them in one pass over what may hold them.
use crate::rotation::dotenv::KeyValues;
use aho_corasick::{AhoCorasick, MatchKind};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;

/// Shorter values stand everywhere.
pub(super) const MIN_CHARS: usize = 8;

/// Values to look for.
pub(super) struct Sought {
    search: AhoCorasick,
    /// For each value the variables whose old value it is.
    variables: Vec<Vec<String>>,
}

impl Sought {
    /// `None`: none of them is long enough to be told from anything else.
    pub(super) fn new(values: &KeyValues) -> Option<Self> {
        let mut by_value: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, value) in values {
            if value.expose_secret().len() >= MIN_CHARS {
                by_value.entry(value.expose_secret()).or_default().push(name.clone());
            }
        }
        if by_value.is_empty() {
            return None;
        }
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(by_value.keys().map(|value| value.as_bytes()))
            .ok()?;
        Some(Self {
            search,
            variables: by_value.into_values().collect(),
        })
    }

    /// Where one of them stands, and the variables whose old value it is.
    pub(super) fn within<'s>(&'s self, bytes: &'s [u8]) -> impl Iterator<Item = (usize, &'s [String])> {
        let found = self.search.find_iter(bytes);
        found.map(|found| (found.start(), self.variables[found.pattern().as_usize()].as_slice()))
    }

    /// The variables whose old values stand there, each once.
    pub(super) fn variables_in(&self, bytes: &[u8]) -> Vec<String> {
        let mut variables: Vec<String> = self.within(bytes).flat_map(|(_, of)| of.to_vec()).collect();
        variables.sort();
        variables.dedup();
        variables
    }

    /// The lines, from 1, in which they stand, each with its variables.
    pub(super) fn lines_in(&self, bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
        let mut lines: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        let (mut line, mut counted) = (1, 0);
        for (at, variables) in self.within(bytes) {
            line += bytes[counted..at].split(|byte| *byte == b'\n').count() - 1;
            counted = at;
            let held = lines.entry(line).or_default();
            held.extend(
                variables
                    .iter()
                    .filter(|name| !held.contains(name))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
        }
        lines.into_iter().collect()
    }
}
