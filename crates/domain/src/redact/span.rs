//! Hits of all layers become spans: the union on the offsets of the text, with one label each.
use crate::comment::Extent;
use std::ops::Range;

/// One place that one layer wants masked.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// Where it begins, in bytes of the text.
    pub(super) start: usize,
    /// Where it ends: the byte after its last.
    pub(super) end: usize,
    /// The layer that found it.
    pub(super) source: HitSource,
    /// How many secret characters it holds.
    pub(super) chars: usize,
    /// How many a whole key has; [`UNKNOWN_LENGTH`] for a piece of a key that we do not know.
    pub(super) whole: usize,
    /// Which of a known key's characters they are: one that is posted ten times is still one.
    pub(super) places: Vec<Range<usize>>,
    /// The known value whose characters they are, by its place in the list.
    pub(super) value: Option<usize>,
    /// Where it stood before it was merged with others.
    own: Range<usize>,
    /// What else is known of the place: other values, each of which has to be told of.
    others: Vec<Hit>,
}

impl Hit {
    /// A place that holds `chars` of the `whole` secret characters of a key.
    pub(super) fn new(range: Range<usize>, source: HitSource, chars: usize, whole: usize) -> Self {
        Self {
            start: range.start,
            end: range.end,
            source,
            chars,
            whole,
            places: Vec::new(),
            value: None,
            own: range,
            others: Vec::new(),
        }
    }

    /// The same on another place of the text.
    pub(super) fn at(self, range: Range<usize>) -> Self {
        Self {
            start: range.start,
            end: range.end,
            own: range,
            ..self
        }
    }

    /// What there is to tell of: itself, and each other value that stands in the same place, where that stands.
    pub(super) fn told(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    /// The characters at these places of a known value of a variable; it has so many.
    pub(super) fn known(
        range: Range<usize>,
        variable: usize,
        value: usize,
        places: Range<usize>,
        whole: usize,
    ) -> Self {
        let mut hit = Self::new(range, HitSource::Known(variable), places.len(), whole);
        hit.places.push(places);
        hit.value = Some(value);
        hit
    }

    /// Leaves nothing of it behind this byte, where it began before.
    pub(super) fn cut_at(&mut self, end: usize) {
        self.end = self.end.min(end);
        self.others.retain(|other| other.end <= end);
    }

    /// Whether all of its key stands in this one place. Of parts of it in several somebody could try all pairs at once.
    pub(super) fn is_whole(&self) -> bool {
        self.chars >= self.whole
    }

    /// A whole key, told by the words around it.
    pub(super) fn key(range: Range<usize>, rule: ContextRule) -> Self {
        let chars = range.len();
        Self::new(range, HitSource::Context(rule), chars, chars)
    }

    /// A piece of so many characters of a key that we do not know.
    pub(super) fn piece(range: Range<usize>, chars: usize) -> Self {
        Self::new(range, HitSource::Context(ContextRule::Piece), chars, UNKNOWN_LENGTH)
    }
}

/// The length of a key of which only a piece was seen.
pub(super) const UNKNOWN_LENGTH: usize = usize::MAX;

/// How much of a key so many of its characters are.
pub(super) fn extent(chars: usize, whole: usize) -> Extent {
    if chars >= whole {
        Extent::Whole
    } else if chars >= whole.div_ceil(2) {
        Extent::Half
    } else {
        Extent::Piece
    }
}

/// The layer behind a hit; the order is that of trust in its label.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HitSource {
    /// A phrase or a rule of context.
    Context(ContextRule),
    /// A pattern of the table, by its place there.
    Pattern(usize),
    /// A known value, by its place in the list.
    Known(usize),
}

/// Findings that no table entry names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ContextRule {
    /// A few characters that a sentence calls part of a key.
    Piece,
    /// A password in a sentence or an assignment.
    Password,
    /// A bare key, told by the words around it.
    Key,
}

impl ContextRule {
    /// Every rule, for recognising labels.
    pub(super) const ALL: [Self; 3] = [Self::Piece, Self::Password, Self::Key];

    /// What stands in the label.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Piece => "piece of a key",
            Self::Password => "password",
            Self::Key => "key",
        }
    }
}

/// Merges hits that overlap or touch. The most trusted source gives the label; among equals the longest.
pub(super) fn union(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.retain(|hit| hit.start < hit.end);
    hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    let mut spans: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match spans.last_mut() {
            Some(last) if hit.start <= last.end => absorb(last, hit),
            _ => spans.push(hit),
        }
    }
    spans
}

fn absorb(span: &mut Hit, mut hit: Hit) {
    let [start, end] = [span.start, span.end.max(hit.end)];
    let others = std::mem::take(&mut hit.others);
    if span.source == hit.source && span.value == hit.value && hit.start > span.start {
        add(span, hit);
    } else if rank(&hit) > rank(span) {
        let before = std::mem::replace(span, hit);
        keep(span, before);
    } else {
        keep(span, hit);
    }
    for other in others {
        keep(span, other);
    }
    [span.start, span.end] = [start, end];
}

/// Adds another part of the same key.
fn add(span: &mut Hit, hit: Hit) {
    span.own.end = span.own.end.max(hit.own.end);
    span.places.extend(hit.places);
    span.places = merged(std::mem::take(&mut span.places));
    span.chars = match count(&span.places) {
        0 => (span.chars + hit.chars).min(span.whole),
        distinct => distinct,
    };
}

/// Keeps what was found of another value beside the one that names the span: `key:secret` is a leak of both. What lies within
/// the other is the same letters once more, unless it is a whole key.
fn keep(span: &mut Hit, mut hit: Hit) {
    let others = std::mem::take(&mut hit.others);
    for other in others {
        keep(span, other);
    }
    let apart = hit.own.end <= span.own.start || span.own.end <= hit.own.start;
    if hit.value.is_none() || hit.value == span.value || !(apart || hit.is_whole()) {
        return;
    }
    [hit.start, hit.end] = [hit.own.start, hit.own.end];
    match span.others.iter_mut().find(|other| other.value == hit.value) {
        Some(other) => add(other, hit),
        None => span.others.push(hit),
    }
}

/// The same places in ranges that do not touch: never more of them than the key has characters.
pub(super) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    ranges
}

/// How many places are in ranges that do not touch.
pub(super) fn count(merged: &[Range<usize>]) -> usize {
    merged.iter().map(Range::len).sum()
}

fn rank(hit: &Hit) -> (u8, usize) {
    let layer = match hit.source {
        HitSource::Context(_) => 0,
        HitSource::Pattern(_) => 1,
        HitSource::Known(_) => 2,
    };
    (layer, hit.chars)
}
