//! The weights of the second reader: for each row of a table how much it speaks for each of its columns. One byte each, so that
//! the sums are the same on every machine and the tables are small enough to be part of the program.
use super::features::Feature;
use super::labels::{KINDS, LABELS};
use super::row_counts::ROWS;
use super::verdict::RuleVerdict;
use crate::classify::ask::ASKS;
use crate::classify::reading::SUSPICIONS;
use std::borrow::Cow;
use std::fmt;

/// Columns of the table of labels: a label each for the comment, for a clause, and two for what else a comment has.
pub(super) const COLUMNS: usize = 16;
pub(super) const WHOLE: usize = 0;
pub(super) const CLAUSE: usize = 7;
pub(super) const HAS_COMPLETION: usize = 14;
pub(super) const HAS_BLOCKER: usize = 15;

/// Rows of the tables of kinds and of asks: they learn from few comments, and need fewer.
pub(super) const KIND_ROWS: usize = ROWS / 4;

/// Columns of the table of asks: one for each, and the last for what asks nothing of us.
pub(super) const ASK_COLUMNS: usize = ASKS.len() + 1;

const MAGIC: &[u8; 8] = b"kmreads5";

/// All that is trained and kept.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::classify) struct Weights {
    /// What comments and clauses are.
    pub(super) labels: WeightTable<COLUMNS>,
    /// How often each verdict of the rules meant each label, on comments that the rules were not written for.
    pub(super) meant: [[u32; LABELS.len()]; RuleVerdict::COUNT],
    /// What kind of obstacle a blocker is.
    pub(super) kinds: WeightTable<{ KINDS.len() }>,
    /// How often each kind that the rules gave meant each kind, on the same comments.
    pub(super) kinds_meant: [[u32; KINDS.len()]; KINDS.len()],
    /// Whether a comment says what the other readers look for.
    pub(super) suspicions: WeightTable<{ SUSPICIONS.len() }>,
    /// What a sentence asks of us.
    pub(super) asks: WeightTable<ASK_COLUMNS>,
}

/// A table: a row for each hash, a byte with a sign for each column.
#[derive(Clone, PartialEq)]
pub(super) struct WeightTable<const N: usize> {
    /// For each column what a weight of one is worth.
    pub(super) scales: [f32; N],
    pub(super) biases: [f32; N],
    /// As many as a power of two.
    pub(super) rows: Cow<'static, [[u8; N]]>,
}

impl<const N: usize> fmt::Debug for WeightTable<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeightTable")
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}

impl<const N: usize> WeightTable<N> {
    /// The sums of all columns over some features.
    pub(super) fn sums(&self, features: &[Feature]) -> [f32; N] {
        let mut sums = [0.0; N];
        for feature in features {
            for (sum, weight) in sums.iter_mut().zip(self.row(*feature)) {
                *sum += f32::from(i8::from_le_bytes([*weight])) * feature.value;
            }
        }
        for ((sum, scale), bias) in sums.iter_mut().zip(&self.scales).zip(&self.biases) {
            *sum = *sum * scale + bias;
        }
        sums
    }

    /// How much a feature speaks for one column rather than for another.
    pub(super) fn speaks(&self, feature: Feature, column: usize, other: usize) -> f32 {
        let row = self.row(feature);
        let weight = |column: usize| f32::from(i8::from_le_bytes([row[column]])) * self.scales[column];
        (weight(column) - weight(other)) * feature.value
    }

    fn row(&self, feature: Feature) -> &[u8; N] {
        &self.rows[feature.row as usize & (self.rows.len() - 1)]
    }

    fn head(&self) -> impl Iterator<Item = u8> {
        let numbers = self.scales.iter().chain(&self.biases);
        numbers.flat_map(|number| number.to_le_bytes())
    }
}

impl Weights {
    /// As a file holds them.
    pub(in crate::classify) fn to_bytes(&self) -> Vec<u8> {
        let counts = self.meant.iter().flatten().chain(self.kinds_meant.iter().flatten());
        let mut bytes = MAGIC.to_vec();
        bytes.extend(
            self.labels
                .head()
                .chain(self.kinds.head())
                .chain(self.suspicions.head())
                .chain(self.asks.head()),
        );
        bytes.extend(counts.flat_map(|count| count.to_le_bytes()));
        bytes.extend(self.labels.rows.iter().flatten());
        bytes.extend(self.kinds.rows.iter().flatten());
        bytes.extend(self.suspicions.rows.iter().flatten());
        bytes.extend(self.asks.rows.iter().flatten());
        bytes
    }

    /// From what a file holds, without a copy of it; `None` if it is no file of this form.
    pub(in crate::classify) fn from_bytes(bytes: &'static [u8]) -> Option<Self> {
        let mut rest = WeightBytes(bytes.strip_prefix(MAGIC)?);
        let (scales, biases) = (rest.floats()?, rest.floats()?);
        let (kind_scales, kind_biases) = (rest.floats()?, rest.floats()?);
        let (suspicion_scales, suspicion_biases) = (rest.floats()?, rest.floats()?);
        let (ask_scales, ask_biases) = (rest.floats()?, rest.floats()?);
        let weights = Self {
            meant: rest.counts()?,
            kinds_meant: rest.counts()?,
            labels: WeightTable {
                scales,
                biases,
                rows: rest.rows(ROWS)?,
            },
            kinds: WeightTable {
                scales: kind_scales,
                biases: kind_biases,
                rows: rest.rows(KIND_ROWS)?,
            },
            suspicions: WeightTable {
                scales: suspicion_scales,
                biases: suspicion_biases,
                rows: rest.rows(ROWS)?,
            },
            asks: WeightTable {
                scales: ask_scales,
                biases: ask_biases,
                rows: rest.rows(KIND_ROWS)?,
            },
        };
        rest.0.is_empty().then_some(weights)
    }
}

/// What is not read yet of a file.
struct WeightBytes(&'static [u8]);

impl WeightBytes {
    fn number(&mut self) -> Option<[u8; 4]> {
        let (number, behind) = self.0.split_first_chunk()?;
        self.0 = behind;
        Some(*number)
    }

    fn floats<const N: usize>(&mut self) -> Option<[f32; N]> {
        let mut floats = [0.0; N];
        for float in &mut floats {
            *float = f32::from_le_bytes(self.number()?);
        }
        Some(floats)
    }

    fn counts<const N: usize, const M: usize>(&mut self) -> Option<[[u32; N]; M]> {
        let mut counts = [[0; N]; M];
        for count in counts.iter_mut().flatten() {
            *count = u32::from_le_bytes(self.number()?);
        }
        Some(counts)
    }

    fn rows<const N: usize>(&mut self, count: usize) -> Option<Cow<'static, [[u8; N]]>> {
        let (rows, behind) = self.0.split_at_checked(count * N)?;
        self.0 = behind;
        Some(Cow::Borrowed(rows.as_chunks().0))
    }
}
