//! Whether something other than `run` starts the monitor every day: a timer of systemd, an agent of launchd, a crontab.
use crate::process;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Folders in which timers of this person, and of the machine, lie.
pub fn timer_dirs() -> Vec<PathBuf> {
    let home = std::env::home_dir();
    let own = [".config/systemd/user", "Library/LaunchAgents"];
    let of_machine = ["/etc/systemd/system", "/Library/LaunchDaemons"];
    home.iter()
        .flat_map(|home| own.map(|dir| home.join(dir)))
        .chain(of_machine.map(PathBuf::from))
        .collect()
}

/// What starts the monitor: the file's name, or `crontab`.
pub fn installed(dirs: &[PathBuf]) -> Option<String> {
    dirs.iter().find_map(|dir| in_folder(dir)).or_else(|| {
        crontab()
            .filter(|text| starts_monitor(text))
            .map(|_| "crontab".to_owned())
    })
}

/// A timer without its service would start nothing: a file counts by its name, as `service install` gives it, or by a
/// command in it.
fn in_folder(dir: &Path) -> Option<String> {
    std::fs::read_dir(dir).ok()?.flatten().find_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let kind = Path::new(&name).extension();
        let is_timer = kind == Some("timer".as_ref()) && name.contains("keyminder");
        let is_agent = kind == Some("plist".as_ref()) && starts_monitor(&std::fs::read_to_string(entry.path()).ok()?);
        (is_timer || is_agent).then_some(name)
    })
}

fn starts_monitor(text: &str) -> bool {
    let active = |line: &&str| !line.trim_start().starts_with('#');
    let joined: String = text.lines().filter(active).collect::<Vec<_>>().join("\n");
    (joined.contains("keyminder") && joined.contains("monitor")) || joined.contains("api_key_monitor")
}

fn crontab() -> Option<String> {
    let listing = process::child("crontab")
        .arg("-l")
        .stderr(Stdio::null())
        .output()
        .ok()?;
    listing
        .status
        .success()
        .then(|| String::from_utf8_lossy(&listing.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_counts_a_comment_does_not() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(in_folder(dir.path()), None);
        std::fs::write(dir.path().join("other.timer"), "").unwrap();
        assert_eq!(in_folder(dir.path()), None);
        std::fs::write(dir.path().join("keyminder-monitor.timer"), "").unwrap();
        assert_eq!(in_folder(dir.path()).as_deref(), Some("keyminder-monitor.timer"));
        assert!(starts_monitor("0 9 * * * cd /srv/x && keyminder monitor --quiet"));
        assert!(!starts_monitor("# 0 9 * * * keyminder monitor"));
    }
}
