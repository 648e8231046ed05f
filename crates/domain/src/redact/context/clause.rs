//! What stands around a token: nouns, providers, vetoes in its clause, and what lies between.
use crate::redact::patterns::{LiteralMeaning, Word, stands_for_a_key};

/// How far a word reaches, in bytes.
const REACH: usize = 160;

/// A text with the words of the table that stand in it.
pub(super) struct Surroundings<'a> {
    pub(super) text: &'a str,
    pub(super) words: &'a [Word],
}

/// How a noun for a key stands before a token.
pub(super) struct PrecedingNoun {
    /// It is a noun for a password.
    pub(super) password: bool,
    /// How many words lie between.
    pub(super) gap: usize,
    /// The gap has a colon, an equals sign or an arrow, or says "is".
    pub(super) sign: bool,
}

const COPULAS: [&str; 40] = [
    "is",
    "are",
    "was",
    "ist",
    "lautet",
    "est",
    "es",
    "são",
    "sont",
    "zijn",
    "wordt",
    "now",
    "nu",
    "jetzt",
    "called",
    "to",
    "é",
    "è",
    "är",
    "er",
    "on",
    "to",
    "jest",
    "je",
    "este",
    "là",
    "adalah",
    "είναι",
    "هو",
    "هي",
    "היא",
    "הוא",
    "है",
    "は",
    "是",
    "为",
    "為",
    "는",
    "은",
    "the",
];

const ARTICLES: [&str; 30] = [
    "the", "a", "my", "our", "your", "new", "old", "this", "that", "for", "from", "of", "in", "as", "de", "het", "van",
    "voor", "der", "die", "das", "le", "la", "el", "do", "da", "du", "key", "API", "api",
];

impl<'a> Surroundings<'a> {
    pub(super) fn new(text: &'a str, words: &'a [Word]) -> Self {
        Self { text, words }
    }

    /// Whether a noun for a key or password stands anywhere, or a maker of keys to which something is assigned.
    pub(super) fn has_nouns(&self) -> bool {
        let assigned = |word: &Word| {
            let rest = &self.text.as_bytes()[word.end..];
            matches!(rest, [b':' | b'=', ..] | [b' ', b':' | b'=' | b'|' | b'-' | 0xe2, ..])
        };
        self.words.iter().any(|word| match word.meaning {
            LiteralMeaning::Noun | LiteralMeaning::Password => true,
            LiteralMeaning::Provider => assigned(word),
            _ => false,
        })
    }

