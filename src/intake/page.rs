//! One poll of one page: the page itself now and then, its own thread each time, the threads on its blocks in turn.
use super::watched::{Told, Watched};
use super::{Context, IntakeError, comments};
use crate::domain::comment::{CleanText, Finding, RawText};
use crate::domain::event::Event;
use crate::domain::ids::PageId;
use crate::domain::page::{BlockKind, Guide, NextPage, Observed, PageBlock};
use crate::notion::{self, Block, Board, Error, Kind, Page, Value};
use crate::pipeline::Happening;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use tokio::time::Instant;

/// How often the page's properties are read, in polls of an active page.
const PAGE_EVERY: u32 = 6;
/// How often its blocks are read even when Notion says that nothing was edited.
const BLOCKS_EVERY: Duration = Duration::from_mins(5);
/// Notion cuts the time of the last edit to the minute: within it another edit looks the same.
const EDIT_MINUTE: TimeDelta = TimeDelta::seconds(75);
/// How often the page's markdown is asked for new threads on blocks, in polls of an active page.
const ANCHORS_EVERY: u32 = 3;
/// How often the threads of a block are read that has some, in polls of an active page.
const HOT_EVERY: u32 = 3;
/// How often the next block is looked at for threads that the markdown did not show, in polls of an active page.
const SWEEP_EVERY: u32 = 4;
/// How deep blocks are read: a step's list inside a toggle inside a column.
const DEPTH: usize = 4;

pub(super) async fn poll(context: &Context, watched: &mut Watched) -> Result<(), IntakeError> {
    if watched.seen.is_none() {
        watched.first = context.store.page(&watched.page).await?.is_none();
        let rows = context.store.comments(&watched.page).await?;
        watched.remember(rows);
    }
    if is_over(watched.page_read_at, context.poll.active * PAGE_EVERY) {
        read_page(context, watched).await?;
    }
    let mut found = comments::read(context, watched, None).await?;
    found.extend(threads(context, watched).await?);
    let first = std::mem::take(&mut watched.first);
    if !found.is_empty() {
        watched.active_at = Instant::now();
        context.door.bring(found).await;
    }
    if first && context.absorbs() {
        context
            .door
            .bring(vec![Happening::bare(watched.page.clone(), Event::BacklogAbsorbed)])
            .await;
    }
    Ok(())
}

fn is_over(at: Option<Instant>, every: Duration) -> bool {
    at.is_none_or(|at| at.elapsed() >= every)
}

/// The threads on blocks: those that are known in turn; new ones where the markdown shows an anchor; and one block
/// after the other, slowly, for whatever the markdown does not show.
async fn threads(context: &Context, watched: &mut Watched) -> Result<Vec<Happening>, IntakeError> {
    let mut found = Vec::new();
    let due = watched
        .threads
        .hot
        .iter()
        .filter(|(_, at)| at.elapsed() >= context.poll.active * HOT_EVERY)
        .map(|(block, _)| block.clone());
    for block in due.collect::<Vec<_>>() {
        found.extend(comments::read(context, watched, Some(&block)).await?);
    }
    if is_over(watched.threads.anchors_read_at, context.poll.active * ANCHORS_EVERY) && !watched.blocks.is_empty() {
        watched.threads.anchors_read_at = Some(Instant::now());
        let unknown = match context.notion.markdown(&watched.page).await {
            Ok(markdown) => markdown
                .discussions
                .iter()
                .any(|thread| !watched.threads.known.contains(thread)),
            Err(error) if matches!(error.kind, Kind::Forbidden { .. } | Kind::Gone | Kind::Invalid) => false,
            Err(error) => return Err(error.into()),
        };
        if unknown {
            for block in watched.blocks.clone() {
                found.extend(comments::read(context, watched, Some(&block)).await?);
            }
        }
    }
    if is_over(watched.threads.swept_at, context.poll.active * SWEEP_EVERY) && !watched.blocks.is_empty() {
        watched.threads.swept_at = Some(Instant::now());
        watched.threads.next_block %= watched.blocks.len();
        let block = watched.blocks[watched.threads.next_block].clone();
        watched.threads.next_block += 1;
        found.extend(comments::read(context, watched, Some(&block)).await?);
    }
    Ok(found)
}

