//! Words as titles and comments share them: "Sign the build" and "the build is signed" have the same ones.
use crate::classify::folded;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Letters that two words have in common at least, to be of one stem.
const STEM: usize = 3;
/// Letters from which on one wrong letter is a slip of the pen.
const SLIP: usize = 6;
/// So many words tell with what something was done, behind the word that says so.
const REACH: usize = 3;
/// Letters of the second half of a compound: "verhuisdozen" are "dozen".
const HALF: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartWordFile {
    plain: String,
    done: String,
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
    endings: String,
    forms: Vec<String>,
    before_ge: String,
}

/// The words of `words.toml`, each as it is compared.
struct PartLexicon {
    plain: HashSet<String>,
    done: HashSet<String>,
    tick: HashSet<String>,
    limits: HashSet<String>,
    lettered: HashSet<String>,
    states: HashSet<String>,
    reserve: HashSet<String>,
    denies: HashSet<String>,
    with: HashSet<String>,
    none: HashSet<String>,
    contrary: HashSet<String>,
    open_marks: Vec<String>,
    beside_denial: HashSet<String>,
    days: HashSet<String>,
    counts: HashSet<String>,
    of: HashSet<String>,
    endings: HashSet<String>,
    /// The row of each word that has forms of other stems.
    forms: HashMap<String, usize>,
    before_ge: Vec<String>,
}

static LEXICON: LazyLock<PartLexicon> = LazyLock::new(|| {
    let file: PartWordFile = toml::from_str(include_str!("words.toml")).expect("the file is read by this file's tests");
    let set = |words: &str| words.split_whitespace().map(str::to_owned).collect();
    let rows = file.forms.iter().enumerate();
    PartLexicon {
        plain: set(&file.plain),
        done: set(&file.done),
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
        endings: file.endings.split_whitespace().map(str::to_owned).collect(),
        forms: rows
            .flat_map(|(row, words)| words.split_whitespace().map(move |word| (single(word), row)))
            .collect(),
        before_ge: file.before_ge.split_whitespace().map(single).collect(),
    }
});

/// A folded word with every double letter written once: "planned" and "plan" then share all of the shorter one.
fn single(word: &str) -> String {
    let mut single = String::new();
    for letter in word.chars() {
        if !single.ends_with(letter) || letter.is_ascii_digit() {
            single.push(letter);
        }
    }
    single
}

/// A word of a text.
#[derive(Clone, Debug)]
pub(super) struct PartWord {
    /// As it stands there, folded.
    said: String,
    text: String,
    /// The word without what only makes a participle of it: "ingeleverd" is "inleverd".
    bare: String,
    /// The row of the words that it is a form of, where those share no stem.
    row: Option<usize>,
}

impl PartWord {
    fn new(text: &str) -> Self {
        let (said, text) = (text.to_owned(), single(text));
        let bare = bare(&text);
        let row = LEXICON.forms.get(&text).copied();
        Self { said, text, bare, row }
    }

    /// Whether it tells what something is about.
    fn tells(&self) -> bool {
        !LEXICON.plain.contains(&self.said)
    }

    /// Whether it says that something is done, or asks for its tick.
    pub(super) fn says_done(&self) -> bool {
        LEXICON.done.contains(&self.said) || self.asks_for_tick()
    }

    /// Whether it asks for a tick.
    pub(super) fn asks_for_tick(&self) -> bool {
        LEXICON.tick.contains(&self.said)
    }

    /// Whether a part of what was just said is open behind it.
    pub(super) fn limits(&self) -> bool {
        LEXICON.limits.contains(&self.said)
    }

    /// Whether it makes a statement of the words around it.
    pub(super) fn states(&self) -> bool {
        LEXICON.states.contains(&self.said)
    }

    /// Whether it is such a verb with its "not".
    pub(super) fn is_denied_state(&self) -> bool {
        self.text
            .strip_suffix("n't")
            .is_some_and(|verb| LEXICON.states.contains(verb))
    }

    /// Whether something is not simply so behind it.
    pub(super) fn is_reserve(&self) -> bool {
        LEXICON.reserve.contains(&self.said)
    }

    /// Whether a name says the contrary without it.
    pub(super) fn says_none(&self) -> bool {
        LEXICON.none.contains(&self.said)
    }

    /// Whether it tells of something that goes on, and the other word of the same does not: "booking", "booked".
    pub(super) fn goes_on(&self, other: &Self) -> bool {
        self.text.ends_with("ing") && !other.text.ends_with("ing") && self.is_like(other)
    }

    /// What words of one stem have in common.
    pub(super) fn key(&self) -> String {
        self.bare.chars().take(STEM).collect()
    }

    /// Whether it says that something is not so.
    pub(super) fn denies(&self) -> bool {
        LEXICON.denies.contains(&self.said)
    }

    /// Whether it may stand beside a denial.
    pub(super) fn is_beside_denial(&self) -> bool {
        LEXICON.beside_denial.contains(&self.said)
    }

    /// Whether it is a day that may be to come.
    pub(super) fn is_day(&self) -> bool {
        LEXICON.days.contains(&self.said)
    }

    /// Whether both are written alike.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.text == other.text
    }

    /// Whether both are forms of one word, or one is the other with a slip of the pen.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        // Most words begin otherwise: that is told first.
        let begins_alike = |one: &str, other: &str| one.as_bytes().first() == other.as_bytes().first();
        self.text == other.text
            || self.row.is_some() && self.row == other.row
            || begins_alike(&self.bare, &other.bare) && share_stem(&self.bare, &other.bare)
            || begins_alike(&self.text, &other.text) && share_stem(&self.text, &other.text)
            || is_half(&self.text, &other.text)
            || is_half(&other.text, &self.text)
            || begins_alike(&self.bare, &other.bare) && is_slip(&self.bare, &other.bare)
    }
}

