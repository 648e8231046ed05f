//! Text that people wrote: it may hold anything, a password included, so it is never printed by accident.
use std::fmt;

/// Text that people wrote, with what stands behind it. `Debug` shows only lengths; there is no `Display`, so that
/// whoever prints it has said [`UserText::expose`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserText {
    text: String,
    unseen: Vec<String>,
}

impl UserText {
    /// A text, and what stands behind it.
    pub fn new(text: impl Into<String>, unseen: Vec<String>) -> Self {
        Self {
            text: text.into(),
            unseen,
        }
    }

    /// A text and nothing behind it: a name.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Vec::new())
    }

    pub(crate) fn into_parts(self) -> (String, Vec<String>) {
        (self.text, self.unseen)
    }

    /// The text as it was written. Mentions of people read `@person`, those of pages `[page]`: a person who is called
    /// "Done" completes nothing.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What people wrote and the text does not show: the addresses that links lead to, the names behind mentions, the
    /// names of files. For whoever searches it.
    pub fn expose_unseen(&self) -> &[String] {
        &self.unseen
    }
}

impl fmt::Debug for UserText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, unseen) = (self.text.len(), self.unseen.len());
        write!(f, "UserText({bytes} bytes, {unseen} unseen)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_length_alone() {
        let text = UserText::new("hunter2", vec!["https://example.org/?k=hunter2".to_owned()]);
        assert_eq!(format!("{text:?}"), "UserText(7 bytes, 1 unseen)");
    }
}
