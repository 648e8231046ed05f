//! What people ask of us about a page, or to do: read sentence by sentence behind the questions about keys. What is surely asked is
//! classified no more: "make a backup" is no report, and "show me the plan" no obstacle.
use super::sentences::{sentences, ways_apart};
use super::{LONGEST, MOST, without};
use crate::classify::{Ask, BlockerKind, Certainty, Classifier, Clause, Label, Reading, ReadingContext, Role};
use crate::comment::CleanText;
use crate::quotations::unquoted;
use std::ops::Range;

/// The chance from which on a sentence surely asks this, whatever its form.
const SURE: f32 = 0.8;

/// As [`SURE`], where a rule reads a finish in a question: "how do I see that step 3 worked".
const SURE_AGAINST_RULES: f32 = 0.95;

/// Bytes of a comment that asks something: what is longer was pasted.
const LONGEST_ASKING: usize = 2_000;

/// So many sentences are looked at, and no more.
const SENTENCES: usize = 8;

/// Letters of a name that holds no piece of a key, which six make.
const LONGEST_NAME: usize = 5;

/// A part of a sentence must be so many words long: "step 1: check" asks nothing.
const SHORTEST_PART: usize = 4;

/// The chance from which on a sentence in the form of a question asks this rather than nothing that we know.
const LIKELY: f32 = 0.2;

/// In what form something is asked, which tells how likely it must be to be sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AskForm {
    /// A sentence that ends as a question, or calls us by our name: then it most likely asks something of us.
    Question,
    /// Any other sentence, in which no rule reads anything else.
    Statement,
    /// A part of a sentence.
    Part,
}

impl AskForm {
    /// The chance from which on a sentence of this form surely asks something.
    fn least(self) -> f32 {
        match self {
            Self::Question => 0.4,
            Self::Statement => 0.6,
            Self::Part => 0.9,
        }
    }
}

/// What a sentence asks of us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAsk {
    /// What it is; `None`: a question to which we know no answer.
    pub ask: Option<Ask>,
    /// Whether it surely is.
    pub is_sure: bool,
    /// The steps that it names.
    pub steps: Vec<u8>,
    /// The number that it names as a step and that is none of the page.
    pub no_such_step: Option<u32>,
    /// The first name in it that no lexicon knows as a word.
    pub name: Option<String>,
    /// The words in which it is asked.
    pub text: CleanText,
}

impl PageAsk {
    /// Leaves a name out in whose place a piece of a key may stand. Whether one does plays no part in it, or the answers could be used
    /// to guess a key: a name that is longer than the shortest piece is none unless somebody of that name was heard.
    pub fn forget_long_name(&mut self) {
        self.name.take_if(|name| name.chars().count() > LONGEST_NAME);
    }
}

/// What a comment asks about its page, and the rest of it.
#[derive(Clone, Debug, Default)]
pub struct AskedOfPage {
    /// What it asks, in its order.
    pub asks: Vec<PageAsk>,
    /// What else it says; `None`: all of it, for it surely asks nothing of the kind.
    pub rest: Option<CleanText>,
}

/// How the sentences of a page's comments are heard.
#[derive(Clone, Copy)]
pub struct Ear<'a> {
    /// Reads what they say and ask.
    pub classifier: &'a Classifier,
    /// What they are read by.
    pub context: &'a ReadingContext<'a>,
}

/// What a comment surely asks about its page. `is_called`: it calls us by our name.
pub fn surely_asked(text: &CleanText, is_called: bool, ear: Ear<'_>) -> AskedOfPage {
    let said = unquoted(text.as_str());
    let whole = said.as_str();
    let mut asks = Vec::new();
    let mut taken: Vec<Range<usize>> = Vec::new();
    let sentences = asking_sentences(whole);
    // A word among sentences belongs to them: "No answer. Silence."
    let is_whole = |sentence: &Range<usize>| sentences.len() == 1 || words(&whole[sentence.clone()]) > 1;
    for sentence in sentences.iter().filter(|sentence| is_whole(sentence)) {
        let ways = ways_apart(whole, sentence);
        let given = ways.iter().position(|parts| each_gives(whole, parts, ear));
        for parts in ways.into_iter().skip(given.unwrap_or(0)) {
            let form = match parts.len() {
                1 if is_called || whole[sentence.clone()].trim_end().ends_with('?') => AskForm::Question,
                1 => AskForm::Statement,
                _ => AskForm::Part,
            };
            let is_long = |part: &Range<usize>| {
                parts.len() == 1 || given.is_some() || words(&whole[part.clone()]) >= SHORTEST_PART
            };
            let found = parts.iter().filter(|part| is_long(part)).filter_map(|part| {
                let (asked, to_somebody) = surely(&whole[part.clone()], form, is_called, ear)?;
                let within = || parts.len() > 1 && is_to_somebody(&whole[sentence.clone()], ear);
                let is_to_us = is_called || asked.ask == Some(Ask::Assign) || !(to_somebody || within());
                is_to_us.then(|| (asked, part.clone()))
            });
            let (found, places): (Vec<_>, Vec<_>) = found.unzip();
            if !found.is_empty() {
                asks.extend(found);
                taken.extend(places);
                break;
            }
        }
        if asks.len() >= MOST {
            break;
        }
    }
    let rest = (!taken.is_empty()).then(|| CleanText::passed(without(text.as_str(), &taken)));
    AskedOfPage { asks, rest }
}

