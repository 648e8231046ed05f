//! `SetProperty`: writes progress, next rotation or last check; a page without that property is left alone.
use super::{Hands, certain, changed, repeatable, skipped};
use crate::domain::effect::{Outcome, Property, Value};
use crate::domain::ids::PageId;

pub(super) async fn perform(hands: &Hands, page: &PageId, property: Property, value: &Value) -> Outcome {
    let board = match hands.boards.of(&hands.notion, page).await {
        Ok(board) => board,
        Err(error) => return certain(&error),
    };
    let Some(value) = board.value(property, value) else {
        return skipped("the page has no such property");
    };
    match hands.notion.update_properties(page, &[value]).await {
        Ok(_) => changed(),
        Err(error) => repeatable(&error),
    }
}
