//! `CheckBox`: ticks or unticks a box. Repeatable at will.
use super::context::EffectContext;
use super::outcomes::{changed, repeatable};
use crate::domain::effect::Outcome;
use crate::domain::ids::BlockId;

pub(super) async fn perform(context: &EffectContext, block: &BlockId, checked: bool) -> Outcome {
    // A 404 may be that of a page that is unshared for a moment. A box that left the page leaves the guide as well.
    match context.notion.check_to_do(block, checked).await {
        Ok(()) => changed(),
        Err(error) => repeatable(&error),
    }
}
