//! The compiled table: where the literals of patterns, phrases and words stand in a text, and the keys that begin there.
use super::file::{PatternFile, PhraseKind};
use super::secret_pattern::SecretPattern;
use crate::redact::span::Hit;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// The table that is part of the program.
pub const BUILTIN: &str = include_str!("../../../../../config/redaction.toml");

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
    pub(in crate::redact) secrets: Vec<SecretPattern>,
    pub(super) file: String,
    pub(super) table: PatternFile,
    ascii: Literals,
    other: Literals,
}

/// Literals with one automaton. Those outside ASCII have their own: it is asked only about texts that go outside.
struct Literals {
    automaton: AhoCorasick,
    meanings: Vec<LiteralMeaning>,
    /// For each beginning the word that it begins with, with its length: `secret` within `secret_`.
    within: Vec<Option<(usize, LiteralMeaning)>>,
}

/// How many bytes of a text beginnings without a key may search before each gets no more than [`SHORT_REACH`]: a text of
/// beginnings alone would be read as often as it has beginnings.
const PATIENCE: usize = 1 << 20;

/// How many bytes tell whether a key begins here; a longer one is then followed to its end.
const SHORT_REACH: usize = 512;

/// What a literal of the table means where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::redact) enum LiteralMeaning {
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
    /// The same, of what may be shown of a key: its hash, its id.
    Digest,
    /// A phrase that announces a piece.
    Phrase(PhraseKind),
    /// What stands between the scheme and the host of a URL.
    Url,
    /// The name of a header with cookies.
    Cookie,
}

/// A literal of the table in a text.
#[derive(Clone, Copy)]
pub(in crate::redact) struct Word {
    pub(in crate::redact) start: usize,
    pub(in crate::redact) end: usize,
    pub(in crate::redact) meaning: LiteralMeaning,
}

impl LiteralMeaning {
    /// Whether it says that no key is meant.
    pub(in crate::redact) fn is_veto(self) -> bool {
        matches!(self, Self::Veto | Self::Digest)
    }
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
        let mut table: PatternFile =
            toml::from_str(toml).map_err(|error| vec![fault("table", error.message().to_owned())])?;
        table.context.ids.sort();
        let (ascii, other) = literals(&table)
            .into_iter()
            .partition(|(literal, _)| literal.is_ascii());
        let build =
            |literals, kind| Literals::of(literals, kind).map_err(|error| vec![fault("table", error.to_string())]);
        let ascii = build(ascii, AhoCorasickKind::DFA)?;
        let other = build(other, AhoCorasickKind::ContiguousNFA)?;
        let regexes = table.secret.iter().map(SecretPattern::of_secret);
        let secrets = regexes.chain(table.token.iter().map(SecretPattern::of_token)).collect();
        Ok(Self {
            secrets,
            file: file.to_owned(),
            table,
            ascii,
            other,
        })
    }

    /// The literals of the table in the text, in order.
    pub(in crate::redact) fn words(&self, text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        self.ascii.search(text, &mut words);
        if !text.is_ascii() {
            self.other.search(text, &mut words);
            words.sort_by_key(|word| word.start);
        }
        words
    }

    /// Whether a token begins as the names of objects do that are no secret: `pi_…`, `org-…`.
    pub(in crate::redact) fn is_id(&self, token: &str) -> bool {
        let ids = &self.table.context.ids;
        let from = ids.partition_point(|id| id.as_bytes().first() < token.as_bytes().first());
        let begun = ids[from..]
            .iter()
            .take_while(|id| id.as_bytes().first() == token.as_bytes().first());
        begun.into_iter().any(|id| token.starts_with(id.as_str()))
    }

    /// The keys that begin where the text holds one of the beginnings.
    pub(in crate::redact) fn search(&self, text: &str, words: &[Word], hits: &mut Vec<Hit>) {
        // A beginning inside a key that was found begins no other: a text of beginnings alone stays cheap.
        let mut settled = 0;
        let mut in_vain = 0;
        for word in words {
            let LiteralMeaning::Start(secret) = word.meaning else {
                continue;
            };
            if word.start < settled {
                continue;
            }
            let reach = if in_vain < PATIENCE { usize::MAX } else { SHORT_REACH };
            match self.secrets[secret].at(secret, text, word.start, reach) {
                Some(hit) => {
                    settled = hit.end;
                    hits.push(hit);
                }
                None => in_vain += (text.len() - word.start).min(PATIENCE / 16),
            }
        }
    }

    /// The keys without a fixed beginning that a token may be.
    pub(in crate::redact) fn search_token(&self, text: &str, start: usize) -> Option<Hit> {
        let mut free = self
            .secrets
            .iter()
            .enumerate()
            .filter(|(_, secret)| secret.starts.is_empty());
        free.find_map(|(place, secret)| secret.at(place, text, start, SHORT_REACH))
    }
}

