//! Which lines of a page begin its steps. The forms are tried in one order, the surest first, and the first one wins that
//! the page has: a line with the word for a step is enough, of any other form there must be two.
//!
//! 1. headings, toggles and lines in bold with a word and a number: "Step 1: Go"; then "Phase 1", "Part B"
//! 2. headings, toggles and lines in bold with a number or a letter: "1. Go"; where there is a heading "Steps", under it
//! 3. items, boxes and paragraphs with a word and a number
//! 4. what stands under a heading "Steps"
//!    (headings with the numbers of parts alone, "1.1" and "1.2", come behind it)
//! 5. tables with a column of steps, numbers or boxes
//! 6. toggles, then numbered lists, then paragraphs that begin with a number
//! 7. headings that boxes stand under, where every box has one
//! 8. boxes, where one is enough; then lines in bold
use super::block::BlockKind;
use super::lead::{Lead, LeadKind};
use super::outline::{BOLD, COLON, PageLine, Standing};
use super::remark::StepForm;
use super::step_begin::{StepBegin, begin, of_row};
use super::table;
use super::words::Section;
use std::collections::HashSet;

/// So many headings part the work; two may only divide a list of boxes.
const PARTS: usize = 3;

/// A page's lines, and where each stands as long as no steps are known.
pub(super) struct FormReader<'a> {
    pub(super) lines: &'a [PageLine<'a>],
    pub(super) standings: &'a [Standing],
}

/// The form that was found: where its steps begin. `None`: the surest one, "Step 1".
pub(super) type FoundForm = (Option<StepForm>, Vec<StepBegin>);

