//! What is made once for an installation: the key of its fingerprints, and the project's id.
//!
//! The key lies in the project, beside `.env`, and not in `state/`, where its fingerprints are: fingerprints under a key
//! that lies beside them confirm every guess. A password that a person made up falls to that within minutes, and a thief
//! of `state/` alone would need nothing else. Who has the project's folder has `.env` itself, so there the key gives
//! nothing away. Where the folder cannot be written (a container that mounts it read-only) the key stays in `state/`,
//! and that is said.
use super::atomic_write::{create_atomic, wipe, write_atomic};
use super::fingerprint::{InstallKey, hex};
use super::git;
use super::places::open_own;
use super::project_error::ProjectError;
use ring::rand::{SecureRandom, SystemRandom};
use std::io::{self, ErrorKind};
use std::path::Path;
use zeroize::Zeroizing;

/// The key's file in the project. Its name is one that ignore files for `.env.*` cover.
pub const KEY_FILE: &str = ".env.install-key";
/// Where earlier versions had it, in the state folder.
const FORMER_KEY_FILE: &str = "install.key";
/// The file of the project's id, in the state folder.
const ID_FILE: &str = "project.id";
/// What the key is known by, in the state folder that was made with it.
const KEY_ID_FILE: &str = "install-key.id";
/// How many random bytes the key is.
const KEY_BYTES: usize = 32;
/// How many random bytes the id is.
const ID_BYTES: usize = 8;

/// The key of an installation, and how it stands to the state folder.
pub(super) struct OwnKey {
    pub(super) key: InstallKey,
    /// The state folder was made with another one, which was lost or replaced.
    pub(super) is_another: bool,
}

/// As [`made_key`], and whether it is the one that the state folder was made with.
pub(super) fn key(project: &Path, state_dir: &Path, notes: &mut Vec<String>) -> Result<OwnKey, ProjectError> {
    let had_key = [project.join(KEY_FILE), state_dir.join(FORMER_KEY_FILE)]
        .iter()
        .any(|path| path.symlink_metadata().is_ok());
    let key = made_key(project, state_dir, notes)?;
    let known = read(&state_dir.join(KEY_ID_FILE))?;
    // Earlier versions kept no id of it. What they made has that of the project.
    let was_lost = || !had_key && state_dir.join(ID_FILE).exists();
    let is_another = known.as_ref().map_or_else(was_lost, |known| **known != key.id());
    if !is_another && known.is_none() {
        accept(state_dir, &key)?;
    }
    Ok(OwnKey { key, is_another })
}

/// Whether the state folder was made with another key than this one, as far as it says so.
pub(super) fn is_another(state_dir: &Path, key: &InstallKey) -> Result<bool, ProjectError> {
    let known = read(&state_dir.join(KEY_ID_FILE))?;
    Ok(known.is_some_and(|known| *known != key.id()))
}

/// What a key that is not the former one means, and how to go on.
pub(super) const LOST: &str = "the key in .env.install-key is not the one that the state folder was made with: that one was \
     lost or replaced. Comments that were answered stay answered, but an edit that was made meanwhile is not noticed; which \
     keys changed since this cycle began cannot be told; the values of keys that were replaced earlier cannot be opened \
     (former-values.sealed). If there is a copy of the former file, put it back and start again. If not, remove \
     former-values.sealed from the state folder; the next cycle is whole again";

/// From now on the state folder counts as made with this key.
pub(super) fn accept(state_dir: &Path, key: &InstallKey) -> Result<(), ProjectError> {
    let path = state_dir.join(KEY_ID_FILE);
    let written = write_atomic(&path, format!("{}\n", key.id()).as_bytes(), 0o600);
    written.map_err(|source| ProjectError::io("writing", &path, source))
}

/// The key, made when there is none (`notes` gets what is worth telling), and moved to where it belongs when an earlier version made it in `state/`.
fn made_key(project: &Path, state_dir: &Path, notes: &mut Vec<String>) -> Result<InstallKey, ProjectError> {
    let (path, former) = (project.join(KEY_FILE), state_dir.join(FORMER_KEY_FILE));
    let before = read(&path)?;
    let is_new = before.is_none();
    let digits = match (before, read(&former)?) {
        (None, None) => made(&path, &random_hex(&path, KEY_BYTES)?)?,
        (None, Some(digits)) => made(&path, &digits)?,
        (Some(digits), _) => Some(digits),
    };
    let Some(digits) = digits else {
        return in_state(&former, notes);
    };
    if is_new && git::is_ignored(&path) == Some(false) {
        notes.push(format!(
            "git would take {KEY_FILE} in: `keyminder init` adds it to .gitignore"
        ));
    }
    let left = read(&former)?;
    if left.as_ref().is_some_and(|left| **left == *digits) {
        wipe(&former).map_err(|source| ProjectError::io("removing", &former, source))?;
        notes.push(format!(
            "the key of the fingerprints lies in {KEY_FILE} beside .env now, and not in the state folder any more"
        ));
    } else if left.is_some() {
        let former = former.display();
        notes.push(format!(
            "{former} is another key than {KEY_FILE} and is not used: remove it"
        ));
    }
    parsed(&path, &digits)
}

