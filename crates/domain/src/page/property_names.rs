//! How a page's properties and the options of its Status are called.

/// The names, as set under `[properties]`.
#[derive(Clone, Debug)]
pub struct PropertyNames {
    /// The property that shows the status: a status, or a select.
    pub status: String,
    /// The number property that shows how much is proven.
    pub progress: String,
    /// The date property that shows when keys are rotated next.
    pub next_rotation: String,
    /// The date property that shows when evidence was last gathered.
    pub last_check: String,
    /// A checkbox that silences the bot on the page.
    pub quiet: String,
    /// The option for "nobody has begun".
    pub not_started: String,
    /// The option for "under way".
    pub in_progress: String,
    /// The option for "somebody cannot go on".
    pub blocked: String,
    /// The option for "finished".
    pub done: String,
}
