//! A page's blocks: whatever they say, a guide is made of them.
use keyminder::domain::comment::{CleanText, RawText};
use keyminder::domain::ids::BlockId;
use keyminder::domain::page::{BlockKind, Guide, PageBlock};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use std::sync::LazyLock;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(Patterns::builtin(), KnownValues::none()));

fn clean(text: &str) -> CleanText {
    REDACTOR.redact(&RawText::new(text)).text
}

fn kind(sign: u8) -> BlockKind {
    match sign % 16 {
        level @ 0..=3 => BlockKind::Heading(level),
        4 => BlockKind::ToDo { checked: sign > 128 },
        5..=7 => BlockKind::Text,
        8 => BlockKind::Numbered,
        9 => BlockKind::Bulleted,
        10 => BlockKind::Toggle,
        11 => BlockKind::Callout,
        12 => BlockKind::Table { has_head: sign > 128 },
        13 => BlockKind::Row,
        14 => BlockKind::NotGiven,
        _ => BlockKind::Code,
    }
}

/// Parses a guide of one block a line: the first byte of a line says which kind of block it is, and how
/// deep it lies.
///
/// # Panics
///
/// When parsing panics, or when a step or a criterion cannot be found by its own number.
pub fn guide(data: &[u8]) {
    let block = |(place, line): (usize, &[u8])| {
        let (sign, text) = line.split_first()?;
        Some(PageBlock {
            id: BlockId::from_wire(&format!("{place:032x}")),
            kind: kind(*sign),
            text: clean(&String::from_utf8_lossy(text)),
            depth: usize::from(sign / 16 % 4),
            is_bold: sign % 16 == 6,
            begins_bold: sign % 16 == 6,
            is_closed: sign % 16 == 7,
        })
    };
    let blocks: Vec<PageBlock> = data
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter_map(block)
        .collect();
    let title = clean(&String::from_utf8_lossy(&data[..data.len().min(80)]));
    let guide = Guide::parse(
        &title,
        "https://www.notion.so/00000000000000000000000000000001",
        &blocks,
    );
    for step in &guide.steps {
        assert!(guide.step(step.number).is_some(), "a step without a number of its own");
        let _ = guide.step_url(step.number);
    }
    for block in &blocks {
        let _ = (guide.step_of(&block.id), guide.block_url(&block.id));
    }
    let _ = (guide.steps_total(), guide.planned_minutes());
}
