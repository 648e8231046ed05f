//! A flood: more comments of one person in one thread wait than anybody reads answers to. One reply answers them all.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{comment_posted, questions, reminders};
use crate::event::Event;
use crate::ids::CommentId;
use crate::page::{Conversation, PostedKey, ReplyPart};
use std::collections::BTreeSet;

/// Takes each comment in as if it came alone; those that are due a reply get one together, if they are that many.
pub(super) fn apply(builder: &mut DecisionBuilder<'_>, reports: &[Acting<'_>]) {
    if builder.state.quiet {
        return;
    }
    let mut waiting: Vec<(Acting<'_>, Vec<ReplyPart>)> = Vec::new();
    for report in reports.iter().copied() {
        let parts = comment_posted::parts(builder, report);
        questions::spoken(builder, &report, &parts);
        if report.absorbed {
            builder.state.absorbed += 1;
            continue;
        }
        reminders::spoken(builder, report);
        if !parts.is_empty() {
            waiting.push((report, parts));
        }
    }
    if waiting.len() > Event::FLOOD {
        answer(builder, waiting);
        return;
    }
    for (report, parts) in waiting {
        let conversation = comment_posted::of_acting(builder, report, parts);
        comment_posted::open(builder, report, conversation);
    }
}

/// The newest comment speaks for all: its reply carries the reference of each.
fn answer(builder: &mut DecisionBuilder<'_>, mut waiting: Vec<(Acting<'_>, Vec<ReplyPart>)>) {
    let Some((newest, last_parts)) = waiting.pop() else {
        return;
    };
    let also: Vec<CommentId> = waiting.iter().map(|(report, _)| report.comment.id.clone()).collect();
    for posted in &mut builder.state.posted {
        if also.contains(&posted.comment) {
            posted.answered_in = Some(newest.comment.id.clone());
        }
    }
    let together = ReplyPart::Together {
        comments: also.len() + 1,
    };
    let each = waiting.into_iter().flat_map(|(_, parts)| parts).chain(last_parts);
    let parts = merged(builder, std::iter::once(together).chain(each));
    let conversation = Conversation {
        also,
        ..comment_posted::of_acting(builder, newest, parts)
    };
    comment_posted::open(builder, newest, conversation);
}

/// The parts of many comments as those of one: each kind once, and only what still holds after the last of them.
pub(super) fn merged(builder: &DecisionBuilder<'_>, parts: impl IntoIterator<Item = ReplyPart>) -> Vec<ReplyPart> {
    let mut merged: Vec<ReplyPart> = Vec::new();
    for part in parts {
        if !merged.iter_mut().any(|kept| takes_in(kept, &part)) {
            merged.push(part);
        }
    }
    let said = |step: &u8| builder.state.steps.get(step).is_some_and(|step| step.claim.is_some());
    let withdrawn = withdrawn(&merged);
    let reports_more = merged.iter().any(|part| {
        !matches!(
            part,
            ReplyPart::Progress { .. } | ReplyPart::Together { .. } | ReplyPart::Cut { .. }
        )
    });
    merged.retain_mut(|part| match part {
        ReplyPart::Claim { steps, whole, .. } => {
            *whole &= builder.state.finished.is_some();
            steps.retain(|step| said(step) || !withdrawn.contains(step));
            *whole || !steps.is_empty() || withdrawn.is_empty()
        }
        ReplyPart::Correction { steps, .. } => {
            let some = !steps.is_empty();
            steps.retain(|step| !said(step));
            !some || !steps.is_empty()
        }
        ReplyPart::Blocker { kind, steps, .. } => {
            let stops = |step: Option<u8>| {
                let mut open = builder.state.blockers.iter();
                open.any(|blocker| blocker.kind == *kind && blocker.step == step)
            };
            let named = !steps.is_empty();
            steps.retain(|step| stops(Some(*step)));
            !steps.is_empty() || !named && stops(None)
        }
        ReplyPart::Progress { .. } => !reports_more,
        ReplyPart::Asks { asked } => builder.state.questions.iter().any(|open| open.asked == *asked),
        _ => true,
    });
    merged
}

fn withdrawn(parts: &[ReplyPart]) -> BTreeSet<u8> {
    let steps = |part: &ReplyPart| match part {
        ReplyPart::Correction { steps, .. } => steps.clone(),
        _ => Vec::new(),
    };
    parts.iter().flat_map(steps).collect()
}

/// Takes a part into one of its kind; whether they could be one.
fn takes_in(kept: &mut ReplyPart, part: &ReplyPart) -> bool {
    match (kept, part) {
        (
            ReplyPart::Claim {
                steps,
                boxes,
                whole,
                minutes,
                planned,
            },
            ReplyPart::Claim {
                steps: more,
                boxes: other,
                whole: all,
                minutes: spent,
                planned: plan,
            },
        ) => {
            join(steps, more);
            join(boxes, other);
            *whole |= all;
            *minutes = spent.or(*minutes);
            *planned = plan.or(*planned);
        }
        (
            ReplyPart::Progress {
                steps,
                hedged,
                looked,
                cleared,
                ahead,
            },
            ReplyPart::Progress {
                steps: more,
                hedged: guessed,
                looked: seen,
                cleared: freed,
                ahead: to_come,
            },
        ) => {
            join(steps, more);
            *hedged |= guessed;
            *looked |= seen;
            *cleared |= freed;
            *ahead &= to_come;
        }
        (
            ReplyPart::Correction {
                steps,
                boxes,
                unticked,
                reopened,
                cleared,
            },
            ReplyPart::Correction {
                steps: more,
                boxes: other,
                unticked: ticks,
                reopened: again,
                cleared: freed,
            },
        ) => {
            join(steps, more);
            join(boxes, other);
            join(unticked, ticks);
            *reopened |= again;
            *cleared |= freed;
        }
        // No variable means all of them.
        (ReplyPart::Keys { variables }, ReplyPart::Keys { variables: more }) => {
            if more.is_empty() {
                variables.clear();
            } else if !variables.is_empty() {
                join(variables, more);
            }
        }
        (ReplyPart::Posted { keys }, ReplyPart::Posted { keys: more }) => gather(keys, more),
        (
            ReplyPart::Leaked { variables, all, former },
            ReplyPart::Leaked {
                variables: more,
                all: every,
                former: old,
            },
        ) => {
            join(variables, more);
            join(former, old);
            *all |= every;
        }
        (ReplyPart::Clean { labels }, ReplyPart::Clean { labels: more }) => join(labels, more),
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
