//! JSON whose strings are changed, and nothing else of it: order, numbers and blanks stay as they are.
use std::borrow::Cow;

/// The JSON with each of its strings as `change` leaves it; borrowed where none was changed.
pub(super) fn mapped(json: &str, change: impl Fn(&str) -> String) -> Cow<'_, str> {
    let mut all = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(string) = string_from(json, at) {
        at = string.end;
        let written = &json[string.clone()];
        if is_field(written, &json[at..]) {
            continue;
        }
        // What is no JSON after all is text.
        let text: String = serde_json::from_str(written).unwrap_or_else(|_| written.to_owned());
        let changed = change(&text);
        if changed != text {
            all.push_str(&json[copied..string.start]);
            all.push_str(&serde_json::Value::from(changed).to_string());
            copied = string.end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    Cow::Owned(all + &json[copied..])
}

/// Whether a string is the name of a field: programs look for it, and a password may be the same word.
fn is_field(written: &str, rest: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    rest.trim_start().starts_with(':') && written.trim_matches('"').bytes().all(is_name)
}

/// The next string from this place on, with its quotes.
fn string_from(json: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let start = at + json[at..].find('"')?;
    let mut escaped = false;
    let end = json[start + 1..].bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    Some(start..end.map_or(json.len(), |end| start + end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_changed_and_nothing_else() {
        let json = "{\"b\": [\"x\", 1.50,\n \"a\\\"x\\\\\"], \"a\": \"\"}";
        assert_eq!(
            mapped(json, |text| text.replace('x', "\"y\"")),
            "{\"b\": [\"\\\"y\\\"\", 1.50,\n \"a\\\"\\\"y\\\"\\\\\"], \"a\": \"\"}"
        );
        let field = "{\"x_at\" : \"x\", \"X\": 1}";
        let shown = "{\"x_at\" : \"y\", \"y\": 1}";
        assert_eq!(mapped(field, |text| text.replace(['x', 'X'], "y")), shown);
        assert!(matches!(mapped(json, str::to_owned), Cow::Borrowed(_)));
        assert_eq!(
            mapped("not \"closed x", |text| text.replace('x', "")),
            "not \"\\\"closed \""
        );
    }
}
