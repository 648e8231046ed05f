//! `SetProperty`: writes progress, next rotation or last check; a page without that property is left alone.
use super::context::EffectContext;
use super::outcomes::{certain, changed, repeatable, skipped};
use crate::domain::effect::{Outcome, Property, Value};
use crate::domain::ids::PageId;

pub(super) async fn perform(context: &EffectContext, page: &PageId, property: Property, value: &Value) -> Outcome {
    let properties = match context.properties.of(&context.notion, page).await {
        Ok(properties) => properties,
        Err(error) => return certain(&error),
    };
    let Some(value) = properties.value(property, value) else {
        return skipped("the page has no such property");
    };
    match context.notion.update_properties(page, &[value]).await {
        Ok(_) => changed(),
        Err(error) => repeatable(&error),
    }
}
