//! What was understood of each comment is kept for a while, so that it can be mended when its author says that it was misread.
use super::builder::DecisionBuilder;
use super::undo;
use crate::classify::{Ask, Label};
use crate::event::Report;
use crate::ids::{CommentId, PersonId};
use crate::page::{HeardComment, PageState, ReplyPart};
use std::collections::BTreeSet;

/// Comments that are kept, of all threads of a page together.
const KEPT: usize = 60;

/// Remembers what was understood of a comment, beside what is known of it already.
pub(super) fn remember(builder: &mut DecisionBuilder<'_>, report: &Report, parts: &[ReplyPart]) {
    let id = &report.comment.id;
    let known = builder.state.heard.iter().position(|heard| heard.comment == *id);
    let former = known.map(|at| builder.state.heard.remove(at));
    let ended = || builder.state.ended.iter().any(|ended| ended.by.contains(id));
    // "Undo" means the newest thing that was done for somebody, a mark and a false alarm among them.
    let marks = || {
        let of_alarms = builder.state.false_alarms.iter().map(|alarm| &alarm.comment);
        of_alarms
            .chain(builder.state.marked.iter().map(|mark| &mark.comment))
            .any(|by| by == id)
    };
    if parts.is_empty() && former.is_none() && !ended() && !marks() {
        return;
    }
    let mut heard = former.unwrap_or_else(|| HeardComment {
        comment: id.clone(),
        thread: report.comment.discussion.clone(),
        author: report.comment.author.clone(),
        name: report.comment.author_name.clone(),
        parts: Vec::new(),
        mends: None,
    });
    for part in parts.iter().filter(|part| label(part).is_some()) {
        if !heard.parts.contains(part) {
            heard.parts.push(part.clone());
        }
    }
    // A comment that was changed keeps its place: it was not said last.
    let place = known.unwrap_or(builder.state.heard.len());
    builder.state.heard.insert(place, heard);
    let surplus = builder.state.heard.len().saturating_sub(KEPT);
    let forgotten = builder.state.heard.drain(..surplus);
    let forgotten: Vec<CommentId> = forgotten.map(|heard| heard.comment).collect();
    undo::settle(&mut builder.state, &forgotten);
}

/// The same parts, where nobody said that anything is finished: what was looked at again is remembered as asked for, and no claim.
pub(super) fn as_looks(parts: &[ReplyPart]) -> Vec<ReplyPart> {
    let look = |step: Option<u8>| ReplyPart::Question {
        topic: Ask::Recheck.id().to_owned(),
        step,
    };
    let asked = |part: &ReplyPart| match part {
        ReplyPart::Claim { steps, .. } => steps.iter().map(|step| look(Some(*step))).collect(),
        other => vec![other.clone()],
    };
    parts.iter().flat_map(asked).collect()
}

/// This comment mends what was made of another one.
pub(super) fn mends(builder: &mut DecisionBuilder<'_>, comment: &CommentId, other: CommentId) {
    let mut heard = builder.state.heard.iter_mut();
    if let Some(heard) = heard.find(|heard| heard.comment == *comment) {
        heard.mends = Some(other);
    }
}

/// Of a comment that was changed only that is remembered which it still says: `unchanged` has the clauses of both texts.
pub(super) fn still_says(builder: &mut DecisionBuilder<'_>, unchanged: &Report) {
    let mut heard = builder.state.heard.iter_mut();
    let Some(heard) = heard.find(|heard| heard.comment == unchanged.comment.id) else {
        return;
    };
    heard.parts.retain_mut(|part| {
        let label = label(part).filter(|label| !unchanged.clauses(*label).is_empty());
        let Some(label) = label else { return false };
        let named = unchanged.steps(label);
        if let (
            ReplyPart::Claim { steps, .. } | ReplyPart::Progress { steps, .. } | ReplyPart::Blocker { steps, .. },
            false,
        ) = (part, named.is_empty())
        {
            steps.retain(|step| named.contains(step));
        }
        true
    });
}

/// The label of what a part of a reply answers; nothing for a part that tells of no reading, but of keys and limits.
fn label(part: &ReplyPart) -> Option<Label> {
    match part {
        ReplyPart::Claim { .. } => Some(Label::Completion),
        ReplyPart::Progress { .. } | ReplyPart::SetAside { back: false, .. } | ReplyPart::Dates { .. } => {
            Some(Label::Progress)
        }
        ReplyPart::Blocker { .. } | ReplyPart::Help { .. } => Some(Label::Blocker),
        ReplyPart::Correction { .. } | ReplyPart::SetAside { .. } => Some(Label::Correction),
        ReplyPart::Keys { .. } => Some(Label::KeyReport),
        ReplyPart::Question { .. }
        | ReplyPart::BoxesAsked { .. }
        | ReplyPart::Quoted { .. }
        | ReplyPart::KeysAsked { .. } => Some(Label::Question),
        _ => None,
    }
}

