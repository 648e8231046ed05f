//! The one writer: it takes all that waits, writes it in one transaction, then answers each.
use super::group::{self, Group, Pages};
use super::prepared::Prepared;
use super::sheet::{Cell, Sheet};
use super::{claim, fault, open, wake};
use crate::domain::effect::EffectId;
use crate::store::{Claim, Claimed, StoreError};
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use std::path::{Path, PathBuf};
use tokio::sync::{mpsc, oneshot};

/// Steps that share one transaction at most.
const GROUP: usize = 256;
/// Steps that may wait before callers have to.
pub(super) const WAITING: usize = 1024;

/// At the end, how long another process that reads may keep the log from being folded into the file.
const CLOSING_BUSY: &str = "pragma busy_timeout = 1000";

/// Where an answer goes.
pub(super) type To<T> = oneshot::Sender<Result<T, StoreError>>;

/// A waiting step.
pub(super) enum Step {
    /// A decision.
    Commit(Box<Prepared>, To<()>),
    /// A lease.
    Claim(Claim, To<Claimed>),
    /// A small fact.
    Remember(String, String, To<()>),
    /// Open what is parked: by which due, and now.
    WakeParked(i64, i64, To<u64>),
    /// Open what people asked for, now.
    TakeRetries(i64, To<Vec<EffectId>>),
    /// Write everything into the one file, then end.
    Close(To<()>),
}

/// The writer's hands: what it lets go of when a group failed, and takes up anew for the next one.
struct Hands {
    connection: SqliteConnection,
    pages: Pages,
    /// What the clock showed at the last claim.
    clock_ms: i64,
}

/// Writes group after group until every sender is gone. `lock` keeps other processes out for as long.
pub(super) async fn run(
    path: PathBuf,
    connection: SqliteConnection,
    mut steps: mpsc::Receiver<Step>,
    lock: Option<std::fs::File>,
) {
    let mut hands = take_up(connection).await.ok();
    let mut waiting = Vec::with_capacity(GROUP);
    let mut closing = None;
    while closing.is_none() && steps.recv_many(&mut waiting, GROUP).await > 0 {
        let mut asked = Asked::default();
        for step in waiting.drain(..) {
            match step {
                Step::Close(to) => closing = Some(to),
                step => asked.take(step),
            }
        }
        write(&path, &mut hands, asked).await;
    }
    let closed = fold(&path, hands).await;
    drop(lock);
    if let Some(to) = closing {
        // The one who asked may have gone: then nobody wants to know.
        let _ = to.send(closed);
    }
}

/// Folds the log into the file and closes.
async fn fold(path: &Path, hands: Option<Hands>) -> Result<(), StoreError> {
    let mut connection = match hands {
        Some(hands) => hands.connection,
        None => open::connect(path).await?,
    };
    let folded = checkpoint(&mut connection).await;
    let closed = connection.close().await;
    folded?;
    closed.map_err(|error| fault::of(&error))
}

async fn checkpoint(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let shortly = sqlx::query(CLOSING_BUSY).execute(&mut *connection).await;
    shortly.map_err(|error| fault::of(&error))?;
    let busy: i64 = sqlx::query_scalar("pragma wal_checkpoint(truncate)")
        .fetch_one(connection)
        .await
        .map_err(|error| fault::of(&error))?;
    if busy == 0 {
        return Ok(());
    }
    Err(StoreError::Later(
        "somebody else reads it, so its newest part stays in the file that ends in -wal: copy both".to_owned(),
    ))
}

/// One group: written whole or not at all; each caller is told.
async fn write(path: &Path, hands: &mut Option<Hands>, mut asked: Asked) {
    if asked.is_empty() {
        return;
    }
    match transact(path, hands, &mut asked).await {
        Ok(written) => asked.answer(written),
        Err(error) => {
            // What the writer knows of the pages may be of rows that were never written; and after a failed write
            // SQLite may have rolled back by itself, which sqlx does not notice: this connection is of no more use.
            *hands = None;
            asked.refuse(&error);
        }
    }
}

async fn take_up(mut connection: SqliteConnection) -> Result<Hands, StoreError> {
    let pages = group::pages(&mut connection).await.map_err(|error| fault::of(&error))?;
    Ok(Hands {
        connection,
        pages,
        clock_ms: 0,
    })
}

