//! Reading a list to its end, page by page, and knowing whether that was all of it.
use crate::client::{Call, Client};
use crate::error::{Error, Kind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::collections::HashSet;
use std::fmt::Write as _;

/// More pages than this are never asked for: a list that long is a fault of somebody's.
const MOST_PAGES: usize = 1000;

/// One page of a list.
#[derive(Deserialize)]
struct Part<T> {
    results: Vec<T>,
    #[serde(default)]
    next_cursor: Option<String>,
    #[serde(default)]
    has_more: Option<bool>,
    #[serde(default)]
    request_status: Option<RequestStatus>,
    /// Entries that could not be read.
    #[serde(skip)]
    passed_over: usize,
}

#[derive(Deserialize)]
struct RequestStatus {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl<T: DeserializeOwned> Part<T> {
    /// One entry of a form that we do not know shall not hide the others; the list then counts as incomplete.
    fn read(body: &[u8]) -> serde_json::Result<Self> {
        match serde_json::from_slice(body) {
            Err(error) if error.is_data() => Self::read_one_by_one(body),
            read => read,
        }
    }

    fn read_one_by_one(body: &[u8]) -> serde_json::Result<Self> {
        let part: Part<Json> = serde_json::from_slice(body)?;
        let all = part.results.len();
        let results: Vec<T> = part
            .results
            .into_iter()
            .filter_map(|entry| T::deserialize(entry).ok())
            .collect();
        let passed_over = all - results.len();
        tracing::warn!(
            passed_over,
            "Notion sent entries of a form that is not known here; they are left out"
        );
        Ok(Self {
            results,
            next_cursor: part.next_cursor,
            has_more: part.has_more,
            request_status: part.request_status,
            passed_over,
        })
    }
}

/// A list, and whether all of it was read.
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    pub(crate) complete: bool,
}

impl Client {
    /// Reads all pages; `ask` makes the call for a cursor, `id` names an entry. Each entry is given once, however often
    /// Notion lists it (entries move between pages while these are read). A cursor that Notion no longer takes (its
    /// item went away) starts the reading anew, once.
    pub(crate) async fn list<'a, T: DeserializeOwned>(
        &self,
        ask: impl Fn(Option<&str>) -> Call<'a>,
        id: impl Fn(&T) -> &str,
    ) -> Result<Listed<T>, Error> {
        let read = match self.list_once(&ask).await {
            Err((error, true)) if error.kind == Kind::Invalid => self.list_once(&ask).await,
            first => first,
        };
        let mut listed = read.map_err(|(error, _)| error)?;
        let mut seen = HashSet::new();
        listed.items.retain(|item| seen.insert(id(item).to_owned()));
        Ok(listed)
    }

    /// The flag beside an error: the call had a cursor.
    async fn list_once<'a, T: DeserializeOwned>(
        &self,
        ask: &impl Fn(Option<&str>) -> Call<'a>,
    ) -> Result<Listed<T>, (Error, bool)> {
        let mut items = Vec::new();
        let mut cursors: Vec<String> = Vec::new();
        let mut complete = true;
        loop {
            let cursor = cursors.last().map(String::as_str);
            let read = self.read_with(ask(cursor), Part::<T>::read).await;
            let part = read.map_err(|error| (error, cursor.is_some()))?;
            items.extend(part.results);
            complete &= part.passed_over == 0;
            complete &= part
                .request_status
                .is_none_or(|status| status.kind.as_deref() != Some("incomplete"));
            // A cursor counts only where there is more: Notion has been seen to give one at the end of a list.
            let Some(next) = part.next_cursor.filter(|_| part.has_more != Some(false)) else {
                complete &= part.has_more != Some(true);
                return Ok(Listed { items, complete });
            };
            // The same cursor again leads in a circle: what was read is all there is to be had.
            if cursors.contains(&next) || cursors.len() >= MOST_PAGES {
                return Ok(Listed { items, complete: false });
            }
            cursors.push(next);
        }
    }
}

/// A path with a query that asks for a full page from `cursor` on.
pub(crate) fn paged(mut path: String, cursor: Option<&str>) -> String {
    path.push(if path.contains('?') { '&' } else { '?' });
    path.push_str("page_size=100");
    if let Some(cursor) = cursor {
        path.push_str("&start_cursor=");
        path.push_str(&segment(cursor));
    }
    path
}

/// A value as it may stand in a path or a query: an id that came from outside cannot lead elsewhere.
pub(crate) fn segment(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => text.push(char::from(byte)),
            // Writing to a String cannot fail.
            other => drop(write!(text, "%{other:02X}")),
        }
    }
    text
}
