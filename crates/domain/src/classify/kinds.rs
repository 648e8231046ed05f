//! The kinds of words that the engine itself must know: numbers, marks, units, steps. All others are data.
use super::lexicon::{KindSet, Symbol, SymbolTable};
use std::ops::Deref;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// One bit for each kind.
        #[derive(Debug, Clone, Copy)]
        pub(super) struct KindBits { $($(#[$doc])* pub(super) $name: KindSet,)* }

        /// The symbol that is this kind and nothing else.
        #[derive(Debug, Clone, Copy)]
        #[expect(dead_code, reason = "one symbol for each bit keeps the table one list")]
        pub(super) struct KindSymbols { $(pub(super) $name: Symbol,)* }

        /// As they are declared first, their bits are known when the program is compiled.
        const BITS: KindBits = {
            let mut next = 0;
            KindBits { $($name: { next += 1; KindSet::one(next - 1) },)* }
        };

        impl Kinds {
            /// The names of all of them, as rule files write them.
            pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// Declares them, in a table that has no others yet.
            pub(super) fn declare(symbols: &mut SymbolTable) -> Self {
                for name in Self::NAMES {
                    symbols.declare(name);
                }
                let only = KindSymbols { $($name: symbols.intern(BITS.$name),)* };
                Self { bits: KnownBits, symbols: only }
            }
        }

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn the_bits_are_those_of_the_table() {
                let mut symbols = SymbolTable::new();
                let kinds = Kinds::declare(&mut symbols);
                $(assert_eq!(symbols.bit(stringify!($name)), Some(kinds.bits.$name));)*
            }
        }
    };
}

/// Stands for the bits of the kinds. It holds none of them itself, so that the compiler works out the sets that the engine asks
/// for, and a question for kinds of the first bits takes one look at a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownBits;

impl Deref for KnownBits {
    type Target = KindBits;

    #[inline]
    fn deref(&self) -> &KindBits {
        &BITS
    }
}

/// The kinds that the engine knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kinds {
    /// Each kind as a set of one bit.
    pub(super) bits: KnownBits,
    /// Each kind as the symbol of a word of that kind alone.
    pub(super) symbols: KindSymbols,
}

kinds! {
    /// Marks that end a sentence or part a clause.
    stop, line, ask, comma, colon, dash, hyphen, slash, and, hash, percent,
    /// A word for step, one that means nothing else, one that is only with a number, and a step with its number.
    stepword, pagestep, itemword, step, step_number, substep, part_of_step, ordinal, last,
    /// Counts: `3 of 5`, all of them.
    count, count_all, number, decimal,
    /// Words of ranges and of all steps: "1 to 3", "up to", "all but".
    to, upto, both, all, except, before,
    /// Units of time, and words around spans and days.
    minute, hour, week, seconds, half_more, quarter_more, roughly, article, an, duration, day, clock, by, insteadof, planned,
    /// What is left of a count: "2 to go".
    togo,
    /// Words of dates: months, what stands before a day of the month, before a bare number that is a day, before an hour.
    month, onday, dated, athour, untilday,
    /// Numerals and ordinals as words, and a number that counts the things behind it.
    numword, ordword, many,
    /// Marks before the items of a list.
    tick, cross, todo, busy,
    /// Keys, pieces of keys, people, and the words for keys.
    fragment, mention, keyword, secretword, pairword, service, keyvar, key, rotated,
    /// Where clauses part, and what makes one worth parting.
    but, so, corr, of, me, hedge, wh,
    /// The article, or the preposition with it, of one thing: what a number behind it names is one of the steps.
    onething,
    /// What may stand around a bare number that is a step: auxiliaries, prepositions, verbs that take a step as their object,
    /// verbs of which it is the subject, what points at something ("that was 3"), and what a verb follows.
    aux, single, prep, handles, acts, pointer, cant, label, counted,
    /// What tells the step that was meant from the one that was not, and the ends of verbs.
    not, rather, neither, participle, gerund, stuck, wait, done, finish, deed, start, partial, particle, units,
    /// What tells that something is so by now: "now", "still", "again", and "it does" for all that was said before; what fails
    /// or is cured.
    thennow, still, again, affirms, func, worked, emoji, fail, clear, good, did,
    /// A yes and a denial; what tells how long something took; "right" as in "it is done, right?".
    yes, dont, took, within, isitso,
    /// Greetings and thanks, other words that only open a sentence, words that are names of people too, and a no that answers.
    polite, opener, forename, nay,
    /// Verbs of which a step is the object and no state: what leaves it out, takes it on, or puts it into a state; the end of
    /// the first in Dutch.
    skip, cutout, doit, assumes, puts, remaining,
}
