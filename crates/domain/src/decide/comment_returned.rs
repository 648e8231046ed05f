//! A comment that had been taken as deleted or resolved is listed again: what its absence did is undone.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::comment_gone::{answering, remembered};
use super::{comment_posted, conversation, date_moves, exposed_keys, leak_clock, undo};
use crate::effect::{EffectId, Status};
use crate::ids::CommentId;
use crate::page::{Absence, OpenQuestion, Posted, ReplyPart};

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) {
    date_moves::move_again(builder, &report.comment.id);
    let Some(mut absence) = remember(builder, &report.comment.id) else {
        return;
    };
    // Where the end of the work moved the status meanwhile, it stands.
    let stops = undo::come_back(&mut builder.state, &report.comment.id);
    if stops && builder.state.status.wanted == Some(Status::InProgress) {
        builder.follow_the_work();
    }
    for question in std::mem::take(&mut absence.questions) {
        let newer = |open: &OpenQuestion| open.is_for(&question.author, &question.thread);
        if question.waits(builder.now) && !builder.state.questions.iter().any(newer) {
            question.open(&mut builder.state.questions);
        }
    }
    let answered = absence.conversation.is_none();
    if let Some(posted) = absence.posted.as_ref().filter(|_| absence.thanked && answered) {
        warn(builder, report, posted);
    }
    wait_again(builder, absence);
}

/// What a comment took along when it went. Its reply may have been called off in the outbox, of which the state knows
/// nothing.
pub(super) fn remember(builder: &mut DecisionBuilder<'_>, comment: &CommentId) -> Option<Absence> {
    builder.revived.push(EffectId::reply(builder.page, comment.as_str()));
    builder.note(Some(comment), "returned", "listed again");
    remembered(builder, comment)
}

/// It waits for its answer again, alone or among the others of a flood.
pub(super) fn wait_again(builder: &mut DecisionBuilder<'_>, absence: Absence) {
    let still_open = |subject: &String| {
        let mut open = builder.state.conversations.iter();
        open.position(|open| open.subject == *subject)
    };
    if let Some(at) = absence.among.as_ref().and_then(still_open) {
        builder.state.conversations[at].also.push(absence.comment);
    }
    builder.state.conversations.extend(absence.conversation);
    builder.state.posted.extend(absence.posted);
    conversation::advance(builder);
}

/// The reply that gave thanks asks again for the comment to be deleted.
fn warn(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, posted: &Posted) {
    let (keys, _) = exposed_keys::told(builder, report);
    if keys.is_empty() {
        return;
    }
    let mut again = comment_posted::about(builder, &report, vec![ReplyPart::Posted { keys }]);
    answering(posted).as_str().clone_into(&mut again.subject);
    again.language.clone_from(&posted.language);
    again.replied = true;
    leak_clock::forget(builder, &again.subject);
    conversation::say(builder, &again);
}
