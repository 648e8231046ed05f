//! Changes one value of `.env` and keeps every other byte: comments, order, quotes, line ends, even invalid UTF-8.
use super::dotenv::{EnvError, EnvFile};
use super::env_entry::{EnvEntry, Quote, same};
use super::reference::KeptElsewhere;
use secrecy::{ExposeSecret, SecretString};
use std::ops::Range;
use zeroize::Zeroizing;

/// Why a value is not written. Names and lines, never a value.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Readers disagree which of two different values counts.
    #[error("{name} stands in lines {lines:?} with different values; keep one of them")]
    DuplicatesDiffer {
        /// The variable that was to be written.
        name: String,
        /// The lines in which it stands, counted from 1.
        lines: Vec<usize>,
    },
    /// Another tool keeps the value: written here, it would stand in the clear, and the tool would know the old one.
    #[error(
        "{name} in line {line} is no key but a reference: its value is kept by {owner}. Nothing was written; {instead}"
    )]
    Reference {
        /// The variable that was to be written.
        name: String,
        /// The line, counted from 1.
        line: usize,
        /// Who keeps the value.
        owner: String,
        /// What to do instead.
        instead: String,
    },
    /// The value cannot be written so that every reader sees it.
    #[error("the new value of {name} {why}; nothing was written")]
    Value {
        /// The variable that was to be written.
        name: String,
        /// What is wrong with the value, without it.
        why: &'static str,
    },
    /// No reader would accept the name.
    #[error("{0:?} is no name for a variable: use letters, digits and _")]
    Name(String),
    /// Something follows the closing quote.
    #[error("line {line}: something follows the closing quote; remove it first")]
    Unclear {
        /// The line, counted from 1.
        line: usize,
    },
    /// The other file has no such variable.
    #[error("the other file has no {0}")]
    Absent(String),
    /// The file itself cannot be understood.
    #[error(transparent)]
    Unreadable(#[from] EnvError),
    /// The result read back was not what was meant: a bug, caught before anything was written.
    #[error("the changed file did not read back as meant; nothing was written")]
    ReadBack,
}

impl EnvFile {
    /// The bytes of this file with another value for `name`. A name that is not there is added at the end.
    pub fn with_value(&self, name: &str, value: &SecretString) -> Result<Vec<u8>, EditError> {
        check_value(name, value.expose_secret())?;
        self.check_kept_here(name)?;
        let token = |entry: &EnvEntry| fitting_token(entry, value.expose_secret());
        let new = self.with_token(name, token, || fresh_token(value.expose_secret()))?;
        let read = Self::parse(&new)?;
        if read.named(name).all(|entry| same(&entry.value, value)) {
            Ok(new)
        } else {
            Err(EditError::ReadBack)
        }
    }

    /// Refuses where the value that stands there is a reference.
    fn check_kept_here(&self, name: &str) -> Result<(), EditError> {
        let kept_elsewhere = |entry: &EnvEntry| Some((entry.line, entry.reference.clone()?));
        match self.named(name).find_map(kept_elsewhere) {
            None => Ok(()),
            Some((line, KeptElsewhere { owner, instead, .. })) => Err(EditError::Reference {
                name: name.to_owned(),
                line,
                owner,
                instead,
            }),
        }
    }

    /// The bytes of this file with `name` written as `other` writes it, quotes included: also what
    /// [`EnvFile::with_value`] would refuse, such as a key of several lines; but a reference is written over by none.
    pub fn with_entry_of(&self, name: &str, other: &Self) -> Result<Vec<u8>, EditError> {
        self.check_kept_here(name)?;
        let source = other
            .named(name)
            .next_back()
            .ok_or_else(|| EditError::Absent(name.to_owned()))?;
        let written = other.bytes()[source.outer.clone()].to_vec();
        let token = |entry: &EnvEntry| (entry.outer.clone(), written.clone());
        self.with_token(name, token, || written.clone())
    }

