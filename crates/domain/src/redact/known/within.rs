//! Secrets within text of a known form: the lines of a netrc file, of YAML, the bytes of a wallet.
use zeroize::Zeroizing;

/// The least number of bytes that are a key: 128 bits.
const KEY_BYTES: usize = 16;

/// What a netrc file calls what follows (the manual of `curl` and GNU inetutils).
const NETRC_SECRETS: [&str; 2] = ["password", "account"];

/// The passwords of a netrc file, whether it has lines or not; `None` if the value is none.
pub(super) fn netrc(value: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = value.split_whitespace().collect();
    let begins = matches!(words.first(), Some(&"machine" | &"default"));
    let pairs = words.windows(2).filter(|pair| NETRC_SECRETS.contains(&pair[0]));
    let passwords: Vec<&str> = pairs.map(|pair| pair[1]).collect();
    (begins && !passwords.is_empty()).then_some(passwords)
}

/// The names and values of lines of YAML or of a header: `token: …`, `- name: value`. `None` if the value is no such text.
pub(super) fn lines(value: &str) -> Option<Vec<(&str, &str)>> {
    let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.filter(|line| !line.starts_with('#') && *line != "---");
    let named: Option<Vec<(&str, &str)>> = lines.map(line).collect();
    let pairs = named?.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<(&str, &str)> = pairs.collect();
    (!pairs.is_empty()).then_some(pairs)
}

/// `name: value`, or an item of a list without a name.
fn line(line: &str) -> Option<(&str, &str)> {
    let item = line.trim_start_matches("- ");
    let Some((name, value)) = item.split_once(':') else {
        return (item.len() < line.len()).then_some(("", item));
    };
    let named = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let parted = value.is_empty() || value.starts_with([' ', '\t']);
    (named && parted).then(|| (name, value.trim().trim_matches(['"', '\''])))
}

/// The bytes that a list of numbers or hex digits stands for, if they may be a key.
pub(super) fn bytes_of(value: &str) -> Option<Zeroizing<Vec<u8>>> {
    let numbers = value.strip_prefix('[').and_then(|list| list.strip_suffix(']'));
    let bytes: Option<Vec<u8>> = match numbers {
        Some(list) => list.split(',').map(|number| number.trim().parse().ok()).collect(),
        None => hex_bytes(value.strip_prefix("0x").unwrap_or(value)),
    };
    bytes.map(Zeroizing::new).filter(|bytes| bytes.len() >= KEY_BYTES)
}

fn hex_bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let [high, low] = pair else { return None };
        let byte = char::from(*high).to_digit(16)? * 16 + char::from(*low).to_digit(16)?;
        u8::try_from(byte).ok()
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_a_value_are_read_by_their_form() {
        assert_eq!(netrc("machine a login b password q7Hx"), Some(vec!["q7Hx"]));
        assert_eq!(netrc("the password is q7Hx"), None);
        let yaml = "users:\n- name: a\n  user:\n    token: \"q7Hx\"\n";
        assert_eq!(lines(yaml), Some(vec![("name", "a"), ("token", "q7Hx")]));
        assert_eq!(lines("it is: what\nnobody knows"), None);
        assert_eq!(bytes_of("[1, 2]"), None);
        assert_eq!(bytes_of(&"0aff".repeat(8)).map(|bytes| bytes.len()), Some(16));
    }
}
