//! The redactor: what the layers find is masked in rounds, until a round finds nothing more.
use super::known::{KnownValues, WindowIndex};
use super::layers;
use super::patterns::Patterns;
use super::span::{self, ContextRule, Hit, HitSource};
use crate::domain::comment::{CleanText, Extent, Finding, RawText};
use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// What stands for a finding where a text is read for its meaning: one sign that is no word of any language.
pub const PLACEHOLDER: char = '\u{fffc}';

/// What stands in place of a text that could not be redacted.
const WITHHELD: &str = "[text withheld: it could not be searched for keys]";

/// Rounds after which a text that still yields findings is withheld. Two are common, three rare.
const ROUNDS: usize = 6;

/// Patterns and known values, ready for use; cheap to share, replaced whole when `.env` changes.
pub struct Redactor {
    patterns: Arc<Patterns>,
    known: KnownValues,
    index: Option<WindowIndex>,
}

/// A text after redaction, and what was found in it.
#[derive(Clone, Debug)]
pub struct Redacted {
    /// With a label in place of each finding.
    pub text: CleanText,
    /// What was found, in the order of the text, link targets last.
    pub findings: Vec<Finding>,
    /// With [`PLACEHOLDER`] in place of each finding: what classification reads.
    pub for_reading: CleanText,
}

impl Redactor {
    /// Ready in well under a millisecond for a usual `.env`.
    pub fn new(patterns: Arc<Patterns>, known: KnownValues) -> Self {
        let index = (!known.is_empty()).then(|| WindowIndex::of(&known));
        Self { patterns, known, index }
    }

    /// Redacts a text and looks through the targets of its links.
    pub fn redact(&self, raw: &RawText) -> Redacted {
        let text = raw.expose();
        let spans = self.spans(text);
        let mut findings = self.findings(text, spans.as_deref().unwrap_or_default());
        for url in raw.expose_urls() {
            let in_url = self.findings(url, &self.spans(url).unwrap_or_default());
            findings.extend(in_url.into_iter().map(|finding| Finding { span: None, ..finding }));
        }
        let (clean, reading) = match spans {
            Some(spans) => (
                self.masked(text, &spans),
                replaced(text, ranges(&spans), |_, out| out.push(PLACEHOLDER)),
            ),
            None => (WITHHELD.to_owned(), PLACEHOLDER.to_string()),
        };
        Redacted {
            text: CleanText::passed(clean),
            findings,
            for_reading: CleanText::passed(reading),
        }
    }

