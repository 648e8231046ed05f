//! `GatherEvidence`: looks, and tells what it saw.
use super::context::EffectContext;
use crate::domain::cycle::Cycle;
use crate::domain::effect::{Done, Outcome};
use crate::domain::evidence::Check;
use crate::domain::ids::PageId;
use crate::evidence::{self, Collector, PageDate};
use crate::notion::Value;
use chrono::Utc;

pub(super) async fn perform(
    context: &EffectContext,
    page: &PageId,
    collector: &Collector,
    check: &Check,
    cycle: &Cycle,
) -> Outcome {
    let collector = match check {
        Check::Date { property } => &collector.with_page_date(date(context, page, property).await),
        _ => collector,
    };
    let evidence = evidence::collect(collector, check, cycle, Utc::now()).await;
    Outcome::Done {
        result: Done::Seen { evidence },
    }
}

/// What the page holds now: it was read a while ago, and whoever says that the date is set has just set it.
async fn date(context: &EffectContext, page: &PageId, property: &str) -> PageDate {
    let Ok(page) = context.notion.page(page).await else {
        return PageDate::Unread;
    };
    match page.properties.get(property).map(|property| &property.value) {
        Some(Value::Date(Some(start))) => PageDate::Of(start.clone()),
        Some(Value::Date(None)) => PageDate::Empty,
        Some(_) | None => PageDate::Missing,
    }
}
