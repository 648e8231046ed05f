//! The guide, parsed from a page's blocks: steps, criteria, estimates, next actions; and what was read with a guess.
//!
//!  blocks ─ outline ─▶ lines ─ forms ─▶ beginnings of steps ─ numbering, outline ─▶ where each line stands ─ reader ─▶ guide
use crate::comment::CleanText;
use crate::ids::BlockId;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

mod block;
mod estimates;
mod forms;
mod lead;
mod lead_token;
mod numbering;
mod outline;
mod reader;
mod remark;
mod said;
mod step_begin;
mod step_text;
mod table;
mod unread;
mod ways_in;
mod words;
pub use block::{BlockKind, PageBlock};
pub use remark::{Remark, StepForm};
pub use said::SaidLine;
pub use ways_in::names_a_way_in;

/// What a page says to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// The id at the start of the title, e.g. `ACT_011_SEC`.
    pub id: Option<String>,
    /// The page's title.
    pub title: String,
    /// The page's address.
    pub url: String,
    /// The steps, by number.
    pub steps: Vec<Step>,
    /// The boxes of the page: first those of success, then those within steps, numbered from 1 in page order.
    pub criteria: Vec<Criterion>,
    /// What the page asks for before the first step.
    #[serde(default)]
    pub prerequisites: Vec<Prerequisite>,
    /// What it says, line by line, for whoever asks about that.
    #[serde(default)]
    pub lines: Vec<SaidLine>,
    /// What was not read, or was read with a guess.
    #[serde(default)]
    pub remarks: Vec<Remark>,
    /// The total time that the page states, in minutes.
    pub stated_minutes: Option<u32>,
    /// The ids of other action items under "next actions".
    pub next_actions: Vec<String>,
    /// Whether a step has a block of code: commands, whose output tells what went wrong.
    #[serde(default)]
    pub has_commands: bool,
    /// Whether a line begins with a number like "1.2", which is called so then.
    #[serde(default)]
    pub has_dotted: bool,
}

/// A step: a numbered part of the guide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number on the page, from 1.
    pub number: u8,
    /// Its title, without number and estimate.
    pub title: String,
    /// Its estimate in minutes.
    pub minutes: Option<u32>,
    /// How the page says to validate it.
    pub validation: Option<String>,
    /// The first lines of what it says, one for each block; no more than 240 characters.
    #[serde(default)]
    pub text: Option<String>,
    /// The first line of each of its commands.
    #[serde(default)]
    pub commands: Vec<String>,
    /// The blocks that belong to it, the heading first.
    pub blocks: Vec<BlockId>,
}

/// A box that is ticked when something is done: a criterion of success, or a part of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// Its number, from 1.
    pub number: u8,
    /// The text beside its box, without leading emoji.
    pub text: String,
    /// The to-do block that is its box.
    pub block: BlockId,
    /// The step that it is a part of; `None`: it is a criterion of the whole page.
    #[serde(default)]
    pub step: Option<u8>,
}

/// What the page asks for before the first step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prerequisite {
    /// Its words, without leading emoji.
    pub text: String,
    /// The block that it stands in.
    pub block: BlockId,
    /// Whether its box is ticked; `None`: it has none.
    pub ticked: Option<bool>,
}

static ITEM_ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[A-Z]{2,6}_[0-9]{2,4}(?:_[A-Z]{1,8})?\b").expect("the pattern is compiled by this file's tests")
});

impl Guide {
    /// Reads a guide from the blocks of a page.
    pub fn parse(title: &CleanText, url: &str, blocks: &[PageBlock]) -> Self {
        let mut guide = Self {
            id: item_id(title.as_str()),
            title: title.in_one_line(),
            url: url.to_owned(),
            ..Self::default()
        };
        reader::read(&mut guide, blocks);
        guide
    }

    /// The step with this number.
    pub fn step(&self, number: u8) -> Option<&Step> {
        self.steps.iter().find(|step| step.number == number)
    }

    /// The box that a block is.
    pub fn box_at(&self, block: &BlockId) -> Option<&Criterion> {
        self.criteria.iter().find(|on_page| on_page.block == *block)
    }

    /// The step that a block belongs to.
    pub fn step_of(&self, block: &BlockId) -> Option<u8> {
        self.steps
            .iter()
            .find(|step| step.blocks.contains(block))
            .map(|step| step.number)
    }

    /// How many steps there are.
    pub fn steps_total(&self) -> u8 {
        u8::try_from(self.steps.len()).unwrap_or(u8::MAX)
    }

