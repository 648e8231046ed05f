//! The plain grid: every word that states something, in every ordinary frame (`tests/corpus/grid.toml`), reads as it says.
use crate::corpus::read_by;
use keyminder::domain::classify::{BUILTIN, Classifier, Label};
use regex::Regex;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds by the state that they tell, as `done, deed`.
type States = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grid {
    states: States,
    /// By language and name, a regular expression.
    forms: BTreeMap<String, BTreeMap<String, String>>,
    frame: Vec<Frame>,
    #[serde(default)]
    out: Vec<Out>,
}

/// Sentences that every word of a state and form stands in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    language: String,
    state: String,
    /// Absent: every word of the state.
    form: Option<String>,
    reads: Label,
    sentences: Vec<String>,
}

/// Words that stand in no frame.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Out {
    language: String,
    words: String,
    #[expect(dead_code, reason = "for people who read the file")]
    because: String,
}

/// A sentence of the grid, and what it must read as.
struct Sentence {
    text: String,
    reads: Label,
    /// The steps that it names: the third, or none.
    steps: Vec<u8>,
}

/// Every sentence of the grid, once each.
fn sentences(grid: &str, rules: &[(&str, &str)]) -> Vec<Sentence> {
    let grid: Grid = toml::from_str(grid).expect("the grid is TOML");
    let mut sentences = BTreeMap::new();
    for (file, rules) in rules {
        let language = file.trim_end_matches(".toml");
        let words = words(&grid, language, rules);
        for frame in grid.frame.iter().filter(|frame| frame.language == language) {
            let form = frame.form.as_ref().map(|name| form(&grid.forms[language][name]));
            let takes = |word: &str| form.as_ref().is_none_or(|form| form.is_match(word));
            for (word, _) in words
                .iter()
                .filter(|(word, states)| states.contains(&frame.state) && takes(word))
            {
                let filled = frame
                    .sentences
                    .iter()
                    .flat_map(|sentence| expand(&sentence.replace('_', word)));
                sentences
                    .extend(filled.map(|text| (text.split_whitespace().collect::<Vec<_>>().join(" "), frame.reads)));
            }
        }
    }
    let names_three = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "3");
    let steps = |text: &str| if names_three(text) { vec![3] } else { Vec::new() };
    let of_text = |(text, reads): (String, Label)| Sentence {
        steps: steps(&text),
        text,
        reads,
    };
    sentences.into_iter().map(of_text).collect()
}

/// The words of a language that tell one state only.
fn words(grid: &Grid, language: &str, rules: &str) -> BTreeMap<String, BTreeSet<String>> {
    let rules: toml::Table = rules.parse().expect("rules are TOML");
    let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (kind, list) in rules.get("words").and_then(toml::Value::as_table).into_iter().flatten() {
        let tells = |kinds: &&String| kinds.split(", ").any(|known| known == kind);
        for state in grid
            .states
            .iter()
            .filter(|(_, kinds)| tells(kinds))
            .map(|(state, _)| state)
        {
            for word in list.as_str().unwrap_or_default().split(',') {
                let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
                words.entry(word).or_default().insert(state.clone());
            }
        }
    }
    let out = grid.out.iter().filter(|out| out.language == language);
    let out: Vec<Regex> = out.map(|out| form(&out.words)).collect();
    words.retain(|word, states| states.len() == 1 && !word.contains('*') && !out.iter().any(|out| out.is_match(word)));
    words
}

/// A form: a regular expression over a whole word or phrase.
fn form(form: &str) -> Regex {
    Regex::new(&format!("^(?:{form})$")).expect("a form is a regular expression")
}

/// A sentence for each way to choose one of each `(a|b)`.
fn expand(sentence: &str) -> Vec<String> {
    let Some((before, rest)) = sentence.split_once('(') else {
        return vec![sentence.to_owned()];
    };
    let (choices, after) = rest.split_once(')').expect("a choice ends");
    let choices = choices.split('|').map(|choice| format!("{before}{choice}"));
    choices
        .flat_map(|chosen| expand(after).into_iter().map(move |after| format!("{chosen}{after}")))
        .collect()
}

const GRID: &str = include_str!("../corpus/grid.toml");

/// Fails with the sentences that a classifier does not read as their word says.
#[track_caller]
fn reads_all(classifier: &Classifier) {
    let sentences = sentences(GRID, &BUILTIN[1..]);
    assert!(sentences.len() > 12_000, "{} sentences", sentences.len());
    let wrong = |sentence: &Sentence| {
        let reading = read_by(classifier, 5, &sentence.text);
        let is_right = reading.primary() == sentence.reads && reading.steps == sentence.steps;
        (!is_right).then(|| {
            format!(
                "{:?} is read as {:?} {:?} by {:?}",
                sentence.text, reading.labels, reading.steps, reading.rules
            )
        })
    };
    let wrong: Vec<String> = sentences.iter().filter_map(wrong).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        sentences.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_word_in_every_ordinary_frame_reads_as_it_says() {
    reads_all(&Classifier::builtin());
}

#[test]
fn the_rules_alone_read_the_grid_too() {
    reads_all(&Classifier::by_rules_alone(&[]).expect("the built-in rules"));
}
