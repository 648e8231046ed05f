//! Which files hold a project's keys, as far as its settings can be read.
use super::reader::recovered;
use super::text::text_of;
use super::values::environment_name;
use std::path::{Path, PathBuf};

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
