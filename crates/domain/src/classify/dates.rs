//! Dates and hours by the clock: their numbers are no steps and no time spent. Each becomes one token, a day.
use super::grammar::Grammar;
use super::token::{Token, TokenValue};

/// So many words back a span of time tells that hours are counted, not told by the clock.
const SPAN_WITHIN: usize = 24;

/// How many tokens a date or an hour takes that starts here, given what was read before it.
pub(super) fn date(grammar: &Grammar, read: &[Token], tokens: &[Token]) -> Option<usize> {
    let bits = grammar.bits;
    let before = |kinds| grammar.is_before(read, read.len(), kinds);
    if before(bits.stepword | bits.hash) || tokens.get(1).is_some_and(|token| grammar.is(token, bits.stepword)) {
        return None;
    }
    with_month(grammar, tokens)
        .or_else(|| month_and_day(grammar, tokens))
        .or_else(|| in_figures(grammar, read, tokens))
        .or_else(|| day_of_month(grammar, read, tokens))
}

/// A number that can be the day of a month; behind a German one there may be a dot.
fn day_number(grammar: &Grammar, token: &Token) -> Option<u32> {
    let bits = grammar.bits;
    match token.value {
        TokenValue::Number(number) if !grammar.is(token, bits.numword | bits.ordword | bits.many) => {
            (1..=31).contains(&number).then_some(number)
        }
        _ => None,
    }
}

/// "5 January", "3rd of May", "5. Januar", "3 de mayo de 2026".
fn with_month(grammar: &Grammar, tokens: &[Token]) -> Option<usize> {
    let bits = grammar.bits;
    day_number(grammar, tokens.first()?)?;
    let mut length = 1;
    if grammar.is_at(tokens, length, bits.stop | bits.of) {
        length += 1;
    }
    // "step 1 may fail": a month that is a verb as well needs an end behind it.
    let month = tokens.get(length).filter(|token| grammar.is(token, bits.month))?;
    if grammar.is(month, bits.aux)
        && !tokens.get(length + 1).is_none_or(|token| {
            grammar.is(
                token,
                bits.stop | bits.comma | bits.line | bits.clock | bits.onday | bits.by,
            )
        })
    {
        return None;
    }
    Some(length + 1 + year(grammar, tokens, length + 1))
}

fn year(grammar: &Grammar, tokens: &[Token], at: usize) -> usize {
    let of = usize::from(grammar.is_at(tokens, at, grammar.bits.of));
    match tokens.get(at + of).map(|token| token.value) {
        Some(TokenValue::Number(1900..=2199)) => of + 1,
        _ => 0,
    }
}

/// "January 5", "May the 3rd".
fn month_and_day(grammar: &Grammar, tokens: &[Token]) -> Option<usize> {
    let bits = grammar.bits;
    let month = tokens.first().filter(|token| grammar.is(token, bits.month))?;
    let the = usize::from(grammar.is_at(tokens, 1, bits.article));
    let day = tokens.get(1 + the)?;
    day_number(grammar, day)?;
    let doubtful = grammar.is(month, bits.aux | bits.stepword) && !grammar.is(day, bits.ordinal);
    (!doubtful).then_some(2 + the)
}

/// "op 4-1", "on 5/1", "am 3.1.": between two numbers, behind what stands before a day.
fn in_figures(grammar: &Grammar, read: &[Token], tokens: &[Token]) -> Option<usize> {
    let bits = grammar.bits;
    let first = tokens.first()?;
    // "Termin: 02.12.": with both zeros and both dots it is a date wherever it stands.
    let is_whole = matches!(first.value, TokenValue::Decimal(1..=31, 1..=12, false)) && first.end - first.start == 5;
    if is_whole && grammar.is_at(tokens, 1, bits.stop) && tokens[1].start == first.end {
        return Some(2);
    }
    if !grammar.is_before(read, read.len(), bits.onday | bits.dated | bits.day) {
        return None;
    }
    if matches!(tokens.first()?.value, TokenValue::Decimal(1..=31, _, false)) {
        return (grammar.is_at(tokens, 1, bits.stop) && tokens[1].start == tokens[0].end).then_some(2);
    }
    let day = day_number(grammar, tokens.first()?)?;
    let month = day_number(grammar, tokens.get(2)?)?;
    let joined = grammar.is_at(tokens, 1, bits.slash) || grammar.is_at(tokens, 1, bits.hyphen) && month < day;
    (joined && month <= 12 && tokens[2].start == tokens[1].end).then_some(3)
}

/// "on the 4th", "since the 3rd", "Friday the 3rd"; "am 3."; "a las 3". Behind a state it is a step: "stuck on the 4th".
fn day_of_month(grammar: &Grammar, read: &[Token], tokens: &[Token]) -> Option<usize> {
    let bits = grammar.bits;
    let day = tokens.first()?;
    day_number(grammar, day)?;
    let listed = grammar.is_at(tokens, 1, bits.and | bits.comma | bits.hyphen | bits.to)
        && tokens
            .get(2)
            .is_some_and(|token| matches!(token.value, TokenValue::Number(_)));
    if listed || grammar.is_at(tokens, 1, bits.counted | bits.ordinal) {
        return None;
    }
    if grammar.is_before(read, read.len(), bits.dated) {
        return Some(1);
    }
    let hour = grammar.is_before(read, read.len(), bits.clock) && !grammar.is_before(read, read.len(), bits.to);
    let there = bits.me | bits.stuck | bits.aux | bits.single | bits.not | bits.wait;
    let ends = tokens
        .get(1)
        .is_none_or(|next| grammar.is(next, bits.stop | bits.comma | bits.line | bits.and | bits.me));
    if hour && ends && read.len() > 1 && !grammar.is_before(read, read.len() - 1, there) {
        return Some(1);
    }
    let the = usize::from(grammar.is_before(read, read.len(), bits.article));
    let at = read.len().checked_sub(the)?;
    let stuck = at.checked_sub(1).is_some_and(|at| {
        grammar.is_before(read, at, grammar.states) && !grammar.is_before(read, at, bits.day | bits.wait)
    });
    let dated = grammar.is_before(read, at, bits.onday) && !stuck || grammar.is_before(read, at, bits.day);
    (grammar.is(day, bits.ordinal) && dated).then_some(1)
}

/// "om 3 uur", "à 3 heures": a whole number of hours behind what stands before an hour of the day.
pub(super) fn is_hour(grammar: &Grammar, read: &[Token], minutes: u32) -> bool {
    let spoken_of = || {
        read.iter()
            .rev()
            .take(SPAN_WITHIN)
            .any(|token| matches!(token.value, TokenValue::Minutes(_)))
    };
    minutes.is_multiple_of(60)
        && minutes <= 24 * 60
        && grammar.is_before(read, read.len(), grammar.bits.athour)
        && !spoken_of()
}
