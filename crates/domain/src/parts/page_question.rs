//! A question about what a page says, and the one line that answers it: the line has the words of the question, or words that mean the
//! same, and a time, a number or a sum where one is asked for. It is shown as it stands, and nothing is concluded from it.
use super::likeness::{Likeness, TellingWord};
use super::part_names::{NamedLine, PartNames};
use super::question_words::{LEXICON, TELLING, asks};
use crate::asks::{PageAsk, sentences};
use crate::classify::{Clause, Label, Reading, folded};
use crate::comment::CleanText;
use crate::page::{SaidLine, names_a_way_in};
use regex::Regex;
use std::sync::LazyLock;

/// Bytes of a comment that is looked through, and so many sentences of it.
const LONGEST: usize = 2_000;
const SENTENCES: usize = 8;
/// Digits of a telephone number, at least.
const PHONE: usize = 6;
/// What a word counts that only means the same.
const BY_MEANING: f32 = 0.8;
/// What a word of the question counts that no line has: it may be said in any way.
const ABSENT: f32 = 0.35;
/// So much of the question a line must have; where we know something about it ourselves, more.
const ENOUGH: f32 = 0.45;
const ENOUGH_STRICTLY: f32 = 0.55;
/// Of so many words of a question one is enough.
const ALONE: usize = 2;
/// By so much the line must have more of it than any other one.
const CLEAR: f32 = 0.12;

/// What kind of thing a question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Time,
    Phone,
    Price,
    Figure,
    Person,
    Anything,
}

/// A question, as the lines of a page are compared with it.
#[derive(Debug)]
pub struct PageQuestion {
    wanted: Wanted,
    /// The words that tell what it is about.
    telling: Vec<TellingWord>,
}

impl PageQuestion {
    /// The question that is asked in these words.
    pub fn of(text: &str) -> Self {
        let asked = padded(text);
        let mut rest = asked.clone();
        let phrases = LEXICON.when.iter().chain(&LEXICON.phone).chain(&LEXICON.figure);
        for phrase in phrases.chain(&LEXICON.price) {
            rest = rest.replace(phrase.as_str(), " ");
        }
        let mut telling = TellingWord::all(&rest);
        telling.retain(|TellingWord { word, .. }| {
            word.tells_of_a_question(TELLING) && !LEXICON.small.contains(word.said())
        });
        Self {
            wanted: wanted(&asked),
            telling,
        }
    }

    /// Whether it asks for a telephone number.
    pub fn wants_phone(&self) -> bool {
        self.wanted == Wanted::Phone
    }

    /// Whether it asks for a time or a number.
    pub fn wants_figure(&self) -> bool {
        !matches!(self.wanted, Wanted::Person | Wanted::Anything)
    }

    /// The one line that answers it. `strictly`: we know something about it ourselves, so that a line must have more of it.
    pub fn answer<'n>(&self, names: &'n PartNames, strictly: bool) -> Option<&'n SaidLine> {
        let likeness: Vec<Vec<f32>> = names.lines.iter().map(|line| self.likeness(line)).collect();
        let lines_with = |word: usize| likeness.iter().filter(|line| line[word] > 0.0).count();
        let weights = (0..self.telling.len()).map(|word| match lines_with(word) {
            0 => ABSENT,
            lines => 1.0 / lines as f32,
        });
        let weights: Vec<f32> = weights.collect();
        let all: f32 = weights.iter().sum();
        let share = |line: &[f32]| {
            line.iter()
                .zip(&weights)
                .map(|(like, weight)| like * weight)
                .sum::<f32>()
                / all
        };
        let lines = names.lines.iter().zip(&likeness);
        let fitting = lines.filter(|(named, _)| self.wanted.is_in(named) && !names_a_way_in(&named.line.text));
        let mut found: Vec<(f32, &[f32], &NamedLine)> = fitting
            .map(|(named, like)| (share(like), like.as_slice(), named))
            .filter(|(share, ..)| *share > 0.0)
            .collect();
        found.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
        let (share, own, best) = *found.first()?;
        let mut others = found.iter().filter(|(.., other)| other.line.text != best.line.text);
        let is_clear = others.next().is_none_or(|(other, ..)| share - other >= CLEAR);
        let enough = if strictly { ENOUGH_STRICTLY } else { ENOUGH };
        let has_several = own.iter().filter(|like| **like > 0.0).count() > 1;
        let is_told = has_several || (!best.is_task || self.wants_figure()) && self.is_told_by_one(strictly);
        (is_clear && share >= enough && is_told).then_some(&best.line)
    }

    /// Whether the one word of it that a line has says enough: the question is short, and is about what the page says or wants a number.
    fn is_told_by_one(&self, strictly: bool) -> bool {
        self.telling.len() <= ALONE && (self.wants_figure() || !strictly)
    }

    /// Whether it asks of something else than how the work goes.
    pub fn is_of_something(&self, names: &PartNames) -> bool {
        let is_ours = |word: &TellingWord| {
            LEXICON.ours.contains(word.word.said()) || word.among(&names.title) >= Some(Likeness::Form)
        };
        !self.telling.iter().all(is_ours)
    }

    /// How much of each of its words a line has.
    fn likeness(&self, line: &NamedLine) -> Vec<f32> {
        let much = |word: &TellingWord| match word.among(&line.words) {
            Some(Likeness::Same | Likeness::Form | Likeness::Near) => 1.0,
            Some(Likeness::Meaning) => BY_MEANING,
            None => 0.0,
        };
        self.telling.iter().map(much).collect()
    }
}

