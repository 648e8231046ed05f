//! Wishes for another date: "postpone the rotation by two weeks", "move groq to 15 January", "every 60 days from now on".
//!
//! A wish needs what it wants (a day, a span, an interval), and either a verb for it or the name of what is moved with nothing
//! beside it that we do not know. What happened, what somebody plans, and what is denied is none; a guess or a question to all
//! is a wish that nothing follows from.
use super::days::{DayWords, day, span};
use super::lexicon::{DateLexicon, DateWord, WordKinds};
use crate::domain::schedule::Interval;
use serde::{Deserialize, Serialize};

/// A verb that means nothing else may have so many words beside it that we do not know.
const UNKNOWN_AT_MOST: usize = 6;

/// What somebody wants of the dates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateWish {
    /// The day to which they are moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DayWords>,
    /// By how much they are moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Interval>,
    /// Whether that is to an earlier day.
    #[serde(default)]
    pub earlier: bool,
    /// How often it is rotated from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Interval>,
    /// Variables of the keys that it names; none: no key in particular.
    #[serde(default)]
    pub keys: Vec<String>,
    /// What it names as a key and we do not know.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// Whether all keys are meant, not only the next rotation.
    #[serde(default)]
    pub all: bool,
    /// Whether it is asked or guessed: nothing is done.
    #[serde(default)]
    pub tentative: bool,
}

impl DateWish {
    /// Whether it does not say what is wanted.
    pub fn is_unfinished(&self) -> bool {
        self.to.is_none() && self.by.is_none() && self.every.is_none()
    }
}

/// What stands in a clause.
#[derive(Default)]
struct Scan {
    kinds: WordKinds,
    key: bool,
    /// Words that we do not know, before what is wanted was told and in all.
    unknown: usize,
    unknown_in_all: usize,
    /// How many of them stand before the verb, where there is one: somebody else may be who does it.
    unknown_before_verb: Option<usize>,
    days: Vec<DayWords>,
    /// Whether what stands before the day leads to it.
    is_led_to: bool,
    spans: Vec<Interval>,
    every: Option<Interval>,
    is_asked: bool,
    words: usize,
}

impl Scan {
    fn has(&self, kinds: &[&str]) -> bool {
        self.kinds.meets(WordKinds::of(kinds))
    }

    /// Whether nothing that matters is unknown; beside a verb that means nothing else, a few words behind it may be.
    fn knows_most(&self) -> bool {
        let by_another = self.unknown_before_verb > Some(0) && !self.has(&["polite"]);
        self.unknown == 0 || !by_another && self.unknown <= UNKNOWN_AT_MOST && self.names_its_object()
    }

    fn names_its_object(&self) -> bool {
        self.key || self.has(&["object", "all"])
    }
}

/// The wish in a clause: whether it ends as a question, and whether its sentence names a key.
pub(super) fn wish(lexicon: &DateLexicon, clause: &str, is_asked: bool, is_named: bool) -> Option<DateWish> {
    let words = lexicon.words(clause);
    let mut scan = scan(&words, is_asked);
    scan.key |= is_named && scan.has(&["move", "place", "change", "later", "earlier", "snooze"]);
    if scan.has(&["veto"]) {
        return None;
    }
    let wish = wanted(&scan)?;
    let asks_all = scan.is_asked && !scan.has(&["polite"]);
    Some(DateWish {
        all: scan.has(&["all"]),
        tentative: asks_all || scan.has(&["hedge"]),
        ..wish
    })
}

fn scan(words: &[DateWord], is_asked: bool) -> Scan {
    let mut scan = Scan {
        is_asked,
        words: words.len(),
        ..Scan::default()
    };
    let verbs = WordKinds::of(&[
        "move", "place", "change", "later", "push", "snooze", "earlier", "remind",
    ]);
    let mut at = 0;
    let mut said_at_unknown = 0;
    while at < words.len() {
        let before = at.checked_sub(1).map(|at| &words[at]);
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
    if here[0].is(WordKinds::of(&["rather"]))
        && let Some(length) = contrary(&here[1..])
    {
        return 1 + length;
    }
    if let Some(often) = here[0].often {
        scan.every = Some(often);
        return 1;
    }
    if here[0].is(WordKinds::of(&["every"]))
        && let Some((length, every)) = span(&here[1..])
    {
        scan.every = Some(every);
        return 1 + length;
    }
    if let Some((length, named)) = day(before, here).filter(|(_, named)| may_be(before, named)) {
        let leads = WordKinds::of(&["toward"]);
        let the = WordKinds::of(&["filler", "cue"]);
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
            let more = here[..length].iter().any(|word| word.is(WordKinds::of(&["after"])));
            scan.kinds = scan.kinds.and(if more {
                WordKinds::of(&["after"])
            } else {
                WordKinds::default()
            });
            scan.spans.push(found);
            length
        }
        _ => 0,
    }
}

