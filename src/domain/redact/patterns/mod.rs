//! The table of patterns, phrases and words: read, compiled, proven by its own examples.
mod example;
mod file;
mod prove;

use super::shape;
use super::span::{Hit, Source};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use file::File;
pub(super) use file::Kind as PhraseKind;
use regex::Regex;
use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

/// The table that is part of the program.
pub const BUILTIN: &str = include_str!("../../../../config/redaction.toml");

/// Something in the table that a person must mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The entry: `secret notion`, `phrase ends`, a line.
    pub entry: String,
    /// What is wrong, and how it should be.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file, self.entry, self.problem)
    }
}

/// The compiled table. A pattern's regex is built when a text first holds one of its beginnings: most never are.
pub struct Patterns {
    pub(super) secrets: Vec<Secret>,
    file: String,
    table: File,
    literals: AhoCorasick,
    meanings: Vec<Meaning>,
}

/// One kind of key.
pub(super) struct Secret {
    pub(super) label: String,
    pub(super) identifier: bool,
    whole: usize,
    starts: Vec<String>,
    pattern: String,
    regex: OnceLock<Option<Regex>>,
}

/// What a literal of the table means where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A pattern's beginning.
    Start(usize),
    /// A noun for a key.
    Noun,
    /// A noun for a password.
    Password,
    /// A maker of keys.
    Provider,
    /// What stands beside it is no key.
    Veto,
    /// A phrase that announces a piece.
    Phrase(PhraseKind),
}

/// A literal of the table in a text.
#[derive(Clone, Copy)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) meaning: Meaning,
}

impl Patterns {
    /// The table that is part of the program.
    pub fn builtin() -> Arc<Self> {
        static BUILT: LazyLock<Arc<Patterns>> = LazyLock::new(|| {
            Arc::new(
                Patterns::parse(BUILTIN, "config/redaction.toml").expect("the tests read the table that is built in"),
            )
        });
        Arc::clone(&BUILT)
    }

    /// Reads a table; `file` is its name in the faults.
    pub fn parse(toml: &str, file: &str) -> Result<Self, Vec<Fault>> {
        let fault = |entry: &str, problem: String| Fault {
            file: file.to_owned(),
            entry: entry.to_owned(),
            problem,
        };
        let table: File = toml::from_str(toml).map_err(|error| vec![fault("table", error.message().to_owned())])?;
        let (literals, meanings) = literals(&table);
        let literals = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(literals)
            .map_err(|error| vec![fault("table", error.to_string())])?;
        let secrets = table.secret.iter().map(Secret::of).collect();
        Ok(Self {
            secrets,
            file: file.to_owned(),
            table,
            literals,
            meanings,
        })
    }

    /// Every example vanishes by its own pattern, every counter-example stays.
    pub fn prove(&self) -> Vec<Fault> {
        prove::faults(self)
    }

    /// The literals of the table in the text, in order.
    pub(super) fn words(&self, text: &str) -> Vec<Word> {
        let bytes = text.as_bytes();
        self.literals
            .find_iter(text)
            .map(|found| Word {
                start: found.start(),
                end: found.end(),
                meaning: self.meanings[found.pattern().as_usize()],
            })
            .filter(|word| stands_alone(bytes, word))
            .collect()
    }

    /// The keys that begin where the text holds one of the beginnings.
    pub(super) fn search(&self, text: &str, words: &[Word], hits: &mut Vec<Hit>) {
        // A beginning inside a key that was found begins no other: a text of beginnings alone stays cheap.
        let mut settled = 0;
        for word in words {
            if let Meaning::Start(secret) = word.meaning
                && word.start >= settled
                && let Some(hit) = self.secrets[secret].at(secret, text, word.start)
            {
                settled = hit.end;
                hits.push(hit);
            }
        }
    }

