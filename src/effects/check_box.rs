//! `CheckBox`: ticks or unticks a box. Repeatable at will.
use super::{Hands, changed, repeatable, skipped};
use crate::domain::effect::Outcome;
use crate::domain::ids::BlockId;
use crate::notion::Kind;

pub(super) async fn perform(hands: &Hands, block: &BlockId, checked: bool) -> Outcome {
    match hands.notion.check_to_do(block, checked).await {
        Ok(()) => changed(),
        Err(error) if error.error().kind == Kind::Gone => skipped("the box is no longer on the page"),
        Err(error) => repeatable(&error),
    }
}
