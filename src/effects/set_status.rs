//! `SetStatus`: moves the Status property to an option that exists. Repeatable at will.
use super::{Hands, certain, changed, repeatable, skipped};
use crate::domain::effect::{Outcome, Status};
use crate::domain::ids::PageId;

pub(super) async fn perform(hands: &Hands, page: &PageId, to: Status) -> Outcome {
    let board = match hands.boards.of(&hands.notion, page).await {
        Ok(board) => board,
        Err(error) => return certain(&error),
    };
    let Some(value) = board.status_value(to) else {
        return skipped("the page's Status has no such option; add it by hand in Notion");
    };
    match hands.notion.update_properties(page, &[value]).await {
        Ok(_) => changed(),
        Err(error) => repeatable(&error),
    }
}
