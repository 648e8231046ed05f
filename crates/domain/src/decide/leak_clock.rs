//! The clock on exposed keys: a reply that tells of a leak is edited at each look, until the old keys are proven dead. The looks
//! come at growing intervals, and when a proof is due.
use super::builder::DecisionBuilder;
use super::leak_marks;
use super::prompt_facts::{shown, titles};
use crate::effect::{Effect, EffectId, NewEffect};
use crate::exposure::{ExposedKey, ExposureStanding, span};
use crate::page::{Conversation, Leak, ReplyPart};
use chrono::{DateTime, TimeDelta, Utc};
use minijinja::context;
use minijinja::value::Value;

/// When exposed keys are looked at again, in minutes since they were exposed; then hourly for a day, then daily.
const LOOKS_AT: [i64; 4] = [5, 15, 30, 60];
/// Leaks whose clock runs on a page at most; the eldest is followed no more.
const AT_MOST: usize = 20;
/// So many providers are named by link or command; of more, all that is due is meant.
const NAMED_AT_MOST: usize = 3;
/// So many keys are named in a line; the others are counted.
const TITLES_AT_MOST: usize = 8;

/// The look that a conversation about a leak waits for, wanted now. It comes after the keys were marked.
pub(super) fn want_look(builder: &mut DecisionBuilder<'_>, conversation: &Conversation) -> Option<EffectId> {
    let (variables, all, former) = scope(&conversation.parts)?;
    let all = all && variables.is_empty();
    let effect = Effect::WatchExposed { variables, all, former };
    let id = builder.new_id(effect.kind());
    builder.want(NewEffect {
        page: builder.page.clone(),
        id: id.clone(),
        comment: conversation.comment.clone(),
        effect,
        after: builder.state.marking.clone(),
        not_before: None,
    });
    Some(id)
}

/// The exposed keys that the parts of a reply tell of: by name, whether all are meant, and those whose former values are.
fn scope(parts: &[ReplyPart]) -> Option<(Vec<String>, bool, Vec<String>)> {
    let mut found: Option<(Vec<String>, bool, Vec<String>)> = None;
    for part in parts {
        if let ReplyPart::Leaked { variables, all, former } = part
            && (*all || !variables.is_empty() || !former.is_empty())
        {
            let (names, every, old) = found.get_or_insert_default();
            names.extend(variables.iter().cloned());
            old.extend(former.iter().cloned());
            *every |= all;
        }
    }
    found.map(|(names, every, old)| (unique(names.into_iter()), every, unique(old.into_iter())))
}

