//! Reads one of a project's files of settings.
use rustix::fs::OFlags;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// No file of settings is larger.
const MAX_BYTES: u64 = 16 << 20;

/// The text of an ordinary file. A pipe or a device in its place is an error: to read it would wait for somebody to write.
pub fn text_of(path: &Path) -> io::Result<String> {
    let mut options = OpenOptions::new();
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = options.read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Err(io::Error::other("it is no ordinary file of less than 16 MiB"));
    }
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}
