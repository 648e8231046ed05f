//! `MaskBlock`: puts a label in the place of each key in a block. Repeatable at will: a masked block holds none.
use super::{Hands, changed, repeatable, skipped};
use crate::domain::effect::Outcome;
use crate::domain::ids::BlockId;
use crate::notion::{Kind, Masked};

pub(super) async fn perform(hands: &Hands, block: &BlockId) -> Outcome {
    match hands.notion.mask_block(block, &hands.redactor.current()).await {
        Ok(Masked::Done | Masked::Clean) => changed(),
        Ok(Masked::OutOfReach) => skipped("the key stands where Notion lets only people write"),
        Err(error) if error.error().kind == Kind::Gone => skipped("the block is no longer on the page"),
        Err(error) => repeatable(&error),
    }
}
