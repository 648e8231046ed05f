//! Reads a project's files of settings, and finds the files that hold its keys.
use super::reader::recovered;
use super::values::environment_name;
use rustix::fs::OFlags;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

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

/// The settings that name files with keys.
const OF_KEYS: [&str; 2] = ["project.env", "notion.token_file"];

/// The files that hold the keys of a project: `.env`, and what its settings name, as far as they can be read. Whether
/// they are there is another question.
pub fn files_of_keys(project: &Path, config: Option<&Path>) -> Vec<PathBuf> {
    // Where the file that was named is none, the usual one says more.
    let usual = project.join("config/keyminder.toml");
    let files = config.into_iter().chain([usual.as_path()]);
    let in_files = files.flat_map(|file| recovered(&text_of(file).unwrap_or_default(), &OF_KEYS));
    let in_environment = OF_KEYS
        .iter()
        .filter_map(|name| std::env::var_os(environment_name(name)));
    let named = in_environment.map(PathBuf::from).chain(in_files.map(PathBuf::from));
    let named = named.filter(|path| !path.as_os_str().is_empty());
    std::iter::once(PathBuf::from(".env"))
        .chain(named)
        .map(|path| project.join(path))
        .collect()
}
