//! Values as they are spelled: short ones, and those whose signs and letters of other alphabets folding would lose. A piece
//! of such a value counts where it stands in the text just so, in either case, and is no word or number of its own.
use super::known_values::KnownValues;
use super::window_index::WindowIndex;
use crate::domain::redact::lookalikes::{ascii_of, is_invisible};
use crate::domain::redact::shape;
use crate::domain::redact::span::Hit;
use std::ops::Range;
use zeroize::Zeroizing;

/// The shortest piece that is looked for, in characters.
const WINDOW: usize = 5;

/// Bits of a window that a character takes.
const BITS: u32 = 12;
const WINDOW_MASK: u64 = (1 << (BITS * 5)) - 1;

/// Of a shorter value more than half is a piece; of a longer one so many characters are.
const SHORT: usize = 12;
const LONG_PIECE: usize = 7;

/// A value of letters of any alphabet and signs, in lower case.
pub(super) struct Spelled(Zeroizing<Vec<char>>);

impl Spelled {
    /// `None` if folding keeps this value as well: so many of its characters are letters and digits.
    pub(super) fn of(secret: &str, folded: usize) -> Option<Self> {
        let spelled = Zeroizing::new(secret.chars().filter_map(spelled).collect::<Vec<char>>());
        let lost = spelled.len().saturating_sub(folded);
        (spelled.len() < SHORT || lost * 6 > spelled.len() || shape::is_weak(secret)).then_some(Self(spelled))
    }

    /// How many characters it has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn windows(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        let windows = self.0.windows(WINDOW).enumerate();
        windows.map(|(place, window)| (window.iter().fold(0, |all, c| with(all, *c)), place))
    }

    /// Whether these of its characters, read as `piece`, are more than chance, a number or a word.
    fn is_piece(&self, piece: &str, places: Range<usize>, bounded: bool) -> bool {
        let (whole, chars) = (self.len(), places.len());
        // Numbers, dates, times, addresses.
        let digits = piece
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b':' | b'/' | b' '))
            && piece.contains(|c: char| c.is_ascii_digit());
        let ordinary = digits || piece.contains(char::is_alphanumeric) && shape::is_words(piece);
        if chars == whole {
            return bounded || !ordinary;
        }
        let own = &self.0[places];
        let telling = own
            .iter()
            .enumerate()
            .filter(|(at, c)| !own[..*at].contains(c))
            .take(3)
            .count()
            == 3;
        let least = if whole < SHORT { whole / 2 + 1 } else { LONG_PIECE };
        let words = piece
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.len() > 1)
            .count();
        let most = 4 * chars >= 3 * whole && (digits && bounded || words > 1 && chars >= 10);
        telling && chars >= least && (!ordinary || most)
    }
}

/// A character as it is compared; `None` if it draws nothing.
fn spelled(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase());
    }
    if is_invisible(c) {
        return None;
    }
    let c = c.to_lowercase().next().unwrap_or(c);
    Some(ascii_of(c).map_or(c, |ascii| char::from(ascii.to_ascii_lowercase())))
}

/// The window with one more character.
fn with(window: u64, c: char) -> u64 {
    let code = u64::from(u32::from(c));
    (window << BITS | (code ^ code >> BITS) & ((1 << BITS) - 1)) & WINDOW_MASK
}

impl KnownValues {
    /// Pieces that stand in the text as they are spelled.
    pub(super) fn search_spelled(&self, index: &WindowIndex, text: &str, hits: &mut Vec<Hit>) {
        if index.spelled.is_empty() {
            return;
        }
        let (mut window, mut settled) = (0, 0);
        for (at, c) in text.char_indices() {
            let Some(code) = spelled(c) else { continue };
            window = with(window, code);
            if at < settled || !index.spelled.holds(window) {
                continue;
            }
            let end = at + c.len_utf8();
            let runs = index.spelled.look_up(window);
            let runs = runs.filter_map(|(value, place)| self.spelled_run(text, end, value, place));
            let best = runs.max_by_key(|run| run.places.len());
            if let Some(run) = best {
                settled = run.end;
                hits.extend(self.spelled_hit(text, &run));
            }
        }
    }

    /// As far as text and value agree around the window that ends here.
    fn spelled_run(&self, text: &str, end: usize, value: usize, place: usize) -> Option<SpelledRun> {
        let all = &self.values[value].spelled.as_ref()?.0;
        let [mut start, mut end] = [end; 2];
        let mut places = place + WINDOW..place + WINDOW;
        for (at, c) in text[..start].char_indices().rev() {
            match spelled(c) {
                Some(_) if places.start == 0 => break,
                Some(code) if all[places.start - 1] != code => break,
                Some(_) => {
                    places.start -= 1;
                    start = at;
                }
                None => {}
            }
        }
        let behind = end;
        for (at, c) in text[behind..].char_indices() {
            match spelled(c) {
                Some(code) if all.get(places.end) != Some(&code) => break,
                Some(_) => {
                    places.end += 1;
                    end = behind + at + c.len_utf8();
                }
                None => {}
            }
        }
        (places.len() >= WINDOW).then_some(SpelledRun {
            value,
            start,
            end,
            places,
        })
    }

    fn spelled_hit(&self, text: &str, run: &SpelledRun) -> Option<Hit> {
        let value = &self.values[run.value];
        let spelled = value.spelled.as_ref()?;
        let goes_on = [text[..run.start].chars().next_back(), text[run.end..].chars().next()];
        let bounded = !goes_on.into_iter().flatten().any(char::is_alphanumeric);
        let secret = |place: usize| place * value.secret_len() / spelled.len();
        spelled
            .is_piece(&text[run.start..run.end], run.places.clone(), bounded)
            .then(|| {
                let places = secret(run.places.start)..secret(run.places.end);
                Hit::known(run.start..run.end, value.variable, places, value.secret_len())
            })
    }
}

/// A stretch on which a text and a value agree as they are spelled.
struct SpelledRun {
    value: usize,
    start: usize,
    end: usize,
    places: Range<usize>,
}
