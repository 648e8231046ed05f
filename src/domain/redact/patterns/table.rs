//! The compiled table: where the literals of patterns, phrases and words stand in a text, and the keys that begin there.
use super::file::{PatternFile, PhraseKind, SecretEntry};
use crate::domain::redact::shape;
use crate::domain::redact::span::{Hit, HitSource};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Regex;
use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

/// The table that is part of the program.
pub const BUILTIN: &str = include_str!("../../../../config/redaction.toml");

/// Something in the table that a person must mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternFault {
    /// The file that holds the entry.
    pub file: String,
    /// The entry: `secret notion`, `phrase ends`, a line.
    pub entry: String,
    /// What is wrong, and how it should be.
    pub problem: String,
}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file, self.entry, self.problem)
    }
}

/// The compiled table. A pattern's regex is built when a text first holds one of its beginnings: most never are.
pub struct Patterns {
    pub(in crate::domain::redact) secrets: Vec<SecretPattern>,
    pub(super) file: String,
    pub(super) table: PatternFile,
    literals: AhoCorasick,
    meanings: Vec<LiteralMeaning>,
}

/// One kind of key.
pub(in crate::domain::redact) struct SecretPattern {
    pub(in crate::domain::redact) label: String,
    pub(in crate::domain::redact) identifier: bool,
    whole: usize,
    starts: Vec<String>,
    pattern: String,
    regex: OnceLock<Option<Regex>>,
}

/// What a literal of the table means where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::redact) enum LiteralMeaning {
    /// A pattern's beginning.
    Start(usize),
    /// A noun for a key.
    Noun,
    /// A noun for a password.
    Password,
    /// A provider of keys.
    Provider,
    /// What stands beside it is no key.
    Veto,
    /// A phrase that announces a piece.
    Phrase(PhraseKind),
}

/// A literal of the table in a text.
#[derive(Clone, Copy)]
pub(in crate::domain::redact) struct Word {
    pub(in crate::domain::redact) start: usize,
    pub(in crate::domain::redact) end: usize,
    pub(in crate::domain::redact) meaning: LiteralMeaning,
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
    pub fn parse(toml: &str, file: &str) -> Result<Self, Vec<PatternFault>> {
        let fault = |entry: &str, problem: String| PatternFault {
            file: file.to_owned(),
            entry: entry.to_owned(),
            problem,
        };
        let table: PatternFile =
            toml::from_str(toml).map_err(|error| vec![fault("table", error.message().to_owned())])?;
        let (literals, meanings) = literals(&table);
        let literals = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(literals)
            .map_err(|error| vec![fault("table", error.to_string())])?;
        let secrets = table.secret.iter().map(SecretPattern::of).collect();
        Ok(Self {
            secrets,
            file: file.to_owned(),
            table,
            literals,
            meanings,
        })
    }

    /// The literals of the table in the text, in order.
    pub(in crate::domain::redact) fn words(&self, text: &str) -> Vec<Word> {
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
    pub(in crate::domain::redact) fn search(&self, text: &str, words: &[Word], hits: &mut Vec<Hit>) {
        // A beginning inside a key that was found begins no other: a text of beginnings alone stays cheap.
        let mut settled = 0;
        for word in words {
            if let LiteralMeaning::Start(secret) = word.meaning
                && word.start >= settled
                && let Some(hit) = self.secrets[secret].at(secret, text, word.start)
            {
                settled = hit.end;
                hits.push(hit);
            }
        }
    }

    /// The keys without a fixed beginning that a token may be.
    pub(in crate::domain::redact) fn search_token(&self, text: &str, start: usize) -> Option<Hit> {
        let mut free = self
            .secrets
            .iter()
            .enumerate()
            .filter(|(_, secret)| secret.starts.is_empty());
        free.find_map(|(place, secret)| secret.at(place, text, start))
    }
}

impl SecretPattern {
    fn of(entry: &SecretEntry) -> Self {
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
        let range = start + found.start()..start + found.end();
        Some(Hit::new(range, HitSource::Pattern(place), body.len(), self.whole))
    }
}

/// The regex of a pattern, which must match where the search begins.
pub(super) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
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

fn literals(table: &PatternFile) -> (Vec<&str>, Vec<LiteralMeaning>) {
    let mut literals = Vec::new();
    let mut meanings = Vec::new();
    for (place, secret) in table.secret.iter().enumerate() {
        literals.extend(secret.starts.iter().map(String::as_str));
        meanings.resize(literals.len(), LiteralMeaning::Start(place));
    }
    for phrase in &table.phrase {
        literals.extend(phrase.words.iter().map(String::as_str));
        meanings.resize(literals.len(), LiteralMeaning::Phrase(phrase.kind));
    }
    let context = &table.context;
    for (words, meaning) in [
        (&context.passwords, LiteralMeaning::Password),
        (&context.nouns, LiteralMeaning::Noun),
        (&context.providers, LiteralMeaning::Provider),
        (&context.vetoes, LiteralMeaning::Veto),
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
        LiteralMeaning::Start(_) => !before.is_some_and(|b| b.is_ascii_alphanumeric()),
        // German and Dutch write `Notionschlüssel`, `toegangssleutel`.
        LiteralMeaning::Noun | LiteralMeaning::Password => {
            (!sign(before) || word.end - word.start > 6) && !letter(after)
        }
        LiteralMeaning::Provider | LiteralMeaning::Veto | LiteralMeaning::Phrase(_) => !sign(before) && !sign(after),
    }
}
