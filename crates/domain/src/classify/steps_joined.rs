//! Steps that were read, joined: exceptions ("all but step 3") and lists of steps ("step 1 and step 2").
use super::grammar::Grammar;
use super::step_set::{StepSet, range};
use super::token::{Token, TokenValue};

/// "all but step 3": the others are meant. Gives the steps that were left out.
pub(super) fn leave_out(grammar: &Grammar, tokens: &mut Vec<Token>) -> StepSet {
    let bits = grammar.bits;
    let mut left_out = 0;
    let mut at = 1;
    while at < tokens.len() {
        let TokenValue::Steps(set) = tokens[at].value else {
            at += 1;
            continue;
        };
        let all = |token: &Token| {
            grammar.is(token, bits.all)
                || matches!(token.value, TokenValue::Steps(all) if all == range(1, grammar.steps_total))
        };
        let except = at - 1 - usize::from(at > 1 && grammar.is(&tokens[at - 1], bits.article));
        let excepted = grammar.is(&tokens[except], bits.except);
        let from = if grammar.is(&tokens[except], bits.all) {
            Some(except)
        } else {
            except.checked_sub(1).filter(|&from| all(&tokens[from]))
        };
        // "But 2 is not" is a clause of its own.
        let says_more = grammar.is_at(tokens, at + 1, grammar.states | bits.aux | bits.not);
        if let Some(from) = from.filter(|_| excepted) {
            left_out |= set;
            let start = tokens[from].start;
            tokens.drain(from..at);
            tokens[from] = Token {
                start,
                value: TokenValue::Steps(range(1, grammar.steps_total) & !set),
                ..tokens[from]
            };
            at = from;
        } else if excepted && !says_more && leaves_out(grammar, &mut tokens[..except], set) {
            left_out |= set;
            tokens.drain(except..=at);
            at = except;
            continue;
        }
        at += 1;
    }
    left_out
}

/// "3, not 2", "not 2 but 3", "3 instead of 2": the step that was not meant keeps its place and names nothing.
pub(super) fn drop_replaced(grammar: &Grammar, tokens: &mut [Token]) {
    let bits = grammar.bits;
    let is_step = |token: Option<&Token>| token.is_some_and(Token::is_step);
    for at in 0..tokens.len() {
        if !grammar.is(&tokens[at], bits.not | bits.insteadof) || grammar.is(&tokens[at], bits.neither) {
            continue;
        }
        // "i.p.v." ends in a dot that ends no sentence.
        let behind = at + 1 + usize::from(grammar.is_at(tokens, at + 1, bits.article | bits.stop));
        if !is_step(tokens.get(behind)) {
            continue;
        }
        let comma = usize::from(grammar.is_before(tokens, at, bits.comma));
        let before = at.checked_sub(1 + comma).and_then(|at| tokens.get(at));
        let but = behind + 1 + usize::from(grammar.is_at(tokens, behind + 1, bits.comma));
        let other = but + 1 + usize::from(grammar.is_at(tokens, but + 1, bits.article));
        let named_instead = grammar.is_at(tokens, but, bits.but | bits.rather) && is_step(tokens.get(other));
        let instead = grammar.is(&tokens[at], bits.insteadof);
        // "3 and 4 are done, not 2": what is said of the others before is not said of it; of "not 2 yet" something else is.
        let others = tokens[..at].iter().rev().take(BACK_WITHIN);
        let mut others = others.take_while(|token| !grammar.is(token, bits.stop | bits.line));
        let behind_but = grammar.is_before(tokens, at, bits.but);
        let said_of_others = (comma == 1 || behind_but || grammar.is_before(tokens, at, grammar.states))
            && grammar.is(&tokens[at], bits.not)
            && !grammar.is_at(tokens, but, grammar.states | bits.aux)
            && others.any(|token| match (token.value, tokens[behind].value) {
                // "2 is done, but not 3" tells of 3; "1 to 3 are, but not 2" of the others.
                (TokenValue::Steps(set), TokenValue::Steps(other)) => !behind_but || set & other != 0,
                _ => false,
            });
        let is_before = is_step(before);
        if (is_before || said_of_others || named_instead && !instead)
            && let TokenValue::Steps(dropped) = std::mem::replace(&mut tokens[behind].value, TokenValue::Steps(0))
        {
            leaves_out(grammar, &mut tokens[..at], dropped);
        }
        // "Step 3 (not 4) is done": what is said goes on, and is not denied.
        let goes_on = grammar.is_at(tokens, but, bits.aux | grammar.states);
        if is_before && goes_on && !instead {
            tokens[at].symbol = 0;
        }
    }
}

/// So many words of a sentence are looked back over at most: time must not grow with the square of a text.
const BACK_WITHIN: usize = 64;

