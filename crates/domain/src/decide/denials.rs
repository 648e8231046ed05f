//! "Step 2 is not done": who reported it takes that back; against the word of another it is kept, and Done waits.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::short_answer::{self, ShortAnswer};
use super::{answers_to_us, corrections, ended, heard, take_backs};
use crate::classify::{Certainty, Label, Role};
use crate::event::Report;
use crate::ids::PersonId;
use crate::page::{Claim, Denial, PageState, ReplyPart, StepState};
use std::collections::BTreeSet;

/// Takes what the author denies into the state; the parts of the reply that speak of it.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    let boxes = Report::boxes_of(report.playing(Role::Denied));
    let of_boxes = corrections::deny_boxes(builder, report, &boxes);
    let mut denied = denied(&report, of_boxes.is_some());
    denied.extend(left_out(builder, &report));
    let own: BTreeSet<u8> = denied
        .iter()
        .copied()
        .filter(|step| reported(builder, *step, |author| *author == report.comment.author))
        .collect();
    let of_steps = if own.is_empty() {
        against_another(builder, report, &denied)
    } else {
        Some(corrections::deny(builder, report, &own))
    };
    of_boxes.into_iter().chain(of_steps).collect()
}

/// The steps that a comment says are not done, and does not finish itself; where boxes are open again, their steps are none of them.
fn denied(report: &Report, of_boxes: bool) -> BTreeSet<u8> {
    let clauses = report.playing(Role::Denied).into_iter();
    let clauses = clauses.filter(|clause| !of_boxes || clause.boxes.is_empty());
    let sure = clauses.filter(|clause| clause.label == Label::Progress && clause.certainty == Certainty::Sure);
    let denied = Report::steps_of(sure);
    denied.difference(&report.steps(Label::Completion)).copied().collect()
}

/// "Except 3", "not 3", right after its author reported it.
fn left_out(builder: &DecisionBuilder<'_>, report: &Report) -> Vec<u8> {
    let Some(short) = short_answer::read(report.heard.as_str()) else {
        return Vec::new();
    };
    // What answers a question of ours says no more.
    let comment = &report.comment;
    let mut open = builder.state.questions.iter();
    let mut answered = builder.state.answered.iter();
    if open.any(|open| open.is_for(&comment.author, &comment.discussion) && answers_to_us::fits(&open.asked, &short))
        || answered.any(|answered| answered.answer == comment.id)
    {
        return Vec::new();
    }
    let (ShortAnswer::AllBut(left) | ShortAnswer::NotThese(left) | ShortAnswer::NotDone(left)) = short else {
        return Vec::new();
    };
    let last = heard::last_of_author(builder, report);
    let follows = last.is_some_and(|last| take_backs::is_last_said(builder, report, &last.comment));
    left.into_iter().filter(|_| follows).collect()
}

/// Whether somebody who fits reported this step.
fn reported(builder: &DecisionBuilder<'_>, step: u8, fits: impl Fn(&PersonId) -> bool) -> bool {
    let claims = |step: &StepState| step.claim.iter().chain(&step.also).any(|claim| fits(&claim.author));
    builder.state.steps.get(&step).is_some_and(claims)
}

/// Keeps what is denied against the word of another, who reported the step, or all of it.
fn against_another(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, denied: &BTreeSet<u8>) -> Option<ReplyPart> {
    let (author, state) = (&report.comment.author, &builder.state);
    let is_other = |claim: &&Claim| claim.author != *author;
    let whole = state.said_finished.iter().chain(&state.finished).find(is_other);
    let claims = |step: &u8| corrections::claim_of(builder, *step).filter(is_other).or(whole);
    let (steps, other): (Vec<u8>, Vec<&Claim>) = denied.iter().filter_map(|step| Some((*step, claims(step)?))).unzip();
    let of = heard::name(builder, &other.first()?.comment);
    let denial = |step: &u8| Denial {
        comment: report.comment.id.clone(),
        author: author.clone(),
        name: report.comment.author_name.clone(),
        step: *step,
    };
    let denials: Vec<Denial> = steps.iter().map(denial).collect();
    ended::end_denials(&mut builder.state, &report.comment.id, &steps);
    builder.state.denied.extend(denials);
    Some(ReplyPart::Denied { steps, own: true, of })
}

/// What others than this author deny, as it is told to the author.
pub(super) fn by_others(state: &PageState, author: &PersonId) -> Option<ReplyPart> {
    let others = || state.denied.iter().filter(|denial| denial.author != *author);
    Some(ReplyPart::Denied {
        of: others().next()?.name.clone(),
        steps: others()
            .map(|denial| denial.step)
            .collect::<BTreeSet<u8>>()
            .into_iter()
            .collect(),
        own: false,
    })
}
