//! Claims: what somebody says is finished. It clears their own obstacles there; those of others only when it is proven.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{blockers, denials, ended, finished, looks, on_word, questions, set_aside, undo};
use crate::classify::Label;
use crate::event::Report;
use crate::ids::BlockId;
use crate::page::{Aside, Claim, Claimable, Proof, ReplyPart};
use std::collections::BTreeSet;

/// Takes what the comment says is finished into the state; the parts of the reply that speak of it. That all is finished, on a
/// page that no check sees, is asked about first, unless it is `confirmed`.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, confirmed: bool) -> Vec<ReplyPart> {
    let mut parts = Vec::new();
    if report.clauses(Label::Completion).is_empty() {
        return parts;
    }
    let reading = &report.reading;
    let blocked: BTreeSet<u8> = report
        .obstacles()
        .iter()
        .flat_map(|clause| clause.steps.iter().copied())
        .collect();
    let said_whole = reading.all_done && report.obstacles().is_empty();
    let mut steps = report.steps(Label::Completion);
    let boxes = report.boxes(Label::Completion);
    if steps.is_empty() && boxes.is_empty() && !said_whole {
        steps.extend(report.on_step);
    }
    steps.retain(|step| !blocked.contains(step));
    let open = if said_whole && !confirmed {
        finished::unreported(builder, &steps)
    } else {
        None
    };
    // What somebody denies is not finished by another's word for all of it.
    let denied =
        denials::by_others(&builder.state, &report.comment.author).filter(|_| said_whole && !builder.has_checks());
    if let Some(ReplyPart::Denied { steps: denied, .. }) = denied.as_ref().filter(|_| open.is_none()) {
        let all = builder.state.guide.steps.iter().map(|step| step.number);
        steps.extend(all.filter(|step| !denied.contains(step) && !builder.state.is_aside(&Aside::Step(*step))));
    }
    let whole = said_whole && open.is_none() && denied.is_none();
    // The time may have been told with what is confirmed.
    let told = builder.state.minutes_spent().filter(|_| confirmed);
    if let Some(minutes) = reading.duration_minutes {
        undo::spent(&mut builder.state, &report.comment.id, minutes);
    }
    take(builder, report, (&steps, &boxes), whole);
    let asks = open.and_then(|open| {
        let said = claim(builder, report);
        let all = &mut builder.state.said_finished;
        all.retain(|other| other.author != said.author);
        all.extend(report.may_finish().then_some(said));
        questions::ask(builder, report, open)
    });
    finished::complete(builder);
    if steps.is_empty() && boxes.is_empty() && said_whole && !whole {
        parts.extend(asks);
        return parts;
    }
    if steps.is_empty() && boxes.is_empty() && !whole {
        // "Done" alone is looked at where we are; it claims nothing for a page that no check can see.
        let current = looks::current_step(builder);
        steps.extend(current.filter(|step| !builder.checks_of_step(*step).is_empty()));
        if steps.is_empty() && current.is_some() {
            parts.extend(questions::ask_which_step(builder, report, Label::Completion));
            return parts;
        }
    }
    parts.push(ReplyPart::Claim {
        steps: steps.into_iter().collect(),
        boxes: boxes.into_iter().collect(),
        whole,
        minutes: reading.duration_minutes.or(told),
        planned: reading.expected_duration_minutes,
    });
    parts.extend(asks.or(denied));
    parts
}

fn claim(builder: &DecisionBuilder<'_>, report: Acting<'_>) -> Claim {
    Claim {
        comment: report.comment.id.clone(),
        author: report.comment.author.clone(),
        at: builder.now,
    }
}

/// Takes the claim of these steps and boxes, or of all, into the state.
pub(super) fn take(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    (steps, boxes): (&BTreeSet<u8>, &BTreeSet<BlockId>),
    whole: bool,
) {
    let claim = claim(builder, report);
    let claimed: Vec<u8> = if whole {
        let all = builder.state.guide.steps.iter().map(|step| step.number);
        // "All done" does not say that what does not apply was done.
        all.filter(|step| steps.contains(step) || !builder.state.is_aside(&Aside::Step(*step)))
            .collect()
    } else {
        steps.iter().copied().collect()
    };
    for number in &claimed {
        undo::claim(&mut builder.state, Claimable::Step(*number), claim.clone());
    }
    for block in boxes {
        undo::claim(&mut builder.state, Claimable::Box(block.clone()), claim.clone());
    }
    claimed_again(builder, (&claimed, boxes), whole);
    set_aside::applies(&mut builder.state, &report.comment.id, &claimed, &[]);
    ended::end_denials(&mut builder.state, &report.comment.id, &claimed);
    if whole {
        builder.state.said_finished.retain(|said| said.author != claim.author);
        undo::claim(&mut builder.state, Claimable::All, claim);
    }
    let by = report.comment.author.clone();
    // With the last of its boxes a step is finished.
    let of_boxes = boxes.iter().filter_map(|block| builder.state.guide.box_at(block)?.step);
    let stopped = Report::steps_of(report.obstacles());
    let is_finished = |step: &u8| !stopped.contains(step) && builder.step_proof(*step) > Proof::Open;
    let of_boxes: Vec<u8> = of_boxes.filter(is_finished).collect();
    let done: Vec<(u8, bool)> = claimed
        .iter()
        .chain(&of_boxes)
        .map(|step| (*step, builder.step_proof(*step) == Proof::Proven))
        .collect();
    blockers::clear(builder, Some(&report.comment.id), |blocker| {
        let on = blocker
            .step
            .and_then(|step| done.iter().find(|(number, _)| *number == step));
        let own = blocker.author == by;
        own && (whole || on.is_some()) || on.is_some_and(|(_, proven)| *proven)
    });
    on_word::follow(builder);
}

/// A box that a person unticked may be ticked again, now that it, its step, or all, is claimed.
fn claimed_again(builder: &mut DecisionBuilder<'_>, (steps, said): (&[u8], &BTreeSet<BlockId>), whole: bool) {
    let mut boxes: BTreeSet<u8> = steps.iter().flat_map(|step| builder.boxes_of_step(*step)).collect();
    let named = said.iter().filter_map(|block| builder.state.guide.box_at(block));
    boxes.extend(named.map(|on_page| on_page.number));
    let all = builder.state.boxes.iter_mut();
    for (_, state) in all.filter(|(number, _)| whole || boxes.contains(number)) {
        state.unticked_by_person = false;
    }
}

/// What was claimed and is proven now stops nobody any more; all that is finished, neither.
pub(super) fn proven(builder: &mut DecisionBuilder<'_>, parts: &[ReplyPart]) {
    let claimed = parts.iter().flat_map(|part| match part {
        ReplyPart::Claim { whole: true, .. } => builder.state.guide.steps.iter().map(|step| step.number).collect(),
        ReplyPart::Claim { steps, .. } => steps.clone(),
        _ => Vec::new(),
    });
    let proven: BTreeSet<u8> = claimed
        .filter(|step| builder.step_proof(*step) == Proof::Proven)
        .collect();
    blockers::clear(builder, None, |blocker| {
        blocker.step.is_some_and(|step| proven.contains(&step))
    });
}
