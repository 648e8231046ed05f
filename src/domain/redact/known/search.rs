//! The look-up: every window of six folded characters of the text against every window of every value, by a
//! bitmap first; what hits is extended as far as text and value agree, and then has to be evidence enough.
use super::decode::{self, pack_exact};
use super::known_values::KnownValues;
use super::value::{KnownValue, WINDOW};
use crate::domain::redact::fold::{self, BREAK, FoldedText};
use crate::domain::redact::span::{Hit, HitSource};
use std::ops::Range;

const BITS: u32 = 15;
const WINDOW_MASK: u64 = (1 << 36) - 1;

/// How many bits a piece has to be worth. 30,000 comments hold some 2^31 pairs of windows, but only one in ten of
/// their windows is in a random string.
const ENOUGH: f32 = 33.0;

/// The windows of all values.
pub(in crate::domain::redact) struct WindowIndex {
    bitmap: Vec<u64>,
    entries: Vec<WindowEntry>,
    /// The same windows with their case, for what is encoded.
    exact_bitmap: Vec<u64>,
    exact: Vec<(u64, u32)>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct WindowEntry {
    window: u64,
    value: u32,
    place: u32,
}

/// A stretch on which text and value agree.
#[derive(Clone, Copy)]
struct ValueMatch {
    value: usize,
    /// First code of the folded, and the one after the last.
    from: usize,
    to: usize,
    /// Where in the value it begins.
    place: usize,
}

impl WindowIndex {
    pub(in crate::domain::redact) fn of(known: &KnownValues) -> Self {
        let mut index = Self {
            bitmap: vec![0; 1 << (BITS - 6)],
            entries: Vec::new(),
            exact_bitmap: vec![0; 1 << (BITS - 6)],
            exact: Vec::new(),
        };
        for (number, value) in known.values.iter().enumerate() {
            for (window, place) in value.windows() {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                set(&mut index.bitmap, window);
                index.entries.push(WindowEntry {
                    window,
                    value: number,
                    place: u32::try_from(place).unwrap_or(u32::MAX),
                });
                let exact = pack_exact(&value.exact[place..place + WINDOW]);
                set(&mut index.exact_bitmap, exact);
                index.exact.push((exact, number));
            }
        }
        index.entries.sort_unstable();
        index.exact.sort_unstable();
        index
    }

    /// The value that holds these six characters, case and all.
    fn exact_value(&self, window: u64) -> Option<usize> {
        if !is_set(&self.exact_bitmap, window) {
            return None;
        }
        let place = self.exact.partition_point(|(exact, _)| *exact < window);
        self.exact
            .get(place)
            .filter(|(exact, _)| *exact == window)
            .map(|(_, value)| *value as usize)
    }

    /// Whether any window of the text is one of a value: most texts hold none, and are not kept folded.
    fn touches(&self, text: &str) -> bool {
        let mut window = 0;
        let mut len = 0;
        let mut touches = false;
        fold::each(text, |code, _, _| {
            len = if code == BREAK { 0 } else { len + 1 };
            window = (window << 6 | u64::from(code)) & WINDOW_MASK;
            touches |= len >= WINDOW && is_set(&self.bitmap, window) && self.look_up(window).next().is_some();
        });
        touches
    }

    /// All values that hold this window, with the place.
    fn look_up(&self, window: u64) -> impl Iterator<Item = (usize, usize)> + '_ {
        let from = if is_set(&self.bitmap, window) {
            self.entries.partition_point(|entry| entry.window < window)
        } else {
            self.entries.len()
        };
        self.entries[from..]
            .iter()
            .take_while(move |entry| entry.window == window)
            .map(|entry| (entry.value as usize, entry.place as usize))
    }
}

fn set(bitmap: &mut [u64], window: u64) {
    let bit = spot(window);
    bitmap[bit >> 6] |= 1 << (bit & 63);
}

