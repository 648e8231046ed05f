//! Conversations: a comment whose reply waits for looks. When the last look is in, the reply is decided.
use super::compose;
use super::desk::{Desk, Wanted};
use super::{edits, standing};
use crate::domain::effect::{Effect, EffectId, Status};
use crate::domain::evidence::{Check, Standing};
use crate::domain::page::{Conversation, Look, Part};
use crate::domain::reply::Reference;
use chrono::{DateTime, Duration, Utc};

/// When an unknown verdict is looked at again, in minutes; after that hourly.
const AGAIN_AFTER: [i64; 3] = [1, 5, 15];
/// No look is repeated sooner, in milliseconds.
const AT_LEAST_MS: i64 = 300;
/// Looks at one unknown verdict: the three above, then hourly for a day.
const LOOKS_AT_MOST: u32 = 3 + 24;

/// Goes on with every conversation: wants the looks that are missing, says what can be said.
pub(super) fn go_on(desk: &mut Desk<'_>) {
    if desk.state.beginning.is_none() {
        want_looks(desk);
    }
    let mut at = 0;
    while at < desk.state.conversations.len() {
        let conversation = &desk.state.conversations[at];
        let waits = !conversation.awaiting.is_empty() || !conversation.effects.is_empty();
        if waits {
            interim(desk, at);
            at += 1;
        } else if write_schedule(desk, at) {
            at += 1;
        } else {
            finish(desk, at);
        }
    }
}

/// One running look for each check serves all who ask.
fn want_looks(desk: &mut Desk<'_>) {
    let Some(cycle) = desk.state.cycle.clone() else { return };
    let wanted: Vec<(Check, Option<_>)> = desk
        .state
        .conversations
        .iter()
        .flat_map(|conversation| {
            conversation
                .awaiting
                .iter()
                .map(|check| (check.clone(), conversation.comment.clone()))
        })
        .collect();
    for (check, comment) in wanted {
        if desk.state.looks.iter().any(|look| look.check == check) {
            continue;
        }
        let effect = Effect::GatherEvidence {
            check: check.clone(),
            cycle: cycle.clone(),
        };
        let effect = desk.want_now(comment.as_ref(), effect);
        desk.state.looks.push(Look {
            check,
            effect,
            tries: 0,
            at: None,
        });
    }
}

/// Takes a look's end in: the conversations that waited for it wait no longer, unless it is to be looked at again.
pub(super) fn looked(desk: &mut Desk<'_>, effect: &EffectId) {
    let Some(at) = desk.state.looks.iter().position(|look| look.effect == *effect) else {
        return;
    };
    let look = desk.state.looks.remove(at);
    let evidence = desk.state.evidence_for(&look.check);
    let unknown = evidence.filter(|evidence| evidence.standing == Standing::Unknown);
    let next_proof = unknown.and_then(|evidence| {
        let at = evidence
            .facts
            .get("next_proof_at")
            .or_else(|| evidence.facts.get("again_at"))?;
        moment(at)
    });
    if unknown.is_some() && look.tries < LOOKS_AT_MOST {
        look_again(desk, look, next_proof);
        return;
    }
    for conversation in desk.state.all_conversations() {
        conversation.awaiting.retain(|check| *check != look.check);
    }
}

fn look_again(desk: &mut Desk<'_>, look: Look, next_proof: Option<DateTime<Utc>>) {
    let Some(cycle) = desk.state.cycle.clone() else { return };
    let step = usize::try_from(look.tries).unwrap_or(usize::MAX);
    let pause = Duration::minutes(AGAIN_AFTER.get(step).copied().unwrap_or(60));
    // A proof that has its time is no failed try.
    let tries = if next_proof.is_some() {
        look.tries
    } else {
        look.tries + 1
    };
    let when = next_proof.map_or(desk.now + pause, |at| {
        at.max(desk.now + Duration::milliseconds(AT_LEAST_MS))
    });
    let id = desk.new_id("gather_evidence");
    let effect = Effect::GatherEvidence {
        check: look.check.clone(),
        cycle,
    };
    desk.want(Wanted {
        id: id.clone(),
        comment: None,
        effect,
        after: None,
        not_before: Some(when),
    });
    let check = look.check.clone();
    desk.state.looks.push(Look {
        check: look.check,
        effect: id,
        tries,
        at: Some(when),
    });
    if look.tries == 0 && next_proof.is_none() {
        tell_again(desk, &check);
    }
}

