//! Openers: words with a capital that begin a sentence of the prompts, and stand nowhere within one. Behind a person's name and a
//! comma they lose their capital; a name, or "I", keeps it.
use super::run::Run;
use regex::Regex;
use std::collections::BTreeSet;

/// The openers of prompts with these texts.
pub(super) fn openers<'t>(texts: impl Iterator<Item = &'t str>) -> BTreeSet<String> {
    let (Ok(capital), Ok(within)) = (
        Regex::new(r"\b\p{Lu}\p{Ll}+\b"),
        Regex::new(r"[\p{Ll}\p{Nd},;)] (\p{Lu}\p{Ll}+)\b"),
    ) else {
        return BTreeSet::new();
    };
    let (mut found, mut inner) = (BTreeSet::new(), BTreeSet::new());
    for text in texts {
        found.extend(capital.find_iter(text).map(|word| word.as_str().to_owned()));
        inner.extend(within.captures_iter(text).map(|word| word[1].to_owned()));
    }
    found.difference(&inner).cloned().collect()
}

/// The runs of a reply without the capital of their first word, if that is an opener.
pub(super) fn without_capital(mut runs: Vec<Run>, openers: &BTreeSet<String>) -> Vec<Run> {
    let first = runs.iter_mut().find(|run| run.text.contains(char::is_alphanumeric));
    let Some(run) = first.filter(|run| !run.style.code) else {
        return runs;
    };
    // What the page says is quoted as it is.
    let at = run
        .text
        .find(char::is_alphanumeric)
        .filter(|at| !run.text[..*at].ends_with('"'));
    let Some(at) = at else {
        return runs;
    };
    let word: String = run.text[at..].chars().take_while(|c| c.is_alphanumeric()).collect();
    if openers.contains(&word) {
        let lower = word.to_lowercase();
        run.text.replace_range(at..at + word.len(), &lower);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::{plain, runs};

    #[test]
    fn a_sentence_behind_a_name_begins_small_and_names_stay() {
        let texts = [
            "Next is **it**. I ask Notion.",
            "{{ \"Begin with\" if x }} Groq, says Groq.",
        ];
        let openers = openers(texts.into_iter());
        for (said, expected) in [
            ("Next is step 1.", "next is step 1."),
            ("🔎 **Next** one", "🔎 next one"),
            ("Begin with it", "begin with it"),
            ("I read", "I read"),
            ("Notion is slow", "Notion is slow"),
            ("Groq is valid", "Groq is valid"),
            ("Ana is stuck", "Ana is stuck"),
            ("`Next` is code", "Next is code"),
            ("☑️ \"Next is it\" is", "☑️ \"Next is it\" is"),
        ] {
            assert_eq!(plain(&without_capital(runs(said), &openers)), expected);
        }
    }
}
