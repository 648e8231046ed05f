//! What is heard in a comment before it is classified, layer by layer: each takes its part out, and the next reads the rest.
use crate::domain::asks::{AskedOfKeys, AskedOfPage};
use crate::domain::classify::ReadingContext;
use crate::domain::comment::{CleanText, Finding};
use crate::domain::leaks::{LeakDenial, LeakReport};
use crate::domain::parts::{PartNames, SaidOfParts};

/// What is read of a comment.
pub(super) struct Heard {
    pub(super) text: CleanText,
    /// Whether it calls us by our name.
    pub(super) is_called: bool,
    /// What it asks about keys and dates.
    pub(super) asked: AskedOfKeys,
    /// What is left of it with the words of boxes in the place of their numbers, where it has such.
    pub(super) spelt_out: Option<CleanText>,
    /// What it says of parts of the page by their names.
    pub(super) of_parts: SaidOfParts,
    /// What it asks about the page, or to do.
    pub(super) of_page: AskedOfPage,
    pub(super) by_form: Vec<Finding>,
    pub(super) leak: Option<LeakReport>,
    pub(super) no_leak: Option<LeakDenial>,
    /// Whether pieces of our keys may stand in the text: it is read, and nothing of it is kept.
    pub(super) may_hold_pieces: bool,
}

/// What comments are read by: their context, and the names of the page's parts.
#[derive(Clone, Copy)]
pub(super) struct ReadBy<'a> {
    pub(super) context: &'a ReadingContext<'a>,
    pub(super) names: &'a PartNames,
}

impl Heard {
    /// What the classifier reads: what is left when what tells of a leak, and what is asked, is taken out.
    pub(super) fn to_classify(&self) -> &CleanText {
        let of_leak = self.leak.as_ref().map(|leak| &leak.rest);
        let of_denial = self.no_leak.as_ref().map(|denial| &denial.rest);
        let of_names = self.spelt_out.as_ref().or(self.asked.rest.as_ref());
        let of_parts = self.of_parts.rest.as_ref().or(of_names);
        let of_asks = self.of_page.rest.as_ref().or(of_parts);
        of_asks.or(of_denial).or(of_leak).unwrap_or(&self.text)
    }
}
