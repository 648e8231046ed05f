//! What a page shows: its properties, its guide, its boxes. What cannot be read is left out and said; the last good guide stays.
use super::context::IntakeContext;
use super::error::IntakeError;
use super::guide::{DEPTH, boxes, closed, guide_of, page_block};
use super::watched::{PageDigest, PagePart, WatchedPage, is_over};
use crate::domain::comment::{CleanText, Finding, RawText};
use crate::domain::event::Event;
use crate::domain::ids::{BlockId, PageId};
use crate::domain::page::{Guide, NextPage, Observed};
use crate::domain::redact::Redactor;
use crate::notion::{self, Blocks, Error, Kind, Page, Unread, WritableProperties, raw_text};
use crate::pipeline::PipelineInput;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use tokio::time::Instant;

/// How often its blocks are read even when Notion says that nothing was edited.
const BLOCKS_EVERY: Duration = Duration::from_mins(5);
/// Notion cuts the time of the last edit to the minute: within it another edit looks the same.
const EDIT_MINUTE: TimeDelta = TimeDelta::seconds(75);

/// Reads the page and, when it was edited, its blocks; tells what it shows if that is new.
pub(super) async fn read(context: &IntakeContext, watched: &mut WatchedPage) -> Result<(), IntakeError> {
    let read_at = crate::clock::now();
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
    let mut left_out = None;
    let properties = match context.properties.read(&context.notion, &page).await {
        // Comments can be answered without the schema; what the page says of Status is read when it can be.
        Err(error) if !watched.has_guide && !error.is_lasting() => {
            left_out = Some(error);
            WritableProperties::default()
        }
        read => read?,
    };
    if reread {
        let blocks = read_blocks(context, watched).await?;
        watched.last_edited = settled;
        watched.blocks_read_at = Some(Instant::now());
        left_out = take_in(context, watched, &page, blocks).await.or(left_out);
        match next_page(context, &page, watched).await {
            Ok(next_page) => watched.next_page = next_page,
            // What follows this page is a courtesy: the one known before will do.
            Err(error) => tracing::debug!(page = %watched.page, "the next page cannot be looked up now: {error}"),
        }
    }
    tell(context, watched, &page, &properties, read_at).await?;
    left_out.map_or(Ok(()), |fault| Err(fault.into()))
}

/// Keeps what the blocks say: the guide, the boxes, and which blocks hold a key. Where a part of the page cannot be read
/// for the moment, or none of it, the last good guide stays; then it says why.
async fn take_in(
    context: &IntakeContext,
    watched: &mut WatchedPage,
    page: &Page,
    blocks: Option<Blocks>,
) -> Option<Error> {
    let Blocks { found, unread } = blocks?;
    let closed = closed(&unread);
    let (lasting, passing): (Vec<&Unread>, Vec<&Unread>) = unread.iter().partition(|part| !part.is_passing());
    for part in lasting {
        let (block, why) = (&part.block, part.error.summary());
        let what = format!("what is in block {block} cannot be read and is left out: {why}");
        context.health.note(&watched.page, &what);
    }
    let fault = passing.first().map(|part| part.error.clone());
    watched.boxes.extend(boxes(&found));
    if watched.has_guide && fault.is_some() {
        let known: BTreeSet<&BlockId> = watched.blocks.iter().collect();
        let new = found
            .iter()
            .map(|block| &block.id)
            .filter(|block| !known.contains(block));
        let new: Vec<BlockId> = new.cloned().collect();
        watched.blocks.extend(new);
        return fault;
    }
    let redactor = context.redactor.current().await;
    let mut held = Vec::new();
    let mut keep = |block: BlockId, unfit: Vec<Finding>| {
        if !unfit.is_empty() {
            held.push((block, unfit));
        }
    };
    let title = redactor.redact_shown(&raw_text(&page.title));
    // To Notion a page is a block as well: what its title and its properties hold stands under its own id.
    let of_page = [&page.title, &page.written].map(|text| unfit_for_a_page(&redactor, &raw_text(text)));
    keep(BlockId::from_wire(page.id.as_str()), of_page.concat());
    let mut clean = Vec::new();
    for block in &found {
        let redacted = redactor.redact_shown(&raw_text(&block.text));
        keep(block.id.clone(), unfit_for_a_page(&redactor, &raw_text(&block.text)));
        clean.push(page_block(block, redacted.text, &closed));
    }
    watched.boxes = boxes(&found);
    watched.blocks = clean.iter().map(|block| block.id.clone()).collect();
    let hot = &watched.threads.hot;
    let blocks: BTreeSet<&BlockId> = watched.blocks.iter().chain(hot.keys()).collect();
    watched
        .faults
        .retain(|part, _| !matches!(part, PagePart::Block(block) if !blocks.contains(block)));
    watched.held = Some(held);
    let guide = guide_of(page, &title.text, clean, &closed);
    tell_remarks(&watched.page, &watched.guide, &guide);
    watched.guide = guide;
    fault
}

