//! A comment. Its text is two types: [`RawText`] cannot be printed or stored, [`CleanText`] can.
use super::ids::{BlockId, CommentId, DiscussionId, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// Text as it came from outside: it may hold a key. It has no `Debug`, `Display` or `Serialize`;
/// only [`super::redact`] can read it, and gives back [`CleanText`].
#[derive(Clone)]
pub struct RawText {
    text: String,
    unseen: Vec<String>,
}

impl RawText {
    /// The joined plain text of a comment, a block, an answer, an error.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            unseen: Vec::new(),
        }
    }

    /// Adds what the text does not show: targets of links (gotcha 29), names of files, values of properties. A key may sit
    /// in any of it. It is searched, never kept.
    #[must_use]
    pub fn with_unseen(mut self, unseen: Vec<String>) -> Self {
        self.unseen = unseen;
        self
    }

    /// A hash that tells whether a text is the same as a moment ago, inside this process: its key is drawn at the
    /// start, so that it means nothing elsewhere. It spares redacting a comment again that nobody changed.
    pub fn keyed_hash(&self) -> u64 {
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        KEY.hash_one((&self.text, &self.unseen))
    }

    /// How long the text is that is shown, in bytes.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn expose(&self) -> &str {
        &self.text
    }

    pub(crate) fn expose_unseen(&self) -> &[String] {
        &self.unseen
    }
}

/// Text that redaction has passed: what store, log, classify, reply and audit accept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CleanText(String);

impl CleanText {
    /// Marks a text as redacted; only redaction may say so.
    pub(crate) fn passed(text: String) -> Self {
        Self(text)
    }

    /// The redacted text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its words in one line: of a name or a title, which make no second line in what quotes them, and turn nothing around.
    pub fn in_one_line(&self) -> String {
        // Marks of direction, and what moves a terminal.
        let steers =
            |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let words = self.0.split_whitespace().collect::<Vec<_>>().join(" ");
        words.chars().filter(|c| !c.is_control() && !steers(c)).collect()
    }
}

impl fmt::Display for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The label of a password, weak or not, that stands under its name or in an address.
pub const PASSWORD: &str = "password";

/// What redaction found in a text; never the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Start and end of the masked span, in bytes of the raw text; `None` when it sat behind the text: in a link's target, a file's name.
    pub span: Option<(usize, usize)>,
    /// What it is: a variable of `.env` (`BYBIT_API_KEY`), or a pattern's label (`Notion token`).
    pub label: String,
    /// The variable of `.env` whose present or former value this is a piece of.
    pub variable: Option<String>,
    /// How many characters of it stood there.
    pub chars: usize,
    /// How much of a key it is.
    pub extent: Extent,
    /// A public half (the id of a pair): masked, but it opens nothing alone.
    #[serde(default)]
    pub identifier: bool,
    /// Only the words around it tell that it is a key: no value of `.env` and no provider's form.
    #[serde(default)]
    pub bare: bool,
    /// The value is short or a password of words: whoever tries many hits it, and holds nothing before.
    #[serde(default)]
    pub guessable: bool,
}

impl Finding {
    /// Whether the key behind it counts as exposed: half of it stood there, and no guess could have hit that.
    pub fn exposes(&self) -> bool {
        self.extent.exposes() && !self.guessable
    }

    /// Whether both stand in the same place of the text.
    pub fn meets(&self, other: &Self) -> bool {
        match (self.span, other.span) {
            (Some((start, end)), Some((from, to))) => start < to && from < end,
            (None, None) => true,
            _ => false,
        }
    }

    /// Whether it is a value of ours and less than exposes it: nobody who guesses may be told more than that, nor often.
    pub fn is_piece_of_ours(&self) -> bool {
        self.variable.is_some() && !self.exposes()
    }

    /// Whether all of a secret stood there, known or by its form.
    pub fn is_whole_key(&self) -> bool {
        self.extent == Extent::Whole && self.exposes() && !self.identifier && !self.bare
    }

    /// Whether a page should not hold this: half a key or more, or a password that stands under its name or in an address.
    /// What only the words around it call a key is part of a guide more often than not (an example, a placeholder).
    pub fn is_unfit_for_a_page(&self) -> bool {
        self.exposes() && !self.identifier && (!self.bare || self.label == PASSWORD)
    }
}

/// How much of a key stood in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Fewer than half of its secret characters.
    Piece,
    /// At least half of its secret characters: whoever read it may have the key.
    Half,
    /// The whole key.
    Whole,
}

impl Extent {
    /// Whether the key behind it counts as exposed.
    pub fn exposes(self) -> bool {
        self >= Self::Half
    }
}

/// The thread in which a comment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// In the page's own thread.
    Page,
    /// In a thread on a block.
    Block(BlockId),
}

/// A person's comment after redaction: what decisions see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id in Notion.
    pub id: CommentId,
    /// The thread it stands in; replies go there.
    pub discussion: DiscussionId,
    /// The page or the block under which the thread hangs.
    pub anchor: Anchor,
    /// The person who wrote it.
    pub author: PersonId,
    /// The author's name as shown, for replies.
    pub author_name: Option<String>,
    /// Server time, minute precision (recorded): never used for order.
    pub posted_at: DateTime<Utc>,
    /// The redacted text.
    pub text: CleanText,
}
