//! Runs: text of one style each, what becomes the rich text of a comment.
use crate::ids::PersonId;
use serde::{Deserialize, Serialize};

/// A run of text of one style: what becomes one rich-text item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The words of the run, without markup.
    pub text: String,
    /// Whether it is bold, italic, code or grey.
    #[serde(default, skip_serializing_if = "Style::is_plain")]
    pub style: Style,
    /// The address that it links to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A real mention, which notifies: only where that person must act. `text` is the name for our own records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mention: Option<PersonId>,
}

impl Run {
    /// The same words without a mention or a link: what Notion cannot refuse for whom or what it names.
    #[must_use]
    pub fn plain(&self) -> Self {
        Self {
            text: self.text.clone(),
            style: self.style,
            link: None,
            mention: None,
        }
    }
}

/// The style of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "Notion's annotations are four independent switches"
)]
pub struct Style {
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is italic.
    pub italic: bool,
    /// Whether it is set as code.
    pub code: bool,
    /// Whether it is grey, as the reference is.
    pub grey: bool,
}

impl Style {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// The text of runs, as a person reads it.
pub fn plain(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}
