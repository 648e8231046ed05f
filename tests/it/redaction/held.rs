//! What of a `.env` is masked, whatever its variables are called, and what of it `check` has to name.
use super::keys::Keys;
use super::{knowing, masked};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyminder::domain::redact::KnownValues;

const HEX: &str = "{hex:32}";

/// Names with the form of their value, which nobody thought of.
const RANDOM: [(&str, &str); 26] = [
    ("PEPPER", HEX),
    ("NONCE", HEX),
    ("HMAC", HEX),
    ("SIGNING", HEX),
    ("LICENSE", HEX),
    ("FOO", HEX),
    ("IV", HEX),
    ("LOGIN", HEX),
    ("DATA", "{hex:64}"),
    ("APP_ID", "7f{mixed:18}"),
    ("APP_ENV", "{mixed:16}"),
    ("APP_ENVIRONMENT", "{mixed:20}"),
    ("TENANT_ID", "{mixed:22}"),
    ("TENANT_ID", HEX),
    ("MY_ENV", HEX),
    ("DB_USER", HEX),
    ("DB_USER", "{mixed:24}"),
    ("SMTP_HOST", "{mixed:24}"),
    ("MODEL", "{mixed:24}"),
    ("FEATURE_FLAG", "0x{hex:40}"),
    ("RELEASE", "{mixed:8}-{mixed:8}-{mixed:8}"),
    ("STATE", "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}"),
    ("NTFY_TOPIC_URL", "https://ntfy.sh/{mixed:16}"),
    ("FOO", "https://x.example/hook/{mixed:24}"),
    ("FOO", "https://x.example/hook/{hex:32}"),
    ("FOO", "https://x.example/a#{mixed:24}"),
];

#[test]
fn what_is_random_is_masked_under_any_name() {
    let mut keys = Keys::new(61);
    for (name, form) in RANDOM {
        let value = keys.fill(form);
        let bare = value.rsplit(['/', '#']).next().unwrap_or(&value);
        let clean = masked(&knowing(name, &value), &format!("so {bare} it is"));
        assert_eq!(clean, format!("so [redacted: {name}] it is"), "{name}={form}");
    }
}

/// Names and values that say together that everybody may have them.
const IDS: [(&str, &str); 10] = [
    ("TENANT_ID", "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}"),
    ("GIT_COMMIT", "{hex:40}"),
    ("IMAGE_DIGEST", "{hex:64}"),
    ("IMAGE_DIGEST", "sha256:{hex:64}"),
    ("APP_VERSION", "{hex:40}"),
    ("NOTION_PAGE_ID", HEX),
    ("NOTION_DATABASE_ID", HEX),
    ("TASKS_DB", HEX),
    ("WORKSPACE_ID", HEX),
    ("PAGE_URL", "https://www.notion.so/{hex:32}"),
];

/// What is neither masked nor told of by its name alone.
const OPEN: [(&str, &str); 4] = [
    ("STRIPE_PUBLIC", "{mixed:24}"),
    ("CACHE_HOST", "{lower36:24}"),
    ("FOO", "https://x.example/a/{hex:32}"),
    ("RUN_ID", "{hex:24}"),
];

#[test]
fn ids_stay_and_what_may_be_none_is_named() {
    let mut keys = Keys::new(62);
    for (name, form, told) in IDS
        .map(|(name, form)| (name, form, false))
        .into_iter()
        .chain(OPEN.map(|(name, form)| (name, form, true)))
    {
        let value = keys.fill(form);
        let known = KnownValues::from_env([(name.to_owned(), value.clone().into())]);
        assert!(known.is_empty(), "{name}={form}");
        assert_eq!(known.overlooked().eq([name]), told, "{name}={form}");
    }
    for (name, value) in [
        ("MODEL", "Meta-Llama-3.1-70B-Instruct-Turbo"),
        ("DB_HOST", "db-1.example.org"),
        ("TZ", "UTC"),
    ] {
        let known = KnownValues::from_env([(name.to_owned(), value.to_owned().into())]);
        assert!(known.is_empty() && known.overlooked().next().is_none(), "{name}");
    }
}

