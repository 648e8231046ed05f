//! The pages for which the clock matters, by the moment at which it does: a tick looks at those that are due, not at all.
use crate::domain::effect::Status;
use crate::domain::ids::PageId;
use crate::domain::page::PageState;
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};

/// The pages that wait for a moment. A page that waits for none is not in it.
#[derive(Default)]
pub(super) struct DuePages {
    by_moment: BTreeSet<(DateTime<Utc>, PageId)>,
    moments: HashMap<PageId, DateTime<Utc>>,
}

impl DuePages {
    /// Takes in the state that a page has from now on.
    pub(super) fn update(&mut self, page: &PageId, state: &PageState) {
        self.forget(page);
        if let Some(moment) = next_moment(state) {
            self.moments.insert(page.clone(), moment);
            self.by_moment.insert((moment, page.clone()));
        }
    }

    /// Leaves a page out whose state is not known any more.
    pub(super) fn forget(&mut self, page: &PageId) {
        if let Some(moment) = self.moments.remove(page) {
            self.by_moment.remove(&(moment, page.clone()));
        }
    }

    /// The pages whose moment has come, the one that waits longest first.
    pub(super) fn due(&self, now: DateTime<Utc>) -> impl Iterator<Item = &PageId> {
        let waiting = self.by_moment.iter().take_while(move |(moment, _)| *moment <= now);
        waiting.map(|(_, page)| page)
    }
}

/// When a page is to hear the clock next. One with a conversation that has no reply yet hears every tick.
fn next_moment(state: &PageState) -> Option<DateTime<Utc>> {
    if state.conversations.iter().any(|conversation| !conversation.replied) {
        return Some(DateTime::<Utc>::MIN_UTC);
    }
    // Only what is done is opened again.
    let is_done = state.status.known == Some(Status::Done);
    let due = state.due.as_ref().filter(|due| is_done && !due.told).map(|due| due.at);
    let looks = state.leaks.iter().filter_map(|leak| leak.next_at);
    // A page that wants none of us is reminded of nothing until it does.
    let reminders = state.reminders.iter().chain(&state.nudge).filter(|_| !state.quiet);
    let reminders = reminders.map(|reminder| reminder.at);
    let waits = due.into_iter().chain(state.next_retry_at()).chain(looks);
    waits.chain(reminders).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::page::{Cell, Due};
    use chrono::TimeDelta;

    #[test]
    fn a_tick_looks_at_what_is_due_however_many_pages_there_are() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let rotation_at = |at, told| PageState {
            due: Some(Due { at, told }),
            status: Cell {
                known: Some(Status::Done),
                ..Cell::default()
            },
            ..PageState::default()
        };
        let page = |number: u32| PageId::from_wire(&format!("{number:032}"));
        let mut pages = DuePages::default();
        for number in 0..10_000 {
            let state = match number % 1_000 {
                // One in a thousand is due, one was due and is told, one is due later.
                0 => rotation_at(now, false),
                1 => rotation_at(now - TimeDelta::days(1), true),
                2 => rotation_at(now + TimeDelta::seconds(1), false),
                _ => PageState::default(),
            };
            pages.update(&page(number), &state);
        }
        let due: Vec<PageId> = pages.due(now).cloned().collect();
        // A tick looks at the first that is not due yet, and at no page behind it.
        assert_eq!((due.len(), pages.by_moment.len(), pages.moments.len()), (10, 20, 20));
        assert!(due.iter().all(|due| due.as_str().ends_with("000") || *due == page(0)));
        // Told, or its state unknown: it is not looked at again.
        pages.update(&due[0], &rotation_at(now, true));
        pages.forget(&due[1]);
        assert_eq!(pages.due(now).count(), 8);
        assert_eq!(pages.due(now + TimeDelta::seconds(1)).count(), 18);
    }
}
