//! The redactor: what the layers find is masked in rounds, until a round finds nothing more.
use super::cut;
use super::known::{KnownValues, WindowIndex};
use super::labels::{self, LABEL, Offsets};
use super::layers;
use super::patterns::Patterns;
use super::span::{self, ContextRule, Hit, HitSource};
use crate::comment::{CleanText, Extent, Finding, RawText};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
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
    /// How many characters were read, where there were more.
    pub cut: Option<usize>,
}

/// What is to be masked in a text.
pub struct Labelled<'a> {
    /// Ranges in bytes of the text, with their labels.
    pub labels: Vec<(usize, usize, &'a str)>,
    /// The byte from which on nothing was read, as the text is too long.
    pub cut: Option<usize>,
}

/// What is read of a text, and what was found in it; it has to be withheld if there may be more.
struct Searched<'a> {
    kept: &'a str,
    spans: Vec<Hit>,
    withheld: bool,
    cut: bool,
}

impl Redactor {
    /// Ready in well under a millisecond for a usual `.env`.
    pub fn new(patterns: Arc<Patterns>, known: KnownValues) -> Self {
        let index = (!known.is_empty()).then(|| WindowIndex::of(&known));
        Self { patterns, known, index }
    }

    /// Redacts a text and looks through what stands behind it: the targets of its links, the names of its files.
    pub fn redact(&self, raw: &RawText) -> Redacted {
        let Searched {
            kept,
            spans,
            withheld,
            cut,
        } = self.searched(raw.expose());
        let mut findings = self.findings(kept, &spans);
        for unseen in raw.expose_unseen() {
            let Searched { kept, spans, .. } = self.searched(unseen);
            let found = self.findings(kept, &spans);
            findings.extend(found.into_iter().map(|finding| Finding { span: None, ..finding }));
        }
        let left_out = if cut { cut::LEFT_OUT } else { "" };
        let (clean, reading) = if withheld {
            (WITHHELD.to_owned() + left_out, PLACEHOLDER.to_string())
        } else {
            let reading = replaced(kept, ranges(&spans), |_, out| out.push(PLACEHOLDER));
            (self.masked(kept, &spans) + left_out, reading)
        };
        Redacted {
            text: CleanText::passed(clean),
            findings,
            for_reading: CleanText::passed(reading),
            cut: cut.then_some(cut::LONGEST_TEXT),
        }
    }

    /// Redacts a text by the forms of keys alone, as somebody would who has none of ours.
    pub fn by_form(&self, raw: &RawText) -> Redacted {
        Self::new(Arc::clone(&self.patterns), KnownValues::none()).redact(raw)
    }

    /// Redacts a text in which everybody sees what is masked and what is not. Were every piece of a known value masked, then
    /// a guess that is right would look otherwise than one that is wrong: so forms are, and known values from `least` on.
    pub fn redact_openly(&self, raw: &RawText, least: Extent) -> Redacted {
        let redacted = self.redact(raw);
        let Some((kept, spans)) = self.open_spans(raw.expose(), least) else {
            return redacted;
        };
        let left_out = if redacted.cut.is_some() { cut::LEFT_OUT } else { "" };
        let reading = replaced(kept, ranges(&spans), |_, out| out.push(PLACEHOLDER));
        Redacted {
            text: CleanText::passed(self.masked(kept, &spans) + left_out),
            for_reading: CleanText::passed(reading),
            ..redacted
        }
    }

