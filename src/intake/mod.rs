//! The one way in: polls each page, knows what it has seen, hears the bell.
//!
//! Nothing here relies on the order of times: what is new is what was not seen, an edit is another hash of the
//! redacted text, and what is no longer listed is asked for by its id.
mod comments;
mod context;
mod error;
mod flood;
mod gone;
mod guide;
mod heard;
mod ingest;
mod marks;
mod names_of_pages;
mod own_replies;
mod page;
mod page_facts;
mod page_poll;
mod people;
mod poll;
mod refresh;
mod room;
mod search;
mod submit;
mod threads;
mod watched;

pub use context::IntakeContext;
pub use error::IntakeError;
pub use guide::read_guide;
pub use ingest::{Author, Ingest};
pub use marks::CommentMarks;
pub use names_of_pages::NamesOfPages;
pub use page_facts::PageFacts;
pub use people::Directory;
pub use poll::first_look_fact;
use watched::WatchedPage;

use crate::domain::ids::PageId;
use crate::health::TOKEN;
use crate::notion::{Error, Kind};
use refresh::Refreshed;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

/// How long a page stays active after something happened on it.
const ACTIVE_FOR: Duration = Duration::from_mins(10);
/// Pages that are read at the same time.
const AT_ONCE: usize = 4;
/// Requests that one poll of a page costs on average: the list, now and then the page and its threads.
const REQUESTS_PER_POLL: f64 = 1.6;
/// How long a page rests at most that cannot be read.
const REST: Duration = Duration::from_mins(1);
/// How often data sources are asked for their pages, and the workspace for its members.
const REFRESH_EVERY: Duration = Duration::from_mins(5);
/// How soon that is tried again when it fails.
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// As good as never, for a timer that something else wakes before.
const FAR: Duration = Duration::from_hours(1);
const NOTHING_NAMED: &str = "none is named; set `pages` in config/keyminder.toml or KEYMINDER_PAGES to a page's URL";

/// Polls the watched pages, several at a time, each as often as the budget of requests allows.
pub struct Intake {
    context: Arc<IntakeContext>,
    resting: BTreeMap<PageId, WatchedPage>,
    polling: JoinSet<Polled>,
    refreshing: JoinSet<Refreshed>,
    /// Which page each poll looks at, should it not come back.
    in_hand: HashMap<tokio::task::Id, PageId>,
    watching: BTreeSet<PageId>,
    /// Pages whose bell rang while they were being read.
    rung: BTreeSet<PageId>,
    /// When the pages of data sources and the members are asked for next.
    refresh_at: Instant,
    /// How often in a row that did not work.
    refusals: u32,
    begun: Instant,
    /// Pages that were looked at, and why one cannot be read, if time alone will not mend it.
    looked_at: BTreeMap<PageId, Option<String>>,
    judged: bool,
}

/// A page that was polled, and how that ended.
type Polled = (WatchedPage, Result<(), IntakeError>);

impl Intake {
    /// An intake that has read no page yet, and knows none.
    pub fn new(context: Arc<IntakeContext>) -> Self {
        Self {
            context,
            resting: BTreeMap::new(),
            polling: JoinSet::new(),
            refreshing: JoinSet::new(),
            in_hand: HashMap::new(),
            watching: BTreeSet::new(),
            rung: BTreeSet::new(),
            refresh_at: Instant::now(),
            refusals: 0,
            begun: Instant::now(),
            looked_at: BTreeMap::new(),
            judged: false,
        }
    }

    /// Polls until it is dropped. `bell` names pages on which something happened just now. It ends by itself when it
    /// cannot go on: the store is gone, or not one page can be read and time alone will not mend that.
    pub async fn work(&mut self, bell: &mut mpsc::Receiver<PageId>) -> Result<Infallible, IntakeError> {
        loop {
            self.start_refresh();
            self.start_due();
            let next_at = self.next_at();
            tokio::select! {
                biased;
                Some(done) = self.refreshing.join_next(), if !self.refreshing.is_empty() => self.refreshed(done)?,
                Some(done) = self.polling.join_next_with_id(), if !self.polling.is_empty() => self.rest(done)?,
                Some(page) = bell.recv() => {
                    match self.resting.get_mut(&page) {
                        Some(watched) => watched.next_at = Instant::now(),
                        // It is being read; what happened may have come too late for that.
                        None => drop(self.rung.insert(page)),
                    }
                }
                () = tokio::time::sleep_until(next_at) => {}
            }
        }
    }

