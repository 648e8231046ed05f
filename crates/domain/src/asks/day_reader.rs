//! Reading days and spans out of words: "15 January", "next Friday", "in two weeks", "the end of the month", "60d".
use super::days::DayWords;
use super::lexicon::{DateWord, WordKind, WordKinds, is_at};
use crate::schedule::{Interval, Unit};

/// Of longer spans only that is known.
const LONGEST: Interval = Interval {
    count: 100,
    unit: Unit::Years,
};
const ONE_DAY: Interval = Interval {
    count: 1,
    unit: Unit::Days,
};

/// How many words the day takes that begins behind `before`, and which it is.
pub(super) fn day(before: Option<&DateWord>, words: &[DateWord]) -> Option<(usize, DayWords)> {
    let first = words.first()?;
    if let Some(days) = first.days {
        return Some((1, DayWords::Ahead(days)));
    }
    in_figures(words)
        .or_else(|| with_month(words))
        .or_else(|| month_first(words))
        .or_else(|| of_calendar(words))
        .or_else(|| ahead(words))
        .or_else(|| vague(before, words))
        .or_else(|| numbered(before, words))
}

/// "the 15", "am 15.", "dia 15": a number alone that a word for a day leads to.
fn numbered(before: Option<&DateWord>, words: &[DateWord]) -> Option<(usize, DayWords)> {
    if words[0].unit == Some(ONE_DAY) {
        let day = number(words, 1).filter(|day| (1..=31).contains(day))?;
        return Some((2, DayWords::OfMonth(day)));
    }
    let day = number(words, 0).filter(|day| (1..=31).contains(day))?;
    let leads = WordKinds::of(&[WordKind::Toward, WordKind::To]);
    let ends = words.get(1).is_none_or(|next| {
        next.sign.is_some_and(|sign| sign != ':' && sign != '%') || next.is(WordKinds::of(&[WordKind::Cue]))
    });
    (ends && before?.is(leads)).then_some((1, DayWords::OfMonth(day)))
}

fn number(words: &[DateWord], at: usize) -> Option<u32> {
    words.get(at).filter(|word| word.figures.is_some())?.number
}

fn sign(words: &[DateWord], at: usize) -> Option<char> {
    words.get(at)?.sign
}

fn year_of(number: u32, figures: usize) -> Option<i32> {
    match (figures, i32::try_from(number).ok()?) {
        (4, year) => Some(year),
        (2, year) => Some(2000 + year),
        _ => None,
    }
}

/// A year that stands here, behind a comma or an "of" or not: how many words it takes.
fn year(words: &[DateWord], at: usize) -> (usize, Option<i32>) {
    let skipped = usize::from(
        words
            .get(at)
            .is_some_and(|word| word.sign == Some(',') || word.is(WordKinds::of(&[WordKind::Filler, WordKind::To]))),
    );
    match words.get(at + skipped) {
        Some(word) if word.figures == Some(4) => (skipped + 1, word.number.and_then(|number| year_of(number, 4))),
        _ => (0, None),
    }
}

/// "2027-01-15", "25/12", "5.1.", "31-12-2026".
fn in_figures(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let (first, mark, second) = (number(words, 0)?, sign(words, 1)?, number(words, 2)?);
    if !matches!(mark, '/' | '-' | '.') || !words[2].joined && mark != '.' {
        return None;
    }
    let third = number(words, 4).filter(|_| sign(words, 3) == Some(mark) && words[3].joined);
    if words[0].figures == Some(4) {
        let (year, day) = (i32::try_from(first).ok(), third?);
        let clock = usize::from(words.get(5).is_some_and(|word| word.joined && word.sign.is_none()));
        return Some((
            5 + clock,
            DayWords::Date {
                day,
                month: second,
                year,
            },
        ));
    }
    if words[0].figures? > 2 || words[2].figures? > 2 {
        return None;
    }
    let year = third.and_then(|year| year_of(year, words[4].figures.unwrap_or_default()));
    let length = match third {
        Some(_) => 5,
        None if mark == '.' && sign(words, 3) == Some('.') => 4,
        None => 3,
    };
    let named = if mark == '.' {
        // With dots it is one way only; without the second one it may be a number.
        let (day, month) = (first, second);
        (length > 3).then_some(DayWords::Date { day, month, year })?
    } else {
        DayWords::Figures { first, second, year }
    };
    Some((length, named))
}

