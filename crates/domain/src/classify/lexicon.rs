//! The lexicon: which kinds each word and phrase of each language has. A set of kinds is one symbol;
//! rules are patterns over symbols, so that they say how people speak and not which words they take.
use super::fnv::FnvBuilder;
pub(super) use super::fnv::hash;
use super::fnv::hash_on;
use super::normalise::{Emoji, fold};
pub(super) use super::symbols::{KindSet, Symbol, SymbolTable};
use std::borrow::Cow;
use std::collections::HashMap;

/// The languages, in the order in which a doubtful word is looked up; `common` last.
pub(super) const LANGUAGES: [&str; 7] = ["en", "nl", "de", "fr", "es", "pt", "common"];
/// Index of the words that belong to no language.
pub(super) const COMMON: usize = 6;

/// The language of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tongue {
    /// Index into [`LANGUAGES`].
    pub(super) language: usize,
    /// Whether its words leave no doubt: then no word has the sense of another language.
    pub(super) is_sure: bool,
}

/// The built-in words have nearly so many slips: room for them is made at once.
const SLIPS: usize = 1 << 16;

/// A word, as its index in the lexicon.
pub(super) type WordId = u32;

/// What one word or phrase is in each language: `None` where it is unknown.
type Senses = [Option<Symbol>; LANGUAGES.len()];

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
    /// The tree of phrases: from the root, which is node 0, by each word to the next node; 0 where no phrase begins so.
    openings: Vec<u32>,
    /// From any other node by a word to the next one.
    edges: HashMap<(u32, WordId), u32, FnvBuilder>,
    phrases: Vec<Senses>,
    /// Beginnings of words, the longest first.
    prefixes: Vec<(Box<str>, WordId)>,
    suffixes: Vec<(Box<str>, WordId)>,
    /// Beginning and ending of a form, as of a participle: `ge*t`.
    forms: Vec<(Box<str>, Box<str>, WordId)>,
    /// Words that stand in phrases only, with the language of the first.
    parts: HashMap<WordId, usize, FnvBuilder>,
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
            openings: Vec::new(),
            edges: HashMap::default(),
            phrases: vec![[None; LANGUAGES.len()]],
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            forms: Vec::new(),
            parts: HashMap::default(),
            amounts: HashMap::default(),
            slips: HashMap::with_capacity_and_hasher(SLIPS, FnvBuilder::default()),
        }
    }

    /// Adds an entry: a word, a phrase, a beginning (`rotat*`), an ending (`*error`) or a form (`ge*t`).
    pub(super) fn add(&mut self, language: usize, kinds: KindSet, entry: &str) -> LexiconEntry {
        let entry = &as_read(entry);
        let mut words = entry.split_ascii_whitespace();
        let first = words.next().unwrap_or_default();
        if words.next().is_some() {
            return self.add_phrase(language, kinds, entry);
        }
        let id = self.word(first);
        self.parts.remove(&id);
        let old = self.senses[id as usize][language].map_or(KindSet::NONE, |symbol| self.symbols.set(symbol));
        self.senses[id as usize][language] = Some(self.symbols.intern(old | kinds));
        if let Some(start) = first.strip_suffix('*') {
            let place = self.prefixes.partition_point(|(known, _)| known.len() >= start.len());
            self.prefixes.insert(place, (start.into(), id));
        } else if let Some(end) = first.strip_prefix('*') {
            self.suffixes.push((end.into(), id));
        } else if let Some((start, end)) = first.split_once('*') {
            self.forms.push((start.into(), end.into(), id));
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

    /// Gives the words that stand in phrases only what their beginning or form says. Called once all entries are there.
    pub(super) fn complete(&mut self) {
        for (part, language) in std::mem::take(&mut self.parts) {
            let word = self.words[part as usize].clone();
            if let Some(like) = self.by_beginning(&word).or_else(|| self.by_form(&word)) {
                self.senses[part as usize][language] = self.senses[like as usize][language].or(Some(0));
            }
        }
    }

    fn add_phrase(&mut self, language: usize, kinds: KindSet, entry: &str) -> LexiconEntry {
        let mut node = 0;
        for word in entry.split_ascii_whitespace() {
            let id = self.word(word);
            if self.senses[id as usize].iter().all(Option::is_none) {
                self.senses[id as usize][language] = Some(0);
                self.parts.insert(id, language);
                if word.len() >= 5 {
                    self.add_slips(word, id);
                }
            }
            let next = match node {
                0 => &mut self.openings[id as usize],
                _ => self.edges.entry((node, id)).or_default(),
            };
            if *next == 0 {
                *next = u32::try_from(self.phrases.len()).unwrap_or(0);
                self.phrases.push([None; LANGUAGES.len()]);
            }
            node = *next;
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
        self.openings.push(0);
        id
    }

    fn add_slips(&mut self, word: &str, id: WordId) {
        for key in slips_of(word) {
            self.slips.entry(key).or_insert(id);
        }
    }

    /// The word's number: as it stands, by its beginning, by its form, one slip of the keyboard away, or by its ending.
    pub(super) fn find(&self, word: &str) -> Option<WordId> {
        self.ids
            .get(word)
            .copied()
            .or_else(|| self.by_beginning(word))
            .or_else(|| self.by_form(word))
            .or_else(|| self.by_slip(word))
            .or_else(|| self.by_ending(word))
    }

    /// Whether a word was found only because it is one slip away from that word.
    pub(super) fn is_slip(&self, word: &str, found: WordId) -> bool {
        let known = &self.words[found as usize];
        **known != *word && !known.contains('*')
    }

    fn by_beginning(&self, word: &str) -> Option<WordId> {
        let is_of = |(start, _): &&(Box<str>, WordId)| (4..word.len()).contains(&start.len()) && begins(word, start);
        self.prefixes.iter().find(is_of).map(|(_, id)| *id)
    }

    /// A form yields to an ending: "behaved" is no Dutch participle.
    fn by_form(&self, word: &str) -> Option<WordId> {
        let is_of = |(start, end, _): &&(Box<str>, Box<str>, WordId)| {
            word.len() >= start.len() + end.len() + 2 && begins(word, start) && ends(word, end)
        };
        let form = self.forms.iter().find(is_of).filter(|_| self.by_ending(word).is_none());
        form.map(|(_, _, id)| *id)
    }

    fn by_ending(&self, word: &str) -> Option<WordId> {
        let is_of = |(end, _): &&(Box<str>, WordId)| word.len() >= end.len() + 3 && ends(word, end);
        self.suffixes.iter().find(is_of).map(|(_, id)| *id)
    }

    /// One letter too few, too many, wrong, or two swapped, behind the first letter, which nobody mistypes. Short words must keep
    /// all their letters, and so must a word with an ending of its own: "filling" is no "failing".
    fn by_slip(&self, word: &str) -> Option<WordId> {
        if !(4..=24).contains(&word.len()) || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        let mut near = slips_of(word).filter_map(|key| self.slips.get(&key).copied());
        near.find(|&id| {
            let known = &*self.words[id as usize];
            let begins_alike = known.as_bytes().first() == word.as_bytes().first();
            begins_alike
                && match known.len().abs_diff(word.len()) {
                    0 => word.len() >= 7 && self.by_ending(word).is_none() || self.same_letters(word, id),
                    1 => known.len().max(word.len()) >= 6,
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
        match node {
            0 => self.openings.get(word as usize).copied().filter(|&next| next != 0),
            _ => self.edges.get(&(node, word)).copied(),
        }
    }

    /// What a phrase is in a language, if the node ends one.
    pub(super) fn phrase(&self, node: u32, tongue: Tongue) -> Option<Symbol> {
        sense(&self.phrases[node as usize], tongue.language, !tongue.is_sure)
    }

    /// What a word is in a comment of that language.
    pub(super) fn symbol(&self, word: WordId, tongue: Tongue) -> Symbol {
        let foreign = !tongue.is_sure && self.words[word as usize].len() >= 4;
        sense(&self.senses[word as usize], tongue.language, foreign).unwrap_or(0)
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

/// An entry as the scanner would read it: folded, without hyphens, `i'm` as two words.
pub(super) fn as_read(entry: &str) -> Cow<'_, str> {
    let is_folded = !entry.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii());
    if is_folded && !entry.contains(['-', '\'', '\n']) {
        return Cow::Borrowed(entry);
    }
    let entry = fold(entry, &Emoji::default()).replace('-', " ");
    let words = entry.split_ascii_whitespace().map(|word| match word.split_once('\'') {
        Some((before, "s" | "ll" | "m" | "re" | "ve" | "d")) if !before.is_empty() => {
            format!("{before} {}", &word[before.len()..])
        }
        Some((before, after)) if is_elided(before) && !after.is_empty() => format!("{before}' {after}"),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ").into()
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

/// Whether a word begins so: the first letter alone rules most beginnings out.
fn begins(word: &str, start: &str) -> bool {
    word.as_bytes().first() == start.as_bytes().first() && word.starts_with(start)
}

/// Whether a word ends so: the last letter alone rules most endings out.
fn ends(word: &str, end: &str) -> bool {
    word.as_bytes().last() == end.as_bytes().last() && word.ends_with(end)
}

/// The keys of a word in the table of slips: as it is, and with each of its letters left out.
fn slips_of(word: &str) -> impl Iterator<Item = u32> + '_ {
    let mut before = hash(std::iter::empty());
    let shorter = word.bytes().enumerate().map(move |(at, letter)| {
        let shorter = hash_on(before, word.bytes().skip(at + 1));
        before = hash_on(before, std::iter::once(letter));
        shorter
    });
    std::iter::once(hash(word.bytes())).chain(shorter).map(half)
}

/// Half of a hash.
#[expect(clippy::cast_possible_truncation, reason = "both halves are in the lower one")]
fn half(hash: u64) -> u32 {
    (hash ^ hash >> 32) as u32
}
