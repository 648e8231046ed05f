//! Writing dates that comments move: one write after the other, each remembered with its comment, so that it can be taken back.
use super::builder::DecisionBuilder;
use crate::asks::DateWish;
use crate::effect::{Effect, EffectId, NewEffect};
use crate::ids::CommentId;
use crate::key_dates::DateMove;
use crate::page::{Conversation, DatesOutcome, MovedDates, ReplyPart};

/// Moves that are remembered.
const KEPT: usize = 20;

/// Wants an effect after what is being written.
pub(super) fn want(builder: &mut DecisionBuilder<'_>, comment: Option<&CommentId>, effect: Effect) -> EffectId {
    let id = builder.new_id(effect.kind());
    builder.want(NewEffect {
        page: builder.page.clone(),
        id: id.clone(),
        comment: comment.cloned(),
        effect,
        after: builder.state.moving.clone(),
        not_before: None,
    });
    id
}

/// Wants these moves written down.
pub(super) fn write(builder: &mut DecisionBuilder<'_>, comment: Option<&CommentId>, moves: Vec<DateMove>) -> EffectId {
    builder.note(comment, "dates_moved", &moves);
    let id = want(builder, comment, Effect::MoveRotation { moves });
    builder.state.moving = Some(id.clone());
    id
}

/// Each key is moved once: what several wishes of a comment come to is told where the first of them is, and a part that has
/// nothing else to tell goes. All that is to be written.
pub(super) fn in_one_each(parts: &mut Vec<ReplyPart>) -> Vec<DateMove> {
    let mut each: Vec<DateMove> = Vec::new();
    let mut firsts = Vec::new();
    for (at, part) in parts.iter_mut().enumerate() {
        let ReplyPart::Dates {
            outcome: DatesOutcome::Moved { moves, .. },
            ..
        } = part
        else {
            continue;
        };
        for one in std::mem::take(moves) {
            if let Some(known) = each.iter_mut().find(|known| known.provider == one.provider) {
                known.join(&one);
            } else {
                firsts.push(at);
                each.push(one);
            }
        }
    }
    let mut at = 0;
    parts.retain_mut(|part| {
        let own = firsts
            .iter()
            .zip(&each)
            .filter(|(first, _)| **first == at)
            .map(|(_, one)| one.clone());
        let own: Vec<DateMove> = own.collect();
        at += 1;
        match part {
            ReplyPart::Dates {
                outcome: DatesOutcome::Moved { moves, kept, .. },
                ..
            } => {
                *moves = own;
                each.is_empty() || !moves.is_empty() || !kept.is_empty()
            }
            _ => true,
        }
    });
    each
}

/// Remembers what the comment of a conversation moved.
pub(super) fn remember(
    builder: &mut DecisionBuilder<'_>,
    conversation: &Conversation,
    wishes: Vec<DateWish>,
    moves: Vec<DateMove>,
) {
    let (Some(comment), Some(author)) = (conversation.comment.clone(), conversation.author.clone()) else {
        return;
    };
    let remembered = &mut builder.state.moved;
    remembered.retain(|other| other.comment != comment);
    remembered.push(MovedDates {
        comment,
        author,
        wishes,
        moves,
        back: false,
        gone: false,
    });
    let surplus = remembered.len().saturating_sub(KEPT);
    remembered.drain(..surplus);
}

/// Takes back what a comment moved; `gone`: because it was deleted. What is moved back, if anything was moved.
pub(super) fn take_back(builder: &mut DecisionBuilder<'_>, comment: &CommentId, gone: bool) -> Option<Vec<DateMove>> {
    let mut moved = builder.state.moved.iter_mut();
    let moved = moved.find(|moved| moved.comment == *comment && !moved.back)?;
    moved.back = true;
    moved.gone = gone;
    let back: Vec<DateMove> = moved.moves.iter().map(DateMove::back).collect();
    write(builder, Some(comment), back.clone());
    Some(back)
}

/// A comment that was deleted is listed again: what it moved is moved again.
pub(super) fn move_again(builder: &mut DecisionBuilder<'_>, comment: &CommentId) {
    let mut moved = builder.state.moved.iter_mut();
    if let Some(moved) = moved.find(|moved| moved.comment == *comment && moved.back && moved.gone) {
        moved.back = false;
        moved.gone = false;
        let again = moved.moves.clone();
        write(builder, Some(comment), again);
    }
}
