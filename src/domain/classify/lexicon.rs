//! The lexicon: which kinds each word and phrase of each language has. A set of kinds is one symbol;
//! rules are patterns over symbols, so that they say how people speak and not which words they take.
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The languages, in the order in which a doubtful word is looked up; `common` last.
pub(super) const LANGUAGES: [&str; 7] = ["en", "nl", "de", "fr", "es", "pt", "common"];
/// Index of the words that belong to no language.
pub(super) const COMMON: usize = 6;

/// A set of kinds, interned: an index into [`SymbolTable`]. 0 is the empty set.
pub(super) type Symbol = u16;

/// A set of kinds, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct KindSet(u128, u128);

impl KindSet {
    /// The set without any kind.
    pub(super) const NONE: Self = Self(0, 0);
    /// How many kinds there can be.
    const MOST: usize = 256;

    fn one(at: usize) -> Self {
        if at < 128 {
            Self(1 << at, 0)
        } else {
            Self(0, 1 << (at - 128))
        }
    }

    /// Whether the sets share a kind.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0 || self.1 & other.1 != 0
    }
}

impl std::ops::BitOr for KindSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0, self.1 | other.1)
    }
}

/// A word, as its index in the lexicon.
pub(super) type WordId = u32;

/// The kinds of words and their sets.
#[derive(Debug)]
pub(super) struct SymbolTable {
    names: Vec<String>,
    sets: Vec<KindSet>,
    by_set: HashMap<KindSet, Symbol>,
}

impl SymbolTable {
    fn new() -> Self {
        Self {
            names: Vec::new(),
            sets: vec![KindSet::NONE],
            by_set: HashMap::from([(KindSet::NONE, 0)]),
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
        let set = self.set(symbol);
        let names = self.names.iter().enumerate();
        names
            .filter(|(at, _)| set.meets(KindSet::one(*at)))
            .map(|(_, name)| name.as_str())
            .collect()
    }
}

/// What one word or phrase is in each language: `None` where it is unknown.
type Senses = [Option<Symbol>; LANGUAGES.len()];

/// FNV-1a for tables: keys come from rule files only, so nobody can choose them to collide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
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

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

type FnvBuilder = BuildHasherDefault<Fnv>;

/// A word, or the node at which a phrase ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum LexiconEntry {
    /// A word, by its number.
    Word(WordId),
    /// A phrase, by the node of the phrase tree at which it ends.
    Phrase(u32),
}

/// All words of all languages.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) symbols: SymbolTable,
    ids: HashMap<Box<str>, WordId, FnvBuilder>,
    senses: Vec<Senses>,
    words: Vec<Box<str>>,
    /// The tree of phrases: from a node by a word to the next node; 0 is the root.
    edges: HashMap<(u32, WordId), u32, FnvBuilder>,
    phrases: Vec<Senses>,
    prefixes: HashMap<Box<str>, WordId, FnvBuilder>,
    suffixes: Vec<(Box<str>, WordId)>,
    /// What a numeral or a phrase for a time span amounts to.
    amounts: HashMap<LexiconEntry, u32, FnvBuilder>,
    /// Hash of a word with one letter left out, to the word: finds what is one slip away. This is the
    /// largest table of all, and half of the hash takes half of it: it misleads one unknown word in 100,000.
    slips: HashMap<u32, WordId, FnvBuilder>,
}

impl Lexicon {
    pub(super) fn new() -> Self {
        Self {
            symbols: SymbolTable::new(),
            ids: HashMap::default(),
            senses: Vec::new(),
            words: Vec::new(),
            edges: HashMap::default(),
            phrases: vec![[None; LANGUAGES.len()]],
            prefixes: HashMap::default(),
            suffixes: Vec::new(),
            amounts: HashMap::default(),
            slips: HashMap::default(),
        }
    }

