//! What is asked for now and then beside the pages: which pages data sources name, and who is a member.
use super::context::IntakeContext;
use crate::config::PageSource;
use crate::domain::ids::PageId;
use crate::notion::{Error, TITLE};
use std::sync::Arc;

/// What was learned; a fault takes nothing away that was known before.
pub(super) struct Refreshed {
    /// The pages that the settings name, those of data sources included.
    pub(super) pages: Vec<PageId>,
    /// The first fault of a data source that did not answer, if there was one.
    pub(super) sources: Result<(), Error>,
    /// Whether the members were listed, or refused to us for good.
    pub(super) people: Result<(), Error>,
}

/// Asks for pages and members. One source that fails holds up no other.
pub(super) async fn run(context: Arc<IntakeContext>) -> Refreshed {
    let mut pages = Vec::new();
    let mut sources = Ok(());
    for source in &context.sources {
        match source {
            PageSource::Page(page) => pages.push(page.clone()),
            PageSource::DataSource { id, prefix } => match rows(&context, id, prefix.as_deref()).await {
                Ok(rows) => pages.extend(rows),
                Err(error) => sources = Err(error),
            },
        }
    }
    let people = context.people.refresh(&context.notion).await;
    Refreshed { pages, sources, people }
}

/// Rows of a data source that are in progress, or whose title begins with the prefix.
async fn rows(context: &IntakeContext, id: &str, prefix: Option<&str>) -> Result<Vec<PageId>, Error> {
    let names = context.properties.names();
    let filter = match prefix {
        Some(prefix) => {
            serde_json::json!({ "property": TITLE, "title": { "starts_with": prefix } })
        }
        None => serde_json::json!({ "property": names.status, "status": { "equals": names.in_progress } }),
    };
    let pages = context.notion.query(id, filter).await?;
    Ok(pages
        .into_iter()
        .filter(|page| !page.in_trash)
        .map(|page| page.id)
        .collect())
}
