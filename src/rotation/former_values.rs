//! Former key values, sealed on the disk: pieces of a key are masked long after the key was replaced.
//!
//! What they are for: a person who posts half of last month's key must not find it in a reply or a log, and the old key
//! may still be alive. Backups hold former values too, but they are removed with time, and encrypted ones cannot be read
//! here. So what has left `.env` is kept.
//!
//! Why they are sealed and not hashed: hashes of pieces have to be computable, and pieces are so short that whoever can
//! compute them tries all of them out, joins those that answer, and has the key. No salt and no slow hash mends that; only
//! a key that the thief has not. It is derived (HKDF-SHA-256) from the install key, which lies beside `.env` and not here:
//! `state/` alone is noise under AES-256-GCM with a fresh random nonce for each writing. To derive it from the keys in
//! `.env` would lose the file with every change by hand, and gain nothing: who reads the install key reads `.env`.
//!
//! Why no present value is in it: whoever gets hold of the install key as well must not find more here than what was
//! replaced. So each secret part is kept by itself: a password leaves its address, and the parameters stay. The price: a value that is replaced by hand while no keyminder looks, and that no backup holds, is not known
//! afterwards. It is found by its pattern only.
use super::Project;
use super::atomic_write::{temporary_files_of, wipe, write_atomic};
use super::install_key;
use super::places::open_own;
use super::replace;
use crate::domain::redact::KnownValues;
use ring::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The file in the state folder; 0600.
const FILE: &str = "former-values.sealed";
/// What earlier versions wrote: hashes of present values too, with the key beside them.
const UNSEALED: &str = "former-values";
/// How the file begins; bound to the seal.
const HEAD: &[u8] = b"keyminder former values 1\n";
/// What the sealing key is derived for.
const PURPOSE: &[u8] = b"former values";
/// More than ten thousand values take.
const MAX_BYTES: u64 = 64 << 20;

/// What the sealed file holds.
pub(super) enum KeptValues {
    /// There is none.
    Nothing,
    /// As it was sealed.
    Opened(Zeroizing<Vec<u8>>),
    /// It is there, and cannot be opened or read.
    Closed,
}

/// Adds the former values that were kept, and gives them as they are.
pub(super) fn read(project: &Project, known: &mut KnownValues) -> KeptValues {
    let path = sealed_file(project);
    let file = project.relative(&path);
    let plain = match bytes_of(&path) {
        Ok(bytes) => opened(project, &bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => return KeptValues::Nothing,
        Err(error) => {
            project.note(format!("{file}: {error}; {LOST}"));
            return KeptValues::Closed;
        }
    };
    let Some(plain) = plain.filter(|plain| add(plain, known).is_some()) else {
        project.note(format!(
            "{file} was not sealed with this project's key, or is damaged; {LOST}"
        ));
        return KeptValues::Closed;
    };
    KeptValues::Opened(plain)
}

const LOST: &str = "pieces of keys that were replaced before are found by their patterns only";

/// Keeps of what is known what is none of the present values; `kept`: as it was read under the same lock. What an earlier version left unsealed is removed.
/// Nothing is written where nothing changed.
pub(super) fn keep(project: &Project, kept: &KeptValues, known: &KnownValues, present: &KnownValues) -> io::Result<()> {
    let former = known.former(present).into_iter();
    let former: Vec<(&str, &str, bool)> = former
        .map(|(name, part, words)| (name, part.expose_secret(), words))
        .collect();
    let is_none = former.is_empty();
    let former = written(&former)?;
    let path = sealed_file(project);
    let is_new = match kept {
        KeptValues::Closed => {
            project.note(format!(
                "{} cannot be opened with the present {}, so nothing is added to it: put the former key back, or remove the file",
                project.relative(&path),
                install_key::KEY_FILE
            ));
            return remove_unsealed(project);
        }
        KeptValues::Nothing => !is_none,
        KeptValues::Opened(plain) => **plain != *former,
    };
    // Sealed beside its key it would be open to whoever takes the folder.
    if is_new && install_key::lies_apart(&project.dir) {
        write_atomic(&path, &sealed(project, &former)?, 0o600)?;
    }
    remove_unsealed(project)
}

/// Overwrites and removes what an earlier version wrote, and what its crashes left of that.
fn remove_unsealed(project: &Project) -> io::Result<()> {
    let path = unsealed_file(project);
    let mut left = temporary_files_of(&path);
    left.extend(path.symlink_metadata().is_ok().then_some(path));
    for file in &left {
        wipe(file)?;
        project.note(format!(
            "{} was written by an earlier version: keys can be guessed from it. It is removed, and what was replaced before \
             is known from backups only; where copies of the state folder left this machine, rotate the keys",
            project.relative(file)
        ));
    }
    Ok(())
}

/// As the state folder's lock keeps two starters apart, one does not lose what the other one wrote.
pub(super) fn lock(project: &Project) -> Option<std::fs::File> {
    replace::lock(&project.state_dir)
        .inspect_err(|error| project.note(format!("former key values are not kept now: {error}")))
        .ok()
}

fn sealed_file(project: &Project) -> PathBuf {
    project.state_dir.join(FILE)
}

fn unsealed_file(project: &Project) -> PathBuf {
    project.state_dir.join(UNSEALED)
}

fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_own(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn sealed(project: &Project, plain: &[u8]) -> io::Result<Vec<u8>> {
    let failed = || io::Error::other("the former values could not be sealed");
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).map_err(|_| failed())?;
    let key = key(project).ok_or_else(failed)?;
    // It is sealed where it stands, so that no copy of it is left behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(plain.len()));
    bytes.extend_from_slice(plain);
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(HEAD), &mut bytes)
        .map_err(|_| failed())?;
    Ok([HEAD, &nonce, &bytes, tag.as_ref()].concat())
}

/// The values as they are sealed, written into memory that is large enough from the start: what grows leaves copies.
fn written(values: &[(&str, &str, bool)]) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut length = ByteCount(0);
    serde_json::to_writer(&mut length, values)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, values)?;
    Ok(bytes)
}

/// Takes everything and keeps only how much it was.
struct ByteCount(usize);

impl io::Write for ByteCount {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `None` when it was sealed with another key, or changed since.
fn opened(project: &Project, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = bytes.strip_prefix(HEAD)?.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = Zeroizing::new(sealed.to_vec());
    let plain = key(project)?.open_in_place(nonce, Aad::from(HEAD), &mut sealed).ok()?;
    let length = plain.len();
    sealed.truncate(length);
    Some(sealed)
}

/// Adds what was kept: secret parts, or, by an earlier version, whole values. `None`: it is neither.
fn add(plain: &[u8], known: &mut KnownValues) -> Option<()> {
    if let Ok(parts) = serde_json::from_slice::<Vec<(String, SecretString, bool)>>(plain) {
        for (name, part, words) in &parts {
            known.add_former(name, part, *words);
        }
        return Some(());
    }
    let values: Vec<(String, SecretString)> = serde_json::from_slice(plain).ok()?;
    for (name, value) in &values {
        known.add(name, value);
    }
    Some(())
}

fn key(project: &Project) -> Option<LessSafeKey> {
    project.install_key().sealing(PURPOSE)
}

#[cfg(test)]
#[path = "former_values_tests.rs"]
mod tests;
