//! Mutations of seeds, for runs without libFuzzer: bytes flipped, pieces doubled, cut, moved and mixed.
use fastrand::Rng;

/// Longest input; beyond it only time is spent.
const LONGEST: usize = 4_096;

/// Bytes that mean something to one of the readers, or to [`crate::TARGETS`] themselves.
const SIGNS: &[u8] =
    b"\x01\x02\x03\x04\x05\x06\n\r\t \"'`\\=:#$%&<>[]{}()|,;-_*~@/?!.0123456789aZ\x1b\x7f\xc3\xe2\xf0\xff";

/// An input made of two seeds.
pub fn mutated(dice: &mut Rng, seed: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..dice.usize(1..12) {
        let at = dice.usize(0..=bytes.len());
        let end = (at + dice.usize(0..40)).min(bytes.len());
        match dice.u8(0..7) {
            0 => bytes.insert(at, SIGNS[dice.usize(0..SIGNS.len())]),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                let piece = piece.repeat(dice.usize(1..30));
                bytes.splice(at..at, piece);
            }
            3 if at < bytes.len() => bytes[at] ^= 1 << dice.u8(0..8),
            4 => {
                let from = dice.usize(0..=other.len());
                let until = (from + dice.usize(0..200)).min(other.len());
                bytes.splice(at..at, other[from..until].iter().copied());
            }
            5 => bytes.truncate(at.max(1)),
            _ => bytes.insert(at, dice.u8(..)),
        }
    }
    bytes.truncate(LONGEST);
    bytes
}
