//! Former values without their text: keyed hashes of their windows. What can be told from them is whether a
//! text holds a window, not which characters a key had; with the file and much time short pieces can be tried
//! out, so the file is as precious as a backup.
use super::KnownValues;
use super::decode::pack_exact;
use super::value::{Value, WINDOW, pack};
use crate::domain::redact::fold::{BREAK, Stream};
use crate::domain::redact::span::Hit;
use serde::{Deserialize, Serialize};

/// How many folded windows in a row are evidence, with or without the same case.
const ENOUGH_EXACT: usize = 1;
const ENOUGH_FOLDED: usize = 3;

/// One former value.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Former {
    /// The variable.
    pub(super) name: String,
    /// Its place among the labels; set when it is read.
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

/// The bytes are not what [`KnownValues::export`] writes.
#[derive(Debug, thiserror::Error)]
#[error(
    "the file of former values cannot be read: {0}; delete it, and only pieces of keys that are no longer in .env go unnoticed"
)]
pub struct FormerFault(#[from] serde_json::Error);

pub(super) fn write(values: impl Iterator<Item = Former>) -> Vec<u8> {
    serde_json::to_vec(&values.collect::<Vec<_>>()).unwrap_or_default()
}

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Former>, FormerFault> {
    Ok(serde_json::from_slice(bytes)?)
}

impl Former {
    pub(super) fn of(value: &Value, name: &str) -> Self {
        let key = seed(value);
        let mut former = Self {
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
        for hashes in [&mut former.folded, &mut former.exact, &mut former.ends] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        former
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

    /// The stretches of the stream whose windows are this value's: first code and the one after the last.
    fn runs(&self, stream: &Stream) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for from in 0..(stream.codes.len() + 1).saturating_sub(WINDOW) {
            let codes = &stream.codes[from..from + WINDOW];
            if codes.contains(&BREAK) || !self.has(pack(codes)) {
                continue;
            }
            let exact = usize::from(self.has_exact(pack_exact(&stream.exact[from..from + WINDOW])));
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

impl KnownValues {
    pub(super) fn search_former(&self, text: &str, stream: &Stream, hits: &mut Vec<Hit>) {
        for former in &self.former {
            for (from, to) in former.runs(stream) {
                let telling = stream.codes[from..to].iter().any(|code| *code >= 16) || to - from >= 9;
                if telling {
                    hits.push(self.piece(former.variable, stream.start(from), stream.end(text, to - 1), to - from));
                }
            }
        }
    }

    /// The variable of which a former value held these six characters.
    pub(super) fn former_holding(&self, window: u64) -> Option<usize> {
        self.former
            .iter()
            .find(|former| former.has_exact(window))
            .map(|former| former.variable)
    }

    pub(super) fn former_with_ends(&self, head: &str, tail: &str) -> Option<usize> {
        let ends = join_ends(&Stream::of(head).codes, &Stream::of(tail).codes);
        self.former
            .iter()
            .find(|former| former.ends.binary_search(&hash(former.key, ends)).is_ok())
            .map(|former| former.variable)
    }
}

fn ends_of(value: &Value) -> impl Iterator<Item = u64> + '_ {
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
fn seed(value: &Value) -> [u64; 2] {
    let digest = ring::digest::digest(&ring::digest::SHA256, &value.exact);
    let half = |from: usize| {
        digest.as_ref()[from..from + 8]
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    };
    [half(0), half(8)]
}

/// SipHash-1-3 of one word.
fn hash(key: [u64; 2], word: u64) -> u64 {
    let mut v = [
        key[0] ^ 0x736f_6d65_7073_6575,
        key[1] ^ 0x646f_7261_6e64_6f6d,
        key[0] ^ 0x6c79_6765_6e65_7261,
        key[1] ^ 0x7465_6462_7974_6573,
    ];
    for block in [word, 8 << 56] {
        v[3] ^= block;
        round(&mut v);
        v[0] ^= block;
    }
    v[2] ^= 0xff;
    (0..3).for_each(|_| round(&mut v));
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}
