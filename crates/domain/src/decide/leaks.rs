//! The leak desk, beside what is reported (`leak_reports`): a guest's word, a posted key that is gone, and what a look at exposed keys
//! saw, which goes into the replies whose clock runs (`leak_clock`).
use super::builder::DecisionBuilder;
use super::leak_clock::{self, forget, look_when_due};
use super::prompt_facts::titles;
use super::{conversation, leak_marks, reply_clocks};
use crate::effect::EffectId;
use crate::event::Report;
use crate::exposure::ExposedKey;
use crate::leaks::LeakedKeys;
use crate::page::{Conversation, Leak, ReplyPart};
use chrono::TimeDelta;

/// The members of a page are told of a guest's word once in so long a time.
const GUESTS_PAUSE: TimeDelta = TimeDelta::days(1);

/// What a guest says of a leak marks nothing. The members hear of it, once a day.
pub(super) fn by_guest(builder: &mut DecisionBuilder<'_>, report: &Report) -> Option<ReplyPart> {
    let leak = report.leak.as_ref()?;
    let told = builder.state.guests_told_of_leaks;
    let tells = !report.absorbed && told.is_none_or(|told| builder.now - told >= GUESTS_PAUSE);
    if tells {
        builder.state.guests_told_of_leaks = Some(builder.now);
        let named = match &leak.keys {
            LeakedKeys::Named(variables) => titles(builder, &[variables.as_slice(), &leak.former].concat()),
            LeakedKeys::All | LeakedKeys::Unnamed => Vec::new(),
        };
        let facts = [("titles".to_owned(), serde_json::json!(named))].into();
        let subject = format!("leak by guest {}", builder.now.timestamp_millis());
        conversation::say_alert(builder, &subject, "leak_by_guest", facts);
    }
    Some(ReplyPart::LeakByGuest { told: tells })
}

/// A key no longer stands where others could read it: the order of steps stays in the reply until it is done.
pub(super) fn goes_on(builder: &mut DecisionBuilder<'_>, mut told: Conversation, exposed: &[String]) {
    forget(builder, &told.subject);
    if !exposed.is_empty() {
        told.parts.push(ReplyPart::Leaked {
            variables: exposed.to_vec(),
            all: false,
            former: Vec::new(),
        });
    }
    conversation::say(builder, &told);
    look_when_due(builder, false);
}

/// What a look saw goes to the conversations that wait for it, and into the replies whose clock runs.
pub(super) fn watched(builder: &mut DecisionBuilder<'_>, effect: &EffectId, keys: &[ExposedKey]) {
    builder.note(None, "exposed_seen", keys);
    let keys = reply_clocks::still_marked(builder, keys);
    // Until the value is another one, the key does not count as changed.
    if let Some(cycle) = &mut builder.state.cycle {
        // Of several values the one that stands there comes last.
        let (present, former): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.standing.is_in_use());
        for (variable, print) in former.iter().chain(&present).flat_map(|key| &key.fingerprints) {
            cycle.exposed.insert(variable.clone(), print.clone());
        }
    }
    let (mut told_in, mut answered) = (Vec::new(), Vec::new());
    for conversation in builder.state.all_conversations() {
        if conversation.effects.contains(effect) {
            conversation.effects.retain(|waiting| waiting != effect);
            conversation.exposed.clone_from(&keys);
            told_in.push(conversation.subject.clone());
            answered.extend(conversation.comment.iter().chain(&conversation.also).cloned());
        }
    }
    leak_marks::seen(builder, &answered, &keys);
    for leak in &mut builder.state.leaks {
        if told_in.contains(&leak.conversation.subject) {
            leak.conversation.exposed.clone_from(&keys);
        }
    }
    let looking = |leak: &Leak| leak.look.as_ref() == Some(effect);
    let Some(at) = builder.state.leaks.iter().position(looking) else {
        return;
    };
    if reply_clocks::taken_back_by_hand(builder, at, &keys) {
        return;
    }
    if leak_clock::is_told(&builder.state.leaks[at], &keys, builder.now) {
        leak_clock::look_again(builder, at, &keys);
    } else {
        builder.state.leaks[at].conversation.exposed = keys;
        let conversation = builder.state.leaks[at].conversation.clone();
        conversation::say(builder, &conversation);
    }
}
