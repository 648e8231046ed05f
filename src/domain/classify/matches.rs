//! Matches: which patterns of the rules fit a run of tokens, found in one pass over it.
use super::lexicon::KindSet;
use super::pattern::Letter;
use super::rule_set::{PatternOwner, RuleSet};
use super::token::Token;

/// The patterns that fit a run of tokens, by owner.
#[derive(Clone, Debug, Default)]
pub(super) struct PatternMatches {
    rules: PatternBits,
    guards: PatternBits,
    causes: PatternBits,
    slots: PatternBits,
}

#[derive(Clone, Debug, Default)]
struct PatternBits([u64; 4]);

impl PatternBits {
    fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }
}

impl PatternMatches {
    /// Lets every pattern look at the tokens at once.
    pub(super) fn find(rule_set: &RuleSet, tokens: &[Token]) -> Self {
        Self::find_for(rule_set, tokens, |_| true)
    }

    /// Lets the patterns of some owners look.
    pub(super) fn find_for(rule_set: &RuleSet, tokens: &[Token], wanted: impl Fn(PatternOwner) -> bool) -> Self {
        let kinds = tokens.iter().map(|token| rule_set.lexicon.symbols.set(token.symbol));
        Self::find_in(rule_set, kinds, wanted)
    }

    /// Lets the patterns of some owners look at words of these kinds.
    pub(super) fn find_in(
        rule_set: &RuleSet,
        kinds: impl Iterator<Item = KindSet>,
        wanted: impl Fn(PatternOwner) -> bool,
    ) -> Self {
        let (letters, all) = letters_of(kinds);
        let mut matches = Self::default();
        for (owner, pattern) in &rule_set.patterns {
            if wanted(*owner) && pattern.fits(&letters, all) {
                match *owner {
                    PatternOwner::Rule(at) => matches.rules.set(at),
                    PatternOwner::Guard(at) => matches.guards.set(at),
                    PatternOwner::Cause(at) => matches.causes.set(at),
                    PatternOwner::Slot(at) => matches.slots.set(at),
                }
            }
        }
        matches
    }

    /// Which of a rule's patterns fit, counted from its first.
    pub(super) fn patterns_of(rule_set: &RuleSet, rule: usize, tokens: &[Token]) -> Vec<usize> {
        let kinds = tokens.iter().map(|token| rule_set.lexicon.symbols.set(token.symbol));
        let (letters, all) = letters_of(kinds);
        let own = rule_set
            .patterns
            .iter()
            .filter(|(owner, _)| *owner == PatternOwner::Rule(rule));
        let fitting = own.enumerate().filter(|(_, (_, pattern))| pattern.fits(&letters, all));
        fitting.map(|(at, _)| at).collect()
    }

    pub(super) fn rule(&self, at: usize) -> bool {
        self.rules.has(at)
    }

    pub(super) fn guard(&self, at: usize) -> bool {
        self.guards.has(at)
    }

    pub(super) fn cause(&self, at: usize) -> bool {
        self.causes.has(at)
    }

    /// Whether a slot's pattern fits.
    pub(super) fn slot(&self, rule_set: &RuleSet, id: &str) -> bool {
        rule_set
            .slots
            .iter()
            .enumerate()
            .any(|(at, slot)| slot.id == id && self.slots.has(at))
    }
}

/// Words of these kinds as patterns read them, and all kinds together.
fn letters_of(kinds: impl Iterator<Item = KindSet>) -> (Vec<Letter>, KindSet) {
    let mut letters = vec![Letter::Start];
    let mut all = KindSet::NONE;
    for kinds in kinds {
        letters.push(Letter::Word(kinds));
        all = all | kinds;
    }
    letters.push(Letter::End);
    (letters, all)
}
