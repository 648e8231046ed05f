//! Text that people wrote: it may hold anything, a password included, so it is never printed by accident.
use std::fmt;

/// Text that people wrote, with the targets of its links. `Debug` shows only lengths; there is no `Display`, so that
/// whoever prints it has said [`UserText::expose`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserText {
    text: String,
    links: Vec<String>,
}

impl UserText {
    /// A text and the addresses that its links lead to.
    pub fn new(text: impl Into<String>, links: Vec<String>) -> Self {
        Self {
            text: text.into(),
            links,
        }
    }

    /// The text as it was written. Mentions of people read `@person`, those of pages `[page]`: a person who is called
    /// "Done" completes nothing.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The addresses that its links lead to, in the order of the text. They need not stand in the text itself.
    pub fn expose_links(&self) -> &[String] {
        &self.links
    }
}

impl fmt::Debug for UserText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, links) = (self.text.len(), self.links.len());
        write!(f, "UserText({bytes} bytes, {links} links)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_length_alone() {
        let text = UserText::new("hunter2", vec!["https://example.org/?k=hunter2".to_owned()]);
        assert_eq!(format!("{text:?}"), "UserText(7 bytes, 1 links)");
    }
}
