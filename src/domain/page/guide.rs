//! The guide, parsed from a page's blocks: steps, criteria, estimates, next actions. Any page of that form works.
use crate::domain::comment::CleanText;
use crate::domain::ids::BlockId;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

mod remark;
pub use remark::{Remark, StepForm};

/// A block of a page, redacted, in reading order.
#[derive(Clone, Debug)]
pub struct PageBlock {
    /// Its id in Notion.
    pub id: BlockId,
    /// What it is.
    pub kind: BlockKind,
    /// Its redacted plain text.
    pub text: CleanText,
}

/// The kinds of block that a guide is read from; everything else is `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of this level.
    Heading(u8),
    /// A to-do block: a box that can be ticked.
    ToDo {
        /// Whether the box is ticked.
        checked: bool,
    },
    /// A paragraph, a callout, a quote.
    Text,
    /// An item of a list.
    Item,
    /// A block of code.
    Code,
    /// Any block that a guide is not read from.
    Other,
}

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

static STEP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[^a-z])(?:step|stap|schritt|[ée]tape|paso|passo)\s+([0-9]{1,2})\s*[:.)\-–—]\s*(.+?)\s*(?:\(\s*([0-9]+(?:[.,][0-9]+)?)\s*(min|h|u|std)[a-z]*\.?\s*\))?[\s*]*$",
    )
});
static CRITERIA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)success criteria|criteria|checklist|check-list|done when|succescriteria|erfolgskriterien|crit[eè]res|criterios|crit[eé]rios",
    )
});
static PREREQUISITES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)prerequisit|before you (?:start|begin)|vooraf|voraussetzung|pr[ée]requis|requisitos")
});
static NEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)next (?:recommended )?actions?|next steps|volgende acties?|n[äa]chste|prochaines? actions?")
});
static VALIDATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\W*(?:validation|validatie|validierung|validaci[oó]n|valida[cç][aã]o)\W*:\W*(.+)$")
});
static TOTAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:time required|total time|estimated time|estimate|duration|benodigde tijd|tijd)\W*:?\W*([0-9]+(?:[.,][0-9]+)?)\s*(min|h|u)",
    )
});
static ITEM_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Z]{2,6}_[0-9]{2,4}(?:_[A-Z]{2,6})?\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are compiled by its tests")
}

/// Where we are while reading down the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Outside,
    Step { level: u8 },
    Criteria,
    Prerequisites,
    Next,
}

impl Guide {
    /// Reads a guide from the blocks of a page.
    pub fn parse(title: &CleanText, url: &str, blocks: &[PageBlock]) -> Self {
        let mut guide = Self {
            id: item_id(title.as_str()),
            title: title.in_one_line(),
            url: url.to_owned(),
            ..Self::default()
        };
        let mut section = Section::Outside;
        for block in blocks {
            section = match block.kind {
                BlockKind::Heading(level) => guide.heading(section, level, block),
                BlockKind::Text => guide.text(section, block),
                BlockKind::ToDo { .. } => guide.tick_box(section, block),
                BlockKind::Item => guide.item(section, block),
                BlockKind::Code | BlockKind::Other => section,
            };
            guide.has_commands |= block.kind == BlockKind::Code && matches!(section, Section::Step { .. });
            if let (Section::Step { .. }, Some(step)) = (section, guide.steps.last_mut())
                && step.blocks.last() != Some(&block.id)
            {
                step.blocks.push(block.id.clone());
            }
        }
        guide.steps.sort_by_key(|step| step.number);
        guide.steps.dedup_by_key(|step| step.number);
        guide
    }

    fn heading(&mut self, section: Section, level: u8, block: &PageBlock) -> Section {
        let text = block.text.as_str();
        if let Some(step) = step(text, &block.id) {
            self.steps.push(step);
            return Section::Step { level };
        }
        match section {
            Section::Step { level: outer } if level > outer => section,
            _ if PREREQUISITES.is_match(text) => Section::Prerequisites,
            _ if NEXT.is_match(text) => Section::Next,
            _ if CRITERIA.is_match(text) => Section::Criteria,
            _ => Section::Outside,
        }
    }

    fn text(&mut self, section: Section, block: &PageBlock) -> Section {
        let text = block.text.as_str();
        if let (Section::Step { .. }, Some(found)) = (section, VALIDATION.captures(text))
            && let Some(step) = self.steps.last_mut()
        {
            step.validation.get_or_insert_with(|| found[1].trim().to_owned());
        }
        if self.stated_minutes.is_none() && !matches!(section, Section::Step { .. }) {
            self.stated_minutes = TOTAL.captures(text).and_then(|found| minutes(&found[1], &found[2]));
        }
        match section {
            Section::Outside | Section::Criteria if NEXT.is_match(text) && text.len() < 80 => Section::Next,
            _ => section,
        }
    }

    fn tick_box(&mut self, section: Section, block: &PageBlock) -> Section {
        if section == Section::Criteria {
            let number = u8::try_from(self.criteria.len() + 1).unwrap_or(u8::MAX);
            let text = block
                .text
                .as_str()
                .trim_start_matches(|c: char| !c.is_alphanumeric())
                .trim()
                .to_owned();
            self.criteria.push(Criterion {
                number,
                text,
                block: block.id.clone(),
                step: None,
            });
        }
        section
    }

    fn item(&mut self, section: Section, block: &PageBlock) -> Section {
        if section == Section::Next {
            self.next_actions.extend(item_id(block.text.as_str()));
        }
        section
    }

    /// The step with this number.
    pub fn step(&self, number: u8) -> Option<&Step> {
        self.steps.iter().find(|step| step.number == number)
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

fn step(text: &str, block: &BlockId) -> Option<Step> {
    let found = STEP.captures(text.trim())?;
    Some(Step {
        number: found[1].parse().ok().filter(|number| *number > 0)?,
        title: found[2]
            .trim_matches(|c: char| c.is_whitespace() || c == '*')
            .to_owned(),
        minutes: found.get(3).and_then(|number| minutes(number.as_str(), &found[4])),
        blocks: vec![block.clone()],
        ..Step::default()
    })
}

fn minutes(number: &str, unit: &str) -> Option<u32> {
    let number: f64 = number.replace(',', ".").parse().ok()?;
    let factor = if unit.to_ascii_lowercase().starts_with('m') {
        1.0
    } else {
        60.0
    };
    let minutes = (number * factor).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded in the line before"
    )]
    (0.0..=100_000.0).contains(&minutes).then_some(minutes as u32)
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
            (BlockKind::Item, "Log in"),
            (BlockKind::Heading(2), "🎯 SUCCESS CRITERIA CHECKLIST"),
            (BlockKind::ToDo { checked: true }, "✅ Keys backed up"),
            (BlockKind::ToDo { checked: false }, "Next rotation scheduled"),
            (BlockKind::Text, "Next Recommended Actions:"),
            (BlockKind::Item, "Move on to ACT_034_TRA (Order Execution Engine)"),
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
