//! Pieces that a phrase announces: "ends in 9f3Q", "last 4 of the key: 9f3Q".
use super::clause::{Surroundings, sends_elsewhere};
use super::token;
use crate::redact::patterns::{LiteralMeaning, PhraseKind, Word};
use crate::redact::shape;
use crate::redact::span::Hit;
use std::ops::Range;

/// How far behind a phrase its piece may stand, in bytes.
const REACH: usize = 90;

/// The longest public prefix that a counted piece may have besides.
const PREFIX: usize = 13;

const FILLERS: [&str; 24] = [
    "the",
    "with",
    "in",
    "on",
    "is",
    "are",
    "of",
    "de",
    "het",
    "den",
    "die",
    "der",
    "les",
    "las",
    "los",
    "os",
    "as",
    "letters",
    "following",
    "something",
    "like",
    "op",
    "met",
    "por",
];

const UNITS: [&str; 22] = [
    "char",
    "chars",
    "character",
    "characters",
    "digits",
    "letters",
    "symbols",
    "teken",
    "tekens",
    "karakters",
    "cijfers",
    "letter",
    "zeichen",
    "stellen",
    "buchstaben",
    "caractères",
    "caracteres",
    "lettres",
    "chiffres",
    "letras",
    "dígitos",
    "bytes",
];

const NUMBERS: [&str; 40] = [
    "three", "four", "five", "six", "seven", "eight", "ten", "twelve", "few", "couple", "drie", "vier", "vijf", "zes",
    "zeven", "acht", "tien", "twaalf", "drei", "fünf", "sechs", "sieben", "zehn", "zwölf", "trois", "quatre", "cinq",
    "sept", "huit", "dix", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "diez", "três", "quatro", "oito",
];

/// Words that people number.
const COUNTED: [&str; 11] = [
    "step", "stap", "schritt", "paso", "passo", "etapa", "phase", "fase", "part", "deel", "version",
];

pub(super) fn search(around: &Surroundings, hits: &mut Vec<Hit>) {
    for word in around.words {
        if !matches!(word.meaning, LiteralMeaning::Phrase(_)) || !around.speaks_of_keys(word.end, word.end) {
            continue;
        }
        let piece = match word.meaning {
            LiteralMeaning::Phrase(PhraseKind::Names) => named(around, word),
            LiteralMeaning::Phrase(PhraseKind::Counts) => counted(around, word),
            LiteralMeaning::Start(_)
            | LiteralMeaning::Noun
            | LiteralMeaning::Password
            | LiteralMeaning::Provider
            | LiteralMeaning::Veto
            | LiteralMeaning::Digest
            | LiteralMeaning::Url
            | LiteralMeaning::Cookie => None,
        };
        // A bar stands for what is masked already: then that was the piece, unless the next thing stands right behind it.
        let masked = |piece: &Range<usize>| {
            let between = around.text.get(word.end..piece.start).unwrap_or_default();
            between.contains('|') && !between.trim_end().ends_with('|')
        };
        let piece = piece.filter(|piece| !masked(piece) && !around.names_something(piece.start, piece.end));
        if let Some(piece) = piece {
            let chars = piece.len();
            hits.push(Hit::piece(piece, chars));
        }
    }
}

/// The next thing said, if it is no word.
fn named(around: &Surroundings, phrase: &Word) -> Option<Range<usize>> {
    let text = around.text;
    if around.speaks_of_digest(phrase.start) {
        return None;
    }
    let mut tokens = tokens(text, phrase.end);
    let piece = tokens.find(|token| {
        let said = text[token.clone()].to_lowercase();
        !FILLERS.contains(&said.as_str()) && !UNITS.contains(&said.as_str())
    })?;
    let said = &text[piece.clone()];
    let quoted = text[..piece.start].ends_with(['"', '\'', '`', '“', '‘', '«']) && said.len() <= 12;
    let number = said.len() >= 4
        && said.bytes().all(|b| b.is_ascii_digit())
        && !said.starts_with("20")
        && !said.starts_with("19")
        && around.has_noun(phrase.start, piece.end);
    let numbered = said.len() >= 4
        && shape::is_numbered_word(said)
        && !COUNTED.contains(
            &said
                .trim_end_matches(|c: char| c.is_ascii_digit())
                .to_lowercase()
                .as_str(),
        );
    let capitals = said.len() >= 4 && said.bytes().all(|b| b.is_ascii_uppercase());
    (said.len() >= 3 && (shape::is_piece(said) || quoted || number || capitals || numbered)).then_some(piece)
}

