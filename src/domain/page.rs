//! An action item: its guide, its steps and criteria, and what we hold to be true of them.

/// A page as it was read.
#[derive(Clone, Debug)]
pub struct Observed {}
