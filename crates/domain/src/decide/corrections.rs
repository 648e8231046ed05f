//! Corrections: claims that are taken back, with the ticks that we made for them.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{blockers, ended, heard, on_word, take_backs, ticks, undo};
use crate::classify::{Clause, Label};
use crate::effect::Status;
use crate::event::Report;
use crate::ids::BlockId;
use crate::page::{Blocker, Claim, Claimable, Proof, ReplyPart};
use std::collections::BTreeSet;

/// Whether a comment takes something back in so many words.
pub(super) fn takes_back(report: &Report) -> bool {
    let clauses = report.clauses(Label::Correction);
    let is_not_to_us = |clause: &&Clause| !clause.role.is_to_us() || names_open_work(report);
    clauses.iter().any(is_not_to_us)
}

/// Takes back what the author takes back, `confirmed` under our question which report that is; the parts of the reply that
/// speak of it.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, confirmed: bool) -> Vec<ReplyPart> {
    let mut steps = report.steps(Label::Correction);
    let mut boxes = report.boxes(Label::Correction);
    if steps.is_empty() && boxes.is_empty() && !confirmed {
        match take_backs::referent(builder, report) {
            Some((claimed, said)) => {
                steps.extend(claimed);
                boxes.extend(said);
            }
            None => return take_backs::which(builder, report).into_iter().collect(),
        }
    }
    let of_boxes = deny_boxes(builder, report, &boxes);
    if of_boxes.is_some() {
        // The step of a box that is open again is not taken back with it.
        let of_step = |clause: &&&Clause| clause.boxes.is_empty();
        steps = Report::steps_of(report.clauses(Label::Correction).iter().filter(of_step).copied());
        if steps.is_empty() {
            return of_boxes.into_iter().collect();
        }
    }
    let of_steps = if !steps.is_empty() && are_open(builder, &report, &steps) {
        was_open(&report, &steps)
    } else {
        steps.retain(|step| report.may_take_back(claim_of(builder, *step)));
        Some(withdraw(builder, report, &steps))
    };
    of_boxes.into_iter().chain(of_steps).collect()
}

/// Takes back what was said of these boxes by their words, and is the author's to take back; the part of the reply that speaks of it.
pub(super) fn deny_boxes(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    boxes: &BTreeSet<BlockId>,
) -> Option<ReplyPart> {
    let said = |block: &&BlockId| {
        let said = builder.state.boxes_said.get(*block);
        said.is_some_and(|said| report.may_take_back(said.claim.as_ref()))
    };
    let boxes: Vec<BlockId> = boxes.iter().filter(said).cloned().collect();
    if boxes.is_empty() {
        return None;
    }
    let reopens = may_reopen(builder, report);
    for block in &boxes {
        let part = Claimable::Box(block.clone());
        ended::end_claims(&mut builder.state, &part, &report.comment.id, |_| true);
    }
    Some(open_again(builder, report, (&BTreeSet::new(), boxes), reopens, false))
}

/// Whether there is nothing to take back of these steps: nobody reported them, and what stops the author is elsewhere.
fn are_open(builder: &DecisionBuilder<'_>, report: &Report, steps: &BTreeSet<u8>) -> bool {
    let is_open = |step: &u8| claim_of(builder, *step).is_none() && builder.step_proof(*step) == Proof::Open;
    let state = &builder.state;
    let is_own = |blocker: &Blocker| {
        blocker.author == report.comment.author && blocker.step.is_some_and(|step| steps.contains(&step))
    };
    let is_done =
        state.finished.is_some() || !state.said_finished.is_empty() || state.status.known == Some(Status::Done);
    let stands = is_done || state.blockers.iter().any(is_own);
    steps.iter().all(is_open) && (!stands || report.reading.clauses.iter().any(Clause::resolves))
}

/// What is said of steps that were open. Of what else the comment tells, its own parts of the reply speak: "step 4 works again"
/// frees it.
fn was_open(report: &Report, steps: &BTreeSet<u8>) -> Option<ReplyPart> {
    let tells_more = |clause: &Clause| {
        clause.resolves() || !matches!(clause.label, Label::Correction | Label::Progress | Label::Chatter)
    };
    let steps = steps.iter().copied().collect();
    (!report.reading.clauses.iter().any(tells_more)).then_some(ReplyPart::WasOpen { steps })
}

