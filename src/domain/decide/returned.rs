//! A comment that had been taken as deleted or resolved is listed again: what its absence did is undone.
use super::desk::Desk;
use super::gone::{answering, remembered};
use super::{conversation, exposed, posted};
use crate::domain::effect::{EffectId, Status};
use crate::domain::event::Report;
use crate::domain::page::{Part, Posted};

pub(super) fn take(desk: &mut Desk<'_>, report: &Report) {
    let comment = &report.comment.id;
    // Its reply may have been called off in the outbox, of which the state knows nothing.
    let reply = EffectId::reply(desk.page, comment.as_str());
    desk.revived.push(reply);
    desk.note(Some(comment), "returned", "listed again");
    let Some(absence) = remembered(desk, comment) else {
        return;
    };
    // Where a person, or the end of the work, moved the status meanwhile, it stands.
    if !absence.blockers.is_empty() && desk.state.status.wanted == Some(Status::InProgress) {
        desk.move_status(Status::Blocked);
    }
    desk.state.blockers.extend(absence.blockers);
    let still_open = |subject: &String| {
        let mut open = desk.state.conversations.iter();
        open.position(|open| open.subject == *subject)
    };
    if let Some(at) = absence.among.as_ref().and_then(still_open) {
        desk.state.conversations[at].also.push(comment.clone());
    }
    let answered = absence.conversation.is_none();
    desk.state.conversations.extend(absence.conversation);
    if let Some(posted) = absence.posted {
        if absence.thanked && answered {
            warn(desk, report, &posted);
        }
        desk.state.posted.push(posted);
    }
    conversation::go_on(desk);
}

/// The reply that gave thanks asks again for the comment to be deleted.
fn warn(desk: &mut Desk<'_>, report: &Report, posted: &Posted) {
    let keys = exposed::told(&desk.playbook.names, &report.findings);
    let mut again = posted::about(desk, report, vec![Part::Posted { keys }]);
    answering(posted).as_str().clone_into(&mut again.subject);
    again.language.clone_from(&posted.language);
    again.replied = true;
    conversation::say(desk, &again);
}