/// How many words the interval takes that something else is wanted instead of: "monthly, not quarterly".
fn contrary(words: &[DateWord]) -> Option<usize> {
    let leads = WordKinds::of(&["every", "filler", "to"]);
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
    let leads = WordKinds::of(&["toward", "to", "in", "until", "next"]);
    !matches!(named, DayWords::Month(_)) || before.is_some_and(|word| word.is(leads))
}

/// What a clause wants, if anything.
fn wanted(scan: &Scan) -> Option<DateWish> {
    let interval = scan.every.or_else(|| {
        let of_interval = scan.has(&["interval"]) && scan.unknown_in_all == 0 && !scan.is_asked;
        scan.spans.first().copied().filter(|_| of_interval)
    });
    if let Some(every) = interval {
        let starts = scan.days.first().cloned();
        let known = scan.unknown_in_all == 0 || scan.has(&["rotate", "move", "place", "change"]) && scan.unknown == 0;
        let said = scan.names_its_object()
            || scan.has(&["rotate", "interval"])
            || scan.has(&["keynoun"]) && scan.has(&["all"]);
        let asked = scan.is_asked && !scan.has(&["polite", "hedge"]);
        return (known && said && !asked).then_some(DateWish {
            every: Some(every),
            to: starts,
            ..DateWish::default()
        });
    }
    if !scan.days.is_empty() {
        return moved_to(scan).then(|| DateWish {
            to: Some(one_of(&scan.days)),
            earlier: scan.has(&["earlier"]),
            ..DateWish::default()
        });
    }
    if let Some(by) = scan.spans.first().copied() {
        return moved_by(scan).then(|| DateWish {
            by: Some(by),
            earlier: scan.has(&["earlier", "before"]),
            ..DateWish::default()
        });
    }
    let bare = scan.words <= 2 || scan.has(&["hedge", "polite"]) || scan.is_asked && scan.words <= 4;
    let verb = scan.has(&["later"]) && (scan.names_its_object() || scan.has(&["it"]) || bare)
        || scan.has(&["move"]) && scan.names_its_object();
    (verb && scan.unknown_in_all == 0).then(DateWish::default)
}

/// The day that is meant: of "not 3 February but 10 February" the last one, else the only one.
fn one_of(days: &[DayWords]) -> DayWords {
    match days {
        [one] => one.clone(),
        _ => DayWords::Several,
    }
}

/// Whether the clause moves something to its day.
fn moved_to(scan: &Scan) -> bool {
    let knows_all = scan.unknown == 0;
    let knows_most = scan.knows_most();
    let object = scan.names_its_object() || scan.has(&["it"]);
    let of_rotation = scan.key || scan.has(&["object", "all", "it"]);
    if scan.has(&["later", "snooze", "earlier"]) && knows_most && (object || scan.words <= 5) {
        return true;
    }
    if scan.has(&["remind"]) && knows_all {
        return true;
    }
    let bare = scan.is_led_to && scan.words <= 6;
    if scan.has(&["move"]) && (object || bare || scan.has(&["keynoun"])) && knows_all {
        return true;
    }
    let is_led = scan.is_led_to && knows_all || scan.has(&["until"]) && knows_most;
    if scan.has(&["push"]) && of_rotation && is_led {
        return true;
    }
    if scan.has(&["place"]) && of_rotation && knows_all {
        return true;
    }
    if scan.has(&["change"]) && knows_all && (scan.is_led_to || scan.has(&["object", "it"])) {
        return true;
    }
    // "groq naar 15 januari graag", "next rotation: 4 May", "bybit next week instead", "can groq go to Friday?"
    let wanted = scan.is_led_to || scan.has(&["cue"]);
    let said = !scan.is_asked || scan.is_led_to && scan.has(&["may"]);
    scan.names_its_object() && wanted && scan.unknown_in_all == 0 && said && !scan.has(&["rotate"])
}

/// Whether the clause moves something by its span.
fn moved_by(scan: &Scan) -> bool {
    let knows_most = scan.knows_most();
    let object = scan.names_its_object() || scan.has(&["it", "keynoun"]);
    if scan.has(&["later", "snooze", "earlier"]) && knows_most {
        return true;
    }
    if scan.has(&["push", "move"]) && object && knows_most {
        return true;
    }
    let asked = scan.is_asked && !scan.has(&["polite"]);
    scan.names_its_object() && scan.has(&["after", "before"]) && scan.unknown_in_all == 0 && !asked
}
