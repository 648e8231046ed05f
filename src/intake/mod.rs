//! The one way in: polls each page, knows what it has seen, hears the bell.
//!
//! Nothing here relies on the order of times: what is new is what was not seen, an edit is another hash of the
//! redacted text, and what is no longer listed is asked for by its id.
mod comments;
mod flood;
mod page;
mod people;
mod watched;

pub use people::People;
pub use watched::Watched;

use crate::config::{Backlog, PageSource, Poll};
use crate::domain::classify::{Classifier, KeyNames};
use crate::domain::decide::Playbook;
use crate::domain::ids::PageId;
use crate::effects::Boards;
use crate::notion::{Client, Error, Kind};
use crate::pipeline::Door;
use crate::rotation::known::Following;
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long a page stays active after something happened on it.
const ACTIVE_FOR: Duration = Duration::from_mins(10);
/// Pages that are read at the same time.
const AT_ONCE: usize = 4;
/// Requests that one poll of a page costs on average: the list, now and then the page and its threads.
const REQUESTS_PER_POLL: f64 = 1.6;
/// How long a page rests that cannot be read.
const REST: Duration = Duration::from_mins(1);
/// How often a data source is asked for its pages.
const SOURCES_EVERY: Duration = Duration::from_mins(5);

/// What the intake works with.
pub struct Context {
    /// Notion.
    pub notion: Client,
    /// What must survive.
    pub store: Arc<dyn Store>,
    /// Where happenings are brought.
    pub door: Door,
    /// Takes keys out; follows `.env`.
    pub redactor: Following,
    /// Reads comments.
    pub classifier: Arc<Classifier>,
    /// The names of keys.
    pub keys: KeyNames,
    /// The boards of the pages, kept for the effects.
    pub boards: Boards,
    /// Who is who.
    pub people: People,
    /// What decisions go by.
    pub playbook: Arc<Playbook>,
    /// How often.
    pub poll: Poll,
    /// Requests a minute; 0: no limit.
    pub requests_per_minute: u32,
    /// Which pages.
    pub sources: Vec<PageSource>,
}

/// Why the intake ended.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Notion cannot be read at all.
    #[error("{0}")]
    Notion(#[from] Error),
    /// The store cannot be used.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// None of the pages can be read.
    #[error("no page can be read: {0}")]
    NoPage(String),
}

/// Polls pages.
pub struct Intake {
    context: Arc<Context>,
    resting: BTreeMap<PageId, Watched>,
    polling: JoinSet<Watched>,
    watching: BTreeSet<PageId>,
    sources_at: Option<Instant>,
}

impl Intake {
    /// Nothing has been read yet.
    pub fn new(context: Context) -> Self {
        Self {
            context: Arc::new(context),
            resting: BTreeMap::new(),
            polling: JoinSet::new(),
            watching: BTreeSet::new(),
            sources_at: None,
        }
    }

    /// Reads every page once. Fails when not one of them can be read.
    pub async fn first_look(&mut self) -> Result<(), IntakeError> {
        self.context.people.refresh(&self.context.notion).await?;
        self.find_pages().await?;
        self.poll_all().await;
        let faults: Vec<String> = self.resting.values().filter_map(|page| page.fault.clone()).collect();
        for fault in &faults {
            tracing::warn!("{fault}");
        }
        if !self.resting.is_empty() && faults.len() == self.resting.len() {
            return Err(IntakeError::NoPage(faults.join("; ")));
        }
        if self.resting.is_empty() {
            let why = "none is named; set `pages` in config/keyminder.toml or KEYMINDER_PAGES to a page's URL";
            return Err(IntakeError::NoPage(why.to_owned()));
        }
        Ok(())
    }

