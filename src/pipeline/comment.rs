//! A comment on its way: redacted, read, and its row.
use crate::domain::classify::{About, Classifier, KeyNames};
use crate::domain::comment::{Comment, RawText};
use crate::domain::event::{Authority, Gone, Report};
use crate::domain::ids::PageId;
use crate::domain::redact::{Redacted, Redactor};
use crate::store::{CommentRow, Presence, Standing};

/// A comment as it came, before anything was made of it.
pub struct Arrived {
    /// The comment, its text still empty.
    pub comment: Comment,
    /// The step whose block it hangs on.
    pub on_step: Option<u8>,
    /// What its author may do.
    pub authority: Authority,
    /// Whether it was there before the first start.
    pub absorbed: bool,
}

/// Redacts a comment; its hash tells an edit. The hash is made with a neutral token in place of each key, so that a
/// key which becomes known later, or changes its label, makes no edit of an old comment.
pub fn redact(redactor: &Redactor, raw: &RawText) -> (Redacted, u64) {
    let redacted = redactor.redact(raw);
    let digest = ring::digest::digest(&ring::digest::SHA256, redacted.for_reading.as_str().as_bytes());
    let hash = digest
        .as_ref()
        .iter()
        .take(8)
        .fold(0, |hash, byte| hash << 8 | u64::from(*byte));
    (redacted, hash)
}

/// Classifies what redaction left: from here on there is only clean text.
pub fn read(classifier: &Classifier, keys: &KeyNames, steps_total: u8, arrived: Arrived, redacted: Redacted) -> Report {
    let about = About {
        steps_total,
        default_step: arrived.on_step,
        keys,
        plan_minutes: None,
    };
    let reading = classifier.read(&redacted.for_reading, &about);
    Report {
        comment: Comment {
            text: redacted.text,
            ..arrived.comment
        },
        on_step: arrived.on_step,
        reading,
        findings: redacted.findings,
        authority: arrived.authority,
        absorbed: arrived.absorbed,
    }
}

/// A row for a comment that was seen.
pub fn row(page: &PageId, report: &Report, hash: u64) -> CommentRow {
    let standing = if report.absorbed {
        Standing::Absorbed
    } else {
        Standing::Open
    };
    CommentRow {
        page: page.clone(),
        comment: report.comment.clone(),
        hash,
        reading: report.reading.clone(),
        standing,
        presence: Presence::Listed,
        answered_in: None,
    }
}

/// How a comment's row changes when it is gone.
pub fn gone(mut row: CommentRow, how: Gone) -> CommentRow {
    row.presence = match how {
        Gone::Deleted => Presence::Deleted,
        Gone::Resolved => Presence::Resolved,
    };
    row
}
