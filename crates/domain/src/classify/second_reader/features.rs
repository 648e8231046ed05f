//! Features: what the second reader sees of a text. Runs of words and letters, and the kinds that the lexicon gives the words,
//! each hashed to a row of the table of weights.
use super::row_counts::{ROW_BITS, RowCounts};
use crate::classify::lexicon::hash;
use crate::classify::rule_set::RuleSet;
use crate::classify::structure::Structure;
use crate::classify::token::Token;
use crate::classify::trace::Trace;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// How much the kinds count beside words and letters, which are one each.
const KINDS_COUNT: f32 = 1.5;

/// How much the kinds of the clauses before and behind one count for it.
const NEIGHBOURS_COUNT: f32 = 0.6;

/// How much the structure of the clauses counts beside them.
const STRUCTURE_COUNTS: f32 = 0.8;

/// Two kinds belong together up to this distance of their words.
const FARTHEST: usize = 4;

/// One feature: its row, and how much of it there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::classify) struct Feature {
    pub(super) row: u32,
    pub(super) value: f32,
}

/// What kind of feature a hash begins with, so that equal words of two kinds are two features.
#[derive(Clone, Copy)]
enum Block {
    Words = 1,
    Letters,
    Kinds,
    Before,
    Behind,
    Place,
    Structure,
}

impl Block {
    fn with(self, part: u32) -> FeatureHash {
        FeatureHash(0x9e37_79b9_u32.wrapping_mul(self as u32)).with(part)
    }

    fn with_all(self, parts: &[u32]) -> FeatureHash {
        let block = FeatureHash(0x9e37_79b9_u32.wrapping_mul(self as u32));
        parts.iter().fold(block, |hash, part| hash.with(*part))
    }
}

/// The hash of a block and of the parts of a feature so far: features that begin alike share it.
#[derive(Clone, Copy)]
struct FeatureHash(u32);

impl FeatureHash {
    fn with(self, part: u32) -> Self {
        let mixed = (self.0 ^ part).wrapping_mul(0x85eb_ca6b).rotate_left(13);
        Self(mixed.wrapping_mul(5).wrapping_add(0xe654_6b64))
    }

    fn row(self) -> u32 {
        (self.0 ^ self.0 >> 16).wrapping_mul(0xc2b2_ae35) >> (32 - ROW_BITS)
    }
}

/// The kinds of each symbol as numbers that depend on their names alone.
#[derive(Debug)]
pub(in crate::classify) struct KindNames {
    of_symbol: Vec<Box<[u32]>>,
    names: HashMap<u32, String>,
}

impl KindNames {
    /// Of all kinds but those of the group `unseen`, which only tell words apart for single rules.
    pub(in crate::classify) fn of(rule_set: &RuleSet) -> Self {
        let symbols = &rule_set.lexicon.symbols;
        let unseen = rule_set.groups.get("unseen").copied().unwrap_or_default();
        let is_seen = |name: &&str| !symbols.bit(name).is_some_and(|kind| kind.meets(unseen));
        let mut known = HashMap::from([(UNKNOWN, "unknown".to_owned()), (BORDER, "end".to_owned())]);
        let mut named = |symbol| {
            let names = symbols.names(symbol).into_iter().filter(is_seen);
            let kinds: Box<[u32]> = names
                .map(|name| {
                    let kind = fold32(hash(name.bytes()));
                    known.entry(kind).or_insert_with(|| name.to_owned());
                    kind
                })
                .collect();
            if kinds.is_empty() { Box::from([UNKNOWN]) } else { kinds }
        };
        Self {
            of_symbol: (0..symbols.len()).map(&mut named).collect(),
            names: known,
        }
    }

    fn of_token(&self, token: &Token) -> &[u32] {
        let kinds = self.of_symbol.get(usize::from(token.symbol));
        kinds.map_or(&[UNKNOWN], |kinds| kinds)
    }

    fn name(&self, kind: u32) -> &str {
        self.names.get(&kind).map_or("?", String::as_str)
    }
}

/// The kind of a word that the lexicon does not know.
const UNKNOWN: u32 = 7;

/// What stands before the first word, and behind the last.
const BORDER: u32 = 11;

