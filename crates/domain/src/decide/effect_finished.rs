//! An effect ended: evidence ticks boxes, the verdicts on keys go to who asked, a write becomes what the page shows.
use super::builder::DecisionBuilder;
use super::reconcile::{self, WriteOutcome};
use super::reply_edits;
use super::{conversation, dates, leak_clock, leaks};
use crate::cycle::Cycle;
use crate::effect::{Done, EffectId, KeyState, Outcome, Property, Value};
use crate::evidence::{Check, CheckStatus, Evidence};
use crate::key_dates::KeyDates;
use crate::page::{DateLookUp, Due};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, effect: &EffectId, outcome: &Outcome) {
    match outcome {
        Outcome::Done { result } => done(builder, effect, result),
        Outcome::Refused { why } | Outcome::Moot { why } => given_up(builder, effect, why),
        // The row waits in the outbox; nothing has happened yet.
        Outcome::Later { .. } | Outcome::Unknown { .. } | Outcome::Absent { .. } => {}
    }
    conversation::advance(builder);
}

fn done(builder: &mut DecisionBuilder<'_>, effect: &EffectId, result: &Done) {
    match result {
        Done::Seen { evidence } if builder.state.beginning.as_ref() == Some(effect) => {
            began(builder, evidence);
            backed_up(builder, effect, evidence);
        }
        Done::Seen { evidence } if backed_up(builder, effect, evidence) => {}
        Done::Seen { evidence } => seen(builder, effect, evidence),
        Done::Probed { keys } => probed(builder, effect, keys),
        Done::Watched { keys } => leaks::watched(builder, effect, keys),
        Done::LookedUp { keys, unreadable } => looked_up(builder, effect, keys, unreadable.as_ref()),
        Done::Moved { moves, next_at } => {
            next_rotation(builder, *next_at);
            dates::moved(builder, effect, moves);
        }
        Done::Scheduled { next_at } => scheduled(builder, effect, *next_at),
        Done::Changed => {
            let _ = reconcile::write_ended(builder, effect, WriteOutcome::Done) || reply_edits::ended(builder, effect);
            for conversation in builder.state.all_conversations() {
                conversation.effects.retain(|waiting| waiting != effect);
            }
        }
        Done::Skipped { why } => {
            if reconcile::write_ended(builder, effect, WriteOutcome::Skipped) {
                builder.note(None, "skipped", why);
            }
        }
        Done::Replied { .. } => {}
    }
}

/// The backup at the cycle's beginning: what the keys were then. A cycle that was under way already is adopted whole.
fn began(builder: &mut DecisionBuilder<'_>, evidence: &Evidence) {
    builder.state.beginning = None;
    let fact = |name: &str| evidence.facts.get(name);
    let begun = fact("cycle").and_then(|cycle| serde_json::from_value::<Cycle>(cycle.clone()).ok());
    if let (Some(cycle), Some(begun)) = (&mut builder.state.cycle, begun) {
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
        builder.state.made_backups.push(file.to_owned());
    }
}

/// A backup that somebody waits for was made: it is looked for, as a claim would be. Whether it was one.
fn backed_up(builder: &mut DecisionBuilder<'_>, effect: &EffectId, evidence: &Evidence) -> bool {
    let mut waited_for = false;
    for conversation in builder.state.all_conversations() {
        if conversation.effects.contains(effect) {
            waited_for = true;
            conversation.effects.retain(|waiting| waiting != effect);
            if evidence.standing == CheckStatus::Proven {
                conversation.awaiting.push(Check::Backup);
            }
        }
    }
    if waited_for && evidence.standing != CheckStatus::Proven {
        builder.state.take_evidence(evidence.clone());
    }
    let file = evidence.facts.get("file").and_then(|file| file.as_str());
    if let Some(file) = file.filter(|file| waited_for && !builder.state.made_backups.iter().any(|made| made == file)) {
        let file = file.to_owned();
        builder.state.made_backups.push(file);
    }
    waited_for
}

fn seen(builder: &mut DecisionBuilder<'_>, effect: &EffectId, evidence: &Evidence) {
    builder.note(None, "evidence", evidence);
    let because = builder
        .state
        .conversations
        .iter()
        .find(|conversation| conversation.awaiting.contains(&evidence.check))
        .and_then(|conversation| conversation.comment.clone());
    builder.state.take_evidence(evidence.clone());
    if evidence.standing == CheckStatus::Proven {
        tick(builder, &evidence.check, because.as_ref());
    }
    last_check(builder, evidence.gathered_at);
    conversation::look_ended(builder, effect);
}