/// The question of a comment that a line of the page answers, though nothing else tells that it is asked of us.
pub fn answered_by_page(text: &CleanText, reading: &Reading, names: &PartNames) -> Option<PageAsk> {
    let reports = |clause: &Clause| !clause.guessed && !matches!(clause.label, Label::Question | Label::Chatter);
    if reading.to_somebody || reading.clauses.iter().any(reports) || text.as_str().len() > LONGEST {
        return None;
    }
    let whole = text.as_str();
    let mut asked = sentences(whole)
        .into_iter()
        .take(SENTENCES)
        .map(|sentence| whole[sentence].trim());
    let question =
        asked.find(|sentence| asks(sentence) && PageQuestion::of(sentence).answer(names, false).is_some())?;
    Some(PageAsk {
        ask: None,
        is_sure: false,
        steps: Vec::new(),
        no_such_step: None,
        name: None,
        text: CleanText::passed(question.to_owned()),
    })
}

/// The words and figures of a text, folded, with a blank around each.
fn padded(text: &str) -> String {
    let folded = folded(text).replace("{emoji}", " ");
    let words = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

fn has(text: &str, phrases: &[String]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase.as_str()))
}

fn wanted(asked: &str) -> Wanted {
    let kinds = [
        (Wanted::Phone, &LEXICON.phone),
        (Wanted::Price, &LEXICON.price),
        (Wanted::Time, &LEXICON.when),
        (Wanted::Figure, &LEXICON.figure),
        (Wanted::Person, &LEXICON.who),
    ];
    let found = kinds.into_iter().find(|(_, phrases)| has(asked, phrases));
    found.map_or(Wanted::Anything, |(wanted, _)| wanted)
}

impl Wanted {
    /// Whether a line has what is asked for.
    fn is_in(self, named: &NamedLine) -> bool {
        static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"\d{1,2}[:.h]\d{2}\b|\b\d{1,2}[/-]\d{1,2}\b|\b\d{4}-\d{2}\b|\b\d{1,2} ?(?:am|pm|h|u)\b").ok()
        });
        let line = named.line.text.as_str();
        let digits = line.chars().filter(char::is_ascii_digit).count();
        match self {
            Self::Anything => true,
            // "Fetch the cake" does not say who fetches it.
            Self::Person => !named.is_task,
            Self::Figure => digits > 0,
            Self::Price => line.contains(['€', '$', '£']) || has(&padded(line), &LEXICON.money),
            Self::Phone => digits >= PHONE,
            Self::Time => TIME.as_ref().is_some_and(|time| time.is_match(line)) || has(&padded(line), &LEXICON.time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::BlockId;
    use crate::page::Guide;

    const PAGE: [&str; 10] = [
        "Book the caterer",
        "Caterer · Bakkerij Smit · 020 123 45 67",
        "Florist · Bloom · 020 765 43 21",
        "The keys are kept in the safe behind the bar",
        "Go live is on 12 December at 09:00",
        "The hall costs 450 euro a day",
        "Send the invitations",
        "Dozen liggen in de kelder van nummer 12",
        "De verhuizing begint vrijdag om 8 uur",
        "The cellar is opened with the code 4711",
    ];

    #[track_caller]
    fn check(question: &str, expected: Option<usize>) {
        found(question, true, expected);
    }

    #[track_caller]
    fn found(question: &str, strictly: bool, expected: Option<usize>) {
        let line = |text: &&str| SaidLine {
            text: (*text).to_owned(),
            block: BlockId::from_wire("b"),
            step: None,
        };
        let guide = Guide {
            lines: PAGE.iter().map(line).collect(),
            ..Guide::default()
        };
        let names = PartNames::of(&guide);
        let found = PageQuestion::of(question)
            .answer(&names, strictly)
            .map(|line| line.text.as_str());
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
        check("how is the cellar opened?", None);
        check("why?", None);
    }

    #[test]
    fn so_it_is_in_other_words_and_another_language() {
        check("hoeveel kost het per dag, die hall?", Some(5));
        check("what does the room cost?", None);
        found("wo hängt der Schlüssel?", false, Some(3));
        found("où sont les clés ?", false, Some(3));
        check("quel est le numéro de téléphone du traiteur de la fête?", None);
    }
}
