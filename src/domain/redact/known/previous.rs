//! Previous values without their text: keyed hashes of their windows. What can be told from them is whether a
//! text holds a window, not which characters a key had; with the file and much time short pieces can be tried
//! out, so the file is as precious as a backup.
use super::decode::pack_exact;
use super::value::{KnownValue, WINDOW, pack};
use crate::domain::redact::fold::{BREAK, FoldedText};
use crate::domain::redact::span::{Hit, HitSource};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use std::ops::Range;

/// How many folded windows in a row are evidence, with or without the same case.
const ENOUGH_EXACT: usize = 1;
const ENOUGH_FOLDED: usize = 3;

/// One previous value, as keyed hashes of its windows of six characters.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PreviousValue {
    /// The variable that had it.
    pub(super) name: String,
    /// The place of that variable in the list of variables; set when it is read.
    #[serde(skip)]
    pub(super) variable: usize,
    /// How many secret characters it had.
    pub(super) secret_len: usize,
    key: [u64; 2],
    folded: Vec<u64>,
    exact: Vec<u64>,
    /// Head and tail together, for each length of 3 to 6.
    ends: Vec<u64>,
}

/// The previous values of all variables.
#[derive(Default)]
pub(super) struct PreviousValues(Vec<PreviousValue>);

/// The bytes are not what `KnownValues::export` writes.
#[derive(Debug, thiserror::Error)]
#[error(
    "the file of former values cannot be read: {0}; delete it, and only pieces of keys that are no longer in .env go unnoticed"
)]
pub struct PreviousValuesError(#[from] serde_json::Error);

impl PreviousValue {
    pub(super) fn of(value: &KnownValue, name: &str) -> Self {
        let key = seed(value);
        let mut previous = Self {
            name: name.to_owned(),
            variable: value.variable,
            secret_len: value.secret_len(),
            key,
            folded: value.windows().map(|(window, _)| hash(key, window)).collect(),
            exact: value
                .windows()
                .map(|(_, place)| hash(key, pack_exact(&value.exact[place..place + WINDOW])))
                .collect(),
            ends: ends_of(value).map(|ends| hash(key, ends)).collect(),
        };
        for hashes in [&mut previous.folded, &mut previous.exact, &mut previous.ends] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        previous
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.key == other.key && self.folded == other.folded
    }

    fn has(&self, window: u64) -> bool {
        self.folded.binary_search(&hash(self.key, window)).is_ok()
    }

    fn has_exact(&self, window: u64) -> bool {
        self.exact.binary_search(&hash(self.key, window)).is_ok()
    }

    /// The stretches of the folded whose windows are this value's: first code and the one after the last.
    fn runs(&self, text: &FoldedText) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for from in 0..(text.codes.len() + 1).saturating_sub(WINDOW) {
            let codes = &text.codes[from..from + WINDOW];
            if codes.contains(&BREAK) || !self.has(pack(codes)) {
                continue;
            }
            let exact = usize::from(self.has_exact(pack_exact(&text.exact[from..from + WINDOW])));
            match runs.last_mut() {
                Some(last) if from + WINDOW == last.1 + 1 => (last.1, last.2) = (last.1 + 1, last.2 + exact),
                _ => runs.push((from, from + WINDOW, exact)),
            }
        }
        let enough = |(from, to, exact): &(usize, usize, usize)| {
            *exact >= ENOUGH_EXACT || to - from >= WINDOW - 1 + ENOUGH_FOLDED
        };
        runs.into_iter()
            .filter(enough)
            .map(|(from, to, _)| (from, to))
            .collect()
    }
}

impl PreviousValues {
    /// Reads what [`PreviousValues::to_json`] wrote.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Vec<PreviousValue>, PreviousValuesError> {
        Ok(serde_json::from_slice(bytes)?)
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).unwrap_or_default()
    }

    /// Further values, and then these.
    pub(super) fn with(&self, values: impl Iterator<Item = PreviousValue>) -> Self {
        Self(values.chain(self.0.iter().cloned()).collect())
    }

    /// Adds a value that is not there yet.
    pub(super) fn add(&mut self, value: PreviousValue) {
        if !self.0.iter().any(|other| other.is_same(&value)) {
            self.0.push(value);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every piece of a previous value in the text.
    pub(super) fn search(&self, text: &str, folded: &FoldedText, hits: &mut Vec<Hit>) {
        for value in &self.0 {
            for (from, to) in value.runs(folded) {
                let telling = folded.codes[from..to].iter().any(|code| *code >= 16) || to - from >= 9;
                if telling {
                    let range = folded.start(from)..folded.end(text, to - 1);
                    hits.push(self.hit(value.variable, range, to - from));
                }
            }
        }
    }

    /// A piece of so many characters of a variable's previous value.
    pub(super) fn hit(&self, variable: usize, range: Range<usize>, chars: usize) -> Hit {
        let value = self.0.iter().find(|value| value.variable == variable);
        let whole = value.map_or(usize::MAX, |value| value.secret_len);
        Hit::new(range, HitSource::Known(variable), chars.min(whole), whole)
    }

    /// The variable of which a previous value held these six characters.
    pub(super) fn holding(&self, window: u64) -> Option<usize> {
        self.variable_where(|value| value.has_exact(window))
    }

    /// The variable of which a previous value began and ended so.
    pub(super) fn with_ends(&self, head: &str, tail: &str) -> Option<usize> {
        let ends = join_ends(&FoldedText::of(head).codes, &FoldedText::of(tail).codes);
        self.variable_where(|value| value.ends.binary_search(&hash(value.key, ends)).is_ok())
    }

    fn variable_where(&self, holds: impl Fn(&PreviousValue) -> bool) -> Option<usize> {
        self.0.iter().find(|value| holds(value)).map(|value| value.variable)
    }
}

fn ends_of(value: &KnownValue) -> impl Iterator<Item = u64> + '_ {
    let secret = &value.codes[value.public..];
    let lengths = (3..=6).flat_map(|head| (3..=6).map(move |tail| (head, tail)));
    lengths
        .filter(|(head, tail)| head + tail <= secret.len())
        .flat_map(|(head, tail)| {
            let tail = &value.codes[value.codes.len() - tail..];
            [
                join_ends(&secret[..head], tail),
                join_ends(&value.codes[..value.public + head], tail),
            ]
        })
}

fn join_ends(head: &[u8], tail: &[u8]) -> u64 {
    let step = |sum: u64, code: &u8| (sum ^ u64::from(*code)).wrapping_mul(0x0100_0000_01b3);
    let head = head.iter().fold(0xcbf2_9ce4_8422_2325, step);
    tail.iter().fold(step(head, &255), step)
}

/// A key of its own for every value, derived from it: no clock and no chance are needed, and equal windows of two
/// values do not look alike.
fn seed(value: &KnownValue) -> [u64; 2] {
    let digest = ring::digest::digest(&ring::digest::SHA256, &value.exact);
    let half = |from: usize| {
        digest.as_ref()[from..from + 8]
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    };
    [half(0), half(8)]
}

fn hash(key: [u64; 2], word: u64) -> u64 {
    SipHasher13::new_with_keys(key[0], key[1]).hash(&word.to_le_bytes())
}
