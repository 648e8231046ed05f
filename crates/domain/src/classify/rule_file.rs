//! Rule files: their form in TOML. What each table and key means to an author is in `config/README.md`.
use super::pattern::{Pattern, PatternText};
use super::reading::{BlockerKind, Label, Role};
use super::structure::StructureSource;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// What is wrong in a rule file, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// The name of the file.
    pub file: String,
    /// The rule's id, if the fault is in one.
    pub rule: Option<String>,
    /// What is wrong, as half a sentence.
    pub what: String,
    /// How to mend it, as an imperative.
    pub mend: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some(rule) = &self.rule {
            write!(f, "rule `{rule}`: ")?;
        }
        write!(f, "{}; {}", self.what, self.mend)
    }
}

impl RuleFault {
    /// A fault in a file, or in a rule of it.
    pub(super) fn new(file: &str, rule: Option<&str>, what: &str, mend: &str) -> Self {
        Self {
            file: file.to_owned(),
            rule: rule.map(str::to_owned),
            what: what.to_owned(),
            mend: mend.to_owned(),
        }
    }
}

/// A rule file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    #[serde(default)]
    pub(super) words: BTreeMap<String, String>,
    /// Words that only the kinds of blockers go by.
    #[serde(default)]
    pub(super) cause_words: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) numbers: BTreeMap<u32, String>,
    #[serde(default)]
    pub(super) ordinals: BTreeMap<u32, String>,
    #[serde(default)]
    pub(super) minutes: BTreeMap<u32, String>,
    #[serde(default)]
    pub(super) emoji: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) groups: BTreeMap<String, String>,
    pub(super) meanings: Option<Meanings>,
    #[serde(default)]
    pub(super) guard: Vec<Guard>,
    /// Names of guards that rules name together.
    #[serde(default)]
    pub(super) guard_lists: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) rule: Vec<ClauseRule>,
    #[serde(default)]
    pub(super) cause: Vec<Cause>,
    #[serde(default)]
    pub(super) slot: Vec<Slot>,
    pub(super) structure: Option<StructureSource>,
}

/// What words say by themselves: by it phrases are found that hide a word.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meanings {
    /// Kinds that say something, from a finish to a blocker.
    pub(super) gravest_last: Vec<String>,
    /// Kinds that turn what other words say, only speak of it, or name a thing.
    pub(super) turns: String,
}

/// How far back a guard looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    /// A guard sees the clause itself.
    #[default]
    Clause,
    /// A guard sees from the start of the sentence to the end of the clause.
    Sentence,
    /// A guard sees the whole comment.
    Comment,
}

/// A guard: what in its scope takes a rule's label away or turns it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guard {
    pub(super) id: String,
    #[serde(default)]
    pub(super) scope: Scope,
    pub(super) pattern: PatternList,
    /// The label that the clause gets instead; absent: the rule does not count.
    pub(super) becomes: Option<Label>,
    /// A second label that comes with it.
    pub(super) also: Option<Label>,
    /// The role that the clause then has.
    #[serde(default)]
    pub(super) role: Role,
}

/// One way of saying something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClauseRule {
    pub(super) id: String,
    pub(super) label: Label,
    /// A second label that the same words carry.
    pub(super) also: Option<Label>,
    /// What it may be instead: where nothing else speaks for the label, it is asked about.
    pub(super) unsure: Option<Label>,
    /// The rule of the highest rank that stands decides.
    #[serde(default)]
    pub(super) rank: u8,
    pub(super) pattern: PatternList,
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
    pub(super) pattern: PatternList,
}

/// A pattern that fills a slot: `all_done`, `not_spent`, `expected`, `total`, `bot`, `addressed`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    pub(super) id: String,
    pub(super) pattern: PatternList,
}

/// The patterns of an entry, of which one must fit: as written, one or a list of them, and compiled.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "PatternSources")]
pub(super) struct PatternList {
    pub(super) sources: Vec<String>,
    pub(super) compiled: Vec<Pattern>,
}

impl PatternList {
    /// Whether one of them fits.
    pub(super) fn fit(&self, text: &PatternText) -> bool {
        self.compiled.iter().any(|pattern| pattern.fits(text))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PatternSources {
    One(String),
    Many(Vec<String>),
}

impl From<PatternSources> for PatternList {
    fn from(sources: PatternSources) -> Self {
        let sources = match sources {
            PatternSources::One(one) => vec![one],
            PatternSources::Many(many) => many,
        };
        Self {
            sources,
            compiled: Vec::new(),
        }
    }
}