/// "You are wrong, step 3 is not done": whoever names what is still open says what to take back.
pub(super) fn names_open_work(report: &Report) -> bool {
    let clauses = report.reading.clauses.iter();
    let mut open = clauses.filter(|clause| clause.role.is_open());
    open.any(|clause| !clause.steps.is_empty())
}

/// Who said that a step is finished.
pub(super) fn claim_of<'b>(builder: &'b DecisionBuilder<'_>, step: u8) -> Option<&'b Claim> {
    builder.state.steps.get(&step)?.claim.as_ref()
}

/// Takes back what was said of these steps: claims, the boxes that we ticked for them, Done, the author's blockers.
pub(super) fn withdraw(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, steps: &BTreeSet<u8>) -> ReplyPart {
    for number in steps {
        ended::end_claims(
            &mut builder.state,
            &Claimable::Step(*number),
            &report.comment.id,
            |_| true,
        );
    }
    let reopens = may_reopen(builder, report);
    let frees = report.obstacles().is_empty();
    open_again(builder, report, (steps, Vec::new()), reopens, frees)
}

/// A comment no longer says that these parts are finished; what others said as well, stands.
pub(super) fn retract(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, parts: &BTreeSet<Claimable>) -> ReplyPart {
    let reopens = may_reopen(builder, report);
    for part in parts {
        undo::retract_claim(&mut builder.state, part, &report.comment.id);
    }
    let (mut steps, mut boxes) = (BTreeSet::new(), Vec::new());
    for part in parts {
        match part {
            Claimable::Step(step) if claim_of(builder, *step).is_none() => _ = steps.insert(*step),
            Claimable::Box(block) if !builder.state.boxes_said.contains_key(block) => boxes.push(block.clone()),
            _ => {}
        }
    }
    let stands = steps.is_empty() && boxes.is_empty() && builder.state.finished.is_some();
    open_again(builder, report, (&steps, boxes), reopens && !stands, false)
}

/// The author denies what they reported of these steps; what others said as well, stands.
pub(super) fn deny(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, steps: &BTreeSet<u8>) -> ReplyPart {
    let own = |claim: &Claim| claim.author == report.comment.author;
    for number in steps {
        ended::end_claims(&mut builder.state, &Claimable::Step(*number), &report.comment.id, own);
    }
    let reopens = may_reopen(builder, report);
    let open = steps.iter().copied();
    let open: BTreeSet<u8> = open.filter(|step| claim_of(builder, *step).is_none()).collect();
    let reopens = reopens && !open.is_empty();
    open_again(builder, report, (&open, Vec::new()), reopens, false)
}

fn may_reopen(builder: &DecisionBuilder<'_>, report: Acting<'_>) -> bool {
    let state = &builder.state;
    let is_done = state.status.known == Some(Status::Done) || state.finished.is_some();
    is_done && report.may_take_back(state.finished.as_ref())
}

/// These steps and boxes are open again, and with them, where the page `reopens`, all of it; where that `frees` its author, their obstacles
/// there are withdrawn.
fn open_again(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    (steps, boxes): (&BTreeSet<u8>, Vec<BlockId>),
    reopens: bool,
    frees: bool,
) -> ReplyPart {
    let mut unticked = ticks::untick(builder, steps);
    let said = &mut builder.state.said_finished;
    said.retain(|claim| !report.may_take_back(Some(claim)));
    if reopens {
        ended::end_claims(&mut builder.state, &Claimable::All, &report.comment.id, |_| true);
        builder.go_on();
    }
    unticked.extend(on_word::follow(builder));
    // Also those that the author reported of somebody else.
    let by_author = heard::comments_of(builder, &report.comment.author);
    let cleared = frees
        && blockers::clear(builder, Some(&report.comment.id), |blocker| {
            (blocker.author == report.comment.author || by_author.contains(&blocker.comment))
                && (steps.is_empty() || blocker.step.is_some_and(|step| steps.contains(&step)))
        });
    ReplyPart::Correction {
        steps: steps.iter().copied().collect(),
        boxes,
        unticked,
        reopened: reopens,
        cleared,
    }
}
