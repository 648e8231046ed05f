//! What the name of a variable says of its value, word by word.

/// Words that, in a name, say that the value is a secret.
const SECRET_WORDS: [&str; 38] = [
    "KEY",
    "KEYS",
    "APIKEY",
    "TOKEN",
    "TOKENS",
    "SECRET",
    "SECRETS",
    "CREDENTIAL",
    "CREDENTIALS",
    "CRED",
    "CREDS",
    "AUTH",
    "AUTHORIZATION",
    "PAT",
    "JWT",
    "DSN",
    "API",
    "PRIVATE",
    "COOKIE",
    "SALT",
    "PEPPER",
    "SEED",
    "MNEMONIC",
    "PHRASE",
    "BEARER",
    "SIG",
    "SIGNATURE",
    "TOTP",
    "OTP",
    "MFA",
    "SLEUTEL",
    "SCHLUESSEL",
    "SCHLÜSSEL",
    "GEHEIM",
    "GEHEIMNIS",
    "CHAVE",
    "CHIAVE",
    "KLUCZ",
];

/// Secret words of which a setting may be the value: `AUTH=ldap`, `EMAIL_SIGNATURE=Kind regards`.
const VAGUE_WORDS: [&str; 6] = ["API", "AUTH", "SIG", "SIGNATURE", "MFA", "GEHEIM"];

/// How words end that are several secret words in one: `PGPASSWORD`, `AUTHTOKEN`.
const SECRET_ENDS: [&str; 11] = [
    "TOKEN",
    "SECRET",
    "APIKEY",
    "AUTHKEY",
    "ACCESSKEY",
    "SECRETKEY",
    "PRIVATEKEY",
    "SIGNINGKEY",
    "MASTERKEY",
    "CREDENTIALS",
    "MNEMONIC",
];

/// How words end or begin that mean a password, in the languages whose password words comments are read for
/// (`config/redaction.toml`), as names have them: without accents, or with.
const PASSWORD_WORDS: [&str; 37] = [
    "PASSWORD",
    "PASSWORDS",
    "PASSWD",
    "PASSPHRASE",
    "PASSCODE",
    "PASSKEY",
    "PASSWRD",
    "PASWOORD",
    "PASSWORT",
    "KENNWORT",
    "LOSUNGSWORT",
    "WACHTWOORD",
    "WACHTZIN",
    "CONTRASENA",
    "CONTRASEÑA",
    "CONTRASENYA",
    "SENHA",
    "MOTDEPASSE",
    "HASLO",
    "HASŁO",
    "HESLO",
    "LOZINKA",
    "GESLO",
    "LOSENORD",
    "LÖSENORD",
    "ADGANGSKODE",
    "KODEORD",
    "PASSORD",
    "SALASANA",
    "SIFRE",
    "ŞIFRE",
    "PAROLA",
    "JELSZO",
    "JELSZÓ",
    "KATASANDI",
    "MATKHAU",
    "ПАРОЛЬ",
];

/// Words that mean a password only where they stand alone.
const SHORT_PASSWORD_WORDS: [&str; 15] = [
    "PASS", "PWD", "PW", "PIN", "PSW", "PSWD", "SANDI", "PAROL", "WACHTWRD", "DBPW", "PSK", "WPA", "WPA2", "MDP",
    "CLAVE",
];

/// Words that end as a password does and mean none.
const NO_PASSWORDS: [&str; 6] = ["BYPASS", "COMPASS", "ENCOMPASS", "OVERPASS", "UNDERPASS", "TRESPASS"];

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

/// Words that say that whoever has the address may use it: its path is the secret.
const CAPABILITY_WORDS: [&str; 17] = [
    "WEBHOOK",
    "WEBHOOKS",
    "HOOK",
    "FEED",
    "RSS",
    "ICAL",
    "ICS",
    "CALENDAR",
    "RPC",
    "NODE",
    "SIGNED",
    "PRESIGNED",
    "SAS",
    "INVITE",
    "PING",
    "HEARTBEAT",
    "HEALTHCHECK",
];

/// Last words of names whose values are a user and a password: `SMTP_AUTH=mail:…`.
const LOGIN_WORDS: [&str; 10] = [
    "AUTH",
    "BASICAUTH",
    "BASIC",
    "LOGIN",
    "USERPASS",
    "USERPWD",
    "CREDENTIAL",
    "CREDENTIALS",
    "CRED",
    "CREDS",
];

/// The words of a name, in capitals and without the numbers behind them.
pub(super) struct NameWords(Vec<String>);

impl NameWords {
    /// `apiKeyId`, `API_KEY-ID`, `API_KEY2_ID`: API, KEY, ID.
    pub(super) fn of(name: &str) -> Self {
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
        for word in &mut words {
            let unnumbered = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            if unnumbered > 0 {
                word.truncate(unnumbered);
            }
        }
        words.retain(|word| !word.is_empty());
        Self(words)
    }