/// "15 January", "3rd of May 2027", "5. Januar", "1er mars", "2 de dic".
fn with_month(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let day = number(words, 0).filter(|_| words[0].figures <= Some(2))?;
    let mut at = 1;
    while words.get(at).is_some_and(|word| {
        word.sign == Some('.') || word.month.is_none() && word.is(WordKinds::of(&[WordKind::Filler, WordKind::To]))
    }) && at < 3
    {
        at += 1;
    }
    let month = words.get(at)?.month?;
    let dot = usize::from(sign(words, at + 1) == Some('.') && words[at + 1].joined);
    let (more, year) = year(words, at + 1 + dot);
    Some((at + 1 + dot + more, DayWords::Date { day, month, year }))
}

/// "January 15", "May the 3rd, 2027"; a month without a day.
fn month_first(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let month = words.first()?.month?;
    let the = usize::from(
        words
            .get(1)
            .is_some_and(|word| word.is(WordKinds::of(&[WordKind::Filler])) || word.sign == Some('.')),
    );
    let day = number(words, 1 + the).filter(|_| words[1 + the].figures <= Some(2));
    let Some(day) = day else {
        return Some((1, DayWords::Month(month)));
    };
    let (more, year) = year(words, 2 + the);
    Some((2 + the + more, DayWords::Date { day, month, year }))
}

/// "Friday", "next Friday", "next month", "the end of the year".
fn of_calendar(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let of = |kind: WordKind| words[0].is(WordKinds::of(&[kind]));
    let one = |at: usize| words.get(at).and_then(|word| word.unit).filter(|unit| unit.count > 0);
    if let Some((length, weekday)) = of_next_week(words) {
        return Some((length, DayWords::OfNextWeek(weekday)));
    }
    if let Some(weekday) = words[0].weekday {
        let next = usize::from(is_at(words, 1, &[WordKind::Next]));
        return Some((1 + next, DayWords::Weekday(weekday)));
    }
    if of(WordKind::Next) {
        if let Some(weekday) = words.get(1).and_then(|word| word.weekday) {
            return Some((2, DayWords::Weekday(weekday)));
        }
        return Some((2, DayWords::Next(one(1)?)));
    }
    if of(WordKind::End) {
        return end(words);
    }
    // "la semana que viene", "le mois prochain"
    let next = is_at(words, 1, &[WordKind::Next]);
    let unit = one(0).filter(|_| next && words[0].number.is_none())?;
    Some((2, DayWords::Next(unit)))
}

/// "next week Monday", "Monday next week", "maandag van volgende week", "lundi de la semaine prochaine".
fn of_next_week(words: &[DateWord]) -> Option<(usize, u32)> {
    let one_week = Interval {
        count: 1,
        unit: Unit::Weeks,
    };
    let is_next = |at: usize| is_at(words, at, &[WordKind::Next]);
    let is_week = |at: usize| {
        words
            .get(at)
            .is_some_and(|word| word.unit == Some(one_week) && word.number.is_none())
    };
    let week = |at: usize| is_next(at) && is_week(at + 1) || is_week(at) && is_next(at + 1);
    let joins = |word: &&DateWord| {
        word.sign == Some(',')
            || word.unit.is_none()
                && word.weekday.is_none()
                && word.is(WordKinds::of(&[WordKind::Filler, WordKind::To]))
    };
    let joined = |at: usize| {
        words
            .get(at..)
            .map_or(0, |words| words.iter().take(2).take_while(joins).count())
    };
    if let Some(weekday) = words[0].weekday {
        let at = 1 + joined(1);
        return week(at).then_some((at + 2, weekday));
    }
    let at = 2 + joined(2);
    let weekday = words.get(at)?.weekday?;
    week(0).then_some((at + 1, weekday))
}

