//! Time spans: words and numbers become tokens of minutes; clock times and dates become days.
use super::dates::{date, is_hour};
use super::grammar::Grammar;
use super::token::{Token, TokenValue};

/// Minutes of a unit that is glued to its number.
pub(super) fn unit(letters: &str) -> Option<u32> {
    match letters {
        "h" | "hr" | "hrs" | "u" | "uur" | "std" | "hours" | "hour" => Some(60),
        "m" | "min" | "mins" | "minutes" | "minuten" | "mn" => Some(1),
        _ => None,
    }
}

/// `20min`, `1h30`, `1h10m`: the letters and digits after the first number.
pub(super) fn glued(whole: u32, tail: &str) -> Option<u32> {
    let letters = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
    let minutes = whole.saturating_mul(unit(&tail[..letters])?);
    let rest = tail[letters..]
        .trim_end_matches("minutes")
        .trim_end_matches("mins")
        .trim_end_matches("min");
    match rest.trim_end_matches('m') {
        "" => Some(minutes),
        more => more.parse::<u32>().ok().map(|more| minutes.saturating_add(more)),
    }
}

/// Joins numbers with their units, spans with spans, and marks clock times.
pub(super) fn join_times(grammar: &Grammar, tokens: &[Token]) -> Vec<Token> {
    let symbols = grammar.symbols;
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(&token) = tokens.get(at) {
        if let Some(length) = date(grammar, &joined, &tokens[at..]) {
            let end = tokens[at + length - 1].end;
            joined.push(Token {
                end,
                symbol: symbols.day,
                value: TokenValue::Plain,
                ..token
            });
            at += length;
            continue;
        }
        let (length, minutes) = span(grammar, &tokens[at..]).unwrap_or((1, None));
        let end = tokens[at + length - 1].end;
        let becomes = |symbol, value| Token {
            end,
            symbol,
            value,
            ..token
        };
        match (minutes, token.value) {
            (Some(minutes), _) if is_hour(grammar, &joined, minutes) => {
                joined.push(becomes(symbols.day, TokenValue::Plain));
            }
            (Some(minutes), _) => {
                let span = becomes(symbols.duration, TokenValue::Minutes(minutes));
                push_span(grammar, &mut joined, span, minutes);
            }
            (None, TokenValue::Clock(hours, minutes)) => {
                let by = grammar.is_before(&joined, joined.len(), grammar.bits.by | grammar.bits.clock);
                joined.push(if hours < 10 && !by {
                    becomes(symbols.duration, TokenValue::Minutes(hours * 60 + minutes))
                } else {
                    becomes(symbols.day, TokenValue::Plain)
                });
            }
            _ if length > 1 => joined.push(becomes(symbols.seconds, TokenValue::Plain)),
            _ => joined.push(token),
        }
        at += length;
    }
    joined
}

/// A number in hundredths: `4.2` is 420.
fn hundredths(value: TokenValue) -> Option<u32> {
    match value {
        TokenValue::Number(number) => number.checked_mul(100),
        TokenValue::Decimal(whole, part, _) => whole.checked_mul(100)?.checked_add(part),
        _ => None,
    }
}

/// A span that starts here: how many tokens it takes, and its minutes; `None` for a span of seconds or weeks.
fn span(grammar: &Grammar, tokens: &[Token]) -> Option<(usize, Option<u32>)> {
    let bits = grammar.bits;
    let first = tokens.first()?;
    if let TokenValue::Minutes(minutes) = first.value {
        return Some((1, Some(minutes)));
    }
    let indefinite = grammar.is(first, bits.an);
    let (mut length, mut hundredths) = match fraction(grammar, tokens) {
        Some(fraction) => fraction,
        None => (1, hundredths(first.value).or(indefinite.then_some(100))?),
    };
    if let Some(TokenValue::Minutes(quarter @ 15)) = tokens.get(length).map(|token| token.value) {
        return (!indefinite).then_some((length + 1, Some(hundredths / 100 * quarter)));
    }
    if grammar.is_at(tokens, length, bits.half_more | bits.quarter_more) {
        hundredths += more_hundredths(grammar, &tokens[length]);
        length += 1;
    }
    let end = length + 3;
    while length < end && grammar.is_at(tokens, length, bits.article | bits.roughly | bits.hyphen) {
        length += 1;
    }
    let unit = tokens.get(length)?;
    if grammar.is(unit, bits.seconds | bits.week) {
        return (!indefinite).then_some((length + 1, None));
    }
    let in_hours = grammar.is(unit, bits.hour);
    let minutes = hundredths.saturating_mul(if in_hours { 60 } else { 1 }) / 100;
    let behind = &tokens[length + 1..];
    let (taken, more) = if in_hours {
        bare_minutes(grammar, unit, behind)
    } else {
        (0, 0)
    };
    grammar
        .is(unit, bits.hour | bits.minute)
        .then(|| (length + 1 + taken, Some(minutes.saturating_add(more))))
}

/// "3/4", "1 1/2": how many tokens it takes, and its hundredths.
fn fraction(grammar: &Grammar, tokens: &[Token]) -> Option<(usize, u32)> {
    let number = |at: usize| match tokens.get(at)?.value {
        TokenValue::Number(number) => Some(number),
        _ => None,
    };
    let part = |at: usize| {
        let (part, of) = (number(at)?, number(at + 2)?);
        let fits = grammar.is_at(tokens, at + 1, grammar.bits.slash) && part < of && of <= 4;
        fits.then(|| part * 100 / of)
    };
    part(0)
        .map(|hundredths| (3, hundredths))
        .or_else(|| Some((4, number(0)?.checked_mul(100)?.checked_add(part(1)?)?)))
}

