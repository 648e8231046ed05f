//! A clause taken in, as far as wishes go: which kinds of words stand in it, and which days, spans and intervals. A time that is
//! taken back, "to 15 January, no, 20 January", is none.
use super::day_reader::{day, span};
use super::days::DayWords;
use super::lexicon::{DateLexicon, DateWord, MOVES, WordKind, WordKinds};
use crate::schedule::{Interval, Unit};

/// A verb that means nothing else may have so many words beside it that we do not know.
const UNKNOWN_AT_MOST: usize = 6;

const ONE_DAY: Interval = Interval {
    count: 1,
    unit: Unit::Days,
};
pub(super) const ONE_WEEK: Interval = Interval {
    count: 1,
    unit: Unit::Weeks,
};

/// What stands in a clause.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) kinds: WordKinds,
    pub(super) key: bool,
    /// Words that we do not know, before what is wanted was told and in all.
    pub(super) unknown: usize,
    pub(super) unknown_in_all: usize,
    /// How many of them stand before the verb, where there is one: somebody else may be who does it.
    pub(super) unknown_before_verb: Option<usize>,
    pub(super) days: Vec<DayWords>,
    /// Whether what stands before the day leads to it.
    pub(super) is_led_to: bool,
    pub(super) spans: Vec<Interval>,
    pub(super) every: Option<Interval>,
    /// What is said of a time that cannot be, or tells none: "every few weeks".
    pub(super) impossible: Option<DayWords>,
    pub(super) is_asked: bool,
    pub(super) words: usize,
}

impl Scan {
    pub(super) fn has(&self, kinds: &[WordKind]) -> bool {
        self.kinds.meets(WordKinds::of(kinds))
    }

    /// Whether nothing that matters is unknown; beside a verb that means nothing else, a few words behind it may be.
    pub(super) fn knows_most(&self) -> bool {
        let by_another = self.unknown_before_verb > Some(0) && !self.has(&[WordKind::Polite]);
        self.unknown == 0 || !by_another && self.unknown <= UNKNOWN_AT_MOST && self.names_its_object()
    }

    pub(super) fn names_its_object(&self) -> bool {
        self.key || self.has(&[WordKind::Object, WordKind::All])
    }
}

/// Whether a sentence tells several spans, or several times how often: "Groq back a month and Stripe a week".
pub(super) fn tells_several_spans(lexicon: &DateLexicon, sentence: &str) -> bool {
    let words = lexicon.words(sentence);
    let mut spans = scan(&words, false).spans;
    spans.dedup();
    let every = words.iter().filter(|word| word.is(WordKinds::of(&[WordKind::Every])));
    spans.len() > 1 || every.count() > 1
}

/// Whether a clause takes back what was said before it and names another time: "no, 20 January".
pub(super) fn amends(lexicon: &DateLexicon, clause: &str) -> bool {
    let words = lexicon.words(clause);
    let words = words.as_slice();
    let (mut amends, mut at, mut targets) = (false, 0, 0);
    while at < words.len() {
        let length = target_at(words, at);
        if length > 0 && amends {
            targets += 1;
            at += length;
            continue;
        }
        let word = &words[at];
        amends |= targets == 0 && word.is(WordKinds::of(&[WordKind::Amend]));
        if !joins(word) {
            return false;
        }
        at += 1;
    }
    amends && targets == 1
}

/// Whether a word may stand between a time and what takes its place.
fn joins(word: &DateWord) -> bool {
    word.sign.is_some()
        || word.is(WordKinds::of(&[
            WordKind::Amend,
            WordKind::Filler,
            WordKind::To,
            WordKind::Toward,
            WordKind::Cue,
        ]))
}

/// How many words the day, span or interval takes that begins here.
fn target_at(words: &[DateWord], at: usize) -> usize {
    let before = at.checked_sub(1).map(|at| &words[at]);
    target(&mut Scan::default(), before, words, at)
}

