//! The search for threads that the page's text shows and whose block is not known: one block after the other, as far as the
//! time of one look allows, and not for ever.
use crate::domain::ids::{BlockId, DiscussionId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// Searches of all blocks for one thread. What they do not find lies deeper than blocks are read, or may not be listed.
const SEARCHES: u32 = 2;
/// A search that met a fault proves nothing; the next one begins after this long.
const AFTER_FAULT: Duration = Duration::from_mins(2);
/// After this long a thread that was given up is looked for once more: the page may have changed.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

/// The threads that are looked for, and the blocks that are left to list.
#[derive(Default)]
pub(super) struct Search {
    /// The blocks that are still to be listed.
    left: VecDeque<BlockId>,
    /// The threads that are looked for.
    wanted: BTreeSet<DiscussionId>,
    /// Whether a block of this search could not be listed.
    faulty: bool,
    /// How often each thread was looked for everywhere, and from when on it is worth another search.
    tried: BTreeMap<DiscussionId, (u32, Instant)>,
}

impl Search {
    /// Takes in the threads that the page's text shows: those that are not known are looked for in all of `blocks`.
    pub(super) fn begin(&mut self, shown: &[DiscussionId], known: &BTreeSet<DiscussionId>, blocks: &[BlockId]) {
        self.tried.retain(|thread, _| shown.contains(thread));
        if self.is_on() {
            return;
        }
        let worth = |thread: &&DiscussionId| self.tried.get(*thread).is_none_or(|(_, from)| *from <= Instant::now());
        let unknown = shown.iter().filter(|thread| !known.contains(*thread));
        self.wanted = unknown.filter(worth).cloned().collect();
        if !self.wanted.is_empty() {
            self.left = blocks.iter().cloned().collect();
        }
    }

    /// Whether there is something to look for.
    pub(super) fn is_on(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// The next block to list, unless everything was found.
    pub(super) fn next(&mut self, known: &BTreeSet<DiscussionId>) -> Option<BlockId> {
        self.wanted.retain(|thread| !known.contains(thread));
        if self.wanted.is_empty() {
            self.left.clear();
        }
        self.left.pop_front()
    }

    /// A block could not be listed.
    pub(super) fn failed(&mut self) {
        self.faulty = true;
    }

    /// Ends a search that went through all blocks; how many threads are given up by it.
    pub(super) fn end(&mut self) -> usize {
        let faulty = std::mem::take(&mut self.faulty);
        let mut given_up = 0;
        for thread in std::mem::take(&mut self.wanted) {
            let (searches, from) = self.tried.entry(thread).or_insert((0, Instant::now()));
            if faulty {
                *from = Instant::now() + AFTER_FAULT;
                continue;
            }
            *searches += 1;
            if *searches >= SEARCHES {
                *from = Instant::now() + AGAIN_AFTER;
                given_up += usize::from(*searches == SEARCHES);
            }
        }
        given_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<T>(names: &[&str], make: impl Fn(&str) -> T) -> Vec<T> {
        names.iter().map(|name| make(name)).collect()
    }

    /// Goes through all blocks; `holds`: the thread that the last of them holds.
    fn through(search: &mut Search, known: &mut BTreeSet<DiscussionId>, holds: &[DiscussionId]) -> usize {
        let mut listed = 0;
        while search.next(known).is_some() {
            listed += 1;
            if listed == 3 {
                known.extend(holds.iter().cloned());
            }
        }
        listed
    }

    #[tokio::test(start_paused = true)]
    async fn a_thread_is_found_or_given_up() {
        let blocks = ids(&["a", "b", "c"], BlockId::from_wire);
        let shown = ids(&["near", "deep"], DiscussionId::from_wire);
        let mut known = BTreeSet::new();
        let mut search = Search::default();
        search.begin(&shown, &known, &blocks);
        assert_eq!(through(&mut search, &mut known, &shown[..1]), 3);
        assert_eq!(
            search.end(),
            0,
            "it may have been written while this search was under way"
        );
        search.begin(&shown, &known, &blocks);
        search.failed();
        assert_eq!(through(&mut search, &mut known, &[]), 3);
        assert_eq!(search.end(), 0, "a search that met a fault proves nothing");
        search.begin(&shown, &known, &blocks);
        assert!(!search.is_on(), "and is not repeated at once");
        tokio::time::advance(AFTER_FAULT).await;
        search.begin(&shown, &known, &blocks);
        assert_eq!(through(&mut search, &mut known, &[]), 3);
        assert_eq!(search.end(), 1, "the deep one is given up");
        search.begin(&shown, &known, &blocks);
        assert!(!search.is_on());
        tokio::time::advance(AGAIN_AFTER).await;
        search.begin(&shown, &known, &blocks);
        assert!(search.is_on(), "an hour later it is looked for once more");
        assert_eq!(through(&mut search, &mut known, &shown[1..]), 3);
        assert_eq!(search.next(&known), None);
    }
}
