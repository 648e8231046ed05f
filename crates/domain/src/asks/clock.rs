//! Times of day and short spans, as somebody wants to be reminded: "at 8", "om half drie", "15:30", "in two hours".
use super::lexicon::{DateWord, WordKind, WordKinds, is_at};
use serde::{Deserialize, Serialize};

/// Minutes of sixty days: a longer span is told in days.
const LONGEST: u32 = 60 * 24 * 60;

/// A time as somebody names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockWords {
    /// "at 8", "15:30".
    At {
        /// From 0 to 23.
        hour: u32,
        /// From 0 to 59.
        minute: u32,
    },
    /// "in two hours".
    In {
        /// So many from now on.
        minutes: u32,
    },
}

/// The first time that words name, and the words without it.
pub(super) fn taken(words: &[DateWord]) -> (Option<ClockWords>, Vec<DateWord>) {
    let found = (0..words.len()).find_map(|at| Some((at, clock(&words[at..])?)));
    let Some((at, (length, clock))) = found else {
        return (None, words.to_vec());
    };
    let rest = words[..at].iter().chain(&words[at + length..]);
    (Some(clock), rest.cloned().collect())
}

/// How many words the time takes that begins here, and which it is.
pub(super) fn clock(words: &[DateWord]) -> Option<(usize, ClockWords)> {
    ahead(words).or_else(|| time(words))
}

/// "in two hours", "over een half uur", "20 minutes from now".
fn ahead(words: &[DateWord]) -> Option<(usize, ClockWords)> {
    let led = usize::from(is_at(words, 0, &[WordKind::In]));
    let (length, minutes) = span(&words[led..])?;
    let hence = usize::from(is_at(words, led + length, &[WordKind::Hence]));
    (led + hence > 0).then_some((led + length + hence, ClockWords::In { minutes }))
}

/// "two hours", "half an hour", "1 hour and 15 minutes".
fn span(words: &[DateWord]) -> Option<(usize, u32)> {
    let (mut at, mut minutes) = counted(words)?;
    let and = usize::from(is_at(words, at, &[WordKind::Filler]));
    if let Some((length, more)) = counted(&words[(at + and).min(words.len())..]).filter(|(_, more)| *more < 60) {
        at += and + length;
        minutes += more;
    }
    (1..=LONGEST).contains(&minutes).then_some((at, minutes))
}

fn counted(words: &[DateWord]) -> Option<(usize, u32)> {
    let first = words.first()?;
    let count = first.number.filter(|_| !first.ordinal && first.minutes.is_none());
    let at = usize::from(count.is_some());
    let unit = words.get(at)?;
    let hour = || unit.unit.filter(|unit| unit.count == 0).map(|_| 60);
    let minutes = unit.minutes.or_else(hour)?.checked_mul(count.unwrap_or(1))?;
    Some((at + 1, minutes))
}

/// "at 8", "om 8 uur", "um halb neun", "à 8h30", "a las 8", "15:30", "8 pm".
fn time(words: &[DateWord]) -> Option<(usize, ClockWords)> {
    let is_led = is_at(words, 0, &[WordKind::Clock]);
    if is_at(words, usize::from(is_led), &[WordKind::Noon]) {
        return Some((1 + usize::from(is_led), ClockWords::At { hour: 12, minute: 0 }));
    }
    let may_lead = is_led || is_at(words, 0, &[WordKind::To]) && !is_at(words, 0, &[WordKind::In]);
    let mut at = usize::from(may_lead);
    let before: i64 = [
        (WordKind::HalfPast, 30),
        (WordKind::QuarterPast, 15),
        (WordKind::HalfTo, -30),
        (WordKind::QuarterTo, -15),
    ]
    .iter()
    .find_map(|(kind, minutes)| is_at(words, at, &[*kind]).then_some(*minutes))
    .unwrap_or_default();
    at += usize::from(before != 0);
    let hour = words
        .get(at)
        .filter(|word| !word.ordinal && word.figures.unwrap_or(1) <= 2)?;
    // "At a desk" names no time.
    let number = hour.number.filter(|number| hour.figures.is_some() || *number > 1)?;
    at += 1;
    let (length, minute) = minute(&words[at..]).unwrap_or_default();
    at += length;
    let is_hour = words
        .get(at)
        .and_then(|word| word.unit)
        .is_some_and(|unit| unit.count == 0);
    // "A 2 hour call" lasts so long, "à 8h" is a time.
    let is_count = !is_led && words[0].number.is_some() && !words.get(at).is_some_and(|unit| unit.joined);
    at += usize::from(is_hour);
    let is_half_of_day = is_at(words, at, &[WordKind::Am, WordKind::Pm]);
    let number = match (is_at(words, at, &[WordKind::Pm]), is_at(words, at, &[WordKind::Am])) {
        (true, _) if number < 12 => number + 12,
        (_, true) if number == 12 => 0,
        _ => number,
    };
    at += usize::from(is_half_of_day);
    let is_told = length > 0 || is_half_of_day || before != 0;
    let is_time = is_led && (is_told || is_hour || ends(&words[at..]))
        || is_told && before == 0
        || may_lead && is_hour && !is_count;
    let minutes = i64::from(number) * 60 + i64::from(minute) + before;
    let minutes = u32::try_from(minutes)
        .ok()
        .filter(|minutes| is_time && *minutes < 24 * 60)?;
    let (hour, minute) = (minutes / 60, minutes % 60);
    Some((at, ClockWords::At { hour, minute }))
}

/// What follows an hour: ":30", ".30", "h30".
fn minute(words: &[DateWord]) -> Option<(usize, u32)> {
    let (mark, minute) = (words.first()?, words.get(1)?);
    let is_mark = matches!(mark.sign, Some(':' | '.')) || mark.unit.is_some_and(|unit| unit.count == 0);
    let is_minute = mark.joined && minute.joined && minute.figures == Some(2) && !minute.ordinal;
    let number = minute.number.filter(|number| is_mark && is_minute && *number < 60)?;
    Some((2, number))
}

/// Whether a bare number before this is a time: "om 8 aan de sleutel"; "om 2 dozen te kopen" is none.
fn ends(words: &[DateWord]) -> bool {
    let goes_on = WordKinds::of(&[
        WordKind::To,
        WordKind::Toward,
        WordKind::In,
        WordKind::Cue,
        WordKind::Filler,
        WordKind::Amend,
        WordKind::Next,
        WordKind::Errand,
    ]);
    words.first().is_none_or(|next| {
        let is_date = next
            .sign
            .is_some_and(|sign| next.joined && matches!(sign, '/' | '-' | '.') && words.len() > 1);
        let names_a_day = next.weekday.is_some() || next.days.is_some();
        !is_date && next.month.is_none() && (next.sign.is_some() || names_a_day || next.is(goes_on))
    })
}