/// What was not read of a page, or was read with a guess, is told in one line when it changes.
fn tell_remarks(page: &PageId, before: &Guide, guide: &Guide) {
    if before.remarks == guide.remarks {
        return;
    }
    let told: Vec<String> = guide.remarks.iter().map(ToString::to_string).collect();
    if told.is_empty() {
        tracing::info!(%page, "the page is read without a guess");
    } else {
        tracing::info!(%page, "how the page is read: {}", told.join("; "));
    }
}

/// What a text of the page holds that should not stand there. What its form tells is told as it is, whatever the values of
/// ours are; a value that can be guessed is never told of by its value.
fn unfit_for_a_page(redactor: &Redactor, raw: &RawText) -> Vec<Finding> {
    let unfit = |findings: Vec<Finding>| {
        let findings = findings.into_iter();
        findings.filter(Finding::is_unfit_for_a_page).collect::<Vec<_>>()
    };
    let mut found = unfit(redactor.redact(raw).findings);
    found.retain(|finding| finding.variable.is_some());
    let by_form = unfit(redactor.by_form(raw).findings).into_iter();
    // What has a name is told by it, and not by its form as well.
    let unnamed: Vec<Finding> = by_form
        .filter(|finding| !found.iter().any(|named| named.meets(finding)))
        .collect();
    found.extend(unnamed);
    found
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

/// The blocks; `None` when they may not be read: then the page has no other steps than it had.
async fn read_blocks(context: &IntakeContext, watched: &WatchedPage) -> Result<Option<Blocks>, IntakeError> {
    match context.notion.blocks(watched.page.as_str(), DEPTH).await {
        Ok(blocks) => Ok(Some(blocks)),
        Err(error)
            if matches!(
                error.kind,
                Kind::Forbidden { .. } | Kind::Gone | Kind::Invalid | Kind::TooLarge
            ) =>
        {
            let without = if watched.has_guide {
                "I go on by what I read before"
            } else {
                "so it has no steps for me"
            };
            let what = format!("its blocks cannot be read, {without}: {}", error.summary());
            context.health.note(&watched.page, &what);
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

async fn clean_text(context: &IntakeContext, raw: &RawText) -> CleanText {
    context.redactor.current().await.redact_shown(raw).text
}

/// Tells what the page shows, unless it showed the same before.
async fn tell(
    context: &IntakeContext,
    watched: &mut WatchedPage,
    page: &Page,
    properties: &WritableProperties,
    read_at: DateTime<Utc>,
) -> Result<(), IntakeError> {
    let names = context.properties.names();
    let redactor = context.redactor.current().await;
    let redacted = |name: RawText| redactor.redact_shown(&name).text.in_one_line();
    let mut observed = Observed {
        read_at: DateTime::default(),
        afresh: false,
        guide: watched.guide.clone(),
        boxes: watched.boxes.clone(),
        status: properties.standing(page, names),
        properties: properties.properties(),
        shown: properties.shown(page, names).map(redacted),
        statuses: properties
            .statuses()
            .into_iter()
            .map(|(status, name)| (status, redacted(name)))
            .collect(),
        notes: properties.notes().map(redacted).collect(),
        quiet: WritableProperties::is_quiet(page, names),
        next_page: watched.next_page.clone(),
        held: watched.held.clone(),
    };
    let mut hasher = DefaultHasher::new();
    format!("{observed:?}").hash(&mut hasher);
    let digest = hasher.finish();
    observed.read_at = read_at;
    observed.afresh = watched.told.is_none();
    let told = PageDigest {
        digest,
        settled: watched.last_edited == page.last_edited,
    };
    if told.is_news(watched.told) {
        let read = PipelineInput::new(watched.page.clone(), Event::PageRead(Box::new(observed)));
        context.pipeline.submit(vec![read]).await?;
    }
    // Only what was taken in counts as told.
    watched.told = Some(told);
    watched.has_guide = true;
    Ok(())
}

/// The action item that follows, found by its id in the same data source.
async fn next_page(context: &IntakeContext, page: &Page, watched: &WatchedPage) -> Result<Option<NextPage>, Error> {
    let guide = &watched.guide;
    let playbook = context.playbook.now();
    let by_title = guide.id.as_ref().and_then(|id| playbook.pages.get(id));
    let named = || {
        playbook
            .pages
            .values()
            .find(|description| description.is_of(&watched.page))
    };
    let described = by_title
        .or_else(named)
        .and_then(|description| description.next_action.clone());
    let (Some(id), Some(source)) = (
        described.or_else(|| guide.next_actions.first().cloned()),
        &page.data_source,
    ) else {
        return Ok(None);
    };
    let filter = serde_json::json!({ "property": notion::TITLE, "title": { "starts_with": id } });
    let found = match context.notion.query(source, filter).await {
        Ok(pages) => pages.into_iter().next(),
        Err(error) if matches!(error.kind, Kind::Forbidden { .. } | Kind::Gone | Kind::Invalid) => None,
        Err(error) => return Err(error),
    };
    let Some(page) = found else {
        return Ok(None);
    };
    let title = clean_text(context, &raw_text(&page.title)).await.in_one_line();
    Ok(Some(NextPage {
        title,
        url: page.id.url(),
    }))
}