/// What the author of this comment was heard to say last in its thread.
pub(super) fn last_of_author<'b>(builder: &'b DecisionBuilder<'_>, report: &Report) -> Option<&'b HeardComment> {
    let of_author = |heard: &&HeardComment| heard.author == report.comment.author && is_before(heard, report);
    builder.state.heard.iter().rev().find(of_author)
}

/// What somebody else was heard to say last in the thread of this comment.
pub(super) fn last_of_others<'b>(builder: &'b DecisionBuilder<'_>, report: &Report) -> Option<&'b HeardComment> {
    let of_others = |heard: &&HeardComment| heard.author != report.comment.author && is_before(heard, report);
    builder.state.heard.iter().rev().find(of_others)
}

/// What anybody was heard to say last in the thread of this comment.
pub(super) fn last_in_thread<'b>(builder: &'b DecisionBuilder<'_>, report: &Report) -> Option<&'b HeardComment> {
    builder.state.heard.iter().rev().find(|heard| is_before(heard, report))
}

/// What was made of a comment, if that is still known.
pub(super) fn of<'b>(builder: &'b DecisionBuilder<'_>, comment: &CommentId) -> Option<&'b HeardComment> {
    builder.state.heard.iter().find(|heard| heard.comment == *comment)
}

/// The comments of a person that are still known.
pub(super) fn comments_of(builder: &DecisionBuilder<'_>, author: &PersonId) -> Vec<CommentId> {
    let heard = builder.state.heard.iter();
    let own = heard.filter(|heard| heard.author == *author);
    own.map(|heard| heard.comment.clone()).collect()
}

/// The name of who wrote a comment, if that is still known.
pub(super) fn name(builder: &DecisionBuilder<'_>, comment: &CommentId) -> Option<String> {
    of(builder, comment)?.name.clone()
}

/// Whose reports hold, and could be taken back.
pub(super) fn reporters(state: &PageState) -> Vec<PersonId> {
    let said = state.steps.values().chain(state.boxes_said.values());
    let claims = said.filter_map(|said| said.claim.as_ref());
    let claims = claims.chain(&state.finished).chain(&state.said_finished);
    let blockers = state.blockers.iter().map(|blocker| &blocker.author);
    claims.map(|claim| &claim.author).chain(blockers).cloned().collect()
}

/// Somebody else who was heard on the page, and is named in this comment.
pub(super) fn named(builder: &DecisionBuilder<'_>, report: &Report) -> Option<String> {
    let heard = builder.state.heard.iter().rev();
    let others = heard.filter(|heard| heard.author != report.comment.author);
    let mut names = others.filter_map(|heard| heard.name.as_deref());
    names.find_map(|name| named_in(report.heard.as_str(), name).map(str::to_owned))
}

/// The first name of somebody, where a text calls them by it. Many a name is a word as well, "Will", "Mark", "Joy": it counts as it
/// is written.
pub(super) fn named_in<'n>(text: &str, name: &'n str) -> Option<&'n str> {
    let first = name
        .split_whitespace()
        .next()
        .filter(|first| first.chars().count() > 1)?;
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| word == first).then_some(first)
}

fn is_before(heard: &HeardComment, report: &Report) -> bool {
    heard.thread == report.comment.discussion && heard.comment != report.comment.id
}

/// Takes a comment out of the memory.
pub(super) fn forget(builder: &mut DecisionBuilder<'_>, comment: &CommentId) -> Option<HeardComment> {
    let at = builder.state.heard.iter().position(|heard| heard.comment == *comment)?;
    Some(builder.state.heard.remove(at))
}

/// The steps that a comment was taken to speak of.
pub(super) fn steps(builder: &DecisionBuilder<'_>, heard: &HeardComment) -> BTreeSet<u8> {
    let named = heard.parts.iter().flat_map(|part| match part {
        ReplyPart::Claim { steps, .. }
        | ReplyPart::Progress { steps, .. }
        | ReplyPart::Correction { steps, .. }
        | ReplyPart::SetAside { steps, .. }
        | ReplyPart::Blocker { steps, .. } => steps.clone(),
        ReplyPart::Help { step } | ReplyPart::Question { step, .. } => step.iter().copied().collect(),
        _ => Vec::new(),
    });
    let claims = builder.state.steps.iter().filter(|(_, step)| {
        let mut claims = step.claim.iter().chain(&step.also);
        claims.any(|claim| claim.comment == heard.comment)
    });
    named.chain(claims.map(|(number, _)| *number)).collect()
}
