//! A comment is gone: a blocker is cleared, a key's comment is thanked for, a completion stays.
use super::compose;
use super::desk::{Desk, Wanted};
use super::posted;
use crate::domain::effect::{Effect, EffectId};
use crate::domain::event::{Gone, Report};
use crate::domain::ids::CommentId;
use crate::domain::page::Posted;
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

/// An edit may have removed the key.
pub(super) fn no_longer_holds_a_key(desk: &mut Desk<'_>, report: &Report) {
    let at = desk
        .state
        .posted
        .iter()
        .position(|posted| posted.comment == report.comment.id);
    if let Some(at) = at {
        let posted = desk.state.posted.remove(at);
        if report.findings.is_empty() {
            thank(desk, &posted);
        }
    }
}

fn thank(desk: &mut Desk<'_>, posted: &Posted) {
    let reply = EffectId::reply(desk.page, &posted.comment);
    let runs = compose::thanks(desk, posted);
    let id = desk.new_id("update_reply");
    let reference = Reference::of(&posted.comment);
    let comment = Some(posted.comment.clone());
    let effect = Effect::UpdateReply {
        reply: reply.clone(),
        runs,
        reference,
    };
    desk.want(Wanted {
        id,
        comment,
        effect,
        after: Some(reply),
        not_before: None,
    });
}
