//! A comment made ready: what it quotes is left out, its sentences are folded to plain small letters and cut into clauses.
use super::rules::LeakRules;
use crate::quotations::quotations;
use crate::redact::PLACEHOLDER;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest part of a comment that is looked at, in bytes: mails that warn of a leak are shorter.
const LONGEST: usize = 6_000;
/// No sentence that tells something is longer, in bytes.
const LONGEST_SENTENCE: usize = 1_000;
/// What stands for a thing that only looks like a key: a word of no list.
pub(super) const OTHER: &str = "otherthing";
/// What joins two clauses.
const ANDS: [&str; 6] = [" and ", " en ", " und ", " et ", " y ", " e "];
/// A sentence of a comment.
pub(super) struct Sentence {
    /// Where it stands in the comment.
    pub(super) span: Range<usize>,
    /// The sentence in small letters, without accents and quotations.
    pub(super) text: String,
    /// The same, cut at commas and the like.
    pub(super) clauses: Vec<String>,
    /// Whether it ends with a question mark.
    pub(super) asks: bool,
}

/// The sentences of a comment that its author says.
pub(super) fn sentences(rules: &LeakRules, comment: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let (mut at, mut fenced) = (0, false);
    for line in comment.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if at > LONGEST {
            break;
        }
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let quoted = line.trim_start().starts_with('>') && !rules.has("mail", &folded(line));
        if !fenced && !quoted {
            let spans = spans(line).into_iter();
            found.extend(spans.filter_map(|span| sentence(rules, line, span, start)));
        }
    }
    found
}

/// A piece of a sentence, made ready.
pub(super) fn piece(rules: &LeakRules, text: &str) -> String {
    ready(rules, &text[..text.floor_char_boundary(LONGEST_SENTENCE)])
}

fn sentence(rules: &LeakRules, line: &str, span: Range<usize>, start: usize) -> Option<Sentence> {
    let end = line.floor_char_boundary(span.end.min(span.start + LONGEST_SENTENCE));
    let text = ready(rules, &line[span.start..end]);
    let bytes = text.as_bytes();
    if !bytes.iter().any(u8::is_ascii_alphanumeric) {
        return None;
    }
    let pieces = rules
        .cuts
        .split(bytes)
        .map(|piece| String::from_utf8_lossy(piece).trim().to_owned());
    Some(Sentence {
        span: start + span.start..start + span.end,
        asks: text.ends_with('?'),
        clauses: pieces.filter(|piece| !piece.is_empty()).collect(),
        text,
    })
}

/// A sentence ends with a mark before a blank, unless it goes on.
fn spans(line: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = 0;
    for (at, c) in line.char_indices() {
        if !matches!(c, '.' | '!' | '?' | ';' | '…') {
            continue;
        }
        let end = at + c.len_utf8();
        let rest = &line[end..];
        let begins = rest.trim_start().chars().next();
        // "ca. 30", "the key gsk_… was leaked"
        let goes_on = begins.is_some_and(|next| next.is_ascii_digit() || c == '…' && next.is_lowercase());
        let ends = rest.starts_with(char::is_whitespace) && !goes_on;
        if ends {
            spans.push(start..end);
            start = end;
        }
    }
    spans.push(start..line.len());
    spans
}

/// Folded, without what it quotes, and with one spelling for each thing.
fn ready(rules: &LeakRules, sentence: &str) -> String {
    let mut text = env_named(&folded(&unquoted(rules, sentence)));
    for pattern in &rules.strip {
        text = replaced(pattern, text, " ");
    }
    for pattern in &rules.other {
        text = replaced(pattern, text, &format!(" {OTHER} "));
    }
    text = unhyphened(&text).split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    for (pattern, spelling) in &rules.spelt {
        text = replaced(pattern, text, &format!(" {spelling} "));
    }
    text.trim().to_owned()
}

fn replaced(pattern: &regex::bytes::Regex, text: String, by: &str) -> String {
    match pattern.replace_all(text.as_bytes(), by.as_bytes()) {
        Cow::Borrowed(_) => text,
        Cow::Owned(replaced) => String::from_utf8_lossy(&replaced).into_owned(),
    }
}

/// Without quotations of more than a word, unless somebody who looks for keys is quoted.
fn unquoted(rules: &LeakRules, sentence: &str) -> String {
    let mut text = sentence.to_owned();
    for quoted in quotations(sentence).into_iter().rev() {
        if !rules.has("mail", &folded(&sentence[quoted.clone()])) {
            text.replace_range(quoted, " ");
        }
    }
    text
}

/// `.env` as a word of its own.
fn env_named(text: &str) -> String {
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(".env") {
        let (head, tail) = rest.split_at(at);
        let after = &tail[".env".len()..];
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let alone = !head.ends_with(is_word) && !after.starts_with(is_word);
        named.push_str(head);
        named.push_str(if alone { " dotenv" } else { ".env" });
        rest = after;
    }
    named + rest
}

/// "API-key" is "api key".
fn unhyphened(text: &str) -> String {
    let bytes = text.as_bytes();
    let within = |at: usize| {
        let side = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        side(at.checked_sub(1)) && side(Some(at + 1))
    };
    let plain = |(at, c): (usize, char)| if c == '-' && within(at) { ' ' } else { c };
    text.char_indices().map(plain).collect()
}

/// In small letters without accents; what is no ASCII then is a blank.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ß' => folded.push_str("ss"),
            '’' | '‘' => folded.push('\''),
            'ø' => folded.push('o'),
            '–' | '—' => folded.push('-'),
            '“' | '”' | '„' | '«' | '»' => folded.push('"'),
            '`' | '*' => {}
            PLACEHOLDER => folded.push_str(" key "),
            c if c.is_ascii() => folded.push(c),
            _ => folded.push(' '),
        }
    }
    folded
}

/// The parts of a clause that an "and" joins.
pub(super) fn apart(clause: &str) -> Vec<String> {
    let joined = ANDS
        .iter()
        .fold(clause.to_owned(), |clause, and| clause.replace(and, "\n"));
    joined.lines().map(str::to_owned).collect()
}
