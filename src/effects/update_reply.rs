//! `UpdateReply`: what we have to add later goes into the one reply. Repeatable at will.
use super::{Hands, changed, repeatable};
use crate::domain::effect::Outcome;
use crate::domain::ids::CommentId;
use crate::domain::reply::{Reference, Run};
use crate::notion::Kind;
use crate::store::Leased;

pub(super) async fn perform(hands: &Hands, leased: &Leased, runs: &[Run], reference: &Reference) -> Outcome {
    let Some(reply) = &leased.after_remote_id else {
        return Outcome::Moot {
            why: "there is no reply that could be changed".to_owned(),
        };
    };
    let mut all = runs.to_vec();
    all.push(reference.run());
    match hands.notion.update_comment(&CommentId::from_wire(reply), &all).await {
        Ok(()) => changed(),
        Err(error) if error.error().kind == Kind::Gone => Outcome::Moot {
            why: "our reply was deleted".to_owned(),
        },
        Err(error) => repeatable(&error),
    }
}
