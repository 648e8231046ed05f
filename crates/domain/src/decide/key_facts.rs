//! The facts that the answers to questions about keys use, and those about dates that were moved: one row for each key.
use super::builder::DecisionBuilder;
use super::key_questions;
use super::playbook::KeyManual;
use super::prompt_facts::{day, shown, titles};
use crate::asks::{DateDoubt, DateWay, DateWish, KeyQuestion};
use crate::effect::KeyState;
use crate::key_dates::{DateMove, FormerKey, KeptDate, KeyDates};
use crate::page::{Conversation, DatesOutcome, ReplyPart};
use crate::schedule::{Interval, Unit, at_nine, days_until};
use chrono::{DateTime, NaiveDate, Utc};
use minijinja::context;
use minijinja::value::Value;

/// At most so many keys are told of one by one.
const ROWS: usize = 8;

/// A moment as prompts see it: its day, and how many days it is from now.
fn moment(builder: &DecisionBuilder<'_>, language: &str, at: Option<DateTime<Utc>>) -> Value {
    match at {
        Some(at) => {
            let days = days_until(at, builder.now, builder.playbook.zone);
            context! { day => day(builder, language, at), days }
        }
        None => Value::from(()),
    }
}

/// An interval as prompts see it.
fn interval(every: Option<Interval>) -> Value {
    match every {
        Some(every) => {
            let unit = match every.unit {
                Unit::Days => "day",
                Unit::Weeks => "week",
                Unit::Months => "month",
                Unit::Years => "year",
            };
            context! { count => every.count, unit }
        }
        None => Value::from(()),
    }
}

/// The prompt of an answer about keys, and its facts.
pub(super) fn answer(
    builder: &DecisionBuilder<'_>,
    conversation: &Conversation,
    question: &KeyQuestion,
) -> (String, Value) {
    let mut rows = rows(builder, conversation, question);
    let dates = conversation.dates.iter().flat_map(|dates| &dates.keys);
    let present: Vec<&String> = dates.flat_map(|key| &key.variables).collect();
    let (listed, unknown): (Vec<&String>, Vec<&String>) =
        question.unknown.iter().partition(|name| present.contains(name));
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let waits = !conversation.effects.is_empty();
    let needs = key_questions::needs(question);
    let limited = conversation.parts.contains(&ReplyPart::Limited) && (needs.probes || needs.holders);
    let known = conversation.dates.iter().flat_map(|dates| &dates.keys);
    let known: Vec<&KeyDates> = known.filter(|key| !key.variables.is_empty()).collect();
    let facts = context! {
        keys => rows, more, waits, limited,
        asks_all => question.keys.is_empty(),
        unknown => if waits { Value::from(Vec::<Value>::new()) } else { shown(unknown) },
        listed => shown(listed),
        titles => titles(builder, &question.keys),
        present => !known.is_empty(),
        late => known.iter().any(|key| is_late(builder, key)),
        dated => known.iter().any(|key| key.due_at.is_some()),
    };
    (format!("key/{}", question.topic), facts)
}

/// What is known of each key that is meant, in the order of the plan.
fn rows(builder: &DecisionBuilder<'_>, conversation: &Conversation, question: &KeyQuestion) -> Vec<Value> {
    let names = &builder.playbook.names;
    let mut ids: Vec<&String> = question
        .keys
        .iter()
        .filter_map(|variable| names.ids.get(variable))
        .collect();
    let dates = conversation.dates.iter().flat_map(|dates| &dates.keys);
    let mut dates: Vec<&KeyDates> = dates.collect();
    dates.sort_by_key(|key| (!key.exposed, key.priority, key.due_at));
    let of_all = question.keys.is_empty();
    let tells = |key: &&&KeyDates| match question.topic.as_str() {
        "overdue" if of_all && dates.iter().any(|key| is_late(builder, key)) => is_late(builder, key),
        "due" | "overdue" | "rotated" => true,
        "holders" | "former" => !of_all || key.former.is_some(),
        "leaked" => !of_all || key.exposed,
        // The others ask what only a provider tells.
        _ => names.manuals.contains_key(&key.provider),
    };
    if question.keys.is_empty() && question.unknown.is_empty() {
        ids.extend(dates.iter().filter(tells).map(|key| &key.provider));
        ids.extend(conversation.keys.iter().map(|key| &key.provider));
    }
    let mut told: Vec<&String> = Vec::new();
    for id in ids {
        if !told.contains(&id) {
            told.push(id);
        }
    }
    let row = |id: &String| {
        let is_it = |of: &String, asked_as: &Option<String>| of == id || asked_as.as_ref() == Some(id);
        let known = dates.iter().find(|key| is_it(&key.provider, &key.asked_as)).copied();
        let mut probed = conversation.keys.iter();
        let probed = probed.find(|key| is_it(&key.provider, &key.asked_as));
        let manual = (id.as_str(), names.manuals.get(id));
        row(builder, &conversation.language, known, probed, manual)
    };
    told.into_iter().map(row).collect()
}

