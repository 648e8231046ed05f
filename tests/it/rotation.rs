//! The commands about keys, as a person and as a script call them.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]

mod crash;
mod dates;
mod ends;
mod holders;
mod init;
mod leaked_again;
mod leaks;
mod links;
mod named;
mod needs;
mod obstacles;
mod out_of_use;
mod pipes;
mod real_world;
mod whole_turn;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A text with the next year in the place of `YYYY`: nobody plans more than two years ahead.
pub fn next_year(text: &str) -> String {
    let next = chrono::Datelike::year(&chrono::Utc::now()) + 1;
    text.replace("YYYY", &next.to_string())
}

/// A folder with a `.env`, and the program beside it.
pub struct Folder {
    pub dir: TempDir,
}

impl Folder {
    pub fn with_env(env: &str) -> Self {
        let folder = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        std::fs::write(folder.path(".env"), env).unwrap();
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The program in this folder, with nothing of our environment but what it cannot do without.
    pub fn keyminder(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyminder"));
        command.args(args).current_dir(self.dir.path()).env_clear();
        command.envs(std::env::vars_os().filter(|(name, _)| name == "PATH"));
        command
            .env("HOME", self.dir.path())
            .env("TZ", "Europe/Amsterdam")
            .env("USER", "ana");
        command
    }

    /// Runs it and expects this exit code. Returns what it said on both streams.
    #[track_caller]
    pub fn run(&self, args: &[&str], code: i32) -> String {
        let output = self.keyminder(args).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        said
    }

    /// Runs it with `--json` and reads what it printed.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let output = self.keyminder(args).arg("--json").output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", said(&output)))
    }
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Every file below a folder, with its mode.
pub fn files(dir: &Path) -> Vec<(PathBuf, u32)> {
    use std::os::unix::fs::PermissionsExt;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_dir() {
            found.extend(files(&path));
        }
        found.push((path, metadata.permissions().mode() & 0o7777));
    }
    found
}