async fn transact(path: &Path, hands: &mut Option<Hands>, asked: &mut Asked) -> Result<Written, StoreError> {
    let hands = match hands {
        Some(hands) => hands,
        None => hands.insert(take_up(open::connect(path).await?).await?),
    };
    let mut transaction = hands
        .connection
        .begin_with("begin immediate")
        .await
        .map_err(|error| fault::of(&error))?;
    let commits = std::mem::take(&mut asked.commits.steps);
    let mut group = Group::begin(&mut hands.pages, &commits, &mut transaction).await?;
    let mut written = Written {
        commits: commits.into_iter().map(|commit| group.admit(commit)).collect(),
        ..Written::default()
    };
    group.write(&mut transaction).await?;
    remember(&asked.facts.steps, &mut transaction).await?;
    for (due_by_ms, now_ms) in &asked.wakes.steps {
        written
            .wakes
            .push(wake::parked(*due_by_ms, *now_ms, &mut transaction).await?);
    }
    for now_ms in &asked.retries.steps {
        written.retries.push(wake::retries(*now_ms, &mut transaction).await?);
    }
    for claim in &asked.claims.steps {
        if claim.now_ms + wake::CLOCK_STEP_MS < hands.clock_ms {
            wake::clock_back(claim.now_ms, &mut transaction).await?;
            group::forget_turns(&mut hands.pages);
        }
        hands.clock_ms = claim.now_ms;
        written.claims.push(claim::claim(claim, &mut transaction).await?);
    }
    transaction.commit().await.map_err(|error| fault::of(&error))?;
    Ok(written)
}

/// Steps of one kind, and where each one's answer goes.
struct Asking<S, T> {
    steps: Vec<S>,
    to: Vec<To<T>>,
}

/// What was asked for, by kind.
#[derive(Default)]
struct Asked {
    commits: Asking<Prepared, ()>,
    claims: Asking<Claim, Claimed>,
    facts: Asking<(String, String), ()>,
    wakes: Asking<(i64, i64), u64>,
    retries: Asking<i64, Vec<EffectId>>,
}

/// What came of it.
#[derive(Default)]
struct Written {
    commits: Vec<Result<(), StoreError>>,
    claims: Vec<Claimed>,
    wakes: Vec<u64>,
    retries: Vec<Vec<EffectId>>,
}

/// Keeps small facts.
async fn remember(facts: &[(String, String)], connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut sheet = Sheet::new(
        "insert into fact (name, value) values",
        2,
        " on conflict (name) do update set value = excluded.value",
    );
    for (name, value) in facts {
        sheet.push(vec![Cell::Text(name.clone()), Cell::Text(value.clone())]);
    }
    sheet.write(connection).await.map_err(|error| fault::of(&error))
}

impl<S, T> Default for Asking<S, T> {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            to: Vec::new(),
        }
    }
}

impl<S, T> Asking<S, T> {
    fn take(&mut self, step: S, to: To<T>) {
        self.steps.push(step);
        self.to.push(to);
    }

    // A caller that stopped waiting does not hear its answer; what was written stays written.
    fn answer(self, answers: impl IntoIterator<Item = Result<T, StoreError>>) {
        for (to, answer) in self.to.into_iter().zip(answers) {
            let _ = to.send(answer);
        }
    }

    fn refuse(self, error: &StoreError) {
        self.answer(std::iter::repeat_with(|| Err(fault::again(error))));
    }
}

impl Asked {
    fn take(&mut self, step: Step) {
        match step {
            Step::Commit(commit, to) => self.commits.take(*commit, to),
            Step::Claim(claim, to) => self.claims.take(claim, to),
            Step::Remember(name, value, to) => self.facts.take((name, value), to),
            Step::WakeParked(due_by_ms, now_ms, to) => self.wakes.take((due_by_ms, now_ms), to),
            Step::TakeRetries(now_ms, to) => self.retries.take(now_ms, to),
            Step::Close(_) => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.commits.to.is_empty()
            && self.claims.to.is_empty()
            && self.facts.to.is_empty()
            && self.wakes.to.is_empty()
            && self.retries.to.is_empty()
    }

    fn answer(self, written: Written) {
        self.commits.answer(written.commits);
        self.claims.answer(written.claims.into_iter().map(Ok));
        self.facts.answer(std::iter::repeat_with(|| Ok(())));
        self.wakes.answer(written.wakes.into_iter().map(Ok));
        self.retries.answer(written.retries.into_iter().map(Ok));
    }

    fn refuse(self, error: &StoreError) {
        self.commits.refuse(error);
        self.claims.refuse(error);
        self.facts.refuse(error);
        self.wakes.refuse(error);
        self.retries.refuse(error);
    }
}
