//! What a take-back means that names nothing: the report right before it, or what its author is asked about.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{heard, questions};
use crate::event::Report;
use crate::ids::{BlockId, CommentId, PersonId};
use crate::page::{Asked, Blocker, PageState, ReplyPart, StepState};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Threads of which the last comment is remembered at most.
const THREADS: usize = 200;

/// Remembers the comment as the last of its thread. What guests say changes nothing, also not what a take-back means.
pub(super) fn spoke(builder: &mut DecisionBuilder<'_>, report: &Report) {
    let last = &mut builder.state.last_said;
    last.retain(|(thread, _)| *thread != report.comment.discussion);
    last.push((report.comment.discussion.clone(), report.comment.id.clone()));
    let surplus = last.len().saturating_sub(THREADS);
    last.drain(..surplus);
}

/// Whether nobody who may act said anything in the thread of this report since that comment.
pub(super) fn is_last_said(builder: &DecisionBuilder<'_>, report: &Report, comment: &CommentId) -> bool {
    let mut said = builder.state.last_said.iter();
    said.any(|(thread, last)| *thread == report.comment.discussion && last == comment)
}

/// What a take-back means that names nothing: what its author reported in this thread, if nobody who may act said anything there since.
pub(super) fn referent(builder: &DecisionBuilder<'_>, report: Acting<'_>) -> Option<(Vec<u8>, Vec<BlockId>)> {
    let last = heard::last_of_author(builder, &report)?;
    if !is_last_said(builder, &report, &last.comment) {
        return None;
    }
    let claims = || {
        last.parts.iter().filter_map(|part| match part {
            ReplyPart::Claim {
                steps, boxes, whole, ..
            } => Some((steps, boxes, *whole)),
            _ => None,
        })
    };
    let stopped = |blocker: &Blocker| blocker.comment == last.comment;
    let is_report = claims().count() > 0 || builder.state.blockers.iter().any(stopped);
    let is_own = |(_, step): &(&u8, &StepState)| {
        let claim = step.claim.as_ref();
        claim.is_some_and(|claim| claim.comment == last.comment)
    };
    let mut steps: BTreeSet<u8> = claims().flat_map(|(steps, ..)| steps.iter().copied()).collect();
    let boxes = claims().flat_map(|(_, boxes, _)| boxes.iter().cloned()).collect();
    if steps.is_empty() || claims().any(|(.., whole)| whole) {
        steps.extend(builder.state.steps.iter().filter(is_own).map(|(number, _)| *number));
    }
    is_report.then(|| (steps.into_iter().collect(), boxes))
}

/// Asks which of their reports the author takes back; nothing is, until that is answered.
pub(super) fn which(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    let author = &report.comment.author;
    let mut steps = own_steps(&builder.state, author);
    if let Some(here) = report.on_step.filter(|step| steps.contains(step)) {
        steps = vec![here];
    }
    let reported = heard::reporters(&builder.state);
    if reported.contains(author) {
        return questions::ask(builder, report, Asked::TakenBack { steps });
    }
    // Who reported nothing means what somebody else did, or nothing at all.
    (!reported.is_empty() && !report.absorbed).then_some(ReplyPart::Misread {
        from: Vec::new(),
        to: Vec::new(),
        unticked: 0,
        known: false,
        asks: true,
        of: None,
    })
}

/// The steps that a person reported as finished, or is stopped on: the newest report first.
pub(super) fn own_steps(state: &PageState, author: &PersonId) -> Vec<u8> {
    let claims = state
        .steps
        .iter()
        .filter_map(|(number, step)| Some((step.claim.as_ref()?, *number)));
    let claims = claims.filter(|(claim, _)| claim.author == *author);
    let blockers = state.blockers.iter().filter(|blocker| blocker.author == *author);
    let blockers = blockers.filter_map(|blocker| Some((blocker.since, blocker.step?)));
    let mut own: Vec<_> = claims.map(|(claim, step)| (claim.at, step)).chain(blockers).collect();
    own.sort_by_key(|(at, step)| (Reverse(*at), *step));
    let mut steps = Vec::new();
    for (_, step) in own {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps
}
