//! A flood: more comments of one person in one thread wait than anybody reads answers to. One reply answers them all.
use super::desk::Desk;
use super::posted;
use crate::domain::event::{Event, Report};
use crate::domain::ids::CommentId;
use crate::domain::page::{Part, PostedKey};
use std::collections::BTreeSet;

/// Takes each comment in as if it came alone; those that are due a reply get one together, if they are that many.
pub(super) fn take(desk: &mut Desk<'_>, reports: &[Report]) {
    if desk.state.quiet {
        return;
    }
    let mut waiting: Vec<(&Report, Vec<Part>)> = Vec::new();
    for report in reports {
        let parts = posted::parts(desk, report);
        if report.absorbed {
            desk.state.absorbed += 1;
        } else if !parts.is_empty() {
            waiting.push((report, parts));
        }
    }
    if waiting.len() > Event::FLOOD {
        answer(desk, waiting);
        return;
    }
    for (report, parts) in waiting {
        let conversation = posted::about(desk, report, parts);
        posted::open(desk, report, conversation);
    }
}

/// The newest comment speaks for all: its reply carries the reference of each.
fn answer(desk: &mut Desk<'_>, mut waiting: Vec<(&Report, Vec<Part>)>) {
    let Some((newest, last_parts)) = waiting.pop() else {
        return;
    };
    let also: Vec<CommentId> = waiting.iter().map(|(report, _)| report.comment.id.clone()).collect();
    for posted in &mut desk.state.posted {
        if also.contains(&posted.comment) {
            posted.answered_in = Some(newest.comment.id.clone());
        }
    }
    let together = Part::Together {
        comments: also.len() + 1,
    };
    let each = waiting.into_iter().flat_map(|(_, parts)| parts).chain(last_parts);
    let parts = merged(desk, std::iter::once(together).chain(each));
    let mut conversation = posted::about(desk, newest, parts);
    conversation.also = also;
    posted::open(desk, newest, conversation);
}

/// The parts of many comments as those of one: each kind once, and only what still holds after the last of them.
pub(super) fn merged(desk: &Desk<'_>, parts: impl IntoIterator<Item = Part>) -> Vec<Part> {
    let mut merged: Vec<Part> = Vec::new();
    for part in parts {
        if !merged.iter_mut().any(|kept| takes_in(kept, &part)) {
            merged.push(part);
        }
    }
    let said = |step: &u8| desk.state.steps.get(step).is_some_and(|step| step.claim.is_some());
    let withdrawn = withdrawn(&merged);
    let reports_more = merged
        .iter()
        .any(|part| !matches!(part, Part::Progress { .. } | Part::Together { .. }));
    merged.retain_mut(|part| match part {
        Part::Claim { steps, whole, .. } => {
            *whole &= desk.state.finished.is_some();
            steps.retain(|step| said(step) || !withdrawn.contains(step));
            *whole || !steps.is_empty() || withdrawn.is_empty()
        }
        Part::Correction { steps, .. } => {
            let some = !steps.is_empty();
            steps.retain(|step| !said(step));
            !some || !steps.is_empty()
        }
        Part::Blocker { kind, step } => {
            let open = &desk.state.blockers;
            open.iter()
                .any(|blocker| blocker.kind == *kind && blocker.step == *step)
        }
        Part::Progress { .. } => !reports_more,
        _ => true,
    });
    merged
}

fn withdrawn(parts: &[Part]) -> BTreeSet<u8> {
    let steps = |part: &Part| match part {
        Part::Correction { steps, .. } => steps.clone(),
        _ => Vec::new(),
    };
    parts.iter().flat_map(steps).collect()
}

/// Takes a part into one of its kind; whether they could be one.
fn takes_in(kept: &mut Part, part: &Part) -> bool {
    match (kept, part) {
        (
            Part::Claim {
                steps,
                whole,
                minutes,
                planned,
            },
            Part::Claim {
                steps: more,
                whole: all,
                minutes: spent,
                planned: plan,
            },
        ) => {
            join(steps, more);
            *whole |= all;
            *minutes = spent.or(*minutes);
            *planned = plan.or(*planned);
        }
        (
            Part::Progress {
                steps,
                hedged,
                looked,
                cleared,
            },
            Part::Progress {
                steps: more,
                hedged: guessed,
                looked: seen,
                cleared: freed,
            },
        ) => {
            join(steps, more);
            *hedged |= guessed;
            *looked |= seen;
            *cleared |= freed;
        }
        (
            Part::Correction {
                steps,
                unticked,
                reopened,
                cleared,
            },
            Part::Correction {
                steps: more,
                unticked: boxes,
                reopened: again,
                cleared: freed,
            },
        ) => {
            join(steps, more);
            join(unticked, boxes);
            *reopened |= again;
            *cleared |= freed;
        }
        // No variable means all of them.
        (Part::Keys { variables }, Part::Keys { variables: more }) => {
            if more.is_empty() {
                variables.clear();
            } else if !variables.is_empty() {
                join(variables, more);
            }
        }
        (Part::Posted { keys }, Part::Posted { keys: more }) => gather(keys, more),
        (
            Part::Clean { labels, exposed },
            Part::Clean {
                labels: more,
                exposed: open,
            },
        ) => {
            join(labels, more);
            join(exposed, open);
        }
        (kept, part) => return *kept == *part,
    }
    true
}

fn join<T: Clone + Ord>(all: &mut Vec<T>, more: &[T]) {
    all.extend_from_slice(more);
    all.sort();
    all.dedup();
}

fn gather(keys: &mut Vec<PostedKey>, more: &[PostedKey]) {
    for key in more {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
}
