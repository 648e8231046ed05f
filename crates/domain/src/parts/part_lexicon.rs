//! The words of `words.toml`, by what they say of a part of a page.
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartWordFile {
    plain: String,
    done: String,
    wholly: String,
    tick: String,
    states: String,
    reserve: String,
    limits: String,
    lettered: String,
    denies: String,
    with: String,
    none: String,
    contrary: String,
    open_marks: String,
    beside_denial: String,
    days: String,
    counts: String,
    of: String,
    keys: String,
    of_keys: String,
    endings: String,
    sure_endings: String,
    long_endings: String,
    opposite: Vec<String>,
    forms: Vec<String>,
    before_ge: String,
}

/// The words of `words.toml`, each as it is compared.
pub(super) struct PartLexicon {
    pub(super) plain: HashSet<String>,
    pub(super) done: HashSet<String>,
    pub(super) wholly: HashSet<String>,
    pub(super) tick: HashSet<String>,
    pub(super) limits: HashSet<String>,
    pub(super) lettered: HashSet<String>,
    pub(super) states: HashSet<String>,
    pub(super) reserve: HashSet<String>,
    pub(super) denies: HashSet<String>,
    pub(super) with: HashSet<String>,
    pub(super) none: HashSet<String>,
    pub(super) contrary: HashSet<String>,
    pub(super) open_marks: Vec<String>,
    pub(super) beside_denial: HashSet<String>,
    pub(super) days: HashSet<String>,
    pub(super) counts: HashSet<String>,
    pub(super) of: HashSet<String>,
    pub(super) keys: HashSet<String>,
    pub(super) of_keys: HashSet<String>,
    pub(super) endings: HashSet<String>,
    pub(super) sure_endings: HashSet<String>,
    pub(super) long_endings: HashSet<String>,
    /// Pairs of words that say the contrary of each other.
    pub(super) opposite: Vec<(String, String)>,
    /// The row of each word that has forms of other stems.
    pub(super) forms: HashMap<String, usize>,
    pub(super) before_ge: Vec<String>,
}

pub(super) static LEXICON: LazyLock<PartLexicon> = LazyLock::new(|| {
    let file: PartWordFile = toml::from_str(include_str!("words.toml")).expect("the file is read by this file's tests");
    let set = |words: &str| words.split_whitespace().map(str::to_owned).collect();
    let rows = file.forms.iter().enumerate();
    PartLexicon {
        plain: set(&file.plain),
        done: set(&file.done),
        wholly: set(&file.wholly),
        tick: set(&file.tick),
        limits: set(&file.limits),
        lettered: set(&file.lettered),
        states: set(&file.states),
        reserve: set(&file.reserve),
        denies: set(&file.denies),
        with: set(&file.with),
        none: set(&file.none),
        contrary: set(&file.contrary),
        open_marks: file.open_marks.split_whitespace().map(str::to_owned).collect(),
        beside_denial: set(&file.beside_denial),
        days: set(&file.days),
        counts: set(&file.counts),
        of: set(&file.of),
        keys: set(&file.keys),
        of_keys: set(&file.of_keys),
        sure_endings: set(&file.sure_endings),
        long_endings: set(&format!("{} {}", file.sure_endings, file.long_endings)),
        opposite: file
            .opposite
            .iter()
            .filter_map(|pair| pair.split_once(' '))
            .map(|(one, other)| (one.to_owned(), other.to_owned()))
            .collect(),
        endings: file.endings.split_whitespace().map(str::to_owned).collect(),
        forms: rows
            .flat_map(|(row, words)| words.split_whitespace().map(move |word| (single(word), row)))
            .collect(),
        before_ge: file.before_ge.split_whitespace().map(single).collect(),
    }
});

/// A folded word with every double letter written once: "planned" and "plan" then share all of the shorter one.
pub(super) fn single(word: &str) -> String {
    let mut single = String::new();
    for letter in word.chars() {
        if !single.ends_with(letter) || letter.is_ascii_digit() {
            single.push(letter);
        }
    }
    single
}
