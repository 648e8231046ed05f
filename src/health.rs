//! What works and what does not, as it was last seen: one line of the log at once when something stops, and one when it
//! works again; `status` reads the same by the heartbeat.
use crate::domain::ids::PageId;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The part of the bot that a refused token stops.
pub const TOKEN: &str = "token";

/// The part of the bot that a full disk stops.
pub const STORE: &str = "store";

/// How long something is told that was noticed once.
const NOTED_FOR: TimeDelta = TimeDelta::hours(1);

/// What works and what does not. Clones share it.
#[derive(Clone, Default)]
pub struct Health(Arc<Mutex<HealthSnapshot>>);

/// Everything at one moment.
#[derive(Clone, Debug, Default)]
pub struct HealthSnapshot {
    /// The pages that are watched.
    pub pages: BTreeMap<PageId, PageHealth>,
    /// Parts of the bot that do not work now, by name: the token, the list of members, the store.
    pub faults: BTreeMap<&'static str, Fault>,
    /// How often a part of the bot was started again after a fault of its own.
    pub restarts: BTreeMap<&'static str, u32>,
    /// Counts the changes.
    pub version: u64,
}

/// How a page does.
#[derive(Clone, Debug, Default)]
pub struct PageHealth {
    /// When its comments were last read.
    pub read_at: Option<DateTime<Utc>>,
    /// What is wrong with it now.
    pub fault: Option<Fault>,
    /// What a person has to know or do about it.
    /// When each was last seen to be so.
    pub notes: BTreeMap<String, DateTime<Utc>>,
}

/// Something that does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The moment at which it was first seen not to work.
    pub since: DateTime<Utc>,
    /// What, why, and how to mend it.
    pub text: String,
}

impl Health {
    /// A page's comments were read just now.
    pub fn read(&self, page: &PageId) {
        self.lock().pages.entry(page.clone()).or_default().read_at = Some(Utc::now());
    }

    /// How the last look at a page ended: nothing is wrong, or this.
    pub fn page(&self, page: &PageId, fault: Option<String>) {
        let mut picture = self.lock();
        let known = &mut picture.pages.entry(page.clone()).or_default().fault;
        let changed = change(known, fault, &format!("page {page}"));
        picture.version += u64::from(changed);
    }

    /// How a part of the bot does: nothing is wrong, or this.
    pub fn part(&self, name: &'static str, fault: Option<String>) {
        let mut picture = self.lock();
        let mut known = picture.faults.remove(name);
        let changed = change(&mut known, fault, name);
        picture.faults.extend(known.map(|fault| (name, fault)));
        picture.version += u64::from(changed);
    }

    /// Says something of a page once.
    pub fn note(&self, page: &PageId, text: &str) {
        let mut picture = self.lock();
        let notes = &mut picture.pages.entry(page.clone()).or_default().notes;
        if notes.insert(text.to_owned(), Utc::now()).is_none() {
            tracing::warn!(%page, "{text}");
            picture.version += 1;
        }
    }

    /// A part of the bot was started again.
    pub fn restarted(&self, name: &'static str) {
        let mut picture = self.lock();
        *picture.restarts.entry(name).or_default() += 1;
        picture.version += 1;
    }

    /// Everything as it is now.
    pub fn snapshot(&self) -> HealthSnapshot {
        let mut picture = self.lock();
        let recent = Utc::now() - NOTED_FOR;
        for page in picture.pages.values_mut() {
            page.notes.retain(|_, seen_at| *seen_at > recent);
        }
        picture.clone()
    }

    /// Counts the changes that are worth telling: another number, another picture.
    pub fn version(&self) -> u64 {
        self.lock().version
    }

    fn lock(&self) -> MutexGuard<'_, HealthSnapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a fault, or its end, and says either once. Whether anything is different.
fn change(known: &mut Option<Fault>, now: Option<String>, what: &str) -> bool {
    match (known.as_mut(), now) {
        (None, None) => false,
        (Some(fault), Some(text)) if fault.text == text => false,
        (Some(fault), Some(text)) => {
            tracing::warn!("{what}: {text}");
            fault.text = text;
            true
        }
        (None, Some(text)) => {
            tracing::warn!("{what}: {text}");
            let since = Utc::now();
            *known = Some(Fault { since, text });
            true
        }
        (Some(fault), None) => {
            let seconds = (Utc::now() - fault.since).num_seconds().max(0);
            tracing::info!(seconds, "{what}: works again");
            *known = None;
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_keeps_its_beginning_and_ends_once() {
        let health = Health::default();
        let page = PageId::from_wire("p");
        let told = |health: &Health| health.snapshot().pages[&page].fault.clone();
        health.page(&page, None);
        assert_eq!(health.version(), 0, "nothing happened");
        health.page(&page, Some("one".to_owned()));
        let since = told(&health).expect("a fault").since;
        health.page(&page, Some("one".to_owned()));
        assert_eq!(health.version(), 1, "the same again is no news");
        health.page(&page, Some("two".to_owned()));
        assert_eq!(told(&health).expect("a fault").since, since);
        health.page(&page, None);
        assert_eq!((told(&health), health.version()), (None, 3));
        health.note(&page, "look");
        health.note(&page, "look");
        assert_eq!(health.version(), 4);
    }
}