/// Reads the features of a comment and of its clauses; keeps what it needs for that from one to the next.
#[derive(Debug, Default)]
pub(in crate::classify) struct FeatureReader {
    seen: RowCounts,
    /// What each row stands for in this text, where that is to be told.
    told: Option<BTreeMap<u32, String>>,
}

impl FeatureReader {
    /// Reads the features of a comment, and tells in words what the row of each stands for.
    pub(super) fn told(names: &KindNames, trace: &Trace) -> (Vec<Feature>, BTreeMap<u32, String>) {
        let mut reader = Self {
            told: Some(BTreeMap::new()),
            ..Self::default()
        };
        let features = reader.whole(names, trace);
        (features, reader.told.unwrap_or_default())
    }

    /// The features of the whole comment.
    pub(in crate::classify) fn whole(&mut self, names: &KindNames, trace: &Trace) -> Vec<Feature> {
        let mut features = self.words(&trace.own);
        for span in &trace.clause_spans {
            self.kinds(names, &trace.tokens[span.tokens.clone()], Block::Kinds);
        }
        self.close(KINDS_COUNT, &mut features);
        for structure in &trace.structures {
            self.structure(*structure);
        }
        self.close(STRUCTURE_COUNTS, &mut features);
        features
    }

    /// The features of a text's words and letters alone; those of the whole comment begin with them.
    pub(in crate::classify) fn words(&mut self, text: &str) -> Vec<Feature> {
        let mut features = Vec::with_capacity(512);
        self.text(text, &mut features);
        features
    }

    /// What a clause says of whom, each fact with those that go with it.
    fn structure(&mut self, structure: Structure) {
        let Structure {
            subject,
            predicate,
            negated,
            tense,
        } = structure;
        let told = || structure.to_string();
        let [subject, predicate, tense] = [subject as u32, predicate as u32, tense as u32];
        let negated = u32::from(negated);
        let mut see = |parts: &[u32]| self.see(Block::Structure.with_all(parts), told);
        see(&[1, subject]);
        see(&[2, predicate, negated]);
        see(&[3, subject, predicate, negated]);
        see(&[4, predicate, negated, tense]);
        see(&[5, subject, predicate, negated, tense]);
    }

    /// The features of a clause; of an only one, those of its comment.
    pub(in crate::classify) fn clause(&mut self, names: &KindNames, trace: &Trace, at: usize) -> Vec<Feature> {
        if trace.clause_spans.len() == 1 {
            return self.whole(names, trace);
        }
        let mut features = Vec::with_capacity(256);
        let tokens_of = |at: usize| {
            trace
                .clause_spans
                .get(at)
                .map(|span| &trace.tokens[span.tokens.clone()])
        };
        let tokens = tokens_of(at).unwrap_or_default();
        self.text(&trace.own[place_of(tokens)], &mut features);
        self.kinds(names, tokens, Block::Kinds);
        self.close(KINDS_COUNT, &mut features);
        if let Some(structure) = trace.structures.get(at) {
            self.structure(*structure);
        }
        self.close(STRUCTURE_COUNTS, &mut features);
        if let Some(before) = at.checked_sub(1).and_then(tokens_of) {
            self.kinds(names, before, Block::Before);
        }
        if let Some(behind) = tokens_of(at + 1) {
            self.kinds(names, behind, Block::Behind);
        }
        self.close(NEIGHBOURS_COUNT, &mut features);
        let last = at + 1 == trace.clause_spans.len();
        self.see(
            Block::Place.with_all(&[u32::from(at == 0), u32::from(last)]),
            String::new,
        );
        self.close(1.0, &mut features);
        features
    }

    /// Runs of one and two words, and of three and four letters.
    fn text(&mut self, text: &str, features: &mut Vec<Feature>) {
        let plain = plain(text);
        let mut before = BORDER;
        let mut said = "";
        for text in plain.split(' ').filter(|word| !word.is_empty()) {
            let word = fold32(hash(text.bytes()));
            self.see(Block::Words.with(word), || format!("\"{text}\""));
            self.see(Block::Words.with(before).with(word), || match said {
                "" => format!("\"{text}\" first"),
                said => format!("\"{said} {text}\""),
            });
            (before, said) = (word, text);
        }
        self.see(Block::Words.with(before).with(BORDER), || format!("\"{said}\" last"));
        self.close(1.0, features);
        for length in 3..=4 {
            for run in plain.as_bytes().windows(length) {
                let packed = run.iter().fold(0, |packed, b| packed << 8 | u32::from(*b));
                self.see(Block::Letters.with(packed), || {
                    format!("letters \"{}\"", String::from_utf8_lossy(run).replace(' ', "_"))
                });
            }
        }
        self.close(1.0, features);
    }