fn row(
    builder: &DecisionBuilder<'_>,
    language: &str,
    known: Option<&KeyDates>,
    probed: Option<&KeyState>,
    (id, manual): (&str, Option<&KeyManual>),
) -> Value {
    let title = manual.map(|manual| &manual.title);
    let title = title.or(known.map(|key| &key.title)).or(probed.map(|key| &key.title));
    let due = known.and_then(|key| key.due_at);
    let expires = probed
        .and_then(|key| key.expires_at)
        .or(known.and_then(|key| key.expires_at));
    let rotated = known.and_then(|key| key.rotated_at);
    let steps = manual.map_or(&[][..], |manual| manual.steps(language));
    context! {
        title => shown(title),
        id => shown(id),
        variables => shown(probed.map(|key| &key.variables)),
        looked_up => known.is_some(),
        probed => probed.is_some(),
        verdict => probed.map(|key| key.verdict.as_str()),
        life => shown(probed.map(|key| key.verdict.life())),
        permissions => shown(probed.map(|key| &key.permissions)),
        absent => known.is_some_and(|key| key.variables.is_empty()),
        exposed => known.is_some_and(|key| key.exposed),
        exposed_since => moment(builder, language, exposed_since(builder, id)),
        late => due.is_some_and(|due| due <= builder.now),
        former => former(builder, language, known.and_then(|key| key.former.as_ref())),
        due => moment(builder, language, due),
        every => interval(known.and_then(|key| key.every)),
        rotated => moment(builder, language, rotated),
        by => shown(known.and_then(|key| key.by.as_ref())),
        expires => moment(builder, language, expires),
        steps => shown(steps),
        needs => shown(steps.iter().find(|step| tells_of_permissions(step))),
        url => shown(manual.map(|manual| &manual.manage_url)),
    }
}

/// What became of the value that the last rotation replaces.
fn former(builder: &DecisionBuilder<'_>, language: &str, former: Option<&FormerKey>) -> Value {
    let Some(former) = former else {
        return Value::from(());
    };
    context! {
        standing => shown(former.standing),
        since => moment(builder, language, former.since),
        url => former.manage_url.clone(),
        looked => former.holders.as_ref().is_some_and(|holders| holders.looked),
        readers => shown(former.holders.as_ref().map(|holders| &holders.named)),
        more => former.holders.as_ref().map(|holders| holders.more).unwrap_or_default(),
    }
}

/// Since when a provider's key counts as exposed, as far as a clock tells that still runs.
fn exposed_since(builder: &DecisionBuilder<'_>, id: &str) -> Option<DateTime<Utc>> {
    let looked_at = builder.state.leaks.iter().flat_map(|leak| &leak.conversation.exposed);
    let running = looked_at.filter(|key| key.id == id && key.ended_at.is_none());
    running.filter_map(|key| key.since).min()
}

/// Whether a key is exposed, or due.
fn is_late(builder: &DecisionBuilder<'_>, key: &KeyDates) -> bool {
    key.exposed || key.due_at.is_some_and(|due| due <= builder.now)
}

/// Whether a step says what a new key may do.
fn tells_of_permissions(step: &str) -> bool {
    let words = [
        "permission",
        "scope",
        "role",
        "restricted",
        "read content",
        "capabilit",
        "recht",
        "rol ",
        "beperkt",
        "lees",
    ];
    let step = step.to_lowercase();
    words.iter().any(|word| step.contains(word))
}

/// The prompt of what came of a wish for other dates, and its facts.
pub(super) fn dates(
    builder: &DecisionBuilder<'_>,
    conversation: &Conversation,
    wish: &DateWish,
    outcome: &DatesOutcome,
) -> (String, Value) {
    let language = conversation.language.as_str();
    let none = Value::from(());
    let (came, to, moves, kept, may, doubt) = match outcome {
        DatesOutcome::Wanted { to } => ("wanted", *to, none.clone(), none.clone(), true, none),
        DatesOutcome::Told { to, may } => ("told", *to, none.clone(), none.clone(), *may, none),
        DatesOutcome::Unreadable => ("unreadable", None, none.clone(), none.clone(), true, none),
        DatesOutcome::Doubtful { doubt } => (
            "doubtful",
            None,
            none.clone(),
            none,
            true,
            doubted(builder, language, doubt),
        ),
        DatesOutcome::Moved { moves, kept, written } => {
            let came = if *written {
                "moved"
            } else if conversation.effects.is_empty() {
                "failed"
            } else {
                "wanted"
            };
            let kept: Vec<Value> = kept
                .iter()
                .take(ROWS)
                .map(|key| kept_row(builder, language, key))
                .collect();
            (
                came,
                None,
                shown_moves(builder, language, moves),
                Value::from(kept),
                true,
                none,
            )
        }
    };
    let more = match outcome {
        DatesOutcome::Moved { moves, kept, .. } => moves.len().saturating_sub(ROWS) + kept.len().saturating_sub(ROWS),
        _ => 0,
    };
    let told = context! {
        came,
        to => moment(builder, language, to),
        moves, kept, may, doubt, more,
        asks => wish.tentative,
        reminder => wish.way == DateWay::Reminder,
        commands => commands(builder, wish, to),
        example => to.map(|to| to.with_timezone(&builder.playbook.zone).format("%-d %B").to_string()),
        titles => titles(builder, &wish.keys),
    };
    ("dates".to_owned(), told)
}

