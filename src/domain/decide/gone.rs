//! A comment is gone: a blocker is cleared, a key's comment is thanked for, a completion stays.
use super::compose;
use super::desk::Desk;
use super::{edits, posted};
use crate::domain::effect::EffectId;
use crate::domain::event::{Gone, Report};
use crate::domain::ids::CommentId;
use crate::domain::page::{Absence, Conversation, Part, Posted};
use crate::domain::reply::Reference;

/// Absences that are remembered; a comment that returns after so many others went is news to nobody.
const ABSENCES_AT_MOST: usize = 200;

pub(super) fn take(desk: &mut Desk<'_>, comment: &CommentId, how: Gone) {
    // It may go twice: resolved, then deleted.
    let mut absence = remembered(desk, comment).unwrap_or_else(|| Absence::of(comment.clone()));
    let own = desk.state.blockers.iter().filter(|blocker| blocker.comment == *comment);
    absence.blockers.extend(own.cloned());
    posted::clear_blockers(desk, |blocker| blocker.comment == *comment);
    forget(desk, comment, &mut absence);
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
        absence.thanked = !warned;
        absence.posted = Some(posted);
    }
    if !absence.is_empty() {
        desk.state.absences.push(absence);
        let surplus = desk.state.absences.len().saturating_sub(ABSENCES_AT_MOST);
        desk.state.absences.drain(..surplus);
    }
    desk.note(
        Some(comment),
        "gone",
        if how == Gone::Deleted { "deleted" } else { "resolved" },
    );
}

/// What a comment took along, taken out of the memory.
pub(super) fn remembered(desk: &mut Desk<'_>, comment: &CommentId) -> Option<Absence> {
    let absences = &mut desk.state.absences;
    let at = absences.iter().position(|absence| absence.comment == *comment)?;
    Some(absences.remove(at))
}

/// Nobody waits for an answer to it any more; the others of a flood do.
fn forget(desk: &mut Desk<'_>, comment: &CommentId, absence: &mut Absence) {
    let conversations = &mut desk.state.conversations;
    let own = |open: &Conversation| open.also.is_empty() && open.comment.as_ref() == Some(comment);
    if let Some(at) = conversations.iter().position(own) {
        absence.conversation = Some(conversations.remove(at));
    }
    for open in conversations.iter_mut().filter(|open| open.also.contains(comment)) {
        open.also.retain(|other| other != comment);
        absence.among = Some(open.subject.clone());
    }
}

/// The comment whose reply speaks of this key.
pub(super) fn answering(posted: &Posted) -> &CommentId {
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
