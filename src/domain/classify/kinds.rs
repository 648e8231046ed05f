//! The kinds of words that the engine itself must know: numbers, marks, units, steps. All others are data.
use super::lexicon::{KindSet, Symbol, SymbolTable};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// One bit for each kind.
        #[derive(Debug, Clone, Copy)]
        pub(super) struct KindBits { $($(#[$doc])* pub(super) $name: KindSet,)* }

        /// The symbol that is this kind and nothing else.
        #[derive(Debug, Clone, Copy)]
        #[expect(dead_code, reason = "one symbol for each bit keeps the table one list")]
        pub(super) struct KindSymbols { $(pub(super) $name: Symbol,)* }

        impl Kinds {
            /// Declares them first, so that they always have a bit.
            pub(super) fn declare(symbols: &mut SymbolTable) -> Self {
                let bits = KindBits { $($name: symbols.declare(stringify!($name)).unwrap_or_default(),)* };
                let only = KindSymbols { $($name: symbols.intern(bits.$name),)* };
                Self { bits, symbols: only }
            }
        }
    };
}

/// The kinds that the engine knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kinds {
    /// Each kind as a set of one bit.
    pub(super) bits: KindBits,
    /// Each kind as the symbol of a word of that kind alone.
    pub(super) symbols: KindSymbols,
}

kinds! {
    /// Marks that end a sentence or part a clause.
    stop, line, ask, comma, colon, dash, hyphen, slash, and, hash, percent,
    /// A word for step, and a step with its number.
    stepword, step, step_number, substep, part_of_step, ordinal, last,
    /// Counts: `3 of 5`, all of them.
    count, count_all, number, decimal,
    /// Words of ranges and of all steps: "1 to 3", "up to", "all but".
    to, upto, both, all, except, before,
    /// Units of time, and words around spans and days.
    minute, hour, week, seconds, half_more, article, duration, day, clock, by, insteadof,
    /// Numerals and ordinals as words.
    numword, ordword,
    /// Marks before the items of a list.
    tick, cross, todo, busy,
    /// Keys, pieces of keys, people, and the words for keys.
    fragment, mention, keyword, secretword, pairword, service, keyvar, key, rotated,
    /// Where clauses part, and what makes one worth parting.
    but, so, corr, of, me, hedge,
    /// What may stand around a bare number that is a step.
    aux, prep, counted,
}
