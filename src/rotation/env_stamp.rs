//! What changes when somebody saves `.env`: so that it is read again then, and only then.
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A pipe tells of no change, and each reading may ask a person: it counts as changed once in so long.
const OF_A_PIPE: Duration = Duration::from_mins(5);

/// `.env` as it was when it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvStamp {
    modified: SystemTime,
    bytes: u64,
    inode: u64,
}

impl EnvStamp {
    /// As it is now; `None` where it cannot be seen.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let meta = std::fs::metadata(file).ok()?;
        if meta.file_type().is_fifo() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let periods = now.as_secs() / OF_A_PIPE.as_secs();
            return Some(Self {
                modified: UNIX_EPOCH + Duration::from_secs(periods * OF_A_PIPE.as_secs()),
                bytes: 0,
                inode: meta.ino(),
            });
        }
        Some(Self {
            modified: meta.modified().ok()?,
            bytes: meta.len(),
            inode: meta.ino(),
        })
    }
}
