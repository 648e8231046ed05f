//! What is said against a leak: "it was not leaked", "a false alarm"; and what only sounds so.
use super::patterns::{LazyPattern, any};
use serde::Deserialize;

/// The table of a rule file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DenialsTable {
    patterns: Vec<String>,
    weak: Vec<String>,
    alarms: Vec<String>,
    real: Vec<String>,
    doubted: Vec<String>,
    unless: Vec<String>,
    /// Sentences that say so.
    pub(super) examples: Vec<String>,
    /// Sentences that do not.
    pub(super) others: Vec<String>,
}

/// How a clause denies a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Firmness {
    /// That none was found, or is none any more.
    Weak,
    /// That there was none.
    Firm,
}

/// The patterns of what is said against a leak.
pub(super) struct Denials {
    firm: Vec<LazyPattern>,
    weak: Vec<LazyPattern>,
    /// What calls a leak a false alarm.
    alarms: Vec<LazyPattern>,
    /// Sentences that say that it was none.
    real: Vec<LazyPattern>,
    /// Sentences in which a denial denies no leak: what they deny is the denial, or where and how it leaked.
    doubted: Vec<LazyPattern>,
    unless: Vec<LazyPattern>,
}

impl Denials {
    /// From a table; `fill` makes patterns of its lines.
    pub(super) fn of(
        table: &DenialsTable,
        fill: impl Fn(&[String]) -> Result<Vec<LazyPattern>, String>,
    ) -> Result<Self, String> {
        Ok(Self {
            firm: fill(&table.patterns)?,
            weak: fill(&table.weak)?,
            alarms: fill(&table.alarms)?,
            real: fill(&table.real)?,
            doubted: fill(&table.doubted)?,
            unless: fill(&table.unless)?,
        })
    }

    /// All of its patterns.
    pub(super) fn all(&self) -> impl Iterator<Item = &LazyPattern> {
        let lists = [
            &self.firm,
            &self.weak,
            &self.alarms,
            &self.real,
            &self.doubted,
            &self.unless,
        ];
        lists.into_iter().flatten()
    }

    /// Whether a clause says that there was no leak.
    pub(super) fn denies(&self, clause: &str) -> Option<Firmness> {
        let denial = if any(&self.alarms, clause) {
            return (!self.doubts(clause)).then_some(Firmness::Firm);
        } else if any(&self.firm, clause) {
            Firmness::Firm
        } else if any(&self.weak, clause) {
            Firmness::Weak
        } else {
            return None;
        };
        (!any(&self.unless, clause)).then_some(denial)
    }

    /// Whether a sentence has the words of a denial, whatever they deny.
    pub(super) fn are_spoken_in(&self, sentence: &str) -> bool {
        [&self.firm, &self.weak, &self.alarms]
            .into_iter()
            .any(|list| any(list, sentence))
    }

    /// Whether a denial in this sentence denies no leak.
    pub(super) fn doubts(&self, sentence: &str) -> bool {
        any(&self.doubted, sentence) || self.is_real(sentence)
    }

    /// Whether a clause calls a leak a false alarm, whatever else it says.
    pub(super) fn alarms(&self, clause: &str) -> bool {
        any(&self.alarms, clause)
    }

    /// Whether a sentence says that it was no false alarm.
    pub(super) fn is_real(&self, sentence: &str) -> bool {
        any(&self.real, sentence)
    }
}
