//! Sentences and clauses of a text, as places in it. What is quoted, and code, is none of the author's.
use std::ops::Range;

/// How deep a sentence is taken apart: at commas and reasons first, then at every "and".
pub(super) const DEPTHS: [Depth; 2] = [Depth::Commas, Depth::Ands];

/// Where a sentence is taken apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Commas,
    Ands,
}

const COMMAS: [&str; 13] = [
    ", ",
    " - ",
    " – ",
    " — ",
    " (",
    " because ",
    " omdat ",
    " want ",
    " weil ",
    " denn ",
    " parce que ",
    " porque ",
    " pois ",
];
const ANDS: [&str; 13] = [
    " and ", " but ", " en ", " maar ", " und ", " aber ", " et ", " mais ", " y ", " pero ", " e ", " mas ", ": ",
];

/// The sentences of a text, each with its end mark.
pub(crate) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let (mut start, mut fenced) = (0, false);
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            fenced = !fenced;
        } else if !fenced && !trimmed.starts_with('>') {
            of_line(text, start..end, &mut sentences);
        }
        start = end;
    }
    sentences
}

fn of_line(text: &str, line: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let mut start = line.start;
    let mut chars = text[line.clone()].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let at = line.start + at;
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '!' | '?' | ';' => next.is_none_or(|next| !matches!(next, '!' | '?')),
            '.' => next.is_none_or(char::is_whitespace) && !is_abbreviated(&text[start..at]),
            _ => false,
        };
        if ends {
            push(text, start..at + c.len_utf8(), sentences);
            start = at + c.len_utf8();
        }
    }
    push(text, start..line.end, sentences);
}

fn push(text: &str, range: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    if text[range.clone()].chars().any(char::is_alphanumeric) {
        sentences.push(range);
    }
}

/// Whether a dot behind these words ends no sentence: "15.", "Jan.", "i.e.".
fn is_abbreviated(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
    let is_number = word.ends_with(|c: char| c.is_ascii_digit());
    let is_dotted = word.contains('.') && word.len() < 6;
    let short = [
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez", "dic",
        "std", "min",
    ];
    is_number || is_dotted || short.contains(&word.to_lowercase().as_str())
}

/// The clauses of a sentence.
pub(super) fn clauses(text: &str, sentence: &Range<usize>, depth: Depth) -> Vec<Range<usize>> {
    let said = &text[sentence.clone()];
    let marks = || COMMAS.iter().chain(ANDS.iter().filter(|_| depth == Depth::Ands));
    // Each mark begins with one of these.
    let may_be = |at: usize| matches!(said.as_bytes()[at], b' ' | b',' | b':');
    let mut clauses = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < said.len() {
        let mark = || marks().find(|mark| said[at..].starts_with(**mark));
        if let Some(mark) = Some(at).filter(|at| may_be(*at)).and_then(|_| mark()) {
            clauses.push(sentence.start + start..sentence.start + at);
            at += mark.len();
            start = at;
        } else {
            at += 1;
        }
    }
    clauses.push(sentence.start + start..sentence.end);
    clauses
}

/// The ways to take a sentence apart: as a whole, then deeper, each way once.
pub(crate) fn ways_apart(text: &str, sentence: &Range<usize>) -> Vec<Vec<Range<usize>>> {
    let apart = DEPTHS.map(|depth| clauses(text, sentence, depth));
    let mut ways: Vec<_> = std::iter::once(vec![sentence.clone()]).chain(apart).collect();
    ways.dedup();
    ways
}

/// A text without these ranges, which are in its order.
pub(crate) fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let (mut rest, mut at) = (String::with_capacity(text.len()), 0);
    for range in ranges {
        rest.push_str(&text[at.min(range.start)..range.start]);
        rest.push(' ');
        at = range.end;
    }
    rest.push_str(&text[at..]);
    rest.trim().to_owned()
}