    /// The clause around a place: to the end of the sentence or line on both sides.
    pub(super) fn clause(&self, start: usize, end: usize) -> (usize, usize) {
        let bytes = self.text.as_bytes();
        let ends = |at: usize| {
            bytes[at] == b'\n' && !(at > 0 && bytes[at - 1] == b':' && self.is_headed(at))
                || (matches!(bytes[at], b'.' | b'!' | b'?') && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace))
        };
        let first = (start.saturating_sub(REACH)..start)
            .rev()
            .find(|at| ends(*at) && !dots(bytes, *at))
            .map_or(start.saturating_sub(REACH), |at| at + 1);
        let last = (end..bytes.len().min(end + REACH))
            .find(|at| ends(*at) && !dots(bytes, *at))
            .unwrap_or(bytes.len().min(end + REACH));
        (first, last)
    }

    /// Whether the line that ends here is `the keys:`; what stands below belongs to it.
    fn is_headed(&self, line_end: usize) -> bool {
        let Some(head) = self.text[..line_end].strip_suffix(':') else {
            return false;
        };
        let behind = self.words.partition_point(|word| word.start < head.len());
        let mut last = self.words[..behind].iter().rev().take(3);
        last.any(|word| {
            word.end == head.len() && matches!(word.meaning, LiteralMeaning::Noun | LiteralMeaning::Password)
        })
    }

    /// The words in the clause, outside the token itself.
    fn in_clause(&self, start: usize, end: usize) -> impl Iterator<Item = &Word> {
        let (first, last) = self.clause(start, end);
        let from = self.words.partition_point(|word| word.start < first);
        self.words[from..]
            .iter()
            .take_while(move |word| word.end <= last)
            .filter(move |word| word.end <= start || word.start >= end)
    }

    /// Whether the clause speaks of a key, a password or a provider of keys.
    pub(super) fn speaks_of_keys(&self, start: usize, end: usize) -> bool {
        self.in_clause(start, end).any(|word| {
            matches!(
                word.meaning,
                LiteralMeaning::Noun | LiteralMeaning::Password | LiteralMeaning::Provider
            )
        })
    }

    /// Whether the clause names a provider of keys.
    pub(super) fn has_provider(&self, start: usize, end: usize) -> bool {
        self.in_clause(start, end)
            .any(|word| word.meaning == LiteralMeaning::Provider)
    }

    /// Whether the clause has a noun for a key or a password.
    pub(super) fn has_noun(&self, start: usize, end: usize) -> bool {
        self.in_clause(start, end)
            .any(|word| matches!(word.meaning, LiteralMeaning::Noun | LiteralMeaning::Password))
    }

    /// Whether the token is or holds a word of the table: the name of a provider or a variable, not a key.
    pub(super) fn names_something(&self, start: usize, end: usize) -> bool {
        let from = self.words.partition_point(|word| word.start < start);
        let words = self.words[from..].iter().take_while(|word| word.end <= end);
        let mut begun = None;
        words.into_iter().any(|word| {
            // `secret_` begins a key: the noun in it names nothing.
            let begins = begun.replace(word.start) == Some(word.start);
            !begins && (is_noun(word) || word.meaning == LiteralMeaning::Provider)
        })
    }

    /// How long the public beginning of a key is that stands at a place; 0 if none does.
    pub(super) fn beginning(&self, start: usize) -> usize {
        let from = self.words.partition_point(|word| word.start < start);
        let words = self.words[from..].iter().take_while(|word| word.start == start);
        let begun = words.filter(|word| matches!(word.meaning, LiteralMeaning::Start(_)));
        begun.map(|word| word.end - start).max().unwrap_or(0)
    }

    /// Whether a token, or what follows the beginning of a key in it, only stands for a key.
    pub(super) fn is_placeholder(&self, start: usize, end: usize) -> bool {
        stands_for_a_key(self.text.get(start + self.beginning(start)..end).unwrap_or_default())
    }

    /// Whether the last noun before the token, or the word behind it, says that it is an id or a digest.
    pub(super) fn is_vetoed(&self, start: usize, end: usize) -> bool {
        let veto = |word: &Word| word.meaning.is_veto();
        match self.head_before(start, end) {
            Some(word) => veto(word) && self.gap(word.end, start).0 <= 2,
            None => self
                .in_clause(start, end)
                .skip_while(|word| word.end <= start)
                .find(|word| is_noun(word))
                .is_some_and(|word| veto(word) && self.is_said(end, word.start)),
        }
    }

    /// Whether a noun for a key only says of what something public is: `the SHA-256 of the key`, `UUID des Schlüssels`; `any` of
    /// what is no key, as a version.
    pub(super) fn is_of_digest(&self, noun: &Word, any: bool) -> bool {
        let before = self
            .in_clause(noun.start, noun.end)
            .take_while(|word| word.end <= noun.start);
        let last = before.filter(|word| is_noun(word)).last();
        last.is_some_and(|digest| {
            let is_public = digest.meaning == LiteralMeaning::Digest || any && digest.meaning.is_veto();
            is_public && self.is_genitive(digest.end, noun.start)
        })
    }

    /// Whether the last noun before a place names a digest or an id, of a key or not.
    pub(super) fn speaks_of_digest(&self, place: usize) -> bool {
        self.head_before(place, place)
            .is_some_and(|word| word.meaning == LiteralMeaning::Digest)
    }

    /// `… of the …` and nothing else but a few words.
    fn is_genitive(&self, from: usize, to: usize) -> bool {
        const OF: [&str; 16] = [
            "of", "for", "van", "voor", "von", "vom", "des", "der", "du", "de", "del", "della", "do", "da", "di", "für",
        ];
        const MOST: usize = 4;
        let between = &self.text[from.min(to)..to];
        let mut words = between.split_whitespace();
        !between.contains([':', '=', ',', '\n', '(', ';'])
            && words.clone().count() <= MOST
            && words.any(|word| OF.contains(&word))
    }

    /// The last noun before a token that is not an attribute of another: of `the key for the project` it is the key.
    fn head_before(&self, start: usize, end: usize) -> Option<&Word> {
        let mut head: Option<&Word> = None;
        let before = self.in_clause(start, end).take_while(|word| word.end <= start);
        for word in before.filter(|word| is_noun(word)) {
            let attribute = word.meaning.is_veto()
                && head.is_some_and(|head| {
                    !head.meaning.is_veto() && self.text.get(head.end..word.start).is_some_and(is_attributed)
                });
            let of_digest = || {
                head.is_some_and(|head| {
                    head.meaning == LiteralMeaning::Digest && self.is_genitive(head.end, word.start)
                })
            };
            if !attribute && !of_digest() {
                head = Some(word);
            }
        }
        head
    }

    /// Whether a noun for a key follows at once: `… is the Bybit key`.
    pub(super) fn precedes_noun(&self, start: usize, end: usize) -> bool {
        let mut after = self
            .in_clause(start, end)
            .skip_while(|word| word.start < end)
            .filter(|word| is_noun(word));
        after
            .next()
            .is_some_and(|word| !word.meaning.is_veto() && self.is_said(end, word.start))
    }

    /// `Bybit: …`, `Bybit = …`: the provider and a sign stand right before.
    pub(super) fn is_assigned_to_provider(&self, start: usize, end: usize) -> bool {
        let last = self.in_clause(start, end).take_while(|word| word.end <= start).last();
        last.is_some_and(|word| {
            word.meaning == LiteralMeaning::Provider
                && matches!(
                    self.text[word.end..start].trim(),
                    ":" | "=" | "->" | "→" | "|" | "：" | "-" | "–" | "—"
                )
        })
    }

    /// `… is the …`, `… as …`, and nothing else between but a provider.
    fn is_said(&self, from: usize, to: usize) -> bool {
        let between = &self.text[from..to];
        let said = [" is ", " ist ", " est ", " es ", " é ", " è ", " was "];
        let used = [" as ", " als ", " comme ", " como ", " come ", " som ", " jako "];
        let behind = |as_what: &&str| between.rfind(*as_what).map(|at| from + at + as_what.len());
        let words = self.gap(from, to).0;
        (words == 0 && said.iter().chain(&used).any(|word| between.contains(word)))
            || (words <= 4 && used.iter().find_map(behind).is_some_and(|at| self.gap(at, to).0 == 0))
    }

    /// The last noun for a key before the token, if no veto lies between.
    pub(super) fn preceding_noun(&self, start: usize, end: usize) -> Option<PrecedingNoun> {
        let last = self.head_before(start, end)?;
        let password = last.meaning == LiteralMeaning::Password;
        let (gap, sign) = self.gap(last.end, start);
        // `pin: GPIO17`
        let digits = self.text[start..end].bytes().filter(u8::is_ascii_digit).count();
        if digits < 4 && self.text[last.start..last.end].eq_ignore_ascii_case("pin") {
            return None;
        }
        (!last.meaning.is_veto()).then_some(PrecedingNoun { password, gap, sign })
    }

    /// How many words lie between two places, articles and providers apart, and whether a sign or a copula does.
    fn gap(&self, from: usize, to: usize) -> (usize, bool) {
        let between = &self.text[from.min(to)..to];
        let mut sign = between.contains([':', '=', '→', '：', '＝', '—', '–']) || between.contains("->");
        let words = between
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty());
        let words = words.filter(|word| {
            let copula = COPULAS.contains(word);
            sign |= copula;
            !copula && !ARTICLES.contains(word)
        });
        let first = self.words.partition_point(|word| word.start < from);
        let providers = self.words[first..]
            .iter()
            .take_while(|word| word.end <= to)
            .filter(|word| word.meaning == LiteralMeaning::Provider)
            .count();
        (words.count().saturating_sub(providers), sign)
    }

    /// Whether nothing else stands on the token's line.
    pub(super) fn is_alone(&self, start: usize, end: usize) -> bool {
        let before = self.text[..start].chars().rev().take_while(|c| *c != '\n');
        let after = self.text[end..].chars().take_while(|c| *c != '\n');
        before.chain(after).take(REACH).all(|c| !c.is_alphanumeric())
    }
}