/// Leaves steps out of those that a sentence names before, where some are left; whether there are such: "1 to 3, but not 2".
fn leaves_out(grammar: &Grammar, before: &mut [Token], dropped: StepSet) -> bool {
    let bits = grammar.bits;
    let in_sentence = before.iter_mut().rev().take(BACK_WITHIN);
    let mut in_sentence = in_sentence.take_while(|token| !grammar.is(token, bits.stop | bits.line));
    in_sentence.any(|token| match &mut token.value {
        TokenValue::Steps(set) if *set & dropped != 0 && *set & !dropped != 0 => {
            *set &= !dropped;
            true
        }
        _ => false,
    })
}

/// "Step 2 is done before step 1": of the step that it is compared with nothing is said.
pub(super) fn drop_compared(grammar: &Grammar, tokens: &mut [Token]) {
    let bits = grammar.bits;
    for at in 2..tokens.len() {
        if !tokens[at].is_step() || !grammar.is(&tokens[at - 1], bits.before) {
            continue;
        }
        let said = tokens[..at - 1].iter().rev().take(BACK_WITHIN);
        let said = said.take_while(|token| !grammar.is(token, bits.stop | bits.line | bits.comma));
        let stated = said
            .clone()
            .any(|token| grammar.is(token, bits.done | bits.deed | bits.did));
        if stated && said.clone().any(Token::is_step) {
            tokens[at].value = TokenValue::Steps(0);
        }
    }
}

/// "step 1 and step 2", "step 1, step 2": one set, as they share what is said of them.
pub(super) fn merge(grammar: &Grammar, tokens: &[Token]) -> Vec<Token> {
    let bits = grammar.bits;
    let mut merged: Vec<Token> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().copied().enumerate() {
        if let TokenValue::Steps(set) = token.value
            && !at
                .checked_sub(2)
                .is_some_and(|start| parts_clauses(grammar, tokens, start, at + 1))
            && let [.., before, joiner] = merged.as_slice()
            && let TokenValue::Steps(earlier) = before.value
            && (!grammar.is(joiner, bits.comma) || merged.len() == 2 || opens(grammar, &merged[merged.len() - 3]))
            && grammar.is(joiner, bits.and | bits.comma | bits.to | bits.hyphen | bits.upto)
        {
            let to = grammar.is(joiner, bits.to | bits.hyphen | bits.upto);
            let first = earlier.ilog2();
            let joined = if to { range(first, set.ilog2()) } else { 0 };
            let start = before.start;
            merged.truncate(merged.len() - 2);
            merged.push(Token {
                start,
                value: TokenValue::Steps(earlier | set | joined),
                ..token
            });
        } else {
            merged.push(token);
        }
    }
    merged
}

/// Words between a verb and its step at most.
const WORDS_BETWEEN: usize = 4;

/// "Fixed step 3, step 4 now fails": the steps before share nothing with the one behind, as a word of their own stands in front of
/// them, and another one behind it. `start` is where the steps before start, `behind` what follows the one behind.
fn parts_clauses(grammar: &Grammar, tokens: &[Token], start: usize, behind: usize) -> bool {
    are_spoken_for(grammar, tokens, start) && is_spoken_of(grammar, tokens, behind)
}

/// Whether the steps that start here have a word of their own in front of them: "fixed step 3".
pub(super) fn are_spoken_for(grammar: &Grammar, tokens: &[Token], start: usize) -> bool {
    let bits = grammar.bits;
    let skipped = tokens[..start]
        .iter()
        .rev()
        .take(WORDS_BETWEEN)
        .take_while(|token| grammar.is(token, bits.article | bits.stepword));
    let verb = start.checked_sub(skipped.count() + 1).map(|at| &tokens[at]);
    let acts_on_it = bits.done | bits.deed | bits.clear | bits.did | bits.skip | bits.doit | bits.assumes | bits.puts;
    verb.is_some_and(|token| grammar.is(token, acts_on_it))
}

/// Whether a word of its own stands behind a step: "step 4 now fails".
pub(super) fn is_spoken_of(grammar: &Grammar, tokens: &[Token], behind: usize) -> bool {
    let bits = grammar.bits;
    let rest = tokens.get(behind..).unwrap_or_default();
    let adverb =
        |token: &&Token| grammar.is(token, bits.thennow | bits.still | bits.again) && !grammar.is(token, bits.acts);
    let said = rest.iter().take(WORDS_BETWEEN).find(|token| !adverb(token));
    said.is_some_and(|token| grammar.is(token, bits.single | bits.acts | bits.fail | bits.stuck | bits.cant))
}

/// "Finished step 1, step 2 complains": after a word of its own the first step is spoken for.
fn opens(grammar: &Grammar, before: &Token) -> bool {
    grammar.is(before, grammar.opens | grammar.bits.both | grammar.bits.article)
}
