//! Whether git knows a file. Asked only where there is a repository; without git installed nothing is known.
use crate::process;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

/// Whether the file is in version control: its keys are in the history then.
pub fn is_tracked(path: &Path) -> bool {
    ask(path, &["ls-files", "--error-unmatch", "--"]).is_some_and(|answer| answer.success())
}

/// Whether git would leave the file out. `None` where there is no repository, or no git.
pub fn is_ignored(path: &Path) -> Option<bool> {
    match ask(path, &["check-ignore", "--quiet", "--"])?.code() {
        Some(0) => Some(true),
        Some(1) => Some(false),
        Some(_) | None => None,
    }
}

fn ask(path: &Path, question: &[&str]) -> Option<ExitStatus> {
    let dir = path.ancestors().skip(1).find(|dir| dir.is_dir())?;
    if !dir.ancestors().any(|above| above.join(".git").exists()) {
        return None;
    }
    let mut git = process::child("git");
    git.args(question)
        .arg(path.strip_prefix(dir).unwrap_or(path))
        .current_dir(dir);
    git.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()
}