    /// Adds an entry: a word, a phrase, a beginning (`rotat*`) or an ending (`*error`).
    pub(super) fn add(&mut self, language: usize, kinds: KindSet, entry: &str) -> LexiconEntry {
        let entry = &as_read(entry);
        let mut words = entry.split_ascii_whitespace();
        let first = words.next().unwrap_or_default();
        if words.next().is_some() {
            return self.add_phrase(language, kinds, entry);
        }
        let id = self.word(first);
        let old = self.senses[id as usize][language].map_or(KindSet::NONE, |symbol| self.symbols.set(symbol));
        self.senses[id as usize][language] = Some(self.symbols.intern(old | kinds));
        if let Some(start) = first.strip_suffix('*') {
            self.prefixes.insert(start.into(), id);
        } else if let Some(end) = first.strip_prefix('*') {
            self.suffixes.push((end.into(), id));
        } else if kinds != KindSet::NONE && first.len() >= 5 {
            self.add_slips(first, id);
        }
        LexiconEntry::Word(id)
    }

    /// Adds an entry that stands for an amount: a numeral, a time span in minutes.
    pub(super) fn add_amount(&mut self, language: usize, kinds: KindSet, entry: &str, amount: u32) {
        let entry = self.add(language, kinds, entry);
        self.amounts.insert(entry, amount);
    }

    /// What an entry amounts to.
    pub(super) fn amount(&self, entry: LexiconEntry) -> Option<u32> {
        self.amounts.get(&entry).copied()
    }

    fn add_phrase(&mut self, language: usize, kinds: KindSet, entry: &str) -> LexiconEntry {
        let mut node = 0;
        for word in entry.split_ascii_whitespace() {
            let id = self.word(word);
            if self.senses[id as usize].iter().all(Option::is_none) {
                self.senses[id as usize][language] = Some(0);
                if word.len() >= 5 {
                    self.add_slips(word, id);
                }
            }
            let next = u32::try_from(self.phrases.len()).unwrap_or(0);
            node = *self.edges.entry((node, id)).or_insert(next);
            if node == next {
                self.phrases.push([None; LANGUAGES.len()]);
            }
        }
        let old = self.phrases[node as usize][language].map_or(KindSet::NONE, |symbol| self.symbols.set(symbol));
        self.phrases[node as usize][language] = Some(self.symbols.intern(old | kinds));
        LexiconEntry::Phrase(node)
    }

    fn word(&mut self, word: &str) -> WordId {
        if let Some(&id) = self.ids.get(word) {
            return id;
        }
        let id = WordId::try_from(self.senses.len()).unwrap_or(0);
        self.ids.insert(word.into(), id);
        self.senses.push([None; LANGUAGES.len()]);
        self.words.push(word.into());
        id
    }

    fn add_slips(&mut self, word: &str, id: WordId) {
        self.slips.entry(slip(word.bytes())).or_insert(id);
        for skip in 0..word.len() {
            self.slips.entry(slip(without(word, skip))).or_insert(id);
        }
    }

    /// The word's number: as it stands, by its beginning, one slip of the keyboard away, or by its ending.
    pub(super) fn find(&self, word: &str) -> Option<WordId> {
        self.ids
            .get(word)
            .copied()
            .or_else(|| self.by_beginning(word))
            .or_else(|| self.by_slip(word))
            .or_else(|| self.by_ending(word))
    }

    fn by_beginning(&self, word: &str) -> Option<WordId> {
        if self.prefixes.is_empty() {
            return None;
        }
        let mut starts = (4..word.len()).rev().filter_map(|end| word.get(..end));
        starts.find_map(|start| self.prefixes.get(start)).copied()
    }

    fn by_ending(&self, word: &str) -> Option<WordId> {
        let ends = |(end, _): &&(Box<str>, WordId)| word.len() >= end.len() + 3 && word.ends_with(&**end);
        self.suffixes.iter().find(ends).map(|(_, id)| *id)
    }

    /// One letter too few, too many, wrong, or two swapped. Short words must keep all their letters.
    fn by_slip(&self, word: &str) -> Option<WordId> {
        if !(4..=24).contains(&word.len()) || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        let shorter = (0..word.len()).map(|skip| slip(without(word, skip)));
        let near = std::iter::once(slip(word.bytes())).chain(shorter);
        near.filter_map(|key| self.slips.get(&key).copied()).find(|&id| {
            let length = self.words[id as usize].len();
            match length.abs_diff(word.len()) {
                0 => word.len() >= 7 || self.same_letters(word, id),
                1 => length.max(word.len()) >= 6,
                _ => false,
            }
        })
    }

