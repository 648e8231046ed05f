//! `UpdateReply`: what we have to add later goes into the one reply. Repeatable at will.
use super::context::EffectContext;
use super::outcomes::{TRY_AGAIN, certain, changed, later, page_is_away, repeatable};
use super::post_reply::{ours, parent};
use crate::domain::effect::{Effect, EffectId, Outcome, Place};
use crate::domain::ids::CommentId;
use crate::domain::reply::{Reference, Run};
use crate::notion::{Kind, WriteError, text_runs};
use crate::store::EffectRow;

/// Tries of a change that Notion refuses; the pauses between them double to five minutes.
const TRIES: u32 = 20;
/// Looks for a reply that is not there, before it counts as deleted by a person.
const LOOKS: u32 = 3;

pub(super) async fn perform(
    context: &EffectContext,
    leased: &EffectRow,
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
    let (also, place) = match context.store.effect(reply).await {
        Ok(Some(row)) => match row.effect {
            Effect::PostReply { also, place, .. } => (also, place),
            _ => (Vec::new(), Place::Page),
        },
        Ok(None) => (Vec::new(), Place::Page),
        Err(error) => return later(TRY_AGAIN, error.to_string()),
    };
    let mut all = runs.to_vec();
    all.extend(reference.runs(&also));
    let comment = CommentId::from_wire(comment);
    // A mention of somebody who left is refused like a comment that is gone.
    let plain: Vec<Run> = all.iter().map(Run::plain).collect();
    let mut ended = context.notion.update_comment(&comment, &text_runs(&all)).await;
    if ended.as_ref().is_err_and(is_refused) && plain != all {
        ended = context.notion.update_comment(&comment, &text_runs(&plain)).await;
    }
    match ended {
        Ok(()) => changed(),
        Err(error) if error.error().kind == Kind::Gone => elsewhere(context, leased, &place, reference, &plain).await,
        // A page in the trash refuses it for the while; what is refused for good is given up after some tries.
        Err(error) if leased.tries < TRIES => later(TRY_AGAIN, error.error().to_string()),
        Err(error) => repeatable(&error),
    }
}

fn is_refused(error: &WriteError) -> bool {
    matches!(error.error().kind, Kind::Gone | Kind::Invalid)
}

/// The reply is not there under the id that we know: its thread is read, for it may stand there under another one.
async fn elsewhere(
    context: &EffectContext,
    leased: &EffectRow,
    place: &Place,
    reference: &Reference,
    runs: &[Run],
) -> Outcome {
    let listing = match context.notion.comments(parent(place, &leased.page)).await {
        Ok(listing) => listing,
        Err(error) if error.kind == Kind::Gone => {
            return page_is_away(context, &leased.page).await.unwrap_or_else(moot);
        }
        Err(error) => return certain(&error),
    };
    match ours(context, &listing, reference) {
        Some(comment) => match context.notion.update_comment(&comment, &text_runs(runs)).await {
            Ok(()) => changed(),
            Err(error) => repeatable(&error),
        },
        None if listing.complete && leased.tries >= LOOKS => moot(),
        None => later(TRY_AGAIN, "our reply is not in the thread now".to_owned()),
    }
}

fn moot() -> Outcome {
    Outcome::Moot {
        why: "our reply was deleted".to_owned(),
    }
}
