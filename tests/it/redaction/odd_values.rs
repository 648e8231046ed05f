//! Values that no maker of keys would give: passwords with signs and other alphabets, phrases, values within values.
use super::{bare, knowing, masked};
use keyminder::domain::redact::KnownValues;

/// A variable, its value, and what is said of it; `⟦…⟧` has to be masked, and nothing else.
const ODD: [(&str, &str, &str); 22] = [
    ("DB_PASSWORD", "Grün77!Wald", "is it ⟦Grün77!Wald⟧ ?"),
    ("DB_PASSWORD", "пароль2024!", "это ⟦пароль2024!⟧ да"),
    ("DB_PASSWORD", "Ключ-От-Дома9", "это ⟦Ключ-От-Дома9⟧ да"),
    ("DB_PASSWORD", "密码123456", "是 ⟦密码123456⟧ 吗"),
    ("DB_PASSWORD", "it's \"me\" 42", "try ⟦it's \"me\" 42⟧ then"),
    ("DB_PASSWORD", "a,b;c d!9", "so ⟦a,b;c d!9⟧ it is"),
    ("DB_PASSWORD", "!!!###$$$", "so ⟦!!!###$$$⟧ it is"),
    ("DB_PASSWORD", "P@$$w0rd!", "so ⟦P@$$w0rd!⟧ it is"),
    ("ADMIN_PW", "Harbour77", "so ⟦Harbour77⟧ it is"),
    ("WALLET_MNEMONIC", SEED, "we wrote ⟦lamp orbit velvet anchor⟧"),
    ("WALLET_MNEMONIC", SEED, "the lamp over the anchor, a velvet orbit"),
    (
        "DB_PASSWORD",
        "correct horse battery staple",
        "that is correct, the battery too",
    ),
    (
        "SITE",
        "https://x.example/a?password=q7Hx77kk",
        "it says ⟦q7Hx77kk⟧ there",
    ),
    (
        "DB",
        "Server=db;User Id=sa;Password=Harbour-77!;",
        "it says ⟦Harbour-77!⟧ there",
    ),
    ("DB_DSN", "app:harbour77@tcp(db:3306)/x", "it says ⟦harbour77⟧ there"),
    ("API_KEY_ENV", "Hx7kQ2mZ9pLwR4tY", "it says ⟦Hx7kQ2mZ9pLw⟧ there"),
    ("MAKER_KEY_ID", "k9QmZx7Lp2Vt", "it says ⟦k9QmZx7Lp2Vt⟧ there"),
    ("CREDENTIALS", ACCOUNT, "our project has a service account, orion-1"),
    ("CREDENTIALS", ACCOUNT, "it says ⟦q7Hx77kkLm92⟧ there"),
    ("SIGNING_KEY", PEM, "the line -----BEGIN of a private key block"),
    ("SIGNING_KEY", PEM, "it says ⟦Lw93pZk2Qm7X⟧ there"),
    ("LOG_LEVEL", "information", "more information please"),
];

const SEED: &str = "orchard lamp orbit velvet anchor meadow ribbon copper walnut island basket summer";
const ACCOUNT: &str = r#"{"type":"service_account","project_id":"orion-1","client_secret":"q7Hx77kkLm92"}"#;
const PEM: &str = "-----BEGIN PRIVATE KEY-----\nq0AbLw93pZk2Qm7XnB5v\n-----END PRIVATE KEY-----";

#[test]
fn odd_values_vanish_and_the_words_in_them_stay() {
    for (name, value, said) in ODD {
        let text = said.replace(['⟦', '⟧'], "");
        let expected = match (said.find('⟦'), said.find('⟧')) {
            (Some(from), Some(to)) => format!("{}[redacted: {name}]{}", &said[..from], &said[to + '⟧'.len_utf8()..]),
            _ => text.clone(),
        };
        assert_eq!(masked(&knowing(name, value), &text), expected, "{name}={value}");
    }
}

#[test]
fn what_cannot_be_masked_is_named() {
    let env = [
        ("PIN", "4711"),
        ("ADMIN_PASSWORD", "geheim"),
        ("WIFI_PASSWORD", "ab1!"),
        ("GROQ_KEY", "primary"),
        ("DB_PASSWORD", "Harbour-77!"),
        ("TOKEN_BUDGET", "5"),
        ("API_URL", "https://api.example.org"),
        ("USE_TOKEN", "true"),
        ("API_KEY", "your_key_here"),
    ];
    let known = KnownValues::from_env(env.map(|(name, value)| (name.to_owned(), value.to_owned().into())));
    let named: Vec<&str> = known.unmaskable().collect();
    assert_eq!(named, ["ADMIN_PASSWORD", "GROQ_KEY", "PIN", "WIFI_PASSWORD"]);
}

/// Keys that makers print in their documentation.
#[test]
fn published_examples_stay() {
    let redactor = bare();
    for key in [
        ["sk_te", "st_4eC39HqLy", "jWDarjtT1zdp7dc"].concat(),
        ["sk_te", "st_BQokikJOv", "BiI2HlWgH4olfQ2"].concat(),
        ["wJalrXUtnFEMI/K7", "MDENG/bPxRfiCY", "EXAMPLEKEY"].concat(),
        [
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
            "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.",
            "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        ]
        .concat(),
    ] {
        for frame in [
            "the docs say {}",
            "API_KEY={}",
            "the secret key is {} there",
            "Authorization: Bearer {}",
        ] {
            let text = frame.replace("{}", &key);
            assert_eq!(masked(&redactor, &text), text);
        }
    }
}
