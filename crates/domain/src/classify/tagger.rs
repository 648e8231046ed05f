//! The tagger: gives every token of a folded text its symbol, in the language of most of its words.
use super::counts::mark_counts;
use super::grammar::Grammar;
use super::lexicon::{LANGUAGES, Lexicon, LexiconEntry, Symbol, Tongue};
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
    let tongue = tongue_of(&untagged, grammar.lexicon);
    let of_hint = Tongue {
        language: hint.unwrap_or(0),
        is_sure: false,
    };
    let mut tokens = resolve(&untagged, grammar, tongue.unwrap_or(of_hint));
    let language = tongue.map(|tongue| tongue.language);
    mark_counts(grammar, text, language.or(hint), &mut tokens);
    TaggedText { tokens, language }
}

/// A language leads by so much when its words leave no doubt: by four words that no other language has.
const SURE_LEAD: u32 = 48;

/// A word that few languages share says more about the language than one that many share.
fn tongue_of(untagged: &[UntaggedToken], lexicon: &Lexicon) -> Option<Tongue> {
    let mut score = [0u32; LANGUAGES.len() - 1];
    for word in untagged.iter().filter_map(|token| token.word) {
        let known = lexicon.languages(word);
        let weight = 12 / known.count_ones().max(1);
        for (at, sum) in score.iter_mut().enumerate() {
            *sum += if known & (1 << at) == 0 { 0 } else { weight };
        }
    }
    let best = score.iter().copied().max().filter(|&best| best > 0)?;
    let language = score.iter().position(|&sum| sum == best)?;
    let second = score
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != language)
        .map(|(_, sum)| *sum)
        .max();
    let lead = best - second.unwrap_or(0);
    Some(Tongue {
        language,
        is_sure: lead >= SURE_LEAD && 2 * lead >= best,
    })
}

/// Joins phrases (the longest wins, of two that overlap as well) and gives every word its symbol in the language.
fn resolve(untagged: &[UntaggedToken], grammar: &Grammar, tongue: Tongue) -> Vec<Token> {
    let lexicon = grammar.lexicon;
    // A word can be a numeral in one language and something else in another: "um".
    let numerals = grammar.bits.numword | grammar.bits.ordword;
    let mut tokens = Vec::with_capacity(untagged.len());
    let mut at = 0;
    while let Some(token) = untagged.get(at) {
        let word = || {
            token.word.map(|word| {
                (
                    1,
                    LexiconEntry::Word(word),
                    lexicon.symbol(word, of_word(token, tongue)),
                )
            })
        };
        let Some((length, entry, symbol)) = phrase_at(&untagged[at..], lexicon, tongue).or_else(word) else {
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

/// What a slip of the pen meant is a word of the writer's own language.
fn of_word(token: &UntaggedToken, tongue: Tongue) -> Tongue {
    Tongue {
        is_sure: tongue.is_sure || token.is_slip,
        ..tongue
    }
}

/// The phrase that starts here. "I'm in the middle of" is "I'm" and "in the middle of": of two phrases that share a word the
/// longer one has it.
fn phrase_at(untagged: &[UntaggedToken], lexicon: &Lexicon, tongue: Tongue) -> Option<(usize, LexiconEntry, Symbol)> {
    let found = longest_phrase(untagged, lexicon, tongue)?;
    let outdone = |from: &usize| {
        let later = longest_phrase(&untagged[*from..], lexicon, tongue);
        later.is_some_and(|later| later.0 > found.0 && from + later.0 > found.0)
    };
    match (1..found.0).find(outdone) {
        Some(end) => longest_phrase(&untagged[..end], lexicon, tongue),
        None => Some(found),
    }
}

fn longest_phrase(
    untagged: &[UntaggedToken],
    lexicon: &Lexicon,
    tongue: Tongue,
) -> Option<(usize, LexiconEntry, Symbol)> {
    let mut node = 0;
    let mut found = None;
    for (at, token) in untagged.iter().enumerate() {
        let Some(next) = token.word.and_then(|word| lexicon.follow(node, word)) else {
            break;
        };
        node = next;
        if at > 0
            && let Some(symbol) = lexicon.phrase(node, tongue)
        {
            found = Some((at + 1, LexiconEntry::Phrase(node), symbol));
        }
    }
    found
}
