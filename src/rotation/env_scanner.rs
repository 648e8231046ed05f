//! The statements of `.env`, as they stand in the file: variables with their tokens, comments, and lines that are neither.
use super::compatibility;
use super::env_entry::{EnvEntry, Quote};
use super::reference::reference;
use secrecy::{ExposeSecret, SecretString};
use std::ops::Range;
use zeroize::Zeroizing;

/// What stands in a line, or in several.
pub(super) enum Statement {
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

/// Reads a file statement by statement.
pub(super) struct EnvScanner<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> EnvScanner<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(compatibility::BOM) { 3 } else { 0 };
        Self { bytes, at, line: 1 }
    }

    pub(super) fn next_statement(&mut self) -> Option<Statement> {
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
            // A single one is part of a value that stands bare.
            Some(b'`') if self.has_end(b'`') => self.quoted(Quote::Backtick)?,
            _ => {
                let token = self.bare(after_equals);
                (Quote::Bare, token.clone(), token)
            }
        };
        let has_tail = quote != Quote::Bare && self.rest_of_line_says_something();
        let value = decode(&self.bytes[token.clone()], quote);
        Some(EnvEntry {
            reference: reference(&name, value.expose_secret()),
            value,
            written: None,
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

    /// Whether the quote at this place is closed in its line.
    fn has_end(&self, quote: u8) -> bool {
        self.bytes[self.at + 1..self.line_end(self.at)].contains(&quote)
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
