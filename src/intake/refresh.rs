//! What is asked for now and then beside the pages: which pages data sources name, and who is a member.
use super::context::IntakeContext;
use crate::config::PageSource;
use crate::domain::ids::PageId;
use crate::notion::{Error, Kind, Page, TITLE, rows_in_progress};
use serde_json::json;
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
                Err(error) => sources = Err(or_database(&context, id, error).await),
            },
        }
    }
    let people = context.people.refresh(&context.notion).await;
    Refreshed { pages, sources, people }
}

/// What is there under the id of a database is told as such: people copy that one, it stands in the address.
async fn or_database(context: &IntakeContext, id: &str, error: Error) -> Error {
    if error.kind != Kind::Gone {
        return error;
    }
    match context.notion.data_sources_of(id).await {
        Ok(sources) if !sources.is_empty() => Error {
            kind: Kind::IsDatabase { sources },
            ..error
        },
        Ok(_) | Err(_) => error,
    }
}

/// Rows of a data source that are in progress, or whose title begins with the prefix.
async fn rows(context: &IntakeContext, id: &str, prefix: Option<&str>) -> Result<Vec<PageId>, Error> {
    let names = context.properties.names();
    let filter = match prefix {
        Some(prefix) => json!({ "property": TITLE, "title": { "starts_with": prefix } }),
        None => json!({ "property": names.status, "status": { "equals": names.in_progress } }),
    };
    let pages = match context.notion.query(id, filter).await {
        // Its Status is called otherwise, has no such option, or is a select.
        Err(error) if prefix.is_none() && error.kind == Kind::Invalid => in_progress(context, id).await?,
        found => found?,
    };
    Ok(pages
        .into_iter()
        .filter(|page| !page.in_trash)
        .map(|page| page.id)
        .collect())
}

/// The rows whose Status says that they are in progress, whatever it and its options are called.
async fn in_progress(context: &IntakeContext, id: &str) -> Result<Vec<Page>, Error> {
    let names = context.properties.names();
    let schema = context.notion.data_source(id).await?.properties;
    match rows_in_progress(&schema, names) {
        Some(filter) => context.notion.query(id, filter).await,
        None => Ok(Vec::new()),
    }
}