    fn same_letters(&self, word: &str, id: WordId) -> bool {
        let sorted = |text: &str| {
            let mut letters: Vec<u8> = text.bytes().collect();
            letters.sort_unstable();
            letters
        };
        sorted(&self.words[id as usize]) == sorted(word)
    }

    /// The node that a word leads to from a node of the phrase tree (0 is its root).
    pub(super) fn follow(&self, node: u32, word: WordId) -> Option<u32> {
        self.edges.get(&(node, word)).copied()
    }

    /// What a phrase is in a language, if the node ends one.
    pub(super) fn phrase(&self, node: u32, language: usize) -> Option<Symbol> {
        sense(&self.phrases[node as usize], language, true)
    }

    /// What a word is in a comment of that language.
    pub(super) fn symbol(&self, word: WordId, language: usize) -> Symbol {
        let foreign = self.words[word as usize].len() >= 4;
        sense(&self.senses[word as usize], language, foreign).unwrap_or(0)
    }

    /// The kinds of a word or phrase as it stands in a language's list, or in the common one.
    pub(super) fn kinds_of(&self, words: &[&str], language: usize) -> KindSet {
        let ids: Option<Vec<WordId>> = words.iter().map(|word| self.ids.get(*word).copied()).collect();
        let senses = match ids.as_deref() {
            Some(&[word]) => Some(&self.senses[word as usize]),
            Some(words) => {
                let node = words.iter().try_fold(0, |node, &word| self.follow(node, word));
                node.map(|node| &self.phrases[node as usize])
            }
            None => None,
        };
        let symbol = senses.and_then(|senses| sense(senses, language, false));
        symbol.map(|symbol| self.symbols.set(symbol)).unwrap_or_default()
    }

    /// The languages that know the word, as bits.
    pub(super) fn languages(&self, word: WordId) -> u8 {
        let known = self.senses[word as usize].iter().take(COMMON).enumerate();
        known
            .filter(|(_, sense)| sense.is_some())
            .fold(0, |bits, (at, _)| bits | 1 << at)
    }
}

/// An entry as the scanner would read it: without hyphens, `i'm` as two words.
pub(super) fn as_read(entry: &str) -> String {
    let entry = entry.replace('-', " ");
    let words = entry.split_ascii_whitespace().map(|word| match word.split_once('\'') {
        Some((before, "s" | "ll" | "m" | "re" | "ve" | "d")) if !before.is_empty() => {
            format!("{before} {}", &word[before.len()..])
        }
        Some((before, after)) if is_elided(before) && !after.is_empty() => format!("{before}' {after}"),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What French and Italian shorten before a vowel.
pub(super) fn is_elided(word: &str) -> bool {
    ["l", "d", "n", "c", "j", "m", "s", "t", "qu", "jusqu", "lorsqu"].contains(&word)
}

/// The sense in the language; else the common one; else, for words long enough to be no accident, another language's.
fn sense(senses: &Senses, language: usize, foreign: bool) -> Option<Symbol> {
    let own = senses[language].or(senses[COMMON]);
    if own.is_some() || !foreign {
        return own;
    }
    senses.iter().flatten().next().copied()
}

fn without(word: &str, skip: usize) -> impl Iterator<Item = u8> + '_ {
    word.bytes()
        .enumerate()
        .filter(move |(at, _)| *at != skip)
        .map(|(_, byte)| byte)
}

/// Half of the hash of a word that may lack a letter.
#[expect(clippy::cast_possible_truncation, reason = "both halves are in the lower one")]
fn slip(bytes: impl Iterator<Item = u8>) -> u32 {
    let hash = hash(bytes);
    (hash ^ hash >> 32) as u32
}

/// FNV-1a, 64 bits: stable over versions and machines.
pub(super) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
