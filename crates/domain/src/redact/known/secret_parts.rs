//! What of a value is secret: of an address its password, of a connection string the settings that its names call secret,
//! of JSON the fields that are; of everything else all.
use super::addresses::{Address, after_scheme, decoded};
use super::encodings;
use super::names::NameWords;
use super::secret_variables::{is_default_password, is_held_secret, is_named_secret, may_hold_secret};
use super::settings::{parameters, settings};
use super::spellings;
use super::within::{self, bytes_of, netrc};
use crate::redact::shape;
use zeroize::Zeroizing;

/// Values within values are read to this depth.
const DEEPEST: usize = 10;

/// The name by which a password is judged that has none of its own.
const PASSWORD: &str = "PASSWORD";

/// What the first characters of a private key in base64 hold, and how many of them are the same in other people's keys
/// (RFC 5208, 8017, 5915, 8410; PROTOCOL.key of OpenSSH): public keys share some.
const HEADERS: [(&str, usize); 6] = [
    ("BgkqhkiG9w0BAQEFAAS", 51),
    ("GByqGSM49AgEG", 47),
    ("MC4CAQAwBQYDK2Vw", 21),
    ("b3BlbnNzaC1rZXktdjEA", 52),
    ("MHcCAQEE", 9),
    ("IBAAK", 16),
];

/// The secret parts of a variable's value.
#[derive(Default)]
pub(super) struct SecretParts {
    /// What is to be masked; none if the value is a plain setting.
    pub(super) secrets: Vec<Zeroizing<String>>,
    /// What a name says is a secret, and what people say: words, which are one only as a whole.
    pub(super) spoken: Vec<Zeroizing<String>>,
    /// Whether a name says that there is a secret which, by its shape, could not be told from what people say.
    pub(super) ordinary: bool,
    /// Whether something random is not masked, as it may be an id.
    pub(super) overlooked: bool,
}

/// A phrase as people write a wallet's words down: `1 army 2 van 3 defense`.
fn numbered(phrase: &str) -> Zeroizing<String> {
    let words = phrase.split([' ', '-', '_', '\t']).filter(|word| !word.is_empty());
    let numbered = words.enumerate().map(|(place, word)| format!("{} {word}", place + 1));
    Zeroizing::new(numbered.collect::<Vec<_>>().join(" "))
}

impl SecretParts {
    /// Of a variable with this name.
    pub(super) fn of(name: &str, value: &str) -> Self {
        let mut parts = Self::default();
        parts.gather(name, value.trim(), DEEPEST);
        parts
    }

    fn add(&mut self, secret: &str) {
        self.secrets.push(Zeroizing::new(secret.to_owned()));
    }

    /// How much was found up to now.
    fn found(&self) -> (usize, bool) {
        (self.secrets.len(), self.ordinary)
    }

    fn gather(&mut self, name: &str, value: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let before = self.found();
        let words = NameWords::of(name);
        if value.starts_with(['{', '['])
            && let Ok(json) = serde_json::from_str(value)
        {
            if let Some(bytes) = bytes_of(value) {
                self.secrets.extend(spellings::of_bytes(&bytes));
            }
            return self.fields(name, &json, depth);
        }
        if value.contains("-----BEGIN ") {
            return pem_bodies(value).for_each(|body| self.secrets.push(body));
        }
        if let Some(addresses) = addresses(value) {
            for rest in &addresses {
                self.address(&words, rest, depth);
            }
            if self.found() == before && words.ends_password() {
                self.add(value);
            }
            let mut all = addresses.into_iter().map(Address::of);
            self.overlooked |= self.found() == before && all.any(|address| address.may_hold_key(&words.of_target()));
            self.ordinary |= self.found() == before && words.ends_secret() && !words.is_plain();
            return;
        }
        if let Some(password) = driver_password(value) {
            return self.gather(PASSWORD, password, depth);
        }
        if let Some(passwords) = netrc(value) {
            return passwords.into_iter().for_each(|one| self.gather(PASSWORD, one, depth));
        }
        if let Some(settings) = settings(value).or_else(|| within::lines(value).filter(|_| !words.is_password())) {
            for (name, value) in settings {
                self.gather(name, value, depth);
            }
            if self.found() != before || !words.is_secret() {
                return;
            }
        }
        if words.is_plural() && value.contains([',', ';']) {
            let list = value.split([',', ';']).map(str::trim).filter(|one| !one.is_empty());
            return list.for_each(|one| self.gather("KEY", one, depth));
        }
        self.login_or_whole(name, &words, value, depth);
    }

