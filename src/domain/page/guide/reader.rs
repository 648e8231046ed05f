//! Reads a guide: the lines of a page, the form of its steps, and what belongs to each.
use super::block::{BlockKind, PageBlock};
use super::estimates;
use super::forms::{FormReader, StepBegin, shortened};
use super::numbering;
use super::outline::{PageLine, Standing, lines, standings};
use super::remark::Remark;
use super::table;
use super::words::{Section, WORDS, words_of};
use super::{Criterion, Guide, Prerequisite, Step, item_id};
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many characters, and so many lines, of what a step says are kept.
const LONGEST_TEXT: usize = 240;
const MOST_LINES: usize = 2;
/// So many commands of a step are kept, each up to so many characters.
const MOST_COMMANDS: usize = 8;
const LONGEST_COMMAND: usize = 120;
/// So many remarks are kept of a page.
const MOST_REMARKS: usize = 12;
/// No part is joined to a title that is longer, in bytes.
const LONGEST_TITLE: usize = 200;
/// A box's number is a byte.
const MOST_BOXES: usize = 255;

/// Fills a guide with what the blocks say.
pub(super) fn read(guide: &mut Guide, blocks: &[PageBlock]) {
    let lines = lines(blocks);
    let before = standings(&lines, &HashMap::new());
    let (form, mut begins) = FormReader {
        lines: &lines,
        standings: &before,
    }
    .read();
    let zeros: HashSet<usize> = begins
        .iter()
        .filter(|begin| begin.number == Some(0))
        .map(|begin| begin.line)
        .collect();
    begins.retain(|begin| begin.number != Some(0));
    let numbering = numbering::number(&mut begins);
    let at: HashMap<usize, usize> = begins
        .iter()
        .enumerate()
        .map(|(step, begin)| (begin.line, step))
        .collect();
    let mut lines = lines;
    for zero in &zeros {
        lines[*zero].section = Some(Section::Prerequisites);
    }
    let standings = standings(&lines, &at);
    let mut reader = GuideReader {
        lines: &lines,
        lifted: lifted(&lines, &standings),
        standings: &standings,
        numbers: &numbering.numbers,
        begins_at: at.keys().copied().collect(),
        steps: BTreeMap::new(),
        boxes: Vec::new(),
        unplaced: 0,
        guide,
    };
    reader.steps(&begins);
    for at in 0..lines.len() {
        reader.line(at);
    }
    reader.finish(&begins);
    let mut remarks: Vec<Remark> = Vec::new();
    remarks.extend(if begins.is_empty() {
        Some(Remark::NoSteps)
    } else {
        form.map(Remark::Guessed)
    });
    remarks.extend((!zeros.is_empty()).then_some(Remark::StepZero));
    remarks.extend(numbering.remarks);
    remarks.append(&mut guide.remarks);
    remarks.extend((guide.criteria.is_empty() && !guide.steps.is_empty()).then_some(Remark::NoBoxes));
    remarks.extend(unread(&lines, &standings));
    let more = remarks.len().saturating_sub(MOST_REMARKS);
    remarks.truncate(MOST_REMARKS);
    remarks.extend((more > 0).then_some(Remark::More(more)));
    guide.remarks = remarks;
}

/// Sections of the page that stand within its last step, because their headings are lower than those of the steps: what
/// opens once, and there, is meant for the page.
fn lifted(lines: &[PageLine<'_>], standings: &[Standing]) -> HashSet<usize> {
    let last = standings.iter().filter_map(|standing| standing.step).max();
    let opens = |(at, line): (usize, &PageLine<'_>)| {
        let (section, by) = standings[at].section.filter(|(_, by)| *by == at)?;
        let of_page = matches!(section, Section::Criteria | Section::Checklist | Section::Next);
        let is_heading = line.block.is_bold || line.block.kind != BlockKind::Text;
        (of_page && is_heading).then_some((section, by, standings[at].step))
    };
    let opened: Vec<_> = lines.iter().enumerate().filter_map(opens).collect();
    let is_lifted = |(section, _, step): &&(Section, usize, Option<usize>)| {
        let of_kind = opened.iter().filter(|(other, ..)| other == section).count();
        step.is_some() && *step == last && of_kind == 1
    };
    opened.iter().filter(is_lifted).map(|(_, by, _)| *by).collect()
}

/// A box that was found, before it has its number.
struct FoundBox {
    text: String,
    line: usize,
    step: Option<u8>,
    /// The line that opens the section it stands in.
    opened_by: Option<usize>,
}

struct GuideReader<'a> {
    lines: &'a [PageLine<'a>],
    standings: &'a [Standing],
    /// Lines that open a section of the page within its last step.
    lifted: HashSet<usize>,
    numbers: &'a [Option<u8>],
    /// The lines at which steps begin.
    begins_at: HashSet<usize>,
    steps: BTreeMap<u8, Step>,
    boxes: Vec<FoundBox>,
    unplaced: usize,
    guide: &'a mut Guide,
}

