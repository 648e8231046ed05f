//! What `init` did and what is left to do, for a person and for programs.
use serde::Serialize;

/// What was set up.
#[derive(Default, Serialize)]
pub(super) struct InitSummary {
    /// Files that were made new.
    pub(super) made: Vec<String>,
    /// Files that were changed.
    pub(super) changed: Vec<String>,
    /// What was there already and stays.
    pub(super) kept: Vec<String>,
    /// What still has to be done by hand, most important first.
    pub(super) next: Vec<String>,
}
