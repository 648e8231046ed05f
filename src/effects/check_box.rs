//! `CheckBox`: ticks or unticks a box. Repeatable at will.
use super::{Hands, changed, repeatable};
use crate::domain::effect::Outcome;
use crate::domain::ids::BlockId;

pub(super) async fn perform(hands: &Hands, block: &BlockId, checked: bool) -> Outcome {
    // A 404 may be that of a page that is unshared for a moment. A box that left the page leaves the guide as well.
    match hands.notion.check_to_do(block, checked).await {
        Ok(()) => changed(),
        Err(error) => repeatable(&error),
    }
}