/// A box is ticked when its own check holds, whatever comment caused the look.
fn tick(builder: &mut DecisionBuilder<'_>, check: &Check, because: Option<&crate::ids::CommentId>) {
    let Some(description) = builder.description() else {
        return;
    };
    for criterion in description
        .criteria
        .iter()
        .filter(|criterion| criterion.check.as_ref() == Some(check))
    {
        let on_page = builder.page_box(criterion.number);
        let Some(state) = builder.state.boxes.get_mut(&on_page) else {
            continue;
        };
        // What a person took back by hand comes back by a new claim alone.
        if state.unticked_by_person {
            continue;
        }
        state.on_word = false;
        if state.tick.known != Some(true) || state.tick.wanted == Some(false) {
            state.ours = true;
            state.because_of = because.cloned();
        }
        state.tick.wanted = Some(true);
    }
}

/// The page says when we last looked, to five minutes: more often would cost requests and tell nothing.
fn last_check(builder: &mut DecisionBuilder<'_>, at: DateTime<Utc>) {
    let zone = builder.playbook.zone;
    let rounded = at - chrono::Duration::seconds(at.timestamp().rem_euclid(300));
    let text = rounded
        .with_timezone(&zone)
        .format("%Y-%m-%dT%H:%M:00.000%:z")
        .to_string();
    builder.state.values.entry(Property::LastCheck).or_default().wanted = Some(Value::Date(text));
}

fn probed(builder: &mut DecisionBuilder<'_>, effect: &EffectId, keys: &[KeyState]) {
    builder.note(None, "probed", keys);
    let keys = exposed(builder, keys);
    for conversation in builder.state.all_conversations() {
        if conversation.effects.contains(effect) {
            conversation.effects.retain(|waiting| waiting != effect);
            conversation.keys.clone_from(&keys);
        }
    }
}

/// An exposed key counts as changed only once its fingerprint differs from the one that was posted.
fn exposed(builder: &mut DecisionBuilder<'_>, keys: &[KeyState]) -> Vec<KeyState> {
    let mut keys = keys.to_vec();
    let Some(cycle) = &mut builder.state.cycle else {
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
            let stood = builder.state.stood.get_mut(variable);
            if let Some(stood) = stood.filter(|stood| stood.is_empty()) {
                stood.clone_from(posted);
            }
            if posted == present {
                key.changed = Some(false);
            }
        }
    }
    keys
}

fn scheduled(builder: &mut DecisionBuilder<'_>, effect: &EffectId, next_at: DateTime<Utc>) {
    builder.note(None, "scheduled", next_at.to_rfc3339());
    next_rotation(builder, next_at);
    for conversation in builder.state.all_conversations() {
        if conversation.effects.contains(effect) {
            conversation.effects.retain(|waiting| waiting != effect);
            conversation.awaiting.push(Check::ScheduleAhead);
        }
    }
}

/// The page shows the next rotation, and waits for it.
fn next_rotation(builder: &mut DecisionBuilder<'_>, next_at: DateTime<Utc>) {
    builder.state.due = Some(Due {
        at: next_at,
        told: false,
    });
    let day = next_at
        .with_timezone(&builder.playbook.zone)
        .format("%Y-%m-%d")
        .to_string();
    builder.state.values.entry(Property::NextRotation).or_default().wanted = Some(Value::Date(day));
}

fn looked_up(builder: &mut DecisionBuilder<'_>, effect: &EffectId, keys: &[KeyDates], unreadable: Option<&String>) {
    // In the order of the plan.
    let mut keys = keys.to_vec();
    keys.sort_by_key(|key| (!key.exposed, key.priority, key.due_at));
    for conversation in builder.state.all_conversations() {
        if conversation.effects.contains(effect) {
            conversation.effects.retain(|waiting| waiting != effect);
            conversation.dates = Some(DateLookUp {
                keys: keys.clone(),
                unreadable: unreadable.cloned(),
            });
        }
    }
}

/// What was refused is waited for no longer; what it would have shown stays unknown.
fn given_up(builder: &mut DecisionBuilder<'_>, effect: &EffectId, why: &str) {
    builder.note(None, "refused", why);
    if reconcile::write_ended(builder, effect, WriteOutcome::Refused) || reply_edits::ended(builder, effect) {
        return;
    }
    leak_clock::look_refused(builder, effect);
    if builder.state.beginning.as_ref() == Some(effect) {
        builder.state.beginning = None;
    }
    let look = builder
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
            standing: CheckStatus::Missing,
            reason,
            facts,
            gathered_at: builder.now,
        };
        builder.state.take_evidence(evidence);
        conversation::look_ended(builder, effect);
    }
    for conversation in builder.state.all_conversations() {
        conversation.effects.retain(|waiting| waiting != effect);
    }
}
