//! Passwords of any alphabet in the ways in which programs, pages and people write them.
use super::{knowing, masked};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyminder::domain::comment::{Extent, RawText};
use std::fmt::Write as _;

/// Made-up passwords with signs, letters of other alphabets, and pictures.
const VALUES: [&str; 9] = [
    "Grüße-Köln-77!",
    "Zwölf$Bücher#im\"Regal",
    "пароль2024ключ",
    "Łódź;Gęś&Żaba<7>",
    "密码是海港777",
    "ab😀cd🎉ef!9",
    "Sommer 2024!",
    "p@ssw0rd",
    "it's \"me\" 42%",
];

fn each_byte(value: &str, write: impl Fn(u8) -> String) -> String {
    value.bytes().map(write).collect()
}

fn each_char(value: &str, write: impl Fn(char) -> String) -> String {
    value.chars().map(write).collect()
}

/// As URLs write it: letters and digits of ASCII stay.
fn percent(value: &str, byte: impl Fn(u8) -> String) -> String {
    each_byte(value, |b| {
        if b.is_ascii_alphanumeric() {
            char::from(b).to_string()
        } else {
            byte(b)
        }
    })
}

fn json(value: &str) -> String {
    each_char(value, |c| {
        let mut units = [0; 2];
        match c {
            '"' | '\\' => format!("\\{c}"),
            _ if c.is_ascii() => c.to_string(),
            _ => c.encode_utf16(&mut units).iter().fold(String::new(), |mut all, unit| {
                let _ = write!(all, "\\u{unit:04x}");
                all
            }),
        }
    })
}

/// What a way of writing is called, and how it writes a value.
type Way = (&'static str, fn(&str) -> String);

const WAYS: [Way; 21] = [
    ("as it is", str::to_owned),
    ("percent", |value| percent(value, |b| format!("%{b:02X}"))),
    ("percent in small letters", |value| {
        percent(value, |b| format!("%{b:02x}"))
    }),
    ("percent twice", |value| percent(value, |b| format!("%25{b:02X}"))),
    ("form", |value| {
        percent(value, |b| if b == b' ' { "+".to_owned() } else { format!("%{b:02X}") })
    }),
    ("JSON", json),
    ("JSON in JSON", |value| json(value).replace('\\', "\\\\")),
    ("numbers of HTML", |value| {
        each_char(value, |c| {
            if c.is_ascii_alphanumeric() {
                c.to_string()
            } else {
                format!("&#{};", u32::from(c))
            }
        })
    }),
    ("hex of HTML", |value| {
        each_char(value, |c| format!("&#x{:x};", u32::from(c)))
    }),
    ("names of HTML", |value| {
        let names = [
            ("&", "&amp;"),
            ("ü", "&uuml;"),
            ("ö", "&ouml;"),
            ("ß", "&szlig;"),
            ("\"", "&quot;"),
            ("'", "&rsquo;"),
            ("$", "&dollar;"),
            ("<", "&lt;"),
            (">", "&gt;"),
            (" ", "&nbsp;"),
        ];
        names
            .iter()
            .fold(value.to_owned(), |text, (own, name)| text.replace(own, name))
    }),
    ("bytes", |value| {
        each_byte(value, |b| {
            if b.is_ascii() {
                char::from(b).to_string()
            } else {
                format!("\\x{b:02x}")
            }
        })
    }),
    ("octal", |value| {
        each_byte(value, |b| {
            if b.is_ascii_alphanumeric() {
                char::from(b).to_string()
            } else {
                format!("\\{b:03o}")
            }
        })
    }),
    ("code points", |value| {
        each_char(value, |c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                format!("\\u{{{:x}}}", u32::from(c))
            }
        })
    }),
    ("quoted printable", |value| {
        percent(value, |b| {
            if b.is_ascii() {
                char::from(b).to_string()
            } else {
                format!("={b:02X}")
            }
        })
    }),
    ("backslashes", |value| {
        each_char(value, |c| {
            if c.is_ascii_punctuation() {
                format!("\\{c}")
            } else {
                c.to_string()
            }
        })
    }),
    ("in two lines", |value| value.replace(' ', "\n")),
    ("nicer signs", |value| {
        let nicer = [('-', '–'), ('\'', '’'), ('"', '”'), (' ', '\u{a0}')];
        nicer.iter().fold(value.to_owned(), |text, (typed, drawn)| {
            text.replace(*typed, &drawn.to_string())
        })
    }),
    ("capitals", str::to_uppercase),
    ("small letters", str::to_lowercase),
    ("two letters for one", |value| {
        let two = [("ü", "ue"), ("ö", "oe"), ("ß", "ss")];
        two.iter()
            .fold(value.to_owned(), |text, (one, two)| text.replace(one, two))
    }),
    ("no accents", |value| {
        let plain = [
            ("ü", "u"),
            ("ö", "o"),
            ("ó", "o"),
            ("ź", "z"),
            ("ę", "e"),
            ("ś", "s"),
            ("Ż", "Z"),
            ("Ł", "L"),
        ];
        plain
            .iter()
            .fold(value.to_owned(), |text, (own, plain)| text.replace(own, plain))
    }),
];

