//! A page's guide from its blocks: each is redacted first, so that a guide holds clean text alone.
use super::error::IntakeError;
use crate::domain::comment::CleanText;
use crate::domain::ids::{BlockId, PageId};
use crate::domain::page::{BlockKind, Guide, PageBlock};
use crate::domain::redact::Redactor;
use crate::notion::{self, Block, Client, raw_text};
use std::collections::BTreeMap;

/// How deep blocks are read: a step's list inside a toggle inside a column.
pub(super) const DEPTH: usize = 4;

/// Reads a page's guide, and which of its boxes are ticked.
pub async fn read_guide(
    notion: &Client,
    page: &PageId,
    redactor: &Redactor,
) -> Result<(Guide, BTreeMap<BlockId, bool>), IntakeError> {
    let page = notion.page(page).await?;
    let blocks = notion.blocks(page.id.as_str(), DEPTH).await?;
    let clean = |block: &Block| page_block(block, redactor.redact_shown(&raw_text(&block.text)).text);
    let clean: Vec<PageBlock> = blocks.found.iter().map(clean).collect();
    let title = redactor.redact_shown(&raw_text(&page.title)).text;
    Ok((Guide::parse(&title, &page.id.url(), &clean), boxes(&blocks.found)))
}

/// A block as guides are read from it, with its redacted text.
pub(super) fn page_block(block: &Block, text: CleanText) -> PageBlock {
    let kind = match &block.kind {
        notion::BlockKind::Heading(level) => BlockKind::Heading(*level),
        notion::BlockKind::ToDo { checked } => BlockKind::ToDo { checked: *checked },
        notion::BlockKind::Paragraph | notion::BlockKind::Quote | notion::BlockKind::Callout => BlockKind::Text,
        notion::BlockKind::Bulleted | notion::BlockKind::Numbered => BlockKind::Item,
        notion::BlockKind::Code => BlockKind::Code,
        notion::BlockKind::Divider
        | notion::BlockKind::Child
        | notion::BlockKind::Unsupported
        | notion::BlockKind::Other => BlockKind::Other,
    };
    PageBlock {
        id: block.id.clone(),
        kind,
        text,
    }
}

/// The boxes among the blocks, ticked or not.
pub(super) fn boxes(blocks: &[Block]) -> BTreeMap<BlockId, bool> {
    let ticked = |block: &Block| match block.kind {
        notion::BlockKind::ToDo { checked } => Some((block.id.clone(), checked)),
        _ => None,
    };
    blocks.iter().filter_map(ticked).collect()
}
