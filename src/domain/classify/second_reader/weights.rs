//! The weights of the second reader: for each row of the table how much it speaks for each label. One byte each, so that the
//! sums are the same on every machine and the table is small enough to be part of the program.
use super::features::{Feature, ROW_BITS};
use super::labels::LABELS;
use super::verdict::RuleVerdict;
use std::borrow::Cow;
use std::fmt;

/// Columns of the table: a label each for the comment, for a clause, and two for what else a comment has.
pub(super) const COLUMNS: usize = 16;
pub(super) const WHOLE: usize = 0;
pub(super) const CLAUSE: usize = 7;
pub(super) const HAS_COMPLETION: usize = 14;
pub(super) const HAS_BLOCKER: usize = 15;

pub(super) const ROWS: usize = 1 << ROW_BITS;
const MAGIC: &[u8; 8] = b"kmreads2";

/// The table as it is trained and kept.
#[derive(Clone, PartialEq)]
pub(in crate::domain::classify) struct Weights {
    /// For each column what a weight of one is worth.
    pub(super) scales: [f32; COLUMNS],
    pub(super) biases: [f32; COLUMNS],
    /// How often each verdict of the rules meant each label, on comments that the rules were not written for.
    pub(super) meant: [[u32; LABELS.len()]; RuleVerdict::COUNT],
    /// A row for each hash, a byte with a sign for each column.
    pub(super) rows: Cow<'static, [[u8; COLUMNS]]>,
}

impl fmt::Debug for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weights")
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}

impl Weights {
    /// The sums of all columns over some features.
    pub(super) fn sums(&self, features: &[Feature]) -> [f32; COLUMNS] {
        let mut sums = [0.0; COLUMNS];
        for feature in features {
            let row = &self.rows[feature.row as usize & (ROWS - 1)];
            for (sum, weight) in sums.iter_mut().zip(row) {
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
        let row = &self.rows[feature.row as usize & (ROWS - 1)];
        let weight = |column: usize| f32::from(i8::from_le_bytes([row[column]])) * self.scales[column];
        (weight(column) - weight(other)) * feature.value
    }

    /// As a file holds them.
    pub(in crate::domain::classify) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for number in self.scales.iter().chain(&self.biases) {
            bytes.extend(number.to_le_bytes());
        }
        for number in self.meant.iter().flatten() {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.rows.iter().flatten());
        bytes
    }

    /// From what a file holds, without a copy of it; `None` if it is no table of this form.
    pub(in crate::domain::classify) fn from_bytes(bytes: &'static [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut take = || {
            let (number, behind) = rest.split_first_chunk::<4>()?;
            rest = behind;
            Some(*number)
        };
        let mut weights = Self {
            scales: [0.0; COLUMNS],
            biases: [0.0; COLUMNS],
            meant: [[0; LABELS.len()]; RuleVerdict::COUNT],
            rows: Cow::Borrowed(&[]),
        };
        for number in weights.scales.iter_mut().chain(&mut weights.biases) {
            *number = f32::from_le_bytes(take()?);
        }
        for number in weights.meant.iter_mut().flatten() {
            *number = u32::from_le_bytes(take()?);
        }
        let (rows, behind) = rest.as_chunks::<COLUMNS>();
        if rows.len() != ROWS || !behind.is_empty() {
            return None;
        }
        weights.rows = Cow::Borrowed(rows);
        Some(weights)
    }
}
