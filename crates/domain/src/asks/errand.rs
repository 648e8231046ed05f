//! Who is to be reminded, and of what: "remind Bram on Friday to call the caterer".
use super::clock::clock;
use super::day_reader;
use super::lexicon::{DateLexicon, DateWord, WordKind, WordKinds};
use crate::classify::folded;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Characters of what somebody is reminded of, at most.
const LONGEST: usize = 120;

/// What a reminder is for, as far as that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Errand {
    /// The name of the person who is to be reminded, where that is another one than who asks for it.
    pub whom: Option<String>,
    /// What they are reminded of, in the words of who asks for it.
    pub what: Option<String>,
    /// The name of who asks for it, where somebody else is reminded.
    pub by: Option<String>,
}

impl Errand {
    pub(super) fn is_untold(&self) -> bool {
        *self == Self::default()
    }
}

/// Whom and what a sentence wants a reminder for.
pub(super) fn errand(lexicon: &DateLexicon, said: &str) -> Errand {
    static ASKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let verb = r"(?i:\b(?:remind|ping|nudge|herinner|erinner\w*|rappel\w*|recu[eé]rd\w*|av[ií]s[ae]\w*|lembr\w*))";
        let us = r"(?i:me|us|mij|ons|mich|uns|moi|nous)\b";
        Regex::new(&format!(
            r"{verb}(?:(?:[ -]+(?i:a|à|o|ao))?[ -]+(?:{us}|(\p{{Lu}}[\p{{L}}'’-]*)))?"
        ))
        .ok()
    });
    let Some(asks) = ASKS.as_ref().and_then(|asks| asks.captures(said)) else {
        return Errand::default();
    };
    let is_day = |name: &str| {
        let words = lexicon.words(&folded(name));
        words.iter().any(|word| !word.is_unknown() || tells_time(word))
    };
    let whom = asks.get(1).map(|name| name.as_str()).filter(|name| !is_day(name));
    let rest = &said[asks.get(0).map_or(0, |found| found.end())..];
    Errand {
        whom: whom.map(str::to_owned),
        what: what(lexicon, rest),
        by: None,
    }
}

/// What stands behind "to", "about", "aan", up to the sentence's end or a time.
fn what(lexicon: &DateLexicon, rest: &str) -> Option<String> {
    static LEADS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let leads = "to|about|that|om|aan|over|dat|zu|an|dass|daran|de|que|para|sobre";
        Regex::new(&format!(r"(?i)(?:^|[\s,])(?:{leads})\s+")).ok()
    });
    const NOTHING: &str = " it this that dit dat dat het das es ça cela esto eso isso isto ";
    let rest = rest.split(['!', '?', '\n', ';']).next()?;
    let rest = rest.split(". ").next()?.trim_end_matches(['.', ',', ' ']);
    let behind = LEADS.as_ref()?.find_iter(rest).map(|lead| &rest[lead.end()..]);
    let is_said = |text: &&str| {
        lexicon
            .words(&folded(text))
            .first()
            .is_some_and(|word| !tells_time(word))
    };
    let text = without_time(lexicon, behind.into_iter().find(is_said)?);
    let says = !text.is_empty() && !NOTHING.contains(&format!(" {} ", text.to_lowercase()));
    (says && text.chars().count() <= LONGEST).then(|| text.to_owned())
}

fn tells_time(word: &DateWord) -> bool {
    let of_day = word.days.is_some() || word.weekday.is_some() || word.month.is_some();
    of_day
        || word.unit.is_some()
        || word.minutes.is_some()
        || word.number.is_some()
        || word.is(WordKinds::of(&[WordKind::Next, WordKind::End]))
}

/// A text without the time that it ends with: "call the caterer on Friday at 8".
fn without_time<'t>(lexicon: &DateLexicon, text: &'t str) -> &'t str {
    let places = text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    let ends_with = |at: &usize| is_time(&lexicon.words(&folded(&text[*at..])));
    let end = places.into_iter().find(ends_with).unwrap_or(text.len());
    text[..end].trim_end_matches([',', ' '])
}

/// Whether words name times and nothing else.
fn is_time(words: &[DateWord]) -> bool {
    let leads = WordKinds::of(&[
        WordKind::To,
        WordKind::Toward,
        WordKind::In,
        WordKind::Filler,
        WordKind::Clock,
        WordKind::Next,
    ]);
    let (mut at, mut times) = (0, 0);
    while at < words.len() {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let length = clock(&words[at..]).map(|(length, _)| length);
        let length = length.or_else(|| day_reader::day(before, &words[at..]).map(|(length, _)| length));
        match length {
            Some(length) => (at, times) = (at + length, times + 1),
            None if words[at].sign.is_some() || words[at].is(leads) => at += 1,
            None => return false,
        }
    }
    times > 0
}