/// Who was told that we look hears now that it takes longer, and until when.
fn tell_again(desk: &mut Desk<'_>, check: &Check) {
    let told = desk
        .state
        .conversations
        .iter()
        .filter(|open| open.replied && open.awaiting.contains(check));
    for conversation in told.cloned().collect::<Vec<_>>() {
        say(desk, &conversation);
    }
}

fn moment(value: &serde_json::Value) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(value.as_str()?)
        .ok()
        .map(|moment| moment.with_timezone(&Utc))
}

/// After two seconds people hear that we look; the reply is edited later.
fn interim(desk: &mut Desk<'_>, at: usize) {
    let conversation = &desk.state.conversations[at];
    let waited = desk.now - conversation.since >= Duration::milliseconds(desk.playbook.patience_ms);
    let by_hand = conversation
        .parts
        .iter()
        .any(|part| matches!(part, Part::ByHand { .. }));
    if !waited || by_hand || conversation.replied || desk.state.beginning.is_some() {
        return;
    }
    let conversation = conversation.clone();
    say(desk, &conversation);
    desk.state.conversations[at].replied = true;
}

/// The one thing that is missing may be the date, which we write ourselves; then it is looked for like the rest.
fn write_schedule(desk: &mut Desk<'_>, at: usize) -> bool {
    let Some(description) = desk.description() else {
        return false;
    };
    let conversation = &desk.state.conversations[at];
    let claims = conversation.parts.iter().any(compose::is_claim);
    if !claims || !conversation.may_finish || !standing::only_schedule_missing(&desk.state, description) {
        return false;
    }
    if desk.state.due.as_ref().is_some_and(|due| due.at > desk.now) {
        return false;
    }
    let comment = conversation.comment.clone();
    let variables = desk
        .state
        .cycle
        .iter()
        .flat_map(|cycle| cycle.fingerprints.keys().cloned())
        .collect();
    let effect = Effect::WriteSchedule {
        rotated_at: desk.now,
        variables,
    };
    let effect = desk.want_now(comment.as_ref(), effect);
    let conversation = &mut desk.state.conversations[at];
    conversation.effects.push(effect);
    true
}

/// The reply is decided, and with it Done.
fn finish(desk: &mut Desk<'_>, at: usize) {
    let conversation = desk.state.conversations.remove(at);
    if conversation.parts.iter().all(|part| is_idle(desk, part)) {
        return;
    }
    let claims = conversation.parts.iter().any(compose::is_claim);
    if claims && conversation.may_finish && standing::is_finished(&desk.state, desk.description()) {
        desk.move_status(Status::Done);
    }
    say(desk, &conversation);
}

/// A tick by hand that turned out to be right is nothing to speak of.
fn is_idle(desk: &Desk<'_>, part: &Part) -> bool {
    let Part::ByHand { check, .. } = part else { return false };
    let evidence = desk.state.evidence_for(check);
    evidence.is_none_or(|evidence| evidence.standing == Standing::Proven)
}

/// Says what there is to say: a reply, or an edit of the one that is there.
pub(super) fn say(desk: &mut Desk<'_>, conversation: &Conversation) {
    let runs = compose::reply(desk, conversation);
    let reference = Reference::of_subject(&conversation.subject);
    let comment = conversation.comment.clone();
    let reply = EffectId::reply(desk.page, &conversation.subject);
    if conversation.replied {
        edits::want(desk, reply, reference, comment, runs);
    } else {
        let effect = Effect::PostReply {
            comment: comment.clone(),
            also: conversation.also.clone(),
            place: conversation.place.clone(),
            runs,
            reference,
        };
        desk.want(Wanted {
            id: reply,
            comment,
            effect,
            after: None,
            not_before: None,
        });
    }
}
