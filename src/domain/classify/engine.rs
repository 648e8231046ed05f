//! The ground that the readers of tokens stand on, and one look of all patterns at a run of tokens.
use super::kinds::Kinds;
use super::lexicon::{KindSet, Lexicon};
use super::pattern::Letter;
use super::rules::{Book, Owner};
use super::token::Token;

/// What every pass over tokens needs.
pub(super) struct Ground<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) kinds: &'a Kinds,
    /// How many steps the page has.
    pub(super) steps_total: u32,
    /// Kinds after which a clause begins.
    pub(super) opens: KindSet,
    /// Kinds that no step may be followed by: things that are counted.
    counted: KindSet,
}

impl<'a> Ground<'a> {
    pub(super) fn new(book: &'a Book, steps_total: u8) -> Self {
        let bits = &book.kinds.bits;
        Self {
            lexicon: &book.lexicon,
            kinds: &book.kinds,
            steps_total: u32::from(steps_total).min(63),
            opens: book.groups.get("opens").copied().unwrap_or_default(),
            counted: bits.counted | bits.keyword | bits.secretword | bits.stepword | bits.percent | bits.of,
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

    /// Whether what stands there can follow a bare step number: a word that we know, and nothing that is counted.
    pub(super) fn may_follow_step(&self, token: &Token) -> bool {
        token.symbol != 0 && !self.is(token, self.counted)
    }
}

/// The patterns that fit a run of tokens, by owner.
#[derive(Clone, Debug, Default)]
pub(super) struct Hits {
    rules: Bits,
    guards: Bits,
    causes: Bits,
    slots: Bits,
}

#[derive(Clone, Debug, Default)]
struct Bits([u64; 4]);

impl Bits {
    fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }
}

impl Hits {
    /// Lets every pattern look at the tokens at once.
    pub(super) fn of(book: &Book, tokens: &[Token]) -> Self {
        Self::of_some(book, tokens, |_| true)
    }

    /// Lets the patterns of some owners look.
    pub(super) fn of_some(book: &Book, tokens: &[Token], wanted: impl Fn(Owner) -> bool) -> Self {
        let mut letters = Vec::with_capacity(tokens.len() + 2);
        letters.push(Letter::Start);
        letters.extend(
            tokens
                .iter()
                .map(|token| Letter::Word(book.lexicon.symbols.set(token.symbol))),
        );
        letters.push(Letter::End);
        let all = tokens
            .iter()
            .fold(KindSet::NONE, |all, token| all | book.lexicon.symbols.set(token.symbol));
        let mut hits = Self::default();
        for (owner, pattern) in &book.patterns {
            if wanted(*owner) && pattern.fits(&letters, all) {
                match *owner {
                    Owner::Rule(at) => hits.rules.set(at),
                    Owner::Guard(at) => hits.guards.set(at),
                    Owner::Cause(at) => hits.causes.set(at),
                    Owner::Slot(at) => hits.slots.set(at),
                }
            }
        }
        hits
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
    pub(super) fn slot(&self, book: &Book, id: &str) -> bool {
        book.slots
            .iter()
            .enumerate()
            .any(|(at, slot)| slot.id == id && self.slots.has(at))
    }
}