/// Reads the page and, when it was edited, its blocks; tells what it shows if that is new.
async fn read_page(context: &Context, watched: &mut Watched) -> Result<(), IntakeError> {
    let read_at = Utc::now();
    let page = context.notion.page(&watched.page).await?;
    if page.in_trash {
        return Err(Error {
            kind: Kind::Gone,
            ..gone(&watched.page)
        }
        .into());
    }
    let server_now = context.notion.budget().server_now.unwrap_or_else(Utc::now);
    // An edit whose minute is not over counts as not seen: the next reading looks again, also when the minute has ended.
    let settled = page.last_edited.filter(|at| server_now - *at >= EDIT_MINUTE);
    let reread = watched.last_edited != page.last_edited || is_over(watched.blocks_read_at, BLOCKS_EVERY);
    watched.page_read_at = Some(Instant::now());
    let board = Board::read(&context.notion, &page, context.boards.names()).await?;
    context.boards.keep(&watched.page, board.clone());
    let boxes = if reread {
        let blocks = read_blocks(context, watched).await?;
        watched.last_edited = settled;
        watched.blocks_read_at = Some(Instant::now());
        take_in(context, watched, &page, blocks.as_deref());
        Some(boxes(blocks.as_deref().unwrap_or_default()))
    } else {
        None
    };
    tell(context, watched, &page, &board, boxes, read_at).await
}

/// Keeps what the blocks say: the guide, and which of them hold a key.
fn take_in(context: &Context, watched: &mut Watched, page: &Page, blocks: Option<&[Block]>) {
    let redactor = context.redactor.current();
    let mut held = Vec::new();
    let mut clean = Vec::new();
    for block in blocks.unwrap_or_default() {
        let redacted = redactor.redact(&block.text);
        let findings = redacted.findings.into_iter();
        let unfit: Vec<Finding> = findings.filter(Finding::is_unfit_for_a_page).collect();
        if !unfit.is_empty() {
            held.push((block.id.clone(), unfit));
        }
        clean.push(page_block(block, redacted.text));
    }
    watched.blocks = clean.iter().map(|block| block.id.clone()).collect();
    watched.held = blocks.map(|_| held);
    watched.guide = Guide::parse(&redactor.redact(&page.title).text, &page.url, &clean);
}

fn gone(page: &PageId) -> Error {
    Error {
        kind: Kind::Gone,
        doing: format!("watch page {page}, which lies in the trash"),
        status: None,
        code: None,
        request_id: None,
    }
}

