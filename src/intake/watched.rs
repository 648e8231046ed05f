//! A page that is watched: what was seen of it, and when it is read again.
use crate::domain::comment::{Anchor, Finding};
use crate::domain::ids::{BlockId, CommentId, DiscussionId, PageId};
use crate::domain::page::Guide;
use crate::store::{CommentRow, Presence};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tokio::time::Instant;

/// A page that is watched.
pub struct Watched {
    /// Which.
    pub page: PageId,
    /// What is wrong with it, if anything.
    pub fault: Option<String>,
    pub(super) next_at: Instant,
    pub(super) active_at: Instant,
    /// The comments that were ever seen; `None` until they were loaded.
    pub(super) seen: Option<HashMap<CommentId, Seen>>,
    /// Whether this is the first time that we are on this page.
    pub(super) first: bool,
    pub(super) guide: Guide,
    pub(super) blocks: Vec<BlockId>,
    /// The blocks that hold a key, as they were last read; `None` when they may not be read.
    pub(super) held: Option<Vec<(BlockId, Vec<Finding>)>>,
    pub(super) page_read_at: Option<Instant>,
    pub(super) blocks_read_at: Option<Instant>,
    /// The last edit that its blocks were read after, once its minute was over.
    pub(super) last_edited: Option<DateTime<Utc>>,
    /// What was last observed: the same again is no event.
    pub(super) told: Option<Told>,
    pub(super) threads: Threads,
}

/// The threads on the page's blocks.
#[derive(Default)]
pub(super) struct Threads {
    /// Blocks with threads, and when they were last read.
    pub(super) hot: BTreeMap<BlockId, Instant>,
    /// Threads whose block is known.
    pub(super) known: BTreeSet<DiscussionId>,
    pub(super) anchors_read_at: Option<Instant>,
    pub(super) swept_at: Option<Instant>,
    /// Where the slow sweep stands.
    pub(super) next_block: usize,
}

/// What is kept of a comment between polls.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) hash: u64,
    /// Of the raw text, as it was last seen by this process.
    pub(super) sameness: Option<u64>,
    pub(super) presence: Presence,
    pub(super) anchor: Anchor,
}

impl Watched {
    pub(super) fn new(page: PageId) -> Self {
        let now = Instant::now();
        Self {
            page,
            fault: None,
            next_at: now,
            active_at: now,
            seen: None,
            first: false,
            guide: Guide::default(),
            blocks: Vec::new(),
            held: None,
            page_read_at: None,
            blocks_read_at: None,
            last_edited: None,
            told: None,
            threads: Threads::default(),
        }
    }

    /// Takes in what the store knows of the page's comments.
    pub(super) fn remember(&mut self, rows: Vec<CommentRow>) {
        let mut seen = HashMap::with_capacity(rows.len());
        for row in rows {
            if let Anchor::Block(block) = &row.comment.anchor {
                self.threads.hot.insert(block.clone(), Instant::now());
                self.threads.known.insert(row.comment.discussion.clone());
            }
            seen.insert(
                row.comment.id,
                Seen {
                    hash: row.hash,
                    sameness: None,
                    presence: row.presence,
                    anchor: row.comment.anchor,
                },
            );
        }
        self.seen = Some(seen);
    }
}

/// What was told of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// A digest of it.
    pub(super) digest: u64,
    /// Whether it was read when the minute of the page's last edit was over.
    pub(super) settled: bool,
}

impl Told {
    /// Whether it is to be told. The same is told once more when it has settled: what was read in the moment of our own
    /// write was set aside as older than that, and a person's edit of the same moment would stay unseen.
    pub(super) fn is_news(self, before: Option<Self>) -> bool {
        before.is_none_or(|before| before.digest != self.digest || (self.settled && !before.settled))
    }
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn what_was_seen_within_the_minute_of_an_edit_is_told_once_more_after_it() {
        let read = |digest, settled| Told { digest, settled };
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
