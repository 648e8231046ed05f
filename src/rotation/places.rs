//! Where the project's own files lie: folders that are closed to others, and links that must not lead out.
//!
//! A link within the project is followed: whoever may change it may change the project. A link out of it would let the
//! one who made it choose what we read or where we write, so it is refused. A path that a setting gives outside the
//! project was meant so, and is followed as it stands (`/run/secrets` is made of links).
use super::atomic_write::sync_folder_of;
use super::project_error::ProjectError;
use rustix::fs::{Mode, OFlags, openat};
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

/// Without `O_NONBLOCK`, opening a pipe would wait for somebody to write into it.
const READING: OFlags = OFlags::NONBLOCK.union(OFlags::CLOEXEC);

/// As many links in a row are followed; the system itself follows no more.
const MOST_LINKS: usize = 40;

/// A file was not opened.
#[derive(Debug)]
pub enum NotOpened {
    /// A link on the way leads out of the project.
    LeadsOut,
    /// The system refused.
    Io(io::Error),
}

impl From<io::Error> for NotOpened {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Opens a file to read, through links as long as they stay within the project. The way is resolved first and then
/// walked again from folder to folder without following any link: one that is swapped in meanwhile is met as a link.
pub fn open_to_read(project: &Path, path: &Path) -> Result<File, NotOpened> {
    if !is_below(project, path) {
        return Ok(options().open(path)?);
    }
    let root = project.canonicalize()?;
    let real = match path.canonicalize() {
        Err(error) if error.kind() == ErrorKind::NotFound && leads_out(project, path) => {
            return Err(NotOpened::LeadsOut);
        }
        real => real?,
    };
    let way = real.strip_prefix(&root).map_err(|_| NotOpened::LeadsOut)?;
    let mut here = File::open(&root)?;
    let mut names = way.iter().peekable();
    while let Some(name) = names.next() {
        let kind = if names.peek().is_some() {
            OFlags::DIRECTORY
        } else {
            OFlags::empty()
        };
        let opened = openat(&here, name, READING | OFlags::NOFOLLOW | kind, Mode::empty());
        here = match opened {
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::NOTDIR) => return Err(NotOpened::LeadsOut),
            opened => File::from(opened.map_err(io::Error::from)?),
        };
    }
    Ok(here)
}

/// Opens one of our own files to read: where we wrote it, there is no link.
pub fn open_own(path: &Path) -> io::Result<File> {
    let flags = READING | OFlags::NOFOLLOW;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(READING.bits().cast_signed());
    options
}

/// Whether a path that lies below the project by its name leads out of it by a link, its own or one of a folder on the
/// way. What is not there yet is judged by the folders that are.
pub fn leads_out(project: &Path, path: &Path) -> bool {
    leads_out_within(project, path, MOST_LINKS)
}

/// The same, after so many links more at most.
fn leads_out_within(project: &Path, path: &Path, links: usize) -> bool {
    if !is_below(project, path) {
        return false;
    }
    let Ok(root) = project.canonicalize() else {
        return false;
    };
    let there = plain(path);
    let there = there.ancestors().find(|part| part.symlink_metadata().is_ok());
    let Some(there) = there.filter(|there| is_below(project, there)) else {
        return false;
    };
    match there.canonicalize() {
        Ok(real) => !real.starts_with(&root),
        // A link to nowhere: it counts by what it says, and so does the link that it leads to.
        Err(_) => std::fs::read_link(there).is_ok_and(|target| {
            let folder = there.parent().map(Path::canonicalize);
            let Some(Ok(folder)) = folder.filter(|_| links > 0) else {
                return true;
            };
            let target = folder.join(target);
            let inside = [root.as_path(), project]
                .into_iter()
                .find(|root| is_below(root, &target));
            inside.is_none_or(|root| leads_out_within(root, &target, links - 1))
        }),
    }
}

/// Whether a path names something in the project; `..` is taken as it is written.
fn is_below(project: &Path, path: &Path) -> bool {
    let (project, path) = (plain(project), plain(path));
    path != project && path.starts_with(project)
}

/// The path without `.` and `..`, links left as they are.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// Makes a folder that only its owner may enter. One that is there stays as it is.
pub(super) fn private_dir(dir: &Path) -> Result<(), ProjectError> {
    if dir.is_dir() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.and_then(|()| sync_folder_of(dir))
        .map_err(|source| ProjectError::io("making the folder", dir, source))
}