impl Literals {
    fn of(literals: Vec<(String, LiteralMeaning)>, kind: AhoCorasickKind) -> Result<Self, aho_corasick::BuildError> {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(kind))
            .build(literals.iter().map(|(literal, _)| literal.as_bytes()))?;
        let within = words_within(&literals);
        let meanings = literals.into_iter().map(|(_, meaning)| meaning).collect();
        Ok(Self {
            automaton,
            meanings,
            within,
        })
    }

    fn search(&self, text: &str, words: &mut Vec<Word>) {
        for found in self.automaton.find_iter(text) {
            let place = found.pattern().as_usize();
            let mut see = |end: usize, meaning: LiteralMeaning| {
                let start = found.start();
                let word = Word { start, end, meaning };
                if stands_alone(text, &word) {
                    words.push(word);
                }
            };
            see(found.end(), self.meanings[place]);
            if let Some((length, meaning)) = self.within[place] {
                see(found.start() + length, meaning);
            }
        }
    }
}

fn literals(table: &PatternFile) -> Vec<(String, LiteralMeaning)> {
    let mut literals = vec![("://".to_owned(), LiteralMeaning::Url)];
    let mut add = |words: &'_ Vec<String>, meaning| {
        for word in words {
            literals.push((word.clone(), meaning));
            if !matches!(meaning, LiteralMeaning::Start(_)) {
                literals.extend(capitals(word).into_iter().map(|case| (case, meaning)));
            }
        }
    };
    let secrets = table.secret.iter().map(|secret| &secret.starts);
    for (place, starts) in secrets.chain(table.token.iter().map(|token| &token.starts)).enumerate() {
        add(starts, LiteralMeaning::Start(place));
    }
    for phrase in &table.phrase {
        add(&phrase.words, LiteralMeaning::Phrase(phrase.kind));
    }
    let context = &table.context;
    add(&context.passwords, LiteralMeaning::Password);
    add(&context.nouns, LiteralMeaning::Noun);
    add(&context.providers, LiteralMeaning::Provider);
    add(&context.vetoes, LiteralMeaning::Veto);
    add(&context.digests, LiteralMeaning::Digest);
    add(&context.cookies, LiteralMeaning::Cookie);
    literals
}

/// The other cases of a word outside ASCII, whose case the search does not fold: `Пароль`, `ПАРОЛЬ`.
fn capitals(word: &str) -> Vec<String> {
    if word.is_ascii() {
        return Vec::new();
    }
    let mut chars = word.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    let mut cases = vec![first.chain(chars).collect(), word.to_uppercase()];
    cases.dedup();
    cases.retain(|case: &String| case != word);
    cases
}

/// The longest word that each beginning of a key begins with.
fn words_within(literals: &[(String, LiteralMeaning)]) -> Vec<Option<(usize, LiteralMeaning)>> {
    let is_start = |meaning: &LiteralMeaning| matches!(meaning, LiteralMeaning::Start(_));
    let words = literals.iter().filter(|(_, meaning)| !is_start(meaning));
    let words: HashMap<String, LiteralMeaning> = words
        .map(|(word, meaning)| (word.to_ascii_lowercase(), *meaning))
        .collect();
    let within = |start: &str| {
        let start = start.to_ascii_lowercase();
        let mut lengths = (3..start.len()).rev().filter(|length| start.is_char_boundary(*length));
        lengths.find_map(|length| words.get(&start[..length]).map(|meaning| (length, *meaning)))
    };
    let starts = literals.iter();
    starts
        .map(|(literal, meaning)| is_start(meaning).then(|| within(literal)).flatten())
        .collect()
}

/// Words stand between borders (`monkey` holds no key), beginnings after one.
fn stands_alone(text: &str, word: &Word) -> bool {
    let bytes = text.as_bytes();
    let ascii_before = word.start.checked_sub(1).map(|at| bytes[at]);
    // Chinese, Japanese, Korean, Thai and Hindi: no blanks between words, or endings that change.
    let blankless = bytes[word.start] >= 0xe0;
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let before = || text[..word.start].chars().next_back();
    let after = || text[word.end..].chars().next();
    let sign = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match word.meaning {
        LiteralMeaning::Start(_) => {
            !bytes[word.start].is_ascii_alphanumeric() || !ascii_before.is_some_and(|b| b.is_ascii_alphanumeric())
        }
        LiteralMeaning::Url => true,
        LiteralMeaning::Noun | LiteralMeaning::Password => {
            // `accountKey`: a capital after a small letter begins a word.
            let camel =
                || bytes[word.start].is_ascii_uppercase() && ascii_before.is_some_and(|b| b.is_ascii_lowercase());
            // `%3Ftoken%3D`.
            let escaped = || word.start >= 3 && bytes[word.start - 3] == b'%';
            // German and Dutch write `Notionschlüssel`, `toegangssleutel`.
            blankless || (!letter(after()) && (word.end - word.start > 6 || !sign(before()) || camel() || escaped()))
        }
        LiteralMeaning::Provider
        | LiteralMeaning::Veto
        | LiteralMeaning::Digest
        | LiteralMeaning::Phrase(_)
        | LiteralMeaning::Cookie => {
            // `は1Passwordに`: in Japanese no blanks stand beside a name.
            let glued = |c: Option<char>| sign(c) && c.is_some_and(|c| c < '\u{e00}');
            !glued(before()) && !glued(after())
        }
    }
}