    /// Looks at every page once; for `run --once`. Fails as [`Intake::work`] does, and when no page could be read.
    pub async fn look_once(&mut self) -> Result<(), IntakeError> {
        while self.watching.is_empty() || !self.knows_people() {
            tokio::time::sleep_until(self.refresh_at.min(Instant::now() + TRY_AGAIN)).await;
            self.start_refresh();
            if let Some(done) = self.refreshing.join_next().await {
                self.refreshed(done)?;
            }
        }
        self.look_at(self.resting.keys().cloned().collect()).await?;
        // One list that lacks a comment proves nothing: those pages are looked at once more, as late as that can tell.
        let lacking = self.resting.values().filter(|page| page.failures == 0);
        let lacking = lacking.filter_map(|page| Some((gone::can_tell_at(&self.context, page)?, page.page.clone())));
        let (at, lacking): (Vec<Instant>, Vec<PageId>) = lacking.unzip();
        if let Some(at) = at.into_iter().max() {
            tokio::time::sleep_until(at).await;
            self.look_at(lacking).await?;
        }
        if self.resting.values().any(|page| page.failures == 0) {
            return Ok(());
        }
        let pages = self.context.health.snapshot().pages;
        let faults = pages.into_values().filter_map(|page| Some(page.fault?.text));
        Err(IntakeError::NoPage(faults.collect::<Vec<_>>().join("; ")))
    }

    /// Looks at these pages once, several at a time.
    async fn look_at(&mut self, mut left: Vec<PageId>) -> Result<(), IntakeError> {
        loop {
            while self.polling.len() < AT_ONCE
                && let Some(page) = left.pop()
            {
                self.start(&page);
            }
            match self.polling.join_next_with_id().await {
                Some(done) => self.rest(done)?,
                None => return Ok(()),
            }
        }
    }

    /// Whether it is known who may act. A workspace that does not list its members is not waited for for ever: then all
    /// may ask and be looked for, and nothing may be closed.
    fn knows_people(&self) -> bool {
        self.context.people.is_known() || self.begun.elapsed() >= REST.min(self.context.poll.idle * 2)
    }

    /// Starts what is due, whoever waits longest first. Nobody is read before it is known who may act.
    fn start_due(&mut self) {
        let now = Instant::now();
        while self.polling.len() < AT_ONCE && self.knows_people() {
            let due = self.resting.values().filter(|page| page.next_at <= now);
            let Some(page) = due.min_by_key(|page| page.next_at).map(|page| page.page.clone()) else {
                return;
            };
            self.start(&page);
        }
    }

    fn start(&mut self, page: &PageId) {
        if let Some(watched) = self.resting.remove(page) {
            let poll = self.polling.spawn(poll(Arc::clone(&self.context), watched));
            self.in_hand.insert(poll.id(), page.clone());
        }
    }

    /// Takes a page back and says when it is read again.
    fn rest(&mut self, done: Result<(tokio::task::Id, Polled), JoinError>) -> Result<(), IntakeError> {
        let id = done.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let page = self.in_hand.remove(&id);
        match done {
            Ok((_, (watched, Err(error)))) if error.is_fatal() => {
                self.resting.insert(watched.page.clone(), watched);
                return Err(error);
            }
            Ok((_, (mut watched, ended))) => {
                watched.failures = if ended.is_ok() {
                    0
                } else {
                    watched.failures.saturating_add(1)
                };
                watched.next_at = Instant::now() + self.pause(&watched, ended.as_ref().err());
                if self.rung.remove(&watched.page) {
                    watched.next_at = Instant::now();
                }
                self.tell(&mut watched, ended);
                self.resting.insert(watched.page.clone(), watched);
            }
            // What the poll knew is lost; the store has all that counts.
            Err(error) => {
                let Some(page) = page else { return Ok(()) };
                self.context.health.restarted("a look at a page");
                self.context.health.page(
                    &page,
                    Some(format!("an internal error ({error}); I look again in a minute")),
                );
                let mut watched = WatchedPage::new(page.clone());
                watched.next_at = Instant::now() + REST;
                self.resting.insert(page, watched);
            }
        }
        self.judge()
    }

    /// Says what is wrong with a page, or that it works again.
    fn tell(&mut self, watched: &mut WatchedPage, ended: Result<(), IntakeError>) {
        let health = &self.context.health;
        let page = watched.page.clone();
        let Err(error) = ended else {
            health.part(TOKEN, None);
            let fault = watched.faults.values().next();
            health.page(
                &page,
                fault.map(|fault| format!("a part of it cannot be read now: {fault}")),
            );
            self.looked_at.insert(page, None);
            return;
        };
        // Once it is there again, it is compared with what we wrote.
        watched.forget_told();
        let text = if error.is_gone() {
            "not shared with the connection, or in the trash: open it in Notion, \u{2022}\u{2022}\u{2022}, Connections, and \
             add the connection; I look again within a minute"
                .to_owned()
        } else {
            error.summary()
        };
        let lasting = (error.is_lasting() && !watched.has_guide).then(|| format!("page {page}: {text}"));
        // A refused token is told once, not for each page.
        if let IntakeError::Notion(refused) = &error
            && refused.is_of_token()
        {
            health.part(TOKEN, Some(refused.hint()));
        } else {
            health.page(&page, Some(text));
        }
        self.looked_at.insert(page, lasting);
    }

