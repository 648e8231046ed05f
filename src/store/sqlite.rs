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
//! | PARKED | when it may be woken: then it is READY or UNKNOWN | |
//! | DONE, FAILED, MOOT | never, unless it is revived (never DONE) | |
//!
//! `doubt` counts the sends that may have happened: `Absent` (read back, not there) makes it 0, so that the next
//! claim is an intent again. `proof_from` is the moment from which on a complete list without it proves that: a
//! read-back may come sooner, but then it can only find. Each claim raises `epoch`; a settlement under another epoch
//! is refused, unless it brings the first remote id. Effects of a project go to its own worker, one at a time.
//!
//! Who goes first: `due + patience`. A property write has 10 s of patience; of one page's replies each has a second
//! more than the one before it, up to a minute, so that pages take turns when there are more rows than places.
mod cells;
mod claim;
mod codes;
mod effects;
mod fault;
mod group;
mod open;
mod prepared;
mod read;
mod sheet;
mod wake;
mod writer;

use super::{
    Answer, AuditQuery, AuditRow, Claim, Claimed, CommentRow, Commit, EffectRow, Store, StoreError, UnreadableRow,
    Waiting,
};
use crate::domain::effect::EffectId;
use crate::domain::ids::{CommentId, PageId};
use prepared::Prepared;
use sqlx::sqlite::SqliteConnection;
use std::path::Path;
use std::time::Duration;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard, mpsc, oneshot};
use writer::{Step, To};

/// Closing ends by then, whatever the disk does: a program that was told to stop must not hang on it.
const CLOSING: Duration = Duration::from_secs(2);

