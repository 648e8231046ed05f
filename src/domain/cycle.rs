//! A cycle: one round of rotating all keys of a page, when it began and what the keys were then.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fingerprint: the first 12 hex digits of an HMAC under the install key. Tells values apart, never shows one.
pub type Fingerprint = String;

/// One round of rotating all keys of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// The cycle's number, from 1.
    pub number: u32,
    /// The first of: Status In Progress, the first report, `rotate start`.
    pub began_at: DateTime<Utc>,
    /// Each secret variable of `.env` at the beginning, with its fingerprint.
    pub fingerprints: BTreeMap<String, Fingerprint>,
    /// Variables whose value was posted, with the fingerprint that it had: "changed" holds only once it differs from this.
    pub exposed: BTreeMap<String, Fingerprint>,
}
