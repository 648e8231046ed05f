//! Our own replies as the pages show them: which of them this store knows, which it does not, and for which nobody waits.
//!
//! A store that is new, restored or shortened does not know the replies that it made before. Nothing is sent in a thread
//! before that thread was read to its end, and what stands there with our reference is taken for ours, not said again.
//! Later, a reply that we did not make is another keyminder's.
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::Reference;
use chrono::{DateTime, Utc};
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Our own replies. Clones share it.
#[derive(Clone)]
pub struct OwnReplies {
    pages: Arc<Mutex<HashMap<PageId, PageReplies>>>,
    since: DateTime<Utc>,
}

/// What is known of one page. A reply on its way goes from `doubtful` to `known`; one whose sending had no known end is
/// `unsure` for good, since its twin may come late; one that stands there and is none of these is `unknown`.
#[derive(Default)]
struct PageReplies {
    /// Digests of the ids of replies that our store knows.
    known: HashSet<u64>,
    /// Replies that are being sent, or may have been.
    doubtful: HashSet<Reference>,
    /// Replies that were sent once without a known end: a twin of one may appear late, and is our own.
    unsure: HashSet<Reference>,
    /// Pages and blocks whose threads were read to their end since the start.
    listed: HashSet<String>,
    /// Replies that stand there and that our store does not know.
    unknown: HashMap<Reference, CommentId>,
    /// Digests of the comments of people that were deleted or resolved: nobody waits for their answers.
    away: HashSet<u64>,
}

/// What a thread says of a reply that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyInThread {
    /// Its thread was not read yet: wait.
    Unread,
    /// It stands there already, under this id.
    There(CommentId),
    /// It is not there.
    Absent,
}

/// Replies under our name that our store does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownReplies {
    /// There are none.
    None,
    /// They were there at the first look: our store is younger than they are.
    Earlier(usize),
    /// They came while we were working: somebody else answers too.
    Since(usize),
}

impl OwnReplies {
    /// Nothing is known yet. `since`: now, by Notion's clock.
    pub fn new(since: DateTime<Utc>) -> Self {
        Self {
            pages: Arc::default(),
            since,
        }
    }

    /// Since when this process works, by Notion's clock.
    pub fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// Takes in what the store knows of a page: the ids of its replies, and those whose fate is open.
    pub fn open(&self, page: &PageId, known: &[CommentId], doubtful: impl IntoIterator<Item = Reference>) {
        let mut pages = self.lock();
        let of_page = pages.entry(page.clone()).or_default();
        of_page.known.extend(known.iter().map(digest));
        of_page.doubtful.extend(doubtful);
    }

    /// Takes in a list of what stands under `parent`: the replies under our name, whether that is all of them, and which of
    /// them are older than this process.
    pub fn listed(
        &self,
        page: &PageId,
        parent: &str,
        complete: bool,
        replies: &[(Reference, &CommentId)],
        is_old: impl Fn(&CommentId) -> bool,
    ) -> UnknownReplies {
        let mut pages = self.lock();
        let of_page = pages.entry(page.clone()).or_default();
        let first = !of_page.listed.contains(parent);
        if complete {
            of_page.listed.insert(parent.to_owned());
        }
        let (mut strangers, mut since) = (0, 0);
        for (reference, comment) in replies {
            let ours = of_page.known.contains(&digest(comment)) || of_page.doubtful.contains(reference);
            if !ours {
                of_page.known.insert(digest(comment));
                of_page
                    .unknown
                    .entry(reference.clone())
                    .or_insert_with(|| (*comment).clone());
                strangers += usize::from(!of_page.unsure.contains(reference));
                since += usize::from(!of_page.unsure.contains(reference) && !first && !is_old(comment));
            }
        }
        match (strangers, since) {
            (0, _) => UnknownReplies::None,
            (strangers, 0) => UnknownReplies::Earlier(strangers),
            (_, since) => UnknownReplies::Since(since),
        }
    }

    /// Whether a reply may be sent that we have never sent.
    pub fn before(&self, page: &PageId, parent: &str, reference: &Reference) -> ReplyInThread {
        let pages = self.lock();
        match pages.get(page) {
            Some(of_page) if of_page.listed.contains(parent) => match of_page.unknown.get(reference) {
                Some(comment) => ReplyInThread::There(comment.clone()),
                None => ReplyInThread::Absent,
            },
            Some(_) | None => ReplyInThread::Unread,
        }
    }

