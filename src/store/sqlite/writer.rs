//! The one writer: it takes all that waits, writes it in one transaction, then answers each.
use super::group::{self, Group, Pages};
use super::prepared::Prepared;
use super::sheet::{Cell, Sheet};
use super::{claim, fault, open};
use crate::store::{Claim, Leased, StoreError};
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use std::path::{Path, PathBuf};
use tokio::sync::{mpsc, oneshot};

/// Steps that share one transaction at most.
const GROUP: usize = 256;
/// Steps that may wait before callers have to.
pub(super) const WAITING: usize = 1024;

/// Where an answer goes.
type To<T> = oneshot::Sender<Result<T, StoreError>>;

/// A waiting step.
pub(super) enum Step {
    /// A decision.
    Commit(Box<Prepared>, To<()>),
    /// A lease.
    Claim(Claim, To<Vec<Leased>>),
    /// A small fact.
    Remember(String, String, To<()>),
    /// Write everything into the one file, then end.
    Close(To<()>),
}

/// The writer's hands: what it lets go of when a group failed, and takes up anew for the next one.
struct Hands {
    connection: SqliteConnection,
    pages: Pages,
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
    let closed = match hands {
        Some(hands) => hands.connection.close().await.map_err(|error| fault::of(&error)),
        None => Ok(()),
    };
    drop(lock);
    if let Some(to) = closing {
        // The one who asked may have gone: then nobody wants to know.
        let _ = to.send(closed);
    }
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
    Ok(Hands { connection, pages })
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
    let commits = std::mem::take(&mut asked.commits);
    let mut group = Group::begin(&mut hands.pages, &commits, &mut transaction).await?;
    let commits = commits.into_iter().map(|commit| group.admit(commit)).collect();
    group.write(&mut transaction).await?;
    remember(&asked.facts, &mut transaction).await?;
    let mut claims = Vec::with_capacity(asked.claims.len());
    for claim in &asked.claims {
        claims.push(claim::claim(claim, &mut transaction).await?);
    }
    transaction.commit().await.map_err(|error| fault::of(&error))?;
    Ok(Written { commits, claims })
}

/// What was asked for, by kind, and where each answer goes.
#[derive(Default)]
struct Asked {
    commits: Vec<Prepared>,
    commits_to: Vec<To<()>>,
    claims: Vec<Claim>,
    claims_to: Vec<To<Vec<Leased>>>,
    facts: Vec<(String, String)>,
    facts_to: Vec<To<()>>,
}

/// What came of it.
struct Written {
    commits: Vec<Result<(), StoreError>>,
    claims: Vec<Vec<Leased>>,
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

impl Asked {
    fn take(&mut self, step: Step) {
        match step {
            Step::Commit(commit, to) => {
                self.commits.push(*commit);
                self.commits_to.push(to);
            }
            Step::Claim(claim, to) => {
                self.claims.push(claim);
                self.claims_to.push(to);
            }
            Step::Remember(name, value, to) => {
                self.facts.push((name, value));
                self.facts_to.push(to);
            }
            Step::Close(_) => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.commits.is_empty() && self.claims.is_empty() && self.facts.is_empty()
    }

    // A caller that stopped waiting does not hear its answer; what was written stays written.
    fn answer(self, written: Written) {
        for (to, result) in self.commits_to.into_iter().zip(written.commits) {
            let _ = to.send(result);
        }
        for (to, leases) in self.claims_to.into_iter().zip(written.claims) {
            let _ = to.send(Ok(leases));
        }
        for to in self.facts_to {
            let _ = to.send(Ok(()));
        }
    }

    fn refuse(self, error: &StoreError) {
        for to in self.commits_to.into_iter().chain(self.facts_to) {
            let _ = to.send(Err(fault::again(error)));
        }
        for to in self.claims_to {
            let _ = to.send(Err(fault::again(error)));
        }
    }
}
