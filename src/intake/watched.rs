//! A page that is watched: what was seen of it, and when it is read again.
use super::people::Share;
use super::search::Search;
use crate::domain::comment::{Anchor, Finding};
use crate::domain::ids::{BlockId, CommentId, DiscussionId, PageId, PersonId};
use crate::domain::page::{Guide, NextPage};
use crate::store::{CommentRow, Presence};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// A page that is watched: what is known of it between two polls.
pub struct WatchedPage {
    /// The page's id.
    pub page: PageId,
    pub(super) next_at: Instant,
    pub(super) active_at: Instant,
    /// The parts of it that could not be read when they were last asked for, and why.
    pub(super) faults: BTreeMap<PagePart, String>,
    /// Looks in a row that could not read the page's comments.
    pub(super) failures: u32,
    /// The comments that are committed in the store; loaded now and then.
    pub(super) seen: HashMap<CommentId, SeenComment>,
    /// When the comments were loaded from the store the last time.
    pub(super) opened_at: Option<Instant>,
    /// When we first looked at this page, by Notion's clock: comments of long before are its backlog. `None` for a page
    /// that was watched before this was kept.
    pub(super) first_look: Option<DateTime<Utc>>,
    /// Whether the backlog is being taken in: this is the first look.
    pub(super) first: bool,
    /// Whether the guide was read, now or by an earlier run: before that no comment can be understood.
    pub(super) has_guide: bool,
    pub(super) guide: Guide,
    pub(super) blocks: Vec<BlockId>,
    /// The boxes as they were last read, ticked or not.
    pub(super) boxes: BTreeMap<BlockId, bool>,
    /// The action item that follows, as it was last found.
    pub(super) next_page: Option<NextPage>,
    /// The blocks that hold a key, as they were last read; `None` when they may not be read.
    pub(super) held: Option<Vec<(BlockId, Vec<Finding>)>>,
    pub(super) page_read_at: Option<Instant>,
    pub(super) blocks_read_at: Option<Instant>,
    /// The last edit that its blocks were read after, once its minute was over.
    pub(super) last_edited: Option<DateTime<Utc>>,
    /// What was last observed: the same again is no event.
    pub(super) told: Option<PageDigest>,
    pub(super) threads: Threads,
}

/// A part of a page that is asked for by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PagePart {
    /// Its properties, its guide and its boxes.
    Page,
    /// Which threads hang on its text.
    Anchors,
    /// The threads on one of its blocks.
    Block(BlockId),
}

/// The threads on the page's blocks.
#[derive(Default)]
pub(super) struct Threads {
    /// Blocks with threads, and when they were last read.
    pub(super) hot: BTreeMap<BlockId, Option<Instant>>,
    /// The threads of which it is known on which block they hang.
    pub(super) known: BTreeSet<DiscussionId>,
    /// Lists of comments that were not read to their end, by the page or block that they are of.
    pub(super) unread: BTreeMap<String, UnreadList>,
    pub(super) anchors_read_at: Option<Instant>,
    pub(super) swept_at: Option<Instant>,
    /// The index in the list of blocks of the one that is swept next.
    pub(super) next_block: usize,
    /// The search for threads whose block is not known.
    pub(super) search: Search,
}

/// A list of comments that was not read to its end.
pub(super) struct UnreadList {
    /// Where its reading goes on; `None`: at its beginning.
    pub(super) cursor: Option<String>,
    /// From when on.
    pub(super) due: Instant,
}

/// What is kept of a comment between polls.
#[derive(Clone)]
pub(super) struct SeenComment {
    pub(super) hash: u64,
    /// Of the raw text, as it was last seen by this process.
    pub(super) sameness: Option<u64>,
    pub(super) presence: Presence,
    pub(super) anchor: Anchor,
    /// How long its text is that is kept.
    pub(super) bytes: usize,
    /// Whose part of the room it takes.
    pub(super) share: Share,
    /// Since when no list has it; one list alone proves nothing.
    pub(super) missing_since: Option<Instant>,
}

impl WatchedPage {
    pub(super) fn new(page: PageId) -> Self {
        let now = Instant::now();
        Self {
            page,
            next_at: now,
            active_at: now,
            faults: BTreeMap::new(),
            failures: 0,
            seen: HashMap::new(),
            opened_at: None,
            first_look: None,
            first: false,
            has_guide: false,
            guide: Guide::default(),
            blocks: Vec::new(),
            boxes: BTreeMap::new(),
            next_page: None,
            held: None,
            page_read_at: None,
            blocks_read_at: None,
            last_edited: None,
            told: None,
            threads: Threads::default(),
        }
    }

    /// Takes in what the store knows of the page's comments. What this process knows of their raw text stays.
    pub(super) fn remember(&mut self, rows: Vec<CommentRow>, share: impl Fn(&PersonId) -> Share) {
        let before = std::mem::replace(&mut self.seen, HashMap::with_capacity(rows.len()));
        for row in rows {
            if let Anchor::Block(block) = &row.comment.anchor {
                self.threads.hot.entry(block.clone()).or_insert(None);
                self.threads.known.insert(row.comment.discussion.clone());
            }
            let known = before.get(&row.comment.id);
            let seen = SeenComment {
                hash: row.hash,
                sameness: known
                    .filter(|known| known.hash == row.hash)
                    .and_then(|known| known.sameness),
                presence: row.presence,
                missing_since: known.and_then(|known| known.missing_since),
                bytes: row.comment.text.as_str().len(),
                share: share(&row.comment.author),
                anchor: row.comment.anchor,
            };
            self.seen.insert(row.comment.id, seen);
        }
        self.opened_at = Some(Instant::now());
    }

    /// What was told of the page counts no longer: the next reading is told whole, and compared with what we wrote.
    pub(super) fn forget_told(&mut self) {
        self.told = None;
    }
}

/// What was told of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageDigest {
    /// A hash of everything that was told.
    pub(super) digest: u64,
    /// Whether it was read when the minute of the page's last edit was over.
    pub(super) settled: bool,
}

impl PageDigest {
    /// Whether it is to be told. The same is told once more when it has settled: what was read in the moment of our own
    /// write was set aside as older than that, and a person's edit of the same moment would stay unseen.
    pub(super) fn is_news(self, before: Option<Self>) -> bool {
        before.is_none_or(|before| before.digest != self.digest || (self.settled && !before.settled))
    }
}

/// Whether `every` has gone by since `at`; `None`: it never happened.
pub(super) fn is_over(at: Option<Instant>, every: Duration) -> bool {
    at.is_none_or(|at| at.elapsed() >= every)
}

#[cfg(test)]
mod tests {
    use super::PageDigest;

    #[test]
    fn what_was_seen_within_the_minute_of_an_edit_is_told_once_more_after_it() {
        let read = |digest, settled| PageDigest { digest, settled };
        let reads = [
            (read(1, true), true),
            (read(1, true), false),
            // We write and a person edits, in one moment.
            (read(2, false), true),
            (read(2, false), false),
            (read(2, true), true),
            (read(2, true), false),
            (read(2, false), false),
            (read(3, true), true),
        ];
        let mut before = None;
        for (n, (read, is_told)) in reads.into_iter().enumerate() {
            assert_eq!(read.is_news(before.replace(read)), is_told, "reading {n}");
        }
    }
}
