//! Dates by comment: a wish for another date is looked at, carried out for those who may, and set back when its comment takes it
//! back, goes, or says it no longer, as long as nobody set a newer one.
//!
//! First the present dates are looked up, so that each move goes from a date to a date and can be made twice.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::date_moves::{remember, take_back, want, write};
use super::{corrections, date_moves, heard, reminders};
use crate::asks::{DateDoubt, DateWay, DateWish};
use crate::classify::Label;
use crate::effect::{Effect, EffectId};
use crate::event::Report;
use crate::ids::CommentId;
use crate::key_dates::{DateMove, KeptDate, KeyDates, WhyKept};
use crate::page::{Conversation, DatesOutcome, ReplyPart};
use crate::schedule::{FURTHEST_DAYS, before_expiry, days_until};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What a comment wishes of the dates; the parts of the reply that speak of it.
pub(super) fn wished(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    if report.absorbed || report.wishes.is_empty() {
        return Vec::new();
    }
    let mut made = builder.state.moved.iter();
    let made = made.find(|moved| moved.comment == report.comment.id && !moved.back && moved.wishes == report.wishes);
    if let Some(made) = made {
        // Another part of the comment was changed: its moves stand.
        let outcome = DatesOutcome::Moved {
            moves: made.moves.clone(),
            kept: Vec::new(),
            written: true,
        };
        let wish = report.wishes[0].clone();
        return vec![ReplyPart::Dates { wish, outcome }];
    }
    let mut parts = Vec::new();
    for wish in &report.wishes {
        let part = part(builder, wish, report.may_finish());
        parts.push(match &part {
            ReplyPart::Dates {
                outcome: DatesOutcome::Told { to: Some(to), .. },
                ..
            } if reminders::is_wanted(wish) => reminders::keep(builder, report, *to, &wish.errand),
            _ => part,
        });
    }
    parts
}

/// What somebody who may not act is told: the command.
pub(super) fn for_guest(builder: &DecisionBuilder<'_>, report: &Report) -> Vec<ReplyPart> {
    // A guest is reminded of nothing.
    let of_dates = |wish: &&DateWish| wish.way != DateWay::Reminder && !report.absorbed;
    let wishes = report.wishes.iter().filter(of_dates);
    wishes.map(|wish| part(builder, wish, false)).collect()
}

fn part(builder: &DecisionBuilder<'_>, wish: &DateWish, may: bool) -> ReplyPart {
    let day = wish.moment(builder.now, builder.playbook.zone);
    let too_long = wish
        .every
        .or(wish.by)
        .is_some_and(|span| i64::from(span.days()) > FURTHEST_DAYS);
    let outcome = match day.transpose() {
        Err(doubt) => DatesOutcome::Doubtful { doubt },
        Ok(_) if too_long => DatesOutcome::Doubtful {
            doubt: DateDoubt::TooFar,
        },
        Ok(to) if !may || wish.tentative || wish.way == DateWay::Reminder || wish.is_unfinished() => {
            DatesOutcome::Told { to, may }
        }
        Ok(to) => DatesOutcome::Wanted { to },
    };
    ReplyPart::Dates {
        wish: wish.clone(),
        outcome,
    }
}

/// A key that no provider knows: it may stand in `.env`.
fn unknown(name: &str, keys: &[KeyDates]) -> KeptDate {
    let is_there = keys.iter().any(|key| key.variables.iter().any(|own| own == name));
    KeptDate {
        title: name.to_owned(),
        why: if is_there { WhyKept::NoProvider } else { WhyKept::Absent },
        at: None,
    }
}

/// Wants the dates of keys looked up, after what is being written.
pub(super) fn look_up(
    builder: &mut DecisionBuilder<'_>,
    comment: &CommentId,
    variables: BTreeSet<String>,
    holders: bool,
) -> EffectId {
    let variables = variables.into_iter().collect();
    want(builder, Some(comment), Effect::LookUpKeys { variables, holders })
}

