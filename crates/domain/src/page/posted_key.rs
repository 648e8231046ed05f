//! A key that stands where it should not, as far as it may be told.
use crate::comment::Extent;
use serde::{Deserialize, Serialize};

/// What a block holds of keys.
pub type HeldKeys = Vec<PostedKey>;

/// What stood in a comment, as far as it may be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedKey {
    /// The variable, or the kind of key; `None` where only that may be told that it is a piece of one.
    pub label: Option<String>,
    /// How many characters of it stood there.
    pub chars: usize,
    /// How much of the key stood there.
    pub extent: Extent,
    /// A public half (the id of a pair): masked, but it opens nothing alone.
    pub identifier: bool,
    /// Its label is a variable of `.env`; else only its form says that it is a key.
    #[serde(default)]
    pub ours: bool,
}
