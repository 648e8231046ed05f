//! Replaces a file as a whole: whoever looks, and whenever the power fails, sees the old bytes or the new ones.
use super::atomic_write::{Temporary, folder_of};
use super::crash::point;
use super::dotenv::EnvError;
use super::edit::EditError;
use super::fingerprint::sha256;
use super::git;
use super::pipe;
use super::places::{NotOpened, open_own, open_to_read};
use rustix::fs::FlockOperation;
use rustix::io::Errno;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// An editor that saves in between makes us begin again, so often at most.
const MAX_TRIES: usize = 3;
/// How long another keyminder may hold the folder.
const LOCK_WAIT: Duration = Duration::from_secs(10);
const LOCK_STEP: Duration = Duration::from_millis(20);
/// No `.env` is larger.
const MAX_BYTES: u64 = 16 << 20;

/// What a replacement did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The real file, links resolved.
    pub path: PathBuf,
    /// Whether anything was written; the edit may have asked for what was there.
    pub changed: bool,
    /// SHA-256 of the file now.
    pub sha256: String,
    /// The former mode, when it was wider than 0600 and was narrowed.
    pub narrowed_from: Option<u32>,
}

/// Why a file was not replaced. In every case it is what it was.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// A link to nowhere.
    #[error("{0} is a link that leads nowhere; mend the link first")]
    Dangling(PathBuf),
    /// The other name would keep the old secret.
    #[error("{path} has {links} names (hard links); the others would keep the old value: remove them first")]
    HardLinked {
        /// The file that could not be used.
        path: PathBuf,
        /// How many names it has.
        links: u64,
    },
    /// Somebody else's file.
    #[error("{path} belongs to user {owner}, not to us; run keyminder as its owner")]
    Owner {
        /// The file that could not be used.
        path: PathBuf,
        /// The owner's user id.
        owner: u32,
    },
    /// In version control.
    #[error(
        "{0} is tracked by git: its keys are in the history. Run `git rm --cached` on it, add it to .gitignore, and rotate every key in it"
    )]
    Tracked(PathBuf),
    /// An editor saved in between, again and again.
    #[error("{0} was changed by another program each time; close its editor and try again")]
    ChangedMeanwhile(PathBuf),
    /// Another keyminder is at it.
    #[error("another keyminder works in {0} for over 10 seconds; try again later")]
    Busy(PathBuf),
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] EnvError),
    /// The edit was refused.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The system refused.
    #[error("writing {path} failed ({source}); the file is what it was{}", hint(source))]
    Io {
        /// The file that could not be used.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What to do about the errors that people meet.
fn hint(source: &io::Error) -> &'static str {
    match source.kind() {
        ErrorKind::PermissionDenied => ". The folder must be writable for us: see `ls -ld`",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => ". Make room on the disk",
        ErrorKind::ReadOnlyFilesystem => ". The file system is mounted read-only",
        ErrorKind::ResourceBusy => ". A file mounted alone into a container cannot be replaced: mount its folder",
        _ => "",
    }
}

impl ReplaceError {
    /// Whether we would not, rather than could not.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Dangling(_) | Self::HardLinked { .. } | Self::Owner { .. } | Self::Tracked(_) | Self::Edit(_) => true,
            Self::ChangedMeanwhile(_) | Self::Busy(_) | Self::Io { .. } => false,
            Self::Unreadable(error) => error.is_refusal(),
        }
    }
}

/// Replaces the file at `path` by what `edit` makes of its bytes. The new file is 0600 or narrower from its birth on and
/// keeps its owner; links are followed to the real file. Extended attributes are not carried over.
pub fn replace(
    path: &Path,
    mut edit: impl FnMut(&[u8]) -> Result<Vec<u8>, EditError>,
) -> Result<Replaced, ReplaceError> {
    let target = target_of(path)?;
    let _lock = lock_folder_of(&target)?;
    for _ in 0..MAX_TRIES {
        let original = Original::read(&target)?;
        let new = Zeroizing::new(edit(&original.bytes)?);
        if *new == *original.bytes {
            return Ok(original.replaced_by(&target, &new, false));
        }
        if original.swap_for(&target, &new)? {
            return Ok(original.replaced_by(&target, &new, true));
        }
    }
    Err(ReplaceError::ChangedMeanwhile(target))
}

/// As [`replace`], and writes nothing: what that would refuse is refused before anybody depends on it.
pub fn rehearse(path: &Path, edit: impl FnOnce(&[u8]) -> Result<Vec<u8>, EditError>) -> Result<(), ReplaceError> {
    let original = Original::read(&target_of(path)?)?;
    drop(Zeroizing::new(edit(&original.bytes)?));
    Ok(())
}

/// The real file, which is not in version control.
fn target_of(path: &Path) -> Result<PathBuf, ReplaceError> {
    let target = resolve(path)?;
    if git::is_tracked(&target) {
        return Err(ReplaceError::Tracked(target));
    }
    Ok(target)
}

/// A file as it was when we read it.
struct Original {
    bytes: Zeroizing<Vec<u8>>,
    stamp: FileStamp,
    mode: u32,
    owner: u32,
    group: u32,
}

/// What changes when somebody saves a file.
#[derive(PartialEq, Eq)]
struct FileStamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    sha256: String,
}