/// As [`private_dir`]; one that is there is closed to others, but only below the project: a state file in /tmp
/// must not close /tmp itself.
pub(super) fn own_dir(project: &Path, dir: &Path) -> Result<(), ProjectError> {
    private_dir(dir)?;
    let failed = |source| ProjectError::io("closing to others the folder", dir, source);
    let mode = dir.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 && dir != project && dir.starts_with(project) {
        std::fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};

    fn write(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn text(opened: Result<File, NotOpened>) -> Result<String, NotOpened> {
        Ok(io::read_to_string(opened?)?)
    }

    #[test]
    fn a_link_may_lead_anywhere_within_the_project_and_nowhere_else() {
        let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (project, out) = (dir.path(), elsewhere.path());
        write(&project.join("secrets/env"), "inside");
        write(&out.join("env"), "outside");
        symlink("secrets/env", project.join(".env")).unwrap();
        symlink(out.join("env"), project.join("out.env")).unwrap();
        symlink(out, project.join("folder")).unwrap();
        symlink(project.join("secrets"), project.join("absolute")).unwrap();
        symlink(out.join("not-yet"), project.join("dangling")).unwrap();
        symlink("secrets/not-yet", project.join("to-come")).unwrap();
        symlink("dangling", project.join("second")).unwrap();
        symlink("second", project.join("third")).unwrap();
        symlink("folder/not-yet", project.join("through")).unwrap();
        symlink("../secrets/not-yet", project.join("secrets/within")).unwrap();
        symlink("round", project.join("round")).unwrap();
        for (name, leads) in [
            ("second", true),
            ("third", true),
            ("through", true),
            ("secrets/within", false),
            ("round", true),
            (".env", false),
            ("out.env", true),
            ("folder", true),
            ("folder/env", true),
            ("folder/new/one", true),
            ("absolute/env", false),
            ("dangling", true),
            ("to-come", false),
            ("new/one", false),
        ] {
            assert_eq!(leads_out(project, &project.join(name)), leads, "{name}");
        }
        for name in [".env", "absolute/env", "secrets/../secrets/env"] {
            assert_eq!(text(open_to_read(project, &project.join(name))).unwrap(), "inside");
        }
        for name in ["out.env", "folder/env", "dangling"] {
            let refused = open_to_read(project, &project.join(name));
            assert!(matches!(refused, Err(NotOpened::LeadsOut)), "{name}");
        }
        // A place that a setting names outside the project was meant so.
        symlink(out.join("env"), out.join("link")).unwrap();
        assert_eq!(text(open_to_read(project, &out.join("link"))).unwrap(), "outside");
        assert!(open_own(&project.join(".env")).is_err(), "what we wrote is no link");
    }

    /// Somebody swaps a folder for a link and back as fast as the disk allows.
    #[test]
    fn a_link_that_is_swapped_in_is_not_followed() {
        let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let project = dir.path().to_owned();
        write(&project.join("keys/env"), "inside");
        write(&elsewhere.path().join("env"), "outside");
        symlink(elsewhere.path(), project.join("link")).unwrap();
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (keys, link, aside) = (project.join("keys"), project.join("link"), project.join("aside"));
                while !ended.load(Ordering::Relaxed) {
                    std::fs::rename(&keys, &aside).unwrap();
                    std::fs::rename(&link, &keys).unwrap();
                    std::fs::rename(&keys, &link).unwrap();
                    std::fs::rename(&aside, &keys).unwrap();
                }
            });
            let mut read = 0;
            for _ in 0..20_000 {
                if let Ok(seen) = text(open_to_read(&project, &project.join("keys/env"))) {
                    assert_eq!(seen, "inside");
                    read += 1;
                }
            }
            ended.store(true, Ordering::Relaxed);
            assert!(read > 0, "nothing was ever read");
        });
    }

    #[test]
    fn our_folders_are_closed_and_others_left_alone() {
        let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
        let state = dir.path().join("state");
        private_dir(&state).unwrap();
        for (path, wanted) in [(state.as_path(), 0o700), (dir.path(), 0o755), (elsewhere.path(), 0o755)] {
            std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
            own_dir(dir.path(), path).unwrap();
            assert_eq!(mode(path), wanted, "{}", path.display());
        }
        private_dir(&state.join("new/one")).unwrap();
        assert_eq!(mode(&state.join("new/one")), 0o700);
    }
}