    /// A person's comment was deleted or resolved, or is listed again.
    pub fn set_away(&self, page: &PageId, comment: &CommentId, away: bool) {
        let mut pages = self.lock();
        let of_page = pages.entry(page.clone()).or_default();
        if away {
            of_page.away.insert(digest(comment));
        } else {
            of_page.away.remove(&digest(comment));
        }
    }

    /// Whether a person's comment was deleted or resolved.
    pub fn is_away(&self, page: &PageId, comment: &CommentId) -> bool {
        self.lock()
            .get(page)
            .is_some_and(|of_page| of_page.away.contains(&digest(comment)))
    }

    /// Whether a reply is on its way, or may have been.
    pub fn is_doubtful(&self, page: &PageId, reference: &Reference) -> bool {
        self.lock()
            .get(page)
            .is_some_and(|of_page| of_page.doubtful.contains(reference))
    }

    /// A reply leaves now.
    pub fn sending(&self, page: &PageId, reference: &Reference) {
        let mut pages = self.lock();
        pages
            .entry(page.clone())
            .or_default()
            .doubtful
            .insert(reference.clone());
    }

    /// Whether a reply that left now stands anywhere is not known.
    pub fn unsure(&self, page: &PageId, reference: &Reference) {
        let mut pages = self.lock();
        pages.entry(page.clone()).or_default().unsure.insert(reference.clone());
    }

    /// A reply certainly stands under this id, or certainly does not.
    pub fn settled(&self, page: &PageId, reference: &Reference, comment: Option<&CommentId>) {
        let mut pages = self.lock();
        let of_page = pages.entry(page.clone()).or_default();
        of_page.known.extend(comment.map(digest));
        of_page.doubtful.remove(reference);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PageId, PageReplies>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ids take 36 bytes, and there may be thousands.
fn digest(comment: &CommentId) -> u64 {
    let mut hasher = DefaultHasher::new();
    comment.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(name: &str) -> (Reference, CommentId) {
        (
            Reference::of_subject(name),
            CommentId::from_wire(&format!("reply to {name}")),
        )
    }

    #[test]
    fn what_the_store_forgot_is_found_and_what_came_since_is_somebody_elses() {
        let own = OwnReplies::new(DateTime::UNIX_EPOCH);
        let page = PageId::from_wire("page");
        let all = ["known", "forgotten", "in doubt", "sent", "other"].map(reply);
        let [known, forgotten, doubtful, sent, other] = &all;
        let reopened = reply("an old thread that was reopened");
        let old = reopened.1.clone();
        let show = |shown: &[&(Reference, CommentId)]| {
            let shown: Vec<_> = shown.iter().map(|(mark, id)| (mark.clone(), id)).collect();
            own.listed(&page, "page", true, &shown, |comment| *comment == old)
        };
        own.open(&page, std::slice::from_ref(&known.1), [doubtful.0.clone()]);
        assert_eq!(own.before(&page, "page", &sent.0), ReplyInThread::Unread);
        assert_eq!(show(&[known, forgotten, doubtful]), UnknownReplies::Earlier(1));
        assert_eq!(
            own.before(&page, "page", &forgotten.0),
            ReplyInThread::There(forgotten.1.clone())
        );
        assert_eq!(own.before(&page, "page", &sent.0), ReplyInThread::Absent);
        assert_eq!(own.before(&page, "a block", &sent.0), ReplyInThread::Unread);
        own.sending(&page, &sent.0);
        assert_eq!(
            show(&[known, forgotten, sent]),
            UnknownReplies::None,
            "it may be listed before it is answered"
        );
        own.unsure(&page, &sent.0);
        own.settled(&page, &sent.0, Some(&sent.1));
        let twin = (sent.0.clone(), CommentId::from_wire("a twin that came late"));
        assert_eq!(show(&[known, forgotten, sent, &twin]), UnknownReplies::None);
        assert_eq!(show(&[known, forgotten, sent]), UnknownReplies::None);
        assert_eq!(show(&[known, forgotten, sent, other]), UnknownReplies::Since(1));
        assert_eq!(
            show(&[known, forgotten, sent, other]),
            UnknownReplies::None,
            "told once"
        );
        assert_eq!(show(&[known, &reopened]), UnknownReplies::Earlier(1));
        assert_eq!(
            own.before(&page, "page", &other.0),
            ReplyInThread::There(other.1.clone())
        );
    }
}