    /// The text with labels: for errors, log lines, file names. Borrowed if there is nothing to hide.
    pub fn redact_str<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.spans(text) {
            Some(spans) if spans.is_empty() => Cow::Borrowed(text),
            Some(spans) => Cow::Owned(self.masked(text, &spans)),
            None => Cow::Borrowed(WITHHELD),
        }
    }

    /// Masked ranges in bytes of the text, with their labels; `None` if the text has to be withheld.
    pub fn labelled(&self, text: &str) -> Option<Vec<(usize, usize, &str)>> {
        let spans = self.spans(text)?;
        Some(
            spans
                .iter()
                .map(|hit| (hit.start, hit.end, self.label(hit.source)))
                .collect(),
        )
    }

    /// All spans; `None` also if a layer panics, so that a fault of ours withholds a text instead of letting it out.
    fn spans(&self, text: &str) -> Option<Vec<Hit>> {
        std::panic::catch_unwind(AssertUnwindSafe(|| self.settled(text)))
            .ok()
            .flatten()
    }

    /// All spans, found in rounds: what a round masks can be the context of what the next one finds.
    fn settled(&self, text: &str) -> Option<Vec<Hit>> {
        let mut spans = span::union(self.find(text));
        if spans.is_empty() {
            return Some(spans);
        }
        for _ in 0..ROUNDS {
            let masked = self.masked(text, &spans);
            let more = self.find(&masked);
            if more.is_empty() {
                return Some(spans);
            }
            let before: Vec<Hit> = more.into_iter().map(|hit| self.before_masking(&spans, &hit)).collect();
            spans.extend(before);
            spans = span::union(spans);
        }
        None
    }

    /// What all layers find outside the labels that the text already has.
    fn find(&self, text: &str) -> Vec<Hit> {
        let labels = self.labels_in(text);
        let search = |text: &str| layers::search(&self.patterns, &self.known, self.index.as_ref(), text);
        if labels.is_empty() {
            return search(text);
        }
        // Bars stand for the labels, so that the words of a label are no context.
        let mut hits = search(&replaced(text, labels.iter().copied(), |number, out| {
            let (start, end) = labels[number];
            out.extend(std::iter::repeat_n('|', end - start));
        }));
        hits.retain(|hit| labels.iter().all(|(start, end)| hit.end <= *start || hit.start >= *end));
        hits
    }

    /// Labels of ours that stand in the text; what merely looks like one is text.
    fn labels_in(&self, text: &str) -> Vec<(usize, usize)> {
        if !text.contains('[') {
            return Vec::new();
        }
        let inside = |start: usize| {
            let name = start + LABEL.len();
            let length = text[name..].bytes().take(LONGEST_LABEL).position(|b| b == b']')?;
            self.is_label(&text[name..name + length])
                .then_some((start, name + length + 1))
        };
        text.match_indices(LABEL)
            .filter_map(|(start, _)| inside(start))
            .collect()
    }

    fn is_label(&self, name: &str) -> bool {
        ContextRule::ALL.iter().any(|rule| rule.label() == name)
            || self.patterns.secrets.iter().any(|secret| secret.label == name)
            || self.known.variables().iter().any(|variable| variable.name == name)
    }

    /// A hit in the masked text, on the offsets of the text before.
    fn before_masking(&self, spans: &[Hit], hit: &Hit) -> Hit {
        let mut shift = 0_isize;
        for span in spans {
            let label = LABEL.len() + self.label(span.source).len() + 1;
            if span.start.saturating_add_signed(shift) >= hit.end {
                break;
            }
            shift += label.cast_signed() - (span.end - span.start).cast_signed();
        }
        let back = |at: usize| at.saturating_add_signed(-shift);
        Hit {
            start: back(hit.start),
            end: back(hit.end),
            ..hit.clone()
        }
    }

    /// The label of a source.
    fn label(&self, source: HitSource) -> &str {
        match source {
            HitSource::Context(rule) => rule.label(),
            HitSource::Pattern(place) => &self.patterns.secrets[place].label,
            HitSource::Known(variable) => &self.known.variables()[variable].name,
        }
    }

    fn findings(&self, text: &str, spans: &[Hit]) -> Vec<Finding> {
        spans.iter().map(|hit| self.finding(text, spans, hit)).collect()
    }

    fn finding(&self, text: &str, spans: &[Hit], hit: &Hit) -> Finding {
        let (variable, identifier) = match hit.source {
            HitSource::Known(place) => {
                let variable = &self.known.variables()[place];
                (Some(variable.name.clone()), variable.identifier)
            }
            HitSource::Pattern(place) => (None, self.patterns.secrets[place].identifier),
            HitSource::Context(_) => (None, false),
        };
        Finding {
            span: Some((hit.start, hit.end)),
            label: self.label(hit.source).to_owned(),
            variable,
            chars: hit.chars.min(text[hit.start..hit.end].chars().count()),
            extent: extent(spans, hit),
            identifier,
            bare: matches!(hit.source, HitSource::Context(_)),
        }
    }

    /// The text with a label in place of each span.
    fn masked(&self, text: &str, spans: &[Hit]) -> String {
        replaced(text, ranges(spans), |number, out| {
            out.push_str(LABEL);
            out.push_str(self.label(spans[number].source));
            out.push(']');
        })
    }
}

/// The ranges of spans, in bytes of the text.
fn ranges(spans: &[Hit]) -> impl Iterator<Item = (usize, usize)> {
    spans.iter().map(|hit| (hit.start, hit.end))
}

/// How a label begins; it ends with a bracket.
const LABEL: &str = "[redacted: ";

/// What stands in the place of a key with this name.
pub fn label(name: &str) -> String {
    format!("{LABEL}{name}]")
}

/// Names of variables beyond this length are not recognised as labels.
const LONGEST_LABEL: usize = 128;

/// Several pieces of one value in one text count together: two halves are the whole.
fn extent(spans: &[Hit], hit: &Hit) -> Extent {
    let chars = match hit.source {
        HitSource::Known(_) => spans
            .iter()
            .filter(|other| other.source == hit.source)
            .map(|other| other.chars)
            .sum(),
        HitSource::Context(_) | HitSource::Pattern(_) => hit.chars,
    };
    span::extent(chars, hit.whole)
}

/// The text with something else in place of each range; `write` is told which range it is.
fn replaced(
    text: &str,
    ranges: impl Iterator<Item = (usize, usize)>,
    mut write: impl FnMut(usize, &mut String),
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (number, (start, end)) in ranges.enumerate() {
        out.push_str(&text[at..start]);
        write(number, &mut out);
        at = end;
    }
    out.push_str(&text[at..]);
    out
}