#[test]
fn a_password_of_any_alphabet_vanishes_however_it_is_written() {
    let mut wrong = String::new();
    for value in VALUES {
        let redactor = knowing("ADMIN_PASSWORD", value);
        for (way, write) in WAYS {
            let text = format!("we use {} there", write(value));
            let clean = masked(&redactor, &text);
            if clean != "we use [redacted: ADMIN_PASSWORD] there" {
                let _ = writeln!(wrong, "{way}: {text}: {clean}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_bytes_of_a_password_vanish_in_hex_and_base64() {
    for value in VALUES.into_iter().filter(|value| !value.is_ascii()) {
        let redactor = knowing("ADMIN_PASSWORD", value);
        let hex = each_byte(value, |b| format!("{b:02x}"));
        let pairs = each_byte(value, |b| format!("{b:02X} "));
        for (text, least) in [
            (hex.as_str(), hex.len()),
            (pairs.trim_end(), pairs.len() - 1),
            (&STANDARD.encode(value), 8),
            (&STANDARD.encode(format!("a:{value}")), 8),
            (&STANDARD.encode(format!("an:{value}")), 8),
            (&STANDARD.encode(format!("ana:{value}")), 8),
        ] {
            let clean = masked(&redactor, text);
            assert!(clean.contains("[redacted: ADMIN_PASSWORD]"), "{value}: {text}");
            let left = clean.replace("[redacted: ADMIN_PASSWORD]", "").len();
            assert!(left + least <= text.len(), "{value}: {text}: {clean}");
        }
    }
}

/// A password, a piece of it, and whether it is more than what people say.
const PIECES: [(&str, &str, bool); 15] = [
    ("Lake1234567890", "order 1234567890", false),
    ("ab1234567890qz7Hx77kkLm9", "order 1234567890", false),
    ("7Hx77kkLm9-abcdefghij", "abcdefghij klm", false),
    ("Zwölf$Bücher#im\"Regal", "Zwölf$Bücher#im", true),
    ("Zwölf$Bücher#im\"Regal", "Bücher#im\"Regal", true),
    ("Zwölf$Bücher#im\"Regal", "Zwoelf$Buecher", true),
    ("Zwölf$Bücher#im\"Regal", "zwölf Bücher im Regal", false),
    ("Grüße-Köln-77!", "Grüße-Köln", true),
    ("Grüße-Köln-77!", "GRÜSSE-KÖLN", true),
    ("Grüße-Köln-77!", "Grüße aus Köln", false),
    ("Lake&Wolf*Moon", "Lake&Wolf", true),
    ("Lake&Wolf*Moon", "the lake, the wolf and the moon", false),
    ("Łódź;Gęś&Żaba<7>", "Gęś&Żaba", true),
    ("user_name/of=this:list", "the user_name of this list", false),
    ("密码是海港777", "是海港777", true),
];

#[test]
fn signs_between_words_tell_a_password_from_talk() {
    for (value, said, is_piece) in PIECES {
        let clean = masked(&knowing("ADMIN_PASSWORD", value), &format!("so {said} it is"));
        let expected = if is_piece { "[redacted: ADMIN_PASSWORD]" } else { said };
        assert_eq!(clean, format!("so {expected} it is"), "{value}");
    }
}

/// What is posted of a value, how much of it that is, and whether whoever tries many could have hit it.
const POSTED: [(&str, &str, Extent, bool); 12] = [
    ("Grüße aus Köln, 1987", "Grüße aus Köln, 1987", Extent::Whole, false),
    ("Grüße aus Köln, 1987", "Köln, 1987 … Grüße aus ", Extent::Half, true),
    ("Grüße aus Köln, 1987", "Grüße aus Köln", Extent::Half, true),
    ("ab😀cd🎉ef", "ab😀cd🎉ef", Extent::Whole, false),
    ("ab😀cd🎉ef", "ab😀cd🎉e", Extent::Half, true),
    ("x9'k2\"Q m!7$v Z", "x9'k2\"Q m!7$v Z", Extent::Whole, false),
    // Its letters and digits alone are what a guesser tries first: they are not all of it.
    ("x9'k2\"Q m!7$v Z", "x9k2Qm7vZ", Extent::Half, true),
    ("Harbour-77!", "Harbour-77!", Extent::Whole, true),
    ("Sommer 2024!", "Sommer 2024!", Extent::Whole, true),
    ("P@$$w0rd!2024", "P@$$w0rd!2024", Extent::Whole, true),
    ("Grün77!", "4772c3bc6e373721", Extent::Whole, true),
    ("blue river house", "blue river house", Extent::Whole, true),
];

#[test]
fn all_of_a_password_is_told_of_where_nobody_hits_it_by_trying() {
    for (value, posted, extent, guessable) in POSTED {
        let text = RawText::new(format!("so {posted} it is"));
        let findings = knowing("ADMIN_PASSWORD", value).redact(&text).findings;
        for finding in &findings {
            assert_eq!(
                (finding.extent, finding.guessable),
                (extent, guessable),
                "{value}: {posted}"
            );
            assert_eq!(finding.exposes(), !guessable, "{value}: {posted}");
        }
        assert!(!findings.is_empty(), "{value}: {posted}");
    }
}

/// A secret of words, what is said, where `⟦…⟧` has to be masked.
const WORDS: [(&str, &str, &str); 21] = [
    (
        "JWT_SECRET",
        "correct-horse-battery-staple",
        "so ⟦Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ==⟧",
    ),
    ("JWT_SECRET", "correct-horse-battery-staple", "so Y29ycmVjdCBhbnN3ZXI="),
    (
        "JWT_SECRET",
        "correct-horse-battery-staple",
        "so ⟦correct-horse-battery-staple⟧ it is",
    ),
    (
        "JWT_SECRET",
        "correct-horse-battery-staple",
        "so ⟦correct horse battery staple⟧ it is",
    ),
    (
        "JWT_SECRET",
        "correct-horse-battery-staple",
        "so ⟦CorrectHorseBatteryStaple⟧ it is",
    ),
    (
        "JWT_SECRET",
        "correct-horse-battery-staple",
        "so correct%2Dhorse, a battery and a staple",
    ),
    (
        "JWT_SECRET",
        "correct horse battery staple",
        "so \"⟦correct%20horse%20battery%20staple⟧\"",
    ),
    ("API_TOKEN", "ключ-от-дома", "это ⟦ключ-от-дома⟧ да"),
    ("COOKIE_SECRET", "keyboard cat", "COOKIE_SECRET='⟦keyboard cat⟧'"),
    ("COOKIE_SECRET", "keyboard cat", "a keyboard cat sat here"),
    ("JWT_SECRET", "letmein", "JWT_SECRET=⟦letmein⟧"),
    ("JWT_SECRET", "letmein", "the JWT_SECRET is ⟦letmein⟧ now"),
    ("JWT_SECRET", "letmein", "{\"jwt_secret\": \"⟦letmein⟧\"}"),
    ("JWT_SECRET", "letmein", "it was “⟦letmein⟧” before"),
    ("JWT_SECRET", "letmein", "then letmein please, x=letmeinn"),
    ("JWT_SECRET", "letmein", "{\"letmein\": true}"),
    ("ADMIN_PASSWORD", "geheim", "das ist geheim"),
    ("ADMIN_PASSWORD", "geheim", "es ist »⟦geheim⟧«"),
    (
        "ADMIN_PASSWORD",
        "password",
        "{\"password\": true, \"kind\": \"password\"}",
    ),
    ("WEBHOOK_SECRET", "the new key", "this is the new key of it"),
    (
        "DB_URL",
        "postgres://app:harbour@db/x",
        "in the harbour, or `⟦harbour⟧`",
    ),
];

#[test]
fn words_that_are_a_secret_vanish_where_nothing_else_is_meant() {
    for (name, value, said) in WORDS {
        let label = format!("[redacted: {name}]");
        let marked = said.split(['⟦', '⟧']).enumerate();
        let expected: String = marked
            .map(|(place, part)| if place % 2 == 1 { label.as_str() } else { part })
            .collect();
        let text = said.replace(['⟦', '⟧'], "");
        assert_eq!(masked(&knowing(name, value), &text), expected, "{value}");
    }
}

/// What people put behind the name of a password where nobody speaks of what became of it.
const PASSWORDS: [&str; 26] = [
    "password: ⟦letmein⟧",
    "Passwort: ⟦qwertz⟧",
    "wachtwoord: ⟦welkom⟧!",
    "пароль: ⟦йцукен⟧",
    "пароль: ⟦harbour⟧",
    "пароль: ⟦солнце77⟧",
    "hasło: ⟦Słonecznik7!⟧",
    "password=⟦harbour⟧",
    "password:⟦harbour⟧",
    "DB_PASSWORD: ⟦harbour⟧",
    "dbPassword: ⟦harbour⟧",
    "mysqldump --password ⟦harbour⟧ orion",
    "password: \"⟦harbour⟧\"",
    "wachtwoord: `⟦harbour⟧`",
    "the password is \"⟦harbour⟧\"",
    "{\"password\": \"⟦harbour⟧\"}",
    "user: ana\npassword: ⟦harbour⟧",
    "пароль: ⟦гавань⟧\nлогин: ana",
    "db:\n  password: ⟦harbour⟧",
    "password: ⟦correctHorseBattery⟧",
    "password: ⟦correct-horse-battery⟧",
    "password: ⟦xkqbgjczo⟧",
    "password: ⟦harbour!7⟧",
    "password: ⟦P@ssword⟧",
    "| user | password |\n|---|---|\n| ana | ⟦harbour⟧ |",
    "user/password: ana/⟦Harbour77!⟧",
];

#[test]
fn a_word_is_a_password_where_it_is_no_talk() {
    let redactor = super::bare();
    let mut wrong = String::new();
    for said in PASSWORDS {
        let text = said.replace(['⟦', '⟧'], "");
        let secret = said.split(['⟦', '⟧']).nth(1).expect("a password");
        let clean = masked(&redactor, &text);
        if clean.contains(secret) {
            let _ = writeln!(wrong, "{clean}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
