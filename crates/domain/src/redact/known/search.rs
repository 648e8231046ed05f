//! The look-up: every window of six folded characters of the text, and every six bytes that its characters may encode,
//! against every window of every value, by a bitmap first; what hits is extended as far as text and value agree, and then
//! has to be evidence enough.
use super::encodings::{BASE32, BASE64, ENCODINGS, EncodedMatch, EncodedWindow, HEX, Rolling, WINDOW};
use super::guessing::{count, expected};
use super::known_values::KnownValues;
use super::spelled::{Spelled, is_spoken};
use super::value::{KnownValue, WINDOW_MASK};
use super::window_index::{GAPPED, WindowIndex};
use crate::redact::fold::{self, BREAK, FoldedText};
use crate::redact::lookalikes;
use crate::redact::span::{self, Hit};
use std::ops::Range;

/// How many bits a piece has to be worth. 30,000 comments hold some 2^31 pairs of windows, but only one in ten of
/// their windows is in a random string.
pub(super) const ENOUGH: f32 = 33.0;

/// A stretch on which text and value agree.
#[derive(Clone, Copy)]
pub(super) struct ValueMatch {
    pub(super) value: usize,
    /// First code of the folded, and the one after the last.
    pub(super) from: usize,
    to: usize,
    /// Where in the value it begins.
    pub(super) place: usize,
}

impl KnownValues {
    /// Every piece of a known value in the text.
    pub(in crate::redact) fn search(&self, index: &WindowIndex, text: &str, hits: &mut Vec<Hit>) {
        self.search_spelled(index, text, hits);
        let loose = self.search_scattered(index, text, hits);
        if index.touches(text) {
            let folded = FoldedText::of(text);
            self.search_folded(index, text, &folded, hits);
            self.search_gapped(index, text, &folded, hits);
            self.search_encoded::<BASE64>(index, text, &folded, hits);
            self.search_encoded::<BASE32>(index, text, &folded, hits);
            self.search_encoded::<HEX>(index, text, &folded, hits);
        }
        self.search_loose(text, loose, hits);
    }

    /// Pieces as they are, in any disguise that folding undoes.
    fn search_folded(&self, index: &WindowIndex, text: &str, folded: &FoldedText, hits: &mut Vec<Hit>) {
        let mut settled = 0;
        each_window(folded, |window, from| {
            let to = from + WINDOW;
            if to <= settled || !index.folded.holds(window) {
                return;
            }
            let runs = index.folded.look_up(window).filter(|(_, place)| place & GAPPED == 0);
            let runs = runs.map(|(value, place)| self.extend(folded, ValueMatch { value, from, to, place }));
            let Some(run) = runs.max_by_key(|run| run.to - run.from) else {
                return;
            };
            let hit = self.judge(text, folded, run);
            // Without a hit the same stretch would be judged again at its every window.
            settled = if hit.is_some() { run.to } else { run.to - 1 };
            if let Some((wider, end)) = self.gapped(text, folded, run, hit.is_some()) {
                settled = settled.max(end);
                hits.push(wider);
            }
            hits.extend(hit);
        });
    }

    /// Pieces of which every third to sixth character was left out, where no other was found.
    fn search_gapped(&self, index: &WindowIndex, text: &str, folded: &FoldedText, hits: &mut Vec<Hit>) {
        let found = span::merged(hits.iter().map(|hit| hit.start..hit.end).collect());
        let is_found = |from: usize, to: usize| {
            let behind = found.partition_point(|range| range.end <= folded.start(from));
            found.get(behind).is_some_and(|range| range.start < folded.end(to - 1))
        };
        let mut settled = 0;
        each_window(folded, |window, from| {
            let to = from + WINDOW;
            if to <= settled || !index.folded.holds(window) || is_found(from, to) {
                return;
            }
            let runs = index.folded.look_up(window).filter(|(_, place)| place & GAPPED != 0);
            let runs = runs.filter_map(|(value, place)| {
                let place = place & !GAPPED;
                let run = ValueMatch { value, from, to, place };
                self.gapped(text, folded, run, false)
            });
            if let Some((hit, end)) = runs.max_by_key(|(_, end)| *end) {
                settled = end;
                hits.push(hit);
            }
        });
    }

