//! Redaction: raw text in, clean text and findings out.
//!
//! Four layers look at the text: known values in any disguise, patterns of providers, words around a bare key,
//! phrases that announce a piece. The union of what they find is masked on the offsets of the text, once, with
//! one label each. Then the result is looked at again, until nothing more is found: so redaction is idempotent.
mod context;
mod fold;
mod known;
mod patterns;
mod shape;
mod shared;
mod span;

pub use known::{FormerFault, KnownValues, PREVIOUS, Plainness, is_secret, plainness};
pub use patterns::{BUILTIN, Fault, Patterns};
pub use shared::SharedRedactor;

use super::comment::{CleanText, Extent, Finding, RawText};
use known::Table;
use span::{Hit, Rule, Source};
use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// What stands for a finding where a text is read for its meaning: one sign that is no word of any language.
pub const TOKEN: char = '\u{fffc}';

/// What stands in place of a text that could not be redacted.
pub const WITHHELD: &str = "[text withheld: it could not be searched for keys]";

/// Rounds after which a text that still yields findings is withheld. Two are common, three rare.
const ROUNDS: usize = 6;

/// Patterns and known values, ready for use; cheap to share, replaced whole when `.env` changes.
pub struct Redactor {
    patterns: Arc<Patterns>,
    known: KnownValues,
    table: Option<Table>,
}

/// A text after redaction.
#[derive(Clone, Debug)]
pub struct Redacted {
    /// With a label in place of each finding.
    pub text: CleanText,
    /// What was found, in the order of the text, link targets last.
    pub findings: Vec<Finding>,
    /// With [`TOKEN`] in place of each finding: what classification reads.
    pub for_reading: CleanText,
}

impl Redactor {
    /// Ready in well under a millisecond for a usual `.env`.
    pub fn new(patterns: Arc<Patterns>, known: KnownValues) -> Self {
        let table = (!known.is_empty()).then(|| Table::of(&known));
        Self { patterns, known, table }
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
                masked_with(text, &spans, |_, out| out.push(TOKEN)),
            ),
            None => (WITHHELD.to_owned(), TOKEN.to_string()),
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

    /// The known values, to hand former ones on to the next redactor.
    pub fn known(&self) -> &KnownValues {
        &self.known
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
        if labels.is_empty() {
            return find(&self.patterns, &self.known, self.table.as_ref(), text);
        }
        let mut hits = find(
            &self.patterns,
            &self.known,
            self.table.as_ref(),
            &blanked(text, &labels),
        );
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
        Rule::ALL.iter().any(|rule| rule.label() == name)
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
    fn label(&self, source: Source) -> &str {
        match source {
            Source::Rule(rule) => rule.label(),
            Source::Pattern(place) => &self.patterns.secrets[place].label,
            Source::Known(variable) => &self.known.variables()[variable].name,
        }
    }

    fn findings(&self, text: &str, spans: &[Hit]) -> Vec<Finding> {
        spans
            .iter()
            .map(|hit| Finding {
                extent: summed(spans, hit),
                ..self.finding(text, hit)
            })
            .collect()
    }

    fn finding(&self, text: &str, hit: &Hit) -> Finding {
        let known = match hit.source {
            Source::Known(variable) => Some(&self.known.variables()[variable]),
            Source::Rule(_) | Source::Pattern(_) => None,
        };
        let identifier = match hit.source {
            Source::Known(variable) => self.known.variables()[variable].identifier,
            Source::Pattern(place) => self.patterns.secrets[place].identifier,
            Source::Rule(_) => false,
        };
        Finding {
            span: Some((hit.start, hit.end)),
            label: self.label(hit.source).to_owned(),
            variable: known.map(|variable| variable.name.clone()),
            chars: hit.chars.min(text[hit.start..hit.end].chars().count()),
            extent: span::extent(hit.chars, hit.of),
            identifier,
            bare: matches!(hit.source, Source::Rule(_)),
        }
    }

    fn masked(&self, text: &str, spans: &[Hit]) -> String {
        masked_with(text, spans, |hit, out| {
            out.push_str(LABEL);
            out.push_str(self.label(hit.source));
            out.push(']');
        })
    }
}

/// How a label begins; it ends with a bracket.
const LABEL: &str = "[redacted: ";

/// What stands in the place of a key with this name.
pub fn label(name: &str) -> String {
    format!("{LABEL}{name}]")
}

/// Names of variables beyond this length are not recognised as labels.
const LONGEST_LABEL: usize = 128;

/// What the layers find, each for itself.
fn find(patterns: &Patterns, known: &KnownValues, table: Option<&Table>, text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    if let Some(table) = table {
        known.search(table, text, &mut hits);
    }
    let words = patterns.words(text);
    patterns.search(text, &words, &mut hits);
    context::search(patterns, known, text, &words, &mut hits);
    hits
}

/// The text with a run of bars in place of each label, so that its words are no context.
fn blanked(text: &str, labels: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in labels {
        out.push_str(&text[at..*start]);
        out.extend(std::iter::repeat_n('|', end - start));
        at = *end;
    }
    out.push_str(&text[at..]);
    out
}

/// Several pieces of one value in one text count together: two halves are the whole.
fn summed(spans: &[Hit], hit: &Hit) -> Extent {
    let chars = match hit.source {
        Source::Known(_) => spans
            .iter()
            .filter(|other| other.source == hit.source)
            .map(|other| other.chars)
            .sum(),
        Source::Rule(_) | Source::Pattern(_) => hit.chars,
    };
    span::extent(chars, hit.of)
}

fn masked_with(text: &str, spans: &[Hit], mut mask: impl FnMut(&Hit, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for hit in spans {
        out.push_str(&text[at..hit.start]);
        mask(hit, &mut out);
        at = hit.end;
    }
    out.push_str(&text[at..]);
    out
}
