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
const COPULAS: [&str; 38] = [
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
    "yra ",
    "ir ",
    "е ",
    "është ",
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
    if first < 0x80 && !b"iawelzojtnmsy".contains(&first) {
        return None;
    }
    let said = COPULAS.iter().chain(&ENDINGS).find(|said| rest.starts_with(**said))?;
    let behind = &rest[said.len()..];
    Some(at + said.len() + behind.len() - behind.trim_start_matches([' ', ':', '：']).len())
}

/// Where the value begins on the next line, behind the sign of YAML for a text of lines: `key: >-`, `key: |`.
pub(super) fn below(text: &str, at: usize) -> Option<usize> {
    let rest = text[at..].strip_prefix(['|', '>'])?;
    let sign = rest.trim_start_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let line = sign.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')?;
    let value = line.trim_start_matches([' ', '\t']);
    (rest.len() - sign.len() <= 2 && value.len() < line.len()).then(|| text.len() - value.len())
}

/// What ends a value that stands in no quotes, besides a blank.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Any sign that tokens of keys do not have.
    Sign,
    /// A sign behind which nothing of a password can stand: passwords have signs of all kinds.
    Password,
    /// The same, or the next of several pairs: `&user=…`.
    Pair,
    /// The same, or the tag behind the text of an element: `</password>`.
    Element,
}

/// The value that begins here.
pub(super) fn at(text: &str, from: usize, ending: Ending) -> Option<AssignedValue> {
    let rest = &text[from..];
    // Python, SQL and YAML write a letter or an anchor before the quote.
    let typed = rest.len()
        - rest
            .strip_prefix(['b', 'r', 'u', 'N', 'n', 'E', 'e'])
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
        return unquoted(text, start, ending);
    }
    unquoted(text, from, ending)
}

/// Where the closing quote stands that no backslash escapes.
fn closing(inside: &str, close: &str) -> Option<usize> {
    let escaped = |at: usize| close.len() == 1 && inside[..at].ends_with('\\') && !inside[..at].ends_with("\\\\");
    let mut found = inside.match_indices(close).map(|(at, _)| at);
    found.find(|at| !escaped(*at)).filter(|at| *at > 0)
}

fn unquoted(text: &str, start: usize, ending: Ending) -> Option<AssignedValue> {
    let rest = &text[start..text.floor_char_boundary(start + LONGEST)];
    let around = Around::of(text, start);
    let ends = |(at, c): &(usize, char)| {
        c.is_whitespace()
            || is_end(*c) && (ending == Ending::Sign || !around.goes_on(*c, &rest[*at + c.len_utf8()..], ending))
    };
    let length = rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at);
    let value = &rest[..length];
    // `%26` and `%22` end a value that is written in percent signs.
    let length = ["%26", "%22", "%2C", "%7D"]
        .iter()
        .filter_map(|end| value.find(end))
        .min()
        .unwrap_or(length);
    let value = trimmed(&value[..length]);
    // What a template opens is a reference to its end: `${ secrets.X }`.
    (!value.is_empty()).then(|| AssignedValue {
        range: start..start + value.len(),
        quoted: false,
    })
}

/// Signs that may end a value.
fn is_end(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '<' | '>' | ';' | '&' | '|' | '}' | '»' | '“' | '”' | '’' | '\\'
    ) || ('\u{3000}'..='\u{9fff}').contains(&c)
        || ('\u{ac00}'..='\u{d7a3}').contains(&c)
        || ('\u{ff00}'..='\u{ff20}').contains(&c)
        || ('\u{e00}'..='\u{e7f}').contains(&c)
}

/// A value without the signs of the sentence behind it; a bracket that it opens is its own.
fn trimmed(value: &str) -> &str {
    let mut value = value;
    loop {
        let closes = |open: char, close: char| value.ends_with(close) && !value.contains(open);
        let end = value.ends_with(['.', ',', ':']) || closes('(', ')') || closes('[', ']');
        if !end {
            return value.strip_suffix("**").unwrap_or(value);
        }
        value = &value[..value.len() - 1];
    }
}

/// What stands before a value on its line, and tells which signs are none of its own.
struct Around {
    /// A brace is open, an apostrophe stands there, a bar separates cells.
    brace: bool,
    apostrophe: bool,
    cells: bool,
}

impl Around {
    fn of(text: &str, start: usize) -> Self {
        /// How far is looked back, in bytes.
        const REACH: usize = 160;
        let near = &text[text.ceil_char_boundary(start.saturating_sub(REACH))..start];
        let line = near.rsplit('\n').next().unwrap_or(near);
        Self {
            brace: near.rfind('{') > near.rfind('}'),
            apostrophe: line.contains('\''),
            cells: line.trim_end().ends_with('|'),
        }
    }

    /// Whether a password goes on behind this sign.
    fn goes_on(&self, sign: char, behind: &str, ending: Ending) -> bool {
        let Some(next) = behind.chars().next() else {
            return sign == '}' && !self.brace;
        };
        let pair = |signs: &[char]| {
            let name = behind.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
            name.len() < behind.len() && behind.len() - name.len() <= 40 && name.starts_with(signs)
        };
        let written = !next.is_whitespace() && !matches!(next, '"' | '\'' | '`');
        match sign {
            '\'' => next.is_ascii_alphanumeric() && !self.apostrophe,
            '\\' => next.is_ascii_alphanumeric() && !matches!(next, 'n' | 'r' | 't' | 'u' | 'x' | '0'),
            '<' => written && ending != Ending::Element && !is_tag(behind),
            '>' => written,
            ';' => written && next != '}' && !pair(&['=', ':']),
            '&' => written && !pair(&[';']) && !(ending == Ending::Pair && pair(&['='])),
            '|' => written && !self.cells && !(ending == Ending::Pair && pair(&['='])),
            '}' => !self.brace && !matches!(next, '"' | '\'' | '`' | '}' | ',' | ';' | ')' | ']'),
            _ => false,
        }
    }
}

/// Whether a tag of HTML stands behind its first sign.
fn is_tag(behind: &str) -> bool {
    const TAGS: [&str; 20] = [
        "br", "p", "b", "i", "u", "s", "a", "td", "tr", "th", "li", "ul", "hr", "em", "div", "pre", "span", "code",
        "wbr", "strong",
    ];
    let name = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).len();
    behind.starts_with(['/', '!']) || TAGS.contains(&&behind[..name]) && behind[name..].starts_with(['>', ' ', '/'])
}
