//! Reads `.env`: raw bytes, decoded values and their positions.
//!
//! An own scanner, because the readers of today disagree (one cuts a value at `$`, one at `#`, one takes the first of
//! two equal names, one stops at the first line it dislikes). Where they disagree, `compatibility` warns. Nothing is
//! expanded: `$NAME` in a value stays as it stands.
use super::compatibility;
use super::env_entry::Quote;
use super::stray_lines::{stray_value, taken_out};

pub use super::env_entry::{EnvEntry, Warning};

use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
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
            Self::NotRegular(_) | Self::Unterminated { .. } | Self::NotText { .. } | Self::Outside(_)
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
                    unterminated.push((name, line));
                    warnings.push(compatibility::unterminated(line));
                    stray.push(stray_value(line, &bytes[text]));
                }
                Statement::Entry(entry) => {
                    warnings.extend(compatibility::of_entry(&entry, &bytes[entry.token.clone()]));
                    entries.push(entry);
                }
            }
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

    /// The value of a name; of several, the last one, as most readers do.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        self.entries
            .iter()
            .rfind(|entry| entry.name == name)
            .map(|entry| &entry.value)
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
        [self.named_values(), self.stray.clone()].concat()
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

enum Statement {
    Blank,
    /// Maybe with a variable that somebody took out.
    Comment {
        line: usize,
        text: Range<usize>,
    },
    /// Neither empty, nor a comment, nor `NAME=value`.
    Unclear {
        line: usize,
        text: Range<usize>,
    },
    Entry(EnvEntry),
    /// A quote begins, and does not end where it should.
    Unterminated {
        name: String,
        line: usize,
        text: Range<usize>,
    },
}

