//! The lines of a page as they stand there, for whoever asks about what it says.
use super::block::BlockKind;
use super::estimates;
use super::lead::{Lead, LeadKind};
use super::outline::{PageLine, Standing};
use crate::ids::BlockId;
use serde::{Deserialize, Serialize};

/// So many characters of a line are kept, and so many of all lines together.
const LONGEST: usize = 240;
const LONGEST_IN_ALL: usize = 6_000;

/// A line of the page that says something, redacted as all of it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidLine {
    /// Its words; of a row of a table, its cells.
    pub text: String,
    /// The block that it is.
    pub block: BlockId,
    /// The step that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u8>,
}

/// The lines that say something, in their order, as far as there is room.
pub(super) fn lines(lines: &[PageLine<'_>], standings: &[Standing], numbers: &[Option<u8>]) -> Vec<SaidLine> {
    let mut room = LONGEST_IN_ALL;
    let said = lines.iter().zip(standings).filter_map(|(line, standing)| {
        let text = text_of(line)?;
        room = room.checked_sub(text.len())?;
        Some(SaidLine {
            text,
            block: line.block.id.clone(),
            step: standing.step.and_then(|step| numbers[step]),
        })
    });
    said.collect()
}

/// The words of a line in one row, without the number and the estimate of a step; none of code, and of one word alone.
fn text_of(line: &PageLine<'_>) -> Option<String> {
    let kind = line.block.kind;
    let is_said = kind.is_words() || matches!(kind, BlockKind::Heading(_) | BlockKind::ToDo { .. } | BlockKind::Row);
    let between = if kind == BlockKind::Row { " · " } else { " " };
    let text = line.block.text.as_str().trim();
    let is_lead = |lead: &&Lead| lead.is_closed || lead.kind != LeadKind::Number;
    let title_at = line.lead.as_ref().filter(is_lead).map_or(0, |lead| lead.title_at);
    let (text, _) = estimates::of_title(text.get(title_at..).unwrap_or(text));
    let words = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts: Vec<String> = text.lines().map(words).filter(|part| !part.is_empty()).collect();
    let mut text = parts.join(between);
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    let says = text.split_whitespace().nth(1).is_some();
    (is_said && says).then_some(text)
}