    /// Whether it has this word, in capitals.
    pub(super) fn has(&self, word: &str) -> bool {
        self.0.iter().any(|own| own == word)
    }

    fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// Whether a word of it speaks of a secret.
    pub(super) fn is_secret(&self) -> bool {
        self.0.iter().any(|word| is_secret_word(word)) || self.is_password()
    }

    /// Whether the last word says that it is a secret itself: an `API` may be anything.
    pub(super) fn ends_secret(&self) -> bool {
        is_secret_word(self.last()) && !VAGUE_WORDS.contains(&self.last()) || self.is_password()
    }

    /// Whether the last word says that it is a setting, or that everybody may have it.
    pub(super) fn is_plain(&self) -> bool {
        PLAIN_ENDS.contains(&self.last()) && !self.is_secret_id() || self.has("PUBLIC")
    }

    /// `VAULT_SECRET_ID`: of an `AppRole` it is the secret half.
    pub(super) fn is_secret_id(&self) -> bool {
        self.ends_with(&["SECRET", "ID"])
    }

    /// Whether a word means a password: then ordinary words are one too.
    pub(super) fn is_password(&self) -> bool {
        self.0.iter().any(|word| is_password_word(word))
            || self.0.windows(3).any(|three| three.concat() == "MOTDEPASSE")
    }

    /// The name of what an address leads to: `PAGE_URL`.
    pub(super) fn of_target(&self) -> Self {
        let address = ["URL", "URI", "LINK"].contains(&self.last());
        Self(self.0[..self.0.len() - usize::from(address)].to_vec())
    }

    /// With the last word as one of several: `pages`, `commits`.
    pub(super) fn singular(mut self) -> Self {
        if let Some(last) = self.0.last_mut() {
            last.truncate(last.trim_end_matches('S').len());
        }
        self
    }

    /// Whether the last word says that it is an id.
    pub(super) fn ends_as_id(&self) -> bool {
        ["ID", "IDS", "UUID", "GUID"].contains(&self.last())
    }

    /// Whether it ends with these words, in capitals.
    pub(super) fn ends_with(&self, words: &[&str]) -> bool {
        self.0.len() >= words.len() && self.0[self.0.len() - words.len()..].iter().eq(words)
    }

    /// Whether the last word means a password.
    pub(super) fn ends_password(&self) -> bool {
        is_password_word(self.last())
    }

    /// Whether several words may be the secret, as the seed of a wallet is.
    pub(super) fn is_phrase(&self) -> bool {
        ["MNEMONIC", "SEED", "PHRASE"].iter().any(|word| self.has(word))
    }

    /// Whether an address under this name is the secret itself.
    pub(super) fn is_capability(&self) -> bool {
        self.0.iter().any(|word| CAPABILITY_WORDS.contains(&word.as_str())) || self.ends_secret() && !self.is_plain()
    }

    /// Whether a user and a password may be the value.
    pub(super) fn is_login(&self) -> bool {
        LOGIN_WORDS.contains(&self.last())
    }

    /// Whether a list of secrets is the value.
    pub(super) fn is_plural(&self) -> bool {
        ["KEYS", "TOKENS", "SECRETS", "PASSWORDS"]
            .iter()
            .any(|plural| self.last().ends_with(plural))
    }
}

fn is_secret_word(word: &str) -> bool {
    SECRET_WORDS.contains(&word) || SECRET_ENDS.iter().any(|end| word.ends_with(end))
}

fn is_password_word(word: &str) -> bool {
    let compound = |own: &&str| word.starts_with(*own) || word.ends_with(*own);
    SHORT_PASSWORD_WORDS.contains(&word)
        || PASSWORD_WORDS.iter().any(compound)
        || ["PASS", "PWD"].iter().any(|end| word.ends_with(end)) && !NO_PASSWORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_passwords_secrets_and_settings() {
        for name in [
            "DBPASS",
            "PGPASSWORD",
            "KENNWORT",
            "db_kennwort",
            "DB_HASLO",
            "smtpPass2",
        ] {
            assert!(NameWords::of(name).ends_password(), "{name}");
        }
        assert!(NameWords::of("MOT_DE_PASSE").is_password());
        for name in ["COMPASS_HEADING", "AUTH_BYPASS", "SPINE", "PINS", "PASSENGER_COUNT"] {
            assert!(!NameWords::of(name).is_password(), "{name}");
        }
        for name in ["AUTHTOKEN", "clientsecret", "API_KEY2", "VAULT_SECRET_ID"] {
            let words = NameWords::of(name);
            assert!(words.is_secret() && !words.is_plain(), "{name}");
        }
        for name in ["MONKEY", "BROKER", "TURKEY"] {
            assert!(!NameWords::of(name).is_secret(), "{name}");
        }
    }
}
