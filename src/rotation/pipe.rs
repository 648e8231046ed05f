//! `.env` as a named pipe, which another program fills anew for each reader: 1Password and Doppler mount it so. It is read, and
//! never written or copied: its values stay in the vault.
use super::wiped_read::grow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a program may take that has opened the pipe to write, as it may ask a person first.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long somebody may take to open it.
const FOR_A_WRITER: Duration = Duration::from_millis(1_500);
const STEP: Duration = Duration::from_millis(10);
/// What was read is at hand for so long, and is wiped then: one command looks at `.env` several times, and each reading may ask
/// a person.
const KEPT_FOR: Duration = Duration::from_secs(5);
/// That nobody writes is believed for so long.
const SILENT_FOR: Duration = Duration::from_mins(1);

/// A pipe by its device and its number there, however it is called.
type PipeId = (u64, u64);

/// What came out of pipes lately, and which of them nobody filled.
#[derive(Default)]
struct LastRead {
    filled: BTreeMap<PipeId, (Instant, Zeroizing<Vec<u8>>)>,
    silent: BTreeMap<PipeId, Instant>,
}

static READ: Mutex<Option<LastRead>> = Mutex::new(None);

/// Whether a file is a pipe; links are followed.
pub(super) fn is_one(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo())
}

/// What the other program writes into this pipe, which was opened without waiting for it; no more than `most` bytes. `None`:
/// nobody writes.
pub(super) fn read(pipe: File, most: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let id = pipe.metadata().map(|metadata| (metadata.dev(), metadata.ino()))?;
    let mut last = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let last = last.get_or_insert_default();
    if let Some((at, bytes)) = last.filled.get(&id)
        && at.elapsed() < KEPT_FOR
    {
        return Ok(Some(bytes.clone()));
    }
    let is_silent = last.silent.get(&id).is_some_and(|at| at.elapsed() < SILENT_FOR);
    let bytes = if is_silent { None } else { next_filling(pipe, most)? };
    let Some(bytes) = bytes else {
        if !is_silent {
            last.silent.insert(id, Instant::now());
        }
        return Ok(None);
    };
    last.silent.remove(&id);
    last.filled.insert(id, (Instant::now(), bytes.clone()));
    std::thread::spawn(wipe_in_time);
    Ok(Some(bytes))
}

/// Wipes what was read once its time is over.
fn wipe_in_time() {
    std::thread::sleep(KEPT_FOR);
    if let Some(last) = &mut *READ.lock().unwrap_or_else(PoisonError::into_inner) {
        last.filled.retain(|_, (at, _)| at.elapsed() < KEPT_FOR);
    }
}

/// Waits for a writer, and reads until it closes the pipe.
fn next_filling(mut pipe: File, most: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let began = Instant::now();
    let mut is_open = false;
    let mut bytes = Zeroizing::new(Vec::new());
    let mut part = Zeroizing::new([0; 4096]);
    while began.elapsed() < if is_open { PATIENCE } else { FOR_A_WRITER } {
        match pipe.read(&mut *part) {
            Ok(0) if !bytes.is_empty() => return Ok(Some(bytes)),
            Ok(count) if count > 0 => grow(&mut bytes, &part[..count]),
            // Nobody has opened it to write yet.
            Ok(_) => std::thread::sleep(STEP),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                is_open = true;
                std::thread::sleep(STEP);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if bytes.len() as u64 > most {
            return Err(ErrorKind::FileTooLarge.into());
        }
    }
    Ok(None)
}
