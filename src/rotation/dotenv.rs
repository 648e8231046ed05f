//! Reads `.env`: raw bytes, decoded values and their positions.
//!
//! An own scanner, because the readers of today disagree (one cuts a value at `$`, one at `#`, one takes the first of
//! two equal names, one stops at the first line it dislikes). Where they disagree, `compatibility` warns. Nothing is
//! expanded in a value: only one that is a reference as a whole is looked up (`resolved`).
use super::compatibility;
use super::env_scanner::{EnvScanner, Statement};
use super::stray_lines::{stray_value, taken_out};

pub use super::env_entry::{EnvEntry, Warning};
pub use super::reference::KeptElsewhere;

use super::reference::reference;
use secrecy::{ExposeSecret, SecretString};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Values by the name of their variable.
pub type KeyValues = BTreeMap<String, SecretString>;

/// Some of the values, such as those of one key alone: a probe sees nothing else.
pub fn only(values: &KeyValues, names: impl IntoIterator<Item = impl AsRef<str>>) -> KeyValues {
    let names = names.into_iter();
    names
        .filter_map(|name| Some((name.as_ref().to_owned(), values.get(name.as_ref())?.clone())))
        .collect()
}

/// A file that was read and understood.
pub struct EnvFile {
    bytes: Zeroizing<Vec<u8>>,
    entries: Vec<EnvEntry>,
    stray: Vec<(String, SecretString)>,
    warnings: Vec<Warning>,
    unterminated: Vec<(String, usize)>,
}

/// Why `.env` could not be read.
#[derive(Debug, thiserror::Error)]
pub enum EnvError {
    /// There is none.
    #[error("{0} does not exist; create it, or name another file with the setting project.env")]
    Missing(PathBuf),
    /// A folder, a pipe, a device.
    #[error("{0} is no ordinary file; keys are read from ordinary files only")]
    NotRegular(PathBuf),
    /// A pipe that another program fills: it is read only.
    #[error(
        "{0} is a pipe that another program fills, such as 1Password or Doppler: it is read, and never written or copied. \
         Change the value in the vault"
    )]
    Pipe(PathBuf),
    /// A pipe that nobody fills.
    #[error("{0} cannot be read: it is a pipe, and no program writes into it; is the vault open?")]
    Silent(PathBuf),
    /// A link would let whoever made it choose the keys.
    #[error(
        "{0} is a link that leads out of the project, or lies below one, and is not followed: give the setting that names \
         it the real file (for .env: project.env), or put the file itself here"
    )]
    Outside(PathBuf),
    /// Over 16 MiB.
    #[error("{0} is larger than 16 MiB, which no .env is")]
    TooLarge(PathBuf),
    /// A quote without its end in the very line that is to be changed.
    #[error("line {line} of .env: the quote that begins here has no end; close it")]
    Unterminated {
        /// Where the quote begins, from 1.
        line: usize,
    },
    /// Zero bytes, as UTF-16 has them.
    #[error("line {line} of .env holds zero bytes, as a file in UTF-16 does; save it as UTF-8")]
    NotText {
        /// Where the first one is, from 1.
        line: usize,
    },
    /// The system refused.
    #[error("{path} cannot be read ({source}); `ls -l` shows whose it is")]
    Io {
        /// The file that could not be used.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl EnvError {
    /// Whether the file was refused because of where a link leads.
    pub fn leads_out(&self) -> bool {
        matches!(self, Self::Outside(_))
    }

    /// Whether we would not touch the file, rather than could not.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::NotRegular(_) | Self::Pipe(_) | Self::Unterminated { .. } | Self::NotText { .. } | Self::Outside(_)
        )
    }
}

