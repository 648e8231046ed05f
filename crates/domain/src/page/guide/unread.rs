//! What is on a page and was not read, or was read as less than it says.
use super::block::BlockKind;
use super::lead::{Lead, LeadKind};
use super::outline::{BOLD, PageLine, Standing};
use super::remark::{Remark, StepForm};
use super::step_begin::shortened;
use super::table;
use std::collections::BTreeMap;

/// So many names of parts are told.
const MOST_PARTS: usize = 6;

/// A page's lines, where each stands, and which step each beginning is.
pub(super) struct ReadLines<'a> {
    pub(super) lines: &'a [PageLine<'a>],
    pub(super) standings: &'a [Standing],
    pub(super) numbers: &'a [Option<u8>],
}

impl ReadLines<'_> {
    /// What is read as a part of its step: "1.1" below "1", "2b".
    pub(super) fn parts(&self, begins_at: impl Fn(usize) -> bool) -> Option<Remark> {
        let is_above = |at: usize| self.lines[at].rank.is_some() || self.lines[at].block.kind == BlockKind::Toggle;
        let name = |(at, line): (usize, &PageLine<'_>)| {
            let lead: &Lead = line.lead.as_ref().filter(|lead| lead.is_part)?;
            let number = self.standings[at].step.and_then(|step| self.numbers[step])?;
            let is_own = u32::from(number) == lead.number && (is_above(at) || begins_at(at));
            is_own.then(|| line.text[lead.name.0..lead.name.1].to_owned())
        };
        let mut names: Vec<String> = self.lines.iter().enumerate().filter_map(name).collect();
        names.truncate(MOST_PARTS);
        (!names.is_empty()).then_some(Remark::PartsOfSteps(names))
    }

    /// The numbered lists of a page whose boxes are its steps, each by the heading above it.
    pub(super) fn lists(&self, form: Option<StepForm>) -> Vec<Remark> {
        let mut lists: BTreeMap<usize, usize> = BTreeMap::new();
        let mut heading = None;
        for (at, line) in self.lines.iter().enumerate() {
            let standing = self.standings[at];
            let is_free = standing.step.is_none() && standing.section.is_none() && line.block.depth == 0;
            if let Some(heading) = heading.filter(|_| is_free && line.block.kind == BlockKind::Numbered) {
                *lists.entry(heading).or_default() += 1;
            }
            heading = line.rank.map(|_| at).or(heading);
        }
        let lists = lists
            .into_iter()
            .filter(|(_, items)| *items > 1 && form == Some(StepForm::Boxes));
        lists
            .map(|(heading, _)| Remark::ListNotRead(shortened(self.lines[heading].text)))
            .collect()
    }
}

/// What stands over a step, as a phase does: its name, "Phase 2", or else its words.
pub(super) fn phase_of(lines: &[PageLine<'_>], at: usize) -> Option<String> {
    let (mut depth, rank) = (lines[at].block.depth, lines[at].rank.unwrap_or(BOLD));
    for line in lines[..at].iter().rev() {
        let lead = line.lead.as_ref();
        let is_above = line.block.depth < depth || line.block.depth == depth && line.rank.is_some_and(|own| own < rank);
        if !is_above || lead.is_some_and(|lead| lead.kind == LeadKind::Step) {
            continue;
        }
        depth = line.block.depth;
        // What lies in a column or a copy lies under the heading before that.
        if line.rank.is_some() || line.block.kind == BlockKind::Toggle || line.block.kind == BlockKind::Callout {
            let name = lead.filter(|lead| lead.kind == LeadKind::Part).map(|lead| lead.name);
            let text = name.map_or(line.text, |(start, end)| &line.text[start..end]);
            return Some(shortened(text.trim_matches(|c: char| !c.is_alphanumeric() && c != ')')));
        }
    }
    None
}

/// What is on the page and was not read.
pub(super) fn unread(lines: &[PageLine<'_>], standings: &[Standing]) -> Vec<Remark> {
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