    /// The highest number of a step: a page may leave numbers out.
    pub fn last_step(&self) -> u8 {
        self.steps.iter().map(|step| step.number).max().unwrap_or_default()
    }

    /// The plan: what the page states, else the sum of its steps.
    pub fn planned_minutes(&self) -> Option<u32> {
        let sum: u32 = self.steps.iter().filter_map(|step| step.minutes).sum();
        self.stated_minutes.or((sum > 0).then_some(sum))
    }

    /// The link to a step's block.
    pub fn step_url(&self, number: u8) -> Option<String> {
        let block = self.step(number)?.blocks.first()?;
        Some(self.block_url(block))
    }

    /// The link to a block.
    pub fn block_url(&self, block: &BlockId) -> String {
        format!("{}#{}", self.url, block.as_str().replace('-', ""))
    }
}

/// The id of an action item in a text: `ACT_034_TRA`.
fn item_id(text: &str) -> Option<String> {
    ITEM_ID.find(text).map(|found| found.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(at: usize, kind: BlockKind, text: &str) -> PageBlock {
        let id = BlockId::from_wire(&format!("{at:032x}"));
        PageBlock {
            id,
            kind,
            text: CleanText::passed(text.to_owned()),
            depth: 0,
            is_bold: false,
            begins_bold: false,
            is_closed: false,
        }
    }

    #[test]
    fn a_guide_is_read_from_headings_boxes_and_lists() {
        let page = [
            (BlockKind::Text, "⏱️ Time Required: 2 hours"),
            (BlockKind::Heading(3), "📋 Prerequisites Check"),
            (BlockKind::ToDo { checked: false }, "Python environment active"),
            (BlockKind::Heading(3), "Step 1: Secure Current State (5 minutes)"),
            (BlockKind::Code, "cp .env .env.backup"),
            (BlockKind::Text, "✅ Validation: Backup file exists and is secured"),
            (BlockKind::Heading(3), "**Stap 2 - Draaien** (1,5 uur)"),
            (BlockKind::Heading(4), "Bybit"),
            (BlockKind::Bulleted, "Log in"),
            (BlockKind::Heading(2), "🎯 SUCCESS CRITERIA CHECKLIST"),
            (BlockKind::ToDo { checked: true }, "✅ Keys backed up"),
            (BlockKind::ToDo { checked: false }, "Next rotation scheduled"),
            (BlockKind::Text, "Next Recommended Actions:"),
            (BlockKind::Bulleted, "Move on to ACT_034_TRA (Order Execution Engine)"),
        ];
        let blocks: Vec<_> = page
            .iter()
            .enumerate()
            .map(|(at, (kind, text))| block(at, *kind, text))
            .collect();
        let guide = Guide::parse(
            &CleanText::passed("ACT_011_SEC: API Key Rotation".into()),
            "https://x/p",
            &blocks,
        );
        assert_eq!(guide.id.as_deref(), Some("ACT_011_SEC"));
        assert_eq!(guide.stated_minutes, Some(120));
        let steps: Vec<_> = guide
            .steps
            .iter()
            .map(|s| (s.number, s.title.as_str(), s.minutes, s.blocks.len()))
            .collect();
        assert_eq!(
            steps,
            [(1, "Secure Current State", Some(5), 3), (2, "Draaien", Some(90), 3)]
        );
        assert_eq!(
            guide.steps[0].validation.as_deref(),
            Some("Backup file exists and is secured")
        );
        assert_eq!(guide.criteria.len(), 2);
        assert_eq!(guide.criteria[0].text, "Keys backed up");
        assert_eq!(guide.next_actions, ["ACT_034_TRA"]);
        assert_eq!(guide.step_of(&blocks[8].id), Some(2));
    }

    #[test]
    fn a_guide_that_was_kept_before_it_had_all_its_parts_is_read() {
        let kept = r#"{"id":null,"title":"T","url":"","steps":[{"number":1,"title":"Go","minutes":null,"validation":null,
            "blocks":[]}],"criteria":[{"number":1,"text":"Gone","block":"b"}],"stated_minutes":null,"next_actions":[]}"#;
        let guide: Guide = serde_json::from_str(kept).unwrap();
        assert_eq!((guide.steps[0].number, guide.criteria[0].step), (1, None));
    }

    #[test]
    fn a_page_without_steps_is_a_guide_without_steps() {
        let guide = Guide::parse(
            &CleanText::passed("Notes".into()),
            "",
            &[block(1, BlockKind::Text, "hello")],
        );
        assert_eq!((guide.id, guide.steps.len(), guide.criteria.len()), (None, 0, 0));
    }
}