    /// The keys without a fixed beginning that a token may be.
    pub(super) fn search_token(&self, text: &str, start: usize) -> Option<Hit> {
        let mut free = self
            .secrets
            .iter()
            .enumerate()
            .filter(|(_, secret)| secret.starts.is_empty());
        free.find_map(|(place, secret)| secret.at(place, text, start))
    }
}

impl Secret {
    fn of(entry: &file::Secret) -> Self {
        Self {
            label: entry.label.clone(),
            identifier: entry.identifier,
            whole: entry.whole,
            starts: entry.starts.clone(),
            pattern: entry.pattern.clone(),
            regex: OnceLock::new(),
        }
    }

    /// How much of a found key is its public beginning.
    fn prefix_len(&self, found: &str) -> usize {
        self.starts
            .iter()
            .filter(|start| found.starts_with(*start))
            .map(String::len)
            .max()
            .unwrap_or(0)
    }

    /// The key that begins at this place of the text.
    fn at(&self, place: usize, text: &str, start: usize) -> Option<Hit> {
        let regex = self.regex.get_or_init(|| compile(&self.pattern).ok()).as_ref()?;
        let rest = &text[start..];
        let found = if regex.captures_len() > 1 {
            regex.captures(rest)?.get(1)?
        } else {
            regex.find(rest)?
        };
        let tail = found.start() + self.prefix_len(found.as_str());
        let body = &rest[tail..found.end()];
        if is_name(body, &rest[..tail]) {
            return None;
        }
        let chars = body.len();
        Some(Hit {
            start: start + found.start(),
            end: start + found.end(),
            source: Source::Pattern(place),
            chars,
            of: self.whole,
        })
    }
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(&format!(r"\A(?:{pattern})"))
        .size_limit(1 << 20)
        .dfa_size_limit(1 << 16)
        .build()
}

/// `secret_name`, `npm_config_cache`, `xai-sdk`: words behind a beginning are a name, not a key.
fn is_name(body: &str, beginning: &str) -> bool {
    let words = || {
        body.split(['_', '-', '.'])
            .all(|part| part.is_empty() || shape::is_word(part))
    };
    beginning.ends_with(['_', '-', '.', ' '])
        && body.len() < 40
        && !body.bytes().any(|b| b.is_ascii_uppercase())
        && words()
}

fn literals(table: &File) -> (Vec<&str>, Vec<Meaning>) {
    let mut literals = Vec::new();
    let mut meanings = Vec::new();
    for (place, secret) in table.secret.iter().enumerate() {
        literals.extend(secret.starts.iter().map(String::as_str));
        meanings.resize(literals.len(), Meaning::Start(place));
    }
    for phrase in &table.phrase {
        literals.extend(phrase.words.iter().map(String::as_str));
        meanings.resize(literals.len(), Meaning::Phrase(phrase.kind));
    }
    let context = &table.context;
    for (words, meaning) in [
        (&context.passwords, Meaning::Password),
        (&context.nouns, Meaning::Noun),
        (&context.providers, Meaning::Provider),
        (&context.vetoes, Meaning::Veto),
    ] {
        literals.extend(words.iter().map(String::as_str));
        meanings.resize(literals.len(), meaning);
    }
    (literals, meanings)
}

/// Words stand between borders (`monkey` holds no key), beginnings after one.
fn stands_alone(text: &[u8], word: &Word) -> bool {
    let before = word.start.checked_sub(1).map(|at| text[at]);
    let after = text.get(word.end).copied();
    let letter = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphabetic() || b >= 0x80);
    let sign = |b: Option<u8>| letter(b) || b.is_some_and(|b| b.is_ascii_digit());
    match word.meaning {
        Meaning::Start(_) => !before.is_some_and(|b| b.is_ascii_alphanumeric()),
        // German and Dutch write `Notionschlüssel`, `toegangssleutel`.
        Meaning::Noun | Meaning::Password => (!sign(before) || word.end - word.start > 6) && !letter(after),
        Meaning::Provider | Meaning::Veto | Meaning::Phrase(_) => !sign(before) && !sign(after),
    }
}
