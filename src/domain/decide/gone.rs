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
    desk.state
        .conversations
        .retain(|open| open.comment.as_ref() != Some(comment));
    // A resolved comment still exists, and so does the key in it: no thanks.
    if how == Gone::Deleted
        && let Some(at) = desk.state.posted.iter().position(|posted| posted.comment == *comment)
    {
        let posted = desk.state.posted.remove(at);
        thank(desk, &posted);
    }
    desk.note(
        Some(comment),
        "gone",
        if how == Gone::Deleted { "deleted" } else { "resolved" },
    );
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
    let reply = EffectId::reply(desk.page, &posted.comment);
    let runs = compose::thanks(desk, posted);
    let reference = Reference::of(&posted.comment);
    edits::want(desk, reply, reference, Some(posted.comment.clone()), runs);
}
