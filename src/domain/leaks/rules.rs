//! The rules of `config/leaks.toml`, compiled: lists of words as one pattern each, what tells, what takes it away.
use super::lists::Lists;
use crate::domain::toml_fault;
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The rules that the program carries.
pub const BUILTIN: &str = include_str!("../../../config/leaks.toml");
/// More than the longest list takes, compiled.
const SIZE_LIMIT: usize = 64 << 20;
/// Lists of words that the program looks into by name.
const NEEDED: [&str; 15] = [
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
    alone: bool,
    examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DenialsTable {
    patterns: Vec<String>,
    weak: Vec<String>,
    unless: Vec<String>,
    examples: Vec<String>,
    others: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnlessTable {
    within: Within,
    #[serde(default)]
    asked: bool,
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
    /// Whether nothing else may be said: "Stripe leaked", and not "Stripe leaked its roadmap".
    alone: bool,
}

struct Unless {
    within: Within,
    asked: bool,
    /// Whether the clause says nothing at all: "I dreamed that the key leaked".
    idle: bool,
    patterns: Vec<LazyPattern>,
}

/// A pattern that is compiled when it is first looked for: most comments are told by the first lists of words alone.
struct LazyPattern {
    source: String,
    built: OnceLock<Option<Regex>>,
}

impl LazyPattern {
    fn of(source: String) -> Self {
        Self {
            source,
            built: OnceLock::new(),
        }
    }

    fn is_match(&self, text: &str) -> bool {
        let built = self.built.get_or_init(|| compiled(&self.source).ok());
        built.as_ref().is_some_and(|built| built.is_match(text.as_bytes()))
    }

    /// Compiles it now, to find its faults.
    fn prove(&self) -> Result<(), String> {
        let built = compiled(&self.source)?;
        let _ = self.built.set(Some(built));
        Ok(())
    }
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
    denials: Vec<LazyPattern>,
    weak_denials: Vec<LazyPattern>,
    no_denials: Vec<LazyPattern>,
}

/// How a clause denies a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Firmness {
    /// That none was found, or is none any more.
    Weak,
    /// That there was none.
    Firm,
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
        let (denials, no_denials) = (filled(&file.denials.patterns)?, filled(&file.denials.unless)?);
        let weak_denials = filled(&file.denials.weak)?;
        let of_words = |(name, list): (&String, &String)| (name.clone(), LazyPattern::of(whole_words(list)));
        let words = lists.spelt.iter().map(of_words);
        let unless = file.unless.iter().map(|unless| {
            let patterns = unless
                .patterns
                .iter()
                .map(|pattern| Ok(LazyPattern::of(lists.filled(pattern)?)));
            Ok(Unless {
                within: unless.within,
                asked: unless.asked,
                idle: unless.idle,
                patterns: patterns.collect::<Result<_, String>>()?,
            })
        });
        let spelt = file
            .spelt
            .iter()
            .map(|(from, to)| Ok((compiled(&whole_words(from))?, to.clone())));
        let rules = Self {
            strip: file
                .strip
                .iter()
                .map(|pattern| compiled(pattern))
                .collect::<Result<_, _>>()?,
            other: file
                .other
                .iter()
                .map(|pattern| compiled(pattern))
                .collect::<Result<_, _>>()?,
            denials,
            weak_denials,
            no_denials,
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
        let denials = self.denials.iter().chain(&self.weak_denials).chain(&self.no_denials);
        let all = self.words.values().chain(unless).chain(denials);
        all.into_iter().try_for_each(LazyPattern::prove)
    }

    /// Whether a text has a word of a list.
    pub(super) fn has(&self, list: &str, text: &str) -> bool {
        self.words.get(list).is_some_and(|words| words.is_match(text))
    }

    /// Whether a clause says that there was no leak.
    pub(super) fn denies(&self, clause: &str) -> Option<Firmness> {
        let found = |patterns: &[LazyPattern]| patterns.iter().any(|pattern| pattern.is_match(clause));
        let denial = if found(&self.denials) {
            Firmness::Firm
        } else if found(&self.weak_denials) {
            Firmness::Weak
        } else {
            return None;
        };
        (!found(&self.no_denials)).then_some(denial)
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
        let (asked, other) = self.taken_away(spoken);
        match other {
            Some(unless) if unless.idle => Saying::Idle,
            None if told.any(|tells| !asked || tells.even_asked) => Saying::Told,
            _ => Saying::Other,
        }
    }

    /// Whether a comment says of itself that it is settled, or no leak at all.
    pub(super) fn settles(&self, comment: &str) -> bool {
        let all = self.unless.iter().filter(|unless| unless.within == Within::Comment);
        all.into_iter().any(|unless| unless.holds(comment))
    }

    /// Whether it is asked, and what else takes away what is told.
    fn taken_away(&self, spoken: Spoken<'_>) -> (bool, Option<&Unless>) {
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
        let (asks, others): (Vec<&Unless>, Vec<&Unless>) = self.unless.iter().partition(|unless| unless.asked);
        let mut holding = others.into_iter().filter(holds);
        let first = holding.next();
        let idle = first
            .filter(|unless| unless.idle)
            .or_else(|| holding.find(|unless| unless.idle));
        (asks.iter().any(holds), idle.or(first))
    }
}

impl Unless {
    fn holds(&self, text: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.is_match(text))
    }
}

impl From<TellsTable> for Tells {
    fn from(table: TellsTable) -> Self {
        Self {
            all: table.all,
            beside: table.beside,
            even_asked: table.even_asked,
            alone: table.alone,
        }
    }
}

/// A pattern for whole words alone.
fn whole_words(list: &str) -> String {
    format!(r"(?:^|\W|\b)(?:{list})(?:$|\W|\b)")
}

/// A pattern over folded text, which is ASCII.
fn compiled(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern).unicode(false).size_limit(SIZE_LIMIT).build();
    built.map_err(|error| error.to_string())
}
