//! How much of a page's comments is kept: more than a page has that people write on. A list that brings more has no end, and
//! what was read of it is all that there is room for. Who may not act has a part of its own: whoever fills it silences no
//! member.
use super::people::Share;
use super::watched::{SeenComment, WatchedPage};
use crate::store::Presence;

/// How much is kept of the open comments of some people.
#[derive(Clone, Copy)]
struct Space {
    comments: usize,
    /// Of the texts together.
    bytes: usize,
}

/// Of members. Ten thousand comments at once are a flood that is still answered; a comment has some two hundred bytes.
const OF_MEMBERS: Space = Space {
    comments: 15_000,
    bytes: 12 * 1024 * 1024,
};

/// Of everybody else, together.
const OF_OTHERS: Space = Space {
    comments: 5_000,
    bytes: 4 * 1024 * 1024,
};

/// The room for comments that are not known yet, and for edits that make one longer.
pub(super) struct Room {
    members: Part,
    others: Part,
}

/// What is left for some people.
struct Part {
    left: Space,
    passed_over: bool,
}

impl Room {
    /// What a page's open comments leave; those that are resolved or deleted take none.
    pub(super) fn of(watched: &WatchedPage) -> Self {
        let part = |left| Part {
            left,
            passed_over: false,
        };
        let mut room = Self {
            members: part(OF_MEMBERS),
            others: part(OF_OTHERS),
        };
        for seen in watched.seen.values() {
            if let Some(bytes) = open_bytes(seen) {
                room.take(seen.share, None, bytes);
            }
        }
        room
    }

    fn part(&mut self, share: Share) -> &mut Part {
        match share {
            Share::Members => &mut self.members,
            Share::Others => &mut self.others,
        }
    }

    /// Whether there is room for a comment of this length; `held`: how much of it is kept already. If not, it is passed
    /// over.
    pub(super) fn is_there(&mut self, share: Share, held: Option<usize>, bytes: usize) -> bool {
        let part = self.part(share);
        let has_place = held.is_some() || part.left.comments > 0;
        let has_bytes = bytes <= held.unwrap_or_default() || part.left.bytes > 0;
        let is_there = has_place && has_bytes;
        part.passed_over |= !is_there;
        is_there
    }

    /// A comment of this length was taken in; `held`: how much of it was kept before.
    pub(super) fn take(&mut self, share: Share, held: Option<usize>, bytes: usize) {
        let left = &mut self.part(share).left;
        left.comments = left.comments.saturating_sub(usize::from(held.is_none()));
        left.bytes = (left.bytes + held.unwrap_or_default()).saturating_sub(bytes);
    }

    /// Whether a comment of a member was passed over: nothing that follows could be kept.
    pub(super) fn is_full(&self) -> bool {
        self.members.passed_over
    }

    /// What is told of comments that were passed over.
    pub(super) fn said(&self) -> impl Iterator<Item = String> {
        let parts = [
            (&self.members, "it has", OF_MEMBERS, ""),
            (
                &self.others,
                "guests, other bots and people who are not listed as members have",
                OF_OTHERS,
                " (those of members are)",
            ),
        ];
        let short = parts.into_iter().filter(|(part, ..)| part.passed_over);
        let texts = short.map(|(_, who, space, members)| {
            format!(
                "{who} more open comments than are kept ({}, or {} MB of text): the further ones, and edits that make one \
                 longer, are not read, and not answered{members}; resolve or delete threads that are settled",
                space.comments,
                space.bytes / 1024 / 1024
            )
        });
        texts.collect::<Vec<_>>().into_iter()
    }
}

/// How much is kept of a comment that takes room.
pub(super) fn open_bytes(seen: &SeenComment) -> Option<usize> {
    (seen.presence == Presence::Listed).then_some(seen.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::PageId;

    fn empty() -> Room {
        Room::of(&WatchedPage::new(PageId::from_wire("p")))
    }

    /// How many comments of this length are taken in until one is passed over.
    fn fill(room: &mut Room, share: Share, bytes: usize) -> usize {
        let mut taken = 0;
        while room.is_there(share, None, bytes) {
            room.take(share, None, bytes);
            taken += 1;
        }
        taken
    }

    #[test]
    fn who_may_not_act_fills_a_part_of_the_room_and_members_have_theirs() {
        for (bytes, others, members) in [(200, 5_000, 15_000), (20_000, 210, 630)] {
            let mut room = empty();
            assert_eq!(fill(&mut room, Share::Others, bytes), others);
            assert!(!room.is_full());
            assert_eq!(fill(&mut room, Share::Members, bytes), members);
            assert!(room.is_full());
            assert_eq!(room.said().count(), 2);
        }
    }

    #[test]
    fn an_edit_takes_what_it_adds_and_gives_back_what_it_takes_away() {
        let mut room = empty();
        let mut edited = 0;
        for _ in 0..2_500 {
            assert!(room.is_there(Share::Others, None, 10), "short ones find room");
            room.take(Share::Others, None, 10);
        }
        while edited < 2_500 && room.is_there(Share::Others, Some(10), 20_000) {
            room.take(Share::Others, Some(10), 20_000);
            edited += 1;
        }
        assert_eq!(edited, 209);
        assert!(!room.is_there(Share::Others, None, 10), "nor is there room for another");
        assert!(room.is_there(Share::Others, Some(20_000), 10), "shorter always");
        room.take(Share::Others, Some(20_000), 10);
        assert!(room.is_there(Share::Others, None, 10));
    }
}
