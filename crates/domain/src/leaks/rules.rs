//! The rules of `config/leaks.toml`, compiled: lists of words as one pattern each, what tells, what takes it away.
use super::denials::{Denials, DenialsTable};
use super::lists::Lists;
use super::patterns::{LazyPattern, any, compiled, whole_words};
use crate::toml_fault;
use regex::bytes::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The rules that the program carries.
pub const BUILTIN: &str = include_str!("../../../../config/leaks.toml");
/// Lists of words that the program looks into by name.
const NEEDED: [&str; 21] = [
    "key",
    "keylike",
    "telling",
    "env",
    "ofenv",
    "all",
    "site",
    "qualifier",
    "of",
    "and",
    "andbefore",
    "work",
    "mail",
    "plain",
    "takesback",
    "negated",
    "allbut",
    "everykey",
    "whatif",
    "former",
    "formerly",
];
/// The providers that a clause names, among the lists of words.
const NAMED: &str = "named";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    strip: Vec<String>,
    other: Vec<String>,
    cuts: Vec<String>,
    denials: DenialsTable,
    also: BTreeMap<String, String>,
    spelt: BTreeMap<String, String>,
    words: BTreeMap<String, Vec<String>>,
    tells: Vec<TellsTable>,
    unless: Vec<UnlessTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TellsTable {
    all: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    #[serde(default)]
    even_asked: bool,
    #[serde(default)]
    even_denied: bool,
    #[serde(default)]
    alone: bool,
    examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnlessTable {
    within: Within,
    #[serde(default)]
    asked: bool,
    #[serde(default)]
    denied: bool,
    #[serde(default)]
    idle: bool,
    patterns: Vec<String>,
    examples: Vec<String>,
}

/// Where something is looked for that takes away what a clause tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Within {
    /// In the clause itself.
    Clause,
    /// From the beginning of its sentence to its end.
    Before,
    /// In its whole sentence.
    Sentence,
    /// Anywhere in the comment.
    Comment,
}

/// Words that tell of a leak where they stand together in a clause.
pub(super) struct Tells {
    all: Vec<String>,
    /// One of these lists stands anywhere in the comment; empty: nothing more is needed.
    beside: Vec<String>,
    /// Whether it tells of one in a question too: "can somebody rotate the leaked key?"
    even_asked: bool,
    /// Whether it tells of one though something is denied: "it did not leak on GitHub but on Slack".
    even_denied: bool,
    /// Whether nothing else may be said: "Stripe leaked", and not "Stripe leaked its roadmap".
    alone: bool,
}

struct Unless {
    within: Within,
    asked: bool,
    denied: bool,
    /// Whether the clause says nothing at all: "I dreamed that the key leaked".
    idle: bool,
    patterns: Vec<LazyPattern>,
}

/// A clause, and what stands around it.
#[derive(Clone, Copy)]
pub(super) struct Spoken<'t> {
    pub(super) clause: &'t str,
    pub(super) before: &'t str,
    pub(super) sentence: &'t str,
    pub(super) comment: &'t str,
}

/// All that is known of how people tell of leaks.
pub(super) struct LeakRules {
    pub(super) strip: Vec<Regex>,
    pub(super) cuts: Regex,
    /// What people call a provider, and its title.
    pub(super) also: BTreeMap<String, String>,
    pub(super) spelt: Vec<(Regex, String)>,
    words: BTreeMap<String, LazyPattern>,
    tells: Vec<Tells>,
    unless: Vec<Unless>,
    /// What only looks like a key, or like a leak.
    pub(super) other: Vec<Regex>,
    pub(super) denials: Denials,
}

/// What a clause says of leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saying {
    /// That there was one.
    Told,
    /// Nothing, in words of leaks.
    Idle,
    /// Something else, of no leak.
    Other,
}

/// A sentence that stands beside a rule, and whether it tells of a leak, or denies one.
pub(super) struct LeakExample {
    pub(super) text: String,
    pub(super) tells: bool,
    /// `None`: it is no example of that.
    pub(super) denies: Option<bool>,
}

