//! Steps beyond: numbers behind "step" that the page does not have. Who names one means another page, or slipped.
use super::grammar::Grammar;
use super::token::{Token, TokenValue};

/// Words and marks between "step" and its last number at most: "steps 3 to 7", "step 1, 2 and 9".
const NUMBERS_WITHIN: usize = 8;
/// No page has a step of such a number: it counts something else.
const TOO_MANY: u32 = 100;

/// The highest number that is named as a step and is none of the page: "step 7 is done" on a page of five. `tokens` are those of
/// the text before steps are joined.
pub(super) fn beyond(grammar: &Grammar, tokens: &[Token]) -> Option<u32> {
    let bits = grammar.bits;
    let named = |(at, token): (usize, &Token)| grammar.is(token, bits.pagestep).then_some(at + 1);
    let mut highest = None;
    for from in tokens.iter().enumerate().filter_map(named) {
        let joiner =
            bits.to | bits.hyphen | bits.upto | bits.comma | bits.and | bits.article | bits.stepword | bits.hash;
        let list = tokens[from..].iter().enumerate().take(NUMBERS_WITHIN);
        let list =
            list.take_while(|(_, token)| matches!(token.value, TokenValue::Number(_)) || grammar.is(token, joiner));
        for (ahead, token) in list {
            // "Step 3 and 8 screws" counts the second, and "step 2, 10 minutes" too.
            let ends = |token: &Token| grammar.may_follow_step(token) || ahead == 0 && token.symbol == 0;
            match token.value {
                TokenValue::Number(number @ 1..TOO_MANY)
                    if number > grammar.highest_step && tokens.get(from + ahead + 1).is_none_or(ends) =>
                {
                    highest = highest.max(Some(number));
                }
                _ => {}
            }
        }
    }
    highest
}
