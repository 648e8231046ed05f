//! The words by which a page tells its steps and sections: `words.toml`, and how a line is compared with them.
use crate::classify::folded;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// The words of `words.toml`, ready to be looked up.
pub(super) static WORDS: LazyLock<PageWords> = LazyLock::new(|| {
    let file: WordFile = toml::from_str(include_str!("words.toml")).expect("this file's tests read the words");
    PageWords::of(&file)
});

/// A line longer than this, in bytes, opens no section: it is a sentence.
const LONGEST_HEADING: usize = 120;

/// Under which kind of heading something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Section {
    /// What shows that all is done.
    Criteria,
    /// The same, unless the page has no other steps.
    Checklist,
    /// What is needed before the first step.
    Prerequisites,
    /// What comes after the item.
    Next,
    /// The steps themselves.
    Steps,
    /// What is done only in another case: where it fails, or not at all.
    Aside,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordFile {
    step: String,
    several: String,
    through: String,
    part: String,
    number_sign: String,
    of: String,
    ways_in: String,
    codes: String,
    is: String,
    numbers: BTreeMap<String, String>,
    ordinals: BTreeMap<String, String>,
    sections: BTreeMap<Section, SectionWords>,
    units: BTreeMap<String, String>,
    spans: BTreeMap<String, String>,
    times: TimeWords,
    validation: LabelWords,
    columns: ColumnWords,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SectionWords {
    within: String,
    alone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeWords {
    label: String,
    about: String,
    to: String,
    and: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelWords {
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnWords {
    step: String,
    number: String,
    mark: String,
    marks: String,
}

/// The words, by what they are for.
pub(super) struct PageWords {
    pub(super) step: HashSet<String>,
    pub(super) several: HashSet<String>,
    pub(super) through: HashSet<String>,
    pub(super) part: HashSet<String>,
    pub(super) number_sign: HashSet<String>,
    pub(super) of: HashSet<String>,
    /// What gets in, by its words; what may, beside a number; and what stands before what it is.
    pub(super) ways_in: Vec<String>,
    pub(super) codes: Vec<String>,
    pub(super) is: Vec<String>,
    pub(super) numbers: HashMap<String, u32>,
    pub(super) ordinals: HashMap<String, u32>,
    /// Each section with the phrases that open it, in blanks.
    within: Vec<(Section, Vec<String>)>,
    alone: HashMap<String, Section>,
    pub(super) units: HashMap<String, u32>,
    pub(super) spans: Vec<(String, u32)>,
    pub(super) time_labels: Vec<String>,
    pub(super) about: Vec<String>,
    pub(super) to: Vec<String>,
    pub(super) and: Vec<String>,
    pub(super) validation: HashSet<String>,
    pub(super) step_columns: HashSet<String>,
    pub(super) number_columns: HashSet<String>,
    pub(super) mark_columns: HashSet<String>,
    pub(super) marks: HashSet<String>,
}

/// The entries of a list; none is empty.
fn entries<T: FromIterator<String>>(list: &str) -> T {
    let entries = list
        .split(',')
        .map(|entry| entry.split_whitespace().collect::<Vec<_>>().join(" "));
    entries.filter(|entry| !entry.is_empty()).collect()
}

/// As [`entries`], the longest first: of two that fit, the longer one is meant.
fn longest_first(list: &str) -> Vec<String> {
    let mut entries: Vec<String> = entries(list);
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.len()));
    entries
}

fn by_figure(lists: &BTreeMap<String, String>) -> impl Iterator<Item = (String, u32)> {
    let numbered = lists
        .iter()
        .filter_map(|(figure, list)| Some((figure.parse::<u32>().ok()?, list)));
    numbered.flat_map(|(figure, list)| entries::<Vec<_>>(list).into_iter().map(move |entry| (entry, figure)))
}

impl PageWords {
    fn of(file: &WordFile) -> Self {
        let mut spans: Vec<(String, u32)> = by_figure(&file.spans).collect();
        spans.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        let within = file.sections.iter().map(|(section, words)| {
            let phrases: Vec<String> = entries(&words.within);
            let phrases = phrases.into_iter().map(|phrase| format!(" {phrase} "));
            (*section, phrases.collect())
        });
        let alone = file.sections.iter().flat_map(|(section, words)| {
            let phrases: Vec<String> = entries(&words.alone);
            phrases.into_iter().map(|phrase| (phrase, *section))
        });
        Self {
            step: entries(&file.step),
            several: entries(&file.several),
            ways_in: entries(&file.ways_in),
            codes: entries(&file.codes),
            is: entries(&file.is),
            through: entries(&file.through),
            part: entries(&file.part),
            number_sign: entries(&file.number_sign),
            of: entries(&file.of),
            numbers: by_figure(&file.numbers).collect(),
            ordinals: by_figure(&file.ordinals).collect(),
            within: within.collect(),
            alone: alone.collect(),
            units: by_figure(&file.units).collect(),
            spans,
            time_labels: longest_first(&file.times.label),
            about: longest_first(&file.times.about),
            to: longest_first(&file.times.to),
            and: longest_first(&file.times.and),
            validation: entries(&file.validation.label),
            step_columns: entries(&file.columns.step),
            number_columns: entries(&file.columns.number),
            mark_columns: entries(&file.columns.mark),
            marks: entries(&file.columns.marks),
        }
    }

    /// The section that a line opens by its words.
    pub(super) fn section(&self, line: &str) -> Option<Section> {
        if line.len() > LONGEST_HEADING {
            return None;
        }
        let words = words_of(line);
        let without_numbers = words.trim_matches(|c: char| c.is_ascii_digit() || c == ' ');
        if let Some(section) = self.alone.get(without_numbers) {
            return Some(*section);
        }
        let padded = format!(" {words} ");
        let within = |(_, phrases): &&(Section, Vec<String>)| phrases.iter().any(|phrase| padded.contains(phrase));
        self.within.iter().find(within).map(|(section, _)| *section)
    }
}

/// A line's words and figures, folded, with a blank between two.
pub(super) fn words_of(line: &str) -> String {
    let folded = folded(line).replace("{emoji}", " ");
    let words = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_open_sections_in_six_languages() {
        let cases = [
            ("🎯 SUCCESS CRITERIA CHECKLIST", Some(Section::Criteria)),
            ("4. Acceptance criteria (all)", Some(Section::Criteria)),
            ("Done", Some(Section::Criteria)),
            ("✅ Done when:", Some(Section::Criteria)),
            ("Klaar als", Some(Section::Criteria)),
            ("Abnahmekriterien", Some(Section::Criteria)),
            ("Critères de réussite", Some(Section::Criteria)),
            ("Critérios de sucesso", Some(Section::Criteria)),
            ("Release checklist", Some(Section::Checklist)),
            ("📋 Prerequisites Check", Some(Section::Prerequisites)),
            ("Voordat je begint", Some(Section::Prerequisites)),
            ("Prérequis", Some(Section::Prerequisites)),
            ("Next Recommended Actions:", Some(Section::Next)),
            ("Nächste Schritte", Some(Section::Next)),
            ("Stappen", Some(Section::Steps)),
            ("3) Steps", Some(Section::Steps)),
            ("Étapes", Some(Section::Steps)),
            ("What was done", None),
            ("Success story", None),
            ("Acceptance test", None),
            ("⚠️ If it fails:", Some(Section::Aside)),
            ("Terugdraaien", Some(Section::Aside)),
            ("If it fails over, look at the log", None),
            ("Optional extras for the guests", None),
            ("Background", None),
            ("", None),
        ];
        for (line, section) in cases {
            assert_eq!(WORDS.section(line), section, "{line}");
        }
    }

    fn lists(value: &toml::Value, found: &mut Vec<String>) {
        match value {
            toml::Value::String(list) => found.extend(entries::<Vec<_>>(list)),
            toml::Value::Table(table) => table.values().for_each(|value| lists(value, found)),
            _ => {}
        }
    }

    #[test]
    fn words_are_written_as_lines_are_compared() {
        let mut found = Vec::new();
        let text: toml::Table = include_str!("words.toml").parse().unwrap();
        lists(&toml::Value::Table(text), &mut found);
        assert!(found.len() > 400);
        for entry in found {
            assert_eq!(words_of(&entry), entry);
        }
    }
}
