//! Fingerprints tell two values apart without showing one: HMAC-SHA256 under a random key of this installation.
//! A plain hash would let anybody who holds a leaked key confirm that it is ours.
use super::key_within::without_marks;
use crate::domain::cycle::Fingerprint;
use ring::{aead, digest, hkdf, hmac};
use secrecy::{ExposeSecret, SecretString};
use std::fmt::Write;
use zeroize::Zeroizing;

/// How many hex digits are shown.
const SHOWN: usize = 12;

/// How a keyed mark begins.
pub(super) const KEYED: &str = "hmac-sha256:";

/// Tells keys that are derived here from those of other programs.
const SALT: &[u8] = b"keyminder install key";

/// The key under which fingerprints are made, and from which others are derived; random, 32 bytes.
pub struct InstallKey {
    prints: hmac::Key,
    derived: hkdf::Prk,
}

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
        Some(Self {
            prints: hmac::Key::new(hmac::HMAC_SHA256, &bytes),
            derived: hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(&bytes),
        })
    }

    /// The first 12 hex digits of HMAC-SHA256 over `name NUL value`; a mark left at the end makes no other key of it.
    pub fn fingerprint(&self, name: &str, value: &SecretString) -> Fingerprint {
        let mut context = hmac::Context::with_key(&self.prints);
        context.update(name.as_bytes());
        context.update(&[0]);
        context.update(without_marks(value.expose_secret()).as_bytes());
        hex(&context.sign().as_ref()[..SHOWN / 2])
    }
}

impl InstallKey {
    /// What tells two files apart without confirming a guess of what is in them: HMAC-SHA256, with its name before it.
    fn mark(&self, bytes: &[u8]) -> String {
        let mut context = hmac::Context::with_key(&self.prints);
        // A fingerprint begins with a name, which holds no NUL.
        context.update(&[0]);
        context.update(bytes);
        format!("{KEYED}{}", hex(context.sign().as_ref()))
    }

    /// The mark of a file's bytes in a list: a keyed one where the file itself lies encrypted beside the list, for there a
    /// plain hash would confirm what the encryption hides; else SHA-256, as `sha256sum` gives it.
    pub(super) fn content_mark(&self, bytes: &[u8], encrypted: bool) -> String {
        if encrypted { self.mark(bytes) } else { sha256(bytes) }
    }

    /// Whether this is one of the marks of these bytes.
    pub(super) fn is_mark_of(&self, mark: &str, bytes: &[u8]) -> bool {
        mark == self.content_mark(bytes, mark.starts_with(KEYED))
    }

    /// What the key is known by where it does not lie itself. It gives nothing of it away: the key is random, and as long as
    /// what this is derived with.
    pub(super) fn id(&self) -> String {
        let id = self.hashing(b"id").map(|key| hmac::sign(&key, b""));
        id.map(|id| hex(&id.as_ref()[..8])).unwrap_or_default()
    }

    /// A key to hash with, for this purpose alone. `None`: no such key can be derived.
    pub(super) fn hashing(&self, purpose: &'static [u8]) -> Option<hmac::Key> {
        Some(self.derived.expand(&[purpose], hmac::HMAC_SHA256).ok()?.into())
    }

    /// A key to seal bytes with, for this purpose alone.
    pub(super) fn sealing(&self, purpose: &'static [u8]) -> Option<aead::LessSafeKey> {
        let info = [purpose];
        let key = self.derived.expand(&info, &aead::AES_256_GCM).ok()?;
        Some(aead::LessSafeKey::new(aead::UnboundKey::from(key)))
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
    fn a_keyed_mark_tells_bytes_apart_and_means_nothing_without_the_key() {
        let [ours, theirs] = ["00", "01"].map(|byte| InstallKey::from_hex(&byte.repeat(32)).unwrap());
        let mark = ours.content_mark(b"A=made-up\n", true);
        assert!(ours.is_mark_of(&mark, b"A=made-up\n") && !ours.is_mark_of(&mark, b"A=made-uq\n"));
        assert!(!theirs.is_mark_of(&mark, b"A=made-up\n") && !mark.contains(&sha256(b"A=made-up\n")));
        let plain = ours.content_mark(b"A=made-up\n", false);
        assert!(plain == sha256(b"A=made-up\n") && theirs.is_mark_of(&plain, b"A=made-up\n"));
    }

    #[test]
    fn a_short_or_odd_key_file_is_no_key() {
        for text in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
            assert!(InstallKey::from_hex(text).is_none());
        }
    }
}
