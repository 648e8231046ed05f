//! A comment is gone: a blocker is cleared, a key's comment is thanked for, a completion stays; what it set aside does,
//! unless it was deleted.
use super::builder::DecisionBuilder;
use super::{blockers, conversation, date_moves, leaks, undo};
use crate::comment::Finding;
use crate::effect::Place;
use crate::event::{Gone, Report};
use crate::ids::CommentId;
use crate::page::{Absence, Conversation, OpenQuestion, Posted, ReplyPart};

/// Absences that are remembered; a comment that returns after so many others went is news to nobody.
const ABSENCES_AT_MOST: usize = 200;

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, comment: &CommentId, how: Gone) {
    // It may go twice: resolved, then deleted.
    let mut absence = remembered(builder, comment).unwrap_or_else(|| Absence::of(comment.clone()));
    let stopped = builder.state.blockers.len();
    let ended = undo::leave(&mut builder.state, comment, how);
    if builder.state.blockers.len() < stopped {
        blockers::set_status_back(builder);
    }
    // Nobody answers a question about a comment that is not there.
    let about = |question: &mut OpenQuestion| question.comment == *comment;
    absence.questions.extend(builder.state.questions.extract_if(.., about));
    forget(builder, comment, &mut absence);
    if how == Gone::Deleted {
        date_moves::take_back(builder, comment, true);
    }
    // A resolved comment still exists, and so does the key in it: no thanks.
    if how == Gone::Deleted
        && let Some(at) = builder
            .state
            .posted
            .iter()
            .position(|posted| posted.comment == *comment)
    {
        let posted = builder.state.posted.remove(at);
        // The reply to a flood warns of every key in it, until the last of them is gone.
        let told_in = answering(&posted).clone();
        let warned = builder.state.posted.iter().any(|other| *answering(other) == told_in);
        if !warned {
            thank(builder, &posted);
        }
        absence.thanked = !warned;
        absence.posted = Some(posted);
    }
    if ended || !absence.is_empty() {
        builder.state.absences.push(absence);
        let surplus = builder.state.absences.len().saturating_sub(ABSENCES_AT_MOST);
        let forgotten = builder.state.absences.drain(..surplus);
        let forgotten: Vec<CommentId> = forgotten.map(|absence| absence.comment).collect();
        undo::settle(&mut builder.state, &forgotten);
    }
    builder.note(
        Some(comment),
        "gone",
        if how == Gone::Deleted { "deleted" } else { "resolved" },
    );
}

/// What a comment took along, taken out of the memory.
pub(super) fn remembered(builder: &mut DecisionBuilder<'_>, comment: &CommentId) -> Option<Absence> {
    let absences = &mut builder.state.absences;
    let at = absences.iter().position(|absence| absence.comment == *comment)?;
    Some(absences.remove(at))
}

/// Nobody waits for an answer to it any more; the others of a flood do.
fn forget(builder: &mut DecisionBuilder<'_>, comment: &CommentId, absence: &mut Absence) {
    let conversations = &mut builder.state.conversations;
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

/// An edit may have removed the key: then the reply says so, among what else it has to say, and what is to be done with it.
pub(super) fn no_longer_holds_a_key(builder: &mut DecisionBuilder<'_>, report: &Report) -> Vec<ReplyPart> {
    let held = |posted: &Posted| posted.comment == report.comment.id;
    let Some(at) = builder.state.posted.iter().position(held) else {
        return Vec::new();
    };
    let posted = builder.state.posted.remove(at);
    if !report.findings.iter().all(Finding::is_piece_of_ours) {
        return Vec::new();
    }
    let labels = posted.labels;
    let exposed = (!posted.exposed.is_empty()).then_some(ReplyPart::Leaked {
        variables: posted.exposed,
        all: false,
        former: Vec::new(),
    });
    std::iter::once(ReplyPart::Clean { labels }).chain(exposed).collect()
}

fn thank(builder: &mut DecisionBuilder<'_>, posted: &Posted) {
    let part = ReplyPart::Gone {
        labels: posted.labels.clone(),
        of_page: false,
    };
    let mut told = conversation::new(builder, answering(posted).as_str().to_owned(), Place::Page, vec![part]);
    told.comment = Some(posted.comment.clone());
    told.language.clone_from(&posted.language);
    told.replied = true;
    leaks::goes_on(builder, told, &posted.exposed);
}
