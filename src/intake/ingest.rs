//! One way in for a comment, the same for the bot, `run --dry-run` and `explain`: as Notion gave it in, a report out.
use crate::config::Backlog;
use crate::domain::classify::{Classifier, Explained, KeyNames, Reading, ReadingContext};
use crate::domain::comment::{Anchor, Comment};
use crate::domain::event::{Authority, Report};
use crate::domain::page::Guide;
use crate::domain::redact::{Redacted, SharedRedactor};
use crate::notion::{RawComment, anchor, raw_text};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// Comments that were younger than this at the first look at their page are answered.
const YOUNG: TimeDelta = TimeDelta::hours(24);
/// Steps that a page has until it was read; the taxonomy's own number.
const STEPS_UNREAD: u8 = 5;

/// Makes reports of comments: redacts, classifies, and adds who wrote and where.
pub struct Ingest {
    /// Takes keys out of a comment's text.
    pub redactor: SharedRedactor,
    /// Classifies what redaction left of it.
    pub classifier: Arc<Classifier>,
    /// The names of the project's keys, which comments may use.
    pub keys: KeyNames,
    /// Whether comments that were there before the first start are only taken into account.
    pub backlog: Backlog,
}

/// The author of a comment: a person.
#[derive(Clone, Debug)]
pub struct Author {
    /// The name for replies, as it came.
    pub name: Option<String>,
    /// What this person may do.
    pub authority: Authority,
}

/// What of a page its comments are read by.
#[derive(Clone, Copy)]
pub struct PageFacts<'a> {
    /// The steps of the page, and the blocks that belong to them.
    pub guide: &'a Guide,
    /// When it was looked at for the first time, by Notion's clock: comments of long before are its backlog.
    /// `None`: the page has no backlog.
    pub first_look: Option<DateTime<Utc>>,
}

impl Ingest {
    /// Redacts a comment; the hash tells an edit. It is made with a neutral token in place of each key, so that a key
    /// which becomes known later, or changes its label, makes no edit of an old comment.
    pub fn redact(&self, comment: &RawComment) -> (Redacted, u64) {
        let redacted = self.redactor.current().redact(&raw_text(&comment.text()));
        let digest = ring::digest::digest(&ring::digest::SHA256, redacted.for_reading.as_str().as_bytes());
        let hash = digest
            .as_ref()
            .iter()
            .take(8)
            .fold(0, |hash, byte| hash << 8 | u64::from(*byte));
        (redacted, hash)
    }

    /// What decisions see of a comment: from here on there is only clean text.
    pub fn report(&self, comment: &RawComment, author: Author, redacted: Redacted, page: PageFacts<'_>) -> Report {
        let reading = self
            .classifier
            .read(&redacted.for_reading, &self.context(comment, page));
        self.assemble(comment, author, redacted, page, reading)
    }

    /// As [`Ingest::report`], with what speaks for each part of the reading.
    pub fn explain(
        &self,
        comment: &RawComment,
        author: Author,
        redacted: Redacted,
        page: PageFacts<'_>,
    ) -> (Report, Explained) {
        let explained = self
            .classifier
            .explain(&redacted.for_reading, &self.context(comment, page));
        let report = self.assemble(comment, author, redacted, page, explained.reading.clone());
        (report, explained)
    }

    fn context(&self, comment: &RawComment, page: PageFacts<'_>) -> ReadingContext<'_> {
        ReadingContext {
            steps_total: match page.guide.steps_total() {
                0 => STEPS_UNREAD,
                steps => steps,
            },
            default_step: page.step_of(&anchor(comment)),
            keys: &self.keys,
        }
    }

    fn assemble(
        &self,
        comment: &RawComment,
        author: Author,
        redacted: Redacted,
        page: PageFacts<'_>,
        reading: Reading,
    ) -> Report {
        let redactor = self.redactor.current();
        let is_old = |first_look: DateTime<Utc>| first_look - comment.created_time > YOUNG;
        Report {
            comment: Comment {
                id: comment.id.clone(),
                discussion: comment.discussion.clone(),
                anchor: anchor(comment),
                author: comment.author.clone(),
                author_name: author.name.map(|name| redactor.redact_str(&name).into_owned()),
                posted_at: comment.created_time,
                text: redacted.text,
            },
            on_step: page.step_of(&anchor(comment)),
            reading,
            findings: redacted.findings,
            authority: author.authority,
            absorbed: self.backlog == Backlog::Absorb && page.first_look.is_some_and(is_old),
        }
    }
}

impl PageFacts<'_> {
    fn step_of(self, anchor: &Anchor) -> Option<u8> {
        match anchor {
            Anchor::Block(block) => self.guide.step_of(block),
            Anchor::Page => None,
        }
    }
}