impl Original {
    fn read(target: &Path) -> Result<Self, ReplaceError> {
        let (bytes, metadata) = read_regular(target)?;
        if metadata.nlink() > 1 {
            let links = metadata.nlink();
            return Err(ReplaceError::HardLinked {
                path: target.to_owned(),
                links,
            });
        }
        let us = rustix::process::geteuid();
        if metadata.uid() != us.as_raw() && !us.is_root() {
            let owner = metadata.uid();
            return Err(ReplaceError::Owner {
                path: target.to_owned(),
                owner,
            });
        }
        Ok(Self {
            stamp: FileStamp {
                device: metadata.dev(),
                inode: metadata.ino(),
                size: metadata.size(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
                sha256: sha256(&bytes),
            },
            mode: metadata.permissions().mode() & 0o7777,
            owner: metadata.uid(),
            group: metadata.gid(),
            bytes,
        })
    }

    /// Writes the new bytes beside the file and renames. `false` when the file changed since it was read.
    fn swap_for(&self, target: &Path, new: &[u8]) -> Result<bool, ReplaceError> {
        let failed = |source| ReplaceError::Io {
            path: target.to_owned(),
            source,
        };
        let temporary = Temporary::write(target, new, self.mode & 0o600).map_err(failed)?;
        // Only root may give a file away; others lose at most a group that 0600 grants nothing.
        let kept = fchown(&temporary.file, Some(self.owner), Some(self.group));
        if let Err(source) = kept
            && rustix::process::geteuid().is_root()
        {
            return Err(failed(source));
        }
        point("env: new file written");
        if Self::read(target)?.stamp != self.stamp {
            return Ok(false);
        }
        point("env: race checked");
        temporary.rename_to(target).map_err(failed)?;
        Ok(true)
    }

    fn replaced_by(&self, target: &Path, new: &[u8], changed: bool) -> Replaced {
        Replaced {
            path: target.to_owned(),
            changed,
            sha256: sha256(new),
            narrowed_from: (changed && self.mode & !0o600 != 0).then_some(self.mode),
        }
    }
}

/// Reads a file of the project that people put there: through links, as long as they stay in the project.
pub fn read_in_project(project: &Path, path: &Path) -> Result<Zeroizing<Vec<u8>>, EnvError> {
    match open_to_read(project, path) {
        Ok(file) if is_pipe(&file) => match pipe::read(file, MAX_BYTES) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(EnvError::Silent(path.to_owned())),
            Err(source) => Err(unreadable(path, source)),
        },
        Ok(file) => bytes_of(file, path).map(|(bytes, _)| bytes),
        Err(NotOpened::LeadsOut) => Err(EnvError::Outside(path.to_owned())),
        Err(NotOpened::Io(source)) => Err(unreadable(path, source)),
    }
}

fn is_pipe(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo())
}

/// Reads an ordinary file that is no link.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, EnvError> {
    read_regular(path).map(|(bytes, _)| bytes)
}

fn read_regular(path: &Path) -> Result<(Zeroizing<Vec<u8>>, Metadata), EnvError> {
    match open_own(path) {
        // A link is told by this error.
        Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
            Err(EnvError::NotRegular(path.to_owned()))
        }
        Err(error) => Err(unreadable(path, error)),
        Ok(file) => bytes_of(file, path),
    }
}

fn unreadable(path: &Path, source: io::Error) -> EnvError {
    match source.kind() {
        ErrorKind::NotFound => EnvError::Missing(path.to_owned()),
        _ => EnvError::Io {
            path: path.to_owned(),
            source,
        },
    }
}

fn bytes_of(mut file: File, path: &Path) -> Result<(Zeroizing<Vec<u8>>, Metadata), EnvError> {
    let failed = |source| unreadable(path, source);
    let metadata = file.metadata().map_err(failed)?;
    if metadata.file_type().is_fifo() {
        return Err(EnvError::Pipe(path.to_owned()));
    }
    if !metadata.is_file() {
        return Err(EnvError::NotRegular(path.to_owned()));
    }
    if metadata.len() > MAX_BYTES {
        return Err(EnvError::TooLarge(path.to_owned()));
    }
    let capacity = usize::try_from(metadata.len()).unwrap_or(0) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    Read::by_ref(&mut file)
        .take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok((bytes, metadata))
}

fn resolve(path: &Path) -> Result<PathBuf, ReplaceError> {
    path.canonicalize().map_err(|source| match source.kind() {
        ErrorKind::NotFound if path.is_symlink() => ReplaceError::Dangling(path.to_owned()),
        ErrorKind::NotFound => EnvError::Missing(path.to_owned()).into(),
        _ => EnvError::Io {
            path: path.to_owned(),
            source,
        }
        .into(),
    })
}

/// Keeps other keyminders out of the file's folder until dropped. The folder itself is locked, so that no file
/// is left behind by a lock.
fn lock_folder_of(target: &Path) -> Result<File, ReplaceError> {
    let dir = folder_of(target);
    let failed = |source: io::Error| ReplaceError::Io {
        path: dir.to_owned(),
        source,
    };
    let folder = File::open(dir).map_err(failed)?;
    let mut waited = Duration::ZERO;
    loop {
        match rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(folder),
            Err(rustix::io::Errno::WOULDBLOCK) if waited < LOCK_WAIT => {
                std::thread::sleep(LOCK_STEP);
                waited += LOCK_STEP;
            }
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(ReplaceError::Busy(dir.to_owned())),
            Err(errno) => return Err(failed(errno.into())),
        }
    }
}

/// As [`lock_folder_of`], for the files that a folder holds.
pub(super) fn lock(dir: &Path) -> Result<File, ReplaceError> {
    lock_folder_of(&dir.join("any"))
}

#[cfg(test)]
#[path = "replace_tests.rs"]
mod tests;
