//! What one look at a check saw.
use crate::domain::evidence::CheckStatus;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a look saw, before it is dated.
pub(super) struct Observation {
    pub(super) standing: CheckStatus,
    pub(super) reason: &'static str,
    pub(super) facts: BTreeMap<String, Value>,
}

impl Observation {
    pub(super) fn proven(reason: &'static str) -> Self {
        Self {
            standing: CheckStatus::Proven,
            reason,
            facts: BTreeMap::new(),
        }
    }

    pub(super) fn missing(reason: &'static str) -> Self {
        Self {
            standing: CheckStatus::Missing,
            ..Self::proven(reason)
        }
    }

    pub(super) fn unknown(reason: &'static str) -> Self {
        Self {
            standing: CheckStatus::Unknown,
            ..Self::proven(reason)
        }
    }

    pub(super) fn with(mut self, name: &str, fact: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), fact.into());
        self
    }

    /// A moment to wait for, rounded up: a look that comes a little early would find nothing due.
    pub(super) fn not_before(self, name: &str, time: DateTime<Utc>) -> Self {
        let up = (time + TimeDelta::microseconds(999)).to_rfc3339_opts(SecondsFormat::Millis, true);
        self.with(name, up)
    }

    pub(super) fn at(self, name: &str, time: DateTime<Utc>) -> Self {
        self.with(name, time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// `0600` as people write it.
pub(super) fn octal(mode: u32) -> Value {
    json!(format!("{:04o}", mode & 0o7777))
}
