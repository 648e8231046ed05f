//! A misreading that a person corrects: what their comment did is undone, and done for what they meant, where they say so.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::heard::Before;
use super::{blockers, claims, corrections, heard, set_aside};
use crate::domain::classify::Role;
use crate::domain::page::{Aside, ReplyPart};
use serde_json::json;
use std::collections::BTreeSet;

/// Takes the correction of a misreading; the parts of the reply, `None` where the comment corrects none.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<Vec<ReplyPart>> {
    let corrects = |clause: &&crate::domain::classify::Clause| matches!(clause.role, Role::Misread | Role::Meant);
    let clauses: Vec<_> = report.reading.clauses.iter().filter(corrects).collect();
    // What else the comment says, it says anew.
    let says_more = report.reading.clauses.iter().any(|clause| !corrects(&clause));
    if clauses.is_empty() || says_more {
        return None;
    }
    let meant = clauses.iter().filter(|clause| clause.role == Role::Meant);
    let meant: BTreeSet<u8> = meant.flat_map(|clause| clause.steps.iter().copied()).collect();
    let Some(last) = heard::last_of_author(builder, &report).cloned() else {
        return Some(vec![asked(false)]);
    };
    let facts = json!({ "said": report.comment.text, "by": report.comment.id });
    builder.note(Some(&last.comment), "misread", facts);
    let from = heard::steps(&last);
    heard::forget(builder, &last.comment);
    let undone = heard::undo(builder, &last);
    // "I meant step 4, not 3": what it was taken for is named too.
    let to: BTreeSet<u8> = if meant.is_subset(&from) {
        meant
    } else {
        meant.difference(&from).copied().collect()
    };
    let mut parts = vec![ReplyPart::Misread {
        from: from.difference(&to).copied().collect(),
        to: to.iter().copied().collect(),
        unticked: undone.unticked,
        known: true,
    }];
    if !undone.claimed_again.is_empty() {
        parts.push(looked_at(undone.claimed_again.into_iter().collect()));
    }
    let before = Before::of(&builder.state);
    if to.is_empty() {
        // What was not said of these steps may have been meant of others: "I meant step 4" follows.
        heard::remember(builder, &report, before, &last.parts);
        return Some(parts);
    }
    for part in last.parts {
        parts.push(again(builder, report, part, &to));
    }
    heard::remember(builder, &report, before, &parts);
    Some(parts)
}

fn asked(known: bool) -> ReplyPart {
    ReplyPart::Misread {
        from: Vec::new(),
        to: Vec::new(),
        unticked: 0,
        known,
    }
}

/// What was taken back by mistake is looked at anew.
fn looked_at(steps: Vec<u8>) -> ReplyPart {
    ReplyPart::Claim {
        steps,
        whole: false,
        minutes: None,
        planned: None,
    }
}

/// The same, said of other steps.
fn again(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, part: ReplyPart, to: &BTreeSet<u8>) -> ReplyPart {
    let steps: Vec<u8> = to.iter().copied().collect();
    match part {
        ReplyPart::Claim { minutes, planned, .. } => {
            claims::take(builder, report, to, false);
            ReplyPart::Claim {
                steps,
                whole: false,
                minutes,
                planned,
            }
        }
        ReplyPart::Progress { hedged, looked, .. } => {
            for step in to {
                builder.state.steps.entry(*step).or_default().started = true;
            }
            ReplyPart::Progress {
                steps,
                hedged,
                looked,
                cleared: false,
            }
        }
        ReplyPart::Blocker { kind, .. } => blockers::add(builder, report, kind, to.first().copied()),
        ReplyPart::Correction { .. } => {
            let mut steps = to.clone();
            steps.retain(|step| report.may_take_back(corrections::claim_of(builder, *step)));
            corrections::withdraw(builder, report, &steps)
        }
        ReplyPart::SetAside { back, .. } => {
            let named = to.iter().copied().map(Aside::Step).collect();
            set_aside::put(builder, report, &named, back)
        }
        ReplyPart::Help { .. } => ReplyPart::Help {
            step: to.first().copied(),
        },
        ReplyPart::Question { topic, .. } => ReplyPart::Question {
            topic,
            step: to.first().copied(),
        },
        other => other,
    }
}