/// What a comment asks that the classifier reads as a question to us.
pub fn likely_asked(text: &CleanText, reading: &Reading, ear: Ear<'_>) -> Option<PageAsk> {
    let asks = reading.needs_reply && reading.labels.contains(&Label::Question);
    asks.then(|| {
        let said = unquoted(text.as_str());
        let whole = said.as_str();
        let sentences = asking_sentences(whole).into_iter();
        let parts = sentences.flat_map(|sentence| ways_apart(whole, &sentence)).flatten();
        let guesses = parts.filter_map(|part| ear.classifier.ask(&whole[part]));
        let best = guesses.max_by(|one, other| one.chance.total_cmp(&other.chance));
        let questions = reading.clauses.iter().filter(|clause| clause.label == Label::Question);
        let mut steps: Vec<u8> = questions.flat_map(|clause| clause.steps.iter().copied()).collect();
        steps.sort_unstable();
        steps.dedup();
        PageAsk {
            // What is only likely is answered, and never done.
            ask: best
                .filter(|opinion| opinion.chance >= LIKELY && !opinion.ask.is_request())
                .map(|opinion| opinion.ask),
            is_sure: false,
            no_such_step: reading.no_such_step(),
            steps,
            name: None,
            text: text.clone(),
        }
    })
}

/// The sentences of a comment in which something may be asked.
fn asking_sentences(whole: &str) -> Vec<Range<usize>> {
    if whole.len() > LONGEST_ASKING {
        return Vec::new();
    }
    let mut sentences = sentences(whole);
    sentences.truncate(SENTENCES);
    sentences.retain(|sentence| sentence.len() <= LONGEST);
    sentences
}

fn words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| word.contains(char::is_alphanumeric))
        .count()
}

/// Whether each part of a sentence gives somebody a step: "Bram does step 3, I take step 2". As a whole it gives none.
fn each_gives(whole: &str, parts: &[Range<usize>], ear: Ear<'_>) -> bool {
    let has_number = |part: &Range<usize>| whole[part.clone()].contains(|c: char| c.is_ascii_digit());
    let gives = |part: &Range<usize>| {
        let asked = surely(&whole[part.clone()], AskForm::Part, false, ear);
        asked.is_some_and(|(asked, _)| matches!(asked.ask, Some(Ask::Take | Ask::Assign)) && !asked.steps.is_empty())
    };
    parts.len() > 1 && parts.iter().all(has_number) && parts.iter().all(gives)
}

/// Whether a sentence is said to somebody by name.
fn is_to_somebody(sentence: &str, ear: Ear<'_>) -> bool {
    let text = CleanText::passed(sentence.to_owned());
    ear.classifier.read(&text, ear.context).to_somebody
}

/// What a part of a sentence surely asks, unless it reports something; and whether it is said to somebody by name.
fn surely(said: &str, form: AskForm, is_called: bool, ear: Ear<'_>) -> Option<(PageAsk, bool)> {
    let name = ear.classifier.assigned(said, ear.context);
    let (ask, chance) = if name.is_some() {
        (Ask::Assign, 1.0)
    } else {
        let opinion = ear.classifier.ask(said)?;
        (opinion.chance >= form.least()).then_some((opinion.ask, opinion.chance))?
    };
    let text = CleanText::passed(said.trim().to_owned());
    let reading = ear.classifier.read(&text, ear.context);
    let guess = AskGuess {
        said,
        ask,
        chance,
        form,
    };
    if name.is_none() && (guess.is_doubtful(is_called) || guess.is_report(&reading)) {
        return None;
    }
    let name = name.or_else(|| match ask {
        Ask::Assign => ear.classifier.name(said, ear.context),
        _ => None,
    });
    let to_somebody = reading.to_somebody && ask != Ask::Assign;
    let asked = PageAsk {
        ask: Some(ask),
        is_sure: true,
        no_such_step: reading.no_such_step(),
        steps: reading.steps,
        name,
        text,
    };
    Some((asked, to_somebody))
}

