//! Questions: what somebody asks about.
use super::desk::Desk;
use crate::domain::event::Report;

/// The topic: the name of a prompt in `question/`.
pub(super) fn topic(desk: &Desk<'_>, report: &Report) -> String {
    let text = report.comment.text.as_str();
    desk.playbook.topics.find(text).unwrap_or("unknown").to_owned()
}
