//! How a page's properties and the options of its Status are called.

/// The names, as set under `[properties]`.
#[derive(Clone, Debug)]
pub struct PropertyNames {
    /// A status (or a select).
    pub status: String,
    /// A number.
    pub progress: String,
    /// A date.
    pub next_rotation: String,
    /// A date.
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
