//! Other places in the project where an old value stands: found by value, told without it.
use super::Project;
use super::places::open_own;
use aho_corasick::AhoCorasick;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Folders that are not the project's own words.
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
/// A project with more files is searched this far.
const MAX_FILES: usize = 50_000;
/// Shorter values stand everywhere.
const MIN_CHARS: usize = 8;

/// An old value somewhere else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Copy {
    /// Below the project.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The variable whose old value it is.
    pub variable: String,
}

/// Looks for the values in every file of the project except `.env`, its backups and our state.
pub fn find(project: &Project, values: &BTreeMap<String, SecretString>) -> Vec<Copy> {
    let values: Vec<(&String, &str)> = values
        .iter()
        .map(|(name, value)| (name, value.expose_secret()))
        .filter(|(_, value)| value.len() >= MIN_CHARS)
        .collect();
    let Ok(search) = AhoCorasick::new(values.iter().map(|(_, value)| value.as_bytes())) else {
        return Vec::new();
    };
    let mut copies = Vec::new();
    for path in files(project) {
        let mut bytes = Zeroizing::new(Vec::new());
        let opened = open_own(&path).map(|file| file.take(MAX_BYTES));
        if opened.and_then(|mut file| file.read_to_end(&mut bytes)).is_err() {
            continue;
        }
        for found in search.find_iter(bytes.as_slice()) {
            copies.push(Copy {
                file: project.relative(&path),
                line: bytes[..found.start()].split(|byte| *byte == b'\n').count(),
                variable: values[found.pattern().as_usize()].0.clone(),
            });
        }
    }
    copies.sort();
    copies.dedup();
    copies
}

fn files(project: &Project) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![project.dir.clone()];
    while let Some(folder) = folders.pop() {
        let listing = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in listing {
            // The entry's own type: links are not followed.
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() && !is_skipped(project, &path) {
                folders.push(path);
            } else if kind.is_file()
                && !is_ours(project, &path)
                && entry.metadata().is_ok_and(|metadata| metadata.len() <= MAX_BYTES)
            {
                files.push(path);
            }
        }
        if files.len() > MAX_FILES {
            break;
        }
    }
    files
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
