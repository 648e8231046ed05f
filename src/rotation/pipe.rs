//! `.env` as a named pipe, which another program fills anew for each reader: 1Password and Doppler mount it so. It is read, and
//! never written or copied: its values stay in the vault.
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long the other program may take, as it may ask a person first.
const PATIENCE: Duration = Duration::from_secs(8);
const STEP: Duration = Duration::from_millis(10);
/// What was read, or that nobody wrote, holds for so long: one command looks at `.env` several times, and each reading may ask a
/// person.
const LASTS: Duration = Duration::from_mins(1);

/// When a pipe was read last, and what came out; `None`: nobody wrote.
type LastRead = (Instant, Option<Zeroizing<Vec<u8>>>);

static READ: Mutex<BTreeMap<PathBuf, LastRead>> = Mutex::new(BTreeMap::new());

/// What the other program writes into this pipe, which was opened without waiting for it; no more than `most` bytes.
pub(super) fn read(pipe: File, path: &Path, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut all = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let known = all.get(path).filter(|(at, _)| at.elapsed() < LASTS);
    let bytes = if let Some((_, bytes)) = known {
        bytes.clone()
    } else {
        let bytes = next_filling(pipe, most)?;
        all.insert(path.to_owned(), (Instant::now(), bytes.clone()));
        bytes
    };
    bytes.ok_or_else(|| {
        let why = "it is a pipe, and no program writes into it; is the vault open?";
        io::Error::new(ErrorKind::TimedOut, why)
    })
}

/// Waits for a writer, and reads until it closes the pipe.
fn next_filling(mut pipe: File, most: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let began = Instant::now();
    let mut bytes = Zeroizing::new(Vec::new());
    let mut part = Zeroizing::new([0; 4096]);
    while began.elapsed() < PATIENCE {
        match pipe.read(&mut *part) {
            Ok(0) if !bytes.is_empty() => return Ok(Some(bytes)),
            Ok(count) if count > 0 => bytes.extend_from_slice(&part[..count]),
            // Nobody has opened it to write yet, or nothing was written yet.
            Ok(_) => std::thread::sleep(STEP),
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(STEP),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if bytes.len() as u64 > most {
            return Err(ErrorKind::FileTooLarge.into());
        }
    }
    Ok(None)
}
