//! A no that answers what was said before denies nothing of what follows: "no, step 2 is done".
use super::grammar::Grammar;
use super::token::Token;

/// Takes the denial from each no that opens a sentence and is followed by one of its own.
pub(super) fn answer(grammar: &Grammar, tokens: &mut [Token]) {
    let bits = grammar.bits;
    let mut opens = true;
    for at in 0..tokens.len() {
        let token = &tokens[at];
        if opens && grammar.is(token, bits.nay) && is_answered(grammar, &tokens[at + 1..]) {
            tokens[at].symbol = grammar.symbols.nay;
        }
        let token = &tokens[at];
        let keeps_open = bits.nay | bits.comma | bits.dash | bits.but | bits.polite | bits.emoji;
        opens = grammar.is(token, bits.stop | bits.line | bits.ask) || opens && grammar.is(token, keeps_open);
    }
}

/// Words between a no and the subject of what follows at most.
const OPENS_WITHIN: usize = 4;

/// Whether a sentence with its own subject and verb follows: a step that is something, or what somebody did. "No, step 4" and "no, it
/// is step 4" name another step.
fn is_answered(grammar: &Grammar, rest: &[Token]) -> bool {
    let bits = grammar.bits;
    let skipped = bits.nay | bits.comma | bits.dash | bits.but | bits.article;
    let marks = rest
        .iter()
        .take(OPENS_WITHIN)
        .take_while(|token| grammar.is(token, skipped));
    let from = marks.count();
    let is_marked = rest[..from]
        .iter()
        .any(|token| grammar.is(token, bits.comma | bits.dash));
    let [subject, verb, said, ..] = &rest[from..] else {
        return false;
    };
    let is_verb = grammar.is(verb, bits.single | bits.aux | bits.did) && !grammar.is(verb, bits.not);
    let of_step = subject.is_step();
    let did = bits.done | bits.deed | bits.participle;
    let of_author = is_marked && grammar.is(subject, bits.me) && (is_verb || grammar.is(verb, did));
    let of_it = grammar.is(subject, bits.pointer) && !said.is_step() && !grammar.is(said, bits.article);
    of_author || is_verb && (of_step && (is_marked || from == 0) || is_marked && of_it)
}