/// What "and a half" and "and a quarter" add, in hundredths.
fn more_hundredths(grammar: &Grammar, token: &Token) -> u32 {
    if grammar.is(token, grammar.bits.half_more) {
        50
    } else {
        25
    }
}

/// The minutes of "1 h 45", "1 Std. 45" and "an hour and twenty", which have no unit of their own: how many tokens they take,
/// and how many they are.
fn bare_minutes(grammar: &Grammar, unit: &Token, tokens: &[Token]) -> (usize, u32) {
    let bits = grammar.bits;
    let dotted = unit.end - unit.start <= 3 && grammar.is_at(tokens, 0, bits.stop);
    let joined = usize::from(dotted || grammar.is_at(tokens, 0, bits.and));
    let Some(TokenValue::Number(minutes @ 5..=59)) = tokens.get(joined).map(|token| token.value) else {
        return (0, 0);
    };
    let token = &tokens[joined];
    let own_unit =
        bits.minute | bits.hour | bits.week | bits.seconds | bits.units | bits.percent | bits.slash | bits.month;
    let in_figures = token.end - token.start == 2 && (joined == 0 || dotted);
    let in_words = grammar.is(token, bits.numword) && minutes % 5 == 0 && minutes > 5;
    let alone = !grammar.is(token, bits.many) && !grammar.is_at(tokens, joined + 1, own_unit);
    if alone && (in_figures || in_words) {
        (joined + 1, minutes)
    } else {
        (0, 0)
    }
}

/// "2 hours and 20 minutes" is one span; so is "1 h 10", "two hours and a half".
fn push_span(grammar: &Grammar, joined: &mut Vec<Token>, mut span: Token, minutes: u32) {
    let with_and = grammar.is_before(joined, joined.len(), grammar.bits.and | grammar.bits.comma);
    let hours_at = joined.len().checked_sub(if with_and { 2 } else { 1 });
    if let Some(at) = hours_at
        && let Token {
            value: TokenValue::Minutes(hours),
            start,
            ..
        } = joined[at]
        && hours >= 60
        && hours % 60 == 0
        && minutes < 60
    {
        joined.truncate(at);
        span.start = start;
        span.value = TokenValue::Minutes(hours.saturating_add(minutes));
    }
    joined.push(span);
}

/// Adds the half of "two hours and a half", and gives "instead of 2" the unit that stood before it.
pub(super) fn finish_times(grammar: &Grammar, tokens: &mut Vec<Token>) {
    let bits = grammar.bits;
    let mut unit = None;
    let mut at = 0;
    while at < tokens.len() {
        if let TokenValue::Minutes(minutes) = tokens[at].value {
            unit = Some(if minutes >= 60 { 60 } else { 1 });
            if minutes % 60 == 0 && grammar.is_at(tokens, at + 1, bits.half_more | bits.quarter_more) {
                let more = more_hundredths(grammar, &tokens[at + 1]) * 60 / 100;
                tokens[at].value = TokenValue::Minutes(minutes.saturating_add(more));
                tokens.remove(at + 1);
            }
            // "in 25 Min. erledigt": the dot ends no sentence.
            let dot = tokens
                .get(at + 1)
                .filter(|dot| grammar.is(dot, bits.stop) && dot.start == tokens[at].end);
            if dot.is_some() && grammar.is_at(tokens, at + 2, bits.done | bits.finish | bits.deed | bits.handles) {
                tokens.remove(at + 1);
            }
        }
        if let (Some(hundredths), Some(unit)) = (hundredths(tokens[at].value), unit)
            && (compares(grammar, tokens, at) || takes(grammar, tokens, at))
        {
            tokens[at].value = TokenValue::Minutes(hundredths.saturating_mul(unit) / 100);
            tokens[at].symbol = grammar.symbols.duration;
        }
        at += 1;
    }
}

/// "Planned 2 hours, done in 3": the number has the unit that stood before it.
fn takes(grammar: &Grammar, tokens: &[Token], at: usize) -> bool {
    let bits = grammar.bits;
    let within = at.checked_sub(1).filter(|&at| grammar.is(&tokens[at], bits.within));
    let done = within.is_some_and(|within| grammar.is_before(tokens, within, bits.done | bits.deed | bits.finish));
    let took = grammar.is_before(tokens, at, bits.took);
    let ends = tokens
        .get(at + 1)
        .is_none_or(|next| grammar.is(next, bits.stop | bits.line | bits.comma));
    (done || took) && ends && !grammar.is(&tokens[at], bits.many)
}

/// Whether the number stands behind "instead of", "instead of the planned", "planned was", and counts nothing else.
fn compares(grammar: &Grammar, tokens: &[Token], at: usize) -> bool {
    let bits = grammar.bits;
    let between = bits.article | bits.planned | bits.aux | bits.colon;
    let mut from = at;
    while at - from < 3 && grammar.is_before(tokens, from, between) && !grammar.is_before(tokens, from, bits.insteadof)
    {
        from -= 1;
    }
    let alone = tokens
        .get(at + 1)
        .is_none_or(|next| next.symbol != 0 && !grammar.is(next, bits.counted));
    grammar.is_before(tokens, from, bits.insteadof) && alone && !grammar.is(&tokens[at], bits.many)
}
