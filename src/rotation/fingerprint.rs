//! Fingerprints tell two values apart without showing one: HMAC-SHA256 under a random key of this installation.
//! A plain hash would let anybody who holds a leaked key confirm that it is ours.
use crate::domain::cycle::Fingerprint;
use ring::{digest, hmac};
use secrecy::{ExposeSecret, SecretString};
use std::fmt::Write;
use zeroize::Zeroizing;

/// How many hex digits are shown.
const SHOWN: usize = 12;

/// The key under which fingerprints are made; lives in `state/install.key`, 0600.
pub struct InstallKey(hmac::Key);

impl InstallKey {
    /// From the 64 hex digits of the key file. `None` when there are not that many.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let bytes = (0..32)
            .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok())
            .collect::<Option<Vec<u8>>>()
            .map(Zeroizing::new)?;
        Some(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The first 12 hex digits of HMAC-SHA256 over `name NUL value`.
    pub fn fingerprint(&self, name: &str, value: &SecretString) -> Fingerprint {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(name.as_bytes());
        context.update(&[0]);
        context.update(value.expose_secret().as_bytes());
        hex(&context.sign().as_ref()[..SHOWN / 2])
    }
}

/// SHA-256 of some bytes, as 64 hex digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Bytes as hex digits in lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct FingerprintVector {
        install_key_hex: String,
        key_name: String,
        value: String,
        shown: String,
    }

    #[test]
    fn the_vectors_hold() {
        let vectors: Vec<FingerprintVector> =
            serde_json::from_str(include_str!("../../tests/vectors/fingerprint.json")).unwrap();
        assert_eq!(vectors.len(), 3);
        for vector in vectors {
            let key = InstallKey::from_hex(&vector.install_key_hex).unwrap();
            assert_eq!(key.fingerprint(&vector.key_name, &vector.value.into()), vector.shown);
        }
    }

    #[test]
    fn a_short_or_odd_key_file_is_no_key() {
        for text in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
            assert!(InstallKey::from_hex(text).is_none());
        }
    }
}