/// Whether what stands between two nouns makes the second an attribute: `for the`, `of our`, `van het`.
fn is_attributed(between: &str) -> bool {
    const PREPOSITIONS: [&str; 44] = [
        "for", "of", "in", "on", "from", "at", "to", "with", "van", "voor", "bij", "für", "von", "vom", "der", "des",
        "de", "du", "pour", "para", "do", "da", "per", "di", "mit", "im", "auf", "aus", "an", "avec", "dans", "sur",
        "con", "en", "com", "no", "na", "op", "uit", "met", "с", "в", "на", "для",
    ];
    between
        .split_whitespace()
        .next()
        .is_some_and(|first| PREPOSITIONS.contains(&first))
        && !between.contains([':', '=', ','])
}

/// `see Bitwarden#4711`: whether a word sends the reader to where a secret lies.
pub(super) fn sends_elsewhere(word: &str) -> bool {
    const VERBS: [&str; 18] = [
        "see", "cf", "ask", "check", "via", "zie", "siehe", "vgl", "voir", "ver", "véase", "consulta", "vedi", "veja",
        "zobacz", "viz", "bkz", "см",
    ];
    VERBS.contains(&word.to_lowercase().as_str())
}

/// A noun that says what a token is, or is not.
fn is_noun(word: &Word) -> bool {
    matches!(
        word.meaning,
        LiteralMeaning::Noun | LiteralMeaning::Password | LiteralMeaning::Veto | LiteralMeaning::Digest
    )
}

/// Part of an ellipsis, which ends no sentence.
fn dots(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'.' && (bytes.get(at + 1) == Some(&b'.') || (at > 0 && bytes[at - 1] == b'.'))
}
