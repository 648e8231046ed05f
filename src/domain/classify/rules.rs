//! Rule files: their form in TOML, and how they are compiled into one set of patterns over symbols.
use super::kinds::Kinds;
use super::lexicon::{COMMON, KindSet, LANGUAGES, Lexicon};
use super::normalise::Emoji;
use super::pattern::Pattern;
use super::reading::{BlockerKind, Label};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// What is wrong in a rule file, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file's name.
    pub file: String,
    /// The rule's id, if the fault is in one.
    pub rule: Option<String>,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some(rule) = &self.rule {
            write!(f, "rule `{rule}`: ")?;
        }
        write!(f, "{}; {}", self.what, self.mend)
    }
}

/// A rule file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    words: BTreeMap<String, String>,
    #[serde(default)]
    numbers: BTreeMap<u32, String>,
    #[serde(default)]
    ordinals: BTreeMap<u32, String>,
    #[serde(default)]
    minutes: BTreeMap<u32, String>,
    #[serde(default)]
    emoji: BTreeMap<String, String>,
    #[serde(default)]
    groups: BTreeMap<String, String>,
    #[serde(default)]
    guard: Vec<Guard>,
    #[serde(default)]
    rule: Vec<Rule>,
    #[serde(default)]
    cause: Vec<Cause>,
    #[serde(default)]
    slot: Vec<Slot>,
}

/// How far back a guard looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    /// The clause itself.
    #[default]
    Clause,
    /// From the start of the sentence to the end of the clause.
    Sentence,
    /// The whole comment.
    Comment,
}

/// A guard: what in its scope takes a rule's label away or turns it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guard {
    pub(super) id: String,
    #[serde(default)]
    pub(super) scope: Scope,
    pattern: Patterns,
    /// The label that the clause gets instead; absent: the rule does not count.
    pub(super) becomes: Option<Label>,
    /// A second label that comes with it.
    pub(super) also: Option<Label>,
    /// The role that the clause then has.
    #[serde(default)]
    pub(super) role: Role,
}

/// What a clause does to its neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// Stands by itself.
    #[default]
    Report,
    /// Something works (again); beside a finish it adds nothing.
    Works,
    /// Started, planned, about to: a blocker on the same work stops it.
    Start,
    /// A part is still open: a finish in the same sentence is no finish.
    Pending,
    /// "Blockers: none": adds nothing beside other clauses.
    NoBlockers,
    /// The author doubts or jokes: a finish beside it is no finish.
    Doubt,
    /// Asks for help.
    Help,
    /// Takes back what came before it in this comment.
    Withdraws,
}

/// One way of saying something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) label: Label,
    /// A second label that the same words carry.
    pub(super) also: Option<Label>,
    /// The rule of the highest rank that stands decides.
    #[serde(default)]
    pub(super) rank: u8,
    pattern: Patterns,
    #[serde(default)]
    pub(super) guards: Vec<String>,
    #[serde(default)]
    pub(super) role: Role,
    #[serde(default)]
    pub(super) examples: Vec<String>,
    #[serde(default)]
    pub(super) counter_examples: Vec<String>,
    #[serde(skip)]
    pub(super) file: String,
    #[serde(skip)]
    pub(super) guard_at: Vec<usize>,
}

/// What tells the kind of a blocker. The first that fits decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cause {
    pub(super) id: String,
    pub(super) kind: BlockerKind,
    pattern: Patterns,
}

/// A pattern that fills a slot: `all_done`, `not_spent`, `expected`, `total`, `bot`, `addressed`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    pub(super) id: String,
    pattern: Patterns,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Patterns {
    One(String),
    Many(Vec<String>),
}

impl Patterns {
    fn list(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// What a pattern of the set belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Rule(usize),
    Guard(usize),
    Cause(usize),
    Slot(usize),
}

/// Everything that the rule files say, compiled.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) lexicon: Lexicon,
    pub(super) kinds: Kinds,
    pub(super) emoji: Emoji,
    pub(super) groups: HashMap<String, KindSet>,
    /// By rank, highest first; equal ranks in file order.
    pub(super) rules: Vec<Rule>,
    pub(super) guards: Vec<Guard>,
    pub(super) causes: Vec<Cause>,
    pub(super) slots: Vec<Slot>,
    pub(super) patterns: Vec<(Owner, Pattern)>,
}

/// Reads and compiles the files; every fault of every file is told.
pub(super) fn compile(files: &[(String, String)]) -> Result<Book, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut parsed = Vec::new();
    for (name, text) in files {
        match toml::from_str::<File>(text) {
            Ok(file) => parsed.push((name.as_str(), file)),
            Err(error) => faults.push(fault(
                name,
                None,
                error.to_string().trim(),
                "see config/README.md for the form of a rule file",
            )),
        }
    }
    let mut lexicon = Lexicon::new();
    let kinds = Kinds::declare(&mut lexicon.symbols);
    for (name, file) in &parsed {
        if let Err(what) = fill(&mut lexicon, &kinds, language_of(name), file) {
            faults.push(fault(name, None, &what, "join two kinds of words into one"));
        }
    }
    let book = collect(parsed, lexicon, &kinds, &mut faults);
    if faults.is_empty() { Ok(book) } else { Err(faults) }
}

