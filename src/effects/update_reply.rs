//! `UpdateReply`: what we have to add later goes into the one reply. Repeatable at will.
use super::{Hands, TRY_AGAIN, changed, later, repeatable};
use crate::domain::effect::{Effect, EffectId, Outcome};
use crate::domain::ids::CommentId;
use crate::domain::reply::{Reference, Run};
use crate::notion::Kind;
use crate::store::Leased;

pub(super) async fn perform(
    hands: &Hands,
    leased: &Leased,
    reply: &EffectId,
    runs: &[Run],
    reference: &Reference,
) -> Outcome {
    let Some(comment) = &leased.after_remote_id else {
        return Outcome::Moot {
            why: "there is no reply that could be changed".to_owned(),
        };
    };
    // The reply to a flood keeps the references of all that it answers.
    let also = match hands.store.effect(reply).await {
        Ok(Some(row)) => match row.effect {
            Effect::PostReply { also, .. } => also,
            _ => Vec::new(),
        },
        Ok(None) => Vec::new(),
        Err(error) => return later(TRY_AGAIN, error.to_string()),
    };
    let mut all = runs.to_vec();
    all.extend(reference.runs(&also));
    match hands.notion.update_comment(&CommentId::from_wire(comment), &all).await {
        Ok(()) => changed(),
        Err(error) if error.error().kind == Kind::Gone => Outcome::Moot {
            why: "our reply was deleted".to_owned(),
        },
        Err(error) => repeatable(&error),
    }
}