/// Without the times that are taken back: "15 January, no, 20 January" is the latter.
pub(super) fn amended(words: &[DateWord]) -> Vec<DateWord> {
    let mut kept: Vec<DateWord> = Vec::with_capacity(words.len());
    let (mut at, mut last, mut amends) = (0, None, false);
    while at < words.len() {
        let is_amend = words[at].is(WordKinds::of(&[WordKind::Amend]));
        let length = if is_amend { 0 } else { target_at(words, at) };
        if length > 0 {
            if let Some(last) = last.filter(|_| amends) {
                // "every 60 days, no, 90 days"
                let every = |word: &DateWord| word.is(WordKinds::of(&[WordKind::Every]));
                let is_every = every(&kept[last]) && words[at].often.is_none() && !every(&words[at]);
                kept.truncate(last + usize::from(is_every));
            }
            last = Some(kept.len());
            amends = false;
            kept.extend_from_slice(&words[at..at + length]);
            at += length;
            continue;
        }
        amends |= is_amend && last.is_some();
        if !joins(&words[at]) {
            last = None;
        }
        kept.push(words[at].clone());
        at += 1;
    }
    kept
}

/// Takes a clause in.
pub(super) fn scan(words: &[DateWord], is_asked: bool) -> Scan {
    let mut scan = Scan {
        is_asked,
        words: words.len(),
        ..Scan::default()
    };
    let verbs = MOVES.and(WordKinds::of(&[WordKind::Remind]));
    let mut at = 0;
    let mut said_at_unknown = 0;
    while at < words.len() {
        let before = at.checked_sub(1).map(|at| &words[at]);
        if !scan.days.is_empty() && is_time_of_day(&words[at..]) {
            // The time of a day that was named.
            if no_time_of_day(&words[at..]) {
                scan.impossible = Some(DayWords::NoSuchTime);
            }
            at += 3;
            continue;
        }
        let length = target(&mut scan, before, words, at);
        if length > 0 {
            said_at_unknown = scan.unknown_in_all;
            at += length;
            continue;
        }
        let word = &words[at];
        scan.kinds = scan.kinds.and(word.kinds);
        scan.key |= word.key;
        if word.is(verbs) {
            scan.unknown_before_verb.get_or_insert(scan.unknown_in_all);
        }
        if word.is(WordKinds::of(&[WordKind::Every])) && says_how_often(&words[at + 1..]) {
            scan.impossible = Some(DayWords::HowOften);
        }
        let told = scan.every.is_some() || scan.days.len() + scan.spans.len() > 0;
        let is_clock = word.figures.is_some() && told;
        scan.unknown_in_all += usize::from(word.is_unknown() && word.days.is_none() && !is_clock);
        at += 1;
    }
    scan.unknown = if scan.days.is_empty() && scan.spans.is_empty() && scan.every.is_none() {
        scan.unknown_in_all
    } else {
        said_at_unknown
    };
    scan
}

/// Takes in a day, a span or an interval that begins here; how many words it takes, none if there is none.
fn target(scan: &mut Scan, before: Option<&DateWord>, words: &[DateWord], at: usize) -> usize {
    let here = &words[at..];
    if here[0].is(WordKinds::of(&[WordKind::Rather]))
        && let Some(length) = contrary(&here[1..])
    {
        return 1 + length;
    }
    if let Some(often) = here[0].often {
        scan.every = Some(often);
        return 1;
    }
    if here[0].is(WordKinds::of(&[WordKind::Every]))
        && let Some(length) = every(scan, &here[1..])
    {
        return 1 + length;
    }
    if let Some((length, named)) = day(before, here).filter(|(_, named)| may_be(before, named)) {
        let leads = WordKinds::of(&[WordKind::Toward]);
        let the = WordKinds::of(&[WordKind::Filler, WordKind::Cue]);
        let mut behind = words[..at]
            .iter()
            .rev()
            .skip_while(|word| word.is(the) && !word.is(leads));
        scan.is_led_to |= behind
            .next()
            .is_some_and(|word| word.is(leads) || matches!(word.sign, Some(':' | '=' | '>')));
        scan.days.push(named);
        return length;
    }
    match span(here) {
        Some((length, found)) if here[0].number.is_some() || length == 1 => {
            // "24 more hours"
            let more = here[..length]
                .iter()
                .any(|word| word.is(WordKinds::of(&[WordKind::After])));
            scan.kinds = scan.kinds.and(if more {
                WordKinds::of(&[WordKind::After])
            } else {
                WordKinds::default()
            });
            scan.spans.push(found);
            length
        }
        _ => 0,
    }
}

