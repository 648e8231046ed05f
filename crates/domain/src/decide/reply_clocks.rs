//! Marks that are gone leave the replies that tell of them: one on whose keys no clock runs any more says that they did not leak.
use super::builder::DecisionBuilder;
use super::{conversation, leak_marks};
use crate::effect::EffectId;
use crate::exposure::ExposedKey;
use crate::page::{Conversation, FalseAlarm, MarkedKeys, ReplyPart, UnmarkedKeys};

/// The replies that tell of these keys say so; those that still wait for a look, when that is `written`.
pub(super) fn stop(builder: &mut DecisionBuilder<'_>, back: &UnmarkedKeys, written: &EffectId) {
    let mut waiting = Vec::new();
    let marked = builder.state.marked.clone();
    // Another value that was reported, and is not taken back, stays in the reply to that.
    let back_in = |conversation: &Conversation| {
        let of_it = |mark: &&MarkedKeys| conversation.answers(&mark.comment);
        let mut back = back.clone();
        let own: Vec<&MarkedKeys> = marked.iter().filter(of_it).collect();
        let holds = |name: &String| own.iter().any(|mark| mark.holds_present(|own| own == name));
        back.variables.retain(|name| !holds(name));
        back.former
            .retain(|name| !own.iter().any(|mark| mark.former.contains(name)));
        back.but.extend(own.iter().flat_map(|mark| mark.variables.clone()));
        back.all &= !own.iter().any(|mark| mark.all);
        back
    };
    for conversation in builder.state.all_conversations() {
        let back = back_in(conversation);
        if without(conversation, &back) {
            conversation.effects.push(written.clone());
            waiting.push(conversation.subject.clone());
        }
    }
    for mut leak in std::mem::take(&mut builder.state.leaks) {
        let back = back_in(&leak.conversation);
        if !without(&mut leak.conversation, &back) {
            builder.state.leaks.push(leak);
        } else if tells_of_leak(&leak.conversation) {
            leak.look = None;
            leak.next_at = Some(builder.now);
            builder.state.leaks.push(leak);
        } else if !waiting.contains(&leak.conversation.subject) {
            leak.conversation.exposed.clear();
            conversation::say(builder, &leak.conversation);
        }
    }
}

fn tells_of_leak(conversation: &Conversation) -> bool {
    let tells = |part: &ReplyPart| matches!(part, ReplyPart::Leaked { .. });
    conversation.parts.iter().any(tells)
}

/// A reply that tells of these keys tells that they did not leak; whether it does.
fn without(conversation: &mut Conversation, back: &UnmarkedKeys) -> bool {
    let (mut not_leaked, mut not_former, mut every) = (Vec::new(), Vec::new(), false);
    for part in &mut conversation.parts {
        if let ReplyPart::Leaked { variables, all, former } = part {
            not_leaked.extend(variables.extract_if(.., |name| back.has(name)));
            not_former.extend(former.extract_if(.., |name| back.former.contains(name)));
            if *all && back.all {
                (*all, every) = (false, true);
                let stay = back.but.iter().filter(|name| !variables.contains(name));
                variables.extend(stay.cloned().collect::<Vec<_>>());
            }
        }
    }
    let tells = every || !not_leaked.is_empty() || !not_former.is_empty();
    if tells {
        let is_empty = |part: &ReplyPart| matches!(part, ReplyPart::Leaked { variables, all: false, former } if variables.is_empty() && former.is_empty());
        conversation.parts.retain(|part| !is_empty(part));
        conversation.parts.push(ReplyPart::NotLeaked {
            variables: not_leaked,
            all: every,
            former: not_former,
            stays: Vec::new(),
        });
    }
    tells
}

/// What of a look counts: a mark that was taken back while it was under way does not.
pub(super) fn still_marked(builder: &DecisionBuilder<'_>, keys: &[ExposedKey]) -> Vec<ExposedKey> {
    let is_back = |key: &ExposedKey, name: &String| {
        let mut alarms = builder.state.false_alarms.iter();
        let mut marked = builder.state.marked.iter();
        let before = |alarm: &FalseAlarm| key.since.is_some_and(|since| since <= alarm.at);
        alarms.any(|alarm| before(alarm) && alarm.back.has(name))
            && !marked.any(|mark| mark.holds(|own| leak_marks::is_same(builder, own, name)))
            && !builder.state.stood.contains_key(name)
    };
    let mut keys = keys.to_vec();
    keys.retain(|key| key.variables.is_empty() || !key.variables.iter().all(|name| is_back(key, name)));
    keys
}

/// Keys of a reply that a look found exposed no more: they were taken back by hand. Whether there were any.
pub(super) fn taken_back_by_hand(builder: &mut DecisionBuilder<'_>, at: usize, keys: &[ExposedKey]) -> bool {
    let leak = &builder.state.leaks[at];
    let stands = |name: &String, is_meant: &dyn Fn(&ExposedKey) -> bool| {
        let same = |own: &String| own.eq_ignore_ascii_case(name) || leak_marks::is_same(builder, own, name);
        let mut meant = keys.iter().filter(|key| is_meant(key));
        meant.any(|key| key.variables.iter().any(same))
    };
    let mut back = UnmarkedKeys {
        all: keys.is_empty(),
        ..UnmarkedKeys::default()
    };
    for part in &leak.conversation.parts {
        if let ReplyPart::Leaked { variables, former, .. } = part {
            let gone = variables.iter().filter(|name| !stands(name, &|_| true));
            back.variables.extend(gone.cloned());
            let gone = former
                .iter()
                .filter(|name| !stands(name, &|key| !key.standing.is_in_use()));
            back.former.extend(gone.cloned());
        }
    }
    if !without(&mut builder.state.leaks[at].conversation, &back) {
        return false;
    }
    let is_gone = |name: &String| back.variables.contains(name);
    if let Some(cycle) = &mut builder.state.cycle {
        cycle.exposed.retain(|name, _| !is_gone(name));
    }
    for mark in &mut builder.state.marked {
        mark.variables.retain(|name| !is_gone(name));
        mark.former.retain(|name| !back.former.contains(name));
    }
    builder.state.marked.retain(|mark| !mark.is_empty());
    let mut leak = builder.state.leaks.remove(at);
    leak.conversation.exposed = keys.to_vec();
    conversation::say(builder, &leak.conversation);
    true
}