fn is_set(bitmap: &[u64], window: u64) -> bool {
    let bit = spot(window);
    bitmap[bit >> 6] & 1 << (bit & 63) != 0
}

fn spot(window: u64) -> usize {
    usize::try_from(window.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS)).unwrap_or(0)
}

impl KnownValues {
    /// Every piece of a known value in the text.
    pub(in crate::domain::redact) fn search(&self, index: &WindowIndex, text: &str, hits: &mut Vec<Hit>) {
        if self.is_empty() {
            return;
        }
        let folded = (!self.previous.is_empty() || index.touches(text)).then(|| FoldedText::of(text));
        if let Some(folded) = &folded {
            self.search_folded(index, text, folded, hits);
        }
        self.search_encoded(index, text, hits);
        if let Some(folded) = &folded {
            self.previous.search(text, folded, hits);
        }
    }

    /// Pieces as they are, in any disguise that folding undoes.
    fn search_folded(&self, index: &WindowIndex, text: &str, folded: &FoldedText, hits: &mut Vec<Hit>) {
        let mut window = 0;
        let mut len = 0;
        let mut settled = 0;
        for (at, code) in folded.codes.iter().enumerate() {
            len = if *code == BREAK { 0 } else { len + 1 };
            window = (window << 6 | u64::from(*code)) & WINDOW_MASK;
            if len < WINDOW || at < settled {
                continue;
            }
            let from = at + 1 - WINDOW;
            let best = index
                .look_up(window)
                .map(|(value, place)| {
                    let to = at + 1;
                    self.extend(folded, ValueMatch { value, from, to, place })
                })
                .max_by_key(|run| run.to - run.from);
            if let Some(run) = best {
                if let Some(hit) = self.judge(text, folded, run) {
                    hits.push(hit);
                    settled = run.to;
                } else {
                    // The same stretch would be judged again at its every window.
                    settled = run.to - 1;
                }
            }
        }
    }

    /// Pieces in base64 or hex.
    fn search_encoded(&self, index: &WindowIndex, text: &str, hits: &mut Vec<Hit>) {
        let holds = |bytes: u64| {
            index
                .exact_value(bytes)
                .map(Ok)
                .or_else(|| self.previous.holding(bytes).map(Err))
        };
        decode::each(text, holds, |token, known| {
            let chars = token.len() / 2;
            hits.push(match known {
                Ok(value) => self.hit(value, token, chars),
                Err(variable) => self.previous.hit(variable, token, chars),
            });
        });
    }

    /// As far as text and value agree.
    fn extend(&self, folded: &FoldedText, mut run: ValueMatch) -> ValueMatch {
        let codes = &self.values[run.value].codes;
        while run.place > 0
            && run.from > 0
            && folded.codes[run.from - 1] == codes[run.place - 1]
            && codes[run.place - 1] != BREAK
        {
            run.from -= 1;
            run.place -= 1;
        }
        let mut end = run.place + (run.to - run.from);
        while end < codes.len()
            && run.to < folded.codes.len()
            && folded.codes[run.to] == codes[end]
            && codes[end] != BREAK
        {
            run.to += 1;
            end += 1;
        }
        run
    }

    fn judge(&self, text: &str, folded: &FoldedText, run: ValueMatch) -> Option<Hit> {
        let value = &self.values[run.value];
        let [start, end] = trimmed(text, folded, run);
        let whole_token = !continues_before(text, start) && !continues_after(text, end);
        let enough = if value.weak {
            run.to - run.from == value.codes.len() && whole_token
        } else {
            let disguised = text.as_bytes()[start..end].contains(&b'%');
            let bonus = if whole_token { 5.0 } else { 0.0 } + if disguised { 8.0 } else { 0.0 };
            evidence(value, folded, run) + bonus >= ENOUGH
        };
        enough.then(|| {
            let public = value.public.saturating_sub(run.place);
            let [start, end] = if value.weak {
                [start, end]
            } else {
                to_border(text, start, end)
            };
            self.hit(run.value, start..end, (run.to - run.from).saturating_sub(public))
        })
    }