impl GuideReader<'_> {
    /// Makes the steps, each from its first beginning; what has the same number is joined to it.
    fn steps(&mut self, begins: &[StepBegin]) {
        let pairs = || begins.iter().zip(self.numbers.iter().copied());
        let whole: HashSet<Option<u8>> = pairs()
            .filter(|(begin, _)| !begin.is_part)
            .map(|(_, number)| number)
            .collect();
        for (begin, number) in pairs() {
            let Some(number) = number else { continue };
            let is_part = begin.is_part && whole.contains(&Some(number));
            let step = self.steps.entry(number).or_insert_with(|| Step {
                number,
                ..Step::default()
            });
            step.minutes = match (step.minutes, begin.minutes) {
                (Some(one), Some(other)) => Some(one + other),
                (one, other) => one.or(other),
            };
            let has_title = !step.title.is_empty();
            if begin.title.is_empty() || has_title && (is_part || step.title.len() > LONGEST_TITLE) {
                continue;
            }
            if has_title {
                step.title += " / ";
            }
            step.title += &begin.title;
        }
    }

    /// The step and the section that a line stands in.
    fn place(&self, at: usize) -> (Option<u8>, Option<(Section, usize)>) {
        let Standing { step, section } = self.standings[at];
        match section {
            Some((section, by)) if self.lifted.contains(&by) => (None, Some((section, by))),
            section => (step.and_then(|step| self.numbers[step]), section),
        }
    }

    fn line(&mut self, at: usize) {
        let line = &self.lines[at];
        let (number, section) = self.place(at);
        if let Some(step) = number.and_then(|number| self.steps.get_mut(&number)) {
            step.blocks.push(line.block.id.clone());
            of_step(step, line, self.begins_at.contains(&at));
            self.guide.has_commands |= line.block.kind == BlockKind::Code;
        } else if self.guide.stated_minutes.is_none() && section.is_none() && line.block.kind.is_words() {
            self.guide.stated_minutes = estimates::labelled(line.block.text.as_str());
        }
        match line.block.kind {
            BlockKind::ToDo { checked } => self.take_box(at, checked, number, section),
            BlockKind::Numbered | BlockKind::Bulleted if number.is_none() && line.section.is_none() => {
                self.item(at, section);
            }
            _ => {}
        }
    }

    fn take_box(&mut self, at: usize, checked: bool, step: Option<u8>, section: Option<(Section, usize)>) {
        let line = &self.lines[at];
        let (section, opened_by) = (section.map(|(section, _)| section), section.map(|(_, by)| by));
        match section {
            _ if step.is_some() => {}
            Some(Section::Criteria | Section::Checklist) => {}
            Some(Section::Prerequisites) => {
                self.guide.prerequisites.push(Prerequisite {
                    text: plain(line),
                    block: line.block.id.clone(),
                    ticked: Some(checked),
                });
                return;
            }
            Some(Section::Next) => return self.item(at, Some((Section::Next, at))),
            Some(Section::Steps) | None => {
                self.unplaced += 1;
                return;
            }
        }
        self.boxes.push(FoundBox {
            text: plain(line),
            line: at,
            step,
            opened_by: opened_by.filter(|_| step.is_none()),
        });
    }

    /// An item of a list outside of the steps.
    fn item(&mut self, at: usize, section: Option<(Section, usize)>) {
        let line = &self.lines[at];
        match section {
            Some((Section::Next, _)) => self.guide.next_actions.extend(item_id(line.block.text.as_str())),
            Some((Section::Prerequisites, _)) if !self.is_within_item(at) => {
                self.guide.prerequisites.push(Prerequisite {
                    text: plain(line),
                    block: line.block.id.clone(),
                    ticked: None,
                });
            }
            _ => {}
        }
    }

    /// Whether a line lies in an item of a list: it says more of that one.
    fn is_within_item(&self, at: usize) -> bool {
        let before = self.lines[..at].iter().rev().take(50);
        let mut above = before.skip_while(|line| line.block.depth >= self.lines[at].block.depth);
        above.next().is_some_and(|line| line.block.kind.is_listed())
    }

    /// Numbers the boxes, those of the page first, and puts all into the guide.
    fn finish(&mut self, begins: &[StepBegin]) {
        for (begin, number) in begins.iter().zip(self.numbers) {
            let step = number.and_then(|number| self.steps.get_mut(&number));
            if let Some(step) = step.filter(|step| step.title.is_empty()) {
                let first = step
                    .text
                    .as_deref()
                    .and_then(|text| text.lines().next())
                    .filter(|line| line.len() < 80);
                step.title = first.map_or_else(
                    || begin.name.clone(),
                    |line| line.trim_end_matches(['.', ':']).to_owned(),
                );
            }
        }
        self.guide.steps = std::mem::take(&mut self.steps).into_values().collect();
        let boxes = std::mem::take(&mut self.boxes);
        let places: HashSet<Option<usize>> = boxes
            .iter()
            .filter(|one| one.step.is_none())
            .map(|one| one.opened_by)
            .collect();
        let (of_page, of_steps): (Vec<FoundBox>, Vec<FoundBox>) = boxes.into_iter().partition(|one| one.step.is_none());
        let left_out = (of_page.len() + of_steps.len()).saturating_sub(MOST_BOXES);
        let numbered = (1..=u8::MAX).zip(of_page.into_iter().chain(of_steps));
        let criterion = |(number, found): (u8, FoundBox)| Criterion {
            number,
            text: found.text,
            block: self.lines[found.line].block.id.clone(),
            step: found.step,
        };
        self.guide.criteria = numbered.map(criterion).collect();
        let remarks = &mut self.guide.remarks;
        remarks.extend((places.len() > 1).then_some(Remark::CriteriaInPlaces(places.len())));
        remarks.extend((left_out > 0).then_some(Remark::TooManyBoxes { left_out }));
        remarks.extend((self.unplaced > 0).then_some(Remark::BoxesOfNothing(self.unplaced)));
        let points = self.points_without_box(&places);
        self.guide.remarks.extend(points);
    }

    /// Points under a heading of criteria where there is no box.
    fn points_without_box(&self, with_boxes: &HashSet<Option<usize>>) -> Vec<Remark> {
        let mut points: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            if let (None, Some((Section::Criteria | Section::Checklist, by))) = self.place(at)
                && matches!(line.block.kind, BlockKind::Bulleted | BlockKind::Numbered)
                && by != at
                && !with_boxes.contains(&Some(by))
            {
                *points.entry(by).or_default() += 1;
            }
        }
        let remark = |(by, points): (usize, usize)| Remark::PointsWithoutBox {
            heading: shortened(self.lines[by].text),
            points,
        };
        points.into_iter().map(remark).collect()
    }
}

