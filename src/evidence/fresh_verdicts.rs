//! Verdicts that are used again while they are fresh.
use crate::domain::cycle::Fingerprint;
use crate::rotation::probe::Probed;
use crate::rotation::provider_queues::ProviderQueues;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Verdicts that told something, by provider and fingerprints: a changed `.env` finds none.
#[derive(Default)]
pub(super) struct FreshVerdicts {
    /// The verdicts as they were given; how long each is fresh depends on its provider.
    pub(super) known: Mutex<BTreeMap<(String, Vec<Fingerprint>), Probed>>,
    /// Looks that ask the same provider at the same time share one probe.
    pub(super) queues: ProviderQueues,
}
