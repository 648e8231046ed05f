//! Steps beyond: numbers that are named as steps and that the page does not have. Who names one means another page, or slipped.
use super::grammar::Grammar;
use super::token::{Token, TokenValue};

/// Words and marks between "step" and its last number at most: "steps 3 to 7", "step 1, 2 and 9".
const NUMBERS_WITHIN: usize = 8;
/// No page has a step of such a number: it counts something else.
const TOO_MANY: u32 = 10_000;

/// The highest number that a clause names as a step and that is none of the page: "step 7 is done" on a page of five.
pub(super) fn beyond(grammar: &Grammar, clause: &[Token]) -> Option<u32> {
    let numbers = clause.iter().enumerate().filter_map(|(at, token)| {
        let TokenValue::Number(number @ 0..TOO_MANY) = token.value else {
            return None;
        };
        let is_beyond = number == 0 || number > grammar.highest_step;
        (is_beyond && is_named(grammar, clause, at)).then_some(number)
    });
    numbers.max()
}

/// Whether the number at a place is named as a step: "step 7", "steps 3 to 7", "the 7th step"; not "step 3 and 8 screws".
fn is_named(grammar: &Grammar, clause: &[Token], at: usize) -> bool {
    let bits = grammar.bits;
    if grammar.is(&clause[at], bits.ordinal | bits.ordword) {
        return grammar.is_at(clause, at + 1, bits.pagestep);
    }
    let joiner = bits.to | bits.hyphen | bits.upto | bits.comma | bits.and | bits.article | bits.stepword | bits.hash;
    let before = clause[..at].iter().rev().take(NUMBERS_WITHIN);
    let list = before.take_while(|token| {
        token.is_step() || matches!(token.value, TokenValue::Number(_)) || grammar.is(token, joiner)
    });
    let mut named = list.map(|token| token.is_step() || grammar.is(token, bits.pagestep));
    let follows_name = grammar.is_before(clause, at, bits.pagestep);
    let ends = |token: &Token| grammar.may_follow_step(token) || follows_name && token.symbol == 0;
    named.any(|named| named) && clause.get(at + 1).is_none_or(ends)
}
