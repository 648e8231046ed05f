//! Clause cues: words that tell when what a clause says is so, and whether it goes on about what was said before. What happened
//! later in a comment decides: "it failed at first, now it works".
use super::grammar::Grammar;
use super::lexicon::KindSet;
use super::structure::{Structure, Tense};
use super::token::Token;

/// What the words of a clause tell about when it is so, and of what.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each kind of word may stand there or not")]
pub(super) struct ClauseCues {
    /// It is so by now: "now", "still", "again", a verb that fails today.
    pub(super) is_now: bool,
    /// It was so before.
    pub(super) is_past: bool,
    /// It says so of an "it".
    pub(super) points: bool,
    /// It tells of a cure: "fixed", "gone".
    pub(super) cures: bool,
    /// It begins with a "but".
    pub(super) contrasts: bool,
    /// It goes on about what was spoken of, and names nothing else: "it works".
    pub(super) goes_on: bool,
}

impl ClauseCues {
    /// As the words of a clause tell, and its structure.
    pub(super) fn of(grammar: &Grammar, tokens: &[Token], structure: Structure) -> Self {
        let bits = grammar.bits;
        let has = |kinds: KindSet| tokens.iter().any(|token| grammar.is(token, kinds));
        let fails = |token: &Token| grammar.is(token, bits.acts) && grammar.is(token, bits.fail);
        // "Since Monday" is no "now".
        let now =
            |token: &Token| grammar.is(token, bits.thennow | bits.still | bits.again) && !grammar.is(token, bits.onday);
        let names_thing = |token: &Token| grammar.is(token, bits.article) && !grammar.is(token, bits.but | bits.aux);
        Self {
            is_now: tokens.iter().any(|token| now(token) || fails(token)),
            is_past: structure.tense == Tense::Past || has(bits.worked),
            cures: has(bits.clear),
            points: points(grammar, tokens),
            contrasts: tokens.first().is_some_and(|token| grammar.is(token, bits.but)),
            goes_on: has(bits.pointer | bits.me) || !tokens.iter().any(names_thing),
        }
    }
}

/// Whether a verb has an "it" for its subject: "it fails", "nu crasht het"; not "het script crasht".
fn points(grammar: &Grammar, tokens: &[Token]) -> bool {
    let bits = grammar.bits;
    let verb = bits.fail | bits.stuck | bits.acts | bits.single | bits.cant | bits.not | bits.again | bits.thennow;
    let before_verb = |pair: &[Token]| grammar.is(&pair[0], bits.pointer) && grammar.is(&pair[1], verb);
    tokens.windows(2).any(before_verb) || tokens.last().is_some_and(|token| grammar.is(token, bits.pointer))
}
