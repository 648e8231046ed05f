//! The tagger: gives every token of a folded text its symbol, in the language of most of its words.
use super::counts::mark_counts;
use super::grammar::Grammar;
use super::lexicon::{LANGUAGES, Lexicon, LexiconEntry, Symbol};
use super::token::{Token, TokenValue};
use super::tokenizer::{UntaggedToken, tokenize};

/// A text as tokens, and the language of most of its words.
#[derive(Debug, Default)]
pub(super) struct TaggedText {
    /// The tokens in text order.
    pub(super) tokens: Vec<Token>,
    /// Index into [`LANGUAGES`]; `None` when no word tells.
    pub(super) language: Option<usize>,
}

/// Reads a folded text as tokens; `hint` is the language of a text whose words tell none.
pub(super) fn tag(text: &str, grammar: &Grammar, hint: Option<usize>) -> TaggedText {
    let untagged = tokenize(text, grammar.lexicon, grammar.symbols);
    let language = language_of(&untagged, grammar.lexicon);
    let mut tokens = resolve(&untagged, grammar, language.or(hint).unwrap_or(0));
    mark_counts(grammar, text, language.or(hint), &mut tokens);
    TaggedText { tokens, language }
}

/// A word that few languages share says more about the language than one that many share.
fn language_of(untagged: &[UntaggedToken], lexicon: &Lexicon) -> Option<usize> {
    let mut score = [0u32; LANGUAGES.len() - 1];
    for word in untagged.iter().filter_map(|token| token.word) {
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
fn resolve(untagged: &[UntaggedToken], grammar: &Grammar, language: usize) -> Vec<Token> {
    let lexicon = grammar.lexicon;
    // A word can be a numeral in one language and something else in another: "um".
    let numerals = grammar.bits.numword | grammar.bits.ordword;
    let mut tokens = Vec::with_capacity(untagged.len());
    let mut at = 0;
    while let Some(token) = untagged.get(at) {
        let word = || {
            token
                .word
                .map(|word| (1, LexiconEntry::Word(word), lexicon.symbol(word, language)))
        };
        let Some((length, entry, symbol)) = longest_phrase(&untagged[at..], lexicon, language).or_else(word) else {
            tokens.push(token.token);
            at += 1;
            continue;
        };
        let value = match lexicon.amount(entry) {
            Some(minutes) if lexicon.symbols.set(symbol).meets(grammar.bits.duration) => TokenValue::Minutes(minutes),
            Some(number) if lexicon.symbols.set(symbol).meets(numerals) => TokenValue::Number(number),
            Some(_) | None if length == 1 => token.token.value,
            Some(_) | None => TokenValue::Plain,
        };
        let end = untagged[at + length - 1].token.end;
        tokens.push(Token {
            end,
            symbol,
            value,
            ..token.token
        });
        at += length;
    }
    tokens
}

fn longest_phrase(
    untagged: &[UntaggedToken],
    lexicon: &Lexicon,
    language: usize,
) -> Option<(usize, LexiconEntry, Symbol)> {
    let mut node = 0;
    let mut found = None;
    for (at, token) in untagged.iter().enumerate() {
        let Some(next) = token.word.and_then(|word| lexicon.follow(node, word)) else {
            break;
        };
        node = next;
        if at > 0
            && let Some(symbol) = lexicon.phrase(node, language)
        {
            found = Some((at + 1, LexiconEntry::Phrase(node), symbol));
        }
    }
    found
}
