//! File: one of the project's files is there, is closed enough, and holds what it must.
use super::collector::Collector;
use super::observation::{Observation, octal};
use crate::rotation::Project;
use crate::rotation::places::open_to_read;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

/// What `contains` is looked for in: no file of settings is larger.
const LARGEST: u64 = 4 * 1024 * 1024;

pub(super) async fn observe(
    collector: &Collector,
    path: &str,
    mode: Option<&str>,
    contains: Option<&str>,
) -> Observation {
    let (path, mode, contains) = (path.to_owned(), mode.map(str::to_owned), contains.map(str::to_owned));
    collector
        .keys
        .blocking(move |project| seen(project, &path, mode.as_deref(), contains.as_deref()).with("path", path.as_str()))
        .await
}

fn seen(project: &Project, path: &str, mode: Option<&str>, contains: Option<&str>) -> Observation {
    let Some(file) = inside(project, path) else {
        return Observation::missing(if project.dir.join(path).exists() {
            "file_outside"
        } else {
            "file_missing"
        });
    };
    let Ok(metadata) = file.metadata() else {
        return Observation::missing("file_missing");
    };
    let has = metadata.permissions().mode() & 0o7777;
    if let Some(wanted) = mode.and_then(|mode| u32::from_str_radix(mode, 8).ok())
        && has & !wanted != 0
    {
        return Observation::missing("file_mode")
            .with("mode", octal(has))
            .with("wanted", octal(wanted));
    }
    let holds =
        |wanted: &str| read(project, path).is_some_and(|bytes| String::from_utf8_lossy(&bytes).contains(wanted));
    match contains {
        Some(wanted) if !holds(wanted) => Observation::missing("file_lacks"),
        _ => Observation::proven("file_ok"),
    }
}

/// The bytes of an ordinary file below the project that is not too large. Neither a pipe nor a link that is swapped in
/// meanwhile holds us up or leads us elsewhere.
pub(super) fn read(project: &Project, path: &str) -> Option<Vec<u8>> {
    inside(project, path)?;
    let file = open_to_read(&project.dir, &project.dir.join(path)).ok()?;
    let metadata = file.metadata().ok()?;
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).ok()?;
    (metadata.is_file() && metadata.len() <= LARGEST).then_some(bytes)
}

/// The real place of a file, when it is below the project: links that lead elsewhere do not count.
fn inside(project: &Project, path: &str) -> Option<PathBuf> {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let file = plain.then(|| project.dir.join(path).canonicalize().ok()).flatten()?;
    file.starts_with(project.dir.canonicalize().ok()?).then_some(file)
}
