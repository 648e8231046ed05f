//! Unused kinds: words under a kind that nothing asks for mean nothing, which a slip in its name looks like.
use super::kinds::Kinds;
use super::rule_file::{RuleFault, RuleFile};
use super::structure::StructureSource;
use std::collections::HashSet;

/// Every kind of words that no pattern, group or table of any file names.
pub(super) fn unused_kinds(files: &[(String, String)]) -> Vec<RuleFault> {
    let parsed: Vec<(&str, RuleFile)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), toml::from_str(text).unwrap_or_default()))
        .collect();
    let mut asked: HashSet<&str> = Kinds::NAMES.iter().copied().chain(["plain"]).collect();
    for (_, file) in &parsed {
        asked.extend(sources(file).flat_map(names));
    }
    let mut faults = Vec::new();
    for (name, file) in &parsed {
        let kinds = file.words.keys().chain(file.cause_words.keys());
        for kind in kinds.filter(|kind| !asked.contains(kind.as_str())) {
            faults.push(RuleFault::new(
                name,
                None,
                &format!("no rule asks for words of the kind `{kind}`"),
                "give them a kind that `config/rules/common.toml` names, or write a rule for it",
            ));
        }
    }
    faults
}

/// Everything in a file that names kinds.
fn sources(file: &RuleFile) -> impl Iterator<Item = &str> {
    let patterns = file.rule.iter().map(|rule| &rule.pattern);
    let patterns = patterns.chain(file.guard.iter().map(|guard| &guard.pattern));
    let patterns = patterns.chain(file.cause.iter().map(|cause| &cause.pattern));
    let patterns = patterns.chain(file.slot.iter().map(|slot| &slot.pattern));
    let meanings = file.meanings.iter();
    let meanings = meanings.flat_map(|meanings| meanings.gravest_last.iter().chain([&meanings.turns]));
    let tables = file.structure.iter().flat_map(StructureSource::lists);
    let lists = file.groups.values().chain(meanings).chain(tables);
    let sources = patterns.flat_map(|patterns| &patterns.sources);
    sources.chain(lists).map(String::as_str)
}

/// The names in a list or a pattern.
fn names(source: &str) -> impl Iterator<Item = &str> {
    source.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}
