//! How often each row of the table was seen: counted in place and given back in the order of the rows, without sorting.
use std::mem::take;

/// Rows of the table of weights, as a power of two.
pub(super) const ROW_BITS: u32 = 16;
pub(super) const ROWS: usize = 1 << ROW_BITS;

/// Words of 64 bits that hold a bit for each row.
const WORDS: usize = ROWS / 64;

/// Counts of rows, with a bit for each row that was seen and one for each word of those bits, so that to find the few that
/// were seen among all of them takes no look at the others.
#[derive(Debug)]
pub(super) struct RowCounts {
    counts: Box<[u8]>,
    rows: Box<[u64; WORDS]>,
    words: [u64; WORDS / 64],
}

impl Default for RowCounts {
    fn default() -> Self {
        Self {
            counts: vec![0; ROWS].into(),
            rows: Box::new([0; WORDS]),
            words: [0; WORDS / 64],
        }
    }
}

impl RowCounts {
    /// Counts a row once more; above 255 it makes no difference.
    pub(super) fn see(&mut self, row: u32) {
        let row = row as usize % ROWS;
        self.counts[row] = self.counts[row].saturating_add(1);
        self.rows[row / 64] |= 1 << (row % 64);
        self.words[row / 4096] |= 1 << (row / 64 % 64);
    }

    /// Gives each row that was seen, with how often, and forgets it.
    pub(super) fn drain(&mut self, mut each: impl FnMut(u32, u8)) {
        for (place, word) in self.words.iter_mut().enumerate() {
            let mut word = take(word);
            while let Some(at) = take_lowest(&mut word) {
                let at = place * 64 + at;
                let mut rows = take(&mut self.rows[at]);
                while let Some(bit) = take_lowest(&mut rows) {
                    let row = at * 64 + bit;
                    each(u32::try_from(row).unwrap_or(0), take(&mut self.counts[row]));
                }
            }
        }
    }
}

/// Takes the lowest bit out of a word.
fn take_lowest(word: &mut u64) -> Option<usize> {
    let lowest = (*word != 0).then(|| word.trailing_zeros() as usize);
    *word &= word.wrapping_sub(1);
    lowest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_with_their_counts() {
        let mut counts = RowCounts::default();
        let drained = |counts: &mut RowCounts| {
            let mut all = Vec::new();
            counts.drain(|row, count| all.push((row, count)));
            all
        };
        for row in [65_535, 7, 4096, 7, 63, 64, 7] {
            counts.see(row);
        }
        assert_eq!(drained(&mut counts), [(7, 3), (63, 1), (64, 1), (4096, 1), (65_535, 1)]);
        (0..300).for_each(|_| counts.see(9));
        assert_eq!(drained(&mut counts), [(9, 255)]);
    }
}