#[test]
fn a_password_that_is_none_yet_is_named() {
    for (name, value) in [
        ("DB_PASSWORD", "changeme"),
        ("DB_PASSWORD", "change-me"),
        ("DB_PASSWORD", "your_db_password"),
        ("ROOT_PASSWORD", "your-secret-password"),
        ("ROOT_PASSWORD", "xxxxxxxxxxxx"),
        ("ROOT_PASSWORD", "password"),
    ] {
        let known = KnownValues::from_env([(name.to_owned(), value.to_owned().into())]);
        assert!(known.unmaskable().eq([name]), "{name}={value}");
    }
}

#[test]
fn secrets_within_files_of_a_value_vanish() {
    let mut keys = Keys::new(63);
    let secret = keys.fill("{mixed:15}");
    let yaml = format!("apiVersion: v1\nusers:\n- name: ana\n  user:\n    token: {secret}\ncurrent-context: harbour\n");
    for (name, value) in [
        ("NETRC", format!("machine a.example login b password {secret}")),
        ("NETRC", format!("machine a.example\nlogin b\npassword {secret}")),
        ("KUBECONFIG_DATA", STANDARD.encode(&yaml)),
        ("KUBECONFIG", yaml),
    ] {
        let redactor = knowing(name, &value);
        assert_eq!(
            masked(&redactor, &format!("so {secret} it is")),
            format!("so [redacted: {name}] it is")
        );
        let said = "the machine of ana, a login in current-context harbour, apiVersion v1";
        assert_eq!(masked(&redactor, said), said);
    }
}

#[test]
fn the_bytes_of_a_key_vanish_however_they_are_written() {
    let bytes: Vec<u8> = (1..65_u8).map(|n| n.wrapping_mul(83).wrapping_add(n / 3)).collect();
    let list = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let hex = bytes
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    for (name, value) in [("WALLET", format!("[{list}]")), ("HEXKEY", hex.clone())] {
        let redactor = knowing(name, &value);
        for said in [
            hex.clone(),
            list.clone(),
            list.replace(',', ", "),
            STANDARD.encode(&bytes),
            hex.to_uppercase(),
        ] {
            let clean = masked(&redactor, &format!("so {said} it is"));
            let rest = clean.replace(&format!("[redacted: {name}]"), "");
            assert!(rest.len() <= "so  it is".len() + 2, "{name}: {said}: {clean}");
        }
        let said = "we had 12, 200 and 33 of them in 2024, 2025 and 2026";
        assert_eq!(masked(&redactor, said), said);
    }
}

/// A value, what is said, and whether that is talk.
const TALK: [(&str, &str, bool); 12] = [
    ("thequickbrownfox", "The Quick Brown Fox restaurant", true),
    ("thequickbrownfox", "we use thequickbrownfox there", false),
    ("thequickbrownfox", "we use the-quick-brown-fox there", false),
    ("Sommer 2024!", "Im Sommer 2024 wurde", true),
    ("Sommer 2024!", "es ist Sommer 2024! ja", false),
    ("Sommer 2024!", "LONG_PASS=\"Sommer 2024\"", false),
    ("Notion2024!", "the notion2024 roadmap", true),
    ("Notion2024!", "it is Notion2024! there", false),
    ("Notion2024!", "LONG_PASS is Notion2024 there", false),
    ("notion2024", "the Notion 2024 roadmap", true),
    ("HarbourBlue77", "a harbour blue 77 of them", true),
    ("HarbourBlue77", "it is H a r b o u r B l u e 7 7 there", false),
];

#[test]
fn what_people_say_is_no_password_of_the_same_letters() {
    for (value, said, is_talk) in TALK {
        let clean = masked(&knowing("LONG_PASS", value), said);
        assert_eq!(
            !clean.contains("[redacted: LONG_PASS]"),
            is_talk,
            "{value}: {said}: {clean}"
        );
    }
}
