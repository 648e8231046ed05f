//! SQLite: one process, one writer, group commits; reads go by a connection of their own.
//!
//! Every commit, claim and small fact goes to the writer, which takes all that waits into one transaction
//! (`synchronous=FULL`: what was acknowledged survives a power cut) and then answers each caller. A refused commit
//! (revision, fence) is left out and spoils nothing for the others.
//!
//! An effect's row. `due` is the one column that says when it may be claimed:
//!
//! | state | due | a claim makes of it |
//! |---|---|---|
//! | READY, no send in doubt | `not_before` | a reply: SENDING, `sends + 1`, `doubt + 1` (the intent, before a byte leaves); else CLAIMED |
//! | READY or UNKNOWN, sends in doubt | `not_before` | CLAIMED, to read back; `earlier_sends` = doubt |
//! | CLAIMED | the lease's end | the same again |
//! | SENDING | the lease's end, at least `last_send + quiet` | CLAIMED, to read back |
//! | DONE, FAILED, MOOT, PARKED | never | |
//!
//! `doubt` counts the sends that may have happened: `Absent` (read back, not there) makes it 0, so that the next
//! claim is an intent again. Each claim raises `epoch`; a settlement under another epoch is refused, unless it
//! brings the first remote id. Effects of a project go to its own worker, one at a time.
mod claim;
mod codes;
mod fault;
mod group;
mod open;
mod prepared;
mod read;
mod sheet;
mod writer;

use super::{Answer, AuditQuery, AuditRow, Claim, CommentRow, Commit, EffectRow, Leased, Store, StoreError, Waiting};
use crate::domain::effect::EffectId;
use crate::domain::ids::{CommentId, PageId};
use prepared::Prepared;
use sqlx::sqlite::SqliteConnection;
use std::path::Path;
use tokio::sync::{Mutex, mpsc, oneshot};
use writer::Step;

/// The store in one SQLite file.
pub struct SqliteStore {
    steps: mpsc::Sender<Step>,
    reader: Mutex<SqliteConnection>,
    rights: Rights,
}

/// What this process may do with the state.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rights {
    /// It holds the lock: all.
    Owner,
    /// Another one may hold it: read, and remember small facts.
    Guest,
}

impl SqliteStore {
    /// Opens the state for the one process that decides and works; makes it where there is none. Folder 0700, file
    /// 0600. The file is checked (`quick_check`), an older schema is brought up to date after a copy was kept as
    /// `<file>.schema-<version>`. Refused as [`StoreError::Unusable`]: another process has it (`<file>.lock`), it is
    /// damaged, somebody else's, or newer than this program. Needs a tokio runtime.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        open::make_place(path)?;
        let lock = open::lock(path)?;
        let mut connection = open::connect(path).await?;
        open::prepare(path, &mut connection).await?;
        release_claimed(&mut connection).await?;
        Self::start(path, connection, Some(lock)).await
    }

    /// Opens the state beside the process that has it: reads, and `remember`, for `status`, `audit`, `quiet`.
    /// Commits and claims are refused. The file must be there and of this program's schema.
    pub async fn open_beside(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            let name = path.display();
            return Err(StoreError::Unusable(format!(
                "there is no state at {name}: start `keyminder run` first"
            )));
        }
        let mut connection = open::connect(path).await?;
        open::check_schema(path, &mut connection).await?;
        Self::start(path, connection, None).await
    }

    async fn start(path: &Path, writing: SqliteConnection, lock: Option<std::fs::File>) -> Result<Self, StoreError> {
        let rights = if lock.is_some() { Rights::Owner } else { Rights::Guest };
        let reader = Mutex::new(open::connect_reader(path).await?);
        let (steps, inbox) = mpsc::channel(writer::WAITING);
        tokio::spawn(writer::run(path.to_owned(), writing, inbox, lock));
        Ok(Self { steps, reader, rights })
    }

    /// Waits until all that was sent is written, and leaves one file without a log.
    pub async fn close(self) -> Result<(), StoreError> {
        let Self { steps, reader, .. } = self;
        // The reader goes first: the last one out folds the log into the file.
        let reader = reader.into_inner();
        sqlx::Connection::close(reader)
            .await
            .map_err(|error| fault::of(&error))?;
        let (to, answer) = oneshot::channel();
        ask(&steps, Step::Close(to), answer).await
    }

    /// Every page that has a state, in the order in which they were first seen.
    pub async fn pages(&self) -> Result<Vec<PageId>, StoreError> {
        read::pages(&mut *self.reader.lock().await).await
    }

    /// Everything that a comment caused, oldest first. Reads through all effects: for people who ask, not for the bot.
    pub async fn effects_of(&self, comment: &CommentId) -> Result<Vec<EffectRow>, StoreError> {
        read::effects_of(comment, &mut *self.reader.lock().await).await
    }

    /// The effects of a page that were given up, oldest first.
    pub async fn parked_effects(&self, page: &PageId) -> Result<Vec<EffectRow>, StoreError> {
        read::parked_effects(page, &mut *self.reader.lock().await).await
    }

    fn owner(&self) -> Result<(), StoreError> {
        match self.rights {
            Rights::Owner => Ok(()),
            Rights::Guest => Err(StoreError::Unusable(
                "opened beside the process that has it: it may be read only".to_owned(),
            )),
        }
    }
}

