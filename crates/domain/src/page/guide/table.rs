//! Tables whose rows are steps.
use super::block::BlockKind;
use super::lead::{Lead, lead};
use super::outline::PageLine;
use super::words::{WORDS, words_of};
use std::ops::Range;

/// A row that is a step: its line, and the text that is its title, with the lead before it.
pub(super) struct StepRow {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) lead: Option<Lead>,
    /// The number in a cell of its own.
    pub(super) number: Option<u32>,
}

/// The lines of the rows of each table.
pub(super) fn tables(lines: &[PageLine<'_>]) -> Vec<Range<usize>> {
    let is_table = |(_, line): &(usize, &PageLine<'_>)| matches!(line.block.kind, BlockKind::Table { .. });
    let of_table = |(at, _): (usize, &PageLine<'_>)| {
        let rows = lines[at + 1..]
            .iter()
            .take_while(|line| line.block.kind == BlockKind::Row);
        at + 1..at + 1 + rows.count()
    };
    lines.iter().enumerate().filter(is_table).map(of_table).collect()
}

fn cells<'a>(line: &PageLine<'a>) -> Vec<&'a str> {
    line.block.text.as_str().split('\n').map(str::trim).collect()
}

/// The steps that the rows of a table are, if they are some: it has a column of steps, of numbers or of boxes.
pub(super) fn steps(lines: &[PageLine<'_>], rows: Range<usize>) -> Option<Vec<StepRow>> {
    let first = cells(lines.get(rows.start)?);
    let heads: Vec<String> = first.iter().map(|head| words_of(head)).collect();
    let column = |words: &std::collections::HashSet<String>| heads.iter().position(|head| words.contains(head));
    let is_number = |cell: &str| lead(cell).is_none() && words_of(cell).parse::<u32>().is_ok();
    let step_column = column(&WORDS.step_columns);
    let is_headed =
        column(&WORDS.number_columns).is_some() || step_column.is_some() || column(&WORDS.mark_columns).is_some();
    let above = rows.start.checked_sub(1).map(|at| lines[at].block.kind);
    let has_head = is_headed || above == Some(BlockKind::Table { has_head: true });
    let body = rows.start + usize::from(has_head)..rows.end;
    let begins_with_numbers = body.clone().all(|at| {
        let first = cells(&lines[at]).first().copied().unwrap_or_default().to_owned();
        first.starts_with('#')
            || is_number(&first)
            || lead(&first).is_some_and(|lead| lead.is_closed || lead.title_at == first.len())
    });
    if body.len() < 2 || !is_headed && !begins_with_numbers {
        return None;
    }
    let row = |at: usize| {
        let cells = cells(&lines[at]);
        let number = cells.iter().take(2).find(|cell| is_number(cell) || is_bare(cell));
        let number = number.and_then(|cell| words_of(cell).rsplit(' ').next()?.parse().ok());
        let says = |cell: &&&str| cell.chars().any(char::is_alphabetic) && !is_bare(cell);
        let titled = step_column
            .and_then(|column| cells.get(column))
            .filter(|cell| says(cell));
        let text = titled.or_else(|| cells.iter().find(says))?;
        Some(StepRow {
            line: at,
            text: (*text).to_owned(),
            lead: lead(text),
            number,
        })
    };
    let steps: Vec<StepRow> = body.filter_map(row).collect();
    (steps.len() > 1).then_some(steps)
}

/// The head of the column of a table of steps that tells how far they are; of one with signs alone, its sign.
pub(super) fn marks(lines: &[PageLine<'_>], row: usize) -> Option<String> {
    const SIGNS: [char; 8] = ['☐', '☑', '☒', '✅', '✔', '✓', '✗', '❌'];
    let rows = tables(lines).into_iter().find(|rows| rows.contains(&row))?;
    let first = cells(lines.get(rows.start)?);
    let is_mark = |head: &&&str| WORDS.mark_columns.contains(&words_of(head)) || head.starts_with(SIGNS);
    let is_ticked = |at: usize| cells(&lines[at]).iter().any(|cell| cell.starts_with(SIGNS));
    let by_head = first.iter().find(is_mark).map(|head| (*head).to_owned());
    let mut rows = rows;
    by_head.or_else(|| rows.any(is_ticked).then(|| "☑".to_owned()))
}

/// Whether a cell says something beside the title and the number of its step.
pub(super) fn says_more(cell: &str, title: &str) -> bool {
    cell.chars().any(char::is_alphabetic) && !is_bare(cell) && !cell.contains(title)
}

/// Whether a cell tells how far a step is, and nothing else: that is not read, and is soon wrong.
pub(super) fn tells_how_far(cell: &str) -> bool {
    WORDS.marks.contains(&words_of(cell))
}

/// "Step 2" and nothing else.
fn is_bare(cell: &str) -> bool {
    lead(cell).is_some_and(|lead| lead.title_at == cell.len())
}

/// The words of a table's first row.
pub(super) fn heads(lines: &[PageLine<'_>], rows: &Range<usize>) -> String {
    let first = lines.get(rows.start).map(cells).unwrap_or_default();
    first.join(" | ").chars().take(80).collect()
}
