//! The look-up of pieces that stand in a text as their value is spelled.
use super::known_values::KnownValues;
use super::search::to_border;
use super::spelled::{WINDOW, spelled, with};
use super::window_index::WindowIndex;
use crate::redact::escapes;
use crate::redact::span::Hit;
use std::ops::Range;

impl KnownValues {
    /// Pieces that stand in the text as they are spelled, once that its escapes are undone too.
    pub(super) fn search_spelled(&self, index: &WindowIndex, text: &str, hits: &mut Vec<Hit>) {
        if index.spelled.is_empty() {
            return;
        }
        let may_escape = self.search_as_spelled(index, text, hits);
        let Some((undone, offsets)) = may_escape.then(|| escapes::undone(text)).flatten() else {
            return;
        };
        let mut found = Vec::new();
        self.search_as_spelled(index, &undone, &mut found);
        if undone.contains('+') {
            // Forms write a plus sign for a blank.
            self.search_as_spelled(index, &undone.replace('+', " "), &mut found);
        }
        hits.extend(found.into_iter().map(|hit| {
            let Range { start, end } = offsets.around(hit.start..hit.end);
            hit.at(start..end)
        }));
    }

    /// Pieces that stand there; tells whether the text has a sign with which escapes begin.
    fn search_as_spelled(&self, index: &WindowIndex, text: &str, hits: &mut Vec<Hit>) -> bool {
        let mut may_escape = false;
        let (mut window, mut settled) = (0, 0);
        for (at, c) in text.char_indices() {
            let Some(code) = spelled(c) else { continue };
            may_escape |= escapes::may_begin(c);
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
        may_escape
    }

    /// As far as text and value agree around the window that ends here.
    fn spelled_run(&self, text: &str, end: usize, value: usize, place: usize) -> Option<SpelledRun> {
        let own = self.values[value].spelled.as_ref()?;
        let [mut start, mut end] = [end; 2];
        let mut places = place + WINDOW..place + WINDOW;
        for (at, c) in text[..start].char_indices().rev() {
            match spelled(c) {
                Some(_) if places.start == 0 => break,
                Some(code) if own.at(places.start - 1) != Some(code) => break,
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
                Some(code) if own.at(places.end) != Some(code) => break,
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
        let said = &text[run.start..run.end];
        // Blanks around it belong to the text; the rest of a word that it is a piece of goes with it.
        let start = run.start + (said.len() - said.trim_start().len());
        let [start, end] = to_border(text, start, start + said.trim().len(), is_of_word);
        let is_alone = || {
            let name = &self.variables()[value.variable].name;
            is_alone(&text[..run.start], &text[run.end..], name)
        };
        let is_meant = if spelled.is_piece(said, run.places.clone(), bounded) {
            !spelled.is_word() || is_alone()
        } else {
            spelled.is_most(run.places.len()) && bounded && is_alone()
        };
        is_meant.then(|| {
            Hit::known(
                start..end,
                value.variable,
                run.value,
                run.places.clone(),
                value.secret_len(),
            )
        })
    }
}

/// Whether a word between these texts stands in quotes, behind an equals sign, or behind the name of its variable.
fn is_alone(before: &str, after: &str, name: &str) -> bool {
    const QUOTES: [char; 10] = ['"', '«', '\'', '`', '“', '”', '„', '‘', '’', '»'];
    let unquoted = after.trim_start_matches(QUOTES);
    let is_quoted = before.ends_with(QUOTES) && unquoted.len() < after.len();
    // `"letmein": …` and `letmein = …` are names.
    let is_name = unquoted.trim_start().starts_with([':', '=']);
    let sign = before.trim_end_matches(|c: char| c.is_whitespace() || QUOTES.contains(&c));
    let named = sign.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | '=' | '|' | '*' | '>') || QUOTES.contains(&c)
    });
    let copulas = [" is", " was", " ist", " est", " es", " to"];
    let named = copulas
        .iter()
        .find_map(|said| named.strip_suffix(said))
        .unwrap_or(named);
    let end = named.len().checked_sub(name.len()).and_then(|start| named.get(start..));
    let is_named = end.is_some_and(|end| end.eq_ignore_ascii_case(name));
    !is_name && (is_quoted || sign.ends_with('=') && !sign.ends_with("==") || is_named)
}

/// Letters and digits of an alphabet whose words blanks part.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{e00}'
}

/// A stretch on which a text and a value agree as they are spelled.
struct SpelledRun {
    value: usize,
    start: usize,
    end: usize,
    places: Range<usize>,
}
