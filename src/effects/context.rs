//! What the effects work with: Notion, the store, the keys of the project, what is known of pages and replies.
use crate::evidence::Collector;
use crate::notion::{Client, OwnIds, PropertyCache};
use crate::replies::OwnReplies;
use crate::rotation::Keyring;
use crate::rotation::live_redactor::LiveRedactor;
use crate::store::Store;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What the effects work with; one for all of them.
pub struct EffectContext {
    /// The client that all requests to Notion go through.
    pub notion: Client,
    /// The bot's state, which outlives the process.
    pub store: Arc<dyn Store>,
    /// The bot's own ids, the present one and all former ones.
    pub own: OwnIds,
    /// Which properties of the pages can be written.
    pub properties: PropertyCache,
    /// Our own replies, as the pages show them.
    pub replies: OwnReplies,
    /// The keys of the project, and what probes and compares them.
    pub keys: Arc<Keyring>,
    /// Looks for the evidence that a check asks for.
    pub collector: Collector,
    /// Finds keys in texts; follows `.env`.
    pub redactor: LiveRedactor,
    /// The time limits and the numbers of tries from the settings.
    pub times: crate::config::EffectSettings,
    /// Whether a reply may have been given up; true until that was looked at once.
    pub parked: AtomicBool,
    /// Whether Notion took a reply after others had been given up.
    pub writes_again: AtomicBool,
}
