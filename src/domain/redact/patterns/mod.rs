//! The table of patterns, phrases and words (`config/redaction.toml`): read as [`file`] says, compiled by [`table`],
//! checked against its own [`examples`].
mod examples;
mod file;
mod table;
mod template;

pub(super) use file::PhraseKind;
pub use table::{BUILTIN, PatternFault, Patterns};
pub(super) use table::{LiteralMeaning, Word};
