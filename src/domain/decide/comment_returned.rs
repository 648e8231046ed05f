//! A comment that had been taken as deleted or resolved is listed again: what its absence did is undone.
use super::builder::DecisionBuilder;
use super::comment_gone::{answering, remembered};
use super::{comment_posted, conversation, exposed_keys};
use crate::domain::effect::{EffectId, Status};
use crate::domain::event::Report;
use crate::domain::page::{Posted, ReplyPart};

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, report: &Report) {
    let comment = &report.comment.id;
    // Its reply may have been called off in the outbox, of which the state knows nothing.
    let reply = EffectId::reply(builder.page, comment.as_str());
    builder.revived.push(reply);
    builder.note(Some(comment), "returned", "listed again");
    let Some(absence) = remembered(builder, comment) else {
        return;
    };
    // Where a person, or the end of the work, moved the status meanwhile, it stands.
    if !absence.blockers.is_empty() && builder.state.status.wanted == Some(Status::InProgress) {
        builder.move_status(Status::Blocked);
    }
    builder.state.blockers.extend(absence.blockers);
    let still_open = |subject: &String| {
        let mut open = builder.state.conversations.iter();
        open.position(|open| open.subject == *subject)
    };
    if let Some(at) = absence.among.as_ref().and_then(still_open) {
        builder.state.conversations[at].also.push(comment.clone());
    }
    let answered = absence.conversation.is_none();
    builder.state.conversations.extend(absence.conversation);
    if let Some(posted) = absence.posted {
        if absence.thanked && answered {
            warn(builder, report, &posted);
        }
        builder.state.posted.push(posted);
    }
    conversation::advance(builder);
}

/// The reply that gave thanks asks again for the comment to be deleted.
fn warn(builder: &mut DecisionBuilder<'_>, report: &Report, posted: &Posted) {
    let found = exposed_keys::found_keys(&builder.playbook.names, &report.findings);
    let keys = exposed_keys::told(builder, &report.comment.author, found);
    if keys.is_empty() {
        return;
    }
    let mut again = comment_posted::about(builder, report, vec![ReplyPart::Posted { keys }]);
    answering(posted).as_str().clone_into(&mut again.subject);
    again.language.clone_from(&posted.language);
    again.replied = true;
    conversation::say(builder, &again);
}