/// A reply as it is said while the clock on it runs: what else it says, it tells of the leak.
pub(super) fn with_clock(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Conversation {
    let mut conversation = conversation.clone();
    let running = builder
        .state
        .leaks
        .iter()
        .find(|leak| leak.conversation.subject == conversation.subject);
    if let Some(running) = running {
        if scope(&conversation.parts).is_none() {
            let told = running.conversation.parts.iter();
            conversation
                .parts
                .extend(told.filter(|part| matches!(part, ReplyPart::Leaked { .. })).cloned());
        }
        // What waited for other looks since the first one tells of the newest.
        if !running.conversation.exposed.is_empty() {
            conversation.exposed.clone_from(&running.conversation.exposed);
        }
    }
    conversation
}

/// A reply was said: the clock on it runs from now on, until all of its keys are over.
pub(super) fn said(builder: &mut DecisionBuilder<'_>, conversation: &Conversation) {
    let subject = &conversation.subject;
    builder.state.leaks.retain(|leak| leak.conversation.subject != *subject);
    if scope(&conversation.parts).is_none() || is_over(&conversation.exposed) {
        return;
    }
    // An interim reply is followed by the one that waits for the first look.
    let looked = !conversation.exposed.is_empty() || !conversation.effects.is_empty();
    let next_at = if looked {
        next_look(conversation, builder.now)
    } else {
        builder.now
    };
    let mut conversation = Conversation {
        replied: true,
        awaiting: Vec::new(),
        effects: Vec::new(),
        ..conversation.clone()
    };
    follow_these(&mut conversation);
    // What providers said of other keys was so then.
    conversation.keys.clear();
    conversation
        .parts
        .retain(|part| !matches!(part, ReplyPart::Keys { .. }));
    builder.state.leaks.push(Leak {
        conversation,
        look: None,
        next_at: Some(next_at),
        said_at: builder.now,
    });
    let surplus = builder.state.leaks.len().saturating_sub(AT_MOST);
    builder.state.leaks.drain(..surplus);
}

/// "All keys" are those that were found at the first look: one that is dead stays among them.
fn follow_these(conversation: &mut Conversation) {
    let exposed = conversation.exposed.iter();
    let found: Vec<String> = exposed.flat_map(|key| key.variables.iter().cloned()).collect();
    for part in &mut conversation.parts {
        if let ReplyPart::Leaked {
            variables, all: true, ..
        } = part
            && variables.is_empty()
        {
            variables.clone_from(&found);
        }
    }
}

/// Whether a look saw what the reply says already.
pub(super) fn is_told(leak: &Leak, keys: &[ExposedKey], now: DateTime<Utc>) -> bool {
    let told = |keys: &[ExposedKey], at| -> Vec<_> {
        keys.iter()
            .map(|key| (key.id.clone(), key.standing, span(key.lasts(at))))
            .collect()
    };
    told(keys, now) == told(&leak.conversation.exposed, leak.said_at)
}

/// The reply stands as it is; the keys are looked at again.
pub(super) fn look_again(builder: &mut DecisionBuilder<'_>, at: usize, keys: &[ExposedKey]) {
    let leak = &mut builder.state.leaks[at];
    leak.conversation.exposed = keys.to_vec();
    leak.look = None;
    leak.next_at = Some(next_look(&leak.conversation, builder.now));
}

/// The reply to this subject is no longer about a leak.
pub(super) fn forget(builder: &mut DecisionBuilder<'_>, subject: &str) {
    builder.state.leaks.retain(|leak| leak.conversation.subject != subject);
}

/// Takes the looks that are due; `now`: somebody reports on the keys, so that all are.
pub(super) fn look_when_due(builder: &mut DecisionBuilder<'_>, at_once: bool) {
    let now = builder.now;
    for at in 0..builder.state.leaks.len() {
        let leak = &builder.state.leaks[at];
        if leak.look.is_some() || !at_once && leak.next_at.is_none_or(|at| at > now) {
            continue;
        }
        let conversation = leak.conversation.clone();
        if builder.state.quiet {
            builder.state.leaks[at].next_at = Some(next_look(&conversation, now));
            continue;
        }
        let look = want_look(builder, &conversation);
        builder.state.leaks[at].look = look;
        builder.state.leaks[at].next_at = None;
    }
}

/// A look that was refused is taken at the next moment.
pub(super) fn look_refused(builder: &mut DecisionBuilder<'_>, effect: &EffectId) {
    let now = builder.now;
    for leak in &mut builder.state.leaks {
        if leak.look.as_ref() == Some(effect) {
            leak.look = None;
            leak.next_at = Some(next_look(&leak.conversation, now));
        }
    }
}

/// When the keys are looked at again: a growing time after they were exposed, or when the next proof is due.
fn next_look(conversation: &Conversation, now: DateTime<Utc>) -> DateTime<Utc> {
    let since = conversation.exposed.iter().filter_map(|key| key.since).min();
    let since = since.unwrap_or(conversation.since).min(now);
    let minutes = (now - since).num_minutes();
    let next = match LOOKS_AT.iter().find(|at| **at > minutes) {
        Some(next) => *next,
        None if minutes < 24 * 60 => (minutes / 60 + 1) * 60,
        None => (minutes / (24 * 60) + 1) * 24 * 60,
    };
    let proofs = conversation.exposed.iter().filter_map(|key| key.next_proof_at);
    let next = since + TimeDelta::minutes(next);
    proofs.min().map_or(next, |proof| next.min(proof.max(now)))
}

fn is_over(keys: &[ExposedKey]) -> bool {
    !keys.is_empty() && keys.iter().all(|key| key.standing.is_over())
}

/// The facts of the part that tells of a leak.
pub(super) fn facts(
    builder: &DecisionBuilder<'_>,
    conversation: &Conversation,
    (variables, all, former): (&[String], bool, &[String]),
) -> Value {
    let keys = &conversation.exposed;
    let open: Vec<&ExposedKey> = keys.iter().filter(|key| !key.standing.is_over()).collect();
    let known: Vec<String> = if keys.is_empty() {
        titles(builder, &[variables, former].concat())
    } else {
        unique(open.iter().map(|key| key.title.clone()))
    };
    let consoles = unique(
        open.iter()
            .filter_map(|key| Some((key.title.clone(), key.manage_url.clone()?))),
    );
    let consoles: Vec<Value> = consoles
        .into_iter()
        .map(|(title, url)| context! { title, url })
        .collect();
    // What no provider is known for has no rotation of its own.
    let providers = &builder.playbook.names.providers;
    let ids = if keys.is_empty() {
        let of_provider = variables.iter().filter(|name| providers.contains_key(*name));
        of_provider.cloned().collect()
    } else {
        let of_provider = open.iter().filter(|key| key.manage_url.is_some());
        unique(of_provider.map(|key| key.id.clone()))
    };
    // Of a key that left `.env`, what took its place is not to be rotated; a rotation that runs is not begun again.
    let settled = |id: &String| {
        let mut of = open.iter().filter(|key| key.id == *id).peekable();
        of.peek().is_some() && of.all(|key| key.is_rotating || !key.standing.is_in_use())
    };
    let begun: Vec<String> = ids.iter().filter(|id| !settled(id)).cloned().collect();
    let only_former = !all && variables.is_empty() && !former.is_empty();
    let present = |name: &String| {
        let mut marked = builder.state.marked.iter();
        marked.any(|mark| mark.holds_present(|own| leak_marks::is_same(builder, own, name)))
    };
    let few = |many: usize| many <= NAMED_AT_MOST;
    context! {
        over => is_over(keys),
        unnamed => !all && variables.is_empty() && former.is_empty(),
        former => only_former,
        present => former.iter().any(present),
        every => all && open.len() == keys.len(),
        replaced => only_former || !open.is_empty() && !open.iter().any(|key| key.standing.is_in_use()),
        more => known.len().saturating_sub(TITLES_AT_MOST),
        titles => shown(&known[..known.len().min(TITLES_AT_MOST)]),
        groups => groups(builder, keys),
        consoles => if few(consoles.len()) { consoles } else { Vec::new() },
        starts => if keys.is_empty() { all || variables.is_empty() || !ids.is_empty() } else { !begun.is_empty() },
        finishes => all || variables.is_empty() || !ids.is_empty(),
        finish => if let [only] = &ids[..] { only.clone() } else { String::new() },
        command => if few(begun.len()) { begun.join(" ") } else { String::new() },
    }
}

/// The keys by how they stand, the most urgent first. The reply stands for a while as it is, so it says since when.
fn groups(builder: &DecisionBuilder<'_>, keys: &[ExposedKey]) -> Vec<Value> {
    let (now, zone) = (builder.now, builder.playbook.zone);
    let local = |at: DateTime<Utc>| {
        let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
        let is_today = at.date_naive() == now.date_naive();
        at.format(if is_today { "%H:%M" } else { "%-d %b %H:%M" }).to_string()
    };
    let mut standings: Vec<ExposureStanding> = keys.iter().map(|key| key.standing).collect();
    standings.sort_unstable();
    standings.dedup();
    let group = |standing: ExposureStanding| {
        let of: Vec<&ExposedKey> = keys.iter().filter(|key| key.standing == standing).collect();
        let (count, unit) = span(of.iter().map(|key| key.lasts(now)).max().unwrap_or_default());
        let titles = unique(of.iter().map(|key| key.title.clone()));
        let more = titles.len().saturating_sub(TITLES_AT_MOST);
        let titles = &titles[..titles.len().min(TITLES_AT_MOST)];
        let since = of.iter().filter_map(|key| key.since).min().map(local);
        context! { standing => shown(standing), titles => shown(titles), more, count, unit, since }
    };
    standings.into_iter().map(group).collect()
}

fn unique<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut unique = Vec::new();
    for one in all {
        if !unique.contains(&one) {
            unique.push(one);
        }
    }
    unique
}
