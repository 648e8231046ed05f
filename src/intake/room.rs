//! How much of a page's comments is kept: more than a page has that people write on. A list that brings more has no end, and
//! what was read of it is all that there is room for.
use super::watched::WatchedPage;
use crate::store::Presence;

/// Open comments of a page that are kept. Ten thousand at once are a flood that is still answered.
const MOST_COMMENTS: usize = 20_000;
/// How long the texts of all of them are at most, in bytes: a comment has some two hundred.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The room for comments that are not known yet.
pub(super) struct Room {
    comments: usize,
    bytes: usize,
    passed_over: bool,
}

impl Room {
    /// What a page's open comments leave; those that are resolved or deleted take none.
    pub(super) fn of(watched: &WatchedPage) -> Self {
        let open = watched.seen.values().filter(|seen| seen.presence == Presence::Listed);
        let (comments, bytes) = open.fold((0, 0), |(comments, bytes), seen| (comments + 1, bytes + seen.bytes));
        Self {
            comments: MOST_COMMENTS.saturating_sub(comments),
            bytes: MOST_BYTES.saturating_sub(bytes),
            passed_over: false,
        }
    }

    /// Whether there is room for one more comment; if not, one is passed over.
    pub(super) fn is_there(&mut self) -> bool {
        let is_there = self.comments > 0 && self.bytes > 0;
        self.passed_over |= !is_there;
        is_there
    }

    /// A comment of this length was taken in.
    pub(super) fn take(&mut self, bytes: usize) {
        self.comments = self.comments.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// Whether a comment was passed over.
    pub(super) fn was_too_small(&self) -> bool {
        self.passed_over
    }
}

/// What is told of comments that were passed over.
pub(super) fn said() -> String {
    format!(
        "it has more open comments than are kept ({MOST_COMMENTS}, or {} MB of text): the further ones are not read, and not \
         answered; resolve threads that are settled",
        MOST_BYTES / 1024 / 1024
    )
}
