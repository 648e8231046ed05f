//! Files below a person's home folder from which programs get keys, shells first.
use super::holder::{Holder, HolderPlace};
use super::sought::Sought;
use crate::rotation::Project;
use crate::rotation::places::open_to_read;
use std::io::Read;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Files with fixed names.
const FILES: [&str; 30] = [
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_aliases",
    ".profile",
    ".xprofile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".env",
    ".envrc",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".config/fish/config.fish",
    ".config/fish/fish_variables",
    ".config/nushell/env.nu",
    ".config/gh/hosts.yml",
    ".config/Code/User/settings.json",
    ".config/Claude/claude_desktop_config.json",
    "Library/Application Support/Code/User/settings.json",
    "Library/Application Support/Claude/claude_desktop_config.json",
    ".cache/huggingface/token",
    ".claude.json",
    ".claude/settings.json",
    ".codex/auth.json",
    ".cursor/mcp.json",
    ".docker/config.json",
];

/// Folders whose files with this ending count.
const FOLDERS: [(&str, &str); 6] = [
    (".config/environment.d", "conf"),
    (".config/fish/conf.d", "fish"),
    (".config/systemd/user", "service"),
    (".config/systemd/user", "conf"),
    ("Library/LaunchAgents", "plist"),
    (".aws", ""),
];

/// No profile is larger.
const MAX_BYTES: u64 = 4 << 20;

/// Who holds one of the values there. What lies in the project is looked at with the project.
pub(super) fn holding(project: &Project, home: Option<&Path>, sought: &Sought) -> Vec<Holder> {
    let Some(home) = home else { return Vec::new() };
    let mut found = Vec::new();
    for file in files(home) {
        let path = home.join(&file);
        if path.starts_with(&project.dir) {
            continue;
        }
        let Some(bytes) = read(&project.dir, &path) else {
            continue;
        };
        let lines = sought.lines_in(&bytes).into_iter();
        found.extend(lines.map(|(line, variables)| Holder {
            place: HolderPlace::Profile {
                file: format!("~/{}", file.display()),
                line,
            },
            variables,
        }));
    }
    found
}

/// Those that may be there, below the home folder.
fn files(home: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = FILES.iter().map(PathBuf::from).collect();
    for (folder, ending) in FOLDERS {
        let listing = std::fs::read_dir(home.join(folder)).into_iter().flatten().flatten();
        let names = listing.map(|entry| Path::new(folder).join(entry.file_name()));
        files.extend(names.filter(|name| name.extension().unwrap_or_default() == ending));
    }
    files
}

/// Profiles may be links, as managers of dotfiles make them; what is no ordinary file behind them is not opened.
fn read(project: &Path, path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    if !path
        .metadata()
        .is_ok_and(|file| file.is_file() && file.len() <= MAX_BYTES)
    {
        return None;
    }
    let file = open_to_read(project, path).ok()?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
