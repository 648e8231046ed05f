//! The words that tell what kind of obstacle a blocker is: people and offices, what they give, what runs out. They are looked up
//! beside the lexicon, for blockers only, so that none of them changes how a comment is cut or labelled.
use super::fnv::FnvBuilder;
use super::lexicon::{COMMON, KindSet};
use super::token::Token;
use std::collections::HashMap;

/// Words and phrases of each language, by their first word.
#[derive(Debug, Default)]
pub(super) struct CauseWords(HashMap<Box<str>, Vec<CauseEntry>, FnvBuilder>);

/// The language of an entry, what follows its first word, and the kinds that the whole has.
#[derive(Debug)]
struct CauseEntry {
    language: usize,
    rest: Vec<Box<str>>,
    kinds: KindSet,
}

impl CauseWords {
    /// Adds a word or a phrase; a hyphen is a blank.
    pub(super) fn add(&mut self, language: usize, kinds: KindSet, entry: &str) {
        let mut words = words(entry).map(Box::from);
        if let Some(first) = words.next() {
            let rest = words.collect();
            self.0
                .entry(first)
                .or_default()
                .push(CauseEntry { language, rest, kinds });
        }
    }

    /// The kinds that each token has as (the end of) such a word; of every language if the comment tells none.
    pub(super) fn kinds(&self, text: &str, tokens: &[Token], language: Option<usize>) -> Vec<KindSet> {
        let said: Vec<(&str, usize)> = tokens
            .iter()
            .enumerate()
            .flat_map(|(at, token)| {
                let text = text.get(token.start..token.end).unwrap_or_default();
                words(text).map(move |word| (word, at))
            })
            .collect();
        let mut kinds = vec![KindSet::NONE; tokens.len()];
        for (at, (word, _)) in said.iter().enumerate() {
            for entry in self.0.get(*word).into_iter().flatten() {
                let spoken = match language {
                    _ if entry.language == COMMON => true,
                    Some(language) => language == entry.language,
                    None => entry.language == 0 || word.len() >= 4,
                };
                let end = at + entry.rest.len();
                let follows = said.get(at + 1..=end).is_some_and(|next| {
                    next.iter()
                        .map(|(word, _)| *word)
                        .eq(entry.rest.iter().map(|word| &**word))
                });
                // "no" is nothing by itself in "no way to", which the lexicon reads as one.
                let whole = said.get(end + 1).is_none_or(|(_, token)| said[end].1 != *token);
                if spoken && follows && whole {
                    let token = said[end].1;
                    kinds[token] = kinds[token] | entry.kinds;
                }
            }
        }
        kinds
    }
}

/// The words of a folded text: letters and digits, with the apostrophe of "isn't".
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
}
