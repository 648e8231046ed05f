//! The way of a comment: redact, classify, decide, commit. Outcomes of effects come the same way, as events.
//!
//! One task owns the states of all pages. It takes everything that waits, decides page by page, and commits all
//! pages at once; the store makes one transaction of it.
mod comment;
mod decided;

pub use comment::{Arrived, gone, read, redact, row};

use crate::clock;
use crate::domain::decide::Playbook;
use crate::domain::effect::{EffectId, Outcome};
use crate::domain::event::Event;
use crate::domain::ids::{CommentId, PageId};
use crate::domain::page::PageState;
use crate::health::{Health, STORE};
use crate::store::{AuditRow, CommentRow, Settle, Settlement, Store, StoreError};
use decided::{Decided, decided};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};

/// Steps that wait for the pipeline at most; whoever brings more waits too.
const WAITING_AT_MOST: usize = 1024;
/// Steps decided in one round at most: bounds the transaction and the memory.
const ROUND_AT_MOST: usize = 2048;
/// Open conversations hear the clock this often.
const TICK: Duration = Duration::from_millis(500);
/// How long after a refusal of the store (disk full) the same commit is tried again.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Something that happened on a page, with the rows that it changes.
pub struct Happening {
    /// On which page.
    pub page: PageId,
    /// What.
    pub event: Event,
    /// The comments' rows, for comments that are new, changed or gone.
    pub rows: Vec<CommentRow>,
    /// The effect's row, for outcomes.
    pub settle: Option<Settle>,
    /// A line for the audit, where the event alone does not tell enough.
    pub audit: Option<AuditRow>,
    /// Replies of ours that were found to stand under these ids.
    pub found: Vec<(EffectId, CommentId)>,
    /// Replies that were called off and are wanted again.
    pub revived: Vec<EffectId>,
}

impl Happening {
    /// Something that changes no row of its own.
    pub fn bare(page: PageId, event: Event) -> Self {
        Self {
            page,
            event,
            rows: Vec::new(),
            settle: None,
            audit: None,
            found: Vec::new(),
            revived: Vec::new(),
        }
    }
}

/// Why what was brought is not committed. Whoever brought it keeps it, and brings it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "what was not taken is to be brought again"]
pub enum NotTaken {
    /// Nothing is taken any more.
    #[error("the pipeline has ended")]
    Ended,
    /// This page stands still until its state can be read or decided again; all others go on.
    #[error("this page stands still: {0}")]
    Page(String),
}

/// What was brought, and where the answer goes.
struct Brought {
    happenings: Vec<Happening>,
    answer: oneshot::Sender<Result<(), NotTaken>>,
}

/// Where happenings are brought.
#[derive(Clone)]
pub struct Door {
    sender: mpsc::Sender<Brought>,
}

impl Door {
    /// Brings happenings in; returns when what follows from them is committed.
    pub async fn bring(&self, happenings: Vec<Happening>) -> Result<(), NotTaken> {
        let (answer, committed) = oneshot::channel();
        let brought = Brought { happenings, answer };
        self.sender.send(brought).await.map_err(|_| NotTaken::Ended)?;
        committed.await.map_err(|_| NotTaken::Ended)?
    }
}

/// Decides and commits.
pub struct Pipeline {
    store: Arc<dyn Store>,
    playbook: Arc<Playbook>,
    project: String,
    health: Health,
    pages: HashMap<PageId, (u64, PageState)>,
    /// Rung when new effects are committed.
    bell: Arc<Notify>,
    inbox: mpsc::Receiver<Brought>,
}

/// Pages that stand still, and why.
type Still = BTreeMap<PageId, String>;

impl Pipeline {
    /// A pipeline, and the door to it.
    pub fn new(
        store: Arc<dyn Store>,
        playbook: Arc<Playbook>,
        project: String,
        health: Health,
        bell: Arc<Notify>,
    ) -> (Self, Door) {
        let (sender, inbox) = mpsc::channel(WAITING_AT_MOST);
        (
            Self {
                store,
                playbook,
                project,
                health,
                pages: HashMap::new(),
                bell,
                inbox,
            },
            Door { sender },
        )
    }

