//! What all probes share: the connections, the measured clocks, and one queue for each provider.
use super::http::ProbeClient;
use super::settings::{ProbeError, ProbeSettings};
use crate::rotation::provider_queues::ProviderQueues;
use std::collections::HashMap;
use std::sync::Mutex;

/// What the clones of a prober share.
pub(super) struct SharedState {
    /// The HTTP client, which follows no redirect.
    pub(super) wire: ProbeClient,
    /// Where probes go out, and how long they may take.
    pub(super) settings: ProbeSettings,
    /// Our clock against the provider's, in ms, measured once.
    pub(super) offsets: Mutex<HashMap<String, i64>>,
    /// One queue for each provider: its calls go in series.
    pub(super) queues: ProviderQueues,
}

impl SharedState {
    /// Sets the HTTP client up; nothing is measured yet.
    pub(super) fn new(settings: ProbeSettings) -> Result<Self, ProbeError> {
        Ok(Self {
            wire: ProbeClient::new(&settings)?,
            settings,
            offsets: Mutex::default(),
            queues: ProviderQueues::default(),
        })
    }
}
