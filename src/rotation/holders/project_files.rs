//! The project's files: `.env.*` and compose files, scripts, pipelines, settings of editors, whatever lies there.
use super::holder::{Holder, HolderPlace};
use super::sought::Sought;
use crate::rotation::Project;
use crate::rotation::places::open_own;
use crate::rotation::wiped_read::read_into;
use std::collections::VecDeque;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Folders that hold what others wrote, or what was built.
const SKIPPED: [&str; 8] = [
    ".git",
    "target",
    "node_modules",
    ".venv",
    "venv",
    "__pycache__",
    "dist",
    "build",
];
/// Larger files are data.
const MAX_BYTES: u64 = 2 << 20;
/// A project with more files is looked through so far: what lies near its top comes first.
const MAX_FILES: usize = 50_000;
/// A disk that is slower has its search cut.
const LONGEST: Duration = Duration::from_secs(5);
/// More readers than this wait for the disk alone.
const MAX_READERS: usize = 4;

/// What was found in files.
pub(super) struct FoundInFiles {
    pub(super) found: Vec<Holder>,
    /// Whether some were left out.
    pub(super) cut: bool,
}

/// Looks for the values in every file of the project except `.env`, its backups and our state.
pub(super) fn holding(project: &Project, sought: &Sought) -> FoundInFiles {
    let ends = Instant::now() + LONGEST;
    let (files, is_cut) = files(project, ends);
    let readers = std::thread::available_parallelism().map_or(1, |all| all.get().min(MAX_READERS));
    let (next, late) = (AtomicUsize::new(0), AtomicBool::new(is_cut));
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..readers {
            scope.spawn(|| {
                let mut bytes = Zeroizing::new(Vec::new());
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if Instant::now() > ends {
                        late.store(true, Ordering::Relaxed);
                        break;
                    }
                    if read(path, &mut bytes).is_none() {
                        continue;
                    }
                    let lines = sought.lines_in(&bytes).into_iter();
                    let held = lines.map(|(line, variables)| Holder {
                        place: HolderPlace::File {
                            file: project.relative(path),
                            line,
                        },
                        variables,
                    });
                    found.lock().unwrap_or_else(PoisonError::into_inner).extend(held);
                }
            });
        }
    });
    FoundInFiles {
        found: found.into_inner().unwrap_or_else(PoisonError::into_inner),
        cut: late.into_inner(),
    }
}

/// The bytes of an ordinary file. It is asked again once it is open: a pipe may have taken its place.
fn read(path: &Path, bytes: &mut Zeroizing<Vec<u8>>) -> Option<()> {
    bytes.clear();
    let file = open_own(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return None;
    }
    read_into(file.take(MAX_BYTES), bytes).ok()
}

/// The files, those near the top first, and whether some were left out. Links are not followed.
fn files(project: &Project, ends: Instant) -> (Vec<PathBuf>, bool) {
    let mut files = Vec::new();
    let mut folders = VecDeque::from([project.dir.clone()]);
    while let Some(folder) = folders.pop_front() {
        let listing = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in listing {
            // The entry's own type, so that nothing but ordinary files is ever opened.
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() && !is_skipped(project, &path) {
                folders.push_back(path);
            } else if kind.is_dir() && entry.file_name() == ".git" {
                // Addresses of remotes may hold a token.
                files.extend(Some(path.join("config")).filter(|config| config.is_file()));
            } else if kind.is_file() && !is_ours(project, &path) {
                files.push(path);
            }
        }
        if files.len() > MAX_FILES || Instant::now() > ends {
            files.truncate(MAX_FILES);
            return (files, true);
        }
    }
    (files, false)
}

fn is_skipped(project: &Project, folder: &Path) -> bool {
    folder == project.backups
        || folder == project.state_dir
        || folder
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| SKIPPED.contains(&name))
}

fn is_ours(project: &Project, file: &Path) -> bool {
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    file == project.env || name(file).starts_with(&format!("{}.backup.", name(&project.env)))
}