/// The blocks; `None` when they may not be read: then the page has no steps that we know of.
async fn read_blocks(context: &Context, watched: &Watched) -> Result<Option<Vec<Block>>, IntakeError> {
    match context.notion.blocks(watched.page.as_str(), DEPTH).await {
        Ok(blocks) => Ok(Some(blocks)),
        Err(error) if matches!(error.kind, Kind::Forbidden { .. } | Kind::Gone | Kind::Invalid) => {
            if watched.blocks_read_at.is_none() {
                tracing::warn!(page = %watched.page, "the page's blocks cannot be read, so it has no steps for me: {error}");
            }
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn clean_text(context: &Context, raw: &RawText) -> CleanText {
    context.redactor.current().redact(raw).text
}

fn page_block(block: &Block, text: CleanText) -> PageBlock {
    let kind = match &block.kind {
        notion::BlockKind::Heading(level) => BlockKind::Heading(*level),
        notion::BlockKind::ToDo { checked } => BlockKind::ToDo { checked: *checked },
        notion::BlockKind::Paragraph | notion::BlockKind::Quote | notion::BlockKind::Callout => BlockKind::Text,
        notion::BlockKind::Bulleted | notion::BlockKind::Numbered => BlockKind::Item,
        notion::BlockKind::Code { .. } => BlockKind::Code,
        notion::BlockKind::Divider | notion::BlockKind::Other(_) => BlockKind::Other,
    };
    PageBlock {
        id: block.id.clone(),
        kind,
        text,
    }
}

fn boxes(blocks: &[Block]) -> BTreeMap<crate::domain::ids::BlockId, bool> {
    let ticked = |block: &Block| match block.kind {
        notion::BlockKind::ToDo { checked } => Some((block.id.clone(), checked)),
        _ => None,
    };
    blocks.iter().filter_map(ticked).collect()
}

/// Tells what the page shows, unless it showed the same before.
async fn tell(
    context: &Context,
    watched: &mut Watched,
    page: &Page,
    board: &Board,
    boxes: Option<BTreeMap<crate::domain::ids::BlockId, bool>>,
    read_at: DateTime<Utc>,
) -> Result<(), IntakeError> {
    let names = context.boards.names();
    let quiet = matches!(
        page.properties.get(&names.quiet).map(|found| &found.value),
        Some(Value::Checkbox(true))
    );
    let Some(boxes) = boxes else {
        return Ok(());
    };
    let mut observed = Observed {
        read_at: DateTime::default(),
        guide: watched.guide.clone(),
        boxes,
        status: board.standing(page, names),
        properties: board.properties(),
        has_blocked: board.has_blocked(),
        quiet,
        next_page: next_page(context, page, watched).await?,
        held: watched.held.clone(),
    };
    let mut hasher = DefaultHasher::new();
    format!("{observed:?}").hash(&mut hasher);
    let digest = hasher.finish();
    observed.read_at = read_at;
    let told = Told {
        digest,
        settled: watched.last_edited == page.last_edited,
    };
    if told.is_news(watched.told.replace(told)) {
        if watched.first {
            tell_gaps(&watched.page, &observed);
        }
        let event = Event::PageRead(Box::new(observed));
        context
            .door
            .bring(vec![Happening::bare(watched.page.clone(), event)])
            .await;
    }
    Ok(())
}

/// What the page lacks is told once; the bot goes on without it.
fn tell_gaps(page: &PageId, observed: &Observed) {
    if observed.guide.steps.is_empty() {
        tracing::warn!(%page, "the page has no steps (headings \"Step 1: title\"); I answer, but there is nothing to tick");
    }
    if observed.status.is_none() {
        tracing::warn!(%page, "the page has no Status that I can read (is it outside a database, or is the property called otherwise? see [properties]); I go on without it");
    } else if !observed.has_blocked {
        tracing::warn!(%page, "the page's Status has no option Blocked; add one, or name yours under [properties]; until then blocked pages stay In Progress");
    }
}

/// The action item that follows, found by its id in the same data source.
async fn next_page(context: &Context, page: &Page, watched: &Watched) -> Result<Option<NextPage>, Error> {
    let guide = &watched.guide;
    let described = guide
        .id
        .as_ref()
        .and_then(|id| context.playbook.pages.get(id))
        .and_then(|page| page.next_action.clone());
    let (Some(id), Some(source)) = (
        described.or_else(|| guide.next_actions.first().cloned()),
        &page.data_source,
    ) else {
        return Ok(None);
    };
    let title = page
        .properties
        .iter()
        .find(|(_, property)| property.value == Value::Title);
    let title = title.map_or("Name", |(name, _)| name.as_str());
    let filter = serde_json::json!({ "property": title, "title": { "starts_with": id } });
    let found = match context.notion.query(source, filter).await {
        Ok(pages) => pages.into_iter().next(),
        Err(error) if matches!(error.kind, Kind::Forbidden { .. } | Kind::Gone | Kind::Invalid) => None,
        Err(error) => return Err(error),
    };
    Ok(found.map(|page| NextPage {
        title: clean_text(context, &page.title).as_str().to_owned(),
        url: page.url,
    }))
}
