//! Conversations: a comment whose reply waits for looks. When the last look is in, the reply is decided.
use super::builder::DecisionBuilder;
use super::compose;
use super::{claims, dates, finished, leak_clock, progress, reply_edits};
use crate::effect::{Effect, EffectId, NewEffect, Place};
use crate::evidence::{Check, CheckStatus};
use crate::ids::CommentId;
use crate::page::{Conversation, Look, ReplyPart};
use crate::reply::Reference;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;

/// When an unknown verdict is looked at again, in minutes; after that hourly.
const AGAIN_AFTER: [i64; 3] = [1, 5, 15];
/// No look is repeated sooner, in milliseconds.
const AT_LEAST_MS: i64 = 300;
/// Looks at one unknown verdict: the three above, then hourly for a day.
const LOOKS_AT_MOST: u32 = 3 + 24;

/// A conversation that answers nobody: it is led on the page.
pub(super) fn on_page(builder: &DecisionBuilder<'_>, subject: &str, part: ReplyPart) -> Conversation {
    new(builder, format!("{}/{subject}", builder.page), Place::Page, vec![part])
}

/// A conversation that waits for nothing yet, in the project's language.
pub(super) fn new(builder: &DecisionBuilder<'_>, subject: String, place: Place, parts: Vec<ReplyPart>) -> Conversation {
    Conversation {
        comment: None,
        also: Vec::new(),
        subject,
        place,
        author: None,
        name: None,
        language: builder.playbook.language.clone().unwrap_or_else(|| "en".to_owned()),
        parts,
        awaiting: Vec::new(),
        effects: Vec::new(),
        keys: Vec::new(),
        exposed: Vec::new(),
        dates: None,
        since: builder.now,
        replied: false,
        silent: false,
        may_finish: false,
        is_guest: false,
    }
}

/// Says an alert on the page, unless the page wants none of us.
pub(super) fn say_alert(
    builder: &mut DecisionBuilder<'_>,
    subject: &str,
    prompt: &str,
    facts: BTreeMap<String, serde_json::Value>,
) {
    if builder.state.quiet {
        return;
    }
    let prompt = prompt.to_owned();
    let conversation = on_page(builder, subject, ReplyPart::Alert { prompt, facts });
    say(builder, &conversation);
}

/// Goes on with every conversation: wants the looks that are missing, says what can be said.
pub(super) fn advance(builder: &mut DecisionBuilder<'_>) {
    let looking = builder
        .state
        .conversations
        .iter()
        .find(|open| !open.awaiting.is_empty());
    if let Some(comment) = looking.map(|open| open.comment.clone()) {
        builder.begin_cycle(comment.as_ref());
    }
    if builder.state.beginning.is_none() {
        want_looks(builder);
    }
    let mut at = 0;
    while at < builder.state.conversations.len() {
        let conversation = &builder.state.conversations[at];
        let waits = !conversation.awaiting.is_empty() || !conversation.effects.is_empty();
        if waits || dates::move_rotation(builder, at) {
            interim(builder, at);
            at += 1;
        } else if write_schedule(builder, at) {
            at += 1;
        } else {
            finish(builder, at);
        }
    }
}

/// One running look for each check serves all who ask.
fn want_looks(builder: &mut DecisionBuilder<'_>) {
    let conversations = builder.state.conversations.iter();
    let wanted = conversations.flat_map(|conversation| {
        let checks = conversation.awaiting.iter();
        checks.map(|check| (check.clone(), conversation.comment.clone()))
    });
    for (check, comment) in wanted.collect::<Vec<_>>() {
        if !builder.state.looks.iter().any(|look| look.check == check) {
            want_look(builder, check, comment, 0, None);
        }
    }
}

/// Wants one look, at a moment or at once; without a cycle there is nothing to look at.
fn want_look(
    builder: &mut DecisionBuilder<'_>,
    check: Check,
    comment: Option<CommentId>,
    tries: u32,
    at: Option<DateTime<Utc>>,
) {
    let Some(cycle) = builder.state.cycle.clone() else {
        return;
    };
    let effect = Effect::GatherEvidence {
        check: check.clone(),
        cycle,
    };
    let id = builder.new_id(effect.kind());
    builder.want(NewEffect {
        page: builder.page.clone(),
        id: id.clone(),
        comment,
        effect,
        after: None,
        not_before: at,
    });
    builder.state.looks.push(Look {
        check,
        effect: id,
        tries,
        at,
    });
}

/// Takes a look's end in: the conversations that waited for it wait no longer, unless it is to be looked at again.
pub(super) fn look_ended(builder: &mut DecisionBuilder<'_>, effect: &EffectId) {
    let Some(at) = builder.state.looks.iter().position(|look| look.effect == *effect) else {
        return;
    };
    let look = builder.state.looks.remove(at);
    let evidence = builder.state.evidence_for(&look.check);
    let unknown = evidence.filter(|evidence| evidence.standing == CheckStatus::Unknown);
    let next_proof = unknown.and_then(|evidence| {
        let at = evidence
            .facts
            .get("next_proof_at")
            .or_else(|| evidence.facts.get("again_at"))?;
        moment(at)
    });
    if unknown.is_some() && look.tries < LOOKS_AT_MOST {
        look_again(builder, &look, next_proof);
        return;
    }
    for conversation in builder.state.all_conversations() {
        conversation.awaiting.retain(|check| *check != look.check);
    }
}