/// Carries the wishes of a conversation out whose dates were looked up; whether something is being written for it.
pub(super) fn move_rotation(builder: &mut DecisionBuilder<'_>, at: usize) -> bool {
    let conversation = &builder.state.conversations[at];
    let waits = |part: &ReplyPart| {
        matches!(
            part,
            ReplyPart::Dates {
                outcome: DatesOutcome::Wanted { .. },
                ..
            }
        )
    };
    if !conversation.parts.iter().any(waits) {
        return false;
    }
    let mut conversation = builder.state.conversations.remove(at);
    let mut looked_up = conversation.dates.clone().filter(|dates| dates.unreadable.is_none());
    let (mut all, mut wishes) = (Vec::new(), Vec::new());
    for part in &mut conversation.parts {
        let ReplyPart::Dates { wish, outcome } = part else {
            continue;
        };
        let DatesOutcome::Wanted { to } = outcome else { continue };
        *outcome = match &mut looked_up {
            None => DatesOutcome::Unreadable,
            Some(dates) => {
                let (moves, kept) = moves(builder, wish, *to, &dates.keys, &all);
                all.extend(moves.iter().cloned());
                wishes.push(wish.clone());
                for one in &moves {
                    one.apply(&mut dates.keys);
                }
                let written = moves.is_empty();
                DatesOutcome::Moved { moves, kept, written }
            }
        };
    }
    let all = date_moves::in_one_each(&mut conversation.parts);
    let writes = !all.is_empty();
    if writes {
        let id = write(builder, conversation.comment.as_ref(), all.clone());
        conversation.effects.push(id);
        remember(builder, &conversation, wishes, all);
    }
    builder.state.conversations.insert(at, conversation);
    writes
}

/// The moves that carry a wish out, and the keys whose dates stay.
fn moves(
    builder: &DecisionBuilder<'_>,
    wish: &DateWish,
    to: Option<DateTime<Utc>>,
    keys: &[KeyDates],
    before: &[DateMove],
) -> (Vec<DateMove>, Vec<KeptDate>) {
    let mut moves = Vec::new();
    let mut kept: Vec<KeptDate> = wish.unknown.iter().map(|name| unknown(name, keys)).collect();
    if !kept.is_empty() {
        return (moves, kept);
    }
    for key in keys.iter().filter(|key| is_meant(builder, wish, to, key, keys)) {
        // "Snooze groq for a week. All keys every 60 days." Both hold.
        let is_dated = before
            .iter()
            .any(|one| one.provider == key.provider && one.every_to.is_none());
        let next = match key.due_at.filter(|_| is_dated && to.is_none() && wish.by.is_none()) {
            Some(dated) => dated,
            None => next_of(builder, wish, to, key),
        };
        match why_kept(builder, wish, key, next) {
            Some((why, at)) => kept.push(KeptDate {
                title: key.title.clone(),
                why,
                at,
            }),
            None => moves.push(DateMove {
                provider: key.provider.clone(),
                title: key.title.clone(),
                from: key.due_at,
                to: Some(next),
                every_from: key.every.filter(|_| wish.every.is_some()),
                every_to: wish.every,
            }),
        }
    }
    (moves, kept)
}

/// Whether a wish means this key: by name; all of them; or the next rotation, which are those that are due before the new day,
/// else first.
fn is_meant(
    builder: &DecisionBuilder<'_>,
    wish: &DateWish,
    to: Option<DateTime<Utc>>,
    key: &KeyDates,
    keys: &[KeyDates],
) -> bool {
    if !wish.keys.is_empty() {
        let ids = &builder.playbook.names.ids;
        return wish
            .keys
            .iter()
            .any(|variable| ids.get(variable) == Some(&key.provider));
    }
    let Some(to) = to.filter(|_| !wish.all && wish.every.is_none()) else {
        return true;
    };
    let first = keys
        .iter()
        .filter(|key| !key.exposed)
        .filter_map(|key| key.due_at)
        .min();
    key.exposed || key.due_at.is_none_or(|due| due < to || Some(due) == first)
}

