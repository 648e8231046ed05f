//! The way of a comment: redact, classify, decide, commit. Outcomes of effects come the same way, as events.
//!
//! One task owns the states of all pages. It takes everything that waits, decides page by page, and commits all
//! pages at once; the store makes one transaction of it.
use crate::domain::classify::{About, Classifier, KeyNames};
use crate::domain::comment::{Comment, RawText};
use crate::domain::decide::{Playbook, Wanted, decide};
use crate::domain::effect::{Done, EffectId, Outcome};
use crate::domain::event::{Authority, Event, Gone, Report};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::page::PageState;
use crate::domain::redact::{Redacted, Redactor};
use crate::store::{
    AuditRow, CommentRow, Commit, NewEffect, PageWrite, Presence, Settle, Settlement, Standing, Store, StoreError,
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};
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
        }
    }
}

/// Where happenings are brought.
#[derive(Clone)]
pub struct Door {
    sender: mpsc::Sender<(Vec<Happening>, oneshot::Sender<()>)>,
}

impl Door {
    /// Brings happenings in; returns when what follows from them is committed. `false`: the pipeline has stopped.
    pub async fn bring(&self, happenings: Vec<Happening>) -> bool {
        let (done, committed) = oneshot::channel();
        self.sender.send((happenings, done)).await.is_ok() && committed.await.is_ok()
    }
}

/// Decides and commits.
pub struct Pipeline {
    store: Arc<dyn Store>,
    playbook: Arc<Playbook>,
    project: String,
    pages: HashMap<PageId, (u64, PageState)>,
    /// Rung when new effects are committed.
    bell: Arc<Notify>,
    inbox: mpsc::Receiver<(Vec<Happening>, oneshot::Sender<()>)>,
}