    /// Polls until told to stop. `bell` names pages on which something happened just now.
    pub async fn work(
        &mut self,
        bell: &mut mpsc::Receiver<PageId>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), IntakeError> {
        while !*stop.borrow() {
            self.refresh().await;
            self.start_due();
            let next_at = self.next_at();
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                Some(done) = self.polling.join_next(), if !self.polling.is_empty() => self.rest(done),
                Some(page) = bell.recv() => {
                    if let Some(watched) = self.resting.get_mut(&page) {
                        watched.next_at = Instant::now();
                    }
                }
                () = tokio::time::sleep_until(next_at) => {}
            }
        }
        self.polling.abort_all();
        Ok(())
    }

    /// Reads all pages once more; for `run --once`.
    pub async fn poll_all(&mut self) {
        for watched in self.resting.values_mut() {
            watched.next_at = Instant::now();
        }
        while !self.resting.is_empty() && self.resting.values().any(|page| page.next_at <= Instant::now())
            || !self.polling.is_empty()
        {
            self.start_due();
            if let Some(done) = self.polling.join_next().await {
                self.rest(done);
            }
        }
    }

    /// The pages that are watched, with what is wrong with them.
    pub fn pages(&self) -> impl Iterator<Item = &Watched> {
        self.resting.values()
    }

    fn start_due(&mut self) {
        let now = Instant::now();
        while self.polling.len() < AT_ONCE {
            // Fairness: whoever waits longest is read first.
            let due = self
                .resting
                .values()
                .filter(|page| page.next_at <= now)
                .min_by_key(|page| page.next_at);
            let Some(page) = due.map(|page| page.page.clone()) else {
                return;
            };
            let Some(watched) = self.resting.remove(&page) else {
                return;
            };
            self.polling.spawn(poll(Arc::clone(&self.context), watched));
        }
    }

    fn rest(&mut self, done: Result<Watched, tokio::task::JoinError>) {
        let Ok(mut watched) = done else { return };
        let pause = if watched.fault.is_some() {
            REST
        } else {
            self.pause(&watched)
        };
        watched.next_at = Instant::now() + pause;
        self.resting.insert(watched.page.clone(), watched);
    }

    /// How long until a page is read again: soon where something happens, and always within half of the budget.
    fn pause(&self, watched: &Watched) -> Duration {
        let poll = &self.context.poll;
        if self.context.requests_per_minute == 0 {
            return poll.active;
        }
        let pages = (self.resting.len() + self.polling.len() + 1) as f64;
        let budget = f64::from(self.context.requests_per_minute) / 2.0;
        let all_at = |every: Duration| pages * REQUESTS_PER_POLL * 60.0 / every.as_secs_f64().max(0.01);
        let affordable = Duration::from_secs_f64(pages * REQUESTS_PER_POLL * 60.0 / budget);
        if all_at(poll.active) <= budget {
            return poll.active;
        }
        let wanted = if watched.active_at.elapsed() < ACTIVE_FOR {
            poll.active
        } else {
            poll.idle
        };
        wanted.max(affordable.min(poll.idle * 10))
    }

    fn next_at(&self) -> Instant {
        let far = Instant::now() + Duration::from_secs(1);
        self.resting
            .values()
            .map(|page| page.next_at)
            .min()
            .unwrap_or(far)
            .min(far)
    }

    /// Now and then: the pages of data sources, the members. A fault here stops no page.
    async fn refresh(&mut self) {
        if self.sources_at.is_some_and(|at| at.elapsed() < SOURCES_EVERY) {
            return;
        }
        if let Err(error) = self.find_pages().await {
            tracing::warn!("the pages cannot be listed now: {error}");
        }
        if let Err(error) = self.context.people.refresh(&self.context.notion).await {
            tracing::warn!("the members cannot be listed now: {error}");
        }
    }

    /// The pages that the settings name, those of data sources included.
    async fn find_pages(&mut self) -> Result<(), IntakeError> {
        self.sources_at = Some(Instant::now());
        for source in self.context.sources.clone() {
            match source {
                PageSource::Page(page) => self.watch(page),
                PageSource::DataSource { id, prefix } => {
                    for page in self.rows(&id, prefix.as_deref()).await? {
                        self.watch(page);
                    }
                }
            }
        }
        Ok(())
    }

    /// Rows of a data source that are in progress, or whose title begins with the prefix.
    async fn rows(&self, id: &str, prefix: Option<&str>) -> Result<Vec<PageId>, Error> {
        let names = self.context.boards.names();
        let filter = match prefix {
            Some(prefix) => {
                let schema = self.context.notion.data_source(id).await?;
                let title = schema
                    .properties
                    .iter()
                    .find(|(_, p)| p.kind == crate::notion::Schema::Title);
                let title = title.map_or("Name", |(name, _)| name.as_str());
                serde_json::json!({ "property": title, "title": { "starts_with": prefix } })
            }
            None => serde_json::json!({ "property": names.status, "status": { "equals": names.in_progress } }),
        };
        let pages = self.context.notion.query(id, filter).await?;
        Ok(pages
            .into_iter()
            .filter(|page| !page.in_trash)
            .map(|page| page.id)
            .collect())
    }

    fn watch(&mut self, page: PageId) {
        if self.watching.insert(page.clone()) {
            self.resting.insert(page.clone(), Watched::new(page));
        }
    }
}

/// Polls one page and gives it back with what was learned.
async fn poll(context: Arc<Context>, mut watched: Watched) -> Watched {
    let result = page::poll(&context, &mut watched).await;
    let was = watched.fault.take();
    if let Err(error) = result {
        let fault = match &error {
            IntakeError::Notion(error) if error.kind == Kind::Gone => {
                format!(
                    "page {} is not shared with the connection: open it in Notion, \u{2022}\u{2022}\u{2022}, Connections, and add the connection",
                    watched.page
                )
            }
            error => format!("page {}: {error}", watched.page),
        };
        if was.as_deref() != Some(&fault) && was.is_some() {
            tracing::warn!("{fault}");
        }
        watched.fault = Some(fault);
    }
    watched
}

impl Context {
    /// Whether comments that were there before the first start are only taken into account.
    fn absorbs(&self) -> bool {
        self.poll.backlog == Backlog::Absorb
    }
}