/// What a line says of the step that it belongs to.
fn of_step(step: &mut Step, line: &PageLine<'_>, is_title: bool) {
    let text = line.block.text.as_str();
    if line.block.kind == BlockKind::Code {
        let commands = text.lines().map(str::trim);
        let command = commands
            .into_iter()
            .find(|command| !command.is_empty() && !command.starts_with('#'));
        let command = command.filter(|_| step.commands.len() < MOST_COMMANDS);
        step.commands
            .extend(command.map(|command| command.chars().take(LONGEST_COMMAND).collect()));
        return;
    }
    if !(line.block.kind.is_words() || line.block.kind == BlockKind::Row && is_title) || text.trim().is_empty() {
        return;
    }
    if let Some(validation) = validation(text) {
        step.validation.get_or_insert(validation);
        return;
    }
    if let Some(minutes) = estimates::alone(text) {
        step.minutes.get_or_insert(minutes);
        return;
    }
    // A title in one line that was kept whole says no more.
    if is_title && (line.rank.is_some() || text.trim().lines().count() < 2 && !step.title.ends_with('…')) {
        return;
    }
    let is_row = line.block.kind == BlockKind::Row;
    let between = if is_row { " · " } else { " " };
    let is_kept = |line: &String| !is_row || line.chars().any(char::is_alphabetic) && !line.contains(&step.title);
    let lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let words = lines
        .filter(|line| !line.is_empty() && is_kept(line))
        .collect::<Vec<_>>()
        .join(between);
    if words.is_empty() {
        return;
    }
    let kept = step.text.get_or_insert_default();
    let room = LONGEST_TEXT.saturating_sub(kept.chars().count() + 1);
    if kept.lines().count() >= MOST_LINES || room < 8 {
        return;
    }
    if !kept.is_empty() {
        kept.push('\n');
    }
    if words.chars().count() <= room {
        kept.push_str(&words);
    } else {
        kept.extend(words.chars().take(room - 1).chain(['…']));
    }
}

/// What follows "Validation:" or a word like it.
fn validation(text: &str) -> Option<String> {
    let (label, rest) = text.split_once(':')?;
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || c == '*');
    let is_label = label.len() < 60 && WORDS.validation.contains(&words_of(label));
    (is_label && !rest.is_empty()).then(|| rest.to_owned())
}

/// The text beside a box, without what stands before its words.
fn plain(line: &PageLine<'_>) -> String {
    let text = line.block.text.as_str();
    text.trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim()
        .to_owned()
}

/// What is on the page and was not read.
fn unread(lines: &[PageLine<'_>], standings: &[Standing]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for rows in table::tables(lines) {
        let is_said = rows
            .clone()
            .chain([rows.start.saturating_sub(1)])
            .any(|at| standings[at].step.is_some());
        if !is_said && !rows.is_empty() {
            remarks.push(Remark::TableNotRead(table::heads(lines, &rows)));
        }
    }
    let not_given = lines
        .iter()
        .filter(|line| line.block.kind == BlockKind::NotGiven)
        .count();
    remarks.extend((not_given > 0).then_some(Remark::NotGiven(not_given)));
    let closed = lines
        .iter()
        .filter(|line| line.block.is_closed && line.block.kind != BlockKind::NotGiven);
    remarks.extend(closed.map(|line| {
        let named = match (line.block.kind, line.text) {
            (BlockKind::Synced, _) => "a synced block whose original is not shared with the connection".to_owned(),
            (_, "") => "a block without words".to_owned(),
            (_, text) => format!("\"{}\"", shortened(text)),
        };
        Remark::ContentNotRead(named)
    }));
    remarks
}
