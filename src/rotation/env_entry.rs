//! One variable of `.env` as it is written there, and what readers may see differently.
use super::reference::KeptElsewhere;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

/// One statement `NAME=value` of the file.
pub struct EnvEntry {
    /// As written, case included: `API_Groq` is not `API_GROQ`.
    pub name: String,
    /// Quotes removed, escapes undone; of a reference what it stands for, where that is known.
    pub value: SecretString,
    /// Where another tool, or another variable, keeps the value: this one is a reference.
    pub reference: Option<KeptElsewhere>,
    /// The reference as it stands in the file, where `value` is what it stands for.
    pub(super) written: Option<SecretString>,
    /// The line where it begins, from 1.
    pub line: usize,
    pub(super) quote: Quote,
    /// The value's bytes: between the quotes, or bare.
    pub(super) token: Range<usize>,
    /// The same with the quotes.
    pub(super) outer: Range<usize>,
    /// Something other than a comment follows the closing quote.
    pub(super) has_tail: bool,
    /// Blanks stand beside the `=`.
    pub(super) spaced: bool,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    Bare,
    Single,
    Double,
    /// As npm's dotenv reads them; nothing is escaped in them.
    Backtick,
}

/// Something that popular readers would see differently. Holds a line and a name, never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The line, counted from 1.
    pub line: usize,
    /// The variable, when the line has one.
    pub name: Option<String>,
    /// What is unclear and how to mend it.
    pub what: String,
    /// Whether the line is not read at all: a key in it would not be seen.
    pub is_unread: bool,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "line {}, {name}: {}", self.line, self.what),
            None => write!(f, "line {}: {}", self.line, self.what),
        }
    }
}

impl EnvEntry {
    /// Whether readers look this reference up: nothing is looked up between single quotes, and `$NAME` without braces may as well be
    /// a password where nobody has that name.
    pub(super) fn follows(&self, kept: &KeptElsewhere, names: &BTreeSet<String>) -> bool {
        kept.variable.as_ref().is_none_or(|other| {
            let value = self.value.expose_secret();
            let is_bare = value.starts_with('$') && !value.starts_with("${");
            self.quote != Quote::Single && (!is_bare || names.contains(other))
        })
    }
}

impl fmt::Debug for EnvEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {})", self.name, self.line)
    }
}

/// Whether two values are the same.
pub(super) fn same(a: &SecretString, b: &SecretString) -> bool {
    a.expose_secret() == b.expose_secret()
}
