//! People who may not act. They are answered, and that is all: nothing that they write, edit, delete or bring back
//! changes the page, its keys or its schedule.
//!
//! What they are told does not depend on the value of any key, or the answers could be used to guess one: whether a
//! comment may hold a key is judged by its form alone (`Report::looks_like_key`), and so is how it reads.
use super::builder::DecisionBuilder;
use super::{
    comment_posted, comment_returned, comments_flooded, conversation, dates, exposed_keys, key_questions, leaks,
    limits, page_asks, questions, undo,
};
use crate::classify::{Ask, Label};
use crate::event::{Event, Report};
use crate::ids::CommentId;
use crate::page::{Conversation, ReplyPart};

/// A guest wrote.
pub(super) fn posted(builder: &mut DecisionBuilder<'_>, report: &Report) {
    if builder.state.quiet {
        return;
    }
    let parts = parts(builder, report);
    questions::spoken(builder, report, &parts);
    if report.absorbed {
        builder.state.absorbed += 1;
    } else if !parts.is_empty() {
        answer(builder, report, parts, &[]);
    }
}

/// A guest wrote more than anybody reads answers to: one answer for all of it.
pub(super) fn flooded(builder: &mut DecisionBuilder<'_>, reports: &[Report]) {
    if builder.state.quiet {
        return;
    }
    let mut waiting: Vec<(&Report, Vec<ReplyPart>)> = Vec::new();
    for report in reports {
        let parts = parts(builder, report);
        questions::spoken(builder, report, &parts);
        builder.state.absorbed += usize::from(report.absorbed);
        if !report.absorbed && !parts.is_empty() {
            waiting.push((report, parts));
        }
    }
    if waiting.len() <= Event::FLOOD_OF_GUESTS {
        for (report, parts) in waiting {
            answer(builder, report, parts, &[]);
        }
        return;
    }
    let Some((newest, last)) = waiting.pop() else {
        return;
    };
    let together = ReplyPart::Together {
        comments: waiting.len() + 1,
    };
    let also: Vec<&Report> = waiting.iter().map(|(report, _)| *report).collect();
    let each = waiting.into_iter().flat_map(|(_, parts)| parts).chain(last);
    let parts = comments_flooded::merged(builder, std::iter::once(together).chain(each));
    answer(builder, newest, parts, &also);
}

/// A guest edited a comment. It was answered as it was, and one comment would be as many questions as it has edits: only
/// that it looks like a key now is said, in the reply that it has.
pub(super) fn edited(builder: &mut DecisionBuilder<'_>, report: &Report, answered: Option<&CommentId>) {
    note_keys(builder, report);
    if builder.state.quiet || report.absorbed || !report.looks_like_key {
        return;
    }
    let mut conversation = conversation(builder, report, vec![ReplyPart::LooksLikeKey], &[]);
    if let Some(answered) = answered {
        conversation.replied = true;
        answered.as_str().clone_into(&mut conversation.subject);
    }
    limits::apply(builder, &mut conversation, report.authority);
    conversation::say(builder, &conversation);
}

/// A guest's comment is listed again, and waits for its answer as it did. Its author may have acted before: what that did
/// to the page stays undone.
pub(super) fn returned(builder: &mut DecisionBuilder<'_>, report: &Report) {
    if let Some(mut absence) = comment_returned::remember(builder, &report.comment.id) {
        undo::retract_blockers(&mut builder.state, &report.comment.id, |_| true);
        undo::retract_asides(&mut builder.state, &report.comment.id);
        absence.questions.clear();
        if let Some(open) = &mut absence.conversation {
            open.may_finish = false;
        }
        comment_returned::wait_again(builder, absence);
    }
}

fn parts(builder: &mut DecisionBuilder<'_>, report: &Report) -> Vec<ReplyPart> {
    note_keys(builder, report);
    if report.looks_like_key {
        return vec![ReplyPart::LooksLikeKey];
    }
    if let Some(part) = leaks::by_guest(builder, report) {
        return vec![part];
    }
    if let Some(parts) = questions::for_another(builder, report) {
        return parts;
    }
    let mut parts = Vec::new();
    if wants_something_done(report) {
        parts.push(ReplyPart::Guidance);
    }
    parts.extend(page_asks::by_guest(builder, report));
    parts.extend(key_questions::for_guest(report));
    parts.extend(dates::for_guest(builder, report));
    parts
}

/// Whether a guest reports something, or asks for what only members cause or learn.
fn wants_something_done(report: &Report) -> bool {
    let takes_back = report.no_leak.as_ref().is_some_and(|denial| denial.takes_back);
    let reports = report.reading.needs_reply && report.reading.labels.iter().any(|label| *label != Label::Question);
    let requests = report.asks.iter().any(|asked| asked.ask.is_some_and(Ask::is_request));
    takes_back || reports || requests || !report.questions.is_empty() || !report.wishes.is_empty()
}

/// The owner learns from the audit what a guest holds of which key; the page does not.
fn note_keys(builder: &mut DecisionBuilder<'_>, report: &Report) {
    if !report.findings.is_empty() {
        let keys = exposed_keys::found_keys(&builder.playbook.names, &report.findings);
        builder.note(Some(&report.comment.id), "key_posted_by_guest", &keys);
    }
}

fn conversation(
    builder: &DecisionBuilder<'_>,
    report: &Report,
    parts: Vec<ReplyPart>,
    also: &[&Report],
) -> Conversation {
    Conversation {
        also: also.iter().map(|other| other.comment.id.clone()).collect(),
        // A name is the guest's own text.
        name: None,
        is_guest: true,
        ..comment_posted::about(builder, report, parts)
    }
}

fn answer(builder: &mut DecisionBuilder<'_>, report: &Report, parts: Vec<ReplyPart>, also: &[&Report]) {
    let mut conversation = conversation(builder, report, parts, also);
    limits::apply(builder, &mut conversation, report.authority);
    conversation::say(builder, &conversation);
}
