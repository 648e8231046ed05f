//! What is submitted to the pipeline, and the handle that does so.
use crate::domain::effect::EffectId;
use crate::domain::event::Event;
use crate::domain::ids::{CommentId, PageId};
use crate::store::{AuditRow, CommentRow, Settle};
use tokio::sync::{mpsc, oneshot};

/// Inputs that wait for the pipeline at most; whoever submits more waits too.
pub(super) const WAITING_AT_MOST: usize = 1024;

/// Something that happened on a page, with the rows that it changes.
pub struct PipelineInput {
    /// The page on which it happened.
    pub page: PageId,
    /// What happened there.
    pub event: Event,
    /// The comments' rows, for comments that are new, changed or gone.
    pub rows: Vec<CommentRow>,
    /// How the effect's row changes, for outcomes.
    pub settle: Option<Settle>,
    /// A line for the audit, where the event alone does not tell enough.
    pub audit: Option<AuditRow>,
    /// Replies of ours that were found to stand under these ids.
    pub found: Vec<(EffectId, CommentId)>,
    /// Replies that were called off and are wanted again.
    pub revived: Vec<EffectId>,
}

impl PipelineInput {
    /// Something that changes no row of its own.
    pub fn new(page: PageId, event: Event) -> Self {
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

/// Why what was submitted is not committed. Whoever submitted it keeps it, and submits it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "what was not committed is to be submitted again"]
pub enum SubmitError {
    /// The pipeline has ended and takes no more inputs.
    #[error("the pipeline has ended")]
    Ended,
    /// This page stands still until its state can be read or decided again; all others go on.
    #[error("this page stands still: {0}")]
    Page(String),
}

/// Inputs that were submitted together, and where the answer goes.
pub(super) struct Submission {
    pub(super) inputs: Vec<PipelineInput>,
    pub(super) answer: oneshot::Sender<Result<(), SubmitError>>,
}

/// Submits inputs to the pipeline; clones lead to the same one.
#[derive(Clone)]
pub struct PipelineHandle {
    sender: mpsc::Sender<Submission>,
}

impl PipelineHandle {
    pub(super) fn new(sender: mpsc::Sender<Submission>) -> Self {
        Self { sender }
    }

    /// Submits inputs; returns when what follows from them is committed.
    pub async fn submit(&self, inputs: Vec<PipelineInput>) -> Result<(), SubmitError> {
        let (answer, committed) = oneshot::channel();
        let submission = Submission { inputs, answer };
        self.sender.send(submission).await.map_err(|_| SubmitError::Ended)?;
        committed.await.map_err(|_| SubmitError::Ended)?
    }
}