    /// Pieces in one of the encodings.
    fn search_encoded<const ENCODING: usize>(
        &self,
        index: &WindowIndex,
        text: &str,
        folded: &FoldedText,
        hits: &mut Vec<Hit>,
    ) {
        let mut rolling = Rolling::<ENCODING>::default();
        let mut settled = 0;
        for (last, (code, exact)) in folded.codes.iter().zip(&folded.exact).enumerate() {
            if *code == BREAK {
                rolling.reset();
                continue;
            }
            rolling.push(*exact, |window, overhang| {
                if last < settled || !index.raw.holds(window) {
                    return;
                }
                let matches = index.raw.look_up(window).map(|(value, place)| {
                    let window = EncodedWindow { last, overhang, place };
                    (
                        value,
                        ENCODINGS[ENCODING].extend(folded, &self.values[value].raw, window),
                    )
                });
                let counts = |(value, run): &(usize, EncodedMatch)| {
                    let KnownValue { spelled, raw, .. } = &self.values[*value];
                    run.bytes.len() == raw.len() || !spelled.as_ref().is_some_and(Spelled::is_whole)
                };
                if let Some((value, run)) = matches.filter(counts).max_by_key(|(_, run)| run.to - run.from) {
                    settled = run.to;
                    let [start, end] = to_border(text, folded.start(run.from), folded.end(run.to - 1), is_encoded);
                    let places = self.values[value].secret_of_bytes(run.bytes);
                    hits.push(self.hit(text, value, start..end, places));
                }
            });
        }
    }

    /// As far as text and value agree.
    fn extend(&self, folded: &FoldedText, mut run: ValueMatch) -> ValueMatch {
        let codes = &self.values[run.value].codes;
        while run.place > 0 && run.from > 0 && folded.codes[run.from - 1] == codes[run.place - 1] {
            run.from -= 1;
            run.place -= 1;
        }
        let mut end = run.place + (run.to - run.from);
        while end < codes.len() && run.to < folded.codes.len() && folded.codes[run.to] == codes[end] {
            run.to += 1;
            end += 1;
        }
        run
    }

    fn judge(&self, text: &str, folded: &FoldedText, run: ValueMatch) -> Option<Hit> {
        let value = &self.values[run.value];
        let [start, end] = trimmed(text, folded, run.from..run.to);
        let whole_token = !continues_before(text, start) && !continues_after(text, end);
        let (enough, [start, end]) = if let Some(spelled) = &value.weak {
            let all = run.to - run.from == value.codes.len() && whole_token;
            let signed = value.with_signs(text, start, end);
            let enough = all && signed.is_some() && fold::spelled(&text[start..end]) == **spelled;
            (enough, signed.unwrap_or([start, end]))
        } else {
            let escaped = (run.from..run.to)
                .any(|at| folded.end(at) - folded.start(at) >= 3 && text.is_char_boundary(folded.start(at) + 1));
            let bonus = if whole_token { 5.0 } else { 0.0 } + if escaped { 8.0 } else { 0.0 };
            let border = to_border(text, start, end, |c| c.is_alphanumeric() && c < '\u{e00}');
            let border = value.with_own_signs(text, border);
            let range = value.with_signs(text, border[0], border[1]).unwrap_or(border);
            (
                evidence(value, folded, run) + bonus >= ENOUGH
                    || value.spoken && run.to - run.from == value.codes.len(),
                range,
            )
        };
        (enough && !value.is_talk(&text[start..end])).then(|| {
            let places = value.secret_of_codes(run.place..run.place + (run.to - run.from));
            self.hit(text, run.value, start..end, places)
        })
    }

    /// These of a value's secret characters, with the marks over the last.
    pub(super) fn hit(&self, text: &str, number: usize, range: Range<usize>, places: Range<usize>) -> Hit {
        let value = &self.values[number];
        let range = range.start..with_marks(text, range.end);
        Hit::known(range, value.variable, number, places, value.secret_len())
    }

    /// The value that begins with one piece and ends with the other (`abcd…wxyz`), in any case.
    pub(in crate::redact) fn with_ends(&self, head: &str, tail: &str) -> Option<(usize, usize)> {
        let value = self
            .values
            .iter()
            .find(|value| value.weak.is_none() && value.has_ends(head, tail))?;
        let chars = head.len() + tail.len();
        Some((value.variable, chars.saturating_sub(value.public)))
    }
}

impl KnownValue {
    /// The range with the signs that the value begins and ends with, if they stand there.
    fn with_signs(&self, text: &str, start: usize, end: usize) -> Option<[usize; 2]> {
        let [before, after] = &self.signs;
        let fits = text[..start].ends_with(before.as_str()) && text[end..].starts_with(after.as_str());
        fits.then(|| [start - before.len(), end + after.len()])
    }