/// The store in one SQLite file.
pub struct SqliteStore {
    steps: mpsc::Sender<Step>,
    /// `None` once it is closed.
    reader: Mutex<Option<SqliteConnection>>,
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
        Self::open_at(path, chrono::Utc::now().timestamp_millis()).await
    }

    /// [`SqliteStore::open`] at a moment (milliseconds since 1970 UTC): what a dead process had in hand is due then, and
    /// rows that were written after it show that the clock was set back.
    pub async fn open_at(path: &Path, now_ms: i64) -> Result<Self, StoreError> {
        open::make_place(path)?;
        let lock = open::lock(path).await?;
        let mut connection = open::connect(path).await?;
        open::prepare(path, &mut connection).await?;
        wake::after_start(now_ms, &mut connection).await?;
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

    /// Whether a process has this state as its owner now: a bot runs. Looks at the lock and touches nothing.
    pub fn is_held(path: &Path) -> bool {
        open::is_held(path)
    }

    async fn start(path: &Path, writing: SqliteConnection, lock: Option<std::fs::File>) -> Result<Self, StoreError> {
        let rights = if lock.is_some() { Rights::Owner } else { Rights::Guest };
        let reader = Mutex::new(Some(open::connect_reader(path).await?));
        let (steps, inbox) = mpsc::channel(writer::WAITING);
        tokio::spawn(writer::run(path.to_owned(), writing, inbox, lock));
        Ok(Self { steps, reader, rights })
    }

    /// Every page that has a state, in the order in which they were first seen.
    pub async fn pages(&self) -> Result<Vec<PageId>, StoreError> {
        read::pages(&mut *self.reading().await?).await
    }

    /// Everything that a comment caused and that can be read, oldest first. Reads through all effects: for people who
    /// ask, not for the bot.
    pub async fn effects_of(&self, comment: &CommentId) -> Result<Vec<EffectRow>, StoreError> {
        effects::of_comment(comment, &mut *self.reading().await?).await
    }

    /// The effects of a page that were given up and can be read, oldest first.
    pub async fn parked_effects(&self, page: &PageId) -> Result<Vec<EffectRow>, StoreError> {
        effects::parked(page, &mut *self.reading().await?).await
    }

    async fn reading(&self) -> Result<MappedMutexGuard<'_, SqliteConnection>, StoreError> {
        MutexGuard::try_map(self.reader.lock().await, Option::as_mut).map_err(|_| fault::closed())
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

/// Hands a step to the writer and waits for its answer.
async fn ask<T>(steps: &mpsc::Sender<Step>, step: impl FnOnce(To<T>) -> Step) -> Result<T, StoreError> {
    let (to, answer) = oneshot::channel();
    steps.send(step(to)).await.map_err(|_| fault::closed())?;
    answer.await.map_err(|_| fault::closed())?
}

impl Store for SqliteStore {
    fn page<'a>(&'a self, page: &'a PageId) -> Answer<'a, Option<(u64, serde_json::Value)>> {
        Box::pin(async move { read::page(page, &mut *self.reading().await?).await })
    }

    fn comments<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<CommentRow>> {
        Box::pin(async move { read::comments(page, &mut *self.reading().await?).await })
    }

    fn commit(&self, commit: Commit) -> Answer<'_, ()> {
        Box::pin(async move {
            self.owner()?;
            let commit = Box::new(Prepared::of(commit)?);
            ask(&self.steps, |to| Step::Commit(commit, to)).await
        })
    }

    fn claim(&self, claim: Claim) -> Answer<'_, Claimed> {
        Box::pin(async move {
            self.owner()?;
            ask(&self.steps, |to| Step::Claim(claim, to)).await
        })
    }

    fn wake_parked(&self, due_by_ms: i64, now_ms: i64) -> Answer<'_, u64> {
        Box::pin(async move {
            self.owner()?;
            ask(&self.steps, |to| Step::WakeParked(due_by_ms, now_ms, to)).await
        })
    }

    fn take_retries(&self, now_ms: i64) -> Answer<'_, Vec<EffectId>> {
        Box::pin(async move {
            self.owner()?;
            // Asked every second: the writer is not bothered for nothing.
            if !wake::is_asked(&mut *self.reading().await?).await? {
                return Ok(Vec::new());
            }
            ask(&self.steps, |to| Step::TakeRetries(now_ms, to)).await
        })
    }

    fn effect<'a>(&'a self, effect: &'a EffectId) -> Answer<'a, Option<EffectRow>> {
        Box::pin(async move { effects::effect(effect, &mut *self.reading().await?).await })
    }

    fn open_effects<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<EffectRow>> {
        Box::pin(async move { effects::open(page, &mut *self.reading().await?).await })
    }

    fn known_replies<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<CommentId>> {
        Box::pin(async move { effects::known_replies(page, &mut *self.reading().await?).await })
    }

    fn doubtful_replies<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<EffectId>> {
        Box::pin(async move { effects::doubtful_replies(page, &mut *self.reading().await?).await })
    }

    fn unreadable<'a>(&'a self, page: &'a PageId) -> Answer<'a, Vec<UnreadableRow>> {
        Box::pin(async move { read::unreadable(page, &mut *self.reading().await?).await })
    }

    fn waiting(&self, now_ms: i64) -> Answer<'_, Waiting> {
        Box::pin(async move { effects::waiting(now_ms, &mut *self.reading().await?).await })
    }

    fn audit(&self, query: AuditQuery) -> Answer<'_, Vec<AuditRow>> {
        Box::pin(async move { read::audit(&query, &mut *self.reading().await?).await })
    }

    fn recall<'a>(&'a self, name: &'a str) -> Answer<'a, Option<String>> {
        Box::pin(async move { read::recall(name, &mut *self.reading().await?).await })
    }

    fn remember<'a>(&'a self, name: &'a str, value: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let (name, value) = (name.to_owned(), value.to_owned());
            ask(&self.steps, |to| Step::Remember(name, value, to)).await
        })
    }

    fn by_reference<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<(PageId, CommentId)>> {
        Box::pin(async move { read::by_reference(reference, &mut *self.reading().await?).await })
    }

    fn close(&self) -> Answer<'_, ()> {
        let close = async {
            // The reader goes first: nobody may read while the log is folded into the file.
            if let Some(reader) = self.reader.lock().await.take() {
                let closed = sqlx::Connection::close(reader).await;
                closed.map_err(|error| fault::of(&error))?;
            }
            ask(&self.steps, Step::Close).await
        };
        let late = |_| StoreError::Later("its end took too long; all that was acknowledged is safe".to_owned());
        Box::pin(async move { tokio::time::timeout(CLOSING, close).await.map_err(late)? })
    }
}
