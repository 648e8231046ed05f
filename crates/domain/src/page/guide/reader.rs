//! Reads a guide: the lines of a page, the form of its steps, and what belongs to each.
use super::block::{BlockKind, PageBlock};
use super::estimates;
use super::forms::FormReader;
use super::numbering::{self, Numbering};
use super::outline::{PageLine, Standing, lines, standings};
use super::remark::{Remark, StepForm};
use super::said;
use super::step_begin::{StepBegin, shortened};
use super::step_text::of_step;
use super::table;
use super::unread::{ReadLines, phase_of, unread};
use super::words::Section;
use super::{Criterion, Guide, Prerequisite, Step, item_id};
use std::collections::{BTreeMap, HashMap, HashSet};

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
    let mut numbering = numbering::number(&mut begins);
    if form.is_none() {
        name_by_phase(&lines, &mut begins, &mut numbering);
    }
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
        aside: BTreeMap::new(),
        unplaced: 0,
        guide,
    };
    reader.steps(&begins);
    for at in 0..lines.len() {
        reader.line(at);
    }
    reader.finish(&begins);
    guide.has_dotted = lines.iter().any(|line| {
        let may_be_called = line.rank.is_some() || line.block.kind.is_listed();
        may_be_called && line.lead.as_ref().is_some_and(|lead| lead.is_part)
    });
    guide.lines = said::lines(&lines, &standings, &numbering.numbers);
    let read = ReadLines {
        lines: &lines,
        standings: &standings,
        numbers: &numbering.numbers,
    };
    let parts = read.parts(|line| at.contains_key(&line));
    let lists = read.lists(form);
    let marks = begins.first().filter(|_| form == Some(StepForm::Rows));
    let marks = marks
        .and_then(|row| table::marks(&lines, row.line))
        .map(Remark::MarksInTable);
    let mut remarks: Vec<Remark> = Vec::new();
    remarks.extend(if begins.is_empty() {
        Some(Remark::NoSteps)
    } else {
        form.map(Remark::Guessed)
    });
    remarks.extend((!zeros.is_empty()).then_some(Remark::StepZero));
    let are_steps = numbering.remarks.contains(&Remark::PartsAreSteps);
    remarks.extend(numbering.remarks);
    remarks.extend(parts.filter(|_| !are_steps));
    remarks.extend(lists);
    remarks.extend(marks);
    remarks.append(&mut guide.remarks);
    remarks.extend((guide.criteria.is_empty() && !guide.steps.is_empty()).then_some(Remark::NoBoxes));
    remarks.extend(unread(&lines, &standings));
    let more = remarks.len().saturating_sub(MOST_REMARKS);
    remarks.truncate(MOST_REMARKS);
    remarks.extend((more > 0).then_some(Remark::More(more)));
    guide.remarks = remarks;
}

/// Where each phase begins with a step 1 of its own, a step is called by both: "Phase 2, Step 1: Books".
fn name_by_phase(lines: &[PageLine<'_>], begins: &mut [StepBegin], numbering: &mut Numbering) {
    let Some(counted) = numbering.remarks.iter().position(|remark| *remark == Remark::CountedOn) else {
        return;
    };
    let phases: Vec<Option<String>> = begins.iter().map(|begin| phase_of(lines, begin.line)).collect();
    if phases.iter().flatten().collect::<HashSet<_>>().len() < 2 {
        return;
    }
    numbering.remarks[counted] = Remark::CountedThrough;
    for (begin, phase) in begins.iter_mut().zip(phases).filter(|(begin, _)| !begin.is_part) {
        let before = phase.map(|phase| format!("{phase}, ")).unwrap_or_default();
        let between = if begin.title.is_empty() { "" } else { ": " };
        begin.title = shortened(&format!("{before}{}{between}{}", begin.name, begin.title));
    }
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
    /// How many boxes stand under each heading of another case than the usual one.
    aside: BTreeMap<usize, usize>,
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
            // How to go back is no part of going on.
            if !matches!(section, Some((Section::Aside, _))) {
                of_step(step, line, self.begins_at.contains(&at));
                self.guide.has_commands |= line.block.kind == BlockKind::Code;
            }
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
            Some(Section::Aside) => {
                *self.aside.entry(opened_by.unwrap_or(at)).or_default() += 1;
                return;
            }
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
        let aside = std::mem::take(&mut self.aside).into_iter();
        remarks.extend(aside.map(|(by, boxes)| Remark::BoxesAside {
            heading: shortened(self.lines[by].text),
            boxes,
        }));
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

/// The text beside a box, without what stands before its words.
fn plain(line: &PageLine<'_>) -> String {
    let text = line.block.text.as_str();
    text.trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim()
        .to_owned()
}