struct EnvScanner<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> EnvScanner<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(compatibility::BOM) { 3 } else { 0 };
        Self { bytes, at, line: 1 }
    }

    fn next_statement(&mut self) -> Option<Statement> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let line = self.line;
        self.skip_blanks();
        let start = self.at;
        let statement = match self.peek() {
            None | Some(b'\n' | b'\r') => Statement::Blank,
            Some(b'#') => Statement::Comment {
                line,
                text: start..self.line_end(start),
            },
            Some(_) => match self.name() {
                Some(name) => self.entry_or_unterminated(name, line, start),
                None => Statement::Unclear {
                    line,
                    text: start..self.line_end(start),
                },
            },
        };
        self.finish_line();
        Some(statement)
    }

    /// The variable of this name; or its line, where a quote begins that has no end.
    fn entry_or_unterminated(&mut self, name: (String, bool), line: usize, start: usize) -> Statement {
        let unterminated = name.0.clone();
        if let Some(entry) = self.value(name, line) {
            return Statement::Entry(entry);
        }
        self.at = self.line_end(start);
        Statement::Unterminated {
            name: unterminated,
            line,
            text: start..self.at,
        }
    }

    /// `export NAME =` up to the `=`, which is consumed. The flag says whether blanks stood before it.
    fn name(&mut self) -> Option<(String, bool)> {
        let mut name = self.word()?;
        let mut spaced = self.skip_blanks();
        if name == "export" && spaced && self.peek() != Some(b'=') {
            name = self.word()?;
            spaced = self.skip_blanks();
        }
        (self.peek() == Some(b'=')).then(|| {
            self.at += 1;
            (name, spaced)
        })
    }

    /// The name at this place: `[A-Za-z_][A-Za-z0-9_.-]*`.
    fn word(&mut self) -> Option<String> {
        let rest = &self.bytes[self.at..];
        let first = rest.first()?;
        if !first.is_ascii_alphabetic() && *first != b'_' {
            return None;
        }
        let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let length = rest.iter().position(|byte| !in_name(byte)).unwrap_or(rest.len());
        self.at += length;
        Some(String::from_utf8_lossy(&rest[..length]).into_owned())
    }

    fn value(&mut self, (name, spaced_before): (String, bool), line: usize) -> Option<EnvEntry> {
        let after_equals = self.at;
        let spaced = self.skip_blanks() || spaced_before;
        let (quote, token, outer) = match self.peek() {
            Some(b'"') => self.quoted(Quote::Double)?,
            Some(b'\'') => self.quoted(Quote::Single)?,
            _ => {
                let token = self.bare(after_equals);
                (Quote::Bare, token.clone(), token)
            }
        };
        let has_tail = quote != Quote::Bare && self.rest_of_line_says_something();
        let raw = &self.bytes[token.clone()];
        Some(EnvEntry {
            value: decode(raw, quote),
            name,
            line,
            quote,
            token,
            outer,
            has_tail,
            spaced,
        })
    }

    /// From the opening quote to its end, maybe lines later. A backslash hides a double quote, not a single one. `None` where
    /// it does not end, or where its end would be the opening quote of another variable: `P="C:\dir\"` above `Q="x"`.
    fn quoted(&mut self, quote: Quote) -> Option<(Quote, Range<usize>, Range<usize>)> {
        let open = self.at;
        let mark = self.bytes[open];
        let mut at = open + 1;
        while at < self.bytes.len() && self.bytes[at] != mark {
            at += if quote == Quote::Double && self.bytes[at] == b'\\' {
                2
            } else {
                1
            };
        }
        if at >= self.bytes.len() || self.opens_another(open, at) {
            return None;
        }
        self.line += self.bytes[open..at].split(|byte| *byte == b'\n').count() - 1;
        self.at = at + 1;
        Some((quote, open + 1..at, open..at + 1))
    }

    /// Whether the quote at a place, lines behind an opening one, stands right behind the `NAME=` of its own line.
    fn opens_another(&self, open: usize, at: usize) -> bool {
        let Some(start) = self.bytes[open..at].iter().rposition(|byte| *byte == b'\n') else {
            return false;
        };
        let mut line = EnvScanner {
            bytes: &self.bytes[..at],
            at: open + start + 1,
            line: 0,
        };
        line.skip_blanks();
        line.name().is_some() && {
            line.skip_blanks();
            line.at == at
        }
    }

    /// Up to blanks and `#`, or the end of the line without its trailing blanks. An empty one stands right behind
    /// the `=`, so that a new value does not touch a comment.
    fn bare(&mut self, after_equals: usize) -> Range<usize> {
        let start = self.at;
        let mut end = self.line_end(start);
        let comment = (start.max(1)..end)
            .find(|&at| self.bytes[at] == b'#' && at > after_equals && matches!(self.bytes[at - 1], b' ' | b'\t'));
        self.at = end;
        end = comment.unwrap_or(end);
        while end > start && matches!(self.bytes[end - 1], b' ' | b'\t' | b'\r') {
            end -= 1;
        }
        if end == start {
            after_equals..after_equals
        } else {
            start..end
        }
    }

    fn line_end(&self, from: usize) -> usize {
        let length = self.bytes[from..].iter().position(|byte| *byte == b'\n');
        length.map_or(self.bytes.len(), |length| from + length)
    }

    fn rest_of_line_says_something(&self) -> bool {
        let rest = self.bytes[self.at..]
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let rest = rest.trim_ascii();
        !rest.is_empty() && rest[0] != b'#'
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.at > start
    }

    fn finish_line(&mut self) {
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'\n' {
                self.line += 1;
                return;
            }
        }
    }
}

/// Undoes the escapes of a double-quoted value; everything else is what it says. Bytes that are no UTF-8 become
/// the replacement character, with a warning: no provider has such a key.
fn decode(raw: &[u8], quote: Quote) -> SecretString {
    let text = Zeroizing::new(String::from_utf8_lossy(raw).into_owned());
    if quote != Quote::Double || !text.contains('\\') {
        return SecretString::from(text.as_str());
    }
    let mut value = Zeroizing::new(String::with_capacity(text.len()));
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, false) => value.push(c),
            (_, true) => match chars.next() {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some(escaped @ ('\\' | '"' | '\'' | '$' | '`')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
        }
    }
    SecretString::from(value.as_str())
}

#[cfg(test)]
#[path = "dotenv_tests.rs"]
mod tests;
