//! The table of patterns, phrases and words (`config/redaction.toml`): read as [`file`] says, compiled by [`table`]
//! (one kind of key each: [`secret_pattern`]; what only stands for a key: [`placeholder`]), checked against its own [`examples`].
mod examples;
mod file;
mod placeholder;
mod secret_pattern;
mod table;
mod template;

pub(super) use file::PhraseKind;
pub(super) use placeholder::{is_reference, says_made_up, stands_for_a_key};
pub use table::{BUILTIN, PatternFault, Patterns};
pub(super) use table::{LiteralMeaning, Word};
