//! A person changed a comment: only what the former text lacked is acted on; what it no longer says is taken back.
use super::desk::Desk;
use super::{flood, gone, posted, withdrawn};
use crate::domain::classify::{Label, Reading};
use crate::domain::event::Report;
use crate::domain::ids::CommentId;
use crate::domain::page::Conversation;
use std::collections::BTreeSet;

pub(super) fn take(desk: &mut Desk<'_>, report: &Report, former: &Reading, answered: Option<&CommentId>) {
    if desk.state.quiet || report.absorbed {
        return;
    }
    let before: BTreeSet<u64> = former.clauses.iter().map(|clause| clause.hash).collect();
    let after: BTreeSet<u64> = report.reading.clauses.iter().map(|clause| clause.hash).collect();
    let mut fresh = report.clone();
    fresh.reading.clauses.retain(|clause| !before.contains(&clause.hash));
    let withdrawn: BTreeSet<u8> = former
        .clauses
        .iter()
        .filter(|clause| clause.label == Label::Completion && !after.contains(&clause.hash))
        .flat_map(|clause| clause.steps.iter().copied())
        .filter(|step| !still_said(report, *step))
        .collect();
    let mut parts = Vec::new();
    let whole_withdrawn = former.all_done && !report.reading.all_done;
    if !withdrawn.is_empty() || whole_withdrawn {
        parts.push(withdrawn::withdraw(desk, report, &withdrawn));
    }
    parts.extend(gone::no_longer_holds_a_key(desk, report));
    let blocked = still_blocked(report);
    posted::clear_blockers(desk, |blocker| blocker.comment == report.comment.id && !blocked);
    // The reply speaks of the comment as it now is, so every clause has a part; only new ones change the state.
    parts.extend(posted::parts(desk, &fresh));
    if parts.is_empty() {
        return;
    }
    let comment = &report.comment.id;
    let open = desk.state.conversations.iter().position(|open| open.answers(comment));
    let open = open.map(|at| desk.state.conversations.remove(at));
    let conversation = match open {
        // What is said of a flood goes on speaking of all of it.
        Some(mut flood) if !flood.also.is_empty() => {
            flood.parts = flood::merged(desk, flood.parts.into_iter().chain(parts));
            flood
        }
        open => {
            let answered = answered.or(open.as_ref().filter(|open| open.replied).map(|_| comment));
            let mut conversation = posted::about(desk, report, parts);
            if let Some(answered) = answered {
                conversation.replied = true;
                answered.as_str().clone_into(&mut conversation.subject);
            }
            conversation
        }
    };
    tell_where(desk, comment, &conversation);
    posted::open(desk, report, conversation);
}

/// A key that this edit brought is told in the conversation's reply, which may be that of another comment.
fn tell_where(desk: &mut Desk<'_>, comment: &CommentId, conversation: &Conversation) {
    let told_in = Some(CommentId::from_wire(&conversation.subject)).filter(|subject| subject != comment);
    let held = desk.state.posted.iter_mut().find(|posted| posted.comment == *comment);
    if let (Some(told_in), Some(posted)) = (told_in, held) {
        posted.answered_in = Some(told_in);
    }
}

fn still_said(report: &Report, step: u8) -> bool {
    report
        .reading
        .clauses
        .iter()
        .any(|clause| clause.label == Label::Completion && clause.steps.contains(&step))
}

fn still_blocked(report: &Report) -> bool {
    report
        .reading
        .clauses
        .iter()
        .any(|clause| clause.label == Label::Blocker)
}
