//! The context of a reading: what it depends on beside the text.
use super::keys::KeyNames;

/// What a reading depends on beside the text.
#[derive(Clone, Copy, Debug)]
pub struct ReadingContext<'a> {
    /// How many steps the page has. 0 is unknown: "the last step" is then the fifth, and numbers up to 9 can be steps.
    pub steps_total: u8,
    /// The step on whose block an inline comment stands: what clauses that name none speak of.
    pub default_step: Option<u8>,
    /// The keys that comments may name.
    pub keys: &'a KeyNames,
}
