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
    /// The first of: Status In Progress, the first report of work, the first look, `rotate start`.
    pub began_at: DateTime<Utc>,
    /// The public id of the install key under which its fingerprints were made; empty in states of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Each secret variable of `.env` at the beginning, with its fingerprint.
    pub fingerprints: BTreeMap<String, Fingerprint>,
    /// Variables whose value was posted, with the fingerprint that it had: "changed" holds only once it differs from this.
    pub exposed: BTreeMap<String, Fingerprint>,
}

impl Cycle {
    /// The cycle as it can be compared under the install key with this id: fingerprints that were made under another one
    /// differ from all, so that every key would seem changed. They are left out, and prove nothing.
    #[must_use]
    pub fn under(&self, key: &str) -> Self {
        let mut cycle = self.clone();
        if !self.key.is_empty() && self.key != key {
            cycle.fingerprints.clear();
            cycle.exposed.values_mut().for_each(String::clear);
        }
        cycle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_another_key_nothing_is_known_to_be_different() {
        let print = |text: &str| BTreeMap::from([("A_KEY".to_owned(), text.to_owned())]);
        let cycle = |key: &str| Cycle {
            number: 1,
            began_at: DateTime::UNIX_EPOCH,
            key: key.to_owned(),
            fingerprints: print("one"),
            exposed: print("two"),
        };
        for key in ["", "ours"] {
            assert_eq!(cycle(key).under("ours"), cycle(key));
        }
        let lost = cycle("another").under("ours");
        assert!(lost.fingerprints.is_empty(), "no key can be called changed");
        assert_eq!(lost.exposed, print(""), "and one that was exposed still was");
    }
}
