//! Which variables of a `.env` hold a secret: judged by name and by the shape of the value.
use crate::domain::redact::shape;

/// Words that, in a name, say that the value is a secret.
const SECRET_WORDS: [&str; 30] = [
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
    "PW",
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
    "PHRASE",
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

/// Words of settings that say yes, no or nothing.
const SWITCHES: [&str; 10] = [
    "true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled",
];

/// Whether a variable holds a secret that can be masked, judged by its name and the shape of its value.
pub(in crate::domain::redact) fn is_secret(name: &str, value: &str) -> bool {
    let value = value.trim();
    if value.is_empty() || is_placeholder(value) {
        return false;
    }
    if shape::has_token_prefix(value) || value.contains("PRIVATE KEY-----") {
        return true;
    }
    if is_setting(value) {
        return false;
    }
    let name = NameWords::of(name);
    let long = value.chars().count() >= 6;
    match (name.is_plain(), name.is_secret()) {
        // Shorter ones could not be masked without masking half the text.
        (false, true) => {
            long && (name.is_password() || name.is_phrase() && shape::is_phrase(value) || !shape::is_words(value))
        }
        (false, false) => shape::is_random(value) && value.len() >= 20 && !shape::is_hex(value),
        // `API_KEY_ENV`, `STRIPE_KEY_ID`: a setting, unless no setting looks like its value.
        (true, true) => !name.has("PUBLIC") && value.len() >= 10 && is_mixed(value),
        (true, false) => false,
    }
}

/// Whether the name of a variable says that its value is a secret, whatever that looks like.
pub(super) fn is_named_secret(name: &str, value: &str) -> bool {
    let (name, value) = (NameWords::of(name), value.trim());
    let setting = value.is_empty()
        || is_placeholder(value)
        || SWITCHES.contains(&value.to_lowercase().as_str())
        || value.contains("://")
        || is_setting(value) && !name.is_password();
    name.ends_secret() && !name.is_plain() && !setting
}

/// Digits and letters of both cases, and nothing else: what no host, path or number looks like.
fn is_mixed(value: &str) -> bool {
    let counts = shape::CharCounts::of(value);
    let all = [counts.lower, counts.upper, counts.digit];
    all.iter().all(|count| *count > 0) && all.iter().sum::<usize>() == value.len() && shape::is_random(value)
}

/// The words of a name, in capitals.
struct NameWords(Vec<String>);

impl NameWords {
    fn of(name: &str) -> Self {
        Self(name_words(name))
    }

    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|own| own == word)
    }

    fn is_secret(&self) -> bool {
        self.0.iter().any(|word| SECRET_WORDS.contains(&word.as_str()))
    }

    /// Whether the last word says that it is a secret itself: an `API` may be anything.
    fn ends_secret(&self) -> bool {
        let last = self.0.last().map_or("", String::as_str);
        SECRET_WORDS.contains(&last) && !matches!(last, "API" | "AUTH") || self.is_password()
    }

    fn is_plain(&self) -> bool {
        self.0.last().is_some_and(|word| PLAIN_ENDS.contains(&word.as_str())) || self.has("PUBLIC")
    }

    fn is_password(&self) -> bool {
        let password = |word: &String| word.starts_with("PASS") || matches!(word.as_str(), "PWD" | "PW" | "PIN");
        self.0.iter().any(password)
    }

    fn is_phrase(&self) -> bool {
        ["MNEMONIC", "SEED", "PHRASE"].iter().any(|word| self.has(word))
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
    is_url || is_path && shape::is_words(value) || is_number && value.len() < 6 || is_words_by_slash(value)
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
