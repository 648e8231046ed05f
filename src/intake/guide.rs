//! A page's guide from its blocks: each is redacted first, so that a guide holds clean text alone.
use super::error::IntakeError;
use crate::domain::comment::CleanText;
use crate::domain::ids::{BlockId, PageId};
use crate::domain::page::{BlockKind, Guide, PageBlock};
use crate::domain::redact::Redactor;
use crate::notion::{self, Block, Client, Page, Unread, raw_text};
use std::collections::{BTreeMap, BTreeSet};

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
    let closed = closed(&blocks.unread);
    let clean = page_blocks(&blocks.found, redactor, &closed);
    let title = redactor.redact_shown(&raw_text(&page.title)).text;
    Ok((guide_of(&page, &title, clean, &closed), boxes(&blocks.found)))
}

/// The blocks as a guide is read from them; `closed`: those whose content nobody here may read.
fn page_blocks(found: &[Block], redactor: &Redactor, closed: &BTreeSet<&BlockId>) -> Vec<PageBlock> {
    let clean = |block: &Block| page_block(block, redactor.redact_shown(&raw_text(&block.text)).text, closed);
    found.iter().map(clean).collect()
}

/// The guide of a page; when its first level did not come whole, that is remarked.
pub(super) fn guide_of(
    page: &Page,
    title: &CleanText,
    mut blocks: Vec<PageBlock>,
    closed: &BTreeSet<&BlockId>,
) -> Guide {
    let id = BlockId::from_wire(page.id.as_str());
    if closed.contains(&id) {
        blocks.push(PageBlock {
            id,
            kind: BlockKind::Other,
            text: title.clone(),
            depth: 0,
            is_bold: false,
            begins_bold: false,
            is_closed: true,
        });
    }
    Guide::parse(title, &page.id.url(), &blocks)
}

/// A block as guides are read from it, with its redacted text; `closed`: the blocks whose content nobody here may read.
pub(super) fn page_block(block: &Block, text: CleanText, closed: &BTreeSet<&BlockId>) -> PageBlock {
    let kind = match &block.kind {
        notion::BlockKind::Heading(level) => BlockKind::Heading(*level),
        notion::BlockKind::ToDo { checked } => BlockKind::ToDo { checked: *checked },
        notion::BlockKind::Paragraph | notion::BlockKind::Quote => BlockKind::Text,
        notion::BlockKind::Callout => BlockKind::Callout,
        notion::BlockKind::Toggle => BlockKind::Toggle,
        notion::BlockKind::Bulleted => BlockKind::Bulleted,
        notion::BlockKind::Numbered => BlockKind::Numbered,
        notion::BlockKind::Code => BlockKind::Code,
        notion::BlockKind::Table { has_head } => BlockKind::Table { has_head: *has_head },
        notion::BlockKind::Row => BlockKind::Row,
        notion::BlockKind::Unsupported => BlockKind::NotGiven,
        notion::BlockKind::Synced { .. } => BlockKind::Synced,
        notion::BlockKind::Divider | notion::BlockKind::Child | notion::BlockKind::Other => BlockKind::Other,
    };
    PageBlock {
        id: block.id.clone(),
        kind,
        text,
        depth: block.depth,
        is_bold: block.is_bold,
        begins_bold: block.begins_bold,
        is_closed: closed.contains(&block.id),
    }
}

/// The blocks whose content stays hidden from us.
pub(super) fn closed(unread: &[Unread]) -> BTreeSet<&BlockId> {
    let lasting = unread.iter().filter(|part| !part.is_passing());
    lasting.map(|part| &part.block).collect()
}

/// The boxes among the blocks, ticked or not.
pub(super) fn boxes(blocks: &[Block]) -> BTreeMap<BlockId, bool> {
    let ticked = |block: &Block| match block.kind {
        notion::BlockKind::ToDo { checked } => Some((block.id.clone(), checked)),
        _ => None,
    };
    blocks.iter().filter_map(ticked).collect()
}