impl LeakRules {
    /// Compiles a file; gives its examples with it, which only a whole reader can prove.
    pub(super) fn parse(text: &str) -> Result<(Self, Vec<LeakExample>), String> {
        let file: File = toml::from_str(text).map_err(|error| toml_fault::in_words(text, &error))?;
        let mut lists = Lists::default();
        for name in file.words.keys() {
            lists.spell(&file.words, name, 0)?;
        }
        if let Some(missing) = NEEDED.iter().find(|name| !file.words.contains_key(**name)) {
            return Err(format!("[words] lacks {missing}"));
        }
        let named = file
            .tells
            .iter()
            .flat_map(|tells| tells.all.iter().chain(&tells.beside));
        if let Some(unknown) = named
            .filter(|name| *name != NAMED)
            .find(|name| !file.words.contains_key(*name))
        {
            return Err(format!("[[tells]] names {unknown:?}, which is no list of [words]"));
        }
        let example = |texts: &[String], tells: bool| -> Vec<LeakExample> {
            let of = |text: &String| LeakExample {
                text: text.clone(),
                tells,
                denies: None,
            };
            texts.iter().map(of).collect()
        };
        let told = file.tells.iter().flat_map(|tells| example(&tells.examples, true));
        let untold = file.unless.iter().flat_map(|unless| example(&unless.examples, false));
        let denial = |(text, denies): (&String, bool)| LeakExample {
            text: text.clone(),
            tells: false,
            denies: Some(denies),
        };
        let denied = file.denials.examples.iter().map(|text| denial((text, true)));
        let others = file.denials.others.iter().map(|text| denial((text, false)));
        let examples = told.chain(untold).chain(denied).chain(others).collect();
        let filled = |patterns: &[String]| -> Result<Vec<LazyPattern>, String> {
            let patterns = patterns.iter();
            patterns
                .map(|pattern| Ok(LazyPattern::of(lists.filled(pattern)?)))
                .collect()
        };
        let denials = Denials::of(&file.denials, filled)?;
        let words = lists.spelt.iter();
        let words = words.map(|(name, list)| (name.clone(), LazyPattern::of(whole_words(list))));
        let unless = file.unless.iter().map(|unless| {
            let patterns = unless
                .patterns
                .iter()
                .map(|pattern| Ok(LazyPattern::of(lists.filled(pattern)?)));
            Ok(Unless {
                within: unless.within,
                asked: unless.asked,
                denied: unless.denied,
                idle: unless.idle,
                patterns: patterns.collect::<Result<_, String>>()?,
            })
        });
        let spelt = file
            .spelt
            .iter()
            .map(|(from, to)| Ok((compiled(&whole_words(from))?, to.clone())));
        let rules = Self {
            strip: all_compiled(&file.strip)?,
            other: all_compiled(&file.other)?,
            denials,
            cuts: compiled(&file.cuts.join("|"))?,
            also: file.also,
            spelt: spelt.collect::<Result<_, String>>()?,
            words: words.collect(),
            unless: unless.collect::<Result<_, String>>()?,
            tells: file.tells.into_iter().map(Tells::from).collect(),
        };
        Ok((rules, examples))
    }

    /// Compiles every pattern, to find the faults of a file.
    pub(super) fn prove(&self) -> Result<(), String> {
        let unless = self.unless.iter().flat_map(|unless| &unless.patterns);
        let mut all = self.words.values().chain(unless).chain(self.denials.all());
        all.try_for_each(LazyPattern::prove)
    }

    /// Whether a text has a word of a list.
    pub(super) fn has(&self, list: &str, text: &str) -> bool {
        self.words.get(list).is_some_and(|words| words.is_match(text))
    }

    /// Whether a clause tells of a leak. `names` says whether a text names a provider, `alone` whether it does and says nothing
    /// else. `whole`: what stands for the clause is its whole sentence, in which an act and a key may belong to different things.
    pub(super) fn tell(
        &self,
        spoken: Spoken<'_>,
        names: impl Fn(&str) -> bool,
        alone: impl Fn(&str) -> bool,
        whole: bool,
    ) -> Saying {
        let has = |list: &String, text: &str| {
            if list == NAMED {
                names(text)
            } else {
                self.has(list, text)
            }
        };
        let acts = |tells: &Tells| tells.all.iter().any(|list| list == "put" || list == "commitkey");
        let told = self.tells.iter().filter(|tells| {
            let told = !(whole && acts(tells)) && tells.all.iter().all(|list| has(list, spoken.clause));
            let told = told && (!tells.alone || alone(spoken.clause));
            told && (tells.beside.is_empty() || tells.beside.iter().any(|list| has(list, spoken.comment)))
        });
        let mut told = told.peekable();
        if told.peek().is_none() {
            return Saying::Other;
        }
        let (asked, denied, other) = self.taken_away(spoken);
        let stands = |tells: &Tells| (!asked || tells.even_asked) && (!denied || tells.even_denied);
        match other {
            Some(unless) if unless.idle => Saying::Idle,
            None if told.any(stands) => Saying::Told,
            _ => Saying::Other,
        }
    }

    /// Whether a comment says of itself that it is settled, or no leak at all.
    pub(super) fn settles(&self, comment: &str) -> bool {
        let mut all = self.unless.iter().filter(|unless| unless.within == Within::Comment);
        all.any(|unless| unless.holds(comment))
    }

    /// Whether it is asked, whether it is denied, and what else takes away what is told.
    fn taken_away(&self, spoken: Spoken<'_>) -> (bool, bool, Option<&Unless>) {
        let holds = |unless: &&Unless| {
            let text = match unless.within {
                Within::Clause => spoken.clause,
                Within::Before => spoken.before,
                Within::Sentence => spoken.sentence,
                // It is looked at once for all clauses.
                Within::Comment => return false,
            };
            unless.holds(text)
        };
        let asked = self
            .unless
            .iter()
            .filter(|unless| unless.asked)
            .any(|unless| holds(&unless));
        let denied = self
            .unless
            .iter()
            .filter(|unless| unless.denied)
            .any(|unless| holds(&unless));
        let others = self.unless.iter().filter(|unless| !unless.asked && !unless.denied);
        let mut holding = others.filter(holds);
        let first = holding.next();
        let idle = first
            .filter(|unless| unless.idle)
            .or_else(|| holding.find(|unless| unless.idle));
        (asked, denied, idle.or(first))
    }
}

impl Unless {
    fn holds(&self, text: &str) -> bool {
        any(&self.patterns, text)
    }
}

impl From<TellsTable> for Tells {
    fn from(table: TellsTable) -> Self {
        Self {
            all: table.all,
            beside: table.beside,
            even_asked: table.even_asked,
            even_denied: table.even_denied,
            alone: table.alone,
        }
    }
}

fn all_compiled(patterns: &[String]) -> Result<Vec<Regex>, String> {
    patterns.iter().map(|pattern| compiled(pattern)).collect()
}
