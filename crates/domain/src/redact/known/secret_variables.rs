//! Which variables of a `.env` hold a secret: judged by name and by the shape of the value.
use super::addresses::after_scheme;
use super::names::NameWords;
use super::random::{is_id, is_rather_random, is_surely_random};
use crate::redact::patterns::says_made_up;
use crate::redact::shape;

/// What may stand beside a word that says that a value is made up, besides the words of the variable's own name.
const FILLING: [&str; 22] = [
    "a",
    "an",
    "the",
    "my",
    "me",
    "new",
    "old",
    "here",
    "with",
    "this",
    "value",
    "key",
    "keys",
    "api",
    "token",
    "secret",
    "password",
    "passwort",
    "wachtwoord",
    "real",
    "actual",
    "goes",
];

/// What begins and ends a reference to a value.
const REFERENCES: [[&str; 2]; 3] = [["<", ">"], ["${", "}"], ["{{", "}}"]];

/// Words of settings that say yes, no or nothing.
const SWITCHES: [&str; 10] = [
    "true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled",
];

/// Whether a variable holds a secret that can be masked, judged by its name and the shape of its value.
pub(in crate::redact) fn is_secret(name: &str, value: &str) -> bool {
    let (name, value) = (NameWords::of(name), value.trim());
    if value.is_empty() || is_placeholder(&name, value) {
        return false;
    }
    if shape::has_token_prefix(value) {
        return true;
    }
    if is_setting(&name, value) {
        return false;
    }
    let long = value.chars().count() >= 6;
    match (name.is_plain(), name.is_secret()) {
        // Shorter ones could not be masked without masking half the text.
        (false, true) => {
            long && (name.is_password() || name.is_phrase() && shape::is_phrase(value) || !shape::is_words(value))
        }
        (false, false) => value.len() >= 20 && shape::is_random(value) && !shape::is_hex(value) && !is_text(value),
        // `API_KEY_ENV`, `STRIPE_KEY_ID`: a setting, unless no setting looks like its value.
        (true, true) => !name.has("PUBLIC") && value.len() >= 10 && is_mixed(value),
        (true, false) => false,
    }
}

/// Whether a variable of ours holds a secret that can be masked: as [`is_secret`], or something random under any name.
pub(super) fn is_held_secret(name: &str, value: &str) -> bool {
    let (words, bare) = (NameWords::of(name), value.trim());
    let random = || is_surely_random(bare) && !words.has("PUBLIC") && after_scheme(bare).is_none();
    !is_id(&words, bare) && (is_secret(name, value) || random() && !is_placeholder(&words, bare))
}

/// Whether a variable that is not masked may hold a secret all the same: its value looks random, and no name and form say
/// that it is an id.
pub(super) fn may_hold_secret(name: &str, value: &str) -> bool {
    let (name, value) = (NameWords::of(name), value.trim());
    (is_surely_random(value) || is_rather_random(value)) && !is_id(&name, value) && !is_placeholder(&name, value)
}

/// Whether a password is none yet, but what an example has in its place.
pub(super) fn is_default_password(name: &str, value: &str) -> bool {
    let (name, value) = (NameWords::of(name), value.trim());
    name.is_password() && !name.is_plain() && !value.is_empty() && !is_reference(value) && is_placeholder(&name, value)
}

/// Whether the name of a variable says that its value is a secret, whatever that looks like.
pub(super) fn is_named_secret(name: &str, value: &str) -> bool {
    let (name, value) = (NameWords::of(name), value.trim());
    let setting = value.is_empty()
        || is_placeholder(&name, value)
        || SWITCHES.contains(&value.to_lowercase().as_str())
        || is_setting(&name, value) && !name.is_password();
    name.ends_secret() && !name.is_plain() && !setting
}

/// Digits and letters of both cases, and nothing else: what no host, path or number looks like.
fn is_mixed(value: &str) -> bool {
    let counts = shape::CharCounts::of(value);
    let all = [counts.lower, counts.upper, counts.digit];
    all.iter().all(|count| *count > 0) && all.iter().sum::<usize>() == value.len() && shape::is_random(value)
}

/// Whether a text stands for a value. Of what is called a password every word has to say so: people make passwords of
/// words, and begin them with any.
fn is_placeholder(name: &NameWords, value: &str) -> bool {
    let crossed = |c| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '•' | '…');
    if value.chars().all(crossed) || is_reference(value) {
        return true;
    }
    let lower = value.to_lowercase();
    let parts = || lower.split(['_', '-', '.', ' ', '/']).filter(|part| !part.is_empty());
    let filling = |part: &str| says_made_up(part) || FILLING.contains(&part) || name.has(&part.to_uppercase());
    parts().any(says_made_up) && (parts().all(filling) || !name.is_password() && shape::is_words(value))
}

/// Whether a text says where the value is, or what belongs there.
fn is_reference(value: &str) -> bool {
    REFERENCES.iter().any(|[start, end]| {
        let inner = value.strip_prefix(start).and_then(|inner| inner.strip_suffix(end));
        inner.is_some_and(|inner| *start == "${" || !inner.is_empty() && shape::is_words(inner))
    })
}

/// A number, a path, an address; of what is called a password words between slashes are none.
fn is_setting(name: &NameWords, value: &str) -> bool {
    let is_path = value.starts_with(['/', '~', '.']) || value.get(1..3) == Some(":\\");
    let is_number = value
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':'));
    after_scheme(value).is_some()
        || is_path && shape::is_words(value)
        || is_number && value.len() < 6
        || !name.is_password() && is_words_by_slash(value)
}

/// What people read, or a list of hosts: `db1.example:5432,db2.example:5432`.
fn is_text(value: &str) -> bool {
    let is_host = |host: &str| {
        let (host, port) = host.rsplit_once(':').unwrap_or((host, ""));
        let labels = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
        host.contains('.') && host.bytes().all(labels) && port.bytes().all(|b| b.is_ascii_digit())
    };
    value.contains(char::is_whitespace) || shape::is_words(value) || value.split(',').all(is_host)
}

fn is_words_by_slash(value: &str) -> bool {
    value.contains('/') && value.split('/').all(|part| part.is_empty() || shape::is_words(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_plain_and_keys_are_secret() {
        let mixed: String = ["q0Z", "q1Z", "q2Z", "q3Z", "q4Z", "q5Z", "q6Z", "q7Z"].concat();
        let plain = [
            ("ENVIRONMENT", "production"),
            ("LOG_LEVEL", "info"),
            ("TZ", "Europe/Amsterdam"),
            ("BYBIT_TESTNET", "true"),
            ("PORT", "8080"),
            ("BACKUP_DIR", "backups/api_keys"),
            ("BYBIT_BASE_URL", "https://api-testnet.bybit.com"),
            ("NOTION_PAGE_ID", "0123456789abcdef0123456789abcdef"),
            ("BYBIT_API_KEY", "your_new_api_key_here"),
            ("TOKEN_BUDGET", "128000"),
        ];
        for (name, value) in plain {
            assert!(!is_secret(name, value), "{name}");
        }
        for name in ["BYBIT_API_KEY", "API_Mistral", "HF_TOKEN", "mistralApiKey", "SOMETHING"] {
            assert!(is_secret(name, &mixed), "{name}");
        }
        assert!(is_secret("DB_PASSWORD", "Harbour-77!"));
        assert!(is_secret("API_KEY_ENV", &mixed) && !is_secret("API_KEY_ENV", "production"));
        assert!(is_secret("WALLET_SEED", "several plain words make it"));
        assert!(!is_secret("API_KEY", "abc1"));
    }
}
