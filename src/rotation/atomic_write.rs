//! Writes files whole: a temporary name beside the destination, private from birth, flushed, then renamed.
use super::crash::point;
use rustix::fs::OFlags;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Temporary files younger than this may be in use.
const STALE: Duration = Duration::from_hours(1);

/// Writes a file of our own whole, over an earlier one if there is one.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let temporary = Temporary::write(path, bytes, mode)?;
    point("whole: new file written");
    temporary.rename_to(path)
}

/// Writes a new file whole; an existing one is never touched (`AlreadyExists`).
pub fn create_atomic(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let temporary = Temporary::write(path, bytes, mode)?;
    point("create: new file written");
    temporary.link_to(path)
}

/// Overwrites a file with zeros and removes it. On a disk that keeps old blocks (flash, snapshots) they may survive.
pub(super) fn wipe(path: &Path) -> io::Result<()> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let length = file.metadata()?.len();
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    file.sync_all()?;
    std::fs::remove_file(path)?;
    sync_folder_of(path)
}

/// The temporary files of a file that lie beside it.
pub(super) fn temporary_files_of(file: &Path) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(folder_of(file)).into_iter().flatten().flatten();
    let begin = format!("{}.tmp.", file.file_name().unwrap_or_default().to_string_lossy());
    let is_its = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(&begin) && is_temporary(name))
    };
    listing.map(|entry| entry.path()).filter(is_its).collect()
}

/// A new file beside its destination, gone again unless it gets there.
pub(super) struct Temporary {
    path: PathBuf,
    pub(super) file: File,
}

impl Temporary {
    pub(super) fn write(destination: &Path, bytes: &[u8], mode: u32) -> io::Result<Self> {
        let path = temporary_name(destination);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let mut temporary = Self { path, file };
        point("temporary: created");
        temporary.file.write_all(bytes)?;
        temporary.file.set_permissions(Permissions::from_mode(mode))?;
        temporary.file.sync_all()?;
        Ok(temporary)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn rename_to(self, destination: &Path) -> io::Result<()> {
        std::fs::rename(&self.path, destination)?;
        point("renamed");
        sync_folder_of(destination)
    }

    /// A link refuses to overwrite, which a rename does not.
    pub(super) fn link_to(self, destination: &Path) -> io::Result<()> {
        std::fs::hard_link(&self.path, destination)?;
        point("linked");
        std::fs::remove_file(&self.path)?;
        sync_folder_of(destination)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already after a rename; what cannot be removed now is swept after an hour.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn temporary_name(destination: &Path) -> PathBuf {
    let name = destination.file_name().unwrap_or_default().to_string_lossy();
    destination.with_file_name(format!("{name}.tmp.{:016x}", fastrand::u64(..)))
}

fn is_temporary(name: &str) -> bool {
    name.rsplit_once(".tmp.")
        .is_some_and(|(_, random)| random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Removes what a crash left of a file: its temporary files that are over an hour old.
pub(super) fn sweep_beside(file: &Path, now: SystemTime) {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    sweep(
        folder_of(file),
        |temporary| temporary.starts_with(&format!("{name}.tmp.")),
        now,
    );
}

/// The same for every file of a folder that is ours alone.
pub(super) fn sweep_all(dir: &Path, now: SystemTime) {
    sweep(dir, |_| true, now);
}

fn sweep(dir: &Path, is_wanted: impl Fn(&str) -> bool, now: SystemTime) {
    let Ok(listing) = std::fs::read_dir(dir) else { return };
    for file in listing.flatten() {
        let modified = file.metadata().and_then(|metadata| metadata.modified());
        let is_stale = modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > STALE));
        let is_left = file
            .file_name()
            .to_str()
            .is_some_and(|name| is_temporary(name) && is_wanted(name));
        if is_stale && is_left {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}
