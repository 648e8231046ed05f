//! Tokens: the words, numbers and marks of a folded text, each with its symbol.
use super::kinds::Kinds;
use super::lexicon::{Entry, KindSet, LANGUAGES, Lexicon, Symbol, WordId};
use super::scan::scan;

/// What a token carries beside its symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A word or a mark.
    Plain,
    /// A whole number.
    Number(u32),
    /// A number with hundredths behind a point, `4.2`; or, if true, behind a comma, which may also be a list, `1,2`.
    Decimal(u32, u32, bool),
    /// Hours and minutes by the clock: `1:40`.
    Clock(u32, u32),
    /// Steps of the page, as bits (bit 0 is unused).
    Steps(u64),
    /// A time span in minutes.
    Minutes(u32),
    /// Named keys, as bits over the key names.
    Keys(u64),
}

/// A token of a folded text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// Where it starts in the folded text, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Its kinds.
    pub(super) symbol: Symbol,
    /// What it carries.
    pub(super) value: Value,
}

/// A text as tokens, and the language of most of its words.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// The tokens in text order.
    pub(super) tokens: Vec<Token>,
    /// Index into [`LANGUAGES`]; `None` when no word tells.
    pub(super) language: Option<usize>,
}

/// A token before its language is known.
pub(super) struct Piece {
    /// The token as it stands there.
    pub(super) token: Token,
    /// The word, if it is one that the lexicon knows.
    pub(super) word: Option<WordId>,
}

/// Reads a folded text as tokens.
pub(super) fn lex(text: &str, lexicon: &Lexicon, kinds: &Kinds, hint: Option<usize>) -> Lexed {
    let pieces = scan(text, lexicon, kinds);
    let language = language_of(&pieces, lexicon);
    let tokens = resolve(&pieces, lexicon, kinds, language.or(hint).unwrap_or(0));
    Lexed { tokens, language }
}

/// A word that few languages share says more about the language than one that many share.
fn language_of(pieces: &[Piece], lexicon: &Lexicon) -> Option<usize> {
    let mut score = [0u32; LANGUAGES.len() - 1];
    for word in pieces.iter().filter_map(|piece| piece.word) {
        let known = lexicon.languages(word);
        let weight = 12 / known.count_ones().max(1);
        for (at, sum) in score.iter_mut().enumerate() {
            *sum += if known & (1 << at) == 0 { 0 } else { weight };
        }
    }
    let best = score.iter().copied().max().filter(|&best| best > 0)?;
    score.iter().position(|&sum| sum == best)
}

/// Joins phrases (the longest wins) and gives every word its symbol in the language.
fn resolve(pieces: &[Piece], lexicon: &Lexicon, kinds: &Kinds, language: usize) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let word = || {
            piece
                .word
                .map(|word| (1, Entry::Word(word), lexicon.symbol(word, language)))
        };
        let Some((length, entry, symbol)) = longest_phrase(&pieces[at..], lexicon, language).or_else(word) else {
            tokens.push(piece.token);
            at += 1;
            continue;
        };
        let value = match lexicon.amount(entry) {
            Some(minutes) if lexicon.symbols.set(symbol).meets(kinds.bits.duration) => Value::Minutes(minutes),
            Some(number) if lexicon.symbols.set(symbol) != KindSet::NONE => Value::Number(number),
            Some(_) | None if length == 1 => piece.token.value,
            Some(_) | None => Value::Plain,
        };
        let end = pieces[at + length - 1].token.end;
        tokens.push(Token {
            end,
            symbol,
            value,
            ..piece.token
        });
        at += length;
    }
    tokens
}

fn longest_phrase(pieces: &[Piece], lexicon: &Lexicon, language: usize) -> Option<(usize, Entry, Symbol)> {
    let mut node = 0;
    let mut found = None;
    for (at, piece) in pieces.iter().enumerate() {
        let Some(next) = piece.word.and_then(|word| lexicon.follow(node, word)) else {
            break;
        };
        node = next;
        if at > 0
            && let Some(symbol) = lexicon.phrase(node, language)
        {
            found = Some((at + 1, Entry::Phrase(node), symbol));
        }
    }
    found
}
