//! Symbols: the kinds of words, and the sets of them that words have.
use super::fnv::FnvBuilder;
use std::collections::HashMap;

/// A set of kinds, interned: an index into [`SymbolTable`]. 0 is the empty set.
pub(super) type Symbol = u16;

/// A set of kinds, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct KindSet([u128; 3]);

impl KindSet {
    /// The set without any kind.
    pub(super) const NONE: Self = Self([0; 3]);
    /// How many kinds of words there can be; the last two bits are the ends of a text.
    pub(super) const MOST: usize = 382;
    /// What stands before the first word of a text.
    pub(super) const START: Self = Self([0, 0, 1 << 126]);
    /// What stands behind the last word of a text.
    pub(super) const END: Self = Self([0, 0, 1 << 127]);

    pub(super) const fn one(at: usize) -> Self {
        let mut bits = [0; 3];
        bits[at / 128] = 1 << (at % 128);
        Self(bits)
    }

    /// How many kinds are in it.
    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|bits| bits.count_ones()).sum()
    }

    /// Whether the sets share a kind.
    pub(super) fn meets(self, other: Self) -> bool {
        let (own, other) = (self.0, other.0);
        own[0] & other[0] | own[1] & other[1] | own[2] & other[2] != 0
    }
}

impl std::ops::BitOr for KindSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        let (own, other) = (self.0, other.0);
        Self([own[0] | other[0], own[1] | other[1], own[2] | other[2]])
    }
}

/// The places of the bits of a set, lowest first.
pub(super) fn bits(mut set: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (set != 0).then(|| set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        lowest
    })
}

/// The kinds of words and their sets.
#[derive(Debug)]
pub(super) struct SymbolTable {
    names: Vec<String>,
    sets: Vec<KindSet>,
    by_set: HashMap<KindSet, Symbol, FnvBuilder>,
}

impl SymbolTable {
    pub(super) fn new() -> Self {
        Self {
            names: Vec::new(),
            sets: vec![KindSet::NONE],
            by_set: HashMap::from_iter([(KindSet::NONE, 0)]),
        }
    }

    /// The bit of a kind; a new kind gets the next one. `None` when all are taken.
    pub(super) fn declare(&mut self, name: &str) -> Option<KindSet> {
        if let Some(bit) = self.bit(name) {
            return Some(bit);
        }
        (self.names.len() < KindSet::MOST).then(|| {
            self.names.push(name.to_owned());
            KindSet::one(self.names.len() - 1)
        })
    }

    /// The bit of a known kind.
    pub(super) fn bit(&self, name: &str) -> Option<KindSet> {
        self.names.iter().position(|known| known == name).map(KindSet::one)
    }

    /// The symbol of a set.
    pub(super) fn intern(&mut self, set: KindSet) -> Symbol {
        if let Some(&symbol) = self.by_set.get(&set) {
            return symbol;
        }
        let symbol = Symbol::try_from(self.sets.len()).unwrap_or(0);
        self.sets.push(set);
        self.by_set.insert(set, symbol);
        symbol
    }

    /// The kinds of a symbol.
    pub(super) fn set(&self, symbol: Symbol) -> KindSet {
        self.sets.get(usize::from(symbol)).copied().unwrap_or_default()
    }

    /// How many symbols there are.
    pub(super) fn len(&self) -> Symbol {
        Symbol::try_from(self.sets.len()).unwrap_or(Symbol::MAX)
    }

    /// The names of a symbol's kinds, for `explain`.
    pub(super) fn names(&self, symbol: Symbol) -> Vec<&str> {
        let words = (0..).step_by(128).zip(self.set(symbol).0);
        let places = words.flat_map(|(first, word)| bits(word).map(move |at| first + at));
        places.filter_map(|at| self.names.get(at).map(String::as_str)).collect()
    }
}
