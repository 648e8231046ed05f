//! Reminders: somebody wants to hear of us at a later time; then they do, once, in the thread where they said so.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::language;
use crate::domain::asks::{DateWay, DateWish};
use crate::domain::effect::Place;
use crate::domain::page::{Reminder, ReplyPart};
use chrono::{DateTime, Utc};

/// Reminders of one page at most.
const AT_MOST: usize = 100;

/// Whether a wish is one to be reminded.
pub(super) fn is_wanted(wish: &DateWish) -> bool {
    wish.way == DateWay::Reminder && !wish.tentative
}

/// Keeps a reminder; what is told of it.
pub(super) fn keep(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, at: DateTime<Utc>) -> ReplyPart {
    let comment = &report.comment;
    let reminder = Reminder {
        at,
        author: comment.author.clone(),
        name: comment.author_name.clone(),
        comment: comment.id.clone(),
        place: Place::Discussion {
            id: comment.discussion.clone(),
            under: comment.anchor.clone(),
        },
        language: language::of_reply(builder, &report),
    };
    let reminders = &mut builder.state.reminders;
    reminders.retain(|other| other.comment != reminder.comment);
    reminders.push(reminder);
    let surplus = reminders.len().saturating_sub(AT_MOST);
    reminders.drain(..surplus);
    ReplyPart::Reminds { at: Some(at) }
}