impl Pipeline {
    /// A pipeline, and the door to it.
    pub fn new(store: Arc<dyn Store>, playbook: Arc<Playbook>, project: String, bell: Arc<Notify>) -> (Self, Door) {
        let (sender, inbox) = mpsc::channel(WAITING_AT_MOST);
        (
            Self {
                store,
                playbook,
                project,
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
                    let Some((happenings, done)) = brought else { return Ok(()) };
                    self.take_all(happenings, done).await?;
                }
                _ = clock.tick() => self.tick().await?,
            }
        }
    }

    async fn take_all(&mut self, happenings: Vec<Happening>, done: oneshot::Sender<()>) -> Result<(), StoreError> {
        let mut waiting = happenings;
        let mut bringers = vec![done];
        while waiting.len() < ROUND_AT_MOST
            && let Ok((happenings, done)) = self.inbox.try_recv()
        {
            waiting.extend(happenings);
            bringers.push(done);
        }
        self.round(waiting).await?;
        self.bell.notify_one();
        for bringer in bringers {
            let _ = bringer.send(());
        }
        Ok(())
    }

    /// Open conversations hear the clock, and pages whose next rotation is due.
    async fn tick(&mut self) -> Result<(), StoreError> {
        let now = Utc::now();
        let due = |state: &PageState| state.due.as_ref().is_some_and(|due| due.at <= now && !due.told);
        let waiting = self.pages.iter().filter(|(_, (_, state))| {
            state.conversations.iter().any(|conversation| !conversation.replied) || due(state)
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

    /// Decides everything that waits and commits it, page by page, in one transaction of the store.
    async fn round(&mut self, happenings: Vec<Happening>) -> Result<(), StoreError> {
        let mut by_page: BTreeMap<PageId, Vec<Happening>> = BTreeMap::new();
        for happening in happenings {
            by_page.entry(happening.page.clone()).or_default().push(happening);
        }
        while !by_page.is_empty() {
            let mut commits = Vec::with_capacity(by_page.len());
            for (page, happenings) in &by_page {
                let (revision, state) = self.state(page).await?;
                commits.push(decided(
                    &self.playbook,
                    &self.project,
                    page,
                    revision,
                    state,
                    happenings,
                ));
            }
            by_page = self.commit(commits, by_page).await?;
        }
        Ok(())
    }

    async fn state(&mut self, page: &PageId) -> Result<(u64, PageState), StoreError> {
        if let Some(known) = self.pages.remove(page) {
            return Ok(known);
        }
        let Some((revision, json)) = self.store.page(page).await? else {
            return Ok((0, PageState::default()));
        };
        let state = serde_json::from_value(json).map_err(|error| {
            StoreError::Unusable(format!(
                "the state of page {page} cannot be read ({error}); was it written by a newer version?"
            ))
        })?;
        Ok((revision, state))
    }

    /// Commits all pages at once; gives back what has to be decided again.
    async fn commit(
        &mut self,
        commits: Vec<Decided>,
        mut happenings: BTreeMap<PageId, Vec<Happening>>,
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
                    self.pages.insert(page.clone(), (revision, state));
                    happenings.remove(&page);
                }
                Err(StoreError::Moved) => {}
                Err(StoreError::Fenced(lost)) => without(&mut happenings, &page, &lost),
                Err(StoreError::Later(why)) => {
                    tracing::warn!(%page, why, "the store cannot write now; nothing is lost, I try again");
                    pause = true;
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

/// What a page's round came to.
struct Decided {
    page: PageId,
    /// The revision that the page has once this is committed.
    revision: u64,
    commit: Commit,
    state: PageState,
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

/// Folds what happened on a page into its state, and gathers everything that is to be committed with it.
fn decided(
    playbook: &Playbook,
    project: &str,
    page: &PageId,
    revision: u64,
    mut state: PageState,
    happenings: &[Happening],
) -> Decided {
    let now = Utc::now();
    let mut commit = Commit {
        at_ms: now.timestamp_millis(),
        ..Commit::default()
    };
    let mut rows: BTreeMap<CommentId, CommentRow> = BTreeMap::new();
    let mut answered: BTreeMap<CommentId, Option<CommentId>> = BTreeMap::new();
    for happening in happenings {
        let decision = decide(playbook, page, state, &happening.event, now);
        state = decision.state;
        for row in &happening.rows {
            rows.insert(row.comment.id.clone(), row.clone());
            commit.audit.push(seen(row, &happening.event, now));
        }
        commit.settled.extend(happening.settle.clone());
        commit.audit.extend(happening.audit.clone());
        for note in decision.notes {
            let (comment, kind) = (note.comment, note.kind.to_owned());
            commit.audit.push(AuditRow {
                n: 0,
                at_ms: now.timestamp_millis(),
                page: page.clone(),
                comment,
                kind,
                facts: note.facts,
            });
        }
        for wanted in decision.effects {
            for comment in wanted.effect.answers() {
                answered.insert(comment.clone(), wanted.comment.clone());
            }
            commit.effects.push(new_effect(page, project, wanted));
        }
    }
    for (id, mut row) in rows {
        let open = state.conversations.iter().find(|open| open.answers(&id));
        row.standing = match row.standing {
            Standing::Open | Standing::Silent if open.is_some() => Standing::Open,
            Standing::Open | Standing::Silent if answered.contains_key(&id) => Standing::Answered,
            Standing::Open => Standing::Silent,
            other => other,
        };
        let answering = open.map(|open| open.comment.clone()).or(answered.remove(&id));
        row.answered_in = answering.flatten().filter(|other| *other != id).or(row.answered_in);
        commit.comments.push(row);
    }
    if happenings.iter().all(is_said) && state.conversations.is_empty() {
        return Decided {
            page: page.clone(),
            revision,
            commit,
            state,
        };
    }
    let json = serde_json::to_value(&state).unwrap_or_default();
    commit.page = Some(PageWrite {
        page: page.clone(),
        revision,
        state: json,
    });
    Decided {
        page: page.clone(),
        revision: revision + 1,
        commit,
        state,
    }
}

/// A reply that was posted changes nothing that we hold of the page; most outcomes are of this kind.
fn is_said(happening: &Happening) -> bool {
    let Event::EffectFinished { outcome, .. } = &happening.event else {
        return false;
    };
    matches!(
        **outcome,
        Outcome::Done {
            result: Done::Replied { .. }
        }
    )
}

fn seen(row: &CommentRow, event: &Event, now: DateTime<Utc>) -> AuditRow {
    let kind = match event {
        Event::CommentEdited { .. } => "edited",
        Event::CommentGone { .. } => "gone",
        Event::PageRead(_)
        | Event::CommentPosted(_)
        | Event::CommentsFlooded(_)
        | Event::EffectFinished { .. }
        | Event::BacklogAbsorbed
        | Event::AlertRaised(_)
        | Event::ClockTicked => "seen",
    };
    let facts =
        serde_json::json!({ "text": row.comment.text, "author": row.comment.author_name, "reading": row.reading });
    let (page, comment) = (row.page.clone(), Some(row.comment.id.clone()));
    AuditRow {
        n: 0,
        at_ms: now.timestamp_millis(),
        page,
        comment,
        kind: kind.to_owned(),
        facts,
    }
}

fn new_effect(page: &PageId, project: &str, wanted: Wanted) -> NewEffect {
    let project = wanted.effect.is_of_project().then(|| project.to_owned());
    NewEffect {
        id: wanted.id,
        page: page.clone(),
        comment: wanted.comment,
        project,
        effect: wanted.effect,
        after: wanted.after,
        not_before_ms: wanted.not_before.map_or(0, |at| at.timestamp_millis()),
    }
}

/// A comment as it came, before anything was made of it.
pub struct Arrived {
    /// The comment, its text still empty.
    pub comment: Comment,
    /// The step whose block it hangs on.
    pub on_step: Option<u8>,
    /// What its author may do.
    pub authority: Authority,
    /// Whether it was there before the first start.
    pub absorbed: bool,
}

/// Redacts a comment; its hash tells an edit. The hash is made with a neutral token in place of each key, so that a
/// key which becomes known later, or changes its label, makes no edit of an old comment.
pub fn redact(redactor: &Redactor, raw: &RawText) -> (Redacted, u64) {
    let redacted = redactor.redact(raw);
    let digest = ring::digest::digest(&ring::digest::SHA256, redacted.for_reading.as_str().as_bytes());
    let hash = digest
        .as_ref()
        .iter()
        .take(8)
        .fold(0, |hash, byte| hash << 8 | u64::from(*byte));
    (redacted, hash)
}

/// Classifies what redaction left: from here on there is only clean text.
pub fn read(classifier: &Classifier, keys: &KeyNames, steps_total: u8, arrived: Arrived, redacted: Redacted) -> Report {
    let about = About {
        steps_total,
        default_step: arrived.on_step,
        keys,
        plan_minutes: None,
    };
    let reading = classifier.read(&redacted.for_reading, &about);
    Report {
        comment: Comment {
            text: redacted.text,
            ..arrived.comment
        },
        on_step: arrived.on_step,
        reading,
        findings: redacted.findings,
        authority: arrived.authority,
        absorbed: arrived.absorbed,
    }
}

/// A row for a comment that was seen.
pub fn row(page: &PageId, report: &Report, hash: u64) -> CommentRow {
    let standing = if report.absorbed {
        Standing::Absorbed
    } else {
        Standing::Open
    };
    CommentRow {
        page: page.clone(),
        comment: report.comment.clone(),
        hash,
        reading: report.reading.clone(),
        standing,
        presence: Presence::Listed,
        answered_in: None,
    }
}

/// How a comment's row changes when it is gone.
pub fn gone(mut row: CommentRow, how: Gone) -> CommentRow {
    row.presence = match how {
        Gone::Deleted => Presence::Deleted,
        Gone::Resolved => Presence::Resolved,
    };
    row
}

/// What an outcome does to its row.
pub fn settlement(outcome: &Outcome, remote_id: Option<String>) -> Settlement {
    match outcome {
        Outcome::Done { .. } => Settlement::Done { remote_id },
        Outcome::Later { at, .. } => Settlement::Ready {
            not_before_ms: at.timestamp_millis(),
        },
        Outcome::Unknown { at, .. } => Settlement::Unknown {
            not_before_ms: at.timestamp_millis(),
        },
        Outcome::Refused { .. } => Settlement::Failed,
        Outcome::Moot { .. } => Settlement::Moot,
    }
}