    /// Works until every door is closed. Ends early when the store cannot be used any more.
    pub async fn work(mut self) -> Result<(), StoreError> {
        let mut clock = tokio::time::interval(TICK);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                brought = self.inbox.recv() => {
                    let Some(brought) = brought else { return Ok(()) };
                    self.take_all(brought).await?;
                }
                _ = clock.tick() => self.tick().await?,
            }
        }
    }

    async fn take_all(&mut self, first: Brought) -> Result<(), StoreError> {
        let mut waiting = Vec::new();
        let mut answers = Vec::new();
        let mut next = Some(first);
        while let Some(Brought { happenings, answer }) = next {
            let pages: BTreeSet<PageId> = happenings.iter().map(|happening| happening.page.clone()).collect();
            answers.push((pages, answer));
            waiting.extend(happenings);
            next = (waiting.len() < ROUND_AT_MOST)
                .then(|| self.inbox.try_recv().ok())
                .flatten();
        }
        let still = self.round(waiting).await?;
        self.bell.notify_one();
        for (pages, answer) in answers {
            let fault = pages.iter().find_map(|page| still.get(page));
            // Who brought it may have stopped waiting.
            let _ = answer.send(fault.map_or(Ok(()), |why| Err(NotTaken::Page(why.clone()))));
        }
        Ok(())
    }

    /// Open conversations hear the clock, and pages on which something is due.
    async fn tick(&mut self) -> Result<(), StoreError> {
        let now = clock::now();
        let due = |state: &PageState| state.due.as_ref().is_some_and(|due| due.at <= now && !due.told);
        let waiting = self.pages.iter().filter(|(_, (_, state))| {
            state.conversations.iter().any(|conversation| !conversation.replied)
                || due(state)
                || state.next_retry_at().is_some_and(|at| at <= now)
        });
        let ticks: Vec<Happening> = waiting
            .map(|(page, _)| Happening::bare(page.clone(), Event::ClockTicked))
            .collect();
        if !ticks.is_empty() {
            self.round(ticks).await?;
            self.bell.notify_one();
        }
        Ok(())
    }

    /// Decides everything that waits and commits it, page by page, in one transaction of the store. Gives back the pages
    /// that stand still: nothing of them was taken.
    async fn round(&mut self, happenings: Vec<Happening>) -> Result<Still, StoreError> {
        let mut by_page: BTreeMap<PageId, Vec<Happening>> = BTreeMap::new();
        for happening in happenings {
            by_page.entry(happening.page.clone()).or_default().push(happening);
        }
        let mut still = Still::new();
        while !by_page.is_empty() {
            let mut commits = Vec::with_capacity(by_page.len());
            let mut put_off = false;
            for (page, happenings) in &by_page {
                match self.decide(page, happenings).await {
                    Ok(decided) => commits.push(decided),
                    Err(StoreError::Unreadable { why, .. }) => {
                        still.insert(page.clone(), why);
                    }
                    Err(StoreError::Later(why)) => {
                        self.health.part(
                            STORE,
                            Some(format!("it cannot be read now, so everything waits: {why}")),
                        );
                        put_off = true;
                    }
                    Err(error) => return Err(error),
                }
            }
            if put_off {
                tokio::time::sleep(STORE_PAUSE).await;
            }
            by_page.retain(|page, _| !still.contains_key(page));
            by_page = self.commit(commits, by_page, &mut still).await?;
        }
        Ok(still)
    }

    /// What follows for one page. A decision that panics stops this page alone: its state is read anew the next time.
    async fn decide(&mut self, page: &PageId, happenings: &[Happening]) -> Result<Decided, StoreError> {
        let (revision, state) = self.state(page).await?;
        let (playbook, project) = (&self.playbook, &self.project);
        let decided = || decided(playbook, project, page, revision, state, happenings);
        std::panic::catch_unwind(AssertUnwindSafe(decided)).map_err(|_| {
            let why = "an internal error while deciding; the log has its place".to_owned();
            unreadable(page, why)
        })
    }

    async fn state(&mut self, page: &PageId) -> Result<(u64, PageState), StoreError> {
        if let Some(known) = self.pages.remove(page) {
            return Ok(known);
        }
        let Some((revision, json)) = self.store.page(page).await? else {
            return Ok((0, PageState::default()));
        };
        let mut state: PageState = serde_json::from_value(json).map_err(|error| {
            let why = format!("its state cannot be read ({error}); was it written by a newer version?");
            unreadable(page, why)
        })?;
        state.not_ahead_of(clock::now());
        Ok((revision, state))
    }

    /// Commits all pages at once; gives back what has to be decided again.
    async fn commit(
        &mut self,
        commits: Vec<Decided>,
        mut happenings: BTreeMap<PageId, Vec<Happening>>,
        still: &mut Still,
    ) -> Result<BTreeMap<PageId, Vec<Happening>>, StoreError> {
        let mut answers = tokio::task::JoinSet::new();
        for decided in commits {
            let store = Arc::clone(&self.store);
            answers.spawn(async move {
                let result = store.commit(decided.commit).await;
                (decided.page, decided.revision, decided.state, result)
            });
        }
        let mut pause = false;
        while let Some(answer) = answers.join_next().await {
            let (page, revision, state, result) = answer.map_err(|error| StoreError::Unusable(error.to_string()))?;
            match result {
                Ok(()) => {
                    self.health.part(STORE, None);
                    self.pages.insert(page.clone(), (revision, state));
                    happenings.remove(&page);
                }
                Err(StoreError::Moved) => {}
                Err(StoreError::Fenced(lost)) => without(&mut happenings, &page, &lost),
                Err(StoreError::Later(why)) => {
                    let why = format!("it cannot be written now, so everything waits and nothing is lost: {why}");
                    self.health.part(STORE, Some(why));
                    pause = true;
                }
                Err(error @ StoreError::Unreadable { .. }) => {
                    happenings.remove(&page);
                    still.insert(page, error.to_string());
                }
                Err(error @ StoreError::Unusable(_)) => return Err(error),
            }
        }
        if pause {
            tokio::time::sleep(STORE_PAUSE).await;
        }
        happenings.retain(|_, left| !left.is_empty());
        Ok(happenings)
    }
}

