//! Secrets in lines of `.env` that no program reads: comments, names that are none, keys over several lines.
use secrecy::SecretString;
use zeroize::Zeroizing;

/// The variable in a comment that is nothing else: `#OLD_SECRET=...`.
pub(super) fn taken_out(line: usize, text: &[u8]) -> Option<(String, SecretString)> {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"#").unwrap_or(text).trim_ascii_start();
    let name = text.split(|byte| *byte == b'=').next().unwrap_or_default();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let is_variable = (1..text.len()).contains(&name.len()) && name.iter().all(is_name);
    is_variable.then(|| stray_value(line, text))
}

/// The name and the value of a line that is no statement.
pub(super) fn stray_value(line: usize, text: &[u8]) -> (String, SecretString) {
    let text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    let text = text.trim();
    let text = text.strip_prefix("export ").unwrap_or(text).trim_start();
    let (name, value) = text.split_once(['=', ':']).unwrap_or(("", text));
    let is_name = (1..=64).contains(&name.len()) && !name.contains(char::is_whitespace);
    // What stands before a sign of base64 in the line of a key is no name.
    let (name, value) = if is_name && !value.trim_matches('=').is_empty() {
        (name.to_owned(), value)
    } else {
        (format!(".env line {line}"), text)
    };
    let value = value.trim().trim_matches(['"', '\'', ',']);
    (name, SecretString::from(value))
}
