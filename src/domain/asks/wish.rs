//! Wishes for another date: "postpone the rotation by two weeks", "move groq to 15 January", "every 60 days from now on".
//!
//! A wish needs what it wants (a day, a span, an interval), and either a verb for it or the name of what is moved with nothing
//! beside it that we do not know. What happened, what somebody plans, and what is denied is none; a guess or a question to all
//! is a wish that nothing follows from.
use super::days::DayWords;
use super::lexicon::DateLexicon;
use super::scan::{ONE_WEEK, Scan, amended, scan};
use crate::domain::schedule::Interval;
use serde::{Deserialize, Serialize};

/// A clause of so few words says nothing else.
const SHORT: usize = 8;

/// Which way somebody wants a date moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateWay {
    /// To a day, whichever it has.
    #[default]
    To,
    /// To no earlier day than it has.
    Later,
    /// To an earlier day.
    Earlier,
    /// Nowhere: somebody wants to be reminded.
    Reminder,
}

/// What somebody wants of the dates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateWish {
    /// The day to which they are moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DayWords>,
    /// By how much they are moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Interval>,
    /// Which way they are moved, where that is said.
    #[serde(default)]
    pub way: DateWay,
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
    /// A wish of which no more is known than that it is one, perhaps, for these keys.
    pub fn suspected(keys: Vec<String>) -> Self {
        Self {
            keys,
            tentative: true,
            ..Self::default()
        }
    }

    /// Somebody wants to be reminded on a day.
    pub fn reminder(day: DayWords) -> Self {
        Self {
            to: Some(day),
            way: DateWay::Reminder,
            ..Self::default()
        }
    }

    /// Whether it does not say what is wanted.
    pub fn is_unfinished(&self) -> bool {
        self.to.is_none() && self.by.is_none() && self.every.is_none()
    }
}

/// The wish in a clause: whether it ends as a question, and whether its sentence names a key.
pub(super) fn wish(lexicon: &DateLexicon, clause: &str, is_asked: bool, is_named: bool) -> Option<DateWish> {
    let words = amended(&lexicon.words(clause));
    let mut scan = scan(&words, is_asked);
    scan.key |= is_named && scan.has(&["move", "place", "change", "later", "earlier", "snooze"]);
    if scan.has(&["veto"]) {
        return None;
    }
    let wish = wanted(&scan)?;
    let asks_all = scan.is_asked && !scan.has(&["polite"]);
    let is_told = |time: &&DayWords| **time != DayWords::HowOften || scan.every.is_none();
    let impossible = scan.impossible.as_ref().filter(is_told);
    let is_until = wish.to.is_some() && wish.every.is_none() && scan.has(&["until"]);
    let is_reminder =
        scan.has(&["remind"]) && !scan.has(&["move", "place", "change", "later", "snooze", "push", "earlier"]);
    let puts_off = scan.has(&["later", "snooze", "push"]) && !scan.has(&["move", "place", "change", "earlier"]);
    Some(DateWish {
        all: scan.has(&["all"]),
        tentative: wish.tentative || asks_all || scan.has(&["hedge", "except"]),
        way: match wish.way {
            DateWay::To if is_reminder => DateWay::Reminder,
            DateWay::To if is_until || puts_off && wish.every.is_none() => DateWay::Later,
            way => way,
        },
        to: impossible.cloned().or(wish.to),
        ..wish
    })
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
        // "every 60 days": nothing else is said.
        let bare = scan.unknown_in_all == 0 && scan.words <= SHORT;
        let asked = scan.is_asked && !scan.has(&["polite", "hedge"]);
        return (known && (said || bare) && !asked).then(|| DateWish {
            every: Some(every),
            to: starts,
            tentative: !said && every.days() < ONE_WEEK.days() && scan.impossible.is_none(),
            ..DateWish::default()
        });
    }
    if scan.impossible == Some(DayWords::HowOften) && scan.unknown_in_all <= 1 && !scan.is_asked {
        return Some(DateWish::default());
    }
    if !scan.days.is_empty() {
        return moved_to(scan).then(|| DateWish {
            to: Some(one_of(&scan.days)),
            way: way(scan.has(&["earlier"])),
            ..DateWish::default()
        });
    }
    if let Some(by) = scan.spans.first().copied() {
        return moved_by(scan).then(|| DateWish {
            by: Some(by),
            way: way(scan.has(&["earlier", "before"])),
            ..DateWish::default()
        });
    }
    let bare = scan.words <= 2 || scan.has(&["hedge", "polite"]) || scan.is_asked && scan.words <= 4;
    let verb = scan.has(&["later"]) && (scan.names_its_object() || scan.has(&["it"]) || bare)
        || scan.has(&["move"]) && scan.names_its_object();
    (verb && scan.unknown_in_all == 0).then(DateWish::default)
}

fn way(earlier: bool) -> DateWay {
    if earlier { DateWay::Earlier } else { DateWay::To }
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
    // "Remind me on Friday about the old key": what it is about may be anything.
    if scan.has(&["remind"]) && scan.unknown_before_verb.is_none_or(|unknown| unknown == 0) {
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
