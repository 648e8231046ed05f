//! What of a page its comments are read by.
use crate::domain::comment::Anchor;
use crate::domain::page::{Criterion, Guide};
use chrono::{DateTime, Utc};

/// What of a page its comments are read by.
#[derive(Clone, Copy)]
pub struct PageFacts<'a> {
    /// The steps of the page, and the blocks that belong to them.
    pub guide: &'a Guide,
    /// When it was looked at for the first time, by Notion's clock: comments of long before are its backlog.
    /// `None`: the page has no backlog.
    pub first_look: Option<DateTime<Utc>>,
}

impl<'a> PageFacts<'a> {
    /// The box on which a comment stands, where its step has others.
    pub(super) fn box_of(self, anchor: &Anchor) -> Option<&'a Criterion> {
        let Anchor::Block(block) = anchor else { return None };
        let own = self.guide.box_at(block)?;
        let boxes = self.guide.criteria.iter();
        let has_others = own.step.is_none() || boxes.filter(|other| other.step == own.step).count() > 1;
        has_others.then_some(own)
    }

    pub(super) fn step_of(self, anchor: &Anchor) -> Option<u8> {
        match anchor {
            Anchor::Block(block) => self.guide.step_of(block),
            Anchor::Page => None,
        }
    }
}
