//! The two threads of the store: the writer takes all steps that wait, writes them in one transaction, then answers
//! each; the reader has a connection of its own, so that nobody waits for a slow read to be over before a commit.
use super::fault;
use crate::domain::ids::PageId;
use crate::store::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

/// Steps that share one transaction at most.
const GROUP: usize = 256;
/// Requests that may wait before callers have to.
const WAITING: usize = 1024;

/// At the end, how long another process that reads may keep the log from being folded into the file.
const CLOSING_BUSY: &str = "pragma busy_timeout = 1000";

/// Where an answer goes.
type ReplyTo<T> = oneshot::Sender<Result<T, StoreError>>;

/// What a thread is asked for.
enum ThreadRequest<W> {
    /// A piece of its work.
    Do(W),
    /// To close its connection and end, after all that was asked before.
    Close(ReplyTo<()>),
}

/// One thread, as its callers see it.
pub(super) struct Thread<W>(mpsc::Sender<ThreadRequest<W>>);

/// Something to read; it answers by itself.
type ReadJob = Box<dyn FnOnce(&Connection) + Send>;

/// What the steps of a group write with.
pub(super) struct Writing<'a> {
    /// The connection, within the group's transaction.
    pub connection: &'a Connection,
    /// When the last reply of each page has its turn, since this start.
    pub turns: &'a mut HashMap<PageId, i64>,
}

/// Something to write, and whom to tell.
pub(super) trait WriteStep: Send {
    /// Writes it. A refusal concerns its caller alone and is kept as the answer; any other error ends the group.
    fn write(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError>;
    /// Tells the caller its answer, once the fate of the whole group is known.
    fn tell(self: Box<Self>, group: &Result<(), StoreError>);
}

/// A step, and its answer as soon as there is one.
struct AskedStep<T, W> {
    work: W,
    answer: Option<Result<T, StoreError>>,
    to: ReplyTo<T>,
}

impl<T: Send, W: FnMut(&mut Writing<'_>) -> Result<T, StoreError> + Send> WriteStep for AskedStep<T, W> {
    fn write(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        match (self.work)(writing) {
            Err(error @ (StoreError::Later(_) | StoreError::Unusable(_))) => Err(error),
            answer => {
                self.answer = Some(answer);
                Ok(())
            }
        }
    }

    fn tell(self: Box<Self>, group: &Result<(), StoreError>) {
        let answer = match group {
            Ok(()) => self.answer.unwrap_or_else(|| Err(fault::ended())),
            Err(error) => Err(error.clone()),
        };
        // A caller that stopped waiting does not hear its answer; what was written stays written.
        let _ = self.to.send(answer);
    }
}

impl<W: Send + 'static> Thread<W> {
    fn start(
        name: &str,
        run: impl FnOnce(mpsc::Receiver<ThreadRequest<W>>) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (requests, inbox) = mpsc::channel(WAITING);
        let started = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(inbox));
        started.map_err(|error| StoreError::Later(format!("no thread for it could be started: {error}")))?;
        Ok(Self(requests))
    }

    async fn ask<T>(&self, request: impl FnOnce(ReplyTo<T>) -> ThreadRequest<W>) -> Result<T, StoreError> {
        let (to, answer) = oneshot::channel();
        self.0.send(request(to)).await.map_err(|_| fault::ended())?;
        answer.await.map_err(|_| fault::ended())?
    }

    /// Ends the thread after all that was asked before, and closes its connection.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        self.ask(ThreadRequest::Close).await
    }

    /// Whether the thread is there no longer: closed, or ended by a panic.
    pub(super) fn has_ended(&self) -> bool {
        self.0.is_closed()
    }
}

/// The thread that reads.
pub(super) type ReadThread = Thread<ReadJob>;

impl ReadThread {
    /// Starts the thread that reads by this connection.
    pub(super) fn over(connection: Connection) -> Result<Self, StoreError> {
        Self::start("store reader", move |mut inbox| {
            while let Some(request) = inbox.blocking_recv() {
                match request {
                    ThreadRequest::Do(job) => job(&connection),
                    ThreadRequest::Close(to) => {
                        let closed = connection.close().map_err(|(_, error)| error.into());
                        let _ = to.send(closed);
                        return;
                    }
                }
            }
        })
    }

    /// What `read` reads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask(|to| {
            ThreadRequest::Do(Box::new(move |connection| {
                let _ = to.send(read(connection));
            }))
        })
        .await
    }
}

/// The thread that writes.
pub(super) type WriteThread = Thread<Box<dyn WriteStep>>;

impl WriteThread {
    /// Starts the thread that writes by this connection. The lock keeps other processes out until it has ended.
    pub(super) fn over(connection: Connection, lock: Option<std::fs::File>) -> Result<Self, StoreError> {
        Self::start("store writer", move |inbox| {
            let closing = write_groups(&connection, inbox);
            let closed = fold(connection);
            drop(lock);
            if let Some(to) = closing {
                // The one who asked may have gone: then nobody wants to know.
                let _ = to.send(closed);
            }
        })
    }

    /// What `work` answers, once it is committed.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask(|to| ThreadRequest::Do(Box::new(AskedStep { work, answer: None, to })))
            .await
    }
}

/// Writes group after group until every caller is gone, or one asks for the end.
fn write_groups(
    connection: &Connection,
    mut inbox: mpsc::Receiver<ThreadRequest<Box<dyn WriteStep>>>,
) -> Option<ReplyTo<()>> {
    let mut turns = HashMap::new();
    let mut waiting = Vec::with_capacity(GROUP);
    let mut closing = None;
    while closing.is_none() && inbox.blocking_recv_many(&mut waiting, GROUP) > 0 {
        let mut steps = Vec::with_capacity(waiting.len());
        for request in waiting.drain(..) {
            match request {
                ThreadRequest::Do(step) => steps.push(step),
                ThreadRequest::Close(to) => closing = Some(to),
            }
        }
        let written = transact(connection, &mut steps, &mut turns);
        if written.is_err() {
            // What it says may be of replies that were never written.
            turns.clear();
        }
        for step in steps {
            step.tell(&written);
        }
    }
    closing
}

/// One group: written whole or not at all.
fn transact(
    connection: &Connection,
    steps: &mut [Box<dyn WriteStep>],
    turns: &mut HashMap<PageId, i64>,
) -> Result<(), StoreError> {
    if steps.is_empty() {
        return Ok(());
    }
    if !connection.is_autocommit() {
        // The end of a failed group failed too; this is what is left of it.
        connection.execute_batch("rollback")?;
    }
    let transaction = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let mut writing = Writing {
        connection: &transaction,
        turns,
    };
    for step in steps {
        step.write(&mut writing)?;
    }
    Ok(transaction.commit()?)
}

/// Folds the log into the file and closes.
fn fold(connection: Connection) -> Result<(), StoreError> {
    connection.execute_batch(CLOSING_BUSY)?;
    let busy: i64 = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
    connection.close().map_err(|(_, error)| error)?;
    if busy == 0 {
        return Ok(());
    }
    Err(StoreError::Later(
        "somebody else reads it, so its newest part stays in the file that ends in -wal: copy both".to_owned(),
    ))
}