    fn hit(&self, value: usize, range: Range<usize>, chars: usize) -> Hit {
        let value = &self.values[value];
        let whole = value.secret_len();
        Hit::new(range, HitSource::Known(value.variable), chars.min(whole), whole)
    }

    /// The value that begins with one piece and ends with the other (`abcd…wxyz`), in any case.
    pub(in crate::domain::redact) fn with_ends(&self, head: &str, tail: &str) -> Option<(usize, usize)> {
        let value = self
            .values
            .iter()
            .find(|value| !value.weak && value.has_ends(head, tail));
        let chars = head.len() + tail.len();
        match value {
            Some(value) => Some((value.variable, chars.saturating_sub(value.public))),
            None => self.previous.with_ends(head, tail).map(|variable| (variable, chars)),
        }
    }
}

impl KnownValue {
    fn has_ends(&self, head: &str, tail: &str) -> bool {
        let [head, tail] = [FoldedText::of(head).codes, FoldedText::of(tail).codes];
        let fits = head.len() >= 3 && tail.len() >= 3 && head.len() + tail.len() <= self.codes.len();
        fits && self.codes.ends_with(&tail)
            && (self.codes.starts_with(&head) || self.codes[self.public..].starts_with(&head))
    }
}

/// What the agreement is worth: the characters by how many there are to choose from.
///
/// A public prefix alone is worth nothing; before four characters or more it is.
fn evidence(value: &KnownValue, folded: &FoldedText, run: ValueMatch) -> f32 {
    let public = value.public.saturating_sub(run.place).min(run.to - run.from);
    let codes = &folded.codes[run.from + public..run.to];
    let place = run.place + public;
    let same_case = folded.exact[run.from + public..run.to] == value.exact[place..place + codes.len()];
    let prefix = if public >= 3 && codes.len() >= 4 { 12.0 } else { 0.0 };
    let each = if codes.iter().all(|code| *code < 10) {
        3.3
    } else if codes.iter().all(|code| *code < 16) {
        4.0
    } else if codes.iter().all(|code| (10..36).contains(code)) {
        if same_case { 5.6 } else { 4.6 }
    } else if same_case {
        5.9
    } else {
        5.1
    };
    #[expect(clippy::cast_precision_loss, reason = "lengths of keys")]
    let chars = codes.len() as f32;
    prefix + chars * each
}

/// The span of a run, without a last (or first) letter or two that belong to the next word and agree by chance:
/// `…k3 I used` where the value goes on with an i.
fn trimmed(text: &str, folded: &FoldedText, run: ValueMatch) -> [usize; 2] {
    let mut span = [folded.start(run.from), folded.end(text, run.to - 1)];
    for short in 1..=2 {
        let last = run.to - short;
        let gap = last > run.from && folded.start(last) > folded.end(text, last - 1);
        if gap && run.to - run.from > WINDOW && continues_after(text, span[1]) {
            span[1] = folded.end(text, last - 1);
            break;
        }
    }
    for short in 1..=2 {
        let first = run.from + short;
        let gap = first < run.to && folded.start(first) > folded.end(text, first - 1);
        if gap && run.to - run.from > WINDOW && continues_before(text, span[0]) {
            span[0] = folded.start(first);
            break;
        }
    }
    span
}

fn continues_after(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_some_and(u8::is_ascii_alphanumeric)
}

fn continues_before(text: &str, start: usize) -> bool {
    start > 0 && text.as_bytes()[start - 1].is_ascii_alphanumeric()
}

/// A mistyped key is still a key: the rest of its token goes with the piece.
fn to_border(text: &str, start: usize, end: usize) -> [usize; 2] {
    const REACH: usize = 80;
    let bytes = text.as_bytes();
    let before = bytes[..start]
        .iter()
        .rev()
        .take(REACH)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let after = bytes[end..]
        .iter()
        .take(REACH)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    [start - before, end + after]
}
