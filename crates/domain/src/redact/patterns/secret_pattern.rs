//! One kind of key: its beginnings, and what follows them, as a regex or as a run of characters.
use super::file::{Alphabet, SecretEntry, TokenEntry};
use super::placeholder;
use crate::redact::shape;
use crate::redact::span::{Hit, HitSource};
use regex::Regex;
use std::sync::OnceLock;

/// One kind of key.
pub(in crate::redact) struct SecretPattern {
    pub(in crate::redact) label: String,
    pub(in crate::redact) identifier: bool,
    pub(in crate::redact) starts: Vec<String>,
    whole: usize,
    /// A word is a key of this kind as well: a password behind the option of a command.
    words: bool,
    body: Body,
}

/// What follows the beginning.
enum Body {
    /// A regex from the beginning on, built when a text first holds one.
    Regex(String, OnceLock<Option<Regex>>),
    /// A run of characters, at least so many.
    Run(Alphabet, usize),
}

/// Runs that have to be longer than this have to look random as well: their beginning is an ordinary word.
const ORDINARY: usize = 8;

/// How many bytes of a run tell whether it is a key: were it read to its end from each beginning in it, a text of
/// beginnings would be read as often as it has some.
const LONGEST_RUN_TO_JUDGE: usize = 512;

impl SecretPattern {
    pub(super) fn of_secret(entry: &SecretEntry) -> Self {
        Self {
            label: entry.label.clone(),
            identifier: entry.identifier,
            starts: entry.starts.clone(),
            whole: entry.whole,
            words: entry.words,
            body: Body::Regex(entry.pattern.clone(), OnceLock::new()),
        }
    }

    pub(super) fn of_token(entry: &TokenEntry) -> Self {
        Self {
            label: entry.label.clone(),
            identifier: entry.identifier,
            starts: entry.starts.clone(),
            whole: entry.whole,
            words: false,
            body: Body::Run(entry.body, entry.least),
        }
    }

    /// How much of a found key is its public beginning.
    fn prefix_len(&self, found: &str) -> usize {
        self.starts
            .iter()
            .filter(|start| found.starts_with(*start))
            .map(String::len)
            .max()
            .unwrap_or(0)
    }

    /// The key that begins at this place of the text. `reach`: how many bytes tell whether one does; one that fills them
    /// is followed to its end.
    pub(super) fn at(&self, place: usize, text: &str, start: usize, reach: usize) -> Option<Hit> {
        let whole = &text[start..];
        let reach = match self.body {
            Body::Regex(..) => reach,
            Body::Run(..) => reach.min(LONGEST_RUN_TO_JUDGE),
        };
        let near = &whole[..whole.floor_char_boundary(reach)];
        let hit = self.within(place, near, start)?;
        if hit.end == start + near.len() && near.len() < whole.len() {
            return self.within(place, whole, start);
        }
        Some(hit)
    }

    /// The key with which a text begins that itself begins at this place.
    fn within(&self, place: usize, rest: &str, start: usize) -> Option<Hit> {
        let (first, tail, last) = match &self.body {
            Body::Regex(pattern, regex) => {
                let regex = regex.get_or_init(|| compile(pattern).ok()).as_ref()?;
                let whole = regex.find(rest)?;
                let found = if regex.captures_len() > 1 {
                    regex.captures(&rest[..whole.end()])?.iter().flatten().nth(1)?
                } else {
                    whole
                };
                (
                    found.start(),
                    found.start() + self.prefix_len(found.as_str()),
                    found.end(),
                )
            }
            Body::Run(alphabet, least) => {
                let tail = self.prefix_len(rest);
                let length = run(*alphabet, &rest[tail..]);
                let body = &rest[tail..tail + length];
                let ordinary = *least > ORDINARY && !shape::is_random(body) && !shape::is_hex(body);
                if tail == 0 || length < *least || ordinary {
                    return None;
                }
                (0, tail, tail + length)
            }
        };
        let body = &rest[tail..last];
        if !self.words && is_name(body, &rest[..tail]) || placeholder::stands_for_a_key(body) {
            return None;
        }
        let range = start + first..start + last;
        Some(Hit::new(range, HitSource::Pattern(place), body.len(), self.whole))
    }
}

/// What a regex may keep of its automaton, in bytes. With less, the patterns that count runs of any characters fall back to an
/// engine that prepares itself for the whole text at each beginning. It is used up by hostile texts alone.
const MOST_OF_AUTOMATON: usize = 1 << 20;

/// The regex of a pattern, which must match where the search begins.
pub(super) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(&format!(r"\A(?:{pattern})"))
        .size_limit(1 << 20)
        .dfa_size_limit(MOST_OF_AUTOMATON)
        .build()
}

/// How long the run of this alphabet is at the beginning of a text, without the full stop of a sentence.
fn run(alphabet: Alphabet, text: &str) -> usize {
    let bytes = text.as_bytes();
    let length = bytes.iter().take_while(|b| belongs(alphabet, **b)).count();
    match alphabet {
        Alphabet::Base64 => {
            let padding = bytes[length..].iter().take(2).take_while(|b| **b == b'=').count();
            // Two parts, each with its padding: `…==_…`.
            let joined = matches!(bytes.get(length + padding), Some(b'_' | b'-')) && padding > 0;
            if joined {
                let next = length + padding + 1;
                next + bytes[next..].iter().take_while(|b| belongs(alphabet, **b)).count()
            } else {
                length + padding
            }
        }
        Alphabet::Dotted => text[..length].trim_end_matches('.').len(),
        Alphabet::Mixed | Alphabet::Url | Alphabet::Percent => length,
    }
}

fn belongs(alphabet: Alphabet, byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || match alphabet {
            Alphabet::Mixed => false,
            Alphabet::Url => matches!(byte, b'-' | b'_'),
            Alphabet::Dotted => matches!(byte, b'-' | b'_' | b'.'),
            Alphabet::Base64 => matches!(byte, b'+' | b'/' | b'-' | b'_'),
            Alphabet::Percent => matches!(byte, b'-' | b'_' | b'%' | b'+' | b'/' | b'='),
        }
}

/// `secret_name`, `npm_config_cache`, `xai-sdk`, `Basic authentication`: words behind a beginning are a name, not a key.
fn is_name(body: &str, beginning: &str) -> bool {
    let words = || {
        body.split(['_', '-', '.'])
            .all(|part| part.is_empty() || shape::is_word(part))
    };
    beginning.ends_with(['_', '-', '.', ' '])
        && body.len() < 40
        && (beginning.ends_with(' ') || !body.bytes().any(|b| b.is_ascii_uppercase()))
        && words()
}