    /// Puts a new token in place of each entry of that name, or appends one, and checks that nothing else moved.
    fn with_token(
        &self,
        name: &str,
        token: impl Fn(&EnvEntry) -> (Range<usize>, Vec<u8>),
        fresh: impl Fn() -> Vec<u8>,
    ) -> Result<Vec<u8>, EditError> {
        if let Some(line) = self.unterminated(name) {
            return Err(EnvError::Unterminated { line }.into());
        }
        let present: Vec<&EnvEntry> = self.named(name).collect();
        check_entries(name, &present)?;
        let mut new = self.bytes().to_vec();
        for entry in present.iter().rev() {
            let (place, written) = token(entry);
            drop(Zeroizing::new(new.splice(place, written).collect::<Vec<u8>>()));
        }
        if present.is_empty() {
            self.append(name, &fresh(), &mut new)?;
        }
        self.check_others(name, &new)?;
        Ok(new)
    }

    fn append(&self, name: &str, token: &[u8], new: &mut Vec<u8>) -> Result<(), EditError> {
        if !is_name(name) {
            return Err(EditError::Name(name.to_owned()));
        }
        let line_end: &[u8] = if self.bytes().ends_with(b"\r\n") {
            b"\r\n"
        } else {
            b"\n"
        };
        if !new.is_empty() && !new.ends_with(b"\n") {
            new.extend_from_slice(line_end);
        }
        new.extend_from_slice(name.as_bytes());
        new.push(b'=');
        new.extend_from_slice(token);
        new.extend_from_slice(line_end);
        Ok(())
    }

    /// Every other name, and how it is written, is what it was.
    fn check_others(&self, name: &str, new: &[u8]) -> Result<(), EditError> {
        let read = Self::parse(new)?;
        let others = |file: &Self| -> Vec<(String, Zeroizing<Vec<u8>>)> {
            let written = |entry: &EnvEntry| Zeroizing::new(file.bytes()[entry.outer.clone()].to_vec());
            let others = file.entries().filter(|entry| entry.name != name);
            others.map(|entry| (entry.name.clone(), written(entry))).collect()
        };
        let count = self.named(name).count().max(1);
        if others(self) == others(&read) && read.named(name).count() == count {
            Ok(())
        } else {
            Err(EditError::ReadBack)
        }
    }
}

fn check_entries(name: &str, present: &[&EnvEntry]) -> Result<(), EditError> {
    if present.windows(2).any(|pair| !same(&pair[0].value, &pair[1].value)) {
        return Err(EditError::DuplicatesDiffer {
            name: name.to_owned(),
            lines: present.iter().map(|entry| entry.line).collect(),
        });
    }
    match present.iter().find(|entry| entry.has_tail) {
        Some(entry) => Err(EditError::Unclear { line: entry.line }),
        None => Ok(()),
    }
}

/// What no way of writing makes safe for all readers.
fn check_value(name: &str, value: &str) -> Result<(), EditError> {
    let why = if value.is_empty() {
        "is empty"
    } else if value.contains(['\n', '\r']) {
        "has a line break"
    } else if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        "has a blank or a control character, which no key has; was more copied than the key?"
    } else if value.contains('\'') {
        "has a ', which readers treat differently"
    } else if value.contains("${") {
        "has ${, which readers would replace"
    } else if value.ends_with('\\') {
        "ends with a backslash, which readers treat differently"
    } else {
        return Ok(());
    };
    Err(EditError::Value {
        name: name.to_owned(),
        why,
    })
}

/// Keeps the quotes found when every reader sees the value in them; else single quotes.
fn fitting_token(entry: &EnvEntry, value: &str) -> (Range<usize>, Vec<u8>) {
    if is_bare_safe(value) || entry.quote == Quote::Single {
        (entry.token.clone(), value.as_bytes().to_vec())
    } else {
        (entry.outer.clone(), format!("'{value}'").into_bytes())
    }
}

fn fresh_token(value: &str) -> Vec<u8> {
    if is_bare_safe(value) {
        value.as_bytes().to_vec()
    } else {
        format!("'{value}'").into_bytes()
    }
}

/// The alphabet that all eight readers agree about without quotes; every provider's keys are made of it.
fn is_bare_safe(value: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_./+=:@%,-".contains(&byte);
    value.bytes().all(safe)
}

fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes
        .first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}
