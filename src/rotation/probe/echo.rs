//! What a provider says about a key may repeat the key: such words are dropped before anything is kept, shown or stored.
use crate::domain::redact::{KnownValues, Patterns, Redactor};
use crate::rotation::providers::Captures;
use secrecy::{ExposeSecret, SecretString};

/// A word that shares so many characters with a value is a piece of it.
const PIECE: usize = 6;

/// The captures without their words, where these hold a key, in one of them or over all of them: this one, a piece of
/// it, or another that is known by its form.
pub(super) fn without_keys(captures: Captures, values: &[SecretString]) -> Captures {
    let words = &captures.permissions;
    if words.is_empty() || !(holds_key(&words.concat(), values) || holds_key(&words.join(" "), values)) {
        return captures;
    }
    Captures {
        permissions: Vec::new(),
        ..captures
    }
}

fn holds_key(text: &str, values: &[SecretString]) -> bool {
    let is_piece = |value: &SecretString| {
        let value: Vec<char> = value.expose_secret().chars().collect();
        value
            .windows(PIECE)
            .any(|piece| text.contains(&piece.iter().collect::<String>()))
    };
    values.iter().any(is_piece) || Redactor::new(Patterns::builtin(), KnownValues::none()).redact_str(text) != text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(words: &[&str], value: &str) -> usize {
        let captures = Captures {
            permissions: words.iter().map(|word| (*word).to_owned()).collect(),
            ..Captures::default()
        };
        without_keys(captures, &[SecretString::from(value)]).permissions.len()
    }

    #[test]
    fn words_that_repeat_a_key_are_dropped_and_rights_are_kept() {
        let value: String = std::iter::repeat_with(fastrand::alphanumeric).take(40).collect();
        let rights = [
            "repo",
            "read:org",
            "Wallet.AccountTransfer",
            "ContractTrade.Position",
            "fineGrained",
            "workflow",
        ];
        assert_eq!(kept(&rights, &value), rights.len());
        assert_eq!(kept(&["repo", &value], &value), 0);
        assert_eq!(kept(&["repo", &value[10..16]], &value), 0, "a piece");
        let chunks: Vec<String> = value
            .as_bytes()
            .chunks(4)
            .map(|c| String::from_utf8_lossy(c).into_owned())
            .collect();
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        assert_eq!(kept(&chunks, &value), 0, "in pieces that are short");
        let other = format!("ghp_{}", &value[..36]);
        assert_eq!(kept(&["repo", &other], "none"), 0, "another key by its form");
    }
}
