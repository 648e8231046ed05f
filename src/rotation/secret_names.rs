//! Which variables of `.env` are worth a fingerprint and a backup, by their names and the shape of their values. Looser
//! than `redact::is_secret`: a fingerprint too many harms nobody, a word too many hidden in people's comments does.

/// Parts of a name, between `_`, `-` and `.`, that promise a secret.
const TELLING: [&str; 14] = [
    "KEY",
    "SK",
    "APIKEY",
    "API",
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PWD",
    "CREDENTIAL",
    "CREDENTIALS",
    "DSN",
    "PAT",
];

/// Parts of a name that say: this is about a secret, but is none.
const HARMLESS: [&str; 15] = [
    "URL", "URI", "HOST", "PORT", "VERSION", "TIMEOUT", "LIMIT", "PATH", "FILE", "NAME", "REGION", "ENDPOINT", "BASE",
    "BASEURL", "ADDRESS",
];

/// Beginnings that providers give to nothing but keys.
const PREFIXES: [&str; 21] = [
    "ntn_",
    "secret_",
    "sk-",
    "sk_live_",
    "sk_test_",
    "sk_org_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "gsk_",
    "hf_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "glpat-",
    "github_pat_",
    "xox",
    "xai-",
    "AIza",
    "AKIA",
];

/// Whether the variable holds something that must not be shown.
pub fn is_secret(name: &str, value: &str) -> bool {
    if PREFIXES.iter().any(|prefix| value.starts_with(prefix)) || has_password(value) {
        return true;
    }
    let has = |words: &[&str]| {
        name.split(['_', '-', '.'])
            .any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
    };
    has(&TELLING) && !has(&HARMLESS) && !is_plain_setting(value) && !is_plain_address(value)
}

/// `true`, `30`, empty: settings such as `API_RETRIES=3`.
fn is_plain_setting(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off"
    ) || (value.len() < 8 && value.parse::<f64>().is_ok())
}

/// `https://api.example.com/v1`: an address in which nothing is long enough to be a secret.
fn is_plain_address(value: &str) -> bool {
    const SECRET: usize = 16;
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let path = rest.map(|rest| rest.split_once(['/', '?']).map_or("", |(_, path)| path));
    path.is_some_and(|path| path.split(['/', '?', '&', '=']).all(|part| part.len() < SECRET))
}

/// Whether the value is a URL with a password: `scheme://user:password@host`.
fn has_password(value: &str) -> bool {
    value
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'))
        .is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_and_shapes_tell_secrets_from_settings() {
        let secrets = [
            ("NOTION_TOKEN", "x-made-up"),
            ("API_Groq", "made-up"),
            ("BYBIT_API_SECRET", "made-up"),
            ("DATABASE_URL", "postgres://me:made-up@db/x"),
            ("WHATEVER", "hf_madeup"),
            ("HOOK_TOKEN", "https://hooks.example.com/T0/made-up-but-long-enough"),
            ("db_password", "made-up"),
            ("STRIPE_SK", "made-up"),
            ("PAYMENTS", "rk_test_made-up"),
        ];
        for (name, value) in secrets {
            assert!(is_secret(name, value), "{name}");
        }
        let settings = [
            ("NOTION_VERSION", "2022-06-28"),
            ("API_URL", "https://api.example.com"),
            ("OPENAI_API_BASE", "https://proxy.example.com/v1"),
            ("ACME_API", "http://localhost:4000"),
            ("API_RETRIES", "3"),
            ("DEBUG", "true"),
            ("NOTION_TOKEN", ""),
            ("MONKEY", "banana"),
        ];
        for (name, value) in settings {
            assert!(!is_secret(name, value), "{name}");
        }
    }
}
