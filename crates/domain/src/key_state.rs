//! What a probe said of a key, for decisions and replies.
use super::cycle::Fingerprint;
use super::verdict::{Verdict, VerdictReason};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a probe said of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyState {
    /// The provider's id.
    pub provider: String,
    /// The provider's name for people.
    pub title: String,
    /// Its variables in `.env`.
    pub variables: Vec<String>,
    /// What the probe came to.
    pub verdict: Verdict,
    /// Why it does not work, where the provider says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<VerdictReason>,
    /// Whether the value differs from the cycle's first one; `None` when that is not known.
    pub changed: Option<bool>,
    /// The value's fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// When its provider ends it, as the provider says.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
    /// What it may do, in the provider's words.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// The id of the provider that was asked for, where its maker's only key was meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_as: Option<String>,
}
