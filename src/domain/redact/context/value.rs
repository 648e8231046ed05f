//! Where an assigned value begins and ends: in quotes of any kind, or up to what ends a word.
use std::ops::Range;

/// The longest value that is read, in bytes.
const LONGEST: usize = 1 << 16;

/// The longest value in quotes, in bytes.
const QUOTED: usize = 4096;

/// A value in a text.
pub(super) struct AssignedValue {
    /// Where it stands, without its quotes.
    pub(super) range: Range<usize>,
    /// Quotes stand around it.
    pub(super) quoted: bool,
}

/// Quotes by which a value is opened and closed; the longer ones first.
const QUOTES: [(&str, &str); 15] = [
    ("\\\\\\\"", "\\\\\\\""),
    ("\\\"", "\\\""),
    ("\\'", "\\'"),
    ("%22", "%22"),
    ("&quot;", "&quot;"),
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("“", "”"),
    ("„", "“"),
    ("«", "»"),
    ("»", "«"),
    ("‘", "’"),
    ("「", "」"),
    ("『", "』"),
];

/// Words of many languages between a name and its value.
const COPULAS: [&str; 34] = [
    "is ",
    "is: ",
    "are ",
    "was ",
    "ist ",
    "lautet ",
    "est ",
    "es ",
    "é ",
    "è ",
    "e' ",
    "zijn ",
    "wordt ",
    "är ",
    "er ",
    "on ",
    "to ",
    "jest ",
    "je ",
    "este ",
    "là ",
    "είναι ",
    "هو ",
    "هي ",
    "היא ",
    "הוא ",
    "है ",
    "は",
    "是",
    "为",
    "為",
    "คือ",
    "adalah ",
    "це ",
];

/// Endings of Korean, Finnish, Turkish, Swedish nouns stand before them.
const ENDINGS: [&str; 8] = ["는 ", "은 ", "가 ", "이 ", "ni ", "m ", "si ", "et är "];

/// Whether a quote opens here.
pub(super) fn is_quoted(text: &str, at: usize) -> bool {
    QUOTES.iter().any(|(open, _)| text[at..].starts_with(open))
}

/// Where the value begins behind a copula that stands here.
pub(super) fn copula(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    // A sentence goes on with any word: most begin otherwise.
    let first = *rest.as_bytes().first()?;
    if first < 0x80 && !b"iawelzojtnms".contains(&first) {
        return None;
    }
    let said = COPULAS.iter().chain(&ENDINGS).find(|said| rest.starts_with(**said))?;
    let behind = &rest[said.len()..];
    Some(at + said.len() + behind.len() - behind.trim_start_matches([' ', ':', '：']).len())
}

/// The value that begins here.
pub(super) fn at(text: &str, from: usize) -> Option<AssignedValue> {
    let rest = &text[from..];
    // Python and YAML write a letter or an anchor before the quote.
    let typed = rest.len()
        - rest
            .strip_prefix(['b', 'r', 'u'])
            .filter(|rest| rest.starts_with(['"', '\'']))
            .unwrap_or(rest)
            .len();
    let anchor = rest
        .strip_prefix('&')
        .and_then(|rest| rest.split_once(' '))
        .filter(|(name, _)| name.len() <= 16);
    let from = from + typed + anchor.map_or(0, |(name, _)| name.len() + 2);
    let rest = &text[from..];
    for (open, close) in QUOTES {
        let Some(inside) = rest.strip_prefix(open) else {
            continue;
        };
        let inside = &inside[..inside.floor_char_boundary(QUOTED)];
        let line = inside.find('\n').unwrap_or(inside.len());
        let start = from + open.len();
        if let Some(length) = closing(&inside[..line], close) {
            return Some(AssignedValue {
                range: start..start + length,
                quoted: true,
            });
        }
        return unquoted(text, start);
    }
    unquoted(text, from)
}

/// Where the closing quote stands that no backslash escapes.
fn closing(inside: &str, close: &str) -> Option<usize> {
    let escaped = |at: usize| close.len() == 1 && inside[..at].ends_with('\\') && !inside[..at].ends_with("\\\\");
    let mut found = inside.match_indices(close).map(|(at, _)| at);
    found.find(|at| !escaped(*at)).filter(|at| *at > 0)
}

fn unquoted(text: &str, start: usize) -> Option<AssignedValue> {
    let rest = &text[start..text.floor_char_boundary(start + LONGEST)];
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '`' | '<' | '>' | ';' | '&' | '|' | '}' | '»' | '“' | '”' | '’' | '\\'
            )
            || ('\u{3000}'..='\u{9fff}').contains(&c)
            || ('\u{ac00}'..='\u{d7a3}').contains(&c)
            || ('\u{ff00}'..='\u{ff20}').contains(&c)
            || ('\u{e00}'..='\u{e7f}').contains(&c)
    };
    let length = rest.find(ends).unwrap_or(rest.len());
    let value = &rest[..length];
    // `%26` and `%22` end a value that is written in percent signs.
    let length = ["%26", "%22", "%2C", "%7D"]
        .iter()
        .filter_map(|end| value.find(end))
        .min()
        .unwrap_or(length);
    let value = value[..length].trim_end_matches(['.', ',', ':', ')', ']']);
    let value = value.strip_suffix("**").unwrap_or(value);
    // What a template opens is a reference to its end: `${ secrets.X }`.
    (!value.is_empty()).then(|| AssignedValue {
        range: start..start + value.len(),
        quoted: false,
    })
}