impl EnvFile {
    /// Reads all statements. Fails only where a quote has no end, and where the file is no text of single bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvError> {
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            let line = bytes[..at].split(|byte| *byte == b'\n').count();
            return Err(EnvError::NotText { line });
        }
        let mut scanner = EnvScanner::new(bytes);
        let mut entries = Vec::new();
        let mut stray = Vec::new();
        let mut warnings = compatibility::of_file(bytes);
        let mut unterminated = Vec::new();
        while let Some(statement) = scanner.next_statement() {
            match statement {
                Statement::Blank => {}
                Statement::Comment { line, text } => stray.extend(taken_out(line, &bytes[text])),
                Statement::Unclear { line, text } => {
                    warnings.push(compatibility::unclear(line));
                    stray.push(stray_value(line, &bytes[text]));
                }
                // The line stays as it stands, and what it says is masked all the same; the others are read.
                Statement::Unterminated { name, line, text } => {
                    warnings.push(compatibility::unterminated(line, &name));
                    unterminated.push((name, line));
                    stray.push(stray_value(line, &bytes[text]));
                }
                Statement::Entry(entry) => {
                    warnings.extend(compatibility::of_entry(&entry, &bytes[entry.token.clone()]));
                    entries.push(entry);
                }
            }
        }
        let names: BTreeSet<String> = entries.iter().map(|entry| entry.name.clone()).collect();
        for entry in &mut entries {
            entry.reference = entry.reference.take().filter(|kept| entry.follows(kept, &names));
        }
        warnings.extend(compatibility::of_names(&entries));
        warnings.sort_by_key(|warning| warning.line);
        let bytes = Zeroizing::new(bytes.to_vec());
        Ok(Self {
            bytes,
            entries,
            stray,
            warnings,
            unterminated,
        })
    }

    /// The file with what its references stand for, where that is known: another variable of the file, or what a tool such as
    /// `op run` has put into the environment.
    #[must_use]
    pub fn resolved(mut self, environment: impl Fn(&str) -> Option<SecretString>) -> Self {
        let is_value = |entry: &EnvEntry| entry.reference.is_none() && !entry.value.expose_secret().is_empty();
        let entries = self.entries.iter().filter(|entry| is_value(entry));
        let named: KeyValues = entries.map(|entry| (entry.name.clone(), entry.value.clone())).collect();
        for entry in &mut self.entries {
            let Some(kept) = &entry.reference else { continue };
            let known = match &kept.variable {
                Some(other) => named.get(other).cloned().or_else(|| environment(other)),
                None => environment(&entry.name),
            };
            let is_key = |value: &SecretString| reference(&entry.name, value.expose_secret()).is_none();
            if let Some(value) = known.filter(is_key) {
                entry.written = Some(std::mem::replace(&mut entry.value, value));
            }
        }
        self
    }

    /// The reference of a name as it stands in the file, where its value is what it stands for.
    pub fn written_reference(&self, name: &str) -> Option<&SecretString> {
        self.last(name)?.written.as_ref()
    }

    /// Who keeps the value of a name, where it is a reference.
    pub fn kept_elsewhere(&self, name: &str) -> Option<&KeptElsewhere> {
        self.last(name)?.reference.as_ref()
    }

    /// The value of a name; of several, the last one, as most readers do.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        self.last(name).map(|entry| &entry.value)
    }

    fn last(&self, name: &str) -> Option<&EnvEntry> {
        self.entries.iter().rfind(|entry| entry.name == name)
    }

    /// The lines, from 1, that are no UTF-8 text.
    pub fn lines_that_are_no_text(&self) -> impl Iterator<Item = usize> {
        let lines = self.bytes.split(|byte| *byte == b'\n').zip(1..);
        lines.filter_map(|(text, line)| std::str::from_utf8(text).is_err().then_some(line))
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = &EnvEntry> {
        self.entries.iter()
    }

    /// Every entry's name and value, in the order of the file: of a name that stands there twice, both.
    pub fn named_values(&self) -> Vec<(String, SecretString)> {
        let entries = self.entries.iter();
        entries.map(|entry| (entry.name.clone(), entry.value.clone())).collect()
    }

    /// As [`EnvFile::named_values`], with what stands in lines that are no statements (`1PASSWORD_TOKEN=...`, `NAME: value`,
    /// `#OLD_SECRET=...`, a key over several lines without quotes): no program reads it, but it may be a secret all the same.
    pub fn maskable_values(&self) -> Vec<(String, SecretString)> {
        // What only says where a value is kept is no secret.
        let is_value = |entry: &&EnvEntry| entry.reference.is_none() || entry.written.is_some();
        let values = self.entries.iter().filter(is_value);
        let named = values.map(|entry| (entry.name.clone(), entry.value.clone()));
        named.chain(self.stray.clone()).collect()
    }

    /// All values; of a name that stands there twice, the last one, as most readers do.
    pub fn values(&self) -> KeyValues {
        self.named_values().into_iter().collect()
    }

    /// The line in which a quote of this name begins that has no end.
    pub(super) fn unterminated(&self, name: &str) -> Option<usize> {
        let mut lines = self.unterminated.iter();
        lines
            .find(|(unterminated, _)| unterminated == name)
            .map(|(_, line)| *line)
    }

    /// Where popular readers would see other values than we do.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The file as it is.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a EnvEntry> {
        self.entries.iter().filter(move |entry| entry.name == name)
    }
}

impl fmt::Debug for EnvFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.entries).finish()
    }
}

#[cfg(test)]
#[path = "dotenv_tests.rs"]
mod tests;