/// The prompt of dates that are set back, and its facts.
pub(super) fn dates_back(
    builder: &DecisionBuilder<'_>,
    conversation: &Conversation,
    moves: &[DateMove],
) -> (String, Value) {
    let waits = !conversation.effects.is_empty();
    let more = moves.len().saturating_sub(ROWS);
    let moves = shown_moves(builder, &conversation.language, moves);
    ("dates_back".to_owned(), context! { moves, waits, more })
}

fn shown_moves(builder: &DecisionBuilder<'_>, language: &str, moves: &[DateMove]) -> Value {
    let row = |one: &DateMove| {
        context! {
            title => shown(&one.title),
            from => moment(builder, language, one.from),
            to => moment(builder, language, one.to),
            every_from => interval(one.every_from),
            every_to => interval(one.every_to),
        }
    };
    Value::from(moves.iter().take(ROWS).map(row).collect::<Vec<_>>())
}

fn kept_row(builder: &DecisionBuilder<'_>, language: &str, key: &KeptDate) -> Value {
    context! { title => shown(&key.title), why => shown(key.why), at => moment(builder, language, key.at) }
}

/// Why no day is meant, with the days that it may be.
fn doubted(builder: &DecisionBuilder<'_>, language: &str, doubt: &DateDoubt) -> Value {
    let at = |that: &NaiveDate| {
        let at = at_nine(*that, builder.playbook.zone);
        day(builder, language, at)
    };
    let (why, first, second) = match doubt {
        DateDoubt::Past { day } => ("past", Some(at(day)), None),
        DateDoubt::NoSuchDay => ("no_such_day", None, None),
        DateDoubt::TooFar => ("too_far", None, None),
        DateDoubt::Either { day_first, month_first } => ("either", Some(at(day_first)), Some(at(month_first))),
        DateDoubt::WhichDay => ("which_day", None, None),
        DateDoubt::Several => ("several", None, None),
        DateDoubt::TooOften => ("too_often", None, None),
        DateDoubt::HowOften => ("how_often", None, None),
    };
    context! { why, first, second }
}

/// The commands that do what is wished for, one for each key that is named.
fn commands(builder: &DecisionBuilder<'_>, wish: &DateWish, to: Option<DateTime<Utc>>) -> Vec<String> {
    let zone = builder.playbook.zone;
    let to = to.map(|at| at.with_timezone(&zone).format(" %Y-%m-%d").to_string());
    // It is counted from the date of each key when it is run.
    let by = wish.by.map(|by| {
        let way = if wish.way == DateWay::Earlier {
            "earlier"
        } else {
            "later"
        };
        format!(" --{way} {}", short(by))
    });
    let date = to.or(by);
    let every = wish.every.map(|every| format!(" --every {}", short(every)));
    if date.is_none() && every.is_none() {
        return Vec::new();
    }
    let command = |id: Option<&String>| {
        let key = id.map(|id| format!(" --key {id}")).unwrap_or_default();
        let (date, every) = (date.clone().unwrap_or_default(), every.clone().unwrap_or_default());
        format!("keyminder schedule set{date}{every}{key}")
    };
    let names = &builder.playbook.names;
    let mut ids: Vec<&String> = wish
        .keys
        .iter()
        .filter_map(|variable| names.ids.get(variable))
        .collect();
    ids.dedup();
    if ids.is_empty() {
        return vec![command(None)];
    }
    ids.into_iter().map(|id| command(Some(id))).collect()
}

/// As `schedule set --every` takes it.
fn short(every: Interval) -> String {
    let unit = match every.unit {
        Unit::Days => "d",
        Unit::Weeks => "w",
        Unit::Months => "m",
        Unit::Years => "y",
    };
    format!("{}{unit}", every.count)
}
