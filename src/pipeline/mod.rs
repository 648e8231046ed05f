//! The way of an input: decide, commit. Comments come as reports, outcomes of effects come the same way, as events.
//!
//! One task owns the states of all pages. It takes everything that waits, decides page by page, and commits all
//! pages at once; the store makes one transaction of it.
mod decided;
mod due_pages;
mod input;

pub use input::{PipelineHandle, PipelineInput, SubmitError};

use crate::clock;
use crate::domain::decide::Playbook;
use crate::domain::effect::EffectId;
use crate::domain::event::Event;
use crate::domain::ids::PageId;
use crate::domain::page::PageState;
use crate::health::{Health, STORE};
use crate::live::Live;
use crate::store::{Store, StoreError};
use decided::{Decided, decided};
use due_pages::DuePages;
use input::{Submission, WAITING_AT_MOST};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// Steps decided in one round at most: bounds the transaction and the memory.
const ROUND_AT_MOST: usize = 2048;
/// Open conversations hear the clock this often.
const TICK: Duration = Duration::from_millis(500);
/// How long after a refusal of the store (disk full) the same commit is tried again.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Owns the states of all pages; decides what follows from each input, and commits it.
pub struct Pipeline {
    store: Arc<dyn Store>,
    playbook: Live<Playbook>,
    project: String,
    health: Health,
    pages: HashMap<PageId, (u64, PageState)>,
    /// Those of them for which the clock matters.
    due: DuePages,
    /// Rung when new effects are committed.
    bell: Arc<Notify>,
    inbox: mpsc::Receiver<Submission>,
}

/// Pages of which nothing is taken now, and why.
type StalledPages = BTreeMap<PageId, String>;

impl Pipeline {
    /// A pipeline, and the handle by which inputs are submitted to it.
    pub fn new(
        store: Arc<dyn Store>,
        playbook: Live<Playbook>,
        project: String,
        health: Health,
        bell: Arc<Notify>,
    ) -> (Self, PipelineHandle) {
        let (sender, inbox) = mpsc::channel(WAITING_AT_MOST);
        (
            Self {
                store,
                playbook,
                project,
                health,
                pages: HashMap::new(),
                due: DuePages::default(),
                bell,
                inbox,
            },
            PipelineHandle::new(sender),
        )
    }

    /// Works until every handle is dropped. Ends early when the store cannot be used any more.
    pub async fn work(mut self) -> Result<(), StoreError> {
        let mut clock = tokio::time::interval(TICK);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                submission = self.inbox.recv() => {
                    let Some(submission) = submission else { return Ok(()) };
                    self.take_all(submission).await?;
                }
                _ = clock.tick() => self.tick().await?,
            }
        }
    }

    async fn take_all(&mut self, first: Submission) -> Result<(), StoreError> {
        let mut waiting = Vec::new();
        let mut answers = Vec::new();
        let mut next = Some(first);
        while let Some(Submission { inputs, answer }) = next {
            let pages: BTreeSet<PageId> = inputs.iter().map(|input| input.page.clone()).collect();
            answers.push((pages, answer));
            waiting.extend(inputs);
            next = (waiting.len() < ROUND_AT_MOST)
                .then(|| self.inbox.try_recv().ok())
                .flatten();
        }
        let stalled = self.round(waiting).await?;
        self.bell.notify_one();
        for (pages, answer) in answers {
            let fault = pages.iter().find_map(|page| stalled.get(page));
            // Who submitted it may have stopped waiting.
            let _ = answer.send(fault.map_or(Ok(()), |why| Err(SubmitError::Page(why.clone()))));
        }
        Ok(())
    }

    /// Open conversations hear the clock, and pages on which something is due.
    async fn tick(&mut self) -> Result<(), StoreError> {
        let due = self.due.due(clock::now());
        let ticks: Vec<PipelineInput> = due
            .map(|page| PipelineInput::new(page.clone(), Event::ClockTicked))
            .collect();
        if !ticks.is_empty() {
            self.round(ticks).await?;
            self.bell.notify_one();
        }
        Ok(())
    }

    /// Decides everything that waits and commits it, page by page, in one transaction of the store. Gives back the pages
    /// that are stalled: nothing of them was taken.
    async fn round(&mut self, inputs: Vec<PipelineInput>) -> Result<StalledPages, StoreError> {
        let mut by_page: BTreeMap<PageId, Vec<PipelineInput>> = BTreeMap::new();
        for input in inputs {
            by_page.entry(input.page.clone()).or_default().push(input);
        }
        let mut stalled = StalledPages::new();
        while !by_page.is_empty() {
            let mut commits = Vec::with_capacity(by_page.len());
            let mut put_off = false;
            for (page, inputs) in &by_page {
                match self.decide(page, inputs).await {
                    Ok(decided) => commits.push(decided),
                    Err(StoreError::Unreadable { why, .. }) => {
                        stalled.insert(page.clone(), why);
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
            by_page.retain(|page, _| !stalled.contains_key(page));
            by_page = self.commit(commits, by_page, &mut stalled).await?;
        }
        Ok(stalled)
    }

    /// What follows for one page. A decision that panics stops this page alone: its state is read anew the next time.
    async fn decide(&mut self, page: &PageId, inputs: &[PipelineInput]) -> Result<Decided, StoreError> {
        let (revision, state) = self.state(page).await?;
        let (playbook, project) = (self.playbook.now(), &self.project);
        let decided = || decided(&playbook, project, page, revision, state, inputs);
        std::panic::catch_unwind(AssertUnwindSafe(decided)).map_err(|_| {
            let why = "an internal error while deciding; the log has its place".to_owned();
            unreadable(page, why)
        })
    }

    async fn state(&mut self, page: &PageId) -> Result<(u64, PageState), StoreError> {
        self.due.forget(page);
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
        state.clamp_to(clock::now());
        Ok((revision, state))
    }

    /// Commits all pages at once; gives back what has to be decided again.
    async fn commit(
        &mut self,
        commits: Vec<Decided>,
        mut inputs: BTreeMap<PageId, Vec<PipelineInput>>,
        stalled: &mut StalledPages,
    ) -> Result<BTreeMap<PageId, Vec<PipelineInput>>, StoreError> {
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
                    self.due.update(&page, &state);
                    self.pages.insert(page.clone(), (revision, state));
                    inputs.remove(&page);
                }
                Err(StoreError::Moved) => {}
                Err(StoreError::Fenced(lost)) => without(&mut inputs, &page, &lost),
                Err(StoreError::Later(why)) => {
                    let why = format!("it cannot be written now, so everything waits and nothing is lost: {why}");
                    self.health.part(STORE, Some(why));
                    pause = true;
                }
                Err(error @ StoreError::Unreadable { .. }) => {
                    inputs.remove(&page);
                    stalled.insert(page, error.to_string());
                }
                Err(error @ StoreError::Unusable(_)) => return Err(error),
            }
        }
        if pause {
            tokio::time::sleep(STORE_PAUSE).await;
        }
        inputs.retain(|_, left| !left.is_empty());
        Ok(inputs)
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
fn without(inputs: &mut BTreeMap<PageId, Vec<PipelineInput>>, page: &PageId, lost: &[EffectId]) {
    if let Some(of_page) = inputs.get_mut(page) {
        of_page.retain(|input| input.settle.as_ref().is_none_or(|settle| !lost.contains(&settle.id)));
    }
}
