//! What stands between a name and its value, and where the value begins.
use super::value;

/// What stands between a name and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// `=` without blanks, `%3D`, `>` of an element, `value=`.
    Code,
    /// A colon, an arrow, an equals sign with blanks.
    Colon,
    /// "is", in some language.
    Copula,
    /// Only a blank: `--password …`, `PASSWORD '…'`.
    Blank,
    /// Only a blank, in a sentence: `the password …`.
    Bare,
}

/// The sign behind a name, and where the value begins. `bare` allows a blank alone.
pub(super) fn between(text: &str, from: usize, element: bool, bare: bool) -> Option<(Sign, usize)> {
    const CODE: [&str; 11] = [
        "=>", ":=", "?=", "%3D", "%3d", "%3A", "%3a", "\\u003d", " value=", "', '", "\", \"",
    ];
    const COLONS: [&str; 9] = [":", "：", "＝", "->", "→", "—", "–", "|", "="];
    const CLOSERS: [char; 9] = ['"', '\'', '`', '*', '\\', ']', ')', ' ', '\u{a0}'];
    if element {
        return Some((Sign::Code, from + 1));
    }
    let window = &text[from..text.floor_char_boundary(from + 24)];
    let spaced = |rest: &str| rest.len() - rest.trim_start_matches([' ', '\t', '\u{a0}']).len();
    let quoted = window.starts_with(['"', '\'', '\\', ' ']);
    for code in CODE[8..].iter().filter(|_| quoted) {
        let bare = window.trim_start_matches(['"', '\'', '\\']);
        let rest = if code.starts_with(' ') { bare } else { window };
        if rest.starts_with(code) {
            let value = from + window.len() - rest.len() + code.len();
            // The quote that opens the value is read with it.
            return Some((Sign::Code, value - usize::from(!code.starts_with(' '))));
        }
    }
    let rest = window.trim_start_matches(CLOSERS);
    let closed = from + window.len() - rest.len();
    let blank = window[..window.len() - rest.len()].contains([' ', '\u{a0}']);
    let quote = usize::from(rest.starts_with("%22")) * 3;
    let rest = &rest[quote..];
    // Most nouns stand in a sentence: what follows them begins no sign.
    let first = rest.bytes().next()?;
    if first.is_ascii_alphanumeric() || matches!(first, b',' | b'.' | b'/' | b'(' | b'!' | b'_' | b'<' | b'\n') {
        return match value::copula(text, closed) {
            Some(at) => Some((Sign::Copula, at)),
            None => (bare && blank && closed > from).then_some((Sign::Blank, open_quote(text, from, closed))),
        };
    }
    if let Some(code) = CODE[..8].iter().find(|code| rest.starts_with(**code)) {
        let at = closed + quote + code.len();
        return Some((Sign::Code, at + spaced(&text[at..])));
    }
    if let Some(colon) = COLONS.iter().find(|colon| rest.starts_with(**colon)) {
        let behind = &rest[colon.len()..];
        if behind.starts_with(['=', '~']) || behind.starts_with("//") || (*colon == ":" && behind.starts_with(':')) {
            return None;
        }
        let at = closed + colon.len();
        let blanks = spaced(&text[at..]);
        let code = *colon == "=" && !(blank && blanks > 0) || *colon == ":" && blanks == 0 && !blank;
        return Some((if code { Sign::Code } else { Sign::Colon }, at + blanks));
    }
    if let Some(at) = value::copula(text, closed) {
        return Some((Sign::Copula, at));
    }
    (bare && blank && closed > from).then_some((Sign::Blank, open_quote(text, from, closed)))
}

/// Where the value begins if its opening quote was taken for the end of the name.
fn open_quote(text: &str, from: usize, closed: usize) -> usize {
    let quote = text[from..closed].rfind(['"', '\'', '`']);
    quote.map_or(closed, |quote| from + quote)
}

/// Where the value begins that stands for itself beside the name: `- name: X_TOKEN`, `value: …` on the next line,
/// `"password": {"value": …}`, `<name>db.password</name><value>…`, `ParameterKey=DbPassword,ParameterValue=…`.
pub(super) fn paired(text: &str, name: (usize, usize)) -> Option<usize> {
    const NAMES: [&str; 4] = ["name", "key", "variable", "parameter"];
    const VALUES: [&str; 6] = ["parametervalue", "defaultvalue", "default", "value", "string", "s"];
    const QUOTES: [char; 3] = ['"', '\'', '\\'];
    let window = &text[name.1..text.floor_char_boundary(name.1 + 96)];
    if !window.starts_with(|c: char| c.is_whitespace() || "\"'\\,;<=:{".contains(c)) {
        return None;
    }
    let closed = window.trim_start_matches(QUOTES);
    let element = ["</name>", "</key>"].iter().find_map(|end| closed.strip_prefix(end));
    let rest = element.unwrap_or(closed);
    let pair = rest.trim_start_matches(|c: char| c.is_whitespace() || ",;:={".contains(c));
    let brace = rest[..rest.len() - pair.len()].contains('{');
    let called = || {
        let near = &text[text.ceil_char_boundary(name.0.saturating_sub(64))..name.0];
        let before = near.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "._-/".contains(c));
        let before = if before.is_empty() { near } else { before };
        let before = before.trim_end_matches(|c: char| c == ' ' || "\"'\\:=>".contains(c));
        NAMES.iter().any(|name| ends_with_word(before, name))
    };
    if pair.len() == rest.len() && element.is_none() || !(brace || called()) {
        return None;
    }
    let bare = pair.trim_start_matches(['"', '\'', '\\', '<']);
    let begins = |value: &&&str| {
        bare.get(..value.len())
            .is_some_and(|said| said.eq_ignore_ascii_case(value))
    };
    let value = VALUES.iter().find(begins)?;
    let sign = bare[value.len()..].trim_start_matches(['"', '\'', '\\', ' ']);
    let behind = sign.strip_prefix([':', '=', '>'])?.trim_start_matches([' ', '\t']);
    Some(name.1 + window.len() - behind.len())
}

/// Whether a text ends with a word, in any case.
fn ends_with_word(text: &str, word: &str) -> bool {
    let end = text.len().checked_sub(word.len()).and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(word))
}
