//! Values that no maker of keys would give: passwords with signs and other alphabets, phrases, values within values.
use super::{bare, knowing, masked};
use keyminder::domain::redact::KnownValues;
use std::fmt::Write as _;

/// A variable, its value, and what is said of it; `⟦…⟧` has to be masked, and nothing else.
const ODD: &[(&str, &str, &str)] = &[
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
    ("STORAGE", AZURE, "it says ⟦q7Hx77kkLm92⟧ there"),
    (
        "STORAGE",
        AZURE,
        "DefaultEndpointsProtocol=https is the protocol of our storage",
    ),
    ("KAFKA_SASL_JAAS_CONFIG", KAFKA, "it says ⟦q7Hx77kkLm92⟧ there"),
    (
        "KAFKA_SASL_JAAS_CONFIG",
        KAFKA,
        "the PlainLoginModule is required, RootManageSharedAccessKey too",
    ),
    (
        "CACHE",
        "cache.example:6380,password=q7Hx77kkLm92=,ssl=True",
        "it says ⟦q7Hx77kkLm92=⟧ there",
    ),
    ("DB_PASSWORD", "Kx9!://Lm2#pQ7", "so ⟦Kx9!://Lm2#pQ7⟧ it is"),
    ("DB_PASSWORD", "ab://Kx93zz", "so ⟦ab://Kx93zz⟧ it is"),
    (
        "DB_DSN",
        "host=db port=5432 user=app password='Harbour 77!' sslmode=require",
        "so ⟦Harbour 77!⟧ it is",
    ),
    ("DB", "postgres://app:p/w-q7Hx77@db:5432/x", "so ⟦p/w-q7Hx77⟧ it is"),
    ("DB", "postgres://app:p@ss:w0rd#1@db/x", "so ⟦p@ss:w0rd#1⟧ it is"),
    ("DB", "postgres://app:Harbour%2177@db/x", "so ⟦Harbour!77⟧ it is"),
    (
        "DB",
        "jdbc:sqlserver://db:1433;databaseName=x;user=sa;password={Harbour;77};encrypt=true",
        "so ⟦Harbour;77⟧ it is",
    ),
    (
        "DB",
        "jdbc:oracle:thin:app/Harbour77@//db:1521/x",
        "so ⟦Harbour77⟧ it is",
    ),
    (
        "ALERTS",
        "https://hooks.slack.com/services/T0AB1CD2EF/B0AB1CD2EF/q7Hx77kkLm92pZk2Qm7X",
        "it says ⟦q7Hx77kkLm92⟧ there",
    ),
    (
        "ALERTS",
        "https://discord.com/api/webhooks/1234567890/q7Hx77kkLm92pZk2Qm7X",
        "the api/webhooks of it",
    ),
    (
        "ALERT_WEBHOOK",
        "https://example.org/in/q7Hx77kkLm92pZk2",
        "it says ⟦q7Hx77kkLm92⟧ there",
    ),
    (
        "EXPORT_URL",
        "https://x.example/a?X-Amz-Date=20261129T000000Z&X-Amz-Signature=0a1b2c3d4e5f60718293",
        "it says ⟦0a1b2c3d4e5f6071⟧ there",
    ),
    ("SMTP_AUTH", "mail:q7Hx77kkLm92", "it says ⟦q7Hx77kkLm⟧ there"),
    ("SMTP_AUTH", "mailer:q7Hx77kkLm92", "the mailer is down"),
    ("NEO4J_AUTH", "neo4j/q7Hx77kkLm92", "it says ⟦q7Hx77kkLm⟧ there"),
    (
        "PROXY_AUTHORIZATION",
        "Basic bWFpbGVyOnE3SHg3N2trTG05Mg==",
        "it says ⟦q7Hx77kkLm⟧ there",
    ),
    (
        "ETH_RPC_URL",
        "https://mainnet.example.org/v3/0a1b2c3d4e5f607182930a1b2c3d4e5f",
        "it says ⟦0a1b2c3d4e5f6071⟧ there",
    ),
    (
        "FEED_URL",
        "https://example.org/feed/q7Hx77kkLm92pZk2",
        "it says ⟦q7Hx77kkLm92⟧ there",
    ),
    (
        "FEED_URL",
        "https://example.org/feed?token=q7Hx77kkLm92pZk2",
        "it says ⟦q7Hx77kkLm92⟧ there",
    ),
    (
        "VAULT_SECRET_ID",
        "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
        "it says ⟦4e5f-6071-8293⟧ there",
    ),
    ("TOTP_SEED", "JBSWY3DPEHPK3PXQ", "it says ⟦JBSWY3DPEHPK3⟧ there"),
    (
        "TOTP",
        "otpauth://totp/Mail:ana?secret=JBSWY3DPEHPK3PXQ&issuer=Mail",
        "it says ⟦JBSWY3DPEHPK3⟧ there",
    ),
    ("APP_SECRET_KEY", "Kx9!Lm2#pQ7$zR4", "so ⟦Kx9!Lm2#pQ7$zR4⟧ it is"),
    ("APP_SECRET_KEY", "Grün77Wald", "so ⟦Grün77Wald⟧ it is"),
    ("API_TOKEN", "ключ77дома99", "so ⟦ключ77дома99⟧ it is"),
    ("DBPASS", "Harbour77", "so ⟦Harbour77⟧ it is"),
    ("KENNWORT", "Hafen77!", "es ist ⟦Hafen77!⟧ ja"),
    ("DB_HASLO", "Zamek77!", "to ⟦Zamek77!⟧ tak"),
    ("DB_PASSWORD", "example-Kx93!zzQ", "so ⟦example-Kx93!zzQ⟧ it is"),
    ("DB_PASSWORD", "example-harbour", "so ⟦example-harbour⟧ it is"),
    ("DB_PASSWORD", "<harbour>!", "so ⟦<harbour>!⟧ it is"),
    ("DB_PASSWORD", "<Kx93!zzQ", "so ⟦<Kx93!zzQ⟧ it is"),
    ("DB_PASSWORD", "your_Kx93!zzQ", "so ⟦your_Kx93!zzQ⟧ it is"),
    ("API_KEYS", "q7Hx77kkLm92, Lw93pZk2Qm7X", "it says ⟦Lw93pZk2Qm7X⟧ there"),
    (
        "DOCKER_CONFIG",
        r#"{"auths":{"ghcr.io":{"auth":"bWFpbGVyOnE3SHg3N2trTG05Mg=="}}}"#,
        "it says ⟦q7Hx77kkLm⟧ there",
    ),
];

