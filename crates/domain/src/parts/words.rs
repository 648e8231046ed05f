//! Words as titles and comments share them: "Sign the build" and "the build is signed" have the same ones.
use super::part_lexicon::{LEXICON, single};
use crate::classify::folded;
use std::collections::HashSet;

/// Letters that two words have in common at least, to be of one stem.
const STEM: usize = 3;
/// As [`STEM`], where words of all languages are looked through.
const LONG_STEM: usize = 4;
/// As [`STEM`], where one letter more makes no other word.
const SURE_STEM: usize = 5;
/// Letters from which on one wrong letter is a slip of the pen.
const SLIP: usize = 6;
/// So many words tell with what something was done, behind the word that says so.
const REACH: usize = 3;
/// Letters of a compound: what is longer was pasted.
const LONGEST_COMPOUND: usize = 40;
/// Letters of the second half of a compound: "verhuisdozen" are "dozen".
const HALF: usize = 4;

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
    pub(super) fn new(text: &str) -> Self {
        let (said, text) = (text.to_owned(), single(text));
        let bare = bare(&text);
        let row = LEXICON.forms.get(&text).copied();
        Self { said, text, bare, row }
    }

    /// As it is written, folded.
    pub(super) fn said(&self) -> &str {
        &self.said
    }

    /// Whether it is no number, and has so many letters.
    pub(super) fn tells_of_a_question(&self, least: usize) -> bool {
        self.said.len() >= least && self.said.parse::<u32>().is_err()
    }

    /// Whether it tells what something is about.
    fn tells(&self) -> bool {
        !LEXICON.plain.contains(&self.said)
    }

    /// Whether it says that something is done, or asks for its tick.
    pub(super) fn says_done(&self) -> bool {
        LEXICON.done.contains(&self.said) || self.asks_for_tick()
    }

    /// Whether it says that all of something is meant.
    pub(super) fn says_all(&self) -> bool {
        LEXICON.wholly.contains(&self.said)
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

    /// The keys of all words that it may be a form of.
    pub(super) fn keys(&self) -> Vec<String> {
        let whole: String = self.text.chars().take(STEM).collect();
        let mut keys = vec![self.key(), whole];
        keys.dedup();
        keys
    }

    /// Whether it has the form of what was done: "locked", "gebucht".
    pub(super) fn is_participle(&self) -> bool {
        let has_body = |rest: &str| rest.len() >= LONG_STEM - 1;
        self.said.strip_suffix("ed").is_some_and(has_body)
            || self.said.ends_with(['t', 'd', 'n']) && self.said.strip_prefix("ge").is_some_and(has_body)
    }

    /// The words that it may end in, the longest first, if it is a compound.
    pub(super) fn halves(&self) -> impl Iterator<Item = Self> {
        let is_word = self.text.len() <= LONGEST_COMPOUND;
        let starts = self.text.char_indices().map(|(at, _)| at).filter(move |_| is_word);
        let is_part = |at: &usize| *at >= HALF && self.text.len() - at >= HALF;
        // "Overbooked" is not booked.
        let ends = starts.filter(move |at| is_part(at) && !LEXICON.contrary.contains(&self.text[..*at]));
        ends.map(|at| Self::new(&self.text[at..]))
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

    /// Whether both are forms of one word, told by more than the shortest stem.
    pub(super) fn is_form_of(&self, other: &Self) -> bool {
        let is_more_of =
            |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest == "s" || rest == "es");
        self.text == other.text
            || is_more_of(&self.text, &other.text)
            || is_more_of(&other.text, &self.text)
            || share_stem(&self.bare, &other.bare, LONG_STEM, &LEXICON.endings)
            || share_stem(&self.text, &other.text, LONG_STEM, &LEXICON.endings)
    }

    /// So many letters both have in common at least: "took" is no "token", though the double letter is written once.
    fn least_stem(&self, other: &Self) -> usize {
        let is_short = |word: &Self| word.said.chars().take(STEM).eq(word.text.chars().take(STEM));
        if is_short(self) == is_short(other) {
            STEM
        } else {
            LONG_STEM
        }
    }

    /// Whether both are forms of one word and of nothing else: "card" may be "car", and a "painter" is no "paint".
    pub(super) fn is_surely(&self, other: &Self) -> bool {
        let least = self.least_stem(other);
        let share = |one: &str, other: &str| {
            share_stem(one, other, least, &LEXICON.sure_endings)
                || share_stem(one, other, SURE_STEM, &LEXICON.long_endings)
        };
        self.bare == other.bare
            || self.row.is_some() && self.row == other.row
            || share(&self.bare, &other.bare)
            || share(&self.text, &other.text)
            || is_slip(&self.bare, &other.bare)
    }

    /// Whether both may be forms of one word, or one is the other with a slip of the pen.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        // Most words begin otherwise: that is told first.
        let begins_alike = |one: &str, other: &str| one.as_bytes().first() == other.as_bytes().first();
        let least = self.least_stem(other);
        self.text == other.text
            || self.row.is_some() && self.row == other.row
            || begins_alike(&self.bare, &other.bare) && share_stem(&self.bare, &other.bare, least, &LEXICON.endings)
            || begins_alike(&self.text, &other.text) && share_stem(&self.text, &other.text, least, &LEXICON.endings)
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

fn share_stem(one: &str, other: &str, least: usize, endings: &HashSet<String>) -> bool {
    let pairs = one.chars().zip(other.chars());
    let mut shared: usize = pairs
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len_utf8())
        .sum();
    let ends = |rest: &str| rest.is_empty() || endings.contains(rest);
    // Where an ending repeats the last letter of the stem, the stem is shorter than what is shared: "sent", "send".
    while shared >= least {
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

/// Whether a text is about keys of programs.
pub(super) fn is_of_keys(text: &str) -> bool {
    all(text).iter().any(|word| LEXICON.of_keys.contains(&word.said))
}

/// Whether a text has a word for a key, of whatever kind.
pub(super) fn names_keys(text: &str) -> bool {
    all(text).iter().any(|word| LEXICON.keys.contains(&word.said))
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

/// Whether a sentence has the contrary of a word of a name, and not the word: "out" for "in".
pub(super) fn are_opposed(name: &[PartWord], sentence: &[PartWord]) -> bool {
    let has = |words: &[PartWord], word: &str| words.iter().any(|own| own.said == word);
    let turned =
        |one: &str, other: &str| has(name, one) && has(sentence, other) && !has(sentence, one) && !has(name, other);
    LEXICON
        .opposite
        .iter()
        .any(|(one, other)| turned(one, other) || turned(other, one))
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
            "took token",
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
