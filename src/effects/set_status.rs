//! `SetStatus`: moves the Status property to an option that exists. Repeatable at will.
use super::context::EffectContext;
use super::outcomes::{certain, changed, repeatable, skipped};
use crate::domain::effect::{Outcome, Status};
use crate::domain::ids::PageId;

pub(super) async fn perform(context: &EffectContext, page: &PageId, to: Status) -> Outcome {
    let properties = match context.properties.of(&context.notion, page).await {
        Ok(properties) => properties,
        Err(error) => return certain(&error),
    };
    let Some(value) = properties.status_value(to) else {
        return skipped("the page's Status has no such option; add it by hand in Notion");
    };
    match context.notion.update_properties(page, &[value]).await {
        Ok(_) => changed(),
        Err(error) => repeatable(&error),
    }
}
