//! Connection strings: names with values, between semicolons, blanks, commas or ampersands.

/// What stands between the settings of a connection string; the first that makes settings of all of it.
const SEPARATORS: [fn(char) -> bool; 4] = [|c| c == ';', |c| c == '&', |c| c == ',', char::is_whitespace];

/// The longest name of a setting.
const LONGEST_NAME: usize = 40;

/// The names and values of a connection string: `Server=db;Pwd=…`, `host=db password='…'`, `db:6380,password=…,ssl=True`,
/// `PlainLoginModule required password="…";`. `None` if the value is none.
pub(super) fn settings(value: &str) -> Option<Vec<(&str, &str)>> {
    SEPARATORS.into_iter().find_map(|separates| between(value, separates))
}

/// The parameters of an address: the rest of it behind the path.
pub(super) fn parameters(rest: &str) -> impl Iterator<Item = (&str, &str)> {
    parts_of(rest, |c| matches!(c, '?' | '#' | '&' | ';')).filter_map(pair)
}

/// The pairs between separators, if nothing else stands behind the first of them; words or a host may stand before.
fn between(value: &str, separates: fn(char) -> bool) -> Option<Vec<(&str, &str)>> {
    let mut pairs = Vec::new();
    let mut parts = 0;
    for part in parts_of(value, separates) {
        parts += 1;
        match pair(part) {
            Some(pair) => pairs.push(pair),
            None if pairs.is_empty() => {}
            None => return None,
        }
    }
    (parts > 1 && !pairs.is_empty()).then_some(pairs)
}

/// What stands between the separators that are not within quotes.
fn parts_of(value: &str, separates: fn(char) -> bool) -> impl Iterator<Item = &str> {
    let (mut quote, mut before) = (None, ' ');
    let parts = value.split(move |c: char| {
        let within = quote.is_some();
        match quote {
            Some(end) if c == end && before != '\\' => quote = None,
            None if before == '=' => quote = closing(c),
            _ => {}
        }
        before = c;
        !within && quote.is_none() && separates(c)
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// What closes a value that this opens.
fn closing(c: char) -> Option<char> {
    match c {
        '"' | '\'' => Some(c),
        '{' => Some('}'),
        _ => None,
    }
}

/// `name=value`, the value without its quotes.
fn pair(part: &str) -> Option<(&str, &str)> {
    let (name, value) = part.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let named = name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' '));
    named.then(|| (name, unquoted(value)))
}

fn unquoted(value: &str) -> &str {
    let inner = value.chars().next().and_then(closing).and_then(|end| {
        let inner = value.get(1..)?.trim_end_matches(';');
        inner.strip_suffix(end)
    });
    inner.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_strings_fall_into_settings() {
        type Pairs = &'static [(&'static str, &'static str)];
        let cases: [(&str, Option<Pairs>); 9] = [
            (
                "Server=db;User Id=sa;Password=a b;",
                Some(&[("Server", "db"), ("User Id", "sa"), ("Password", "a b")]),
            ),
            ("Server=db;Pwd={a;b}", Some(&[("Server", "db"), ("Pwd", "a;b")])),
            (
                "host=db password='it is' port=5",
                Some(&[("host", "db"), ("password", "it is"), ("port", "5")]),
            ),
            (
                "db:6380,password=ab==,ssl=True",
                Some(&[("password", "ab=="), ("ssl", "True")]),
            ),
            (
                r#"LoginModule required username="$x" password="A=sb://y/;B=z";"#,
                Some(&[("username", "$x"), ("password", "A=sb://y/;B=z")]),
            ),
            ("a=1&b=2", Some(&[("a", "1"), ("b", "2")])),
            ("q7Hx=77kk", None),
            ("it is;a word=b;and so on", None),
            ("some words", None),
        ];
        for (value, expected) in cases {
            assert_eq!(settings(value).as_deref(), expected, "{value}");
        }
    }
}
