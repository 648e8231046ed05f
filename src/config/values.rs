//! Single values as people write them, names of settings, and places in the settings file.
use super::PageSource;
use crate::domain::ids::{self, PageId};
use std::time::Duration;

/// `poll.active` as `KEYMINDER_POLL_ACTIVE`.
pub(super) fn environment_name(section: &str, key: &str) -> String {
    path(section, key)
        .replace('.', "_")
        .to_ascii_uppercase()
        .as_str()
        .replacen("", "KEYMINDER_", 1)
}

/// Section and key as faults name them.
pub(super) fn path(section: &str, key: &str) -> String {
    if section.is_empty() {
        key.to_owned()
    } else {
        format!("{section}.{key}")
    }
}

/// A value of the file as its environment variable would say it.
pub(super) fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::Table(_) => "a table".to_owned(),
    }
}

/// A list by comma.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `500ms`, `5s`, `2m`, `1h`, `1d`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let unit_ms: u64 = match text[digits..].trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(unit_ms)?))
}

/// A page, or `data_source:<id>[?prefix=ACT_]`.
pub(super) fn page_source(text: &str) -> Option<PageSource> {
    let Some(rest) = text.strip_prefix("data_source:") else {
        return PageId::parse(text).map(PageSource::Page);
    };
    let (id, prefix) = rest
        .split_once("?prefix=")
        .map_or((rest, None), |(id, prefix)| (id, Some(prefix.to_owned())));
    Some(PageSource::DataSource {
        id: ids::normalise(id)?,
        prefix,
    })
}

/// Whether an address is this machine; `http://127.0.0.1:1@elsewhere` is not.
pub(super) fn is_loopback(url: &str) -> bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|base| {
            url.strip_prefix(base)
                .is_some_and(|rest| (rest.is_empty() || rest.starts_with([':', '/'])) && !rest.contains('@'))
        })
}

/// The machine's own zone.
pub(super) fn system_zone() -> Option<String> {
    let link = std::fs::read_link("/etc/localtime").ok()?;
    link.to_str()?.split_once("zoneinfo/").map(|(_, zone)| zone.to_owned())
}

/// The file's own words could hold a secret, so only the place and the parser's message are told.
pub(super) fn broken(name: &str, source: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start.min(source.len()));
    let line = source.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    format!("{name}:{line}: is not valid TOML ({})", error.message())
}

/// The line of a setting, from 1.
pub(super) fn line_of(source: &str, section: &str, key: &str) -> usize {
    let mut current = String::new();
    for (at, line) in source.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.trim().clone_into(&mut current);
        } else if current == section && line.split('=').next().is_some_and(|name| name.trim() == key) {
            return at + 1;
        }
    }
    1
}

/// How many letters differ: for "did you mean".
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