/// Whether the key lies beside `.env`, and not in the state folder for want of a better place.
pub(super) fn lies_apart(project: &Path) -> bool {
    project.join(KEY_FILE).symlink_metadata().is_ok()
}

/// As [`made_key`], but makes nothing: one that is gone with the process where there is none.
pub(super) fn key_to_read(project: &Path, state_dir: &Path) -> Result<InstallKey, ProjectError> {
    let (path, former) = (project.join(KEY_FILE), state_dir.join(FORMER_KEY_FILE));
    for path in [&path, &former] {
        if let Some(digits) = read(path)? {
            return parsed(path, &digits);
        }
    }
    parsed(&path, &random_hex(&path, KEY_BYTES)?)
}

/// The project's id, made when there is none.
pub(super) fn id(state_dir: &Path) -> Result<String, ProjectError> {
    let path = state_dir.join(ID_FILE);
    let id = match read(&path)? {
        None => made(&path, &random_hex(&path, ID_BYTES)?)?,
        id => id,
    };
    let refused = || ProjectError::io("writing", &path, ErrorKind::PermissionDenied.into());
    id.map(|id| id.to_string()).ok_or_else(refused)
}

/// As [`id`], but makes nothing.
pub(super) fn id_to_read(state_dir: &Path) -> Result<String, ProjectError> {
    let path = state_dir.join(ID_FILE);
    let id = match read(&path)? {
        None => random_hex(&path, ID_BYTES)?,
        Some(id) => id,
    };
    Ok(id.to_string())
}

/// The key in the state folder, for want of a better place.
fn in_state(path: &Path, notes: &mut Vec<String>) -> Result<InstallKey, ProjectError> {
    let digits = match read(path)? {
        None => made(path, &random_hex(path, KEY_BYTES)?)?,
        digits => digits,
    };
    let digits = digits.ok_or_else(|| ProjectError::io("writing", path, ErrorKind::PermissionDenied.into()))?;
    notes.push(format!(
        "the project's folder cannot be written, so the key of the fingerprints lies in the state folder: whoever gets \
         that folder can try passwords out on them, and keys that are replaced are not kept for masking. Let it write {KEY_FILE} beside .env once to mend that"
    ));
    parsed(path, &digits)
}

fn parsed(path: &Path, digits: &str) -> Result<InstallKey, ProjectError> {
    InstallKey::from_hex(digits).ok_or_else(|| ProjectError::InstallKey(path.to_owned()))
}

/// Writes the digits and reads what is there then: of two starters, the first one's stay. `None` where this folder
/// cannot be written.
fn made(path: &Path, digits: &str) -> Result<Option<Zeroizing<String>>, ProjectError> {
    let line = Zeroizing::new(format!("{digits}\n"));
    match create_atomic(path, line.as_bytes(), 0o600) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            return Ok(None);
        }
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(ProjectError::io("writing", path, error));
        }
        Err(_) | Ok(()) => {}
    }
    read(path)
}

/// The digits of a file of ours. `None` when there is none.
fn read(path: &Path) -> Result<Option<Zeroizing<String>>, ProjectError> {
    match open_own(path).and_then(io::read_to_string) {
        Ok(text) => Ok(Some(Zeroizing::new(text.trim().to_owned()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ProjectError::io("reading", path, error)),
    }
}

/// So many random bytes in hex digits, for this file.
fn random_hex(path: &Path, bytes: usize) -> Result<Zeroizing<String>, ProjectError> {
    let mut random = Zeroizing::new(vec![0; bytes]);
    let drawn = SystemRandom::new().fill(&mut random);
    drawn.map_err(|_| ProjectError::io("drawing random bytes for", path, ErrorKind::Other.into()))?;
    Ok(Zeroizing::new(hex(&random)))
}
