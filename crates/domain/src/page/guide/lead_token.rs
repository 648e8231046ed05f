//! The words, figures and signs that a line begins with.
use super::words::words_of;

/// So many words and signs of a line are looked at.
const LONGEST_LEAD: usize = 16;

/// A word, a figure or a sign of a line.
#[derive(Clone, Debug)]
pub(super) struct LeadToken {
    pub(super) what: LeadPart,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a blank stands before it.
    pub(super) is_apart: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LeadPart {
    /// As it is written, and folded.
    Word(String, String),
    Figure(u32),
    /// A figure that needs no sign behind it: "3️⃣", "③".
    Keycap(u32),
    Sign(char),
}

/// The first words and signs of a line.
pub(super) fn tokens(line: &str) -> Vec<LeadToken> {
    let mut found: Vec<LeadToken> = Vec::new();
    let mut chars = line.char_indices().peekable();
    let mut is_apart = true;
    while let Some((start, c)) = chars.next() {
        if found.len() > LONGEST_LEAD {
            break;
        }
        // What only changes how the sign before it looks.
        if matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{200b}' | '\u{1f3fb}'..='\u{1f3ff}') {
            continue;
        }
        if c == '\u{20e3}' {
            if let Some(LeadToken { what, end, .. }) = found.last_mut()
                && let LeadPart::Figure(number) = *what
            {
                *what = LeadPart::Keycap(number);
                *end = start + c.len_utf8();
            }
            continue;
        }
        if c.is_whitespace() {
            is_apart = true;
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut take_while = |fits: fn(char) -> bool| {
            while let Some((at, next)) = chars.next_if(|(_, next)| fits(*next)) {
                end = at + next.len_utf8();
            }
            end
        };
        let (what, end) = if c.is_ascii_digit() {
            let end = take_while(|next| next.is_ascii_digit());
            (
                line[start..end].parse().map_or(LeadPart::Sign(c), LeadPart::Figure),
                end,
            )
        } else if let Some(number) = circled(c) {
            (LeadPart::Keycap(number), end)
        } else if c.is_alphabetic() {
            let end = take_while(|next| next.is_alphabetic() || next == '\u{301}');
            let word = &line[start..end];
            (LeadPart::Word(word.to_owned(), words_of(word)), end)
        } else {
            (LeadPart::Sign(c), end)
        };
        found.push(LeadToken {
            what,
            start,
            end,
            is_apart,
        });
        is_apart = false;
    }
    found
}

fn circled(c: char) -> Option<u32> {
    match c {
        '①'..='⑳' => Some(u32::from(c) - u32::from('①') + 1),
        '❶'..='❿' => Some(u32::from(c) - u32::from('❶') + 1),
        '🔟' => Some(10),
        _ => None,
    }
}
