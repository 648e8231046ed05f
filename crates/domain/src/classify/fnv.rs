//! FNV-1a: a fast hash that is the same over versions and machines.
use std::hash::{BuildHasherDefault, Hasher};

/// FNV-1a for tables: keys come from rule files only, so nobody can choose them to collide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fnv(u64);

/// The hash of nothing.
const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

impl Default for Fnv {
    fn default() -> Self {
        Self(EMPTY)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }

    fn write_u128(&mut self, number: u128) {
        for half in number.to_le_bytes().as_chunks::<8>().0 {
            self.write_u64(u64::from_le_bytes(*half));
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// Makes the hashers of tables.
pub(super) type FnvBuilder = BuildHasherDefault<Fnv>;

/// FNV-1a, 64 bits: stable over versions and machines.
pub(super) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    hash_on(EMPTY, bytes)
}

/// The hash of the folded words of a text, without the space between them.
pub fn hash_of_words(text: &str) -> u64 {
    let folded = super::normalise::folded(text);
    hash(folded.split_whitespace().flat_map(|word| word.bytes().chain([b' '])))
}

/// The hash of what has this hash, with more behind it.
pub(super) fn hash_on(hash: u64, more: impl Iterator<Item = u8>) -> u64 {
    more.fold(hash, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