    /// Whether this is what people say, although its letters are those of a value that has no blanks: `the quick brown fox`.
    fn is_talk(&self, said: &str) -> bool {
        let is_one = self.weak.is_some() || self.raw.iter().all(u8::is_ascii_alphanumeric);
        let is_parted = said.contains(char::is_whitespace) && !self.raw.iter().any(u8::is_ascii_whitespace);
        is_one && is_parted && is_spoken(said)
    }

    /// The range with a sign of base64 on either side, if the value has such a sign.
    fn with_own_signs(&self, text: &str, [start, end]: [usize; 2]) -> [usize; 2] {
        let own = |byte: &u8| matches!(byte, b'+' | b'/') && self.raw.contains(byte);
        let before = text.as_bytes()[..start].last().is_some_and(own);
        let after = text.as_bytes().get(end).is_some_and(own);
        [start - usize::from(before), end + usize::from(after)]
    }

    fn has_ends(&self, head: &str, tail: &str) -> bool {
        let [head, tail] = [FoldedText::of(head).codes, FoldedText::of(tail).codes];
        let fits = head.len() >= 3 && tail.len() >= 3 && head.len() + tail.len() <= self.codes.len();
        fits && self.codes.ends_with(&tail)
            && (self.codes.starts_with(&head) || self.codes[self.public..].starts_with(&head))
    }
}

/// Every window of six codes, with the place of its first.
fn each_window(folded: &FoldedText, mut see: impl FnMut(u64, usize)) {
    let (mut window, mut len) = (0, 0);
    for (at, code) in folded.codes.iter().enumerate() {
        len = if *code == BREAK { 0 } else { len + 1 };
        window = (window << 6 | u64::from(*code)) & WINDOW_MASK;
        if len >= WINDOW {
            see(window, at + 1 - WINDOW);
        }
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
    // A word of a list of 2,048 is worth eleven bits.
    let each = if value.spoken {
        2.0
    } else {
        each_is_worth(codes, same_case)
    };
    // `1234567890` is in any text.
    let row = expected(&codes.iter().copied().map(u32::from).collect::<Vec<_>>());
    prefix + count(codes.len() - row) * each
}

/// What one of these characters is worth, in bits.
pub(super) fn each_is_worth(codes: &[u8], same_case: bool) -> f32 {
    if codes.iter().all(|code| *code < 10) {
        3.3
    } else if codes.iter().all(|code| *code < 16) {
        4.0
    } else if codes.iter().all(|code| (10..36).contains(code)) {
        if same_case { 5.6 } else { 4.6 }
    } else if same_case {
        5.9
    } else {
        5.1
    }
}

/// The span of a run, without a last (or first) letter or two that belong to the next word and agree by chance:
/// `…k3 I used` where the value goes on with an i.
pub(super) fn trimmed(text: &str, folded: &FoldedText, run: Range<usize>) -> [usize; 2] {
    let mut span = [folded.start(run.start), folded.end(run.end - 1)];
    if run.len() <= WINDOW {
        return span;
    }
    // Tags stand between letters that belong together.
    let gap = |at: usize| {
        let between = text.get(folded.end(at - 1)..folded.start(at)).unwrap_or("");
        !between.is_empty() && !between.contains(char::is_alphanumeric)
    };
    if continues_after(text, span[1])
        && let Some(last) = (1..=2).map(|short| run.end - short).find(|last| gap(*last))
    {
        span[1] = folded.end(last - 1);
    }
    if continues_before(text, span[0])
        && let Some(first) = (1..=2).map(|short| run.start + short).find(|first| gap(*first))
    {
        span[0] = folded.start(first);
    }
    span
}

fn continues_after(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_some_and(u8::is_ascii_alphanumeric)
}

fn continues_before(text: &str, start: usize) -> bool {
    start > 0 && text.as_bytes()[start - 1].is_ascii_alphanumeric()
}

/// Marks that are drawn over the last character belong to it.
fn with_marks(text: &str, end: usize) -> usize {
    let marks = text[end..].chars().take_while(|c| lookalikes::is_invisible(*c));
    end + marks.map(char::len_utf8).sum::<usize>()
}

/// A mistyped key is still a key: the rest of its token goes with the piece.
pub(super) fn to_border(text: &str, start: usize, end: usize, goes_on: impl Fn(char) -> bool) -> [usize; 2] {
    const REACH: usize = 80;
    let length = |chars: &mut dyn Iterator<Item = char>| -> usize {
        let own = chars.take(REACH).take_while(|c| goes_on(*c));
        own.map(char::len_utf8).sum()
    };
    let before = length(&mut text[..start].chars().rev());
    let after = length(&mut text[end..].chars());
    [start - before, end + after]
}

/// What tokens of base64 are made of, in both alphabets, with what fills up their end.
fn is_encoded(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=')
}
