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
    /// When it was first heard of this end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<DateTime<Utc>>,
}

impl ProviderEnd {
    /// When the key is due for it: a week before, or a fifth of its life where that is less. Where its life is not known, that is
    /// not before anybody could know of its end.
    pub fn due_at(self) -> DateTime<Utc> {
        let due_at = before_expiry(self.at, self.made_at);
        let known_at = self.seen_at.filter(|_| self.made_at.is_none());
        known_at.map_or(due_at, |known_at| due_at.max(known_at.min(self.at)))
    }
}

/// A week before the provider lets a key expire; of a key that lives less than five weeks `since` it was made, a fifth of its
/// life.
pub fn before_expiry(expires: DateTime<Utc>, since: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let week = TimeDelta::days(EXPIRY_MARGIN_DAYS);
    let fifth = since.map(|since| (expires - since).max(TimeDelta::zero()) / 5);
    expires - fifth.map_or(week, |fifth| fifth.min(week))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_an_unknown_life_is_due_when_its_end_is_heard_of() {
        let seen = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let due_in = |days: i64, made_at| {
            let at = seen + TimeDelta::days(days);
            let end = ProviderEnd {
                at,
                made_at,
                seen_at: Some(seen),
            };
            (end.due_at() - seen).num_days()
        };
        assert_eq!(
            (due_in(30, None), due_in(7, None), due_in(3, None), due_in(-1, None)),
            (23, 0, 0, -1)
        );
        assert_eq!(due_in(3, Some(seen - TimeDelta::days(60))), -4, "its life is known");
    }
}
