//! Time spans: words and numbers become tokens of minutes; clock times and dates become days.
use super::engine::Ground;
use super::token::{Token, Value};

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
pub(super) fn join_times(ground: &Ground, tokens: &[Token]) -> Vec<Token> {
    let bits = &ground.kinds.bits;
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(&token) = tokens.get(at) {
        let (length, minutes) = span(ground, &tokens[at..]).unwrap_or((1, None));
        if let Some(minutes) = minutes {
            let end = tokens[at + length - 1].end;
            push_span(
                ground,
                &mut joined,
                Token {
                    end,
                    symbol: ground.kinds.symbols.duration,
                    ..token
                },
                minutes,
            );
        } else if let Value::Clock(hours, rest) = token.value {
            let after_by = joined.last().is_some_and(|before| ground.is(before, bits.by));
            let span = hours < 10 && !after_by;
            let symbol = if span {
                ground.kinds.symbols.duration
            } else {
                ground.kinds.symbols.day
            };
            let value = if span {
                Value::Minutes(hours.saturating_mul(60).saturating_add(rest))
            } else {
                Value::Plain
            };
            joined.push(Token { symbol, value, ..token });
        } else if length > 1 {
            let end = tokens[at + length - 1].end;
            joined.push(Token {
                end,
                symbol: ground.kinds.symbols.seconds,
                value: Value::Plain,
                ..token
            });
        } else {
            joined.push(token);
        }
        at += length;
    }
    joined
}

/// A span that starts here: how many tokens it takes, and its minutes.
fn span(ground: &Ground, tokens: &[Token]) -> Option<(usize, Option<u32>)> {
    let bits = &ground.kinds.bits;
    let first = tokens.first()?;
    if let Value::Minutes(minutes) = first.value {
        return Some((1, Some(minutes)));
    }
    let hundredths = match first.value {
        Value::Number(number) => number.checked_mul(100)?,
        Value::Decimal(whole, part, _) => whole.checked_mul(100)?.checked_add(part)?,
        _ if ground.is(first, bits.article) => 100,
        _ => return None,
    };
    let mut length = 1;
    let mut hundredths = hundredths;
    if tokens.get(length).is_some_and(|next| ground.is(next, bits.half_more)) {
        hundredths += 50;
        length += 1;
    }
    if tokens.get(length).is_some_and(|next| ground.is(next, bits.hyphen)) {
        length += 1;
    }
    let unit = tokens.get(length)?;
    if ground.is(unit, bits.seconds | bits.week) {
        return Some((length + 1, None)).filter(|_| !ground.is(first, bits.article));
    }
    let minutes = if ground.is(unit, bits.hour) { 60 } else { 1 };
    ground
        .is(unit, bits.hour | bits.minute)
        .then(|| (length + 1, Some(hundredths.saturating_mul(minutes) / 100)))
}

/// "2 hours and 20 minutes" is one span; so is "1 h 10", "two hours and a half".
fn push_span(ground: &Ground, joined: &mut Vec<Token>, token: Token, minutes: u32) {
    let bits = &ground.kinds.bits;
    let with_and = joined
        .last()
        .is_some_and(|before| ground.is(before, bits.and | bits.comma));
    let before = joined
        .len()
        .checked_sub(if with_and { 2 } else { 1 })
        .map(|at| joined[at]);
    if let Some(Token {
        value: Value::Minutes(hours),
        start,
        ..
    }) = before
        && hours >= 60
        && hours % 60 == 0
        && minutes < 60
    {
        joined.truncate(joined.len() - if with_and { 2 } else { 1 });
        joined.push(Token {
            start,
            value: Value::Minutes(hours.saturating_add(minutes)),
            ..token
        });
        return;
    }
    joined.push(Token {
        value: Value::Minutes(minutes),
        ..token
    });
}

/// Adds the half of "two hours and a half", and gives "instead of 2" the unit that stood before it.
pub(super) fn finish_times(ground: &Ground, tokens: &mut Vec<Token>) {
    let bits = &ground.kinds.bits;
    let mut unit = None;
    let mut at = 0;
    while at < tokens.len() {
        if let Value::Minutes(minutes) = tokens[at].value {
            unit = Some(if minutes >= 60 { 60 } else { 1 });
            if minutes % 60 == 0 && tokens.get(at + 1).is_some_and(|next| ground.is(next, bits.half_more)) {
                tokens[at].value = Value::Minutes(minutes.saturating_add(30));
                tokens.remove(at + 1);
            }
        }
        let hundredths = match tokens[at].value {
            Value::Number(number) => number.checked_mul(100),
            Value::Decimal(whole, part, _) => whole.checked_mul(100).and_then(|all| all.checked_add(part)),
            _ => None,
        };
        let after_instead = at > 0 && ground.is(&tokens[at - 1], bits.insteadof);
        if let (Some(hundredths), Some(unit), true) = (hundredths, unit, after_instead) {
            tokens[at].value = Value::Minutes(hundredths.saturating_mul(unit) / 100);
            tokens[at].symbol = ground.kinds.symbols.duration;
        }
        at += 1;
    }
}
