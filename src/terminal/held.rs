//! What a project holds, and how a text is printed without it.
use super::json::mapped;
use crate::domain::comment::RawText;
use crate::domain::redact::{Redactor, label};
use secrecy::SecretString;
use std::borrow::Cow;

/// As much of a text is searched at once: less than what the redactor leaves out of a longer one.
const AT_ONCE: usize = 16_000;

/// The values that a project holds, as far as they could be read.
pub struct HeldSecrets {
    /// Finds them, and keys of known forms.
    pub redactor: Redactor,
    /// Secrets that are too short or too ordinary to be found in a text: with their names.
    pub ordinary: Vec<(String, SecretString)>,
}

impl HeldSecrets {
    /// A text for stdout: without held values and keys of known forms. What merely stands where a key might stays, since
    /// programs read these lines.
    pub(super) fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        in_parts(text, |part| {
            let found = self.redactor.redact(&RawText::new(part)).findings;
            let hidden = found.into_iter().filter(|finding| !finding.bare);
            let hidden: Vec<_> = hidden
                .filter_map(|finding| Some((finding.span?, finding.label)))
                .collect();
            if hidden.is_empty() {
                return Cow::Borrowed(part);
            }
            let mut shown = String::with_capacity(part.len());
            let mut at = 0;
            for ((start, end), name) in hidden {
                shown.push_str(&part[at..start]);
                shown.push_str(&label(&name));
                at = end;
            }
            shown.push_str(&part[at..]);
            Cow::Owned(shown)
        })
    }

    /// JSON for stdout: each of its strings as [`HeldSecrets::hide`] leaves it.
    pub(super) fn hide_in_json<'t>(&self, json: &'t str) -> Cow<'t, str> {
        mapped(json, |text| self.hide(text).into_owned())
    }

    /// A text for stderr: without anything that may be a key.
    pub(super) fn hide_all<'t>(&self, text: &'t str) -> Cow<'t, str> {
        in_parts(text, |part| self.redactor.redact_str(part))
    }
}

/// The text with each of its parts replaced; borrowed where none was.
fn in_parts<'t>(text: &'t str, replace: impl Fn(&'t str) -> Cow<'t, str>) -> Cow<'t, str> {
    if text.len() <= AT_ONCE {
        return replace(text);
    }
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let most = rest.floor_char_boundary(AT_ONCE);
        // Whole lines, where there are any: a key is rarely on two.
        let end = rest[..most].rfind('\n').map_or(most, |at| at + 1);
        let end = if most == rest.len() { most } else { end };
        all.push_str(&replace(&rest[..end]));
        rest = &rest[end..];
    }
    Cow::Owned(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::redact::{KnownValues, Patterns};

    fn held(value: &str) -> HeldSecrets {
        let known = KnownValues::from_env([("A_SECRET".to_owned(), value.into())]);
        HeldSecrets {
            redactor: Redactor::new(Patterns::builtin(), known),
            ordinary: Vec::new(),
        }
    }

    fn value() -> String {
        std::iter::repeat_with(fastrand::alphanumeric).take(36).collect()
    }

    #[test]
    fn held_values_and_pieces_of_them_are_not_printed() {
        let value = value();
        let held = held(&value);
        for written in [&value, &value[4..20], &value.to_lowercase()[4..24]] {
            let text = format!("page  {written}\nstate ok\n");
            assert_eq!(held.hide(&text), "page  [redacted: A_SECRET]\nstate ok\n");
            let json = format!("{{\n  \"page\": \"a \\\"{written}\\\"\",\n  \"at\": 12\n}}");
            let shown: serde_json::Value = serde_json::from_str(&held.hide_in_json(&json)).unwrap();
            assert_eq!(
                shown,
                serde_json::json!({"page": "a \"[redacted: A_SECRET]\"", "at": 12})
            );
        }
    }

    #[test]
    fn a_long_text_is_searched_to_its_end_and_kept() {
        let value = value();
        let text = "a line of words\n".repeat(4_000) + &value + "\n" + &"x".repeat(40_000);
        assert_eq!(held(&value).hide(&text), text.replace(&value, "[redacted: A_SECRET]"));
    }

    #[test]
    fn what_stands_where_a_key_might_is_printed_and_not_said_in_an_error() {
        let text = "set the token: Zq8vN2mX4kLp7RtY";
        assert_eq!(held("none-of-these-9x").hide(text), text);
        assert_ne!(held("none-of-these-9x").hide_all(text), text);
    }
}
