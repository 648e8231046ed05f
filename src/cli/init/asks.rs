//! The questions of `init`.
use crate::terminal::one_line;
use inquire::{Confirm, Text};

/// Asks a person, or takes the default when there is none to ask.
pub(super) struct Asks {
    /// Whether nobody is to be asked.
    pub(super) silent: bool,
}

impl Asks {
    /// A question of yes or no; yes when nobody is asked.
    pub(super) fn whether(&self, question: &str) -> anyhow::Result<bool> {
        if self.silent {
            return Ok(true);
        }
        Ok(Confirm::new(&one_line(question)).with_default(true).prompt()?)
    }

    /// A question for a text; an empty one when nobody is asked.
    pub(super) fn text(&self, question: &str, help: &str) -> anyhow::Result<String> {
        if self.silent {
            return Ok(String::new());
        }
        Ok(Text::new(&one_line(question))
            .with_help_message(&one_line(help))
            .prompt()?)
    }
}
