//! `config/redaction.toml` as it is written.
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatternFile {
    pub(super) secret: Vec<SecretEntry>,
    #[serde(default)]
    pub(super) token: Vec<TokenEntry>,
    pub(super) context: ContextWords,
    #[serde(default)]
    pub(super) phrase: Vec<PhraseEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretEntry {
    pub(super) id: String,
    pub(super) label: String,
    #[serde(default)]
    pub(super) starts: Vec<String>,
    pub(super) pattern: String,
    pub(super) whole: usize,
    #[serde(default)]
    pub(super) identifier: bool,
    #[serde(default)]
    pub(super) words: bool,
    pub(super) examples: Vec<String>,
    #[serde(default)]
    pub(super) counter_examples: Vec<String>,
}

/// A key that is a public beginning and a run of characters: no regex needed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenEntry {
    pub(super) label: String,
    pub(super) starts: Vec<String>,
    pub(super) body: Alphabet,
    #[serde(default = "unmistakable")]
    pub(super) least: usize,
    pub(super) whole: usize,
    #[serde(default)]
    pub(super) identifier: bool,
    pub(super) source: String,
    #[serde(default)]
    pub(super) counter_examples: Vec<String>,
}

/// Behind a beginning that no word has, a few characters are a piece of a key.
const fn unmistakable() -> usize {
    4
}

/// What the run of a [`TokenEntry`] is made of.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Alphabet {
    /// Letters and digits, hex among them.
    Mixed,
    /// These, with dash and underscore.
    Url,
    /// These, with dots between.
    Dotted,
    /// Letters, digits, plus, slash, and equals signs at the end; dash and underscore between two parts.
    Base64,
    /// As in a URL, with percent signs.
    Percent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextWords {
    pub(super) nouns: Vec<String>,
    pub(super) passwords: Vec<String>,
    pub(super) providers: Vec<String>,
    pub(super) vetoes: Vec<String>,
    #[serde(default)]
    pub(super) digests: Vec<String>,
    #[serde(default)]
    pub(super) ids: Vec<String>,
    #[serde(default)]
    pub(super) cookies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhraseEntry {
    pub(super) id: String,
    pub(super) kind: PhraseKind,
    pub(super) words: Vec<String>,
    #[serde(default)]
    pub(super) examples: Vec<String>,
    #[serde(default)]
    pub(super) counter_examples: Vec<String>,
}

/// How a phrase announces a piece.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::redact) enum PhraseKind {
    /// The piece is the next thing said: `ends in`.
    Names,
    /// A number follows, the piece stands near: `last 4 of the key:`.
    Counts,
}
