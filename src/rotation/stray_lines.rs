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

/// The secrets in the lines of a file that is no `.env`, or one that cannot be read to its end, or a token alone; `unnamed`:
/// what a line without a name holds.
pub fn stray_values(bytes: &[u8], unnamed: &str) -> Vec<(String, SecretString)> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines = lines.filter(|text| !text.is_empty()).filter_map(|text| {
        if text.starts_with(b"#") {
            return taken_out(0, text);
        }
        let (name, value) = named_value(text);
        Some((name.unwrap_or_else(|| unnamed.to_owned()), value))
    });
    lines.collect()
}

/// The name and the value of a line that is no statement.
pub(super) fn stray_value(line: usize, text: &[u8]) -> (String, SecretString) {
    let (name, value) = named_value(text);
    (name.unwrap_or_else(|| format!(".env line {line}")), value)
}

fn named_value(text: &[u8]) -> (Option<String>, SecretString) {
    let text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    let text = text.trim();
    let text = text.strip_prefix("export ").unwrap_or(text).trim_start();
    let (name, value) = text.split_once(['=', ':']).unwrap_or(("", text));
    let is_name = (1..=64).contains(&name.len()) && !name.contains(char::is_whitespace);
    // What stands before a sign of base64 in the line of a key is no name.
    let (name, value) = if is_name && !value.trim_matches('=').is_empty() {
        (Some(name.to_owned()), value)
    } else {
        (None, text)
    };
    let value = value.trim().trim_matches(['"', '\'', ',']);
    (name, SecretString::from(value))
}
