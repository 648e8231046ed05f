//! When a provider ends a key by itself, and how long before that the key is due.
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A key is due this long before its provider lets it expire.
const EXPIRY_MARGIN_DAYS: i64 = 7;

/// When a provider ends a key by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderEnd {
    /// The moment at which it ends.
    pub at: DateTime<Utc>,
    /// When the key was made, where that is known.
    pub made_at: Option<DateTime<Utc>>,
}

impl ProviderEnd {
    /// When the key is due for it: a week before, or a fifth of its life where that is less.
    pub fn due_at(self) -> DateTime<Utc> {
        before_expiry(self.at, self.made_at)
    }
}

/// A week before the provider lets a key expire; of a key that lives less than five weeks `since` it was made, a fifth of its
/// life.
pub fn before_expiry(expires: DateTime<Utc>, since: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let week = TimeDelta::days(EXPIRY_MARGIN_DAYS);
    let fifth = since.map(|since| (expires - since).max(TimeDelta::zero()) / 5);
    expires - fifth.map_or(week, |fifth| fifth.min(week))
}
