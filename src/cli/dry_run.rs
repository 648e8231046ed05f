//! `keyminder run --dry-run`: reads, prints what it would do, writes nothing.
use super::preview::{Preview, effect_line};
use super::{CommandResult, Exit, token};
use crate::clock;
use crate::config::{Backlog, PageSource, Settings};
use crate::domain::decide::{Decision, decide};
use crate::domain::event::Event;
use crate::domain::ids::PageId;
use crate::domain::page::PageState;
use crate::intake::{Author, Directory, PageFacts};
use crate::notion::{Client, OwnIds, RawComment};

/// Reads every page and prints what would follow from its comments that are not answered yet.
pub(super) async fn run(settings: Settings, only: Option<PageId>) -> CommandResult<Exit> {
    let preview = Preview::open(settings).await?;
    let settings = &preview.settings;
    let (token, _) = token::token(settings, &preview.project)?;
    let notion = token::client(settings, token)?;
    let mut own = match &preview.store {
        Some(store) => token::known_own_ids(store).await?,
        None => Vec::new(),
    };
    own.push(notion.me().await?.id);
    let people = Directory::new(OwnIds::new(own), settings.people.clone());
    people.refresh(&notion).await?;
    let pages: Vec<PageId> = only.map_or_else(|| named(settings), |page| vec![page]);
    if pages.is_empty() {
        let none = if settings.pages.is_empty() {
            "no page is named; set `pages` in config/keyminder.toml or use --page"
        } else {
            "a dry run does not search data sources; name a page with --page"
        };
        return Err(anyhow::anyhow!(none).into());
    }
    for page in pages {
        preview_page(&preview, &people, &notion, &page).await?;
    }
    Ok(Exit::Done)
}

fn named(settings: &Settings) -> Vec<PageId> {
    let page = |source: &PageSource| match source {
        PageSource::Page(page) => Some(page.clone()),
        PageSource::DataSource { .. } => None,
    };
    settings.pages.iter().filter_map(page).collect()
}

/// Prints what would follow from the comments in a page's own thread that the bot has not seen.
async fn preview_page(preview: &Preview, people: &Directory, notion: &Client, page: &PageId) -> CommandResult<()> {
    let stored = preview.page(page).await?;
    let is_first = stored.state.is_none();
    let first_look = if is_first {
        Some(notion.budget().server_now.unwrap_or_else(clock::now))
    } else {
        stored.first_look
    };
    let mut state = stored.state.unwrap_or_default();
    println!("page {page}");
    if is_first {
        println!("  (the bot never read this page, so its steps and boxes are not known here)");
    }
    for comment in notion.comments(page.as_str()).await?.comments {
        if stored.seen.contains(&comment.id) {
            continue;
        }
        if let Some(author) = people.author(notion, &comment).await {
            let guide = state.guide.clone();
            let facts = PageFacts {
                guide: &guide,
                first_look,
            };
            state = preview_comment(preview, page, state, &comment, author, facts);
        }
    }
    if is_first && preview.settings.poll.backlog == Backlog::Absorb {
        decided(preview, page, state, &Event::BacklogAbsorbed);
    }
    Ok(())
}

/// Prints what would follow from one comment.
fn preview_comment(
    preview: &Preview,
    page: &PageId,
    state: PageState,
    comment: &RawComment,
    author: Author,
    facts: PageFacts<'_>,
) -> PageState {
    let (redacted, _) = preview.ingest.redact(comment);
    let report = preview.ingest.report(comment, author, redacted, facts);
    println!(
        "  {}: {}",
        report.comment.author_name.as_deref().unwrap_or("someone"),
        report.comment.text
    );
    println!("    reading  {}", super::words::reading(&report.reading));
    decided(preview, page, state, &Event::CommentPosted(Box::new(report)))
}

/// Prints what would be done, and gives the state that follows.
fn decided(preview: &Preview, page: &PageId, state: PageState, event: &Event) -> PageState {
    let Decision { state, effects, .. } = decide(&preview.playbook, page, state, event, clock::now());
    for wanted in &effects {
        println!("    would    {}", effect_line(wanted));
    }
    state
}
