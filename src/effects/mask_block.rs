//! `MaskBlock`: puts a label in the place of each key in a block. Repeatable at will: a masked block holds none.
use super::context::EffectContext;
use super::outcomes::{TRY_AGAIN, changed, later, page_is_away, repeatable, skipped};
use crate::domain::effect::Outcome;
use crate::domain::ids::{BlockId, PageId};
use crate::notion::{Kind, Masked, mask_block};

/// Tries of a mask that Notion refuses although the page is there.
const TRIES: u32 = 3;

pub(super) async fn perform(context: &EffectContext, page: &PageId, block: &BlockId, tries: u32) -> Outcome {
    let redactor = context.redactor.current().await;
    match mask_block(&context.notion, block, &redactor).await {
        Ok(Masked::Done | Masked::Clean) => changed(),
        Ok(Masked::OutOfReach) => skipped("the key stands where Notion lets only people write"),
        Err(error) if matches!(error.error().kind, Kind::Gone | Kind::Invalid) => {
            match page_is_away(context, page).await {
                Some(waits) => waits,
                None if error.error().kind == Kind::Gone => skipped("the block is no longer on the page"),
                // The page is there, but may have come back a moment ago.
                None if tries < TRIES => later(TRY_AGAIN, error.error().to_string()),
                None => repeatable(&error),
            }
        }
        Err(error) => repeatable(&error),
    }
}
