//! The words of `questions.toml`: by which a sentence is a question, only supposes, or speaks of how the work goes.
use super::words::PartWord;
use crate::classify::folded;
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Letters of a word that tells something.
pub(super) const TELLING: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionFile {
    when: String,
    phone: String,
    figure: String,
    who: String,
    price: String,
    money: String,
    time: String,
    small: String,
    ours: String,
    begins: String,
    supposes: String,
}

/// The words of `questions.toml`, each between blanks.
pub(super) struct QuestionLexicon {
    pub(super) when: Vec<String>,
    pub(super) phone: Vec<String>,
    pub(super) figure: Vec<String>,
    pub(super) who: Vec<String>,
    pub(super) price: Vec<String>,
    pub(super) money: Vec<String>,
    pub(super) time: Vec<String>,
    pub(super) small: HashSet<String>,
    pub(super) ours: HashSet<String>,
    begins: HashSet<String>,
    supposes: HashSet<String>,
}

pub(super) static LEXICON: LazyLock<QuestionLexicon> = LazyLock::new(|| {
    let file: QuestionFile = toml::from_str(include_str!("questions.toml")).expect("this file's tests read the words");
    let phrases = |list: &str| {
        let phrases = list.split(',').map(|phrase| format!(" {} ", phrase.trim()));
        let mut phrases: Vec<String> = phrases.collect();
        // Of two that fit, the longer one is meant.
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        phrases
    };
    let words = |list: &str| list.split(',').map(|word| word.trim().to_owned()).collect();
    QuestionLexicon {
        when: phrases(&file.when),
        phone: phrases(&file.phone),
        figure: phrases(&file.figure),
        who: phrases(&file.who),
        price: phrases(&file.price),
        money: phrases(&file.money),
        time: phrases(&file.time),
        small: words(&file.small),
        ours: words(&file.ours),
        begins: words(&file.begins),
        supposes: words(&file.supposes),
    }
});

/// Whether a sentence has the form of a question.
pub(super) fn asks(sentence: &str) -> bool {
    sentence.ends_with('?') || begins(sentence)
}

/// Whether a sentence begins as a question does.
pub(super) fn begins(sentence: &str) -> bool {
    begins_with(&LEXICON.begins, sentence)
}

/// Whether a sentence only supposes: "If it does not work I will call IT".
pub(super) fn supposes(sentence: &str) -> bool {
    begins_with(&LEXICON.supposes, sentence)
}

fn begins_with(words: &HashSet<String>, sentence: &str) -> bool {
    let folded = folded(sentence);
    let mut said = folded.split(|c: char| c.is_whitespace() || c == ',');
    let first = said.find(|word| !word.is_empty());
    first.is_some_and(|first| words.contains(first.trim_start_matches(['¿', '¡'])))
}

/// Those of these words that tell of something else than how the work goes.
pub(super) fn of_things(words: &[PartWord]) -> Vec<PartWord> {
    let is_thing = |word: &&PartWord| {
        let said = word.said();
        word.tells_of_a_question(TELLING) && !(LEXICON.small.contains(said) || LEXICON.ours.contains(said))
    };
    words.iter().filter(is_thing).cloned().collect()
}
