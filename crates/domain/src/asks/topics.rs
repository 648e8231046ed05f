//! What people ask about keys: topics as patterns over a folded sentence, in `config/key_topics.toml`.
use super::lexicon::KEY;
use crate::lazy_set::{LazySet, TextForm};
use crate::toml_fault;
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyTopicFile {
    words: BTreeMap<String, String>,
    #[serde(rename = "topic")]
    topics: Vec<KeyTopic>,
}

/// A topic: the name of a prompt in `key/`, and how people ask.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyTopic {
    id: String,
    patterns: Vec<String>,
    /// What a question of another kind has.
    #[serde(default)]
    unless: Vec<String>,
    /// Questions that it must find.
    examples: Vec<String>,
    /// What must be found as no question about keys, or as another topic's.
    others: Vec<String>,
}

/// The topics of questions about keys.
pub(super) struct KeyTopics {
    names: Vec<String>,
    patterns: LazySet,
    /// The topic that each of `unless` keeps out.
    kept_out: Vec<String>,
    unless: LazySet,
    asks: Regex,
    refers: Regex,
    it: Regex,
    /// Examples and counter-examples, with their topic: proven by whoever can name keys.
    pub(super) examples: Vec<(String, String, bool)>,
}

impl KeyTopics {
    /// Reads the file. `<name>` in a pattern stands for the words of that name.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let file: KeyTopicFile = toml::from_str(text).map_err(|error| toml_fault::in_words(text, &error))?;
        let with_words = |pattern: &str| {
            let filled = file.words.iter().fold(pattern.to_owned(), |pattern, (name, words)| {
                pattern.replace(&format!("<{name}>"), &format!("(?:{words})"))
            });
            filled.replace("<named>", r"\{key\}")
        };
        let (mut names, mut patterns, mut examples) = (Vec::new(), Vec::new(), Vec::new());
        let (mut kept_out, mut unless) = (Vec::new(), Vec::new());
        for topic in &file.topics {
            for pattern in &topic.patterns {
                names.push(topic.id.clone());
                patterns.push(with_words(pattern));
            }
            kept_out.extend(topic.unless.iter().map(|_| topic.id.clone()));
            unless.extend(topic.unless.iter().map(|pattern| with_words(pattern)));
            let one = |is: bool| move |text: &String| (topic.id.clone(), text.clone(), is);
            examples.extend(topic.examples.iter().map(one(true)));
            examples.extend(topic.others.iter().map(one(false)));
        }
        let word = |name: &str| {
            let regex = RegexBuilder::new(&with_words(name)).unicode(false).build();
            regex.map_err(|error| error.to_string())
        };
        let (asks, refers, it) = (word("<asks>")?, word("<refers>")?, word("<it>")?);
        Ok(Self {
            names,
            patterns: LazySet::new(patterns, TextForm::Folded),
            kept_out,
            unless: LazySet::new(unless, TextForm::Folded),
            asks,
            refers,
            it,
            examples,
        })
    }

    /// Compiles the patterns now, to find their faults.
    pub(super) fn prove_patterns(&self) -> Result<(), String> {
        self.patterns.prove().and(self.unless.prove())
    }

    /// The topics, each once.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        names.dedup();
        names.into_iter()
    }

    /// Whether a folded sentence means a key that was spoken of before.
    pub(super) fn refers(&self, sentence: &str) -> bool {
        self.refers.is_match(sentence.as_bytes())
    }

    /// What a folded sentence asks that names no key, behind one that does: "it" is that key.
    pub(super) fn find_behind(&self, sentence: &str) -> Option<&str> {
        let named = self.it.replace_all(sentence.as_bytes(), KEY.as_bytes());
        self.find(&String::from_utf8_lossy(&named))
    }

    /// What a folded sentence asks about keys, the names of which are marked in it.
    pub(super) fn find(&self, sentence: &str) -> Option<&str> {
        if !sentence.trim_end().ends_with('?') && !self.asks.is_match(sentence.as_bytes()) {
            return None;
        }
        let matches = self.patterns.matches(sentence);
        if matches.is_empty() {
            return None;
        }
        let unless = self.unless.matches(sentence);
        let is_kept_out = |topic: &&String| unless.iter().any(|at| self.kept_out[*at] == **topic);
        let mut found = matches.into_iter().map(|at| &self.names[at]);
        found.find(|topic| !is_kept_out(topic)).map(String::as_str)
    }
}
