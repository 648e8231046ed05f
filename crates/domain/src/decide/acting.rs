//! Who may do what: the one place that every comment passes before it may change anything.
//!
//! Whatever a comment says to claims, boxes, blockers, status, keys or schedule takes an [`Acting`], and [`admit`] alone makes
//! one. So a new way for a comment to arrive cannot forget to ask. Two ways have no author who could be asked: nobody tells
//! who deleted or resolved a comment, so that its absence takes back only what that comment itself had done when it was
//! admitted; and a bot is heard only where it posted a whole key, which is what it is whoever posts it.
use crate::event::{Authority, Report};
use crate::page::Claim;
use std::ops::Deref;

/// A comment whose author may act.
#[derive(Clone, Copy)]
pub(super) struct Acting<'a>(&'a Report);

/// What a comment may do.
pub(super) enum Admitted<'a> {
    /// Its author may act.
    Acting(Acting<'a>),
    /// Its author may be answered, and nothing else.
    Guest(&'a Report),
}

/// Asks what the author of a comment may do.
pub(super) fn admit(report: &Report) -> Admitted<'_> {
    match report.authority {
        Authority::Full | Authority::Looks => Admitted::Acting(Acting(report)),
        Authority::Guidance => Admitted::Guest(report),
    }
}

impl Acting<'_> {
    /// Whether Done and the schedule may move on this comment.
    pub(super) fn may_finish(self) -> bool {
        self.authority == Authority::Full
    }

    /// Whether this comment may take back a claim: where the members are not known, only one's own.
    pub(super) fn may_take_back(self, claim: Option<&Claim>) -> bool {
        self.may_finish() || claim.is_some_and(|claim| claim.author == self.comment.author)
    }
}

impl Deref for Acting<'_> {
    type Target = Report;

    fn deref(&self) -> &Report {
        self.0
    }
}
