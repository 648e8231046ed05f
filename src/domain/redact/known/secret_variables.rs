//! Which variables of a `.env` hold a secret: judged by name and by the shape of the value.
use crate::domain::redact::shape;

/// Words that, in a name, say that the value is a secret.
const SECRET_WORDS: [&str; 28] = [
    "KEY",
    "KEYS",
    "APIKEY",
    "TOKEN",
    "TOKENS",
    "SECRET",
    "SECRETS",
    "PASSWORD",
    "PASSWD",
    "PWD",
    "PASS",
    "PASSPHRASE",
    "PASSCODE",
    "PIN",
    "CREDENTIAL",
    "CREDENTIALS",
    "AUTH",
    "AUTHORIZATION",
    "PAT",
    "JWT",
    "DSN",
    "API",
    "PRIVATE",
    "COOKIE",
    "SALT",
    "SEED",
    "MNEMONIC",
    "BEARER",
];

/// Words that, at the end of a name, say that the value is a setting although a secret word stands before.
const PLAIN_ENDS: [&str; 49] = [
    "ID",
    "IDS",
    "URL",
    "URI",
    "HOST",
    "HOSTNAME",
    "PORT",
    "PATH",
    "DIR",
    "FILE",
    "FILENAME",
    "NAME",
    "REGION",
    "ZONE",
    "TZ",
    "LEVEL",
    "ENV",
    "ENVIRONMENT",
    "MODE",
    "TIMEOUT",
    "INTERVAL",
    "DAYS",
    "HOURS",
    "MINUTES",
    "SECONDS",
    "COUNT",
    "LIMIT",
    "SIZE",
    "VERSION",
    "TESTNET",
    "ENABLED",
    "EMAIL",
    "USER",
    "USERNAME",
    "LENGTH",
    "TTL",
    "EXPIRY",
    "ALGORITHM",
    "PUBLIC",
    "TYPE",
    "FORMAT",
    "PREFIX",
    "BUCKET",
    "DOMAIN",
    "ENDPOINT",
    "DATE",
    "OWNER",
    "MODEL",
    "BUDGET",
];

/// How values begin that stand for a value.
const PLACEHOLDERS: [&str; 13] = [
    "your_",
    "your-",
    "yournew",
    "changeme",
    "change_me",
    "change-me",
    "placeholder",
    "insert_",
    "replace_",
    "example",
    "redacted",
    "<",
    "${",
];

/// Whether a variable holds a secret that can be masked, judged by its name and the shape of its value.
pub(in crate::domain::redact) fn is_secret(name: &str, value: &str) -> bool {
    let value = value.trim();
    if value.is_empty() || is_placeholder(value) {
        return false;
    }
    if has_password(value) || is_webhook(value) || shape::has_token_prefix(value) || value.contains("PRIVATE KEY-----")
    {
        return true;
    }
    if is_setting(value) {
        return false;
    }
    let words: Vec<String> = name_words(name);
    let plain_name = words.last().is_some_and(|word| PLAIN_ENDS.contains(&word.as_str()))
        || words.iter().any(|word| word == "PUBLIC");
    let secret_name = words.iter().any(|word| SECRET_WORDS.contains(&word.as_str()));
    let is_password = words
        .iter()
        .any(|word| word.starts_with("PASS") || word == "PWD" || word == "PIN");
    match (plain_name, secret_name) {
        // Shorter ones could not be masked without masking half the text.
        (false, true) => value.chars().count() >= 6 && (is_password || !is_words(value)),
        (false, false) => shape::is_random(value) && value.len() >= 20 && !shape::is_hex(value),
        (true, _) => false,
    }
}

/// `apiKeyId`, `API_KEY-ID`: its words in capitals.
fn name_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() || (before.is_lowercase() && c.is_uppercase()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_uppercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    PLACEHOLDERS.iter().any(|word| lower.starts_with(word))
        || value
            .chars()
            .all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '•' | '…'))
}

/// A truth value, a number, a path, a URL without password, a list of hosts.
fn is_setting(value: &str) -> bool {
    let is_url = value.contains("://");
    let is_path = value.starts_with(['/', '~', '.']) || value.get(1..3) == Some(":\\");
    let is_number = value.len() < 12
        && value
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':'));
    is_url || is_path && is_words(value) || is_number && value.len() < 6 || is_words_by_slash(value)
}

fn is_words_by_slash(value: &str) -> bool {
    value.contains('/') && value.split('/').all(|part| part.is_empty() || is_words(part))
}

/// Only pronounceable words, joined by anything.
fn is_words(value: &str) -> bool {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .all(|part| part.is_empty() || shape::is_word(part) || (part.len() < 4 && !shape::is_random(part)))
}

fn has_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority
        .rsplit_once('@')
        .and_then(|(user, _)| user.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty())
}

fn is_webhook(value: &str) -> bool {
    ["hooks.slack.com/services/", "/api/webhooks/", "webhook.office.com/"]
        .iter()
        .any(|part| value.contains(part))
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
        assert!(is_secret("DATABASE_URL", "postgres://bot:not-a-real-one@db/x"));
        assert!(!is_secret("API_KEY", "abc1"));
    }
}
