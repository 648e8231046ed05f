//! The line of a page that answers a question: it has the words of the question, and a time or a number where one is asked for. One
//! line alone must have them; it is shown as it stands, and nothing is concluded from it.
use super::Guide;
use super::said::SaidLine;
use super::words::{WORDS, words_of};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// So many letters tell that two words are of one stem: "caterer" and "catering".
const STEM: usize = 5;
/// Letters of a word that says enough alone, where only one line has it.
const LONG: usize = 4;
/// Digits of a telephone number, at least.
const PHONE: usize = 6;

/// What kind of thing a question asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Time,
    Phone,
    Figure,
    Anything,
}

impl Guide {
    /// Whether a question asks for a telephone number.
    pub fn is_phone_wanted(question: &str) -> bool {
        wanted(&words_of(question)) == Wanted::Phone
    }

    /// Whether a question asks for a time or a number.
    pub fn is_figure_wanted(question: &str) -> bool {
        wanted(&words_of(question)) != Wanted::Anything
    }

    /// The one line that answers a question about what the page says. `strictly`: one word in common is not enough.
    pub fn line_about(&self, question: &str, strictly: bool) -> Option<&SaidLine> {
        let asked = words_of(question);
        let wanted = wanted(&asked);
        let telling = telling(&asked);
        let found: Vec<(BTreeSet<&str>, &SaidLine)> = self
            .lines
            .iter()
            .filter(|line| wanted.is_in(&line.text))
            .map(|line| (shared(&telling, &line.text), line))
            .filter(|(shared, _)| !shared.is_empty())
            .collect();
        let mut lines_with: BTreeMap<&str, usize> = BTreeMap::new();
        found
            .iter()
            .flat_map(|(shared, _)| shared)
            .for_each(|stem| *lines_with.entry(stem).or_default() += 1);
        let rarity = |shared: &BTreeSet<&str>| shared.iter().map(|stem| 1_000 / lines_with[stem]).sum::<usize>();
        let rank = |shared: &BTreeSet<&str>| (shared.len(), rarity(shared));
        let best = found.iter().map(|(shared, _)| rank(shared)).max()?;
        let mut bests = found.iter().filter(|(shared, _)| rank(shared) == best);
        let (shared, line) = bests.next()?;
        let is_one = bests.all(|(_, other)| other.text == line.text);
        let is_rare = || {
            shared
                .iter()
                .all(|stem| lines_with[stem] == 1 && stem.chars().count() >= LONG)
        };
        let says_enough = match shared.len() {
            1 => (!strictly || wanted != Wanted::Anything) && is_rare() && telling.len() <= 2,
            many => many * 2 >= telling.len(),
        };
        (is_one && says_enough).then_some(*line)
    }
}

fn has(asked: &str, phrases: &[String]) -> bool {
    let padded = format!(" {asked} ");
    phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
}

fn wanted(asked: &str) -> Wanted {
    let words = &WORDS.questions;
    if has(asked, &words.phone) {
        Wanted::Phone
    } else if has(asked, &words.when) {
        Wanted::Time
    } else if has(asked, &words.figure) {
        Wanted::Figure
    } else {
        Wanted::Anything
    }
}

impl Wanted {
    /// Whether a line has what is asked for.
    fn is_in(self, line: &str) -> bool {
        static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"\d{1,2}[:.h]\d{2}\b|\b\d{1,2}[/-]\d{1,2}\b|\b\d{4}-\d{2}\b|\b\d{1,2}(?:am|pm|h|u)\b").ok()
        });
        let digits = line.chars().filter(char::is_ascii_digit).count();
        match self {
            Self::Anything => true,
            Self::Figure => digits > 0,
            Self::Phone => digits >= PHONE,
            Self::Time => {
                TIME.as_ref().is_some_and(|time| time.is_match(line)) || has(&words_of(line), &WORDS.questions.time)
            }
        }
    }
}

/// The stems of the words that tell what a question is about.
fn telling(asked: &str) -> BTreeSet<String> {
    let words = &WORDS.questions;
    let mut rest = format!(" {asked} ");
    for phrase in words.when.iter().chain(&words.phone).chain(&words.figure) {
        rest = rest.replace(&format!(" {phrase} "), " ");
    }
    let is_telling = |word: &&str| word.len() > 2 && !words.small.contains(*word) && word.parse::<u32>().is_err();
    rest.split_whitespace()
        .filter(is_telling)
        .map(|word| stem(word).to_owned())
        .collect()
}

/// A word up to where its endings begin; "keys" and "key" are one.
fn stem(word: &str) -> &str {
    let single = word.strip_suffix('s').filter(|single| single.len() > 2).unwrap_or(word);
    single.get(..STEM).unwrap_or(single)
}

/// The stems that a line shares with a question.
fn shared<'t>(telling: &'t BTreeSet<String>, line: &str) -> BTreeSet<&'t str> {
    let line = words_of(line);
    let said: BTreeSet<&str> = line.split(' ').map(stem).collect();
    let shared = telling.iter().map(String::as_str);
    shared.filter(|stem| said.contains(stem)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::BlockId;

    const PAGE: [&str; 9] = [
        "Book the caterer",
        "Caterer · Bakkerij Smit · 020 123 45 67",
        "Florist · Bloom · 020 765 43 21",
        "The keys are kept in the safe behind the bar",
        "Go live is on 12 December at 09:00",
        "The hall costs 450 euro a day",
        "Send the invitations",
        "Dozen liggen in de kelder van nummer 12",
        "De verhuizing begint vrijdag om 8 uur",
    ];

    #[track_caller]
    fn check(question: &str, expected: Option<usize>) {
        let line = |text: &&str| SaidLine {
            text: (*text).to_owned(),
            block: BlockId::from_wire("b"),
            step: None,
        };
        let guide = Guide {
            lines: PAGE.iter().map(line).collect(),
            ..Guide::default()
        };
        let found = guide.line_about(question, true).map(|line| line.text.as_str());
        assert_eq!(found, expected.map(|at| PAGE[at]), "{question}");
    }

    #[test]
    fn the_line_that_answers_is_found_or_none() {
        check("what is the telephone number of the caterer?", Some(1));
        check("Wat is het telefoonnummer van de caterer?", Some(1));
        check("where are the keys of the safe kept?", Some(3));
        check("when do we go live?", Some(4));
        check("how much does the hall cost?", Some(5));
        check("waar liggen de dozen, in de kelder?", Some(7));
        check("wanneer begint de verhuizing?", Some(8));
        check("when do we send the invitations?", None);
        check("what is the telephone number?", None);
        check("where is the florist's van?", None);
        check("who brings the cake?", None);
        check("why?", None);
    }
}
