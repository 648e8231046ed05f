//! What the intake works with: Notion, the store, the way into the pipeline, and what is known of people and replies.
use super::ingest::Ingest;
use super::people::Directory;
use crate::config::{Backlog, PageSource, PollSettings};
use crate::domain::decide::Playbook;
use crate::health::Health;
use crate::live::Live;
use crate::notion::{Client, PropertyCache};
use crate::pipeline::PipelineHandle;
use crate::replies::OwnReplies;
use crate::rotation::live_redactor::LiveRedactor;
use crate::store::Store;
use std::sync::Arc;

/// What the intake works with; one for all pages.
pub struct IntakeContext {
    /// The client that all requests to Notion go through.
    pub notion: Client,
    /// The bot's state, which outlives the process.
    pub store: Arc<dyn Store>,
    /// Takes what was found on the pages.
    pub pipeline: PipelineHandle,
    /// Takes keys out of texts; follows `.env`.
    pub redactor: LiveRedactor,
    /// Makes reports of comments for the pipeline.
    pub ingest: Live<Ingest>,
    /// Which properties of the pages can be written; kept for the effects.
    pub properties: PropertyCache,
    /// Knows who wrote a comment, and what they may do.
    pub people: Directory,
    /// Our own replies, as the pages show them.
    pub replies: OwnReplies,
    /// What works and what does not.
    pub health: Health,
    /// The descriptions of pages that decisions go by.
    pub playbook: Live<Playbook>,
    /// How often pages are read, and what is done with old comments.
    pub poll: PollSettings,
    /// Requests a minute; 0: no limit.
    pub requests_per_minute: u32,
    /// What names the pages to watch.
    pub sources: Vec<PageSource>,
}

impl IntakeContext {
    /// Whether comments that were there before the first start are only taken into account.
    pub(super) fn absorbs(&self) -> bool {
        self.poll.backlog == Backlog::Absorb
    }
}
