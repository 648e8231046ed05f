//! Reading a list to its end, page by page, and knowing whether that was all of it.
use crate::client::{Call, Client};
use crate::error::{Error, Kind};
use crate::transport::BODY_LIMIT;
use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Entries that are asked for at once; Notion allows no more. What an answer holds beyond them is passed over.
const PAGE_SIZE: usize = 100;
/// How much shorter the next pages are asked for when an answer was too long.
const SHORTER: usize = 10;
/// More answers than this are not read in one go: a list that long is a fault of somebody's, or goes on at the next.
const MOST_PAGES: usize = 400;
/// More comments than this are not read in one go: what is made of each takes many times its size.
const MOST_COMMENTS: usize = 10_000;
/// More bytes than this are not read in one go; ten thousand comments have some twelve million.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// After this time the next page is not asked for any more.
const LONGEST: Duration = Duration::from_mins(2);
/// A cursor is an id or a little more; it stands in an address.
const LONGEST_CURSOR: usize = 2_000;
/// What is read of the content of one page: each block with something in it is a list of its own.
const MOST_LISTS: usize = 1000;
const LONGEST_PAGE: Duration = Duration::from_mins(3);

/// Why a list was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A cursor came twice: its pages lead in a circle.
    Circle,
    /// So many answers are read in one go, and no more.
    Pages,
    /// So many entries are read in one go, and no more.
    Entries,
    /// So many bytes are read in one go, and no more.
    Bytes,
    /// So long is read in one go, and no longer.
    Time,
    /// One entry alone is longer than an answer may be.
    Entry,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circle => f.write_str("its pages lead in a circle"),
            Self::Pages => write!(f, "it has more pages than are read at once"),
            Self::Entries => write!(f, "it has more than {MOST_COMMENTS} entries"),
            Self::Bytes => write!(f, "it has more than {} MB", MOST_BYTES / 1024 / 1024),
            Self::Time => f.write_str("it took too long"),
            Self::Entry => write!(f, "one of its entries has more than {} MB", BODY_LIMIT / 1024 / 1024),
        }
    }
}

/// What may yet be read in one go: of one list, or of all the lists under a page.
pub(crate) struct Allowance {
    pages: usize,
    entries: usize,
    bytes: usize,
    until: Instant,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            pages: MOST_PAGES,
            entries: MOST_PAGES * PAGE_SIZE,
            bytes: MOST_BYTES,
            until: Instant::now() + LONGEST,
        }
    }
}

impl Allowance {
    /// For a list of comments.
    pub(crate) fn of_comments() -> Self {
        Self {
            entries: MOST_COMMENTS,
            ..Self::default()
        }
    }

    /// For all the lists under a page.
    pub(crate) fn of_a_page() -> Self {
        Self {
            pages: MOST_LISTS,
            // Each list may hold as many as an answer has; the bytes bound them all.
            entries: MOST_LISTS * PAGE_SIZE,
            bytes: MOST_BYTES,
            until: Instant::now() + LONGEST_PAGE,
        }
    }

    fn spend(&mut self, entries: usize, bytes: usize) {
        self.pages = self.pages.saturating_sub(1);
        self.entries = self.entries.saturating_sub(entries);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// What is used up, if anything.
    pub(crate) fn spent(&self) -> Option<Cut> {
        if self.pages == 0 {
            Some(Cut::Pages)
        } else if self.entries == 0 {
            Some(Cut::Entries)
        } else if self.bytes == 0 {
            Some(Cut::Bytes)
        } else {
            (Instant::now() >= self.until).then_some(Cut::Time)
        }
    }
}

/// Which part of a list is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Portion<'a> {
    /// From where on.
    pub(crate) cursor: Option<&'a str>,
    /// How many entries.
    pub(crate) size: usize,
}

/// One page of a list.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Part<T> {
    results: Entries<T>,
    #[serde(default)]
    next_cursor: Option<String>,
    #[serde(default)]
    has_more: Option<bool>,
    #[serde(default)]
    request_status: Option<RequestStatus>,
}

#[derive(Deserialize)]
struct RequestStatus {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// The entries of a page, as many as were asked for.
struct Entries<T> {
    list: Vec<T>,
    /// Entries that could not be read, or were too many.
    passed_over: usize,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of entries")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Entries<T>, A::Error> {
                let (mut list, mut passed_over) = (Vec::new(), 0);
                while list.len() < PAGE_SIZE {
                    match entries.next_element()? {
                        Some(entry) => list.push(entry),
                        None => return Ok(Entries { list, passed_over }),
                    }
                }
                while entries.next_element::<IgnoredAny>()?.is_some() {
                    passed_over += 1;
                }
                Ok(Entries { list, passed_over })
            }
        }
        from.deserialize_seq(Reader(PhantomData))
    }
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
        let all = part.results.list.len();
        let entries = part.results.list.into_iter();
        let list: Vec<T> = entries.filter_map(|entry| T::deserialize(entry).ok()).collect();
        let passed_over = part.results.passed_over + all - list.len();
        tracing::warn!(
            passed_over,
            "Notion sent entries of a form that is not known here; they are left out"
        );
        Ok(Self {
            results: Entries { list, passed_over },
            next_cursor: part.next_cursor,
            has_more: part.has_more,
            request_status: part.request_status,
        })
    }
}

