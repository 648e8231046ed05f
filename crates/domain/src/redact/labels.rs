//! Labels in a text: ours of a round before, or typed by somebody. They are taken out of what is searched, so that their
//! words are no context and nothing hides behind them; what is found is told on the places of the text with them.
use std::ops::Range;

/// How a label begins; it ends with a bracket.
pub(super) const LABEL: &str = "[redacted: ";

/// Names beyond this length are not recognised as labels.
const LONGEST: usize = 128;

/// What stands in the place of a key with this name.
pub fn label(name: &str) -> String {
    format!("{LABEL}{name}]")
}

/// Labels that stand in the text and whose name `is_name` knows; what merely looks like one is text.
pub(super) fn labels_in(text: &str, is_name: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let inside = |start: usize| {
        let name = start + LABEL.len();
        let length = text[name..].bytes().take(LONGEST).position(|b| b == b']')?;
        is_name(&text[name..name + length]).then_some(start..name + length + 1)
    };
    if !text.as_bytes().contains(&LABEL.as_bytes()[0]) {
        return Vec::new();
    }
    text.match_indices(LABEL)
        .filter_map(|(start, _)| inside(start))
        .collect()
}

/// How the places of a shortened text are those of the text that it was made of.
#[derive(Default)]
pub(super) struct Offsets(Vec<Cut>);

/// A stretch of a text that has another length in the shortened text.
struct Cut {
    /// Where it stands in the shortened text.
    short: Range<usize>,
    /// Where it stands in the text.
    long: Range<usize>,
}

impl Offsets {
    /// Offsets for stretches that become so many bytes each, in order.
    pub(super) fn of(stretches: impl Iterator<Item = (Range<usize>, usize)>) -> Self {
        let (mut short, mut long) = (0, 0);
        let cut = |(stretch, length): (Range<usize>, usize)| {
            let start = short + (stretch.start - long);
            (short, long) = (start + length, stretch.end);
            Cut {
                short: start..short,
                long: stretch,
            }
        };
        Self(stretches.map(cut).collect())
    }

    /// A range of the shortened text on the places of the text, with all of the stretches that it touches.
    pub(super) fn around(&self, range: Range<usize>) -> Range<usize> {
        let ended = self.0.partition_point(|cut| cut.short.end <= range.start);
        let first = self.0.get(ended).filter(|cut| cut.short.start <= range.start);
        let begun = self.0.partition_point(|cut| cut.short.start < range.end);
        let last = self.0[..begun].last().filter(|cut| cut.short.end >= range.end);
        let start = first.map_or_else(|| self.behind(ended, range.start), |cut| cut.long.start);
        let end = last.map_or_else(|| self.behind(begun, range.end), |cut| cut.long.end);
        start..end
    }

    /// A place of the shortened text behind so many stretches.
    fn behind(&self, count: usize, place: usize) -> usize {
        match self.0[..count].last() {
            Some(cut) => cut.long.end + place.saturating_sub(cut.short.end),
            None => place,
        }
    }

    /// A range of the shortened text on the places of the text, without stretches at its ends; `None` if nothing else is in it.
    pub(super) fn back(&self, range: Range<usize>) -> Option<Range<usize>> {
        let begun = self.0.partition_point(|cut| cut.short.start <= range.start);
        let start = self.behind(begun, range.start);
        let ended = self.0.partition_point(|cut| cut.short.end < range.end);
        let last = self
            .0
            .get(ended)
            .map_or(range.end, |cut| cut.short.start.min(range.end));
        let end = self.behind(ended, last);
        (start < end).then_some(start..end)
    }
}

/// A text without its labels, and its places. What a label was glued into is one again; elsewhere a bar stands for it, so
/// that what stands on its two sides is not taken for one.
pub(super) fn without(text: &str, labels: &[Range<usize>]) -> (String, Offsets) {
    let mut runs: Vec<Range<usize>> = Vec::with_capacity(labels.len());
    for label in labels {
        match runs.last_mut() {
            Some(run) if run.end == label.start => run.end = label.end,
            _ => runs.push(label.clone()),
        }
    }
    let mut short = String::with_capacity(text.len());
    let mut at = 0;
    let stretch = |run: Range<usize>| {
        short.push_str(&text[at..run.start]);
        at = run.end;
        let width = usize::from(!is_glued(text, &run));
        short.push_str(&"|"[..width]);
        (run, width)
    };
    let offsets = Offsets::of(runs.into_iter().map(stretch).collect::<Vec<_>>().into_iter());
    short.push_str(&text[at..]);
    (short, offsets)
}

/// Whether somebody goes on writing right behind a label: with a letter, a digit, or a sign that ends no sentence.
fn is_glued(text: &str, label: &Range<usize>) -> bool {
    let mut behind = text[label.end..].chars();
    let Some(next) = behind.next().filter(|c| !c.is_whitespace()) else {
        return false;
    };
    next.is_alphanumeric()
        || behind.next().is_some_and(|c| !c.is_whitespace())
        || text[..label.start].ends_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_text_with_its_labels() {
        let text = "ab[redacted: key]cd [redacted: key][redacted: key] ef";
        let labels = labels_in(text, |name| name == "key");
        let (short, offsets) = without(text, &labels);
        assert_eq!(short, "abcd | ef");
        let back = |range: Range<usize>| offsets.back(range).map(|range| &text[range]);
        assert_eq!(back(0..4), Some("ab[redacted: key]cd"));
        assert_eq!(back(0..2), Some("ab"));
        assert_eq!(back(2..4), Some("cd"));
        assert_eq!(back(5..6), None);
        assert_eq!(back(4..6), Some(" "));
        assert_eq!(back(5..9), Some(" ef"));
        assert!(labels_in("[redacted: other]", |name| name == "key").is_empty());
    }
}
