//! `.env`: reading never panics, and a changed value reads back while all others stay.
use keyminder::rotation::{EnvFile, KeyValues};
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;

fn exposed(values: &KeyValues) -> BTreeMap<&str, &str> {
    let values = values.iter();
    values
        .map(|(name, value)| (name.as_str(), value.expose_secret()))
        .collect()
}

/// Reads a `.env`, then writes another value for each of its names and for a new one.
///
/// # Panics
///
/// When reading panics, or when an edit changes anything beside its own name.
pub fn env_file(data: &[u8]) {
    let Ok(file) = EnvFile::parse(data) else {
        return;
    };
    let before = file.values();
    let names = before.keys().take(8).map(String::as_str);
    for name in names.chain(["KEYMINDER_NEW"]) {
        let value = SecretString::from("new-value_1234567890");
        let Ok(bytes) = file.with_value(name, &value) else {
            continue;
        };
        let edited =
            EnvFile::parse(&bytes).unwrap_or_else(|error| panic!("an edited file does not read back: {error}"));
        let after = edited.values();
        let mut expected = exposed(&before);
        expected.insert(name, value.expose_secret());
        assert!(exposed(&after) == expected, "an edit changed more than its own name");
    }
}
