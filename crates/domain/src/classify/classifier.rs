//! The classifier: the rules, compiled once, and what is asked of them.
use super::ask::AskOpinion;
use super::context::ReadingContext;
use super::examples::{check_examples, unneeded_patterns};
use super::explain::{Explained, explained};
use super::hidden::hidden_words;
use super::normalise::fold;
use super::read::{assigned, language, name, read};
use super::reading::Reading;
use super::rule_file::RuleFault;
use super::rule_set::RuleSet;
use super::second_reader::{SecondReader, Weights};
use super::segments::split_segments;
use super::structure::Structure;
use super::teach::{Lesson, teach};
use super::unused_kinds::unused_kinds;
use crate::comment::CleanText;
use std::sync::{Arc, LazyLock};

/// The rule files that are built in: name and text.
pub const BUILTIN: [(&str, &str); 8] = [
    ("common.toml", include_str!("../../../../config/rules/common.toml")),
    (
        "structure.toml",
        include_str!("../../../../config/rules/structure.toml"),
    ),
    ("en.toml", include_str!("../../../../config/rules/en.toml")),
    ("nl.toml", include_str!("../../../../config/rules/nl.toml")),
    ("de.toml", include_str!("../../../../config/rules/de.toml")),
    ("fr.toml", include_str!("../../../../config/rules/fr.toml")),
    ("es.toml", include_str!("../../../../config/rules/es.toml")),
    ("pt.toml", include_str!("../../../../config/rules/pt.toml")),
];

/// The table of the second reader that is built in: `keyminder train` makes it.
pub const BUILTIN_TABLE: &[u8] = include_bytes!("../../../../config/second-reader.bin");

/// All rules, compiled, ready to read comments, and the second reader behind them.
#[derive(Debug)]
pub struct Classifier {
    rule_set: RuleSet,
    second_reader: Option<SecondReader>,
}

impl Classifier {
    /// The built-in rules and second reader, made at first use and shared.
    pub fn builtin() -> Arc<Self> {
        static BUILT: LazyLock<Arc<Classifier>> = LazyLock::new(|| {
            let built = Classifier::from_files(&[]);
            Arc::new(built.expect("the built-in rules are compiled by a test"))
        });
        Arc::clone(&BUILT)
    }

    /// The built-in rules with files of a project: one of the same name replaces the built-in one, another adds. The second
    /// reader reads behind them.
    pub fn from_files(files: &[(String, String)]) -> Result<Self, Vec<RuleFault>> {
        Self::by_rules_alone(files).map(|rules| rules.with_second_reader(BUILTIN_TABLE))
    }

    /// As [`Classifier::from_files`], without a second reader.
    pub fn by_rules_alone(files: &[(String, String)]) -> Result<Self, Vec<RuleFault>> {
        RuleSet::compile(&with_builtin(files)).map(|rule_set| Self {
            rule_set,
            second_reader: None,
        })
    }

    /// Every fault of a project's files and of the built-in ones that they leave: what does not compile; else examples that do
    /// not read as their rule says, patterns that no example needs, phrases that hide a word of another meaning, kinds of words
    /// that nothing asks for.
    pub fn check(files: &[(String, String)]) -> Vec<RuleFault> {
        let rule_set = match RuleSet::compile(&with_builtin(files)) {
            Ok(rule_set) => rule_set,
            Err(faults) => return faults,
        };
        let own = files;
        let files = with_builtin(own);
        let mut faults = check_examples(&rule_set);
        faults.extend(unneeded_patterns(&rule_set));
        // What is built in is right by itself.
        let names: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
        let is_foreign = |fault: &&mut RuleFault| !own.is_empty() && is_builtin(fault);
        for fault in faults.iter_mut().filter(is_foreign) {
            fault.mend = format!("a word or a rule of {} changes it: take that out", names.join(" or "));
        }
        faults.extend(unused_kinds(&files));
        faults.extend(hidden_words(&rule_set, &files));
        faults
    }

    /// With a second reader that reads by this table, or without one if it is no table of this program.
    #[must_use]
    pub fn with_second_reader(self, table: &'static [u8]) -> Self {
        let weights = Weights::from_bytes(table);
        let second_reader = weights.map(|weights| SecondReader::new(weights, &self.rule_set));
        Self { second_reader, ..self }
    }

    /// Whether this program has the table of a second reader.
    pub fn has_builtin_table() -> bool {
        Weights::from_bytes(BUILTIN_TABLE).is_some()
    }

    /// The table of a second reader that has learnt from these lessons, as a file holds it.
    pub fn teach(&self, lessons: &[Lesson], context: &ReadingContext) -> Vec<u8> {
        teach(&self.rule_set, lessons, context).to_bytes()
    }

    /// Reads a comment: its labels, clauses and slots.
    pub fn read(&self, text: &CleanText, context: &ReadingContext) -> Reading {
        read(&self.rule_set, self.second_reader.as_ref(), text.as_str(), context).0
    }

    /// Reads a comment, and tells the structure of each of its clauses.
    pub fn read_with_structures(&self, text: &CleanText, context: &ReadingContext) -> (Reading, Vec<Structure>) {
        let (reading, trace) = read(&self.rule_set, self.second_reader.as_ref(), text.as_str(), context);
        (reading, trace.structures)
    }

    /// What a sentence asks of us most likely; `None` without a second reader.
    pub fn ask(&self, sentence: &str) -> Option<AskOpinion> {
        let reader = self.second_reader.as_ref()?;
        Some(reader.ask(&split_segments(&fold(sentence, &self.rule_set.emoji)).own))
    }

    /// Whom a sentence gives a step by name: "Bram does step 4".
    pub fn assigned(&self, sentence: &str, context: &ReadingContext) -> Option<String> {
        assigned(&self.rule_set, sentence, context)
    }

    /// The first name in a sentence: a word with a capital that no lexicon knows.
    pub fn name(&self, sentence: &str, context: &ReadingContext) -> Option<String> {
        name(&self.rule_set, sentence, context)
    }

    /// The language of a comment; `None`: no word tells it.
    pub fn language(&self, text: &CleanText, context: &ReadingContext) -> Option<String> {
        language(&self.rule_set, text.as_str(), context)
    }

    /// Reads a comment and tells why it reads so.
    pub fn explain(&self, text: &CleanText, context: &ReadingContext) -> Explained {
        let (reading, trace) = read(&self.rule_set, self.second_reader.as_ref(), text.as_str(), context);
        explained(&self.rule_set, self.second_reader.as_ref(), reading, &trace)
    }
}

/// Whether a fault is seen in a file that is built in.
fn is_builtin(fault: &RuleFault) -> bool {
    BUILTIN.iter().any(|(name, _)| *name == fault.file)
}

/// The built-in files with those of a project: one of the same name takes the place of the built-in one.
fn with_builtin(files: &[(String, String)]) -> Vec<(String, String)> {
    let stem = |file: &(String, String)| file.0.rsplit('/').next().map(str::to_owned);
    let own = |name: &str| files.iter().find(|file| stem(file).as_deref() == Some(name)).cloned();
    let builtin = BUILTIN
        .iter()
        .map(|(name, text)| own(name).unwrap_or_else(|| ((*name).to_owned(), (*text).to_owned())));
    let is_new = |file: &&(String, String)| !BUILTIN.iter().any(|(name, _)| stem(file).as_deref() == Some(*name));
    builtin.chain(files.iter().filter(is_new).cloned()).collect()
}
