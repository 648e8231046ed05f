//! Conversations about keys and their dates, as many as there are kinds of answers, to render every prompt for them.
use crate::domain::asks::{AskReader, DateDoubt, DateWay, DateWish, DayWords, KeyQuestion};
use crate::domain::effect::{EffectId, KeyState};
use crate::domain::key_dates::{DateMove, FormerKey, FormerStanding, KeptDate, KeyDates, KeyHolders, WhyKept};
use crate::domain::page::{Conversation, DateLookUp, DatesOutcome, ReplyPart};
use crate::domain::schedule::{DEFAULT_INTERVAL, Interval, Priority, Unit};
use crate::domain::verdict::Verdict;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A project's variable, which need not be one that a provider knows.
const VARIABLE: &str = "API_Groq";

/// Each conversation as it waits, and as it is answered.
pub(super) fn conversations(plain: &Conversation, now: DateTime<Utc>) -> Vec<Conversation> {
    let parts = AskReader::builtin()
        .topics()
        .flat_map(questions)
        .chain(dates(now))
        .collect::<Vec<_>>();
    let mut all = Vec::new();
    for part in parts {
        let known = Conversation {
            parts: vec![part],
            keys: vec![key(Verdict::Valid), key(Verdict::Missing), key(Verdict::Invalid)],
            dates: Some(DateLookUp {
                keys: looked_up(now),
                unreadable: None,
            }),
            ..plain.clone()
        };
        let waits = Conversation {
            effects: vec![EffectId::of(&["look"])],
            since: now - TimeDelta::hours(1),
            ..known.clone()
        };
        let unknown = Conversation {
            keys: Vec::new(),
            dates: None,
            ..known.clone()
        };
        all.extend([known, waits, unknown]);
    }
    all
}

fn questions(topic: &str) -> Vec<ReplyPart> {
    let question = |keys: &[&str], unknown: &[&str]| KeyQuestion {
        topic: topic.to_owned(),
        keys: keys.iter().map(|&key| key.to_owned()).collect(),
        unknown: unknown.iter().map(|&name| name.to_owned()).collect(),
        refers: false,
    };
    let questions = [
        question(&[], &[]),
        question(&[VARIABLE], &[]),
        question(&[], &["Datadog"]),
    ];
    questions.map(|question| ReplyPart::KeysAsked { question }).into()
}

fn key(verdict: Verdict) -> KeyState {
    KeyState {
        asked_as: None,
        provider: "groq".to_owned(),
        title: "Groq".to_owned(),
        variables: vec![VARIABLE.to_owned()],
        verdict,
        because: None,
        changed: None,
        fingerprint: None,
        expires_at: None,
        permissions: vec!["read-only".to_owned()],
    }
}

fn looked_up(now: DateTime<Utc>) -> Vec<KeyDates> {
    let known = KeyDates {
        asked_as: None,
        provider: "groq".to_owned(),
        title: "Groq".to_owned(),
        variables: vec![VARIABLE.to_owned()],
        due_at: Some(now + TimeDelta::days(20)),
        every: Some(DEFAULT_INTERVAL),
        rotated_at: Some(now - TimeDelta::days(8)),
        by: Some("ana".to_owned()),
        expires_at: Some(now + TimeDelta::days(40)),
        exposed: false,
        priority: Priority::High,
        former: None,
    };
    let late = KeyDates {
        provider: "bybit".to_owned(),
        due_at: Some(now - TimeDelta::days(1)),
        ..known.clone()
    };
    let former = [
        FormerStanding::InUse,
        FormerStanding::Replaced,
        FormerStanding::Alive,
        FormerStanding::Unproven,
        FormerStanding::Dead,
        FormerStanding::ProbablyDead,
        FormerStanding::Claimed,
        FormerStanding::BroughtBack,
    ];
    let former = former.into_iter().map(|standing| KeyDates {
        provider: format!("{standing:?}"),
        former: Some(FormerKey {
            standing,
            since: Some(now - TimeDelta::days(8)),
            manage_url: "https://a.example".to_owned(),
            holders: Some(KeyHolders::default()),
        }),
        ..known.clone()
    });
    let former: Vec<KeyDates> = former.collect();
    [known.clone(), late].into_iter().chain(former).collect()
}

fn dates(now: DateTime<Utc>) -> Vec<ReplyPart> {
    let day = NaiveDate::default();
    let doubts = [
        DateDoubt::Past { day },
        DateDoubt::NoSuchDay,
        DateDoubt::TooFar,
        DateDoubt::Either {
            day_first: day,
            month_first: day,
        },
        DateDoubt::WhichDay,
        DateDoubt::Several,
        DateDoubt::TooOften,
        DateDoubt::HowOften,
    ];
    let to = Some(now + TimeDelta::days(46));
    let mut outcomes: Vec<DatesOutcome> = doubts.map(|doubt| DatesOutcome::Doubtful { doubt }).into();
    outcomes.extend([true, false].map(|may| DatesOutcome::Told { to, may }));
    outcomes.extend([
        DatesOutcome::Wanted { to },
        DatesOutcome::Unreadable,
        DatesOutcome::Told { to: None, may: false },
    ]);
    for written in [true, false] {
        let (moves, kept) = (moves(now), kept(now));
        outcomes.push(DatesOutcome::Moved { moves, kept, written });
    }
    let wish = DateWish {
        to: Some(DayWords::Weekday(1)),
        keys: vec![VARIABLE.to_owned()],
        ..DateWish::default()
    };
    let reminder = ReplyPart::Dates {
        wish: DateWish {
            way: DateWay::Reminder,
            ..wish.clone()
        },
        outcome: DatesOutcome::Told { to, may: true },
    };
    let part = |outcome| ReplyPart::Dates {
        wish: wish.clone(),
        outcome,
    };
    let back = [Vec::new(), moves(now)].map(|moves| ReplyPart::DatesBack { moves });
    outcomes.into_iter().map(part).chain(back).chain([reminder]).collect()
}

fn moves(now: DateTime<Utc>) -> Vec<DateMove> {
    let every = [Unit::Days, Unit::Weeks, Unit::Months, Unit::Years].map(|unit| Interval { count: 1, unit });
    let one = |every: Interval| DateMove {
        provider: "groq".to_owned(),
        title: "Groq".to_owned(),
        from: Some(now),
        to: Some(now + TimeDelta::days(14)),
        every_from: Some(DEFAULT_INTERVAL),
        every_to: Some(every),
    };
    every.into_iter().map(one).collect()
}

fn kept(now: DateTime<Utc>) -> Vec<KeptDate> {
    use WhyKept::{Absent, Ends, Exposed, Later, Newer, NoProvider, Past, Same, TooFar};
    let one = |why| KeptDate {
        title: "Groq".to_owned(),
        why,
        at: Some(now),
    };
    [Exposed, Ends, Absent, Same, Past, TooFar, Newer, Later, NoProvider]
        .map(one)
        .into()
}
