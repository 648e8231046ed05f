//! The values that are looked for, all of them in one pass over what may hold them.
use crate::domain::redact::base64;
use aho_corasick::{AhoCorasick, Input};
use secrecy::{ExposeSecret, SecretString};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// Shorter values stand everywhere.
pub(super) const MIN_CHARS: usize = 8;

/// What may stand around a value where it is written, and does not where it is used: `NAME="value";`.
const AROUND: [char; 5] = ['"', '\'', '`', ';', ','];
/// So many bytes of each value the search knows by heart; they stay in memory when it is gone.
const PREFIX: usize = 4;

/// Values to look for, as they stand in `.env` and as other files write them.
pub(super) struct Sought {
    search: AhoCorasick,
    /// The values, the longest first, each with the variables whose old value it is.
    values: Vec<(SecretString, Vec<String>)>,
}

impl Sought {
    /// `None`: none of them is long enough to be told from anything else.
    pub(super) fn new(values: &[(String, SecretString)]) -> Option<Self> {
        let mut written: Vec<(Zeroizing<String>, &String)> = Vec::new();
        for (name, value) in values {
            let value = value.expose_secret().trim_matches(AROUND);
            if value.len() >= MIN_CHARS {
                written.extend(spellings(value).into_iter().map(|spelling| (spelling, name)));
            }
        }
        let mut by_value: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (value, name) in &written {
            let names = by_value.entry(value).or_default();
            if !names.contains(name) {
                names.push((*name).clone());
            }
        }
        if by_value.is_empty() {
            return None;
        }
        let prefixes: BTreeSet<&[u8]> = by_value.keys().map(|value| &value.as_bytes()[..PREFIX]).collect();
        let search = AhoCorasick::new(prefixes).ok()?;
        let mut values: Vec<(SecretString, Vec<String>)> = by_value
            .into_iter()
            .map(|(value, variables)| (SecretString::from(value), variables))
            .collect();
        values.sort_by_key(|(value, _)| Reverse(value.expose_secret().len()));
        Some(Self { search, values })
    }

    /// Where one of them stands, and the variables whose old value it is.
    pub(super) fn within<'s>(&'s self, bytes: &'s [u8]) -> impl Iterator<Item = (usize, &'s [String])> {
        let mut from = 0;
        std::iter::from_fn(move || {
            while let Some(found) = self.search.find(Input::new(bytes).range(from..)) {
                let at = found.start();
                let is_here = |value: &SecretString| bytes[at..].starts_with(value.expose_secret().as_bytes());
                if let Some((value, variables)) = self.values.iter().find(|(value, _)| is_here(value)) {
                    from = at + value.expose_secret().len();
                    return Some((at, variables.as_slice()));
                }
                from = at + 1;
            }
            None
        })
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

/// A value as it is, in base64 behind none, one or two other bytes (secrets of Kubernetes, logins of Docker), and in UTF-16 of
/// either order: the zero bytes between its letters.
fn spellings(value: &str) -> Vec<Zeroizing<String>> {
    let mut spellings = vec![Zeroizing::new(value.to_owned())];
    for before in 0..3 {
        let standard = base64(value.as_bytes(), before);
        if standard.contains(['+', '/']) {
            let of_addresses = standard.chars().map(|c| match c {
                '+' => '-',
                '/' => '_',
                other => other,
            });
            let mut written = Zeroizing::new(String::with_capacity(standard.len()));
            written.extend(of_addresses);
            spellings.push(written);
        }
        spellings.push(standard);
    }
    if value.is_ascii() {
        let mut wide = Zeroizing::new(String::with_capacity(2 * value.len()));
        for letter in value.chars() {
            if !wide.is_empty() {
                wide.push('\0');
            }
            wide.push(letter);
        }
        spellings.push(wide);
    }
    spellings
}