impl FormReader<'_> {
    /// The steps of the page, by the first form that it has.
    pub(super) fn read(&self) -> FoundForm {
        let has_steps = self.lines.iter().any(|line| line.section == Some(Section::Steps));
        self.worded()
            .or_else(|| self.numbered(|at| !has_steps || self.is_under_steps(at)))
            .or_else(|| self.worded_items())
            .or_else(|| self.under_steps())
            .or_else(|| self.numbered(|_| true))
            .or_else(|| self.parts())
            .or_else(|| self.rows())
            .or_else(|| self.lists())
            .or_else(|| self.above_boxes())
            .or_else(|| self.boxes())
            .unwrap_or_default()
    }

    /// Whether a line may be a step: it stands under no heading of something else, and opens none.
    fn is_free(&self, at: usize) -> bool {
        let section = self.standings[at].section.map(|(section, _)| section);
        self.lines[at].section.is_none() && matches!(section, None | Some(Section::Steps))
    }

    /// Whether a line stands under a heading of steps.
    fn is_under_steps(&self, at: usize) -> bool {
        let section = self.standings[at].section;
        section.is_some_and(|(section, by)| section == Section::Steps && by != at)
    }

    fn with_lead(&self, kind: LeadKind, fits: impl Fn(usize, &Lead) -> bool) -> Vec<usize> {
        let lines = self.lines.iter().enumerate();
        let fits = |(at, line): (usize, &PageLine<'_>)| {
            let lead = line.lead.as_ref().filter(|lead| lead.kind == kind)?;
            (self.is_free(at) && fits(at, lead)).then_some(at)
        };
        lines.filter_map(fits).collect()
    }

    /// A heading, a toggle, a line in bold: what stands above something.
    fn is_strong(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let kind = line.block.kind;
        line.rank.is_some() || kind == BlockKind::Toggle || kind == BlockKind::Callout && line.has_inner
    }

    /// Form 1: the word for a step and its number, or those for a part where no step has them.
    fn worded(&self) -> Option<FoundForm> {
        let of_kind = |kind| self.without_stray_letters(self.with_lead(kind, |at, _| self.is_strong(at)));
        let steps = self.without_spanning(of_kind(LeadKind::Step));
        if !steps.is_empty() {
            return Some((None, self.begins(&self.with_bold_leads(steps))));
        }
        let parts = of_kind(LeadKind::Part);
        (parts.len() > 1).then(|| (None, self.begins(&parts)))
    }

    /// With the paragraphs that begin in bold with a step that no heading has: "**Step 3** Drive".
    fn with_bold_leads(&self, mut found: Vec<usize>) -> Vec<usize> {
        let number = |at: usize| self.lines[at].lead.as_ref().map(|lead| lead.number);
        let known: HashSet<Option<u32>> = found.iter().map(|at| number(*at)).collect();
        found.extend(self.with_lead(LeadKind::Step, |at, lead| {
            let block = self.lines[at].block;
            let is_led = block.kind == BlockKind::Text && block.begins_bold && !self.is_strong(at);
            is_led && !lead.is_part && !lead.is_letter && !known.contains(&Some(lead.number))
        }));
        found.sort_unstable();
        found
    }

    /// A heading over several steps, "Steps 1 to 3", is none where each of them has one of its own.
    fn without_spanning(&self, mut found: Vec<usize>) -> Vec<usize> {
        let lead = |at: &usize| self.lines[*at].lead.as_ref();
        let of_one = |at: &usize| lead(at).filter(|lead| lead.until.is_none()).map(|lead| lead.number);
        let single: Vec<u32> = found.iter().filter_map(of_one).collect();
        found.retain(|at| {
            let span = lead(at).and_then(|lead| Some(lead.number..=lead.until?));
            span.is_none_or(|span| !single.iter().any(|number| span.contains(number)))
        });
        found
    }

    /// Letters count from A on: "Step N" in a template is none.
    fn without_stray_letters(&self, mut found: Vec<usize>) -> Vec<usize> {
        let letter = |at: &usize| self.lines[*at].lead.as_ref().filter(|lead| lead.is_letter);
        if !found.iter().filter_map(letter).any(|lead| lead.number == 1) {
            found.retain(|at| letter(at).is_none());
        }
        found
    }

    /// Form 2: of the highest rank that has two.
    fn numbered(&self, fits: impl Fn(usize) -> bool) -> Option<FoundForm> {
        let ranked = self.with_lead(LeadKind::Number, |at, _| self.is_strong(at) && fits(at));
        let rank = |at: &usize| self.lines[*at].rank.unwrap_or(BOLD - 1);
        (1..=BOLD).find_map(|of| {
            let of_rank: Vec<usize> = ranked.iter().copied().filter(|at| rank(at) == of).collect();
            Some((Some(StepForm::Numbered), self.begins(&self.counted(of_rank)?)))
        })
    }

    /// Those of the lines whose number is one of a row. Letters, and numbers that no sign ends, count from the first on.
    fn counted(&self, found: Vec<usize>) -> Option<Vec<usize>> {
        let lead = |at: &usize| self.lines[*at].lead.as_ref();
        let (closed, open): (Vec<usize>, Vec<usize>) = found
            .into_iter()
            .partition(|at| lead(at).is_some_and(|lead| (lead.is_closed || lead.is_part) && !lead.is_letter));
        let whole = closed.iter().filter(|at| lead(at).is_some_and(|lead| !lead.is_part));
        let numbers: HashSet<u32> = closed.iter().filter_map(|at| Some(lead(at)?.number)).collect();
        match whole.count() {
            0 => {}
            1 if numbers.len() < 2 => {}
            _ => return Some(closed),
        }
        let counts = (1..)
            .zip(&open)
            .all(|(number, at)| lead(at).is_some_and(|lead| lead.number == number));
        (open.len() > 1 && counts).then_some(open)
    }

    /// Behind form 4: "1.1", "1.2", "2.1", of the highest rank that has two; where no heading does, of what is listed or written.
    fn parts(&self) -> Option<FoundForm> {
        let found = self.with_lead(LeadKind::Number, |_, lead| lead.is_part);
        let rank = |at: &usize| match self.lines[*at].rank {
            Some(rank) => rank,
            None if self.is_strong(*at) => BOLD - 1,
            None => COLON,
        };
        let counts_on = |pair: &[usize]| {
            let [one, other] = [pair[0], pair[1]].map(|at| self.lines[at].lead.as_ref());
            let Some((one, other)) = one.zip(other) else {
                return false;
            };
            let is_next = one.number == other.number && other.minor == one.minor.saturating_add(1);
            is_next || other.number == one.number + 1 && other.minor == 1
        };
        let of_rank = (1..=COLON).map(|of| found.iter().copied().filter(|at| rank(at) == of).collect::<Vec<_>>());
        let found = of_rank.into_iter().find(|found| found.len() > 1)?;
        let is_row = self.lines[found[0]].lead.as_ref()?.minor == 1 && found.windows(2).all(counts_on);
        let begin = |at: &usize| begin(*at, self.lines[*at].text, self.lines[*at].lead.as_ref());
        is_row.then(|| (Some(StepForm::Numbered), found.iter().map(begin).collect()))
    }

    /// Form 3: lists, boxes, paragraphs.
    fn worded_items(&self) -> Option<FoundForm> {
        let found = self.with_lead(LeadKind::Step, |at, lead| {
            self.lines[at].block.kind.is_listed() || lead.is_closed || self.lines[at].block.begins_bold
        });
        (found.len() > 1).then(|| (Some(StepForm::Worded), self.begins(&found)))
    }

    /// Form 4: whatever stands there first of these kinds.
    fn under_steps(&self) -> Option<FoundForm> {
        let is_ranked = |at: usize| self.is_under_steps(at) && self.lines[at].rank.is_some();
        let of_kind =
            |fits: fn(BlockKind) -> bool| move |at: usize| self.is_under_steps(at) && fits(self.lines[at].block.kind);
        let ranked: Vec<usize> = (0..self.lines.len()).filter(|at| is_ranked(*at)).collect();
        let highest = ranked.iter().filter_map(|at| self.lines[*at].rank).min();
        let ranked: Vec<usize> = ranked
            .into_iter()
            .filter(|at| self.lines[*at].rank == highest)
            .collect();
        let kinds = [
            ranked,
            self.outermost(of_kind(|kind| kind == BlockKind::Toggle)),
            self.outermost(of_kind(|kind| kind == BlockKind::Numbered)),
            self.outermost(of_kind(|kind| matches!(kind, BlockKind::ToDo { .. }))),
            self.outermost(of_kind(|kind| kind == BlockKind::Bulleted)),
        ];
        let found = kinds.into_iter().find(|found| found.len() > 1)?;
        Some((Some(StepForm::UnderSteps), self.shown(&found)))
    }

    /// The lines of one kind that lie in no item of a list, and in none of their own.
    fn outermost(&self, fits: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut within = usize::MAX;
        let mut found = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let depth = line.block.depth;
            if depth > within {
                continue;
            }
            within = usize::MAX;
            let is_found = self.is_free(at) && fits(at);
            if is_found || line.block.kind.is_listed() {
                within = depth;
            }
            if is_found {
                found.push(at);
            }
        }
        found
    }

    /// Form 5: the first table that has steps.
    fn rows(&self) -> Option<FoundForm> {
        let tables = table::tables(self.lines).into_iter();
        let mut free = tables.filter(|rows| self.is_free(rows.start.saturating_sub(1)));
        let rows = free.find_map(|rows| table::steps(self.lines, rows))?;
        Some((Some(StepForm::Rows), rows.iter().map(of_row).collect()))
    }

    /// Form 6: toggles, lists, paragraphs.
    fn lists(&self) -> Option<FoundForm> {
        let toggles = self.outermost(|at| self.lines[at].block.kind == BlockKind::Toggle && self.lines[at].has_inner);
        let items = self.outermost(|at| self.lines[at].block.kind == BlockKind::Numbered);
        let typed = self.with_lead(LeadKind::Number, |at, lead| {
            let kind = self.lines[at].block.kind;
            matches!(kind, BlockKind::Text | BlockKind::Bulleted) && lead.is_closed && !lead.is_letter
        });
        let forms = [
            (StepForm::Toggles, toggles),
            (StepForm::NumberedList, items),
            (StepForm::Numbered, typed),
        ];
        let is_form = |(form, found): &(StepForm, Vec<usize>)| {
            found.len() > 1 && (*form == StepForm::Toggles || !self.is_aside_of_boxes(found))
        };
        let (form, found) = forms.into_iter().find(is_form)?;
        Some((Some(form), self.shown(&found)))
    }

    /// Whether items stand under fewer headings than boxes that are none of theirs: then the page's work is those boxes, and the
    /// items tell how one part of it is done.
    fn is_aside_of_boxes(&self, items: &[usize]) -> bool {
        let heading = |at: usize| self.lines[..at].iter().rposition(|line| line.rank.is_some());
        let of_items: HashSet<Option<usize>> = items.iter().map(|at| heading(*at)).collect();
        let boxes = self.free_boxes().into_iter().map(heading);
        let others: HashSet<Option<usize>> = boxes.filter(|heading| !of_items.contains(heading)).collect();
        others.len() > of_items.len()
    }

    /// The beginnings, with the numbers that people see: those of a list begin anew under each heading.
    fn shown(&self, found: &[usize]) -> Vec<StepBegin> {
        let mut begins = self.begins(found);
        let (mut number, mut before) = (0, 0);
        for begin in &mut begins {
            if self.lines[begin.line].block.kind == BlockKind::Numbered {
                let is_anew = self.lines[before..begin.line].iter().any(|line| line.rank.is_some());
                number = if is_anew { 1 } else { number + 1 };
                before = begin.line;
                begin.number = Some(number);
                begin.is_part = false;
            }
        }
        begins
    }

    /// The outermost boxes that stand under no heading of something else than steps.
    fn free_boxes(&self) -> Vec<usize> {
        let is_listed = |at: usize| {
            let section = self.standings[at].section.map(|(section, _)| section);
            matches!(section, None | Some(Section::Steps | Section::Checklist))
        };
        let mut within = usize::MAX;
        let mut boxes = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            if line.block.depth > within {
                continue;
            }
            within = usize::MAX;
            if matches!(line.block.kind, BlockKind::ToDo { .. }) && is_listed(at) {
                within = line.block.depth;
                boxes.push(at);
            }
        }
        boxes
    }

    /// Form 7: of the highest rank that has two, and one above each box. People count the headings then, not the boxes: "step 4
    /// is done" is the fourth part of the work.
    fn above_boxes(&self) -> Option<FoundForm> {
        let boxes = self.free_boxes();
        (1..=BOLD).find_map(|of| {
            let is_as_high = |line: &PageLine<'_>| line.rank.is_some_and(|rank| rank <= of);
            let above = |at: &usize| {
                let heading = self.lines[..*at].iter().rposition(is_as_high)?;
                (self.lines[heading].rank == Some(of) && self.is_free(heading)).then_some(heading)
            };
            let mut found = boxes.iter().map(above).collect::<Option<Vec<usize>>>()?;
            found.dedup();
            (found.len() >= PARTS).then(|| (Some(StepForm::AboveBoxes), self.begins(&found)))
        })
    }

    /// Form 8. Boxes under "Checklist" are steps where the page has no others.
    fn boxes(&self) -> Option<FoundForm> {
        let boxes = self.free_boxes();
        if !boxes.is_empty() {
            return Some((Some(StepForm::Boxes), self.begins(&boxes)));
        }
        let is_above = |at: usize| self.lines.get(at + 1).is_some_and(|next| next.rank.is_none());
        let bold: Vec<usize> = (0..self.lines.len())
            .filter(|at| self.lines[*at].rank == Some(BOLD) && self.is_free(*at) && is_above(*at))
            .collect();
        (bold.len() > 1).then(|| (Some(StepForm::BoldLines), self.begins(&bold)))
    }

    fn begins(&self, found: &[usize]) -> Vec<StepBegin> {
        let line = |at: &usize| {
            let line = &self.lines[*at];
            // "2 boxes of paper" in a list has no number of a step.
            let is_lead = |lead: &&Lead| lead.is_closed || lead.kind != LeadKind::Number || line.rank.is_some();
            begin(*at, line.text, line.lead.as_ref().filter(is_lead))
        };
        found.iter().map(line).collect()
    }
}
