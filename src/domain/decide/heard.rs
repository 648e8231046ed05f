//! What each comment changed is kept for a while, so that it can be undone when its author says that it was misread.
use super::builder::DecisionBuilder;
use super::{blockers, ticks};
use crate::domain::effect::Status;
use crate::domain::event::Report;
use crate::domain::ids::CommentId;
use crate::domain::page::{
    Aside, Blocker, Changes, Claim, Conversation, HeardComment, PageState, ReplyPart, SetAside, StepState,
};
use std::collections::{BTreeMap, BTreeSet};

/// Comments that are kept, of all threads of a page together.
const KEPT: usize = 60;

/// What a comment may change, as it is before it does.
pub(super) struct Before {
    steps: BTreeMap<u8, StepState>,
    blockers: Vec<Blocker>,
    finished: Option<Claim>,
    set_aside: Vec<SetAside>,
    minutes_spent: Option<u32>,
}

impl Before {
    pub(super) fn of(state: &PageState) -> Self {
        Self {
            steps: state.steps.clone(),
            blockers: state.blockers.clone(),
            finished: state.finished.clone(),
            set_aside: state.set_aside.clone(),
            minutes_spent: state.minutes_spent,
        }
    }

    fn changes(self, state: &PageState) -> Changes {
        let untouched = StepState::default();
        let steps = state.steps.iter().filter_map(|(number, now)| {
            let was = self.steps.get(number).unwrap_or(&untouched);
            (was != now).then(|| (*number, was.clone(), now.clone()))
        });
        let asides = |all: &[SetAside]| all.iter().map(|aside| aside.what.clone()).collect::<BTreeSet<Aside>>();
        let changed = asides(&self.set_aside);
        let changed = changed
            .symmetric_difference(&asides(&state.set_aside))
            .cloned()
            .collect::<Vec<_>>();
        let was = |what: &Aside| self.set_aside.iter().find(|aside| aside.what == *what).cloned();
        Changes {
            steps: steps.collect(),
            set_aside: changed.into_iter().map(|what| (what.clone(), was(&what))).collect(),
            finished: (self.finished != state.finished).then_some(self.finished),
            minutes_spent: (self.minutes_spent != state.minutes_spent).then_some(self.minutes_spent),
            cleared: self
                .blockers
                .into_iter()
                .filter(|blocker| !state.blockers.contains(blocker))
                .collect(),
        }
    }
}

/// Remembers what a comment changed; what an earlier version of it changed, stays to be undone too.
pub(super) fn remember(builder: &mut DecisionBuilder<'_>, report: &Report, before: Before, parts: &[ReplyPart]) {
    let mut changed = before.changes(&builder.state);
    if let Some(former) = forget(builder, &report.comment.id) {
        let again: Vec<u8> = changed.steps.iter().map(|(number, ..)| *number).collect();
        changed.steps.extend(
            former
                .changed
                .steps
                .into_iter()
                .filter(|(number, ..)| !again.contains(number)),
        );
        changed.cleared.extend(former.changed.cleared);
        changed.finished = former.changed.finished.or(changed.finished);
        changed.minutes_spent = former.changed.minutes_spent.or(changed.minutes_spent);
    }
    if parts.is_empty() && changed == Changes::default() {
        return;
    }
    builder.state.heard.push(HeardComment {
        comment: report.comment.id.clone(),
        thread: report.comment.discussion.clone(),
        author: report.comment.author.clone(),
        parts: parts.iter().filter(|part| is_read(part)).cloned().collect(),
        changed,
    });
    let surplus = builder.state.heard.len().saturating_sub(KEPT);
    builder.state.heard.drain(..surplus);
}

/// Whether a part tells what was read; what keys stood in a comment is no matter of reading, and not kept.
fn is_read(part: &ReplyPart) -> bool {
    matches!(
        part,
        ReplyPart::Claim { .. }
            | ReplyPart::Progress { .. }
            | ReplyPart::Blocker { .. }
            | ReplyPart::Help { .. }
            | ReplyPart::SetAside { .. }
            | ReplyPart::Keys { .. }
            | ReplyPart::Correction { .. }
            | ReplyPart::Question { .. }
    )
}

/// What the author of this comment was heard to say last in its thread.
pub(super) fn last_of_author<'b>(builder: &'b DecisionBuilder<'_>, report: &Report) -> Option<&'b HeardComment> {
    let of_author = |heard: &&HeardComment| heard.author == report.comment.author && is_before(heard, report);
    builder.state.heard.iter().rev().find(of_author)
}