fn bare(word: &str) -> String {
    let behind = |prefix: &str| {
        word.strip_prefix(prefix)?
            .strip_prefix("ge")
            .filter(|rest| rest.len() >= STEM)
    };
    if let Some(rest) = behind("") {
        return rest.to_owned();
    }
    let parted = LEXICON
        .before_ge
        .iter()
        .find_map(|prefix| Some((prefix, behind(prefix)?)));
    parted.map_or_else(|| word.to_owned(), |(prefix, rest)| format!("{prefix}{rest}"))
}

fn share_stem(one: &str, other: &str) -> bool {
    let pairs = one.chars().zip(other.chars());
    let mut shared: usize = pairs
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len_utf8())
        .sum();
    let ends = |rest: &str| rest.is_empty() || LEXICON.endings.contains(rest);
    // Where an ending repeats the last letter of the stem, the stem is shorter than what is shared: "sent", "send".
    while shared >= STEM {
        if ends(&one[shared..]) && ends(&other[shared..]) {
            return true;
        }
        shared -= one[..shared].chars().next_back().map_or(shared, char::len_utf8);
    }
    false
}

fn is_half(whole: &str, half: &str) -> bool {
    let is_compound = |rest: &str| rest.len() >= STEM && !LEXICON.contrary.contains(rest);
    half.len() >= HALF && whole.strip_suffix(half).is_some_and(is_compound)
}

fn is_slip(one: &str, other: &str) -> bool {
    // The last letter tells forms, and phases, apart: "phase a", "phase b".
    let ends_alike = one.chars().next_back() == other.chars().next_back();
    let is_number = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    ends_alike && !is_number(one) && one.len() >= SLIP && other.len() >= SLIP && strsim::osa_distance(one, other) <= 1
}

/// All words of a text, short forms of two words among them as what they stand for: "the fibre's live".
pub(super) fn all(text: &str) -> Vec<PartWord> {
    let folded = folded(text);
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let whole = words.flat_map(|word| match word.split_once('\'') {
        Some((word, "s")) => [word, "is"],
        Some((word, "ll")) => [word, "will"],
        Some((word, "ve" | "re" | "m" | "d")) => [word, "have"],
        _ => [word, ""],
    });
    let mut words: Vec<PartWord> = Vec::new();
    for word in whole.filter(|word| word.contains(char::is_alphanumeric)) {
        let is_letter = word.len() == 1 && word.starts_with(char::is_alphabetic);
        let lettered = words.last_mut().filter(|last| LEXICON.lettered.contains(&last.said));
        match lettered.filter(|_| is_letter) {
            Some(lettered) => *lettered = PartWord::new(&format!("{}{word}", lettered.said)),
            None => words.push(PartWord::new(word)),
        }
    }
    words
}

/// The telling words of a text, but for those that only tell with what, by whom or when: "with the new certificate".
pub(super) fn telling_but_how(text: &str) -> Vec<PartWord> {
    let mut since_with = usize::MAX;
    let mut words = all(text);
    words.retain(|word| {
        since_with = if LEXICON.with.contains(&word.said) {
            0
        } else {
            since_with.saturating_add(1)
        };
        word.tells() && since_with > REACH
    });
    words
}

/// Whether a text has a mark that says that something is open.
pub(super) fn is_marked_open(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    LEXICON.open_marks.iter().any(|mark| text.contains(mark.as_str()))
}

/// Whether these words count a part of something: "two of the five".
pub(super) fn count_a_part(words: &[PartWord]) -> bool {
    let counts = |word: &PartWord| LEXICON.counts.contains(&word.said) || word.text.parse::<u32>().is_ok();
    let mut pairs = words.windows(2);
    pairs.any(|pair| matches!(pair, [count, of] if counts(count) && LEXICON.of.contains(&of.said)))
}

/// Whether a word is one of those that tell nothing of what something is about: "the", "for".
pub fn tells_nothing(word: &str) -> bool {
    !PartWord::new(&folded(word)).tells()
}

/// Those of these words that tell what something is about.
pub(super) fn telling_of(words: &[PartWord]) -> impl Iterator<Item = &PartWord> {
    words.iter().filter(|word| word.tells())
}

/// The words of a text that tell what it is about.
pub(super) fn telling(text: &str) -> Vec<PartWord> {
    let mut words = all(text);
    words.retain(PartWord::tells);
    words
}

#[cfg(test)]
mod tests {
    use super::PartWord;

    #[test]
    fn forms_of_one_word_are_alike_and_other_words_are_not() {
        let alike = [
            "sign signed",
            "signing sign",
            "planned plan",
            "notes note",
            "written write",
            "paid pay",
            "copies copied",
            "send sent",
            "bestellen besteld",
            "ingeleverd inleveren",
            "gebeld bellen",
            "verhuisd verhuizen",
            "aangevraagd aanvragen",
            "verhuisdozen dozen",
            "uitgenodigd uitnodigen",
            "envoye envoyer",
            "firmado firmar",
            "certificate certifcate",
        ];
        let other = [
            "notes notify",
            "sign design",
            "build bill",
            "key kept",
            "test text",
            "mail main",
            "order border",
        ];
        let pair = |pair: &str| {
            let mut words = pair.split(' ').map(PartWord::new);
            (words.next().unwrap(), words.next().unwrap())
        };
        for words in alike {
            let (one, other) = pair(words);
            assert!(one.is_like(&other) && other.is_like(&one), "{words}");
        }
        for words in other {
            let (one, other) = pair(words);
            assert!(!one.is_like(&other), "{words}");
        }
    }
}
