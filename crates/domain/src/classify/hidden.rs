//! Hidden words: the longest phrase wins, so a phrase can hide a word in it that says something else.
use super::lexicon::{COMMON, KindSet, as_read};
use super::rule_file::{RuleFault, RuleFile};
use super::rule_set::{RuleSet, bits_of, entries, language_of};

/// Every phrase of a file that says nothing by itself, or less grave things than a word in it (`[meanings]`). A phrase may
/// that is of a kind that turns what its words say, or has a word of such a kind, as "no longer stuck" has, or one that says
/// what the phrase does. `files`: all that are read, with their names.
pub(super) fn hidden_words(rule_set: &RuleSet, files: &[(String, String)]) -> Vec<RuleFault> {
    let read = |(name, text): &(String, String)| (name.clone(), toml::from_str(text).unwrap_or_default());
    let files: Vec<(String, RuleFile)> = files.iter().map(read).collect();
    let of_file = |(name, file): &(String, RuleFile)| {
        let languages = match language_of(name) {
            // What is said in no language is said in all.
            COMMON => 0..COMMON,
            language => language..language + 1,
        };
        let faults = languages.flat_map(|language| hidden_in(rule_set, &files, language, name, file));
        let mut faults: Vec<RuleFault> = faults.collect();
        faults.dedup();
        faults
    };
    files.iter().flat_map(of_file).collect()
}

fn hidden_in(
    rule_set: &RuleSet,
    files: &[(String, RuleFile)],
    language: usize,
    name: &str,
    file: &RuleFile,
) -> Vec<RuleFault> {
    let kinds = |kinds: &String| bits_of(rule_set, kinds).unwrap_or_default();
    let turns = kinds(&rule_set.meanings.turns);
    let meanings: Vec<KindSet> = rule_set.meanings.gravest_last.iter().map(kinds).collect();
    let kinds_of = |words: &[&str]| rule_set.lexicon.kinds_of(words, language);
    let gravity = |kinds: KindSet| meanings.iter().rposition(|&meaning| kinds.meets(meaning));
    let helpers = rule_set.kinds.bits.aux | rule_set.kinds.bits.prep | rule_set.kinds.bits.me;
    let is_read = |name: &str| [language, COMMON].contains(&language_of(name));
    let of_language = files.iter().filter(|(name, _)| is_read(name));
    let lists = of_language.flat_map(|(_, file)| file.words.values());
    let all: Vec<String> = lists
        .flat_map(|list| entries(list))
        .map(|entry| as_read(entry).into_owned())
        .collect();
    let mut faults = Vec::new();
    for (kind, list) in file.words.iter().filter(|(kind, _)| *kind != "plain") {
        for entry in entries(list).map(as_read) {
            let words: Vec<&str> = entry.split_ascii_whitespace().collect();
            let own = kinds_of(&words);
            let says_it = |word: &&str| {
                let kinds = kinds_of(&[word]);
                kinds.meets(turns) || gravity(own).is_some() && gravity(kinds) == gravity(own)
            };
            if own.meets(turns) || words.iter().any(says_it) {
                continue;
            }
            let spans = (0..words.len()).flat_map(|from| (from + 1..=words.len()).map(move |to| from..to));
            let inside = spans.map(|span| words[span].join(" "));
            let is_helper = |word: &&str| kinds_of(&[word]).meets(helpers) && gravity(kinds_of(&[word])).is_none();
            let says_nothing = gravity(own) == Some(0) && words.iter().all(is_helper);
            let tails = (1..words.len()).map(|from| words[from..].join(" ") + " ");
            let behind =
                tails.flat_map(|tail| all.iter().filter(move |other| says_nothing && other.starts_with(&tail)));
            let mut hidden = inside.chain(behind.cloned());
            let of_entry = |entry: &String| kinds_of(&entry.split(' ').collect::<Vec<_>>());
            if let Some(hidden) = hidden.find(|hidden| gravity(of_entry(hidden)) > gravity(own)) {
                let what = format!("`{entry}` ({kind}) hides `{hidden}`, which says something else");
                faults.push(RuleFault::new(
                    name,
                    None,
                    &what,
                    "take the phrase out, or give it that word's kind too",
                ));
            }
        }
    }
    faults
}