    /// `user:password` where the name says so; what base64 hides, besides itself; or all of the value.
    fn login_or_whole(&mut self, name: &str, words: &NameWords, value: &str, depth: usize) {
        if let Some(password) = login(words, value) {
            return self.gather(PASSWORD, password, depth);
        }
        let (bare, is_basic) = match value.split_once(' ') {
            Some((scheme, bare)) if scheme.eq_ignore_ascii_case("basic") => (bare, true),
            Some((scheme, bare)) if ["bearer", "token"].iter().any(|own| scheme.eq_ignore_ascii_case(own)) => {
                (bare, false)
            }
            _ => (value, words.is_login()),
        };
        if is_held_secret(name, bare) {
            self.add(bare);
            if let Some(bytes) = bytes_of(bare) {
                self.secrets.extend(spellings::of_bytes(&bytes).into_iter().skip(1));
            }
            if shape::is_phrase(bare) {
                self.add(&numbered(bare));
            }
            if let Some(hidden) = encodings::of_base64(bare) {
                self.hidden(name, &hidden, is_basic, depth);
            }
        } else if is_named_secret(name, bare) {
            self.ordinary = true;
            self.spoken.push(Zeroizing::new(bare.to_owned()));
        } else {
            self.ordinary |= is_default_password(name, bare);
            self.overlooked |= may_hold_secret(name, bare);
        }
    }

    /// What stood in base64: only what is a secret there too for certain.
    fn hidden(&mut self, name: &str, hidden: &str, is_basic: bool, depth: usize) {
        let is_text = hidden.starts_with('{') || hidden.contains("-----BEGIN ") || within::lines(hidden).is_some();
        if is_text || netrc(hidden).is_some() {
            self.gather(name, hidden, depth);
        } else if is_basic && let Some((_, password)) = hidden.split_once(':') {
            self.gather(PASSWORD, password, depth);
        }
    }

    /// The secret ones of the fields of a JSON value.
    fn fields(&mut self, name: &str, json: &serde_json::Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match json {
            serde_json::Value::String(text) => self.gather(name, text, depth),
            serde_json::Value::Array(list) => list.iter().for_each(|item| self.fields(name, item, depth)),
            serde_json::Value::Object(map) => map.iter().for_each(|(name, item)| self.fields(name, item, depth)),
            serde_json::Value::Number(number) => self.gather(name, &number.to_string(), depth),
            serde_json::Value::Null | serde_json::Value::Bool(_) => {}
        }
    }

    /// Of what follows the scheme: the password, or the token in its place; secret parameters; the path that opens it.
    fn address(&mut self, words: &NameWords, rest: &str, depth: usize) {
        let address = Address::of(rest);
        if let Some(password) = address.password {
            self.gather(PASSWORD, password, depth);
            if let Some(decoded) = decoded(password) {
                self.gather(PASSWORD, &decoded, depth);
            }
        }
        let token = address
            .user
            .filter(|user| user.len() >= 16 && (shape::is_random(user) || shape::is_hex(user)));
        if let Some(token) = token {
            self.add(token);
        }
        for (name, value) in parameters(address.parameters) {
            // The credential of a signed address is an id with a date and words.
            if !(name.starts_with("X-") && name.ends_with("-Credential")) {
                self.gather(name, value, depth);
            }
        }
        address.keys_of_path(words).for_each(|key| self.add(key));
    }
}

/// What follows the schemes of one address or a list of them; `None` if the value is none.
fn addresses(value: &str) -> Option<Vec<&str>> {
    let list = value
        .split([',', ' ', '\n'])
        .map(str::trim)
        .filter(|one| !one.is_empty());
    let all: Option<Vec<&str>> = list.map(after_scheme).collect();
    all.filter(|all| !all.is_empty())
        .or_else(|| Some(vec![after_scheme(value)?]))
}

