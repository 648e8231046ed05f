//! `keyminder run --dry-run`: reads, prints what it would do, writes nothing.
use super::Exit;
use super::bot::Tools;
use crate::config::{PageSource, Settings};
use crate::domain::comment::{CleanText, Comment};
use crate::domain::decide::{Wanted, decide};
use crate::domain::effect::Effect;
use crate::domain::event::{Authority, Event};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::page::PageState;
use crate::domain::reply;
use crate::notion::{Client, Connection, WireComment};
use crate::pipeline::{self, Arrived};
use crate::rotation::Project;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use anyhow::Context as _;
use chrono::Utc;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Reads every page and prints what would follow from its comments that are not answered yet.
pub(super) async fn run(settings: Settings, only: Option<PageId>) -> anyhow::Result<Exit> {
    let project = Arc::new(Project::open(&settings)?);
    let tools = Tools::load(settings, project)?;
    let settings = &tools.settings;
    let (token, _) = super::token::token(settings, &tools.keys.project)?;
    let notion = Client::new(Connection {
        url: settings.notion.url.clone(),
        token,
        requests_per_minute: settings.notion.requests_per_minute,
        call_timeout: settings.effects.call_timeout,
    })?;
    let me = notion.me().await?;
    let pages: Vec<PageId> = only.map_or_else(|| named(settings), |page| vec![page]);
    anyhow::ensure!(
        !pages.is_empty(),
        "no page is named; set `pages` in config/keyminder.toml or use --page"
    );
    let store = SqliteStore::open_beside(Path::new(&settings.state)).await.ok();
    for page in pages {
        let mut state = state(store.as_ref(), &page).await?;
        let known = known(store.as_ref(), &page).await?;
        println!("page {page}");
        for comment in notion.comments(page.as_str()).await?.comments {
            if comment.author != me.id && !known.contains(&comment.id) {
                state = tell(&tools, &page, state, &comment);
            }
        }
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

/// The page's state; a page that was never read has none.
async fn state(store: Option<&SqliteStore>, page: &PageId) -> anyhow::Result<PageState> {
    let Some(store) = store else {
        return Ok(PageState::default());
    };
    let Some((_, json)) = store.page(page).await? else {
        return Ok(PageState::default());
    };
    serde_json::from_value(json).with_context(|| format!("the state of page {page} cannot be read"))
}

async fn known(store: Option<&SqliteStore>, page: &PageId) -> anyhow::Result<BTreeSet<CommentId>> {
    let Some(store) = store else {
        return Ok(BTreeSet::new());
    };
    let rows = store.comments(page).await?;
    Ok(rows.into_iter().map(|row| row.comment.id).collect())
}

/// Prints what would follow from one comment.
fn tell(tools: &Tools, page: &PageId, state: PageState, comment: &WireComment) -> PageState {
    let arrived = Arrived {
        comment: Comment {
            id: comment.id.clone(),
            discussion: comment.discussion.clone(),
            anchor: comment.anchor.clone(),
            author: comment.author.clone(),
            author_name: comment.display_name.name.clone(),
            posted_at: comment.created_time,
            text: CleanText::default(),
        },
        on_step: None,
        authority: Authority::Full,
        absorbed: false,
    };
    let redactor = tools.redactor.current();
    let steps = state.guide.steps_total();
    let (redacted, _) = pipeline::redact(&redactor, &comment.raw_text());
    let report = pipeline::read(&tools.classifier, &tools.key_names, steps, arrived, redacted);
    println!(
        "  {}: {}",
        report.comment.author_name.as_deref().unwrap_or("someone"),
        report.comment.text
    );
    println!("    reading  {}", super::words::reading(&report.reading));
    let decision = decide(
        &tools.playbook,
        page,
        state,
        &Event::CommentPosted(Box::new(report)),
        Utc::now(),
    );
    for wanted in &decision.effects {
        println!("    would    {}", wish(wanted));
    }
    decision.state
}

/// An effect in one line.
pub(super) fn wish(wanted: &Wanted) -> String {
    match &wanted.effect {
        Effect::PostReply { runs, .. } => format!("reply: {}", reply::plain(runs).replace('\n', " / ")),
        Effect::GatherEvidence { check, .. } => format!("look: {}", check.kind()),
        Effect::ProbeKeys { variables } if variables.is_empty() => "probe every key".to_owned(),
        Effect::ProbeKeys { variables } => format!("probe {}", variables.join(", ")),
        Effect::SetStatus { to } => format!("set Status: {to:?}"),
        Effect::CheckBox { checked, .. } => (if *checked { "tick a box" } else { "untick a box" }).to_owned(),
        Effect::BackUpEnv { .. } => "back `.env` up".to_owned(),
        Effect::MaskBlock { .. } => "mask a key on the page".to_owned(),
        Effect::MarkExposed { variables } => format!("mark as exposed: {}", variables.join(", ")),
        Effect::UpdateReply { .. } | Effect::SetProperty { .. } | Effect::WriteSchedule { .. } => {
            wanted.effect.kind().replace('_', " ")
        }
    }
}
