//! How much of a page's comments is kept: more than a page has that people write on. A list that brings more has no end, and
//! what was read of it is all that there is room for.
use super::watched::WatchedPage;
use crate::notion::RawComment;
use crate::store::Presence;

/// Open comments of a page that are kept. Ten thousand at once are a flood that is still answered.
const MOST_COMMENTS: usize = 20_000;
/// How long the texts of all of them are at most, in bytes: a comment has some two hundred.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The room for comments that are not known yet.
pub(super) struct Room {
    comments: usize,
    bytes: usize,
    full: bool,
}

impl Room {
    /// What a page's open comments leave; those that are resolved or deleted take none.
    pub(super) fn of(watched: &WatchedPage) -> Self {
        let open = watched.seen.values().filter(|seen| seen.presence == Presence::Listed);
        let (comments, bytes) = open.fold((0, 0), |(comments, bytes), seen| (comments + 1, bytes + seen.bytes));
        Self {
            comments: MOST_COMMENTS.saturating_sub(comments),
            bytes: MOST_BYTES.saturating_sub(bytes),
            full: false,
        }
    }

    /// Takes a comment in, where there is room for it.
    pub(super) fn takes(&mut self, comment: &RawComment) -> bool {
        if self.comments == 0 || self.bytes == 0 {
            self.full = true;
            return false;
        }
        self.comments -= 1;
        self.bytes = self.bytes.saturating_sub(comment.text().expose().len());
        true
    }

    /// Whether a comment was passed over.
    pub(super) fn was_too_small(&self) -> bool {
        self.full
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
