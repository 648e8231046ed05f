//! Reads whether a comment tells of a leak, and of which keys.
use super::compiled_reader::CompiledReader;
use super::named::NamedKeys;
use super::prepared::{OTHER, folded, piece, sentences};
use super::report::{LeakDenial, LeakReport, LeakedKeys};
use super::rules::{BUILTIN, LeakExample, LeakRules};
use crate::comment::CleanText;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Reads whether comments tell of a leak. It holds the rules, and the names of the keys there are. They are compiled when the first
/// comment is read: most commands read none.
pub struct LeakReader {
    text: Cow<'static, str>,
    providers: BTreeMap<String, String>,
    compiled: OnceLock<Option<CompiledReader>>,
}

impl LeakReader {
    /// The rules that the program carries, for these variables with their providers' titles.
    pub fn builtin(providers: &BTreeMap<String, String>) -> Self {
        Self::of(Cow::Borrowed(BUILTIN), providers)
    }

    /// The rules of a project's own file, proven by their examples.
    pub fn parse(text: String, providers: &BTreeMap<String, String>) -> Result<Self, String> {
        let reader = Self::of(Cow::Owned(text), providers);
        reader.prove().map(|_| reader)
    }

    fn of(text: Cow<'static, str>, providers: &BTreeMap<String, String>) -> Self {
        Self {
            text,
            providers: providers.clone(),
            compiled: OnceLock::new(),
        }
    }

    /// Proves the rules by the examples that stand beside them; how many there are.
    pub fn prove(&self) -> Result<usize, String> {
        let (rules, examples) = LeakRules::parse(&self.text)?;
        rules.prove()?;
        let names = NamedKeys::new(&rules, &self.providers);
        let compiled = CompiledReader { rules, names };
        let denies = |text: &String| {
            let denial = compiled.denied(&CleanText::passed(text.clone()));
            denial.is_some_and(|denial| denial.keys.is_some())
        };
        let wrong = examples.iter().find(|example| {
            let told = compiled.tells(&example.text) != example.tells;
            told || example.denies.is_some_and(|is| denies(&example.text) != is)
        });
        match wrong {
            Some(LeakExample {
                text,
                denies: Some(denies),
                ..
            }) => Err(format!(
                "{text:?}: that there was no leak is {} as said",
                if *denies { "not read" } else { "read" }
            )),
            Some(example) if example.tells => Err(format!("{:?} is not read as telling of a leak", example.text)),
            Some(example) => Err(format!("{:?} is read as telling of a leak", example.text)),
            None => {
                let _ = self.compiled.set(Some(compiled));
                Ok(examples.len())
            }
        }
    }

    /// What a comment tells of a leak, and what it says against one, or of none at all in words of leaks; `None`: nothing.
    pub fn hear(&self, text: &CleanText) -> (Option<LeakReport>, Option<LeakDenial>) {
        self.compiled().map_or((None, None), |compiled| compiled.hear(text))
    }

    /// Whether a comment has words of leaks, whatever it says of them.
    pub fn speaks_of_leaks(&self, text: &CleanText) -> bool {
        let has = |compiled: &CompiledReader| {
            let (plain, ready) = (folded(text.as_str()), piece(&compiled.rules, text.as_str()));
            let has = |list: &str| compiled.rules.has(list, &ready);
            let by_name = ["leaked", "leak"].iter().any(|list| compiled.rules.has(list, &plain));
            by_name || has("env") && (has("commit") || has("open")) || has("key") && has("commit")
        };
        self.compiled().is_some_and(has)
    }

    /// Whether a comment that may look like a report of a leak is known to be none: it speaks against one, asks what if, or speaks of a
    /// thing that only has a name like a key's.
    pub fn is_no_report(&self, text: &CleanText) -> bool {
        let is_none = |compiled: &CompiledReader| {
            let rules = &compiled.rules;
            let has = |lists: [&str; 2], text: &str| lists.iter().any(|list| rules.has(list, text));
            let of_other =
                |text: &str| text.contains(OTHER) && !(has(["key", "env"], text) && has(["leaked", "leak"], text));
            let sentences = sentences(rules, text.as_str());
            let mut texts = sentences.iter().map(|sentence| sentence.text.as_str());
            texts.any(|text| of_other(text) || rules.has("whatif", text) || rules.denials.are_spoken_in(text))
        };
        self.compiled().is_some_and(is_none)
    }

    /// The keys that somebody names who was asked which ones leaked, and those whose former values are meant: names alone, "all" or
    /// "the .env" will do.
    pub fn keys_in(&self, text: &CleanText) -> (LeakedKeys, Vec<String>) {
        let unnamed = (LeakedKeys::Unnamed, Vec::new());
        self.compiled().map_or(unnamed, |compiled| compiled.keys_in(text))
    }

    fn compiled(&self) -> Option<&CompiledReader> {
        let compile = || {
            let (rules, _) = LeakRules::parse(&self.text).ok()?;
            let names = NamedKeys::new(&rules, &self.providers);
            Some(CompiledReader { rules, names })
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
