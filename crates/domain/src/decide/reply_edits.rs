//! Edits of our replies: one at a time for each reply. What is to be said meanwhile waits, the newest text alone.
use super::builder::DecisionBuilder;
use crate::effect::{Effect, EffectId, NewEffect};
use crate::ids::CommentId;
use crate::page::Edit;
use crate::reply::{Reference, Run};

/// Wants a reply to say something else.
pub(super) fn want(
    builder: &mut DecisionBuilder<'_>,
    reply: EffectId,
    reference: Reference,
    comment: Option<CommentId>,
    runs: Vec<Run>,
) {
    if let Some(edit) = builder.state.edits.iter_mut().find(|edit| edit.reply == reply) {
        edit.next = Some(runs);
        return;
    }
    let writing = builder.new_id("update_reply");
    let effect = Effect::UpdateReply {
        reply: reply.clone(),
        runs,
        reference: reference.clone(),
    };
    builder.want(NewEffect {
        page: builder.page.clone(),
        id: writing.clone(),
        comment: comment.clone(),
        effect,
        after: Some(reply.clone()),
        not_before: None,
    });
    builder.state.edits.push(Edit {
        reply,
        writing,
        next: None,
        comment,
        reference,
    });
}

/// Takes the end of an edit in: what waited for it is wanted now. Whether `effect` was one.
pub(super) fn ended(builder: &mut DecisionBuilder<'_>, effect: &EffectId) -> bool {
    let Some(at) = builder.state.edits.iter().position(|edit| edit.writing == *effect) else {
        return false;
    };
    let edit = builder.state.edits.remove(at);
    if let Some(runs) = edit.next {
        want(builder, edit.reply, edit.reference, edit.comment, runs);
    }
    true
}