    /// As [`Redactor::labelled`], of what [`Redactor::redact_openly`] masks.
    pub fn labelled_openly(&self, text: &str, least: Extent) -> Option<Labelled<'_>> {
        let (kept, spans) = self.open_spans(text, least)?;
        Some(self.labelled_by(text, kept, &spans))
    }

    fn open_spans<'a>(&self, text: &'a str, least: Extent) -> Option<(&'a str, Vec<Hit>)> {
        let all = self.searched(text);
        let by_form = Self::new(Arc::clone(&self.patterns), KnownValues::none()).searched(text);
        if all.withheld || by_form.withheld {
            return None;
        }
        let together = together(&all.spans);
        let is_open = |hit: &Hit| {
            hit.value.is_some_and(|value| {
                let whole = together.get(&value).is_some_and(|chars| *chars >= hit.whole);
                !self.known.is_guessable(value, hit.is_whole())
                    && (whole || span::extent(hit.chars, hit.whole) >= least)
            })
        };
        let known = all.spans.iter().flat_map(Hit::told).filter(|hit| is_open(hit)).cloned();
        Some((all.kept, span::union(known.chain(by_form.spans).collect())))
    }

    /// The text with labels: for errors, log lines, file names. Borrowed if there is nothing to hide.
    pub fn redact_str<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Searched {
            kept,
            spans,
            withheld,
            cut,
        } = self.searched(text);
        if withheld {
            return Cow::Borrowed(WITHHELD);
        }
        if spans.is_empty() && !cut {
            return Cow::Borrowed(text);
        }
        let left_out = if cut { cut::LEFT_OUT } else { "" };
        Cow::Owned(self.masked(kept, &spans) + left_out)
    }

    /// Masked ranges in bytes of the text, with their labels, and where the text is cut because it is too long; `None`
    /// if it has to be withheld.
    pub fn labelled(&self, text: &str) -> Option<Labelled<'_>> {
        let searched = self.searched(text);
        (!searched.withheld).then(|| self.labelled_by(text, searched.kept, &searched.spans))
    }

    fn labelled_by(&self, text: &str, kept: &str, spans: &[Hit]) -> Labelled<'_> {
        let labels = spans.iter();
        Labelled {
            labels: labels.map(|hit| (hit.start, hit.end, self.label(hit.source))).collect(),
            cut: (kept.len() < text.len()).then_some(kept.len()),
        }
    }

    /// What is read of a text, and the spans in it. What lies behind the cut helps to find a key on it, and is dropped.
    fn searched<'a>(&self, text: &'a str) -> Searched<'a> {
        let (kept, seen) = cut::at_limit(text);
        // A fault of ours withholds a text instead of letting it out.
        let found = std::panic::catch_unwind(AssertUnwindSafe(|| self.settled(seen)));
        let (mut spans, is_settled) = found.unwrap_or_default();
        if kept.len() < seen.len() {
            spans.retain(|hit| hit.start < kept.len());
            if let Some(last) = spans.last_mut() {
                last.cut_at(kept.len());
            }
        }
        Searched {
            kept,
            spans,
            withheld: !is_settled,
            cut: kept.len() < text.len(),
        }
    }

    /// All spans, found in rounds: what a round masks can be the context of what the next one finds. And whether the last
    /// round found nothing more.
    pub(super) fn settled(&self, text: &str) -> (Vec<Hit>, bool) {
        let mut spans = span::union(self.find(text));
        if spans.is_empty() {
            return (spans, true);
        }
        for _ in 0..ROUNDS {
            let masked = self.masked(text, &spans);
            let more = self.find(&masked);
            if more.is_empty() {
                return (spans, true);
            }
            let masks = spans.iter().map(|hit| (hit.start..hit.end, self.mask_len(hit)));
            let offsets = Offsets::of(masks);
            spans.extend(more.into_iter().filter_map(|hit| moved_back(hit, &offsets)));
            spans = span::union(spans);
        }
        (spans, false)
    }

    /// What all layers find in the text without the labels that it already has.
    fn find(&self, text: &str) -> Vec<Hit> {
        let labels = labels::labels_in(text, |name| self.is_label(name));
        let search = |text: &str| layers::search(&self.patterns, &self.known, self.index.as_ref(), text);
        if labels.is_empty() {
            return search(text);
        }
        let (short, offsets) = labels::without(text, &labels);
        let hits = search(&short).into_iter();
        hits.filter_map(|hit| moved_back(hit, &offsets)).collect()
    }

    fn is_label(&self, name: &str) -> bool {
        ContextRule::ALL.iter().any(|rule| rule.label() == name)
            || self.patterns.secrets.iter().any(|secret| secret.label == name)
            || self.known.variables().iter().any(|variable| variable.name == name)
    }

    /// The label of a source.
    fn label(&self, source: HitSource) -> &str {
        match source {
            HitSource::Context(rule) => rule.label(),
            HitSource::Pattern(place) => &self.patterns.secrets[place].label,
            HitSource::Known(variable) => &self.known.variables()[variable].name,
        }
    }

    pub(super) fn findings(&self, text: &str, spans: &[Hit]) -> Vec<Finding> {
        let together = together(spans);
        let finding = |hit: &Hit| {
            let together = hit.value.and_then(|value| together.get(&value).copied());
            self.finding(text, hit, together.unwrap_or_default())
        };
        spans.iter().flat_map(Hit::told).map(finding).collect()
    }

    fn finding(&self, text: &str, hit: &Hit, together: usize) -> Finding {
        let variable = match hit.source {
            HitSource::Known(place) => Some(&self.known.variables()[place]),
            _ => None,
        };
        let identifier = match hit.source {
            HitSource::Pattern(place) => self.patterns.secrets[place].identifier,
            _ => variable.is_some_and(|variable| variable.identifier),
        };
        let extent = span::extent(together.max(hit.chars), hit.whole);
        let whole = hit.value.filter(|_| extent == Extent::Whole);
        let seen = || hit.chars.min(text[hit.start..hit.end].chars().count());
        Finding {
            span: Some((hit.start, hit.end)),
            label: self.label(hit.source).to_owned(),
            variable: variable.map(|variable| variable.name.clone()),
            chars: whole.and_then(|value| self.known.chars(value)).unwrap_or_else(seen),
            extent,
            identifier,
            bare: matches!(hit.source, HitSource::Context(_)),
            guessable: hit
                .value
                .is_some_and(|value| self.known.is_guessable(value, hit.is_whole())),
        }
    }

    /// How long the label is that stands in place of a hit.
    fn mask_len(&self, hit: &Hit) -> usize {
        LABEL.len() + self.label(hit.source).len() + 1
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

/// A hit in a shortened text on the places of the text; `None` if it held nothing but a label.
fn moved_back(hit: Hit, offsets: &Offsets) -> Option<Hit> {
    let range = offsets.back(hit.start..hit.end)?;
    Some(hit.at(range))
}

/// Several pieces of one value in one text count together: two halves are the whole, and one piece twice is one.
fn together(spans: &[Hit]) -> BTreeMap<usize, usize> {
    let mut places: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
    for hit in spans.iter().flat_map(Hit::told) {
        if let Some(value) = hit.value {
            places.entry(value).or_default().extend(hit.places.iter().cloned());
        }
    }
    let counted = places
        .into_iter()
        .map(|(value, places)| (value, span::count(&span::merged(places))));
    counted.collect()
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