/// The date that a wish gives to a key.
fn next_of(builder: &DecisionBuilder<'_>, wish: &DateWish, to: Option<DateTime<Utc>>, key: &KeyDates) -> DateTime<Utc> {
    let (now, zone) = (builder.now, builder.playbook.zone);
    // What is overdue is put off from today.
    let base = key.due_at.map_or(now, |due| due.max(now));
    match (to, wish.by, wish.every) {
        (Some(to), ..) => to,
        (None, Some(by), _) => by.moved_from(base, wish.way == DateWay::Earlier, now, zone),
        (None, None, Some(every)) => {
            let next = every.morning_after(key.rotated_at.unwrap_or(now), zone);
            if next > now {
                next
            } else {
                every.morning_after(now, zone)
            }
        }
        (None, None, None) => base,
    }
}

/// Why a key keeps the date that it has.
fn why_kept(
    builder: &DecisionBuilder<'_>,
    wish: &DateWish,
    key: &KeyDates,
    next: DateTime<Utc>,
) -> Option<(WhyKept, Option<DateTime<Utc>>)> {
    let ends = key.expires_at.filter(|expires| {
        let last = before_expiry(*expires, key.rotated_at);
        next > last && key.due_at.is_none_or(|due| next > due)
    });
    let same = key.due_at == Some(next) && wish.every.is_none_or(|every| Some(every) == key.every);
    if key.variables.is_empty() {
        Some((WhyKept::Absent, None))
    } else if key.exposed {
        Some((WhyKept::Exposed, None))
    } else if wish.way == DateWay::Later && wish.to.is_some() && key.due_at.is_some_and(|due| next < due) {
        Some((WhyKept::Later, key.due_at))
    } else if next <= builder.now {
        Some((WhyKept::Past, Some(next)))
    } else if days_until(next, builder.now, builder.playbook.zone) > FURTHEST_DAYS {
        Some((WhyKept::TooFar, key.due_at))
    } else if ends.is_some() {
        Some((WhyKept::Ends, ends))
    } else if same {
        Some((WhyKept::Same, key.due_at))
    } else {
        None
    }
}

/// Dates were written: those that were, and those of which somebody set a newer one meanwhile.
pub(super) fn moved(builder: &mut DecisionBuilder<'_>, effect: &EffectId, done: &[DateMove]) {
    for conversation in builder.state.all_conversations() {
        if !conversation.effects.contains(effect) {
            continue;
        }
        conversation.effects.retain(|waiting| waiting != effect);
        for part in &mut conversation.parts {
            match part {
                ReplyPart::Dates {
                    outcome: DatesOutcome::Moved { moves, kept, written },
                    ..
                } => {
                    let newer = moves.extract_if(.., |one| !done.contains(one));
                    kept.extend(newer.map(|one| KeptDate {
                        title: one.title,
                        why: WhyKept::Newer,
                        at: None,
                    }));
                    *written = true;
                }
                ReplyPart::DatesBack { moves } => moves.retain(|one| done.contains(one)),
                _ => {}
            }
        }
    }
}

/// "Undo", right after a wish of the same author in the thread: the dates are set back.
pub(super) fn taken_back(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    let names_nothing = corrections::takes_back(&report) && report.steps(Label::Correction).is_empty();
    if !names_nothing || !report.may_finish() || report.absorbed {
        return None;
    }
    let last = heard::last_of_author(builder, &report)?.comment.clone();
    let moves = take_back(builder, &last, false)?;
    Some(ReplyPart::DatesBack { moves })
}

/// A changed comment wishes for other dates than it did: what it moved is set back. That is told where it wishes for none.
pub(super) fn no_longer_wished(builder: &mut DecisionBuilder<'_>, report: &Report) -> Option<ReplyPart> {
    let mut moved = builder.state.moved.iter();
    let moved = moved.find(|moved| moved.comment == report.comment.id && !moved.back)?;
    if moved.wishes == report.wishes {
        return None;
    }
    let back = take_back(builder, &report.comment.id, false)?;
    let told = ReplyPart::DatesBack { moves: back };
    report.wishes.is_empty().then_some(told)
}

/// The reply that tells of dates set back waits until they are.
pub(super) fn wait_for_the_way_back(builder: &DecisionBuilder<'_>, conversation: &mut Conversation) {
    let tells = |part: &ReplyPart| matches!(part, ReplyPart::DatesBack { .. });
    if conversation.parts.iter().any(tells) {
        conversation.effects.extend(builder.state.moving.clone());
    }
}