/// Takes in how often, behind an "every": how many words it takes.
fn every(scan: &mut Scan, words: &[DateWord]) -> Option<usize> {
    if let Some(weekday) = words.first()?.weekday {
        scan.every = Some(ONE_WEEK);
        scan.days.push(DayWords::Weekday(weekday));
        return Some(1);
    }
    let number = usize::from(words[0].number.is_some() && words[0].unit.is_none());
    let unit = words.get(number)?;
    if unit.is(WordKinds::of(&[WordKind::Moment])) && words.get(number + 1).is_none_or(|next| next.weekday.is_none()) {
        scan.impossible = Some(DayWords::TooOften);
        scan.every = Some(ONE_DAY);
        return Some(number + 1);
    }
    if let Some((length, every)) = span(words) {
        scan.every = Some(every);
        return Some(length);
    }
    // Hours that make no whole days.
    unit.unit.filter(|unit| unit.count == 0)?;
    scan.impossible = Some(DayWords::TooOften);
    scan.every = Some(ONE_DAY);
    Some(number + 1)
}

/// Whether a unit of time stands here, or soon: "every few weeks", "every 45-60 days".
fn says_how_often(words: &[DateWord]) -> bool {
    let is_thing =
        |word: &&DateWord| word.key || word.is(WordKinds::of(&[WordKind::KeyNoun, WordKind::Object, WordKind::It]));
    let mut until_a_thing = words.iter().take(4).take_while(|word| !is_thing(word));
    until_a_thing.any(|word| word.unit.is_some())
}

/// Whether a time begins here: "9:30".
fn is_time_of_day(words: &[DateWord]) -> bool {
    let figures = |at: usize| words.get(at).and_then(|word| word.figures);
    let colon = words.get(1).is_some_and(|word| word.sign == Some(':'));
    figures(0).is_some() && colon && figures(2) == Some(2)
}

/// Whether the time that begins here is one that no day has: "25:00".
fn no_time_of_day(words: &[DateWord]) -> bool {
    let figures = |at: usize, most: u32| {
        words
            .get(at)
            .and_then(|word| word.number.filter(|_| word.figures.is_some()))
            .is_some_and(|number| number > most)
    };
    figures(0, 24) || figures(2, 59)
}

/// How many words the interval takes that something else is wanted instead of: "monthly, not quarterly".
fn contrary(words: &[DateWord]) -> Option<usize> {
    let leads = WordKinds::of(&[WordKind::Every, WordKind::Filler, WordKind::To]);
    let from = words
        .iter()
        .take(2)
        .take_while(|word| word.often.is_none() && word.is(leads))
        .count();
    if words.get(from)?.often.is_some() {
        return Some(from + 1);
    }
    let (length, _) = span(&words[from..])?;
    Some(from + length)
}

/// A month alone is a word of its own in many a language, "may", "mar": it needs something that leads to it.
fn may_be(before: Option<&DateWord>, named: &DayWords) -> bool {
    let leads = WordKinds::of(&[
        WordKind::Toward,
        WordKind::To,
        WordKind::In,
        WordKind::Until,
        WordKind::Next,
    ]);
    !matches!(named, DayWords::Month(_)) || before.is_some_and(|word| word.is(leads))
}
