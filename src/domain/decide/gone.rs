//! A comment is gone: a blocker is cleared, a key's comment is thanked for, a completion stays.
use super::compose;
use super::desk::Desk;
use super::{edits, posted};
use crate::domain::effect::EffectId;
use crate::domain::event::{Gone, Report};
use crate::domain::ids::CommentId;
use crate::domain::page::{Part, Posted};
use crate::domain::reply::Reference;

pub(super) fn take(desk: &mut Desk<'_>, comment: &CommentId, how: Gone) {
    posted::clear_blockers(desk, |blocker| blocker.comment == *comment);
    forget(desk, comment);
    // A resolved comment still exists, and so does the key in it: no thanks.
    if how == Gone::Deleted
        && let Some(at) = desk.state.posted.iter().position(|posted| posted.comment == *comment)
    {
        let posted = desk.state.posted.remove(at);
        // The reply to a flood warns of every key in it, until the last of them is gone.
        let told_in = answering(&posted).clone();
        let warned = desk.state.posted.iter().any(|other| *answering(other) == told_in);
        if !warned {
            thank(desk, &posted);
        }
    }
    desk.note(
        Some(comment),
        "gone",
        if how == Gone::Deleted { "deleted" } else { "resolved" },
    );
}

/// Nobody waits for an answer to it any more; the others of a flood do.
fn forget(desk: &mut Desk<'_>, comment: &CommentId) {
    desk.state
        .conversations
        .retain(|open| !open.also.is_empty() || open.comment.as_ref() != Some(comment));
    for open in &mut desk.state.conversations {
        open.also.retain(|other| other != comment);
    }
}

/// The comment whose reply speaks of this key.
fn answering(posted: &Posted) -> &CommentId {
    posted.answered_in.as_ref().unwrap_or(&posted.comment)
}

/// An edit may have removed the key: then the reply says so, among what else it has to say.
pub(super) fn no_longer_holds_a_key(desk: &mut Desk<'_>, report: &Report) -> Option<Part> {
    let at = desk
        .state
        .posted
        .iter()
        .position(|posted| posted.comment == report.comment.id)?;
    let posted = desk.state.posted.remove(at);
    report.findings.is_empty().then_some(Part::Clean {
        labels: posted.labels,
        exposed: posted.exposed,
    })
}

fn thank(desk: &mut Desk<'_>, posted: &Posted) {
    let told_in = answering(posted);
    let reply = EffectId::reply(desk.page, told_in.as_str());
    let runs = compose::thanks(desk, posted);
    let reference = Reference::of(told_in);
    edits::want(desk, reply, reference, Some(posted.comment.clone()), runs);
}
