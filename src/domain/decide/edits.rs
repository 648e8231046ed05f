//! Edits of our replies: one at a time for each reply. What is to be said meanwhile waits, the newest text alone.
use super::desk::{Desk, Wanted};
use crate::domain::effect::{Effect, EffectId};
use crate::domain::ids::CommentId;
use crate::domain::page::Edit;
use crate::domain::reply::{Reference, Run};

/// Wants a reply to say something else.
pub(super) fn want(
    desk: &mut Desk<'_>,
    reply: EffectId,
    reference: Reference,
    comment: Option<CommentId>,
    runs: Vec<Run>,
) {
    if let Some(edit) = desk.state.edits.iter_mut().find(|edit| edit.reply == reply) {
        edit.next = Some(runs);
        return;
    }
    let writing = desk.new_id("update_reply");
    let effect = Effect::UpdateReply {
        reply: reply.clone(),
        runs,
        reference: reference.clone(),
    };
    desk.want(Wanted {
        id: writing.clone(),
        comment: comment.clone(),
        effect,
        after: Some(reply.clone()),
        not_before: None,
    });
    desk.state.edits.push(Edit {
        reply,
        writing,
        next: None,
        comment,
        reference,
    });
}

/// Takes the end of an edit in: what waited for it is wanted now. Whether `effect` was one.
pub(super) fn ended(desk: &mut Desk<'_>, effect: &EffectId) -> bool {
    let Some(at) = desk.state.edits.iter().position(|edit| edit.writing == *effect) else {
        return false;
    };
    let edit = desk.state.edits.remove(at);
    if let Some(runs) = edit.next {
        want(desk, edit.reply, edit.reference, edit.comment, runs);
    }
    true
}
