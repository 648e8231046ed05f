//! SQLite: one process, one thread that writes and one that reads, each with its own connection.
//!
//! Every commit, lease and small fact goes to the writer, which takes all that waits into one transaction
//! (`synchronous=FULL`: what was acknowledged survives a power cut) and then answers each caller. A refused commit
//! (revision, fence) is left out and spoils nothing for the others.
//!
//! An effect's row. `due` is the one column that says when it may be leased:
//!
//! | state | due | a lease makes of it |
//! |---|---|---|
//! | READY, no send in doubt | `not_before` | a reply: SENDING, `sends + 1`, `doubt + 1` (the intent, before a byte leaves); else LEASED |
//! | READY or UNKNOWN, sends in doubt | `not_before` | LEASED, to read back; `earlier_sends` = doubt |
//! | LEASED | the lease's end | the same again |
//! | SENDING | the lease's end, at least `last_send + quiet` | LEASED, to read back |
//! | PARKED | when it may be woken: then it is READY or UNKNOWN | |
//! | DONE, FAILED, MOOT | never, unless it is revived (never DONE) | |
//!
//! `doubt` counts the sends that may have happened: `Absent` (read back, not there) makes it 0, so that the next
//! lease is an intent again. `proof_from` is the moment from which on a complete list without it proves that: a
//! read-back may come sooner, but then it can only find. Each lease raises `epoch`; a settlement under another epoch
//! is refused, unless it brings the first remote id. Effects of a project go to its own worker, one at a time.
//!
//! Who goes first: `due + patience`. A property write has 10 s of patience; of one page's replies each has a second
//! more than the one before it, up to ten minutes, so that pages take turns when there are more rows than places.
mod columns;
mod commit;
mod effects;
mod fault;
mod lease;
mod migrations;
mod open;
mod read;
mod threads;
mod wake;

use super::contract::{Store, StoreFuture};
use super::error::StoreError;
use super::rows::{AuditQuery, AuditRow, CommentRow, Commit, EffectRow, LeaseRequest, Leases, UnreadableRow, Waiting};
use crate::domain::effect::EffectId;
use crate::domain::ids::{CommentId, PageId};
use rusqlite::Connection;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use threads::{ReadThread, WriteThread, Writing};

/// Closing ends by then, whatever the disk does: a program that was told to stop must not hang on it.
const CLOSING: Duration = Duration::from_secs(2);

/// The store in one SQLite file.
pub struct SqliteStore {
    writer: WriteThread,
    reader: ReadThread,
    rights: Rights,
    /// Whether it was told to close.
    closed: AtomicBool,
}

