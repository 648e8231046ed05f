//! Classification: clean text in, a reading out. Rules are data, compiled once.
//!
//! Fold the text, set quotes and code apart, read tokens (numbers, spans, steps, keys), cut clauses, judge each, combine.
mod apart;
mod clauses;
mod combine;
mod engine;
mod explain;
mod judge;
mod keys;
mod kinds;
mod lexicon;
mod normalise;
mod pattern;
mod prove;
mod read;
mod reading;
mod rules;
mod scan;
mod slots;
mod steps;
mod steps_joined;
mod time;
mod token;

pub use explain::{Explained, ExplainedClause};
pub use keys::{KeyName, KeyNames};
pub use reading::{BlockerKind, Clause, Label, Reading};
pub use rules::Fault;

use super::comment::CleanText;
use std::sync::{Arc, LazyLock};

/// The rule files that are built in: name and text.
pub const BUILTIN: [(&str, &str); 7] = [
    ("common.toml", include_str!("../../../config/rules/common.toml")),
    ("en.toml", include_str!("../../../config/rules/en.toml")),
    ("nl.toml", include_str!("../../../config/rules/nl.toml")),
    ("de.toml", include_str!("../../../config/rules/de.toml")),
    ("fr.toml", include_str!("../../../config/rules/fr.toml")),
    ("es.toml", include_str!("../../../config/rules/es.toml")),
    ("pt.toml", include_str!("../../../config/rules/pt.toml")),
];

/// What a reading depends on beside the text.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// How many steps the page has; 5 if unknown.
    pub steps_total: u8,
    /// The step on whose block an inline comment stands: what clauses that name none speak of.
    pub default_step: Option<u8>,
    /// The keys that comments may name.
    pub keys: &'a KeyNames,
    /// The plan for the whole item, in minutes: "2 hours in total" is compared with it.
    pub plan_minutes: Option<u32>,
}

/// The rules, compiled.
#[derive(Debug)]
pub struct Classifier {
    book: rules::Book,
}

impl Classifier {
    /// The built-in rules, compiled at first use and shared.
    pub fn builtin() -> Arc<Self> {
        static BUILT: LazyLock<Arc<Classifier>> = LazyLock::new(|| {
            let built = Classifier::from_files(&[]);
            Arc::new(built.expect("the built-in rules are compiled by a test"))
        });
        Arc::clone(&BUILT)
    }

    /// The built-in rules with files of a project: one of the same name replaces the built-in one, another adds.
    pub fn from_files(files: &[(String, String)]) -> Result<Self, Vec<Fault>> {
        let own = |name: &str| files.iter().find(|(file, _)| file.rsplit('/').next() == Some(name));
        let builtin = BUILTIN.iter().map(|(name, text)| {
            own(name)
                .cloned()
                .unwrap_or_else(|| ((*name).to_owned(), (*text).to_owned()))
        });
        let is_new =
            |file: &&(String, String)| !BUILTIN.iter().any(|(name, _)| file.0.rsplit('/').next() == Some(*name));
        let all: Vec<_> = builtin.chain(files.iter().filter(is_new).cloned()).collect();
        rules::compile(&all).map(|book| Self { book })
    }

    /// Reads every example and counter-example of every rule; what is not as the rule says is a fault.
    pub fn prove(&self) -> Vec<Fault> {
        prove::prove(self)
    }

    /// Reads a comment.
    pub fn read(&self, text: &CleanText, about: &About) -> Reading {
        read::read(&self.book, text.as_str(), about).0
    }

    /// Reads a comment and tells why it reads so.
    pub fn explain(&self, text: &CleanText, about: &About) -> Explained {
        let (reading, trace) = read::read(&self.book, text.as_str(), about);
        explain::explained(&self.book, reading, &trace)
    }

    pub(in crate::domain::classify) fn book(&self) -> &rules::Book {
        &self.book
    }
}
