//! Files below a person's home folder from which programs get keys, shells first.
use super::holder::{Holder, HolderPlace};
use super::sought::Sought;
use crate::rotation::Project;
use crate::rotation::places::open_to_read;
use crate::rotation::wiped_read::read_all;
use std::io::Read;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Files with fixed names.
const FILES: [&str; 42] = [
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_aliases",
    ".profile",
    ".xprofile",
    ".pam_environment",
    ".kshrc",
    ".tcshrc",
    ".cshrc",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".env",
    ".envrc",
    ".direnvrc",
    ".config/direnv/direnvrc",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".config/fish/config.fish",
    ".config/fish/fish_variables",
    ".config/nushell/env.nu",
    ".config/nushell/config.nu",
    "Library/Application Support/nushell/env.nu",
    "Library/Application Support/nushell/config.nu",
    ".kube/config",
    ".config/containers/auth.json",
    ".config/gh/hosts.yml",
    ".config/git/credentials",
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
const FOLDERS: [(&str, &str); 8] = [
    (".config/environment.d", "conf"),
    (".config/fish/conf.d", "fish"),
    (".config/systemd/user", "service"),
    (".config/systemd/user", "conf"),
    (".config/nushell/autoload", "nu"),
    (".config/powershell", "ps1"),
    ("Library/LaunchAgents", "plist"),
    (".aws", ""),
];

/// Folders whose own folders with this ending hold settings of one thing each: `bot.service.d/keys.conf`.
const DROP_INS: [(&str, &str); 1] = [(".config/systemd/user", "d")];

/// What direnv reads above a project that says `source_up`.
const ABOVE: &str = ".envrc";

/// No profile is larger.
const MAX_BYTES: u64 = 4 << 20;

/// Who holds one of the values there. What lies in the project is looked at with the project.
pub(super) fn holding(project: &Project, home: Option<&Path>, sought: &Sought) -> Vec<Holder> {
    let Some(home) = home else { return Vec::new() };
    let mut found = Vec::new();
    let mut files = files(home);
    let above = project
        .dir
        .ancestors()
        .skip(1)
        .filter_map(|folder| folder.strip_prefix(home).ok());
    files.extend(
        above
            .filter(|folder| !folder.as_os_str().is_empty())
            .map(|folder| folder.join(ABOVE)),
    );
    for file in files {
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
        files.extend(within(home, Path::new(folder), ending));
    }
    for (folder, ending) in DROP_INS {
        let folders = within(home, Path::new(folder), ending);
        files.extend(folders.iter().flat_map(|folder| within(home, folder, "conf")));
    }
    files
}

/// What lies in a folder below the home folder and ends so.
fn within(home: &Path, folder: &Path, ending: &str) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(home.join(folder)).into_iter().flatten().flatten();
    let names = listing.map(|entry| folder.join(entry.file_name()));
    names
        .filter(|name| name.extension().unwrap_or_default() == ending)
        .collect()
}

/// Profiles may be links, as managers of dotfiles make them; what is no ordinary file behind them is not opened.
fn read(project: &Path, path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    if !path
        .metadata()
        .is_ok_and(|file| file.is_file() && file.len() <= MAX_BYTES)
    {
        return None;
    }
    read_all(open_to_read(project, path).ok()?.take(MAX_BYTES)).ok()
}
