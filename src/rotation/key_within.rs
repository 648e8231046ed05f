//! The key alone, within a value that holds more: what people copy along with a key stands in front of it or behind it.
use super::dotenv::KeyValues;
use super::providers::{Provider, Providers, Variable};
use secrecy::{ExposeSecret, SecretString};

/// What people copy along with a key, out of a header, a URL or a line of `.env`.
const IN_FRONT: [&str; 6] = ["export", "Authorization:", "Bearer", "Basic", "Token", "bot"];
/// What ends a line of code or a quoted text; no key ends so.
const AT_THE_END: [char; 6] = [';', ',', '"', '\'', '`', '\\'];
/// What ends a key of a known form as well: a comment, another command, a bracket.
const BEHIND: [char; 7] = ['#', '&', '|', ')', ']', '}', '>'];

/// A value without the marks at its end: with them it is the same key.
pub(super) fn without_marks(value: &str) -> &str {
    value.trim_end_matches(AT_THE_END)
}

/// What stands in front of a key within its value; an address is no key at all.
pub(super) fn in_front(variable: &Variable, value: &str) -> Option<&'static str> {
    if let Some(scheme) = ["https://", "http://"]
        .into_iter()
        .find(|scheme| behind_word(value, scheme).is_some())
    {
        return Some(scheme);
    }
    let is_key = |text: &str| is_key(variable, text);
    IN_FRONT.into_iter().find(|word| {
        behind_word(value, word).is_some_and(|rest| {
            let key = rest.trim_start();
            is_key(key) && (key.len() < rest.len() || variable.format.is_some() && !is_key(value))
        })
    })
}

/// The mark that stands right behind a key within its value.
pub(super) fn behind<'v>(variable: &Variable, value: &'v str) -> Option<&'v str> {
    let rest = value.strip_prefix(key_within(variable, value)?)?;
    let mark = rest.chars().next()?;
    let says = !mark.is_whitespace() && !mark.is_control();
    says.then(|| &rest[..mark.len_utf8()])
}

/// The key alone, where the value holds more than that. `None`: it is the key, or no key is known within it.
pub(super) fn key_within<'v>(variable: &Variable, value: &'v str) -> Option<&'v str> {
    let has_form = variable.format.is_some();
    if has_form && is_key(variable, value) {
        return None;
    }
    let is_around = |c: char| c.is_whitespace() || c.is_control() || AT_THE_END.contains(&c);
    let mut inner = value.trim_start_matches(is_around);
    for word in IN_FRONT {
        if let Some(rest) = behind_word(inner, word).filter(|rest| has_form || rest.starts_with(char::is_whitespace)) {
            inner = rest.trim_start_matches(is_around);
        }
    }
    if let Some((name, rest)) = inner.split_once('=')
        && variable.answers_to(name.trim())
    {
        inner = rest.trim_start_matches(is_around);
    }
    let ends_it = |c: char| !c.is_ascii_graphic() || AT_THE_END.contains(&c) || BEHIND.contains(&c);
    let key = if has_form {
        inner.split(ends_it).next().unwrap_or_default()
    } else {
        inner.trim_end_matches(is_around)
    };
    (key != value && !key.is_empty() && is_key(variable, key)).then_some(key)
}

/// The values of a key, where one of them holds more than that: with the keys alone.
pub(super) fn keys_within(provider: &Provider, values: &KeyValues) -> Option<KeyValues> {
    let mut alone = values.clone();
    let mut is_more = false;
    for (name, value) in &mut alone {
        let variable = provider.variable(name);
        let key = variable.and_then(|variable| key_within(variable, value.expose_secret()));
        if let Some(key) = key.map(SecretString::from) {
            (*value, is_more) = (key, true);
        }
    }
    is_more.then_some(alone)
}

/// The values, and beside each that holds more than a key the key alone: elsewhere it stands without what was copied along.
pub(super) fn with_keys_alone(providers: &Providers, values: &[(String, SecretString)]) -> Vec<(String, SecretString)> {
    let alone = values.iter().filter_map(|(name, value)| {
        let variable = providers.of_variable(name)?.variable(name)?;
        let key = key_within(variable, value.expose_secret())?;
        Some((name.clone(), SecretString::from(key)))
    });
    values.iter().cloned().chain(alone).collect()
}

fn is_key(variable: &Variable, text: &str) -> bool {
    variable.format.as_ref().is_none_or(|format| format.is_match(text))
}

/// What follows a word at the beginning, whatever its case.
fn behind_word<'v>(value: &'v str, word: &str) -> Option<&'v str> {
    let (front, rest) = value.split_at_checked(word.len())?;
    front.eq_ignore_ascii_case(word).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_within_what_was_copied_along() {
        let providers = Providers::builtin();
        let groq = &providers.get("groq").unwrap().variables[0];
        let key = format!("gsk_{}", "aB3".repeat(16));
        for (front, behind) in [
            ("", ";"),
            ("", ","),
            ("", "\""),
            ("\"", "\","),
            ("", "#the old one"),
            ("", " ; export A=b"),
            ("", "\n"),
            ("", "\\"),
            ("", "\u{a0}"),
            ("'", "'"),
            ("Bearer ", ";"),
            ("export API_Groq=", ""),
            ("API_Groq=\"", "\";"),
            ("Authorization: Bearer ", "'"),
        ] {
            let value = format!("{front}{key}{behind}");
            assert_eq!(key_within(groq, &value), Some(key.as_str()), "{front}..{behind}");
        }
        for value in [key.as_str(), "", ";", "gsk_short;", "no key at all"] {
            assert_eq!(key_within(groq, value), None, "{value}");
        }
    }

    #[test]
    fn a_key_of_no_known_form_loses_the_marks_at_its_end_alone() {
        let providers = Providers::builtin();
        let groq = &providers.get("groq").unwrap().variables[0];
        let of_any_form = Variable {
            format: None,
            ..groq.clone()
        };
        for (value, key) in [
            ("a#b|c;", Some("a#b|c")),
            ("\"a#b\",", Some("a#b")),
            ("a#b|c", None),
            ("botany", None),
            ("Bearer a#b", Some("a#b")),
        ] {
            assert_eq!(key_within(&of_any_form, value), key, "{value}");
        }
    }
}