fn unreadable(page: &PageId, why: String) -> StoreError {
    StoreError::Unreadable {
        what: "page state",
        id: page.to_string(),
        why,
    }
}

/// The outcomes of effects that are somebody else's by now are not ours to tell.
fn without(happenings: &mut BTreeMap<PageId, Vec<Happening>>, page: &PageId, lost: &[EffectId]) {
    if let Some(of_page) = happenings.get_mut(page) {
        of_page.retain(|happening| {
            happening
                .settle
                .as_ref()
                .is_none_or(|settle| !lost.contains(&settle.id))
        });
    }
}

/// What an outcome does to its row.
pub fn settlement(outcome: &Outcome, remote_id: Option<String>) -> Settlement {
    match outcome {
        Outcome::Done { .. } => Settlement::Done { remote_id },
        Outcome::Later { at, .. } => Settlement::Ready {
            not_before_ms: at.timestamp_millis(),
        },
        Outcome::Unknown { at, proven_from, .. } => Settlement::Unknown {
            not_before_ms: at.timestamp_millis(),
            absence_proven_from_ms: proven_from.map(|from| from.timestamp_millis()),
        },
        Outcome::Absent { .. } => Settlement::Absent,
        Outcome::Refused { .. } => Settlement::Failed,
        Outcome::Moot { .. } => Settlement::Moot,
    }
}
