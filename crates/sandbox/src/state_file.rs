//! The state file: the world as JSON, written whole beside its place and renamed.
use super::world::World;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Reads the world; `None` when there is no file yet.
pub fn load(file: &Path) -> io::Result<Option<World>> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let world = serde_json::from_slice(&text).map_err(|error| {
        let message = format!("{}: not a state of the sandbox: {error}", file.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    })?;
    Ok(Some(world))
}

/// Writes a rendered world.
pub fn save(file: &Path, world: &[u8]) -> io::Result<()> {
    let beside = file.with_extension("new");
    let mut out = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    out.write_all(world)?;
    out.sync_all()?;
    fs::rename(&beside, file)
}