/// The password behind a user, in a variable that holds both.
fn login<'a>(words: &NameWords, value: &'a str) -> Option<&'a str> {
    let (user, password) = value.split_once([':', '/']).filter(|_| words.is_login())?;
    let is_user = !user.is_empty()
        && user
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@' | b'+'))
        && (user.contains('@') || user.len() < 16 || !shape::is_random(user));
    (is_user && !password.is_empty()).then_some(password)
}

/// `user:password@tcp(host)`, as drivers without a scheme have it; `jdbc:oracle:thin:user/password@host`.
fn driver_password(value: &str) -> Option<&str> {
    let (user, host) = value.rsplit_once('@')?;
    let password = match user.strip_prefix("jdbc:oracle:") {
        Some(user) => user.split_once('/')?.1,
        None => {
            user.split_once(':')
                .filter(|_| host.contains('(') && host.contains(')'))?
                .1
        }
    };
    (!password.is_empty()).then_some(password)
}

/// What stands between the lines that frame a private key, without the settings that may stand before it: all these are
/// in every text about keys.
fn pem_bodies(value: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let blocks = value.split("-----BEGIN ").skip(1);
    blocks.filter_map(|block| {
        let (kind, body) = block.split_once("-----")?;
        let body = body.split("-----").next().filter(|_| kind.contains("PRIVATE"))?;
        // In a file of one line the ends of lines are written out.
        let body = Zeroizing::new(body.replace("\\r", "").replace("\\n", "\n"));
        let lines: Vec<&str> = body.trim().lines().filter(|line| !line.contains(": ")).collect();
        let lines = Zeroizing::new(lines.join("\n"));
        Some(Zeroizing::new(without_header(&lines).to_owned()))
    })
}

/// A private key without what all of its kind begin with.
fn without_header(body: &str) -> &str {
    let start = body.get(..48).unwrap_or("");
    let header = HEADERS.iter().find(|(sign, _)| start.contains(sign));
    header.and_then(|(_, chars)| body.get(*chars..)).unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_gives_what_is_secret_in_it() {
        let cases: [(&str, &str, &[&str]); 12] = [
            (
                "DATABASE_URL",
                "postgres://app:not-a-real-one@db/x",
                &["not-a-real-one"],
            ),
            (
                "SITE",
                "https://example.org/hook?password=q7Hx77kk&lang=en",
                &["q7Hx77kk"],
            ),
            (
                "SENTRY_DSN",
                "https://0a1b2c3d4e5f60718293@o1.example.org/42",
                &["0a1b2c3d4e5f60718293"],
            ),
            ("SITE", "https://example.org/?lang=en", &[]),
            ("DB", "Server=db;User Id=sa;Password=Harbour-77!;", &["Harbour-77!"]),
            ("DB_DSN", "app:harbour77@tcp(db:3306)/x", &["harbour77"]),
            (
                "JWT_PRIVATE_KEY",
                "-----BEGIN PRIVATE KEY-----\nq7Hx\n-----END PRIVATE KEY-----",
                &["q7Hx"],
            ),
            (
                "GOOGLE_CREDENTIALS",
                r#"{"type":"service_account","project_id":"orion","client_secret":"q7Hx77kkLm92"}"#,
                &["q7Hx77kkLm92"],
            ),
            ("SETTINGS", r#"{"mode":"dark"}"#, &[]),
            ("API_KEY_ENV", "Hx7kQ2mZ9pLwR4tY", &["Hx7kQ2mZ9pLwR4tY"]),
            ("AUTHORIZATION", "Bearer q7Hx77kkLm92", &["q7Hx77kkLm92"]),
            ("LOG_LEVEL", "info", &[]),
        ];
        for (name, value, expected) in cases {
            let parts = SecretParts::of(name, value);
            let secrets: Vec<&str> = parts.secrets.iter().map(|part| part.as_str()).collect();
            assert_eq!(secrets, expected, "{name}");
        }
    }
}
