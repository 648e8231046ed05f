//! Wishes for another date: "postpone the rotation by two weeks", "move groq to 15 January", "every 60 days from now on".
//!
//! A wish needs what it wants (a day, a span, an interval), and either a verb for it or the name of what is moved with nothing
//! beside it that we do not know. What happened, what somebody plans, and what is denied is none; a guess or a question to all
//! is a wish that nothing follows from.
use super::clock::{self, ClockWords};
use super::days::DayWords;
use super::errand::Errand;
use super::lexicon::{DateLexicon, WordKind, WordKinds};
use super::scan::{ONE_WEEK, Scan, amended, scan};
use crate::schedule::Interval;
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
    /// The time of a reminder, on that day or, without one, the next time that it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockWords>,
    /// What a reminder is for.
    #[serde(default, skip_serializing_if = "Errand::is_untold")]
    pub errand: Errand,
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

    /// Whether it does not say what is wanted.
    pub fn is_unfinished(&self) -> bool {
        self.to.is_none() && self.clock.is_none() && self.by.is_none() && self.every.is_none()
    }
}

/// The wish in a clause: whether it ends as a question, and whether its sentence names a key.
pub(super) fn wish(lexicon: &DateLexicon, clause: &str, is_asked: bool, is_named: bool) -> Option<DateWish> {
    let words = lexicon.words(clause);
    let reminds = words.iter().any(|word| word.is(WordKinds::of(&[WordKind::Remind])));
    let (time, words) = if reminds { clock::taken(&words) } else { (None, words) };
    let mut scan = scan(&amended(&words), is_asked);
    scan.key |= is_named
        && scan.has(&[
            WordKind::Move,
            WordKind::Place,
            WordKind::Change,
            WordKind::Later,
            WordKind::Earlier,
            WordKind::Snooze,
        ]);
    if scan.has(&[WordKind::Veto]) {
        return None;
    }
    let is_timed = time.is_some() && scan.unknown_before_verb.is_none_or(|unknown| unknown == 0);
    let wish = wanted(&scan).or_else(|| is_timed.then(DateWish::default))?;
    let asks_all = scan.is_asked && !scan.has(&[WordKind::Polite]);
    let is_told = |time: &&DayWords| **time != DayWords::HowOften || scan.every.is_none();
    let impossible = scan.impossible.as_ref().filter(is_told);
    let is_until = wish.to.is_some() && wish.every.is_none() && scan.has(&[WordKind::Until]);
    let is_reminder = scan.has(&[WordKind::Remind])
        && !scan.has(&[
            WordKind::Move,
            WordKind::Place,
            WordKind::Change,
            WordKind::Later,
            WordKind::Snooze,
            WordKind::Push,
            WordKind::Earlier,
        ]);
    let puts_off = scan.has(&[WordKind::Later, WordKind::Snooze, WordKind::Push])
        && !scan.has(&[WordKind::Move, WordKind::Place, WordKind::Change, WordKind::Earlier]);
    Some(DateWish {
        all: scan.has(&[WordKind::All]),
        tentative: wish.tentative || asks_all || scan.has(&[WordKind::Hedge, WordKind::Except]),
        way: match wish.way {
            DateWay::To if is_reminder => DateWay::Reminder,
            DateWay::To if is_until || puts_off && wish.every.is_none() => DateWay::Later,
            way => way,
        },
        to: impossible.cloned().or(wish.to),
        clock: time.filter(|_| is_reminder),
        ..wish
    })
}

/// What a clause wants, if anything.
fn wanted(scan: &Scan) -> Option<DateWish> {
    let interval = scan.every.or_else(|| {
        let of_interval = scan.has(&[WordKind::Interval]) && scan.unknown_in_all == 0 && !scan.is_asked;
        scan.spans.first().copied().filter(|_| of_interval)
    });
    if let Some(every) = interval {
        let starts = scan.days.first().cloned();
        let known = scan.unknown_in_all == 0
            || scan.has(&[WordKind::Rotate, WordKind::Move, WordKind::Place, WordKind::Change]) && scan.unknown == 0;
        let said = scan.names_its_object()
            || scan.has(&[WordKind::Rotate, WordKind::Interval])
            || scan.has(&[WordKind::KeyNoun]) && scan.has(&[WordKind::All]);
        // "every 60 days": nothing else is said.
        let bare = scan.unknown_in_all == 0 && scan.words <= SHORT;
        let asked = scan.is_asked && !scan.has(&[WordKind::Polite, WordKind::Hedge]);
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
            way: way(scan.has(&[WordKind::Earlier])),
            ..DateWish::default()
        });
    }
    if let Some(by) = scan.spans.first().copied() {
        return moved_by(scan).then(|| DateWish {
            by: Some(by),
            way: way(scan.has(&[WordKind::Earlier, WordKind::Before])),
            ..DateWish::default()
        });
    }
    let bare = scan.words <= 2 || scan.has(&[WordKind::Hedge, WordKind::Polite]) || scan.is_asked && scan.words <= 4;
    let verb = scan.has(&[WordKind::Later]) && (scan.names_its_object() || scan.has(&[WordKind::It]) || bare)
        || scan.has(&[WordKind::Move]) && scan.names_its_object();
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
    let object = scan.names_its_object() || scan.has(&[WordKind::It]);
    let of_rotation = scan.key || scan.has(&[WordKind::Object, WordKind::All, WordKind::It]);
    if scan.has(&[WordKind::Later, WordKind::Snooze, WordKind::Earlier]) && knows_most && (object || scan.words <= 5) {
        return true;
    }
    // "Remind me on Friday about the old key": what it is about may be anything.
    if scan.has(&[WordKind::Remind]) && scan.unknown_before_verb.is_none_or(|unknown| unknown == 0) {
        return true;
    }
    let bare = scan.is_led_to && scan.words <= 6;
    if scan.has(&[WordKind::Move]) && (object || bare || scan.has(&[WordKind::KeyNoun])) && knows_all {
        return true;
    }
    let is_led = scan.is_led_to && knows_all || scan.has(&[WordKind::Until]) && knows_most;
    if scan.has(&[WordKind::Push]) && of_rotation && is_led {
        return true;
    }
    if scan.has(&[WordKind::Place]) && of_rotation && knows_all {
        return true;
    }
    if scan.has(&[WordKind::Change]) && knows_all && (scan.is_led_to || scan.has(&[WordKind::Object, WordKind::It])) {
        return true;
    }
    // "groq naar 15 januari graag", "next rotation: 4 May", "bybit next week instead", "can groq go to Friday?"
    let wanted = scan.is_led_to || scan.has(&[WordKind::Cue]);
    let said = !scan.is_asked || scan.is_led_to && scan.has(&[WordKind::May]);
    scan.names_its_object() && wanted && scan.unknown_in_all == 0 && said && !scan.has(&[WordKind::Rotate])
}

/// Whether the clause moves something by its span.
fn moved_by(scan: &Scan) -> bool {
    let knows_most = scan.knows_most();
    let object = scan.names_its_object() || scan.has(&[WordKind::It, WordKind::KeyNoun]);
    if scan.has(&[WordKind::Later, WordKind::Snooze, WordKind::Earlier]) && knows_most {
        return true;
    }
    if scan.has(&[WordKind::Push, WordKind::Move]) && object && knows_most {
        return true;
    }
    let asked = scan.is_asked && !scan.has(&[WordKind::Polite]);
    scan.names_its_object() && scan.has(&[WordKind::After, WordKind::Before]) && scan.unknown_in_all == 0 && !asked
}