fn look_again(builder: &mut DecisionBuilder<'_>, look: &Look, next_proof: Option<DateTime<Utc>>) {
    let step = usize::try_from(look.tries).unwrap_or(usize::MAX);
    let pause = Duration::minutes(AGAIN_AFTER.get(step).copied().unwrap_or(60));
    // A proof that has its time is no failed try.
    let tries = look.tries + u32::from(next_proof.is_none());
    let when = next_proof.map_or(builder.now + pause, |at| {
        at.max(builder.now + Duration::milliseconds(AT_LEAST_MS))
    });
    want_look(builder, look.check.clone(), None, tries, Some(when));
    if tries == 1 && next_proof.is_none() && builder.state.cycle.is_some() {
        tell_again(builder, &look.check);
    }
}

/// Who was told that we look hears now that it takes longer, and until when.
fn tell_again(builder: &mut DecisionBuilder<'_>, check: &Check) {
    let told = builder
        .state
        .conversations
        .iter()
        .filter(|open| open.replied && open.awaiting.contains(check));
    for conversation in told.cloned().collect::<Vec<_>>() {
        say(builder, &conversation);
    }
}

fn moment(value: &serde_json::Value) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(value.as_str()?)
        .ok()
        .map(|moment| moment.with_timezone(&Utc))
}

/// After two seconds people hear that we look; the reply is edited later.
fn interim(builder: &mut DecisionBuilder<'_>, at: usize) {
    let conversation = &builder.state.conversations[at];
    let waited = builder.now - conversation.since >= Duration::milliseconds(builder.playbook.patience_ms);
    let by_hand = conversation
        .parts
        .iter()
        .any(|part| matches!(part, ReplyPart::ByHand { .. }));
    if !waited || by_hand || conversation.replied || builder.state.beginning.is_some() {
        return;
    }
    let conversation = conversation.clone();
    say(builder, &conversation);
    builder.state.conversations[at].replied = true;
}

/// The one thing that is missing may be the date, which we write ourselves; then it is looked for like the rest.
fn write_schedule(builder: &mut DecisionBuilder<'_>, at: usize) -> bool {
    let Some(description) = builder.description() else {
        return false;
    };
    let conversation = &builder.state.conversations[at];
    let claims = conversation.parts.iter().any(compose::is_claim);
    if !claims || !conversation.may_finish || !progress::only_schedule_missing(&builder.state, description) {
        return false;
    }
    if builder.state.due.as_ref().is_some_and(|due| due.at > builder.now) {
        return false;
    }
    let comment = conversation.comment.clone();
    let variables = builder
        .state
        .cycle
        .iter()
        .flat_map(|cycle| cycle.fingerprints.keys().cloned())
        .collect();
    let effect = Effect::WriteSchedule {
        rotated_at: builder.now,
        variables,
    };
    let effect = builder.want_now(comment.as_ref(), effect);
    let conversation = &mut builder.state.conversations[at];
    conversation.effects.push(effect);
    true
}

/// The reply is decided, and with it Done.
fn finish(builder: &mut DecisionBuilder<'_>, at: usize) {
    let conversation = builder.state.conversations.remove(at);
    if conversation.parts.iter().all(|part| is_idle(builder, part)) {
        return;
    }
    let claims = conversation.parts.iter().any(compose::is_claim);
    claims::proven(builder, &conversation.parts);
    if claims && conversation.may_finish && builder.is_finished() {
        finished::done(builder);
    }
    say(builder, &conversation);
}

/// A tick by hand that turned out to be right is nothing to speak of.
fn is_idle(builder: &DecisionBuilder<'_>, part: &ReplyPart) -> bool {
    let ReplyPart::ByHand { check, .. } = part else {
        return false;
    };
    let evidence = builder.state.evidence_for(check);
    evidence.is_none_or(|evidence| evidence.standing == CheckStatus::Proven)
}

/// Says what there is to say: a reply, or an edit of the one that is there.
pub(super) fn say(builder: &mut DecisionBuilder<'_>, conversation: &Conversation) {
    if conversation.silent {
        return;
    }
    let conversation = &leak_clock::with_clock(builder, conversation);
    let runs = compose::reply(builder, conversation);
    leak_clock::said(builder, conversation);
    let reference = Reference::of_subject(&conversation.subject);
    let comment = conversation.comment.clone();
    let reply = EffectId::reply(builder.page, &conversation.subject);
    if conversation.replied {
        reply_edits::want(builder, reply, reference, comment, runs);
    } else {
        let effect = Effect::PostReply {
            comment: comment.clone(),
            also: conversation.also.clone(),
            place: conversation.place.clone(),
            runs,
            reference,
        };
        builder.want(NewEffect {
            page: builder.page.clone(),
            id: reply,
            comment,
            effect,
            after: None,
            not_before: None,
        });
    }
}
