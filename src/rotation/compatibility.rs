//! Warns where popular readers of `.env` would see other values than we do: dotenvy, python-dotenv, npm dotenv,
//! `node --env-file`, dotenvx, Compose and `source` in bash. The rules come from 91 lines that were run through each.
//! `docker run --env-file` keeps every quote as part of the value; that is said once per file that has quotes nowhere else.
use super::env_entry::{EnvEntry, Quote, Warning, same};
use std::collections::BTreeMap;

/// What some editors write at the start of a file.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// What is wrong with the file as a whole.
pub(super) fn of_file(bytes: &[u8]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if bytes.starts_with(BOM) {
        warnings.push(warning(1, None, "the file begins with a byte order mark, which hides the first name from some readers; save it as UTF-8 without BOM"));
    }
    if bytes.windows(2).any(|pair| pair == b"\r\n") {
        warnings.push(warning(
            1,
            None,
            "lines end with CR LF: `source` in bash makes the CR part of each value; save it with LF",
        ));
    }
    warnings
}

/// A line that is no statement.
pub(super) fn unclear(line: usize) -> Warning {
    let what =
        "neither NAME=value nor a comment: some readers drop every later name; remove the line or begin it with #";
    Warning {
        is_unread: true,
        ..warning(line, None, what)
    }
}

/// A quote begins in a line, and does not end where it should.
pub(super) fn unterminated(line: usize, name: &str) -> Warning {
    let what = "the quote that begins here has no end, so this line is not read; close it (a \\ before the last quote hides it)";
    Warning {
        is_unread: true,
        ..warning(line, Some(name), what)
    }
}

/// What is unclear about one value.
pub(super) fn of_entry(entry: &EnvEntry, raw: &[u8]) -> Option<Warning> {
    let what = if entry.has_tail {
        "something follows the closing quote; remove it"
    } else if entry.spaced {
        "blanks beside the = break `source` in bash; remove them"
    } else if entry.name.contains(['-', '.']) {
        "a - or . in a name is refused by some readers; use _"
    } else if std::str::from_utf8(raw).is_err() {
        "the value is no UTF-8 text; no key is like that"
    } else if entry.reference.is_some() {
        // Its tool reads it as it stands.
        return None;
    } else {
        match entry.quote {
            Quote::Bare => of_bare(raw)?,
            Quote::Single => of_single(raw)?,
            Quote::Double => of_double(raw)?,
            Quote::Backtick => "npm alone takes back-ticks for quotes; put the value between ' and '",
        }
    };
    Some(warning(entry.line, Some(&entry.name), what))
}

fn of_bare(raw: &[u8]) -> Option<&'static str> {
    let tilde = raw.starts_with(b"~") || raw.windows(2).any(|pair| pair == b":~");
    let read_differently = |byte: &u8| {
        matches!(
            byte,
            b'#' | b'$' | b'\\' | b'"' | b'\'' | b'`' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')'
        ) || byte.is_ascii_whitespace()
            || byte.is_ascii_control()
    };
    (tilde || raw.iter().any(read_differently))
        .then_some("readers disagree about this value without quotes; put it between ' and '")
}

fn of_single(raw: &[u8]) -> Option<&'static str> {
    if raw.windows(2).any(|pair| pair == b"${") {
        return Some("python-dotenv expands ${ even between ' and '; avoid it");
    }
    raw.ends_with(b"\\")
        .then_some("some readers take the \\ before the closing quote as an escape; avoid it")
}

fn of_double(raw: &[u8]) -> Option<&'static str> {
    raw.iter()
        .any(|byte| matches!(byte, b'$' | b'\\' | b'`'))
        .then_some("readers disagree about $, \\ and ` between double quotes; put the value between ' and '")
}

/// Names that stand there twice: dotenvy takes the first, all others the last.
pub(super) fn of_names(entries: &[EnvEntry]) -> Vec<Warning> {
    let mut first: BTreeMap<&str, &EnvEntry> = BTreeMap::new();
    let mut warnings = Vec::new();
    for entry in entries {
        let Some(earlier) = first.get(entry.name.as_str()) else {
            first.insert(&entry.name, entry);
            continue;
        };
        let values = if same(&earlier.value, &entry.value) {
            "the same value"
        } else {
            "another value"
        };
        warnings.push(warning(
            entry.line,
            Some(&entry.name),
            &format!(
                "stands in line {} too, with {values}; readers disagree which one counts: keep one",
                earlier.line
            ),
        ));
    }
    warnings
}

fn warning(line: usize, name: Option<&str>, what: &str) -> Warning {
    Warning {
        line,
        name: name.map(str::to_owned),
        what: what.to_owned(),
        is_unread: false,
    }
}