/// What this process may do with the state.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rights {
    /// It holds the lock and may do everything.
    Owner,
    /// Another one may hold the lock: read, and remember small facts.
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
        let path = path.to_owned();
        blocking(move || {
            open::make_place(&path)?;
            let lock = open::lock(&path)?;
            let mut connection = open::connect(&path)?;
            open::prepare(&path, &mut connection)?;
            wake::after_start(now_ms, &connection)?;
            Self::start(&path, connection, Some(lock))
        })
        .await
    }

    /// Opens the state beside the process that has it: reads, and `remember`, for `status`, `audit`, `quiet`.
    /// Commits and leases are refused. The file must be there and of this program's schema.
    pub async fn open_beside(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        blocking(move || {
            if !path.exists() {
                let name = path.display();
                return Err(StoreError::Unusable(format!(
                    "there is no state at {name}: start `keyminder run` first"
                )));
            }
            let connection = open::connect(&path)?;
            open::check_schema(&path, &connection)?;
            Self::start(&path, connection, None)
        })
        .await
    }

    /// Opens the state to read it and nothing else: no file is made or changed, whether a bot runs or not. The file must
    /// be there and of this program's schema.
    pub async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        blocking(move || {
            let connection = open::connect_to_read(&path)?;
            open::check_schema(&path, &connection)?;
            Self::with(connection, open::connect_to_read(&path)?, None)
        })
        .await
    }

    /// Whether a process has this state as its owner now: a bot runs. Looks at the lock and touches nothing.
    pub fn is_held(path: &Path) -> bool {
        open::is_held(path)
    }

    fn start(path: &Path, writing: Connection, lock: Option<File>) -> Result<Self, StoreError> {
        Self::with(writing, open::connect_reader(path)?, lock)
    }

    fn with(writing: Connection, reading: Connection, lock: Option<File>) -> Result<Self, StoreError> {
        let rights = if lock.is_some() { Rights::Owner } else { Rights::Guest };
        Ok(Self {
            reader: ReadThread::over(reading)?,
            writer: WriteThread::over(writing, lock)?,
            rights,
            closed: AtomicBool::new(false),
        })
    }

    /// Every page that has a state, in the order in which they were first seen.
    pub async fn pages(&self) -> Result<Vec<PageId>, StoreError> {
        self.read(read::pages).await
    }

    /// Everything that a comment caused and that can be read, oldest first. Reads through all effects: for people who
    /// ask, not for the bot.
    pub async fn effects_of(&self, comment: &CommentId) -> Result<Vec<EffectRow>, StoreError> {
        let comment = comment.clone();
        self.read(move |connection| effects::of_comment(&comment, connection))
            .await
    }

    /// The effects of a page that were given up and can be read, oldest first.
    pub async fn parked_effects(&self, page: &PageId) -> Result<Vec<EffectRow>, StoreError> {
        let page = page.clone();
        self.read(move |connection| effects::parked(&page, connection)).await
    }

    /// Fails once it was closed, and when one of its threads has ended by a fault of ours.
    fn usable(&self) -> Result<(), StoreError> {
        if self.closed.load(Ordering::Relaxed) {
            Err(fault::closed())
        } else if self.reader.has_ended() || self.writer.has_ended() {
            Err(fault::ended())
        } else {
            Ok(())
        }
    }

    /// A call that was still waiting when the store was closed met no fault of its threads.
    fn in_words<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        match answer {
            Err(StoreError::Unusable(_)) if self.closed.load(Ordering::Relaxed) => Err(fault::closed()),
            answer => answer,
        }
    }

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move {
            self.usable()?;
            self.in_words(self.reader.read(read).await)
        })
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move {
            self.usable()?;
            self.in_words(self.writer.write(work).await)
        })
    }

    /// As [`SqliteStore::write`], for the owner alone.
    fn write_as_owner<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        match self.rights {
            Rights::Owner => self.write(work),
            Rights::Guest => Box::pin(std::future::ready(Err(StoreError::Unusable(
                "opened beside the process that has it: it may be read only".to_owned(),
            )))),
        }
    }
}

/// Runs the opening beside the runtime: a large file is checked for seconds.
async fn blocking<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let opened = tokio::task::spawn_blocking(open).await;
    opened.map_err(|error| StoreError::Unusable(format!("it could not be opened: {error}")))?
}

impl Store for SqliteStore {
    fn page<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Option<(u64, serde_json::Value)>> {
        let page = page.clone();
        self.read(move |connection| read::page(&page, connection))
    }

    fn comments<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<CommentRow>> {
        let page = page.clone();
        self.read(move |connection| read::comments(&page, connection))
    }

    fn comment<'a>(&'a self, comment: &'a CommentId) -> StoreFuture<'a, Option<CommentRow>> {
        let comment = comment.clone();
        self.read(move |connection| read::comment(&comment, connection))
    }

