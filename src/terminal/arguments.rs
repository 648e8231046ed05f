//! Arguments that look like keys. Somebody pastes one in the wrong place, and the error would repeat it into a log, a
//! transcript, a shared screen.
use super::held::HeldSecrets;
use crate::domain::ids;
use crate::domain::redact::label;
use secrecy::ExposeSecret as _;
use std::borrow::Cow;

/// What stands in the place of such an argument.
const HIDDEN: &str = "[hidden: it looks like a key]";
/// Shorter ones are words.
const SHORTEST: usize = 8;
/// Shorter ones are not even looked at.
const SHORTEST_HELD: usize = 3;
/// As long as a value of signs or digits must be to be hidden as a word.
const TELLING: usize = 5;
/// As long as a part of an argument must be at least to look made by a machine.
const MADE: usize = 16;

/// Parts of the command line that are not repeated, the longest first.
#[derive(Default)]
pub(super) struct Arguments {
    /// Held values and keys of known forms.
    keys: Vec<String>,
    /// Those that only look made by a machine. A name of a backup may as well, so that they are kept out of errors alone.
    made: Vec<String>,
    /// Held values that are too short or too ordinary to be found in any text. In an error that quotes one it is hidden,
    /// and one that was pasted everywhere as a word.
    ordinary: Vec<Ordinary>,
}

struct Ordinary {
    name: String,
    value: String,
    pasted: bool,
}

/// An argument, and what may be meant in it.
fn parts(argument: &str) -> impl Iterator<Item = &str> {
    let bare = argument.trim_start_matches('-');
    let value = argument.split_once('=').map(|(_, value)| value);
    let parts = bare.split(|c: char| c.is_whitespace() || matches!(c, '=' | ',' | ';' | '"' | '\''));
    // `-kVALUE`: an option of one letter with its value.
    let joined = argument.get(2..).filter(|_| argument.starts_with('-'));
    parts.chain(value).chain(joined).chain([bare, argument])
}

/// The parts of arguments that may be keys at all: neither short nor the name of something that is there.
fn suspects(arguments: &[String]) -> Vec<String> {
    let long = arguments.iter().filter(|argument| argument.len() >= SHORTEST);
    let long = long.filter(|argument| !std::path::Path::new(argument).exists());
    let mut found: Vec<String> = long.flat_map(|argument| parts(argument)).map(str::to_owned).collect();
    found.retain(|part| part.len() >= SHORTEST && part.bytes().any(|byte| byte.is_ascii_alphanumeric() || byte > 0x7f));
    found.sort_by_key(|part| std::cmp::Reverse(part.len()));
    found.dedup();
    // Nearly all arguments are words of ours, ids of pages, and paths; these need no search.
    found.retain(|part| !is_word(part) && !is_id(part));
    found
}

impl Arguments {
    pub(super) fn of(arguments: &[String], held: &HeldSecrets) -> Self {
        let is_key = |part: &String| held.redactor.redact_str(part) != part.as_str();
        let (keys, others): (Vec<String>, Vec<String>) = suspects(arguments).into_iter().partition(is_key);
        let is_pasted = |value: &str| {
            arguments
                .iter()
                .flat_map(|argument| parts(argument))
                .any(|part| part == value)
        };
        let ordinary = held.ordinary.iter().map(|(name, value)| Ordinary {
            name: name.clone(),
            pasted: is_pasted(value.expose_secret()),
            value: value.expose_secret().to_owned(),
        });
        Self {
            keys,
            made: others.into_iter().filter(|part| is_made(part)).collect(),
            ordinary: ordinary.filter(|held| held.value.len() >= SHORTEST_HELD).collect(),
        }
    }

    /// A text without keys of known forms and held values.
    pub(super) fn hide_keys<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let shown = hide(text, &mut self.keys.iter());
        self.without_ordinary(shown, |held| held.pasted)
    }

    /// A text without anything that may be a key.
    pub(super) fn hide_all<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let shown = hide(text, &mut self.keys.iter().chain(&self.made));
        self.without_ordinary(shown, |_| true)
    }

    fn without_ordinary<'t>(&self, mut shown: Cow<'t, str>, which: impl Fn(&Ordinary) -> bool) -> Cow<'t, str> {
        for held in self.ordinary.iter().filter(|held| which(held)) {
            if shown.contains(&held.value) {
                shown = Cow::Owned(held.hidden_in(&shown));
            }
        }
        shown
    }
}

impl Ordinary {
    /// Whether it is no word that an error says anyhow, and no number of a year or a line.
    fn is_telling(&self) -> bool {
        self.value.chars().count() >= TELLING && !self.value.chars().all(char::is_alphabetic)
    }

    /// The text without this value where it is quoted, or stands as a word and was pasted or is none.
    fn hidden_in(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut copied = 0;
        for (at, _) in text.match_indices(&self.value) {
            let end = at + self.value.len();
            let (before, after) = (text[..at].chars().next_back(), text[end..].chars().next());
            let is_quoted = before == after && matches!(before, Some('"' | '\'' | '`'));
            let is_word = [before, after].iter().all(|c| !c.is_some_and(char::is_alphanumeric));
            if at >= copied && (is_quoted || is_word && (self.pasted || self.is_telling())) {
                shown.push_str(&text[copied..at]);
                shown.push_str(&label(&self.name));
                copied = end;
            }
        }
        shown + &text[copied..]
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
    use crate::domain::redact::{KnownValues, Patterns, Redactor};

    fn arguments(written: &[&str], held: &str) -> Arguments {
        let written: Vec<String> = written.iter().map(|&part| part.to_owned()).collect();
        let known = KnownValues::from_env([("A_SECRET".to_owned(), held.into())]);
        let held = HeldSecrets {
            redactor: Redactor::new(Patterns::builtin(), known),
            ordinary: vec![("PIN".to_owned(), "4821".into())],
        };
        Arguments::of(&written, &held)
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
    fn a_short_secret_is_hidden_where_it_was_pasted_or_is_quoted() {
        let error = "unrecognized subcommand '4821'; page 4821 of 48210";
        let pasted = arguments(&["--pin=4821"], &made_up(36));
        let shown = "unrecognized subcommand '[redacted: PIN]'; page [redacted: PIN] of 48210";
        assert_eq!(pasted.hide_all(error), shown);
        let elsewhere = arguments(&["status"], &made_up(36));
        let shown = "unrecognized subcommand '[redacted: PIN]'; page 4821 of 48210";
        assert_eq!(elsewhere.hide_all(error), shown);
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