    /// Once every page was looked at: a bot that never could read one of them, and never will by waiting, ends.
    fn judge(&mut self) -> Result<(), IntakeError> {
        if self.judged || self.looked_at.len() < self.watching.len() {
            return Ok(());
        }
        self.judged = true;
        let faults: Option<Vec<&str>> = self.looked_at.values().map(Option::as_deref).collect();
        match faults {
            Some(faults) => Err(IntakeError::NoPage(faults.join("; "))),
            None => Ok(()),
        }
    }

    /// How long until a page is read again: soon where something happens, always within half of the budget, and later
    /// each time where it fails.
    fn pause(&self, watched: &WatchedPage, fault: Option<&IntakeError>) -> Duration {
        let poll = &self.context.poll;
        if let Some(fault) = fault {
            let rest = REST.min(poll.idle * 2);
            let doubled = poll.active * 2_u32.saturating_pow(watched.failures.min(10));
            let asked = match fault {
                IntakeError::Notion(Error {
                    kind: Kind::Later { after },
                    ..
                }) => *after,
                fault if fault.is_lasting() || fault.is_of_token() => rest,
                _ => Duration::ZERO,
            };
            return doubled.min(rest).max(asked);
        }
        if watched.threads.search.is_on() && watched.faults.is_empty() {
            return Duration::ZERO;
        }
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

    /// When something may be due. While all places are taken, only the end of a poll can change anything.
    fn next_at(&self) -> Instant {
        if self.polling.len() >= AT_ONCE {
            return Instant::now() + FAR;
        }
        let due = self.resting.values().map(|page| page.next_at);
        let due = due.filter(|_| self.knows_people());
        let refresh_at = Some(self.refresh_at).filter(|_| self.refreshing.is_empty());
        due.chain(refresh_at).min().unwrap_or_else(|| Instant::now() + FAR)
    }

    /// Now and then, beside the polls: the pages of data sources, the members.
    fn start_refresh(&mut self) {
        if self.refreshing.is_empty() && self.refresh_at <= Instant::now() {
            self.refreshing.spawn(refresh::run(Arc::clone(&self.context)));
        }
    }

    /// A fault here stops no page that is known; only a bot that has nothing to watch, and never will by waiting, ends.
    fn refreshed(&mut self, done: Result<Refreshed, JoinError>) -> Result<(), IntakeError> {
        self.refusals = self.refusals.saturating_add(1);
        let pause = TRY_AGAIN * 2_u32.saturating_pow(self.refusals.min(10) - 1);
        self.refresh_at = Instant::now() + pause.min(REFRESH_EVERY);
        let Ok(Refreshed { pages, sources, people }) = done else {
            self.context.health.restarted("the lists of pages and members");
            return Ok(());
        };
        for page in pages {
            self.watch(page);
        }
        if sources.is_ok() && people.is_ok() {
            self.refusals = 0;
            self.refresh_at = Instant::now() + REFRESH_EVERY;
        }
        let health = &self.context.health;
        let refused = [&sources, &people].into_iter().filter_map(|ended| ended.as_ref().err());
        if let Some(fault) = refused.rev().find(|fault| fault.is_of_token()) {
            health.part(TOKEN, Some(fault.hint()));
        }
        health.part("list of members", people.err().map(|error| error.summary()));
        health.part("list of pages", sources.as_ref().err().map(Error::summary));
        match sources {
            Ok(()) if self.watching.is_empty() => Err(IntakeError::NoPage(NOTHING_NAMED.to_owned())),
            Err(error) if self.watching.is_empty() && error.is_lasting() => Err(IntakeError::NoPage(error.to_string())),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn watch(&mut self, page: PageId) {
        if self.watching.insert(page.clone()) {
            self.resting.insert(page.clone(), WatchedPage::new(page));
        }
    }
}

/// Polls one page and gives it back with what was learned.
async fn poll(context: Arc<IntakeContext>, mut watched: WatchedPage) -> Polled {
    let ended = poll::poll(&context, &mut watched).await;
    (watched, ended)
}
