//! Agreement of a text with a value of which characters were left out here and there: every third or so starred.
use super::known_values::KnownValues;
use super::search::{ENOUGH, ValueMatch, each_is_worth, trimmed};
use crate::redact::fold::{BREAK, FoldedText};
use crate::redact::span::Hit;

/// Between two characters that were left out at least so many agree.
const BETWEEN: usize = 2;

/// Behind the last so many do, unless a sign stands there, or the gaps are as far apart as before, or the value ends: two letters of the next word agree by chance now and then.
const AT_END: usize = 3;

/// What a character that was left out takes from the worth of the others, in bits: it could be missing elsewhere.
const PER_GAP: f32 = 2.0;

/// What all have to be worth beyond [`ENOUGH`]: there are fourteen ways to leave out every third to sixth.
const WAYS: f32 = 4.0;

/// How far text and value agree from a place on, in either direction.
#[derive(Clone, Copy, Default)]
struct Stretch {
    text: usize,
    value: usize,
    gaps: usize,
}

/// Goes along text and value as long as they agree but for single characters of the value. Each gives the character that
/// is so many steps away; `is_marked` tells whether a sign stands before it. So many before the first were seen to agree
/// as `since` says.
fn along(
    mut since: usize,
    text: impl Fn(usize) -> Option<u8>,
    is_marked: impl Fn(usize) -> bool,
    value: impl Fn(usize) -> Option<u8>,
) -> Stretch {
    let [mut now, mut sure] = [Stretch::default(); 2];
    let (mut last, mut apart, mut trusted) = (0, usize::MAX, true);
    while let (Some(said), Some(own)) = (text(now.text), value(now.value)) {
        if said == own && said != BREAK {
            now.text += 1;
            now.value += 1;
            since += 1;
            let at_end = since >= BETWEEN && value(now.value).is_none();
            if trusted || since >= AT_END || at_end {
                sure = now;
            }
        } else if value(now.value + 1) == Some(said) {
            // Of two equal characters it may have been the first that was left out.
            let twice = now.text > 0 && value(now.value - 1) == Some(own);
            if since < BETWEEN && !twice {
                break;
            }
            let place = now.value - usize::from(twice);
            let is_marked = is_marked(now.text) || twice && is_marked(now.text - 1);
            trusted = is_marked || place - last == apart;
            (apart, last) = (place - last, place);
            since = usize::from(twice);
            now.value += 1;
            now.gaps += 1;
        } else {
            break;
        }
    }
    sure
}

/// Whether signs without a blank stand before this character of the folded text.
fn is_marked(text: &str, folded: &FoldedText, at: usize) -> bool {
    let between = at.checked_sub(1).map(|before| folded.end(before)..folded.start(at));
    let between = between.and_then(|range| text.get(range)).unwrap_or("");
    !between.is_empty() && !between.contains(char::is_whitespace)
}

impl KnownValues {
    /// The hit around a stretch that begins here in text and value, with what agrees on either side of single characters
    /// that were left out, and where in the folded text it ends. A stretch that is no evidence of its own has to be with
    /// the others.
    pub(super) fn gapped(
        &self,
        text: &str,
        folded: &FoldedText,
        run: ValueMatch,
        is_evidence: bool,
    ) -> Option<(Hit, usize)> {
        let value = &self.values[run.value];
        if value.spoken || value.weak.is_some() {
            return None;
        }
        let before = along(
            BETWEEN,
            |steps| Some(folded.codes[run.from.checked_sub(steps + 1)?]),
            |steps| is_marked(text, folded, run.from - steps),
            |steps| Some(value.codes[run.place.checked_sub(steps + 1)?]),
        );
        let [from, place] = [run.from - before.text, run.place - before.value];
        // A single character before a gap may be of another word; before the first of the value there is none.
        let all = along(
            if place == 0 { BETWEEN } else { 0 },
            |steps| folded.codes.get(from + steps).copied(),
            |steps| is_marked(text, folded, from + steps),
            |steps| value.codes.get(place + steps).copied(),
        );
        let public = value.public.saturating_sub(place).min(all.text);
        let codes = &folded.codes[from + public..from + all.text];
        #[expect(clippy::cast_precision_loss, reason = "lengths of keys")]
        let [chars, gaps] = [codes.len() as f32, all.gaps as f32];
        let worth = chars * each_is_worth(codes, false) - gaps * PER_GAP;
        (all.gaps > 0 && (is_evidence || worth >= ENOUGH + WAYS)).then(|| {
            let [start, end] = trimmed(text, folded, from..from + all.text);
            let places = value.secret_of_codes(place..place + all.value);
            let hit = self.hit(text, run.value, start..end, places);
            (hit, from + all.text)
        })
    }
}