/// What anybody was heard to say last in the thread of this comment.
pub(super) fn last_in_thread<'b>(builder: &'b DecisionBuilder<'_>, report: &Report) -> Option<&'b HeardComment> {
    builder.state.heard.iter().rev().find(|heard| is_before(heard, report))
}

/// What was made of a comment, if that is still known.
pub(super) fn of<'b>(builder: &'b DecisionBuilder<'_>, comment: &CommentId) -> Option<&'b HeardComment> {
    builder.state.heard.iter().find(|heard| heard.comment == *comment)
}

fn is_before(heard: &HeardComment, report: &Report) -> bool {
    heard.thread == report.comment.discussion && heard.comment != report.comment.id
}

/// Takes a comment out of the memory.
pub(super) fn forget(builder: &mut DecisionBuilder<'_>, comment: &CommentId) -> Option<HeardComment> {
    let at = builder.state.heard.iter().position(|heard| heard.comment == *comment)?;
    Some(builder.state.heard.remove(at))
}

/// What became of the steps of a comment that was undone.
pub(super) struct TakenBack {
    /// How many of our ticks were taken back.
    pub(super) unticked: usize,
    /// The steps that are claimed again: the comment had been taken to take them back.
    pub(super) claimed_again: BTreeSet<u8>,
}

/// Undoes what a comment changed, as far as nobody changed it since.
pub(super) fn undo(builder: &mut DecisionBuilder<'_>, heard: &HeardComment) -> TakenBack {
    let mut claimed_again = BTreeSet::new();
    let mut taken_back = BTreeSet::new();
    for (number, was, made) in &heard.changed.steps {
        if builder.state.steps.get(number) == Some(made) {
            if was.claim.is_none() && made.claim.is_some() {
                taken_back.insert(*number);
            } else if was.claim.is_some() && made.claim.is_none() {
                claimed_again.insert(*number);
            }
            builder.state.steps.insert(*number, was.clone());
        }
    }
    let mut unticked = ticks::untick(builder, &taken_back).len();
    unticked += untick_for(builder, &heard.comment);
    blockers::clear(builder, |blocker| blocker.comment == heard.comment);
    restore(builder, &heard.changed);
    // Nobody waits for an answer to what was not said.
    let waits = |open: &Conversation| open.also.is_empty() && open.comment.as_ref() == Some(&heard.comment);
    builder.state.conversations.retain(|open| !waits(open));
    TakenBack {
        unticked,
        claimed_again,
    }
}

/// The boxes that were ticked because of a look that this comment caused.
fn untick_for(builder: &mut DecisionBuilder<'_>, comment: &CommentId) -> usize {
    let mut unticked = 0;
    let boxes = builder.state.boxes.values_mut();
    for state in boxes.filter(|state| state.ours && state.because_of.as_ref() == Some(comment)) {
        state.tick.wanted = Some(false);
        state.ours = false;
        unticked += 1;
    }
    unticked
}

fn restore(builder: &mut DecisionBuilder<'_>, changed: &Changes) {
    if let Some(finished) = &changed.finished {
        let reopens = builder.state.finished.is_some() && finished.is_none();
        builder.state.finished.clone_from(finished);
        if reopens && builder.state.status.wanted == Some(Status::Done) {
            builder.move_status(Status::InProgress);
        }
    }
    for (what, was) in &changed.set_aside {
        builder.state.set_aside.retain(|aside| aside.what != *what);
        builder.state.set_aside.extend(was.clone());
    }
    if let Some(minutes) = changed.minutes_spent {
        builder.state.minutes_spent = minutes;
    }
    if !changed.cleared.is_empty() {
        builder.state.blockers.extend(changed.cleared.iter().cloned());
        builder.move_status(Status::Blocked);
    }
}

/// The steps that a comment was taken to speak of.
pub(super) fn steps(heard: &HeardComment) -> BTreeSet<u8> {
    let named = heard.parts.iter().flat_map(|part| match part {
        ReplyPart::Claim { steps, .. }
        | ReplyPart::Progress { steps, .. }
        | ReplyPart::Correction { steps, .. }
        | ReplyPart::SetAside { steps, .. } => steps.clone(),
        ReplyPart::Blocker { step, .. } | ReplyPart::Help { step } | ReplyPart::Question { step, .. } => {
            step.iter().copied().collect()
        }
        _ => Vec::new(),
    });
    named
        .chain(heard.changed.steps.iter().map(|(number, ..)| *number))
        .collect()
}
