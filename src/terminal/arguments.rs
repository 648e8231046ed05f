//! Arguments that look like keys. Somebody pastes one in the wrong place, and the error would repeat it into a log, a
//! transcript, a shared screen.
use crate::domain::ids;
use crate::domain::redact::Redactor;
use std::borrow::Cow;

/// What stands in the place of such an argument.
const HIDDEN: &str = "[hidden: it looks like a key]";
/// Shorter ones are words.
const SHORTEST: usize = 8;
/// As long as a part of an argument must be at least to look made by a machine.
const MADE: usize = 16;

/// Parts of the command line that are not repeated, the longest first.
#[derive(Default)]
pub(super) struct Arguments {
    /// Held values and keys of known forms.
    keys: Vec<String>,
    /// Those that only look made by a machine. A name of a backup may as well, so that they are kept out of errors alone.
    made: Vec<String>,
}

/// The parts of arguments that may be keys at all: neither short nor the name of something that is there.
pub(super) fn suspects(arguments: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for argument in arguments {
        if argument.len() < SHORTEST || std::path::Path::new(argument).exists() {
            continue;
        }
        let bare = argument.trim_start_matches('-');
        let value = argument.split_once('=').map(|(_, value)| value);
        let parts = bare.split(|c: char| c.is_whitespace() || matches!(c, '=' | ',' | ';' | '"' | '\''));
        // `-kVALUE`: an option of one letter with its value.
        let joined = argument.get(2..).filter(|_| argument.starts_with('-'));
        let parts = parts.chain(value).chain(joined).chain([bare, argument.as_str()]);
        found.extend(parts.map(str::to_owned));
    }
    found.retain(|part| part.len() >= SHORTEST && part.bytes().any(|byte| byte.is_ascii_alphanumeric() || byte > 0x7f));
    found.sort_by_key(|part| std::cmp::Reverse(part.len()));
    found.dedup();
    // Nearly all arguments are words of ours, ids of pages, and paths; these need no search.
    found.retain(|part| !is_word(part) && !is_id(part));
    found
}

impl Arguments {
    pub(super) fn of(suspects: &[String], redactor: &Redactor) -> Self {
        let is_key = |part: &&String| redactor.redact_str(part) != part.as_str();
        let (keys, others): (Vec<&String>, Vec<&String>) = suspects.iter().partition(is_key);
        Self {
            keys: keys.into_iter().cloned().collect(),
            made: others.into_iter().filter(|part| is_made(part)).cloned().collect(),
        }
    }

    /// A text without keys of known forms and held values.
    pub(super) fn hide_keys<'t>(&self, text: &'t str) -> Cow<'t, str> {
        hide(text, &mut self.keys.iter())
    }

    /// A text without anything that may be a key.
    pub(super) fn hide_all<'t>(&self, text: &'t str) -> Cow<'t, str> {
        hide(text, &mut self.keys.iter().chain(&self.made))
    }
}

fn hide<'t>(text: &'t str, parts: &mut dyn Iterator<Item = &String>) -> Cow<'t, str> {
    let mut shown = Cow::Borrowed(text);
    for part in parts {
        // Errors quote an argument as it is, or as `Debug` writes it.
        let quoted = format!("{part:?}");
        let quoted = quoted.trim_matches('"');
        for form in [part.as_str(), quoted] {
            if shown.contains(form) {
                shown = Cow::Owned(shown.replace(form, HIDDEN));
            }
        }
    }
    shown
}

/// Lower-case words with signs between them: commands, options, kinds.
fn is_word(part: &str) -> bool {
    part.len() < 2 * MADE
        && part
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
        && part.split(['-', '_']).all(|word| word.len() < SHORTEST)
}

/// A page's id as Notion writes it, alone or at the end of its address.
fn is_id(part: &str) -> bool {
    let is_dashed = part.len() == 36 && ids::normalise(part).as_deref() == Some(&part.to_ascii_lowercase());
    let is_address = part.starts_with("https://www.notion.so/") || part.starts_with("https://app.notion.com/");
    is_dashed || is_address && ids::normalise(part).is_some()
}

/// Letters and digits in turn, over a length at which words have ended.
fn is_made(part: &str) -> bool {
    part.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
        let turns = word.as_bytes().windows(2).filter(|pair| {
            let (first, second) = (kind(pair[0]), kind(pair[1]));
            // A capital before small letters is how words begin.
            first.0 != second.0 || !first.1 && second.1
        });
        word.len() >= MADE && turns.count() >= 4
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::redact::{KnownValues, Patterns};

    fn arguments(written: &[&str], held: &str) -> Arguments {
        let written: Vec<String> = written.iter().map(|&part| part.to_owned()).collect();
        let known = KnownValues::from_env([("A_SECRET".to_owned(), held.into())]);
        Arguments::of(&suspects(&written), &Redactor::new(Patterns::builtin(), known))
    }

    fn made_up(length: usize) -> String {
        // Digits in between, so that it never looks like words.
        let letters = std::iter::repeat_with(fastrand::alphanumeric);
        letters
            .zip((0..10).cycle())
            .map(|(c, n)| if n % 3 == 0 { char::from(b'0' + n) } else { c })
            .take(length)
            .collect()
    }

    #[test]
    fn a_key_is_hidden_wherever_it_was_pasted() {
        let (held, random) = (made_up(36), made_up(24));
        let form = format!("gsk_{}", made_up(52));
        for key in [&held, &random, &form] {
            for place in [
                key.clone(),
                format!("--{key}"),
                format!("--token={key}"),
                format!("-k{key}"),
                format!("use {key} now"),
            ] {
                let hidden = arguments(&[&place], &held);
                let error = format!("error: unexpected argument '{place}' found, or {key:?}");
                let shown = hidden.hide_all(&error);
                assert!(
                    !key.as_bytes()
                        .windows(8)
                        .any(|piece| shown.contains(std::str::from_utf8(piece).unwrap())),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn what_people_mistype_is_repeated() {
        let typed = [
            "--jsno",
            "stauts",
            "--dry-runn",
            "BYBIT_API_KEY",
            "huggingface",
            "config/keyminder.toml",
            "k7p2-93qd",
            "2f1c7a90-4b3d-80e2-9a51-c0ffee11aa01",
            "https://www.notion.so/A-title-2f1c7a904b3d80e29a51c0ffee11aa01",
            "KeyminderConfig.toml",
            "2026-12-01T00:00:00Z",
        ];
        let hidden = arguments(&typed, &made_up(36));
        for argument in typed {
            assert_eq!(hidden.hide_all(argument), argument);
        }
    }
}