const AZURE: &str = "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=q7Hx77kkLm92pZk2==;BlobEndpoint=https://acc.blob.example/";
const KAFKA: &str = r#"org.example.plain.PlainLoginModule required username="$ConnectionString" password="Endpoint=sb://ns.example/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=q7Hx77kkLm92pZk2=";"#;

const SEED: &str = "orchard lamp orbit velvet anchor meadow ribbon copper walnut island basket summer";
const ACCOUNT: &str = r#"{"type":"service_account","project_id":"orion-1","client_secret":"q7Hx77kkLm92"}"#;
const PEM: &str = "-----BEGIN PRIVATE KEY-----\nq0AbLw93pZk2Qm7XnB5v\n-----END PRIVATE KEY-----";

#[test]
fn odd_values_vanish_and_the_words_in_them_stay() {
    let mut wrong = String::new();
    for (name, value, said) in ODD {
        let text = said.replace(['⟦', '⟧'], "");
        let expected = match (said.find('⟦'), said.find('⟧')) {
            (Some(from), Some(to)) => format!("{}[redacted: {name}]{}", &said[..from], &said[to + '⟧'.len_utf8()..]),
            _ => text.clone(),
        };
        let clean = masked(&knowing(name, value), &text);
        if clean != expected {
            let _ = writeln!(wrong, "{name}={value}: {clean}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A short password or one of many signs, what is said, and whether that is a piece of it.
const PIECES: &[(&str, &str, bool)] = &[
    ("x9Kq2mVb", "x9Kq2mV", true),
    ("x9Kq2mVb", "9Kq2mVb", true),
    ("x9Kq2mVb", "Kq2mVb", true),
    ("x9Kq2mVb", "9kq2m", true),
    ("x9Kq2mVb", "x 9 K q 2 m V", true),
    ("x9Kq2mVb", "eDlLcTJtVmI", true),
    ("x9Kq2mVb", "x9Kq", false),
    ("q7Hx77kkLm9", "q7Hx77", true),
    ("q7Hx77kkLm9", "77kkLm9", true),
    ("Violet3507!", "Violet3507", true),
    ("Violet3507!", "iolet3507", true),
    ("Violet3507!", "Violet35", true),
    ("Violet3507!", "Violet", false),
    ("Violet3507!", "violet 350", false),
    ("Violet3507!", "3507", false),
    ("Harbour77", "Harbour7", true),
    ("Harbour77", "a harbour with 77 ships", false),
    ("harbour-blue", "harbour-blu", true),
    ("harbour-blue", "harbour-boat", false),
    ("HarbourBlue", "a harbour, and blue", false),
    ("48151623", "4815162", true),
    ("48151623", "48151", false),
    ("48151623", "order 9481516239", false),
    ("P@$$w0rd!", "P@$$w0r", true),
    ("!!!###$$$", "!!!###$$", true),
    ("Kx9!Lm2#pQ7$zR4", "9!Lm2#pQ", true),
    ("Kx9!Lm2#pQ7$zR4", "x9!Lm2#p", true),
    ("k#9$L!2@x^Q&7*z%", "$L!2@x^Q", true),
    ("k#9$L!2@x^Q&7*z%", "$L!2@x", false),
    ("пароль2024ключ", "пароль2024", true),
    ("пароль2024ключ", "роль2024кл", true),
    ("пароль2024ключ", "пароль от ключа", false),
    ("Grün77Wald99", "rün77Wal", true),
    ("Grün77Wald99", "grüner Wald", false),
    ("correctHorseBatteryStaple99", "correct the battery of my horse", false),
    ("correctHorseBatteryStaple99", "correctHorseBatteryStaple", true),
    ("2026-11-29", "made on 2026-11-22", false),
    ("the.key.is.new", "the key is here", false),
    ("bybit-key-2026", "the Bybit key of 2026", false),
    ("test1234test12", "we test 12 of them", false),
];

#[test]
fn most_of_a_short_password_is_a_piece_and_its_words_are_none() {
    let mut wrong = String::new();
    for (value, said, is_piece) in PIECES {
        for name in ["DB_PASSWORD", "ADMIN_PW"] {
            let clean = masked(&knowing(name, value), &format!("so {said} it is"));
            let expected = format!("so [redacted: {name}] it is");
            if (clean == expected) != *is_piece || !is_piece && clean.contains(name) {
                let _ = writeln!(wrong, "{value}: {clean}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Values that hold a secret which cannot be told from what people say.
const ORDINARY: &[(&str, &str)] = &[
    ("PIN", "4711"),
    ("ADMIN_PASSWORD", "geheim"),
    ("WIFI_PASSWORD", "ab1!"),
    ("GROQ_KEY", "primary"),
    ("DATABASE_URL", "postgres://app:harbour@db/x"),
    ("DB_DSN", "host=db user=app password=harbour"),
    ("DB_DSN", "app:harbour@tcp(db:3306)/x"),
    ("SMTP_AUTH", "mail:harbour"),
    ("CONFIG", r#"{"db":{"password":"harbour","port":5432}}"#),
    ("WEBHOOK_SECRET", "https://example.org/hooks/deploy"),
    ("KENNWORT", "hafen"),
    ("PGPASSWORD", "harbour"),
    ("DB_CONTRASENA", "puerto"),
    ("API_TOKEN", "ключ-от-дома"),
];

/// Settings, which are neither masked nor named.
const PLAIN: &[(&str, &str)] = &[
    ("DB_PASSWORD", "Harbour-77!"),
    ("TOKEN_BUDGET", "5"),
    ("API_URL", "https://api.example.org"),
    ("USE_TOKEN", "true"),
    ("API_KEY", "your_key_here"),
    ("BYBIT_API_KEY", "your_bybit_api_key_here"),
    ("DB_PASSWORD", "<your password>"),
    ("DB_PASSWORD", "${OTHER}"),
    ("API_TOKEN", "<API_TOKEN>"),
    (
        "TOKEN_URL",
        "https://login.example.org/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9/oauth2/v2.0/token",
    ),
    (
        "PAGE_URL",
        "https://www.notion.so/Keys-0a1b2c3d4e5f607182930a1b2c3d4e5f",
    ),
    ("KAFKA", "b1.example:9092,b2.example:9092"),
    ("NODE_URL", "http://eth-node1.example:8545"),
    ("TITLE", "Rotation of Keys, for Everyone"),
    ("AUTH", "ldap"),
    ("SMTP_AUTH", "login"),
    ("DB", "Server=db;Integrated Security=true;"),
    ("EMAIL_SIGNATURE", "Kind regards, Ana"),
    ("SETTINGS", r#"{"mode":"dark","key":1}"#),
    ("FEED_URL", "https://example.org/feed/release-notes-2026-11"),
];

fn named(name: &str, value: &str) -> bool {
    let known = KnownValues::from_env([(name.to_owned(), value.to_owned().into())]);
    known.unmaskable().eq([name])
}

#[test]
fn what_cannot_be_masked_is_named() {
    let silent: Vec<_> = ORDINARY.iter().filter(|(name, value)| !named(name, value)).collect();
    let loud: Vec<_> = PLAIN.iter().filter(|(name, value)| named(name, value)).collect();
    assert!(silent.is_empty() && loud.is_empty(), "{silent:?} {loud:?}");
    for (name, value) in PLAIN.iter().filter(|(name, _)| *name != "DB_PASSWORD") {
        let known = KnownValues::from_env([((*name).to_owned(), (*value).to_owned().into())]);
        assert!(known.is_empty(), "{name}={value}");
    }
}

/// What all keys of a kind begin with is in everybody's public key.
#[test]
fn a_public_key_is_no_piece_of_a_private_one() {
    let public = [
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQ",
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg",
        "MIIEpAIBAAKCAQEA",
    ];
    for header in [
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ",
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg",
        "MIIEpAIBAAKCAQEA",
        "MC4CAQAwBQYDK2VwBCIEI",
    ] {
        let body = super::Keys::new(3).fill("{mixed:200}");
        let value = format!("-----BEGIN PRIVATE KEY-----\n{header}{body}\n-----END PRIVATE KEY-----");
        let redactor = knowing("SIGNING_KEY", &value);
        for public in public {
            let clean = masked(
                &redactor,
                &super::Keys::new(4).fill(&format!("it begins with {public}{{mixed:60}}")),
            );
            assert!(!clean.contains("SIGNING_KEY"), "{header} {clean}");
        }
        let said = format!("it says {} there", &body[3..15]);
        assert_eq!(masked(&redactor, &said), "it says [redacted: SIGNING_KEY] there");
    }
}

/// Every setting of the file that Google gives for a service account, with a key that is none.
#[test]
fn of_a_service_account_the_key_alone_is_secret() {
    let lines: Vec<String> = (0..26).map(|line| super::Keys::new(line).fill("{mixed:64}")).collect();
    let key = lines.join("\\n");
    let file = format!(
        r#"{{"type": "service_account", "project_id": "orion-1", "private_key_id": "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        "private_key": "-----BEGIN PRIVATE KEY-----\\n{key}\\n-----END PRIVATE KEY-----\\n", "client_email": "bot@orion-1.iam.example",
        "client_id": "112233445566778899001", "auth_uri": "https://accounts.example/o/oauth2/auth",
        "token_uri": "https://oauth2.example/token", "universe_domain": "example.org",
        "client_x509_cert_url": "https://www.example/robot/v1/metadata/x509/bot%40orion-1.iam.example"}}"#
    );
    let talk = "the client of our project, a service account of bot@orion-1.iam.example with its private key file, token_uri \
                https://oauth2.example/token, auth_uri and orion-1";
    let one_line = file.replace('\n', " ");
    for value in [file, one_line] {
        let redactor = knowing("GOOGLE_CREDENTIALS", &value);
        assert_eq!(masked(&redactor, talk), talk);
        for line in &lines {
            let said = format!("it says {} there", &line[20..32]);
            assert_eq!(masked(&redactor, &said), "it says [redacted: GOOGLE_CREDENTIALS] there");
        }
    }
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
