//! A person changed a comment: only what the former text lacked is acted on; what it no longer says is taken back.
use super::desk::Desk;
use super::{gone, posted, withdrawn};
use crate::domain::classify::{Label, Reading};
use crate::domain::event::Report;
use crate::domain::page::Conversation;
use std::collections::BTreeSet;

pub(super) fn take(desk: &mut Desk<'_>, report: &Report, former: &Reading, answered: bool) {
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
    let replied = answered || open(desk, report).is_some_and(|open| open.replied);
    if !parts.is_empty() {
        desk.state
            .conversations
            .retain(|open| open.comment.as_ref() != Some(&report.comment.id));
        posted::converse(desk, report, parts, replied);
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

fn open<'a>(desk: &'a Desk<'_>, report: &Report) -> Option<&'a Conversation> {
    desk.state
        .conversations
        .iter()
        .find(|open| open.comment.as_ref() == Some(&report.comment.id))
}