/// A list, and whether all of it was read.
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    pub(crate) complete: bool,
    /// Why reading ended before the list did.
    pub(crate) cut: Option<Cut>,
    /// Where reading can go on after it was cut.
    pub(crate) next: Option<String>,
}

impl Client {
    /// Reads all pages, within what is read in one go; `ask` makes the call for a portion, `id` names an entry. Each entry
    /// is given once, however often Notion lists it (entries move between pages while these are read). A cursor that
    /// Notion no longer takes (its item went away) starts the reading anew, once.
    pub(crate) async fn list<'a, T: DeserializeOwned>(
        &self,
        ask: impl Fn(Portion<'_>) -> Call<'a>,
        id: impl Fn(&T) -> &str,
    ) -> Result<Listed<T>, Error> {
        self.list_from(None, &mut Allowance::default(), ask, id).await
    }

    /// The same from a cursor on, and within an allowance that others share.
    pub(crate) async fn list_from<'a, T: DeserializeOwned>(
        &self,
        from: Option<&str>,
        allowance: &mut Allowance,
        ask: impl Fn(Portion<'_>) -> Call<'a>,
        id: impl Fn(&T) -> &str,
    ) -> Result<Listed<T>, Error> {
        let read = match self.list_once(from, allowance, &ask).await {
            Err((error, true)) if error.kind == Kind::Invalid => self.list_once(None, allowance, &ask).await,
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
        from: Option<&str>,
        allowance: &mut Allowance,
        ask: &impl Fn(Portion<'_>) -> Call<'a>,
    ) -> Result<Listed<T>, (Error, bool)> {
        let mut listed = Listed {
            items: Vec::new(),
            complete: from.is_none(),
            cut: None,
            next: None,
        };
        let mut cursors: Vec<String> = from.map(str::to_owned).into_iter().collect();
        let mut size = PAGE_SIZE;
        loop {
            let cursor = cursors.last().map(String::as_str);
            let part = match self.part::<T>(ask(Portion { cursor, size }), allowance).await {
                Ok(part) => part,
                Err(error) if error.kind == Kind::TooLarge => {
                    let spent = allowance.spent().or((size == 1).then_some(Cut::Entry));
                    match spent {
                        // What was read before counts; without any of it there is nothing but the error.
                        Some(cut) if !listed.items.is_empty() => {
                            let next = cursors.pop().filter(|_| cut != Cut::Entry);
                            return Ok(listed.cut_at(cut, next));
                        }
                        Some(_) => return Err((error, false)),
                        None => size = (size / SHORTER).max(1),
                    }
                    continue;
                }
                Err(error) => return Err((error, cursor.is_some())),
            };
            listed.complete &= part.results.passed_over == 0;
            listed.items.extend(part.results.list);
            let status = part.request_status.and_then(|status| status.kind);
            listed.complete &= status.as_deref() != Some("incomplete");
            // A cursor counts only where there is more: Notion has been seen to give one at the end of a list.
            let Some(next) = part.next_cursor.filter(|_| part.has_more != Some(false)) else {
                listed.complete &= part.has_more != Some(true);
                return Ok(listed);
            };
            // The same cursor again leads in a circle, and a long one nowhere: what was read is all there is to be had.
            if cursors.contains(&next) || next.len() > LONGEST_CURSOR {
                return Ok(listed.cut_at(Cut::Circle, None));
            }
            if let Some(cut) = allowance.spent() {
                return Ok(listed.cut_at(cut, Some(next)));
            }
            cursors.push(next);
        }
    }

    /// One page, paid for.
    async fn part<T: DeserializeOwned>(&self, call: Call<'_>, allowance: &mut Allowance) -> Result<Part<T>, Error> {
        let bytes = AtomicUsize::new(0);
        let read = |body: &[u8]| {
            bytes.fetch_add(body.len(), Ordering::Relaxed);
            Part::<T>::read(body)
        };
        let part = self.read_with(call, read).await;
        let is_too_large = part.as_ref().is_err_and(|error| error.kind == Kind::TooLarge);
        let entries = part.as_ref().map_or(0, |part| part.results.list.len());
        allowance.spend(entries, bytes.into_inner() + if is_too_large { BODY_LIMIT } else { 0 });
        part
    }
}

impl<T> Listed<T> {
    fn cut_at(self, cut: Cut, next: Option<String>) -> Self {
        Self {
            complete: false,
            cut: Some(cut),
            next,
            ..self
        }
    }

    /// The items, of a list whose reader has no use for the rest; that it was cut is logged.
    pub(crate) fn logged(self, what: &str) -> Vec<T> {
        if let Some(cut) = self.cut {
            tracing::warn!("{what}: the list was not read to its end, since {cut}");
        }
        self.items
    }
}

/// A path with a query that asks for a portion.
pub(crate) fn paged(mut path: String, portion: Portion<'_>) -> String {
    path.push(if path.contains('?') { '&' } else { '?' });
    // Writing to a String cannot fail.
    let _ = write!(path, "page_size={}", portion.size);
    if let Some(cursor) = portion.cursor {
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