pub(super) fn fault(file: &str, rule: Option<&str>, what: &str, mend: &str) -> Fault {
    Fault {
        file: file.to_owned(),
        rule: rule.map(str::to_owned),
        what: what.to_owned(),
        mend: mend.to_owned(),
    }
}

/// `en.toml` holds English; whatever is no language is common to all.
fn language_of(name: &str) -> usize {
    let stem = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".toml");
    LANGUAGES
        .iter()
        .position(|&language| language == stem)
        .unwrap_or(COMMON)
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

fn fill(lexicon: &mut Lexicon, kinds: &Kinds, language: usize, file: &File) -> Result<(), String> {
    for (kind, list) in &file.words {
        let bit = if kind == "plain" {
            Some(KindSet::NONE)
        } else {
            lexicon.symbols.declare(kind)
        };
        let bit = bit.ok_or_else(|| format!("`{kind}` is one kind of word too many (256 at most)"))?;
        for entry in entries(list) {
            lexicon.add(language, bit, entry);
        }
    }
    let amounts = [
        (&file.numbers, kinds.bits.numword),
        (&file.ordinals, kinds.bits.ordword),
        (&file.minutes, kinds.bits.duration),
    ];
    for (list, bit) in amounts {
        for (amount, words) in list {
            for entry in entries(words) {
                lexicon.add_amount(language, bit, entry, *amount);
            }
        }
    }
    for name in file.emoji.keys() {
        let bit = lexicon
            .symbols
            .declare(name)
            .ok_or_else(|| format!("`{name}` is one kind of word too many"))?;
        lexicon.add(COMMON, bit, &format!("{{{name}}}"));
    }
    Ok(())
}

fn collect(parsed: Vec<(&str, File)>, lexicon: Lexicon, kinds: &Kinds, faults: &mut Vec<Fault>) -> Book {
    let mut book = Book {
        lexicon,
        kinds: *kinds,
        emoji: Emoji::new(),
        groups: HashMap::new(),
        rules: Vec::new(),
        guards: Vec::new(),
        causes: Vec::new(),
        slots: Vec::new(),
        patterns: Vec::new(),
    };
    for (name, file) in parsed {
        for (kind, list) in file.emoji {
            book.emoji
                .extend(list.chars().filter(|c| !c.is_whitespace()).map(|c| (c, kind.clone())));
        }
        for (group, list) in file.groups {
            match bits_of(&book, &list) {
                Ok(bits) => {
                    let group = book.groups.entry(group).or_default();
                    *group = *group | bits;
                }
                Err(what) => faults.push(fault(name, None, &what, "name a kind that has words")),
            }
        }
        book.rules.extend(file.rule.into_iter().map(|rule| Rule {
            file: name.to_owned(),
            ..rule
        }));
        book.guards.extend(file.guard);
        book.causes.extend(file.cause);
        book.slots.extend(file.slot);
    }
    book.rules.sort_by_key(|rule| std::cmp::Reverse(rule.rank));
    tie_guards(&mut book, faults);
    compile_patterns(&mut book, faults);
    book
}

fn bits_of(book: &Book, list: &str) -> Result<KindSet, String> {
    entries(list).try_fold(KindSet::NONE, |bits, name| {
        let known = book
            .lexicon
            .symbols
            .bit(name)
            .or_else(|| book.groups.get(name).copied());
        known
            .map(|bit| bits | bit)
            .ok_or_else(|| format!("no kind of word is called `{name}`"))
    })
}

fn tie_guards(book: &mut Book, faults: &mut Vec<Fault>) {
    let Book { rules, guards, .. } = book;
    for rule in rules {
        for name in &rule.guards {
            match guards.iter().position(|guard| guard.id == *name) {
                Some(at) => rule.guard_at.push(at),
                None => faults.push(fault(
                    &rule.file,
                    Some(&rule.id),
                    &format!("no guard is called `{name}`"),
                    "add it, or take it out of `guards`",
                )),
            }
        }
    }
}

/// Compiles every pattern and tells the faulty ones.
fn compile_patterns(book: &mut Book, faults: &mut Vec<Fault>) {
    let rules = book
        .rules
        .iter()
        .enumerate()
        .map(|(at, rule)| (Owner::Rule(at), rule.id.as_str(), &rule.pattern));
    let guards = book
        .guards
        .iter()
        .enumerate()
        .map(|(at, guard)| (Owner::Guard(at), guard.id.as_str(), &guard.pattern));
    let causes = book
        .causes
        .iter()
        .enumerate()
        .map(|(at, cause)| (Owner::Cause(at), cause.id.as_str(), &cause.pattern));
    let slots = book
        .slots
        .iter()
        .enumerate()
        .map(|(at, slot)| (Owner::Slot(at), slot.id.as_str(), &slot.pattern));
    let mut compiled = Vec::new();
    for (owner, id, sources) in rules.chain(guards).chain(causes).chain(slots) {
        for source in sources.list() {
            match Pattern::new(source, &|names| bits_of(book, names)) {
                Ok(pattern) => compiled.push((owner, pattern)),
                Err(what) => faults.push(fault(
                    "config/rules",
                    Some(id),
                    &what,
                    &format!("correct the pattern `{source}`"),
                )),
            }
        }
    }
    book.patterns = compiled;
}
