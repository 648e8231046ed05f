//! The windows of all values, ready to be looked up.
use super::encodings::{BASE32, BASE64, HEX, Rolling};
use super::known_values::KnownValues;
use super::triples::Triples;
use super::value::WINDOW_MASK;
use crate::redact::fold::TextReading;

/// So many bits of a bitmap stand for one window, in powers of two between these.
const SPARSE: usize = 16;
const FEWEST_BITS: u32 = 15;
const MOST_BITS: u32 = 20;

/// The windows of all values: of folded characters, whole and with characters left out, of bytes for what is encoded, and
/// of characters as they are spelled.
pub(in crate::redact) struct WindowIndex {
    pub(super) folded: WindowTable,
    pub(super) raw: WindowTable,
    pub(super) spelled: WindowTable,
    pub(super) triples: Triples,
}

/// Windows with the values that hold them; a bitmap answers for most that nothing holds.
pub(super) struct WindowTable {
    bitmap: Vec<u64>,
    shift: u32,
    /// For each of the highest bits of a hash the first entry, as all of them are in a chain.
    heads: Vec<u32>,
    entries: Vec<WindowEntry>,
}

struct WindowEntry {
    window: u64,
    value: u32,
    place: u32,
    /// The next entry of the chain.
    next: u32,
}

/// Marks the place of a window of folded characters some of which are left out.
pub(super) const GAPPED: usize = 1 << 31;

/// A window of nothing but [`BREAK`]: none is one of a value before six characters have come.
const BROKEN: u64 = WINDOW_MASK;

/// Stands at the end of a chain.
const END: u32 = u32::MAX;

/// A chain is for so many bits of the bitmap, as a power of two.
const CHAIN_BITS: u32 = 3;

impl WindowIndex {
    pub(in crate::redact) fn of(known: &KnownValues) -> Self {
        let values = || known.values.iter().enumerate();
        Self {
            folded: WindowTable::of(values().flat_map(|(number, value)| {
                let gapped = value.gapped_windows().map(|(window, place)| (window, place | GAPPED));
                with_value(value.windows().chain(gapped), number)
            })),
            raw: WindowTable::of(values().flat_map(|(number, value)| with_value(value.raw_windows(), number))),
            triples: Triples::of(values()),
            spelled: WindowTable::of(values().flat_map(|(number, value)| with_value(value.spelled_windows(), number))),
        }
    }

    /// Whether any window of the text is one of a value, or another reading of it may be: most texts hold none, and are not
    /// kept folded.
    pub(super) fn touches(&self, text: &str) -> bool {
        let mut window = BROKEN;
        let (mut base64, mut base32, mut hex) = (
            Rolling::<BASE64>::default(),
            Rolling::<BASE32>::default(),
            Rolling::<HEX>::default(),
        );
        let mut touches = false;
        let mut reading = TextReading::of(text);
        for folded in reading.by_ref() {
            if folded.begins {
                window = BROKEN;
                base64.reset();
                base32.reset();
                hex.reset();
            }
            window = (window << 6 | u64::from(folded.code)) & WINDOW_MASK;
            touches |= self.folded.holds(window);
            let mut see = |window, _| touches |= self.raw.holds(window);
            base64.push(folded.exact, &mut see);
            base32.push(folded.exact, &mut see);
            hex.push(folded.exact, &mut see);
        }
        touches || reading.seen().anything()
    }
}

fn with_value(windows: impl Iterator<Item = (u64, usize)>, number: usize) -> impl Iterator<Item = WindowEntry> {
    let value = u32::try_from(number).unwrap_or(u32::MAX);
    windows.map(move |(window, place)| WindowEntry {
        window,
        value,
        place: u32::try_from(place).unwrap_or(u32::MAX),
        next: END,
    })
}

impl WindowTable {
    fn of(entries: impl Iterator<Item = WindowEntry>) -> Self {
        let mut entries: Vec<WindowEntry> = entries.collect();
        let bits = (SPARSE * entries.len())
            .next_power_of_two()
            .ilog2()
            .clamp(FEWEST_BITS, MOST_BITS);
        let shift = 64 - bits;
        let mut bitmap = vec![0; 1 << (bits - 6)];
        let mut heads = vec![END; 1 << (bits - CHAIN_BITS)];
        // From the last on, so that chains keep their order.
        for (number, entry) in entries.iter_mut().enumerate().rev() {
            let number = u32::try_from(number).unwrap_or(END);
            let hash = hash(entry.window);
            bitmap[spot(hash, shift) >> 6] |= bits_of(hash, shift);
            entry.next = std::mem::replace(&mut heads[spot(hash, shift) >> CHAIN_BITS], number);
        }
        Self {
            bitmap,
            shift,
            heads,
            entries,
        }
    }

    #[inline]
    pub(super) fn holds(&self, window: u64) -> bool {
        let hash = hash(window);
        let bits = bits_of(hash, self.shift);
        self.bitmap[spot(hash, self.shift) >> 6] & bits == bits && self.look_up(window).next().is_some()
    }

    /// All values that hold this window, with the place.
    pub(super) fn look_up(&self, window: u64) -> impl Iterator<Item = (usize, usize)> + '_ {
        let chained = |number: u32| self.entries.get(number as usize);
        let first = chained(self.heads[spot(hash(window), self.shift) >> CHAIN_BITS]);
        std::iter::successors(first, move |entry| chained(entry.next))
            .filter(move |entry| entry.window == window)
            .map(|entry| (entry.value as usize, entry.place as usize))
    }

    /// Whether no value has a window.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[inline]
fn hash(window: u64) -> u64 {
    window.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The place of a window in the bitmap: its highest bits name the word, the next six a bit of it.
#[inline]
fn spot(hash: u64, shift: u32) -> usize {
    usize::try_from(hash >> shift).unwrap_or(0)
}

/// The two bits that stand for a window in its word: one alone would be set for one of sixteen that nothing holds.
#[inline]
fn bits_of(hash: u64, shift: u32) -> u64 {
    1 << (hash >> shift & 63) | 1 << (hash >> (shift - 6) & 63)
}
