//! An effect ended: evidence ticks boxes, probes are told, writes are known.
use super::board::{self, Written};
use super::conversation;
use super::desk::Desk;
use super::{edits, standing};
use crate::domain::cycle::Cycle;
use crate::domain::effect::{Done, EffectId, KeyState, Outcome, Property, Value};
use crate::domain::evidence::{Check, Evidence, Standing};
use crate::domain::page::Due;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

pub(super) fn take(desk: &mut Desk<'_>, effect: &EffectId, outcome: &Outcome) {
    match outcome {
        Outcome::Done { result } => done(desk, effect, result),
        Outcome::Refused { why } | Outcome::Moot { why } => given_up(desk, effect, why),
        // The row waits in the outbox; nothing has happened yet.
        Outcome::Later { .. } | Outcome::Unknown { .. } | Outcome::Absent { .. } => {}
    }
    conversation::go_on(desk);
}

fn done(desk: &mut Desk<'_>, effect: &EffectId, result: &Done) {
    match result {
        Done::Seen { evidence } if desk.state.beginning.as_ref() == Some(effect) => began(desk, evidence),
        Done::Seen { evidence } => seen(desk, effect, evidence),
        Done::Probed { keys } => probed(desk, effect, keys),
        Done::Scheduled { next_at } => scheduled(desk, effect, *next_at),
        Done::Changed => {
            let _ = board::written(desk, effect, Written::Done) || edits::ended(desk, effect);
        }
        Done::Skipped { why } => {
            if board::written(desk, effect, Written::Skipped) {
                desk.note(None, "skipped", why);
            }
        }
        Done::Replied { .. } => {}
    }
}

/// The backup at the cycle's beginning: what the keys were then. A cycle that was under way already is adopted whole.
fn began(desk: &mut Desk<'_>, evidence: &Evidence) {
    desk.state.beginning = None;
    let fact = |name: &str| evidence.facts.get(name);
    let begun = fact("cycle").and_then(|cycle| serde_json::from_value::<Cycle>(cycle.clone()).ok());
    if let (Some(cycle), Some(begun)) = (&mut desk.state.cycle, begun) {
        let posted = std::mem::replace(cycle, begun);
        for (variable, print) in posted.exposed {
            let known = cycle.exposed.entry(variable).or_default();
            if !print.is_empty() {
                *known = print;
            }
        }
    }
    if let (Some(file), false) = (
        fact("file").and_then(|file| file.as_str()),
        fact("adopted").is_some_and(|adopted| adopted == true),
    ) {
        desk.state.made_backups.push(file.to_owned());
    }
}

fn seen(desk: &mut Desk<'_>, effect: &EffectId, evidence: &Evidence) {
    desk.note(None, "evidence", evidence);
    let because = desk
        .state
        .conversations
        .iter()
        .find(|conversation| conversation.awaiting.contains(&evidence.check))
        .and_then(|conversation| conversation.comment.clone());
    desk.state.take_evidence(evidence.clone());
    if evidence.standing == Standing::Proven {
        tick(desk, &evidence.check, because.as_ref());
    }
    last_check(desk, evidence.gathered_at);
    conversation::looked(desk, effect);
}

/// A box is ticked when its own check holds, whatever comment caused the look.
fn tick(desk: &mut Desk<'_>, check: &Check, because: Option<&crate::domain::ids::CommentId>) {
    let Some(description) = desk.description() else { return };
    for criterion in description
        .criteria
        .iter()
        .filter(|criterion| criterion.check.as_ref() == Some(check))
    {
        let on_page = standing::page_box(&desk.state, Some(description), criterion.number);
        let Some(state) = desk.state.boxes.get_mut(&on_page) else {
            continue;
        };
        // What a person took back by hand comes back by a new claim alone.
        if state.unticked_by_person {
            continue;
        }
        if state.tick.known != Some(true) || state.tick.wanted == Some(false) {
            state.ours = true;
            state.because_of = because.cloned();
        }
        state.tick.wanted = Some(true);
    }
}

/// The page says when we last looked, to five minutes: more often would cost requests and tell nothing.
fn last_check(desk: &mut Desk<'_>, at: DateTime<Utc>) {
    let zone = desk.playbook.zone;
    let rounded = at - chrono::Duration::seconds(at.timestamp().rem_euclid(300));
    let text = rounded
        .with_timezone(&zone)
        .format("%Y-%m-%dT%H:%M:00.000%:z")
        .to_string();
    desk.state.values.entry(Property::LastCheck).or_default().wanted = Some(Value::Date(text));
}

fn probed(desk: &mut Desk<'_>, effect: &EffectId, keys: &[KeyState]) {
    desk.note(None, "probed", keys);
    let keys = exposed(desk, keys);
    for conversation in desk.state.all_conversations() {
        if conversation.effects.contains(effect) {
            conversation.effects.retain(|waiting| waiting != effect);
            conversation.keys.clone_from(&keys);
        }
    }
}

/// An exposed key counts as changed only once its fingerprint differs from the one that was posted.
fn exposed(desk: &mut Desk<'_>, keys: &[KeyState]) -> Vec<KeyState> {
    let mut keys = keys.to_vec();
    let Some(cycle) = &mut desk.state.cycle else {
        return keys;
    };
    for key in &mut keys {
        for variable in &key.variables {
            let (Some(posted), Some(present)) = (cycle.exposed.get_mut(variable), &key.fingerprint) else {
                continue;
            };
            if posted.is_empty() {
                posted.clone_from(present);
            }
            if posted == present {
                key.changed = Some(false);
            }
        }
    }
    keys
}

fn scheduled(desk: &mut Desk<'_>, effect: &EffectId, next_at: DateTime<Utc>) {
    desk.note(None, "scheduled", next_at.to_rfc3339());
    desk.state.due = Some(Due {
        at: next_at,
        told: false,
    });
    let day = next_at
        .with_timezone(&desk.playbook.zone)
        .format("%Y-%m-%d")
        .to_string();
    desk.state.values.entry(Property::NextRotation).or_default().wanted = Some(Value::Date(day));
    for conversation in desk.state.all_conversations() {
        if conversation.effects.contains(effect) {
            conversation.effects.retain(|waiting| waiting != effect);
            conversation.awaiting.push(Check::ScheduleAhead);
        }
    }
}

/// What was refused is waited for no longer; what it would have shown stays unknown.
fn given_up(desk: &mut Desk<'_>, effect: &EffectId, why: &str) {
    desk.note(None, "refused", why);
    if board::written(desk, effect, Written::Refused) || edits::ended(desk, effect) {
        return;
    }
    if desk.state.beginning.as_ref() == Some(effect) {
        desk.state.beginning = None;
    }
    let look = desk
        .state
        .looks
        .iter()
        .find(|look| look.effect == *effect)
        .map(|look| look.check.clone());
    if let Some(check) = look {
        let facts = BTreeMap::from([("why".to_owned(), why.into())]);
        let reason = "look_refused".to_owned();
        let evidence = Evidence {
            check,
            standing: Standing::Missing,
            reason,
            facts,
            gathered_at: desk.now,
        };
        desk.state.take_evidence(evidence);
        conversation::looked(desk, effect);
    }
    for conversation in desk.state.all_conversations() {
        conversation.effects.retain(|waiting| waiting != effect);
    }
}
