//! What the passes over tokens know of grammar: the compiled rules, the kinds of a token, what may stand beside a step.
use super::kinds::{KindSymbols, KnownBits};
use super::lexicon::{KindSet, Lexicon};
use super::rule_set::RuleSet;
use super::step_set::MOST_STEPS;
use super::token::Token;

/// The last step of a page that nobody knows.
const UNKNOWN_TOTAL: u32 = 5;
/// The highest number that is read as a step of a page that nobody knows: one digit.
const UNKNOWN_HIGHEST: u32 = 9;

/// What every pass over tokens needs.
pub(super) struct Grammar<'a> {
    pub(super) rule_set: &'a RuleSet,
    pub(super) lexicon: &'a Lexicon,
    /// The kinds that the passes know, each as a set of one.
    pub(super) bits: KnownBits,
    /// The symbol of a token that is of one of these kinds alone.
    pub(super) symbols: &'a KindSymbols,
    /// How many steps the page has: the number of its last step.
    pub(super) steps_total: u32,
    /// The highest number that can be a step: of a page that nobody knows, more than it is taken to have.
    pub(super) highest_step: u32,
    /// Kinds after which a clause begins.
    pub(super) opens: KindSet,
    /// Kinds that tell a state: a comma or an "and" parts clauses only between two of them.
    pub(super) states: KindSet,
    /// Kinds that no step may be followed by: things that are counted.
    counted: KindSet,
}

impl<'a> Grammar<'a> {
    pub(super) fn new(rule_set: &'a RuleSet, steps_total: u8) -> Self {
        let bits = rule_set.kinds.bits;
        let group = |name: &str| rule_set.groups.get(name).copied().unwrap_or_default();
        let (total, highest) = match u32::from(steps_total) {
            0 => (UNKNOWN_TOTAL, UNKNOWN_HIGHEST),
            known => (known.min(MOST_STEPS), known.min(MOST_STEPS)),
        };
        Self {
            rule_set,
            lexicon: &rule_set.lexicon,
            bits,
            symbols: &rule_set.kinds.symbols,
            steps_total: total,
            highest_step: highest,
            opens: group("opens"),
            states: group("states"),
            counted: bits.counted
                | bits.units
                | bits.keyword
                | bits.secretword
                | bits.stepword
                | bits.percent
                | bits.of,
        }
    }

    /// The kinds of a token.
    pub(super) fn kinds_of(&self, token: &Token) -> KindSet {
        self.lexicon.symbols.set(token.symbol)
    }

    /// Whether a token has one of the kinds.
    pub(super) fn is(&self, token: &Token, kinds: KindSet) -> bool {
        self.kinds_of(token).meets(kinds)
    }

    /// Whether there is a token at an index, and it has one of the kinds.
    pub(super) fn is_at(&self, tokens: &[Token], at: usize, kinds: KindSet) -> bool {
        tokens.get(at).is_some_and(|token| self.is(token, kinds))
    }

    /// Whether there is a token before an index, and it has one of the kinds.
    pub(super) fn is_before(&self, tokens: &[Token], at: usize, kinds: KindSet) -> bool {
        at.checked_sub(1)
            .is_some_and(|before| self.is_at(tokens, before, kinds))
    }

    /// Whether a token can follow a bare step number: a word that we know, and nothing that is counted.
    pub(super) fn may_follow_step(&self, token: &Token) -> bool {
        token.symbol != 0 && !self.is(token, self.counted)
    }
}
