//! The beginning of a step: its number, its title, and how it is called.
use super::estimates;
use super::lead::Lead;
use super::table::StepRow;

/// A title that is cut out of an item is no longer than this, in characters.
const LONGEST_TITLE: usize = 100;

/// The beginning of a step.
#[derive(Default)]
pub(super) struct StepBegin {
    /// The line at which it begins.
    pub(super) line: usize,
    /// The number that is written there.
    pub(super) number: Option<u32>,
    pub(super) is_letter: bool,
    /// A part of the step of that number: "1.2".
    pub(super) is_part: bool,
    /// Its title, without number and estimate; empty if only the number is written.
    pub(super) title: String,
    /// The last of several steps that have one heading.
    pub(super) until: Option<u32>,
    /// The name that is written: "Phase A".
    pub(super) name: String,
    /// The number in it as it is written: "1.2".
    pub(super) written: String,
    pub(super) minutes: Option<u32>,
}

/// The beginning at this line, with what its lead says.
pub(super) fn begin(line: usize, text: &str, lead: Option<&Lead>) -> StepBegin {
    let name = lead.map(|lead| &text[lead.name.0..lead.name.1]).unwrap_or_default();
    let before = lead.map(|lead| text[..lead.name.0].trim_matches(|c: char| !c.is_alphanumeric() && c != '½'));
    let minutes_before = before.and_then(estimates::alone);
    let written = match lead {
        // What a letter names is called by it: "Phase A – Go".
        Some(lead) if lead.is_letter => text[lead.name.0..].to_owned(),
        Some(lead) => {
            let title = &text[lead.title_at..];
            match before.filter(|before| !before.is_empty() && minutes_before.is_none()) {
                Some(before) => format!("{before}: {title}"),
                None => title.to_owned(),
            }
        }
        None => text.to_owned(),
    };
    let (title, minutes) = estimates::of_title(&written);
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | ':' | '–' | '—' | '-' | '|' | '·');
    let title = title.trim_end_matches(is_edge);
    let title = title
        .strip_suffix('.')
        .filter(|title| !title.contains('.'))
        .unwrap_or(title);
    let written = lead.map(|lead| &text[lead.number_at..lead.name.1]).unwrap_or_default();
    StepBegin {
        line,
        number: lead.map(|lead| lead.number),
        is_letter: lead.is_some_and(|lead| lead.is_letter),
        is_part: lead.is_some_and(|lead| lead.is_part),
        title: shortened(title.trim_start_matches(|c: char| !c.is_alphanumeric() && !"(\"'`<[«“„¿¡/.~$".contains(c))),
        until: lead.and_then(|lead| lead.until),
        name: name.to_owned(),
        written: written.to_owned(),
        minutes: minutes.or(minutes_before),
    }
}

/// The beginning at a row of a table.
pub(super) fn of_row(row: &StepRow) -> StepBegin {
    let mut begin = begin(row.line, &row.text, row.lead.as_ref());
    begin.number = row.number.or(begin.number);
    begin
}

/// A text in one line, cut behind a word.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_TITLE {
        return text.to_owned();
    }
    let cut: String = text.chars().take(LONGEST_TITLE).collect();
    let end = cut.rfind(char::is_whitespace).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ' ']))
}