/// What a part of a sentence most likely asks, as the second reader reads it.
struct AskGuess<'a> {
    said: &'a str,
    ask: Ask,
    chance: f32,
    form: AskForm,
}

impl AskGuess<'_> {
    /// Whether it is a question whether something should be done, which wants it less surely than a request, or one that is talk.
    fn is_doubtful(&self, is_called: bool) -> bool {
        (self.ask.is_request() || self.ask == Ask::Chat)
            && self.form == AskForm::Question
            && self.chance < SURE
            && !is_called
    }

    /// Whether it is rather a report, which must not be lost to what only sounds like a question or like talk.
    fn is_report(&self, reading: &Reading) -> bool {
        let is_of_talk = matches!(self.ask, Ask::Chat | Ask::Dispute | Ask::Misread);
        if reading.duration_minutes.is_some() || is_of_talk && self.form == AskForm::Part {
            return true;
        }
        let is_read = |clause: &Clause| !clause.guessed && !matches!(clause.label, Label::Question | Label::Chatter);
        let needs_silence = self.chance < SURE && self.form == AskForm::Statement;
        // Who works on a step reports that, whoever's it is from now on.
        let is_of_hands = matches!(self.ask, Ask::Take | Ask::Assign | Ask::Release);
        let works = |clause: &Clause| {
            let is_under_way = clause.label == Label::Progress && clause.asserted() && !clause.role.is_open();
            is_under_way && !clause.guessed
        };
        // "Bram can do step 4" says what could be.
        let could_be = |clause: &Clause| clause.label == Label::Chatter && clause.role == Role::Plan;
        let guessed = |clause: &Clause| {
            clause.guessed && says_report(clause) && (is_of_talk || self.chance < AskForm::Part.least())
        };
        // "Don't skip step 4": a rule reads what is asked for, and its guard that it is not.
        let is_denied = |clause: &Clause| {
            clause.label == Label::Chatter && !clause.steps.is_empty() && !clause.guessed && clause.rules.len() > 1
        };
        reading.clauses.iter().any(|clause| {
            self.ask.is_request() && is_denied(clause)
                || needs_silence && is_read(clause)
                || reports(clause) && !self.only_asks(clause, reading.blocker_kind)
                || is_of_hands && (works(clause) || could_be(clause))
                || guessed(clause)
        })
    }

    /// Whether a clause in which a rule reads a report stands in a question about it. Who asks why they keep getting a 401 reports that.
    fn only_asks(&self, clause: &Clause, kind: Option<BlockerKind>) -> bool {
        let of_finish = matches!(self.ask, Ask::Validate | Ask::WhyOpen | Ask::ByWhom);
        let tells_cause = kind.is_some_and(|kind| kind != BlockerKind::Other);
        let asks = self.said.trim_end().ends_with('?') && !tells_cause;
        let of_stop = matches!(self.ask, Ask::Blocked | Ask::WhyOpen) && asks;
        match clause.label {
            // "Remove box 3" wants it removed.
            Label::Completion if self.ask == Ask::Edit => self.chance >= SURE && clause.steps.is_empty(),
            Label::Completion => of_finish && self.chance >= SURE_AGAINST_RULES,
            Label::Blocker => of_stop,
            _ => false,
        }
    }
}

/// Whether a clause says for sure that something is finished, stopped, taken back, or so with a key.
fn says_report(clause: &Clause) -> bool {
    let is_report = clause.label.is_at_stake() || clause.label == Label::KeyReport;
    is_report && clause.asserted() && clause.certainty != Certainty::Unsure && clause.role != Role::Help
}

/// Whether a rule reads a clause as a report, or as said of one.
fn reports(clause: &Clause) -> bool {
    let is_of_report = clause.role.is_to_us() || matches!(clause.role, Role::AllFree | Role::Withdraws | Role::Doubt);
    !clause.guessed && (says_report(clause) || is_of_report)
}