/// Near a phrase with a number: behind it, or before its bracket.
fn counted(around: &Surroundings, phrase: &Word) -> Option<Range<usize>> {
    let text = around.text;
    // `| (first 8)`: what is masked already was the piece.
    let bracket = text[..phrase.start].trim_end().strip_suffix(['(', '[', ',']);
    if bracket.is_some_and(|before| before.trim_end().ends_with('|')) {
        return None;
    }
    let mut after = tokens(text, phrase.end);
    let number = after.next()?;
    let behind = text[number.clone()].to_lowercase();
    // `the first 8`, and `les 8 premiers`.
    let near = &text[text.ceil_char_boundary(phrase.start.saturating_sub(REACH))..phrase.start];
    let before = near.trim_end().rsplit(' ').next().unwrap_or_default();
    let said = [behind.as_str(), before]
        .into_iter()
        .find(|said| count_of(said).is_some())?;
    let count = count_of(said)?;
    let number = if said == before { phrase.end..phrase.end } else { number };
    let (_, last) = around.clause(phrase.start, number.end);
    let mut after_unit = false;
    for token in after.take_while(|token| token.start < last.min(phrase.end + REACH)) {
        let said = &text[token.clone()];
        let begins = text[..token.start]
            .trim_end()
            .ends_with([':', ',', ';', '(', '–', '—', '-']);
        // `see below: 9f3Q` gives it.
        if begins && sends_elsewhere(said) && !text[token.end..last.max(token.end)].contains(": ") {
            return None;
        }
        let signed = after_unit
            || text[..token.start]
                .trim_end_matches([' ', '"', '\'', '`', '…', '.', '“'])
                .ends_with([':', '=', '-', '–', '>', '→']);
        let signed = signed
            || text[..token.start].trim_end().ends_with(" are")
            || text[..token.start].trim_end().ends_with(" is");
        if around.names_something(token.start, token.end) || is_of_a_time(text, &token) {
            continue;
        }
        let exact = count == Some(said.len()) && signed;
        let fits = count.is_none_or(|count| said.len() <= count + PREFIX && said.len() >= count.min(3));
        if exact || (fits && shape::is_piece(said) && !around.is_vetoed(token.start, token.end)) {
            return Some(token);
        }
        after_unit = UNITS.contains(&said.to_lowercase().as_str());
    }
    before_bracket(text, phrase.start, count)
}

/// `2026-11-22T09` and `15Z` of `2026-11-22T09:15Z`.
fn is_of_a_time(text: &str, token: &Range<usize>) -> bool {
    let said = &text[token.clone()];
    let minutes = text[..token.start]
        .strip_suffix(':')
        .is_some_and(|hour| hour.ends_with(|c: char| c.is_ascii_digit()));
    minutes && said.starts_with(|c: char| c.is_ascii_digit()) || said.contains('-') && token::is_plain(said)
}

/// The number that a word says: `Some(None)` for one that leaves it open.
#[expect(clippy::option_option, reason = "no number, a number without its value, a number")]
fn count_of(said: &str) -> Option<Option<usize>> {
    match said.parse().ok().filter(|count| (2..=64).contains(count)) {
        Some(count) => Some(Some(count)),
        None => NUMBERS.contains(&said).then_some(None),
    }
}

/// `9f3Qxy12 (first 8 chars)`, `9f3Qxy12 are the first 8`.
fn before_bracket(text: &str, phrase: usize, count: Option<usize>) -> Option<Range<usize>> {
    const COPULAS: [&str; 8] = [
        " are the",
        " is the",
        " are",
        " zijn de",
        " sind die",
        " sont les",
        " son los",
        " são os",
    ];
    let before = text[..phrase].trim_end();
    let said = COPULAS.iter().find_map(|said| before.strip_suffix(said));
    let before = said.or_else(|| before.strip_suffix(['(', ',', '[']))?;
    let before = before.trim_end_matches([' ', '"', '\'', '`', '.', '…', '*']);
    let start = before.len() - before.bytes().rev().take_while(|b| shape::is_key_byte(*b)).count();
    let said = &before[start..];
    let fits = said.len() >= 3 && count.is_none_or(|count| said.len() <= count + PREFIX);
    (fits && shape::is_piece(said)).then_some(start..before.len())
}

/// The longest token that is read.
const LONGEST: usize = 64;

/// Runs of key characters (and of letters outside ASCII, so that words stay whole) from a place on.
fn tokens(text: &str, from: usize) -> impl Iterator<Item = Range<usize>> {
    let end = text.floor_char_boundary(from + REACH);
    let mut at = from;
    std::iter::from_fn(move || {
        let start = at + text.get(at..end)?.find(char::is_alphanumeric)?;
        let run = &text[start..text.floor_char_boundary(start + LONGEST)];
        let run = &run[..run
            .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '+' | '/' | '-'))
            .unwrap_or(run.len())];
        at = start + run.len();
        // A key may begin with a dash, where a blank stands before it.
        let dash = text[..start].ends_with(['-', '_']) && text[..start - 1].ends_with(|c: char| !c.is_alphanumeric());
        let end = start + run.trim_end_matches(['-', '/']).len();
        Some(start - usize::from(dash && start > from)..end)
    })
}
