//! The journal: every request with what it changed; the oldest entries go when there are too many.
use super::wire::quoted;
use std::collections::VecDeque;
use std::fmt::Write as _;

/// Entries that are kept.
const KEPT: usize = 200_000;

/// The last requests, oldest first.
#[derive(Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
    last: u64,
}

/// One request, as the journal tells it.
pub struct Entry {
    /// When it came, in milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// `bot`, `unknown`, or the person who used the control API.
    pub who: String,
    pub method: String,
    /// The path with its query.
    pub path: String,
    pub status: u16,
    /// The injected fault, if one struck.
    pub fault: Option<&'static str>,
    /// What it changed, as JSON.
    pub change: Option<String>,
}

impl Journal {
    /// Adds an entry.
    pub fn add(&mut self, entry: Entry) {
        self.last += 1;
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// A JSON list of the entries after number `after`.
    pub fn after(&self, after: u64) -> String {
        let first = self.last - self.entries.len() as u64;
        let skipped = usize::try_from(after.saturating_sub(first)).unwrap_or(usize::MAX);
        let mut out = String::from("[");
        for (at, entry) in self.entries.iter().enumerate().skip(skipped) {
            if !out.ends_with('[') {
                out.push_str(",\n");
            }
            entry.write(first + at as u64 + 1, &mut out);
        }
        out.push(']');
        out
    }
}

impl Entry {
    fn write(&self, n: u64, out: &mut String) {
        let change = self.change.as_deref().unwrap_or("null");
        let _ = write!(
            out,
            "{{\"n\":{n},\"at_ms\":{},\"who\":{},\"method\":\"{}\",\"path\":{},\"status\":{},\"change\":{change}",
            self.at_ms,
            quoted(&self.who),
            self.method,
            quoted(&self.path),
            self.status,
        );
        if let Some(fault) = self.fault {
            let _ = write!(out, ",\"fault\":\"{fault}\"");
        }
        out.push('}');
    }
}
