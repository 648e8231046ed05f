//! Tables with a column for passwords: `| user | password |`, a line of dashes, and a row for each.
use super::clause::Surroundings;
use super::objects::is_object;
use super::talk;
use crate::redact::patterns::{LiteralMeaning, is_reference, stands_for_a_key};
use crate::redact::span::{ContextRule, Hit};
use std::ops::Range;

/// How many columns of one table are read: a head of names alone would have its rows read for each.
const COLUMNS: usize = 4;

/// How much of a head is read before and behind a name, in bytes.
const WIDEST: usize = 400;

pub(super) fn search(around: &Surroundings, hits: &mut Vec<Hit>) {
    let text = around.text;
    let (mut head, mut end, mut columns) = (0..0, 0, 0);
    for word in around.words {
        // In the rows of a table no other one begins.
        if word.meaning != LiteralMeaning::Password || (head.end..end).contains(&word.start) {
            continue;
        }
        let Some((line, rows)) = table(text, word.start) else {
            continue;
        };
        columns = if line == head.start && end > 0 { columns + 1 } else { 1 };
        head = line..rows;
        let column = text[line..word.start].matches('|').count();
        let name = &text[word.start..word.end];
        let logins = text[line..rows]
            .split('\n')
            .next()
            .unwrap_or_default()
            .split('|')
            .any(|head| talk::ends_with_login(head.trim()));
        let is_talk = |said: &str| !logins && talk::is_talk(name, said);
        let is_head = cell(text, line..rows, column).is_some_and(|range| is_named(&text[range]));
        if !is_head || columns > COLUMNS {
            continue;
        }
        let mut at = rows;
        while let Some(range) = row(text, at) {
            at = range.end + 1;
            let value = cell(text, range, column).filter(|value| {
                let said = &text[value.clone()];
                is_password(said) && !is_talk(said)
            });
            hits.extend(value.map(|value| Hit::key(value, ContextRule::Password)));
        }
        end = at;
    }
}

/// Where the line begins that this place is in, if that is the head of a table, and where the rows begin below it: behind a
/// line of dashes.
fn table(text: &str, place: usize) -> Option<(usize, usize)> {
    let before = &text[text.ceil_char_boundary(place.saturating_sub(WIDEST))..place];
    let line = match before.rfind('\n') {
        Some(at) => place - before.len() + at + 1,
        None if before.len() == place => 0,
        None => return None,
    };
    if !text[line..place].contains('|') {
        return None;
    }
    let behind = &text[place..text.floor_char_boundary(place + WIDEST)];
    let dashes = place + behind.find('\n')? + 1;
    let below = &text[dashes..text.floor_char_boundary(dashes + WIDEST)];
    let end = below.find('\n').unwrap_or(below.len());
    let drawn = below[..end]
        .bytes()
        .all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'+' | b'\r'));
    (drawn && below[..end].contains("--")).then_some((line, (dashes + end + 1).min(text.len())))
}

/// The line that begins here, if it is a row.
fn row(text: &str, at: usize) -> Option<Range<usize>> {
    let line = text.get(at..).filter(|rest| !rest.is_empty())?;
    let end = line.find('\n').unwrap_or(line.len());
    line[..end].contains('|').then_some(at..at + end)
}

/// What stands behind so many bars of a line, without blanks and emphasis.
fn cell(text: &str, line: Range<usize>, column: usize) -> Option<Range<usize>> {
    let row = text[line.clone()].split('\n').next()?;
    let cell = row.split('|').nth(column)?;
    let start = line.start + row.split('|').take(column).map(|cell| cell.len() + 1).sum::<usize>();
    let bare = cell.trim_start_matches([' ', '\t', '*', '`', '"', '\'']);
    let start = start + cell.len() - bare.len();
    let bare = bare.trim_end_matches([' ', '\t', '\r', '*', '`', '"', '\'']);
    Some(start..start + bare.len())
}

/// Whether a head is a name of a few words: a sentence in a table is none.
fn is_named(head: &str) -> bool {
    head.split_whitespace().count() <= 3 && !head.contains([':', '=', '?'])
}

fn is_password(said: &str) -> bool {
    let lower = said.to_lowercase();
    said.chars().count() >= 4
        && !said.contains(char::is_whitespace)
        && !said.contains("://")
        && said.contains(char::is_alphanumeric)
        && !talk::is_state(&lower)
        && !is_object(said, true)
        && !talk::is_keeper(said)
        && !is_reference(said)
        && !stands_for_a_key(said)
        && !said.contains("***")
}
