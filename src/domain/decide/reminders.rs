//! Reminders: somebody wants to hear of us at a later time; then they do, once, in the thread where they said so.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::language;
use crate::domain::asks::{DateWay, DateWish};
use crate::domain::effect::Place;
use crate::domain::event::Report;
use crate::domain::page::{Reminder, ReplyPart};
use chrono::{DateTime, Utc};

/// Reminders of one page at most.
const AT_MOST: usize = 100;

/// Whether a wish is one to be reminded.
pub(super) fn is_wanted(wish: &DateWish) -> bool {
    wish.way == DateWay::Reminder && !wish.tentative
}

/// Who wrote a comment, to be spoken to at a moment in its thread.
fn reminder(builder: &DecisionBuilder<'_>, report: &Report, at: DateTime<Utc>) -> Reminder {
    let comment = &report.comment;
    Reminder {
        at,
        author: comment.author.clone(),
        name: comment.author_name.clone(),
        comment: comment.id.clone(),
        place: Place::Discussion {
            id: comment.discussion.clone(),
            under: comment.anchor.clone(),
        },
        language: language::of_reply(builder, report),
    }
}

/// Keeps a reminder; what is told of it.
pub(super) fn keep(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, at: DateTime<Utc>) -> ReplyPart {
    let reminder = reminder(builder, &report, at);
    let reminders = &mut builder.state.reminders;
    reminders.retain(|other| other.comment != reminder.comment);
    reminders.push(reminder);
    let surplus = reminders.len().saturating_sub(AT_MOST);
    reminders.drain(..surplus);
    ReplyPart::Reminds { at: Some(at) }
}

/// A changed comment asks for no reminder any more.
pub(super) fn no_longer_wanted(builder: &mut DecisionBuilder<'_>, report: &Report) {
    if !report.wishes.iter().any(is_wanted) {
        let reminders = &mut builder.state.reminders;
        reminders.retain(|reminder| reminder.comment != report.comment.id);
    }
}

/// Somebody spoke: if nothing happens for a while from now on, they are asked how it goes.
pub(super) fn spoken(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) {
    if let Some(nudge) = builder.playbook.nudge {
        builder.state.nudge = Some(reminder(builder, &report, builder.now + nudge));
    }
}

/// Somebody changed the page by hand: it does not stand still.
pub(super) fn stirred(builder: &mut DecisionBuilder<'_>) {
    if let (Some(nudge), Some(waiting)) = (builder.playbook.nudge, &mut builder.state.nudge) {
        waiting.at = builder.now + nudge;
    }
}