/// "the end of the month", "the end of next week", "Ende Februar", "fin du mois prochain".
fn end(words: &[DateWord]) -> Option<(usize, DayWords)> {
    let next = |at: usize| is_at(words, at, &[WordKind::Next]);
    let (mut at, mut is_next) = (1, false);
    while at < 4
        && words.get(at).is_some_and(|word| {
            word.month.is_none()
                && word.unit.is_none()
                && word.is(WordKinds::of(&[
                    WordKind::Filler,
                    WordKind::It,
                    WordKind::Next,
                    WordKind::To,
                ]))
        })
    {
        is_next |= next(at);
        at += 1;
    }
    if let Some(month) = words.get(at)?.month {
        let (more, year) = year(words, at + 1);
        return Some((at + 1 + more, DayWords::EndOfMonth { month, year }));
    }
    let unit = words.get(at)?.unit.filter(|unit| unit.count > 0)?;
    let behind = usize::from(!is_next && next(at + 1));
    let named = if is_next || behind > 0 {
        DayWords::EndOfNext(unit)
    } else {
        DayWords::EndOf(unit)
    };
    Some((at + 1 + behind, named))
}

/// "in two weeks", "a month from now"; "the 15th".
fn ahead(words: &[DateWord]) -> Option<(usize, DayWords)> {
    if words[0].is(WordKinds::of(&[WordKind::In]))
        && let Some((length, span)) = span(&words[1..])
    {
        return Some((1 + length, DayWords::In(span)));
    }
    let hence = |at: usize| is_at(words, at, &[WordKind::Hence]);
    if let Some((length, span)) = span(words).filter(|(length, _)| hence(*length)) {
        return Some((length + 1, DayWords::In(span)));
    }
    let day = number(words, 0).filter(|_| words[0].ordinal)?;
    Some((1, DayWords::OfMonth(day)))
}

/// "after the holidays", "to next sprint", "na de zomer": a time that a word leads to; "the summer schedule" is none.
fn vague(before: Option<&DateWord>, words: &[DateWord]) -> Option<(usize, DayWords)> {
    let leads = WordKinds::of(&[
        WordKind::After,
        WordKind::Before,
        WordKind::In,
        WordKind::Filler,
        WordKind::Next,
    ]);
    let named = |word: &DateWord| word.is(WordKinds::of(&[WordKind::Vague]));
    let at = words.iter().take(4).position(named)?;
    let own = WordKinds::of(&[WordKind::After, WordKind::Before, WordKind::In]);
    let is_led = words[..at].iter().all(|word| word.is(leads))
        && (words[..at].iter().any(|word| word.is(own))
            || before.is_some_and(|word| word.is(WordKinds::of(&[WordKind::Toward, WordKind::To]))));
    let follows = usize::from(is_at(words, at + 1, &[WordKind::Next]));
    is_led.then_some((at + 1 + follows, DayWords::Vague))
}

/// How many words the span of days takes that begins here: "two weeks", "60d", "24 hours", "half a year".
pub(super) fn span(words: &[DateWord]) -> Option<(usize, Interval)> {
    let mut at = 1;
    let (count, first) = match words.first()? {
        word if word.number.is_some() && !word.ordinal => (word.number?, 1),
        word if word.unit.is_some() => (1, 0),
        _ => return None,
    };
    if first == 0 {
        at = 0;
    }
    while words.get(at).is_some_and(|word| {
        word.sign == Some('-') || word.unit.is_none() && word.is(WordKinds::of(&[WordKind::Filler, WordKind::After]))
    }) && at < 3
    {
        at += 1;
    }
    let unit = words.get(at)?.unit?;
    let (count, unit) = match unit.count {
        0 if count % 24 == 0 => (count / 24, Unit::Days),
        0 => return None,
        each => (count.checked_mul(each)?, unit.unit),
    };
    let interval = match (Interval { count, unit }) {
        none if none.days() == 0 => return None,
        // Nobody means more by it than "too far".
        ages if ages.days() > LONGEST.days() => LONGEST,
        span => span,
    };
    Some((at + 1, interval))
}
