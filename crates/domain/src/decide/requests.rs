//! Requests and disputes: somebody asks for help and names no obstacle, or says that we are wrong. Neither stops anybody.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{corrections, heard, looks};
use crate::classify::{Ask, Label, Role};
use crate::event::Report;
use crate::page::ReplyPart;

/// A call for help: answered with how each step goes that it names, else the current one.
pub(super) fn help(builder: &DecisionBuilder<'_>, report: &Report) -> Vec<ReplyPart> {
    let calls = report.playing(Role::Help);
    if calls.is_empty() || !report.obstacles().is_empty() {
        return Vec::new();
    }
    // The word alone asks what we can do.
    if report.on_step.is_none() && builder.playbook.topics.find(report.heard.as_str()) == Some("help") {
        let topic = "help".to_owned();
        return vec![ReplyPart::Question { topic, step: None }];
    }
    let part = |step: Option<u8>| ReplyPart::Help {
        step: step.or_else(|| looks::current_step(builder)),
    };
    report.each_step(calls).into_iter().map(part).collect()
}

/// "You are wrong, I did rotate it": what our last reply in the thread spoke of is looked at again, after what the comment
/// itself says is finished or rotated.
pub(super) fn dispute(builder: &DecisionBuilder<'_>, report: Acting<'_>, parts: &mut Vec<ReplyPart>) {
    let is_said = !report.playing(Role::Dispute).is_empty();
    // What only reads as a dispute is one of something that we said, and can look at.
    let reads_so = report.asks.iter().any(|asked| asked.ask == Some(Ask::Dispute));
    let reads_so = reads_so && builder.has_checks() && heard::last_in_thread(builder, &report).is_some();
    if !(is_said || reads_so) || corrections::names_open_work(&report) {
        return;
    }
    let looks = |part: &ReplyPart| matches!(part, ReplyPart::Claim { .. } | ReplyPart::Keys { .. });
    let at = parts.iter().position(looks);
    if let Some(at) = at.filter(|at| names_its_object(&parts[*at])) {
        parts.insert(at, ReplyPart::Disputed);
        return;
    }
    parts.retain(|part| !looks(part));
    parts.push(ReplyPart::Disputed);
    let named = report.steps(Label::Correction);
    let variables = &report.reading.keys;
    if !named.is_empty() {
        parts.push(ReplyPart::claim(named.into_iter().collect()));
    } else if !variables.is_empty() {
        let variables = variables.clone();
        parts.push(ReplyPart::Keys { variables });
    } else {
        let last = heard::last_of_author(builder, &report).or_else(|| heard::last_in_thread(builder, &report));
        let again = last.into_iter().flat_map(|last| again(last.parts.iter()));
        let before = parts.len();
        parts.extend(again);
        if parts.len() == before {
            let step = report.on_step.or_else(|| looks::current_step(builder));
            parts.push(ReplyPart::claim(step.into_iter().collect()));
        }
    }
    leave_unclaimed_out(builder, parts);
}

/// Where nothing can be looked at, what nobody claimed is not spoken of as if somebody had.
fn leave_unclaimed_out(builder: &DecisionBuilder<'_>, parts: &mut Vec<ReplyPart>) {
    if builder.has_checks() {
        return;
    }
    let is_claimed = |step: &u8| builder.state.steps.get(step).is_some_and(|step| step.claim.is_some());
    let before = parts.len();
    parts.retain_mut(|part| match part {
        ReplyPart::Claim {
            steps,
            boxes,
            whole: false,
            ..
        } => {
            steps.retain(is_claimed);
            !(steps.is_empty() && boxes.is_empty())
        }
        _ => true,
    });
    if parts.len() < before {
        parts.retain(|part| *part != ReplyPart::Disputed);
        let topic = Ask::Recheck.id().to_owned();
        parts.push(ReplyPart::Question { topic, step: None });
    }
}

fn names_its_object(part: &ReplyPart) -> bool {
    match part {
        ReplyPart::Claim {
            steps, boxes, whole, ..
        } => *whole || !(steps.is_empty() && boxes.is_empty()),
        ReplyPart::Keys { variables } => !variables.is_empty(),
        _ => false,
    }
}

/// What is looked at again: what was looked at for the answer that is wrong.
fn again<'p>(parts: impl Iterator<Item = &'p ReplyPart>) -> Vec<ReplyPart> {
    let part = |part: &ReplyPart| match part {
        ReplyPart::Claim { .. } | ReplyPart::Keys { .. } => Some(part.clone()),
        ReplyPart::Correction { steps, .. } | ReplyPart::Progress { steps, .. } | ReplyPart::Blocker { steps, .. }
            if !steps.is_empty() =>
        {
            Some(ReplyPart::claim(steps.clone()))
        }
        ReplyPart::Question { step: Some(step), .. } => Some(ReplyPart::claim(vec![*step])),
        _ => None,
    };
    parts.filter_map(part).collect()
}
