//! Values that stand for a key: `sk-xxxx`, `your_key_here`, `<API_KEY>`, `${TOKEN}`.
use crate::redact::shape;

/// Words of which one, between separators, says that a made-up value stands here.
const WORDS: [&str; 15] = [
    "your",
    "change",
    "fixme",
    "example",
    "placeholder",
    "changeme",
    "insert",
    "replace",
    "redacted",
    "dummy",
    "sample",
    "fake",
    "todo",
    "paste",
    "xxx",
];

/// Words that documentation writes for a password.
const EXAMPLES: [&str; 13] = [
    "password",
    "pass",
    "passwd",
    "pwd",
    "pw",
    "secret",
    "token",
    "passwort",
    "wachtwoord",
    "apikey",
    "api_key",
    "key",
    "contraseña",
];

/// Runs that people type instead of a key.
const TYPED: [&str; 4] = ["abcdefghij", "1234567890", "0123456789", "IOSFODNN7EXAMPLE"];

/// What makers print in their documentation: keys of Stripe's example account (docs.stripe.com/keys), of AWS's (docs.aws.amazon.com,
/// the last letters), the token of jwt.io; each behind its public beginning.
const PUBLISHED: [&str; 4] = [
    "4eC39HqLyjWDarjtT1zdp7dc",
    "BQokikJOvBiI2HlWgH4olfQ2",
    "/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
];

/// Whether what stands behind the beginning of a key only stands for one.
pub(in crate::redact) fn stands_for_a_key(body: &str) -> bool {
    let (mut left, mut crosses) = (0, 0);
    for byte in body.bytes() {
        match byte {
            b'x' | b'X' | b'*' => crosses += 1,
            b'.' | b'-' | b'_' | b'0' | b'/' => {}
            _ => left += 1,
        }
    }
    if body.len() >= 3 && left == 0 || body.len() >= 8 && left <= 2 && crosses >= 6 {
        return true;
    }
    if body.len() < 14 && EXAMPLES.iter().any(|word| body.eq_ignore_ascii_case(word)) {
        return true;
    }
    if body.len() < 48
        && TYPED
            .iter()
            .any(|typed| body.starts_with(typed) && body.len() < typed.len() * 3)
    {
        return true;
    }
    if PUBLISHED.iter().any(|published| body.ends_with(published)) {
        return true;
    }
    let mut told = false;
    let mut parts = body.split(['_', '-', '.', ' ', '/']).filter(|part| !part.is_empty());
    let spoken = parts.all(|part| {
        told |= says_made_up(part);
        part.len() <= 3
            || shape::is_word(part)
            || part.bytes().all(|b| matches!(b, b'x' | b'X'))
            || shape::is_word(&part.to_ascii_lowercase())
    });
    spoken && told
}

/// Whether a word says that what it stands in is made up.
pub(in crate::redact) fn says_made_up(word: &str) -> bool {
    WORDS.iter().any(|own| word.eq_ignore_ascii_case(own))
}

/// Whether a whole value is a reference or a template, not a value: `${TOKEN}`, `<API_KEY>`, `os.environ[…]`.
pub(in crate::redact) fn is_reference(value: &str) -> bool {
    const CODE: [&str; 24] = [
        "os.",
        "process.",
        "self.",
        "this.",
        "env.",
        "env(",
        "getenv",
        "std::",
        "secrets.",
        "vars.",
        "var.",
        "config.",
        "settings.",
        "vault:",
        "env:",
        "file:",
        "fd:",
        "arn:",
        "ssm:",
        "sops:",
        "ENC[",
        "keyring:",
        "keychain:",
        "keepass:",
    ];
    const OPENINGS: [&str; 14] = [
        "${", "$(", "{{", "{%", "<", "%(", "@{", "[", "(", "!vault", "!Ref", "!Sub", ".*", "\\",
    ];
    let named = |inner: &str| {
        !inner.is_empty()
            && inner
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':'))
            && !inner.starts_with(|c: char| c.is_ascii_digit())
    };
    let variable = |sign: char| {
        value
            .strip_prefix(sign)
            .is_some_and(|inner| named(inner.trim_end_matches(sign)))
    };
    CODE.iter().chain(&OPENINGS).any(|start| value.starts_with(start)) || variable('$') || variable('%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_key_is_none() {
        for body in [
            "xxxxxxxxxxxx",
            "XXXX-XXXX",
            "your_key_here",
            "your-api-key-here",
            "YOUR_API_KEY",
            "example-key",
            "abcdefghijklmnop",
        ] {
            assert!(stands_for_a_key(body), "{body}");
        }
        for body in ["x9Kq2mVb", "harbour77", "Ab3xXx0xxQ7", "sunflower", "kP0x00Lm"] {
            assert!(!stands_for_a_key(body), "{body}");
        }
        assert!(
            is_reference("${TOKEN}")
                && is_reference("$TOKEN")
                && is_reference("<API_KEY>")
                && is_reference("%DB_PASSWORD%")
        );
        assert!(!is_reference("$ecret77!") && !is_reference("harbour77"));
    }
}