    fn commit(&self, commit: Commit) -> StoreFuture<'_, ()> {
        self.write_as_owner(move |writing| commit::write(&commit, writing))
    }

    fn lease(&self, request: LeaseRequest) -> StoreFuture<'_, Leases> {
        self.write_as_owner(move |writing| lease::lease(&request, writing.connection))
    }

    fn wake_parked(&self, due_by_ms: i64, now_ms: i64) -> StoreFuture<'_, u64> {
        self.write_as_owner(move |writing| wake::parked(due_by_ms, now_ms, writing.connection))
    }

    fn take_retries(&self, now_ms: i64) -> StoreFuture<'_, Vec<EffectId>> {
        Box::pin(async move {
            // Asked every second: the writer is not bothered for nothing.
            if !self.read(wake::is_asked).await? {
                return Ok(Vec::new());
            }
            self.write_as_owner(move |writing| wake::retries(now_ms, writing.connection))
                .await
        })
    }

    fn effect<'a>(&'a self, effect: &'a EffectId) -> StoreFuture<'a, Option<EffectRow>> {
        let effect = effect.clone();
        self.read(move |connection| effects::effect(&effect, connection))
    }

    fn open_effects<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<EffectRow>> {
        let page = page.clone();
        self.read(move |connection| effects::open(&page, connection))
    }

    fn known_replies<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<CommentId>> {
        let page = page.clone();
        self.read(move |connection| effects::known_replies(&page, connection))
    }

    fn doubtful_replies<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<EffectId>> {
        let page = page.clone();
        self.read(move |connection| effects::doubtful_replies(&page, connection))
    }

    fn unreadable<'a>(&'a self, page: &'a PageId) -> StoreFuture<'a, Vec<UnreadableRow>> {
        let page = page.clone();
        self.read(move |connection| read::unreadable(&page, connection))
    }

    fn waiting(&self, now_ms: i64) -> StoreFuture<'_, Waiting> {
        self.read(move |connection| effects::waiting(now_ms, connection))
    }

    fn audit(&self, query: AuditQuery) -> StoreFuture<'_, Vec<AuditRow>> {
        self.read(move |connection| read::audit(&query, connection))
    }

    fn recall<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<String>> {
        let name = name.to_owned();
        self.read(move |connection| read::recall(&name, connection))
    }

    fn remember<'a>(&'a self, name: &'a str, value: &'a str) -> StoreFuture<'a, ()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write(move |writing| wake::remember(&name, &value, writing.connection))
    }

    fn forget_marks(&self) -> StoreFuture<'_, ()> {
        self.write(|writing| wake::forget_marks(writing.connection))
    }

    fn by_reference<'a>(&'a self, reference: &'a str) -> StoreFuture<'a, Option<(PageId, CommentId)>> {
        let reference = reference.to_owned();
        self.read(move |connection| read::by_reference(&reference, connection))
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        let close = async {
            if self.closed.swap(true, Ordering::Relaxed) {
                return Err(fault::closed());
            }
            // The reader goes first: nobody may read while the log is folded into the file.
            let read = self.reader.close().await;
            self.writer.close().await.and(read)
        };
        let late = |_| StoreError::Later("its end took too long; all that was acknowledged is safe".to_owned());
        Box::pin(async move { tokio::time::timeout(CLOSING, close).await.map_err(late)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn new_store() -> (tempfile::TempDir, SqliteStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("keyminder.db")).await.unwrap();
        (folder, store)
    }

    async fn is_refused_everywhere(store: &SqliteStore) {
        // The caller is told while the thread still falls.
        let fallen = async {
            while store.usable().is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), fallen).await.unwrap();
        let unusable = |error| assert!(matches!(error, StoreError::Unusable(_)), "{error}");
        unusable(store.commit(Commit::default()).await.unwrap_err());
        unusable(store.recall("a").await.unwrap_err());
        unusable(store.close().await.unwrap_err());
    }

    #[tokio::test]
    async fn a_panic_of_a_thread_is_seen_by_every_later_call() {
        let (_folder, store) = new_store().await;
        let work = |_: &mut Writing<'_>| -> Result<(), StoreError> { panic!("a fault of ours, meant for this test") };
        assert!(matches!(store.write(work).await, Err(StoreError::Unusable(_))));
        is_refused_everywhere(&store).await;
        let (_folder, store) = new_store().await;
        let read = |_: &Connection| -> Result<(), StoreError> { panic!("a fault of ours, meant for this test") };
        assert!(matches!(store.read(read).await, Err(StoreError::Unusable(_))));
        is_refused_everywhere(&store).await;
    }

    #[tokio::test]
    async fn a_slow_read_holds_no_commit_up() {
        let (_folder, store) = new_store().await;
        let (release, held) = std::sync::mpsc::channel::<()>();
        let slow = store.read(move |_| Ok(held.recv().is_ok()));
        let commit = async {
            let committed = store.commit(Commit::default()).await;
            release.send(()).unwrap();
            committed
        };
        let (read, committed) = tokio::join!(slow, commit);
        committed.unwrap();
        assert!(read.unwrap());
    }
}