/// Whoever held these is dead, for this process has the lock, and no byte had left: no need to wait for their leases.
async fn release_claimed(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("update effect set state = 0, due = min(due, updated) where state < 4 and state = 1")
        .execute(connection)
        .await
        .map_err(|error| fault::of(&error))?;
    Ok(())
}

/// Hands a step to the writer and waits for its answer.
async fn ask<T>(
    steps: &mpsc::Sender<Step>,
    step: Step,
    answer: oneshot::Receiver<Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let ended = || StoreError::Unusable("its writer has ended".to_owned());
    steps.send(step).await.map_err(|_| ended())?;
    answer.await.map_err(|_| ended())?
}

impl Store for SqliteStore {
    fn page<'a>(&'a self, page: &'a PageId) -> Answer<'a, Option<(u64, serde_json::Value)>> {
        Box::pin(async move { read::page(page, &mut *self.reader.lock().await).await })
    }

    fn comments<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<CommentRow>> {
        Box::pin(async move { read::comments(page, &mut *self.reader.lock().await).await })
    }

    fn commit(&self, commit: Commit) -> Answer<'_, ()> {
        Box::pin(async move {
            self.owner()?;
            let commit = Box::new(Prepared::of(commit)?);
            let (to, answer) = oneshot::channel();
            ask(&self.steps, Step::Commit(commit, to), answer).await
        })
    }

    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Leased>> {
        Box::pin(async move {
            self.owner()?;
            let (to, answer) = oneshot::channel();
            ask(&self.steps, Step::Claim(claim, to), answer).await
        })
    }

    fn effect<'a>(&'a self, effect: &'a EffectId) -> Answer<'a, Option<EffectRow>> {
        Box::pin(async move { read::effect(effect, &mut *self.reader.lock().await).await })
    }

    fn open_effects<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<EffectRow>> {
        Box::pin(async move { read::open_effects(page, &mut *self.reader.lock().await).await })
    }

    fn waiting(&self, now_ms: i64) -> Answer<'_, Waiting> {
        Box::pin(async move { read::waiting(now_ms, &mut *self.reader.lock().await).await })
    }

    fn audit(&self, query: AuditQuery) -> Answer<'_, Vec<AuditRow>> {
        Box::pin(async move { read::audit(&query, &mut *self.reader.lock().await).await })
    }

    fn recall<'a>(&'a self, name: &'a str) -> Answer<'a, Option<String>> {
        Box::pin(async move { read::recall(name, &mut *self.reader.lock().await).await })
    }

    fn remember<'a>(&'a self, name: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let (to, answer) = oneshot::channel();
            ask(
                &self.steps,
                Step::Remember(name.to_owned(), value.to_owned(), to),
                answer,
            )
            .await
        })
    }

    fn by_reference<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<(PageId, CommentId)>> {
        Box::pin(async move { read::by_reference(reference, &mut *self.reader.lock().await).await })
    }
}