    /// The kinds of words, alone and in pairs with those of the words that follow.
    fn kinds(&mut self, names: &KindNames, tokens: &[Token], block: Block) {
        for (at, token) in tokens.iter().enumerate() {
            for kind in names.of_token(token) {
                let of_kind = block.with(*kind);
                self.see(of_kind, || format!("a word of {}", names.name(*kind)));
                for distance in 1..=FARTHEST {
                    let border = [BORDER];
                    let next = match tokens.get(at + distance) {
                        Some(next) => names.of_token(next),
                        None if at + distance == tokens.len() => &border,
                        None => break,
                    };
                    let apart = u32::try_from(distance).unwrap_or(0);
                    for next in next {
                        self.see(of_kind.with(*next).with(apart), || {
                            let gap = ["", "", " .", " . .", " . . ."][distance];
                            format!("{}{gap} {}", names.name(*kind), names.name(*next))
                        });
                    }
                }
                if at == 0 {
                    self.see(block.with(BORDER).with(*kind), || {
                        format!("{} first", names.name(*kind))
                    });
                }
            }
        }
    }

    fn see(&mut self, hash: FeatureHash, told: impl FnOnce() -> String) {
        let row = hash.row();
        self.seen.see(row);
        if self.told.is_some() {
            self.tell(row, told);
        }
    }

    #[cold]
    fn tell(&mut self, row: u32, told: impl FnOnce() -> String) {
        if let Some(rows) = &mut self.told {
            rows.entry(row).or_insert_with(told);
        }
    }

    /// Ends a block: each row once, by how often it was seen, all of them together as long as `count`.
    fn close(&mut self, count: f32, features: &mut Vec<Feature>) {
        let first = features.len();
        let mut squares = 0.0_f32;
        self.seen.drain(|row, count| {
            let value = SEEN[usize::from(count).min(SEEN.len()) - 1];
            squares += value * value;
            features.push(Feature { row, value });
        });
        let scale = if squares > 0.0 { count / squares.sqrt() } else { 0.0 };
        for feature in &mut features[first..] {
            feature.value *= scale;
        }
    }
}

/// One and the logarithm of how often a feature was seen: written out, as no two machines need agree on a logarithm.
const SEEN: [f32; 8] = [
    1.0, 1.693_147, 2.098_612, 2.386_294, 2.609_438, 2.791_759, 2.945_91, 3.079_442,
];

/// A text with one blank between its words and around it, in which the number of a step is one sign and any other number
/// another.
fn plain(text: &str) -> String {
    let mut plain = Vec::with_capacity(text.len() + 2);
    plain.push(b' ');
    let mut digits = 0;
    for byte in text.bytes().chain([b' ']) {
        if byte.is_ascii_digit() {
            digits += 1;
            continue;
        }
        if digits > 0 {
            plain.push(if digits == 1 { b'#' } else { b'0' });
            digits = 0;
        }
        match byte {
            b if b.is_ascii_whitespace() => {
                if plain.last() != Some(&b' ') {
                    plain.push(b' ');
                }
            }
            // Signs stand for themselves, as words of their own.
            b if b.is_ascii_alphanumeric() || b == b'\'' || b >= 0x80 => plain.push(b),
            b => {
                if plain.last() != Some(&b' ') {
                    plain.push(b' ');
                }
                plain.extend([b, b' ']);
            }
        }
    }
    // No letter was taken apart: signs alone are ASCII.
    String::from_utf8(plain).unwrap_or_default()
}

/// Where a clause stands in the text.
fn place_of(tokens: &[Token]) -> Range<usize> {
    let ends = tokens.first().zip(tokens.last());
    ends.map_or(0..0, |(first, last)| first.start..last.end.max(first.start))
}

#[expect(clippy::cast_possible_truncation, reason = "both halves are in the lower one")]
fn fold32(hash: u64) -> u32 {
    (hash ^ hash >> 32) as u32
}
