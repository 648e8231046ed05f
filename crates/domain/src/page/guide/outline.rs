//! The lines of a page and where each of them stands: in which step, under which heading.
use super::block::{BlockKind, PageBlock};
use super::lead::{Lead, LeadKind, lead};
use super::words::{Section, WORDS};
use crate::ids::BlockId;
use std::collections::{HashMap, HashSet};

/// How a line that is no heading ranks among headings of level 1 to 4: a line in bold, a line that ends with a colon, an
/// item of a list.
pub(super) const BOLD: u8 = 5;
pub(super) const COLON: u8 = 6;
pub(super) const ITEM: u8 = 7;

/// A paragraph in bold that is longer, in bytes, is no heading.
const LONGEST_BOLD: usize = 160;

/// A block, with what its first line says of it.
pub(super) struct PageLine<'a> {
    pub(super) block: &'a PageBlock,
    /// The first line of its text.
    pub(super) text: &'a str,
    /// Whether blocks lie in it.
    pub(super) has_inner: bool,
    /// Its rank if it stands above what follows, as a heading does.
    pub(super) rank: Option<u8>,
    pub(super) lead: Option<Lead>,
    /// The section that it opens by its words.
    pub(super) section: Option<Section>,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    /// The step, by its index among the beginnings of steps.
    pub(super) step: Option<usize>,
    /// The section, within the step if there is one, and the line that opens it.
    pub(super) section: Option<(Section, usize)>,
}

/// How far what a line opens reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To the next line of this rank or a higher one, beside it or outside.
    FromHere(u8),
    /// To what lies in it.
    Inside,
    /// To the list that stands behind it.
    List,
}

/// The lines of a page. A block that came before is left out: two synced copies show the same one.
pub(super) fn lines(blocks: &[PageBlock]) -> Vec<PageLine<'_>> {
    let mut seen: HashSet<&BlockId> = HashSet::with_capacity(blocks.len());
    let blocks: Vec<&PageBlock> = blocks.iter().filter(|block| seen.insert(&block.id)).collect();
    let depth_after = |at: usize| blocks.get(at + 1).map_or(0, |next| next.depth);
    let line = |(at, block): (usize, &&'_ PageBlock)| line(blocks[at], depth_after(at) > block.depth);
    blocks.iter().enumerate().map(line).collect()
}

fn line(block: &PageBlock, has_inner: bool) -> PageLine<'_> {
    let text = block.text.as_str().trim().lines().next().unwrap_or_default().trim();
    let is_read = !matches!(
        block.kind,
        BlockKind::Code
            | BlockKind::Table { .. }
            | BlockKind::Row
            | BlockKind::Synced
            | BlockKind::NotGiven
            | BlockKind::Other
    );
    let lead = lead(text).filter(|_| is_read);
    let is_short_bold = block.kind == BlockKind::Text && block.is_bold && block.text.as_str().len() < LONGEST_BOLD;
    let ends_with_colon = text.trim_end_matches(['*', '_', ' ']).ends_with(':');
    let may_open = match block.kind {
        BlockKind::Heading(_) | BlockKind::Toggle | BlockKind::Callout => true,
        BlockKind::Text => is_short_bold || ends_with_colon,
        BlockKind::Numbered | BlockKind::Bulleted | BlockKind::ToDo { .. } => has_inner && ends_with_colon,
        _ => false,
    };
    let is_step = lead.as_ref().is_some_and(|lead| lead.kind != LeadKind::Number);
    let section = WORDS.section(text).filter(|_| may_open && !is_step);
    // "3. Roll back the test" is a step, and a callout that warns says nothing of what follows it.
    let may_be_aside = lead.is_none() && (block.kind != BlockKind::Callout || has_inner);
    let section = section.filter(|section| *section != Section::Aside || may_be_aside);
    let rank = match block.kind {
        BlockKind::Heading(level) => Some(level.min(4)),
        BlockKind::Text if is_short_bold => Some(BOLD),
        BlockKind::Text | BlockKind::Callout | BlockKind::Toggle if section.is_some() => Some(COLON),
        _ => None,
    };
    PageLine {
        block,
        text,
        has_inner,
        rank,
        lead,
        section,
    }
}

impl PageLine<'_> {
    /// How far a step or a section reaches that this line opens.
    pub(super) fn reach(&self) -> Reach {
        match self.block.kind {
            BlockKind::Text if self.section == Some(Section::Aside) && self.rank != Some(BOLD) => Reach::List,
            BlockKind::Heading(_) => Reach::FromHere(self.rank.unwrap_or(1)),
            BlockKind::Text => Reach::FromHere(self.rank.unwrap_or(COLON)),
            BlockKind::Numbered | BlockKind::Bulleted if self.section.is_none() => Reach::FromHere(ITEM),
            BlockKind::Callout if !self.has_inner => Reach::FromHere(COLON),
            _ => Reach::Inside,
        }
    }
}

/// What is open above a line.
struct OpenPart {
    depth: usize,
    reach: Reach,
    standing: Standing,
}

/// Where each line stands, when the steps begin at these lines.
pub(super) fn standings(lines: &[PageLine<'_>], begins: &HashMap<usize, usize>) -> Vec<Standing> {
    let mut open: Vec<OpenPart> = Vec::new();
    let mut standings = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let begins = begins.get(&at);
        let rank = match line.reach() {
            Reach::FromHere(rank) if begins.is_some() => Some(rank),
            _ => line.rank,
        };
        while open.last().is_some_and(|part| ends(part, line, rank)) {
            open.pop();
        }
        let mut standing = open.last().map(|part| part.standing).unwrap_or_default();
        if let Some(step) = begins {
            standing = Standing {
                step: Some(*step),
                section: None,
            };
        } else if let Some(section) = line.section {
            standing.section = Some((section, at));
        }
        if begins.is_some() || line.section.is_some() {
            open.push(OpenPart {
                depth: line.block.depth,
                reach: line.reach(),
                standing,
            });
        }
        standings.push(standing);
    }
    standings
}

/// Whether a part ends before a line of this rank.
fn ends(part: &OpenPart, line: &PageLine<'_>, rank: Option<u8>) -> bool {
    let depth = line.block.depth;
    match part.reach {
        Reach::Inside => depth <= part.depth,
        Reach::List => depth < part.depth || depth == part.depth && !line.block.kind.is_listed(),
        Reach::FromHere(of) => depth < part.depth || depth == part.depth && rank.is_some_and(|rank| rank <= of),
    }
}
