//! A leak that was told and was none: whoever may mark a key takes the mark back, "false alarm, the Stripe key was not leaked", or
//! "undo" right after it. What stood in a comment, or in the page, stays exposed whatever is said of it.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{conversation, corrections, leak_marks, take_backs};
use crate::domain::classify::Label;
use crate::domain::effect::Effect;
use crate::domain::event::Report;
use crate::domain::ids::CommentId;
use crate::domain::leaks::{LeakDenial, LeakedKeys};
use crate::domain::page::{Conversation, MarkedKeys, ReplyPart};
use std::collections::BTreeSet;

/// What a comment takes back of what was marked; the part of the reply that tells of it.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    if report.absorbed || report.leak.is_some() {
        return None;
    }
    let (comments, named) = match &report.no_leak {
        Some(LeakDenial {
            keys: Some(keys),
            takes_back,
            ..
        }) => denied(builder, &report, keys, *takes_back)?,
        _ => (vec![undone(builder, report)?], None),
    };
    take_back(builder, &report.comment.id, &comments, named.as_deref())
}

/// The comments whose marks are denied, and the keys that are named.
fn denied(
    builder: &DecisionBuilder<'_>,
    report: &Report,
    keys: &LeakedKeys,
    takes_back: bool,
) -> Option<(Vec<CommentId>, Option<Vec<String>>)> {
    let marked = builder.state.marked.iter();
    let (comments, named): (Vec<CommentId>, _) = match keys {
        LeakedKeys::Named(names) => {
            let names = same_keys(builder, names);
            let meets = |mark: &&MarkedKeys| mark.all || mark.variables.iter().any(|name| names.contains(name));
            let comments = marked.filter(meets).map(|mark| mark.comment.clone());
            (comments.collect(), Some(names.into_iter().collect()))
        }
        LeakedKeys::All => {
            // That `.env` was not public says nothing of a key that is marked by its name.
            let of_all = |mark: &&MarkedKeys| mark.all || !builder.state.marked.iter().any(|mark| mark.all);
            (marked.filter(of_all).map(|mark| mark.comment.clone()).collect(), None)
        }
        LeakedKeys::Unnamed => {
            let last = marked.last()?;
            let is_meant = takes_back || take_backs::is_last_said(builder, report, &last.comment);
            (is_meant.then(|| last.comment.clone()).into_iter().collect(), None)
        }
    };
    (!comments.is_empty()).then_some((comments, named))
}

/// "Undo", "false alarm", right after a mark in the thread.
fn undone(builder: &DecisionBuilder<'_>, report: Acting<'_>) -> Option<CommentId> {
    if !corrections::takes_back(&report) || !report.steps(Label::Correction).is_empty() {
        return None;
    }
    let mut marked = builder.state.marked.iter().rev();
    let last = marked.find(|mark| take_backs::is_last_said(builder, &report, &mark.comment))?;
    Some(last.comment.clone())
}

/// These variables, and the others of the same providers.
fn same_keys(builder: &DecisionBuilder<'_>, names: &[String]) -> BTreeSet<String> {
    let ids = &builder.playbook.names.ids;
    let meant: BTreeSet<&String> = names.iter().filter_map(|name| ids.get(name)).collect();
    let same = ids
        .iter()
        .filter(|(_, id)| meant.contains(id))
        .map(|(name, _)| name.clone());
    names.iter().cloned().chain(same).collect()
}

fn take_back(
    builder: &mut DecisionBuilder<'_>,
    by: &CommentId,
    comments: &[CommentId],
    named: Option<&[String]>,
) -> Option<ReplyPart> {
    let is_named = |name: &String| named.is_none_or(|named| named.contains(name));
    let stands = standing(builder);
    let (mut back, mut all) = (BTreeSet::new(), false);
    for mark in &mut builder.state.marked {
        if !comments.contains(&mark.comment) {
            continue;
        }
        if mark.all && named.is_none() {
            all = true;
        } else if mark.all {
            back.extend(
                named
                    .into_iter()
                    .flatten()
                    .filter(|name| !stands.contains(*name))
                    .cloned(),
            );
        }
        back.extend(mark.variables.extract_if(.., |name| is_named(name)));
    }
    let taken = |mark: &MarkedKeys| comments.contains(&mark.comment) && (all || mark.variables.is_empty() && !mark.all);
    builder.state.marked.retain(|mark| !taken(mark));
    if back.is_empty() && !all {
        return None;
    }
    let variables: Vec<String> = back.into_iter().collect();
    let but: Vec<String> = stands.into_iter().collect();
    if let Some(cycle) = &mut builder.state.cycle {
        let is_back = |name: &String| variables.contains(name) || all && !but.contains(name);
        cycle.exposed.retain(|name, _| !is_back(name));
    }
    builder.note(Some(by), "leak_taken_back", (&variables, all));
    unmark(builder, by, &variables, all, but);
    stop_clocks(builder, &variables, all);
    Some(ReplyPart::NotLeaked { variables, all })
}

/// What stood in comments and in the page.
fn standing(builder: &DecisionBuilder<'_>) -> BTreeSet<String> {
    let posted = builder.state.posted.iter().flat_map(|posted| &posted.exposed);
    let held = builder.state.held.iter().flat_map(|held| &held.exposed);
    posted.chain(held).cloned().collect()
}

fn unmark(builder: &mut DecisionBuilder<'_>, by: &CommentId, variables: &[String], all: bool, but: Vec<String>) {
    let effect = Effect::UnmarkExposed {
        variables: variables.to_vec(),
        all,
        but,
    };
    leak_marks::write(builder, Some(by), effect);
}

/// The replies on whose keys no clock runs any more say so.
fn stop_clocks(builder: &mut DecisionBuilder<'_>, back: &[String], all: bool) {
    let leaks = std::mem::take(&mut builder.state.leaks);
    for mut leak in leaks {
        let taken = without(&mut leak.conversation, back, all);
        if !taken {
            builder.state.leaks.push(leak);
            continue;
        }
        let tells = |part: &ReplyPart| matches!(part, ReplyPart::Leaked { .. });
        if leak.conversation.parts.iter().any(tells) {
            leak.look = None;
            leak.next_at = Some(builder.now);
            builder.state.leaks.push(leak);
        } else {
            leak.conversation.exposed.clear();
            conversation::say(builder, &leak.conversation);
        }
    }
}

/// A reply that tells of these keys tells that they did not leak; whether it does.
fn without(conversation: &mut Conversation, back: &[String], all: bool) -> bool {
    let mut not_leaked = Vec::new();
    for part in &mut conversation.parts {
        if let ReplyPart::Leaked { variables, all: every } = part {
            not_leaked.extend(variables.extract_if(.., |name| all || back.contains(name)));
            *every &= !all;
        }
    }
    conversation
        .parts
        .retain(|part| !matches!(part, ReplyPart::Leaked { variables, all: false } if variables.is_empty()));
    let tells = all || !not_leaked.is_empty();
    if tells {
        conversation.parts.push(ReplyPart::NotLeaked {
            variables: not_leaked,
            all,
        });
    }
    tells
}

/// The reply that tells of it waits until it is written.
pub(super) fn wait(builder: &DecisionBuilder<'_>, conversation: &mut Conversation) {
    let tells = |part: &ReplyPart| matches!(part, ReplyPart::NotLeaked { .. });
    if conversation.parts.iter().any(tells) {
        conversation.effects.extend(builder.state.marking.clone());
    }
}
