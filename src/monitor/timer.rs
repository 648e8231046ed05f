//! Whether something other than `run` starts the monitor every day: a timer of systemd that is enabled, an agent that launchd
//! has loaded, a crontab. A file by itself starts nothing.
use crate::process;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Where systemd notes whose timers run while nobody is logged in (`loginctl enable-linger`).
const LINGER: &str = "/var/lib/systemd/linger";

/// What a timer's file says of when it is due; without any of these it never is.
const WHEN: [&str; 5] = [
    "OnCalendar=",
    "OnActiveSec=",
    "OnBootSec=",
    "OnUnitActiveSec=",
    "OnUnitInactiveSec=",
];

/// Fields of a crontab's line before its command.
const TIME_FIELDS: usize = 5;

/// Folders in which timers of this person, and of the machine, lie.
pub fn timer_dirs() -> Vec<PathBuf> {
    let home = std::env::home_dir();
    let own = [
        ".config/systemd/user",
        ".local/share/systemd/user",
        "Library/LaunchAgents",
    ];
    let of_machine = ["/etc/systemd/system", "/Library/LaunchDaemons"];
    home.iter()
        .flat_map(|home| own.map(|dir| home.join(dir)))
        .chain(of_machine.map(PathBuf::from))
        .collect()
}

/// What starts the monitor: the file's name, or `crontab`.
pub fn installed(dirs: &[PathBuf]) -> Option<String> {
    let lingers = || {
        let user = std::env::var_os("USER").or_else(|| std::env::var_os("LOGNAME"));
        user.is_some_and(|user| Path::new(LINGER).join(user).exists())
    };
    dirs.iter()
        .find_map(|dir| enabled_timer(dir, dirs, &lingers).or_else(|| loaded_agent(dir)))
        .or_else(|| {
            crontab()
                .filter(|text| starts_monitor(text))
                .map(|_| "crontab".to_owned())
        })
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let paths = listing.map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .collect()
}

/// A timer that says when, starts a service that runs the monitor, and is wanted by a target that starts: `enable` has made
/// that link. A person's own timers run on without them only where they linger.
fn enabled_timer(dir: &Path, dirs: &[PathBuf], lingers: &dyn Fn() -> bool) -> Option<String> {
    let is_of_person = dir.ends_with("systemd/user");
    let timer = files(dir, "timer").into_iter().find(|timer| {
        let text = std::fs::read_to_string(timer).unwrap_or_default();
        let is_due = text
            .lines()
            .any(|line| WHEN.iter().any(|when| line.trim().starts_with(when)));
        is_due
            && service_of(timer, &text, dirs).is_some_and(|service| service.lines().any(is_start_of_monitor))
            && is_wanted(timer, dirs)
    })?;
    (!is_of_person || lingers()).then(|| name_of(&timer))
}

/// The text of the service that a timer starts: the one that it names, or the one of its own name.
fn service_of(timer: &Path, text: &str, dirs: &[PathBuf]) -> Option<String> {
    let named = text.lines().find_map(|line| line.trim().strip_prefix("Unit="));
    let own = || format!("{}.service", timer.file_stem().unwrap_or_default().to_string_lossy());
    let service = named.map_or_else(own, |named| named.trim().to_owned());
    let mut places = timer.parent().into_iter().chain(dirs.iter().map(PathBuf::as_path));
    places.find_map(|dir| std::fs::read_to_string(dir.join(&service)).ok())
}

fn is_wanted(timer: &Path, dirs: &[PathBuf]) -> bool {
    let targets = ["timers.target.wants", "default.target.wants", "multi-user.target.wants"];
    let places = timer.parent().into_iter().chain(dirs.iter().map(PathBuf::as_path));
    // A link to nowhere wants nothing: `exists` follows it.
    places
        .flat_map(|dir| targets.map(|target| dir.join(target).join(name_of(timer))))
        .any(|link| link.exists())
}

/// An agent that launchd has loaded, by the label that its file gives it.
fn loaded_agent(dir: &Path) -> Option<String> {
    let agents = files(dir, "plist").into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(&path).ok()?;
        // Its command is a list over several lines.
        runs_monitor(&words_of(&text)).then(|| Some((name_of(&path), label(&text)?.to_owned())))?
    });
    let agents: Vec<(String, String)> = agents.collect();
    if agents.is_empty() {
        return None;
    }
    let loaded = output("launchctl", &["list"])?;
    agents
        .into_iter()
        .find(|(_, label)| loaded.lines().any(|line| line.split_whitespace().last() == Some(label)))
        .map(|(name, _)| name)
}

fn label(plist: &str) -> Option<&str> {
    let after = plist.split_once("<key>Label</key>")?.1;
    let value = after.split_once("<string>")?.1;
    value.split_once("</string>").map(|(label, _)| label.trim())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A line of a service that runs the monitor.
fn is_start_of_monitor(line: &str) -> bool {
    line.trim().strip_prefix("ExecStart=").is_some_and(runs_monitor)
}

/// Whether a line of a crontab starts the monitor: a time, then a command that runs it. What is taken out, or only sets a
/// variable, starts nothing.
fn starts_monitor(crontab: &str) -> bool {
    crontab.lines().filter_map(command_of_line).any(runs_monitor)
}

/// The command of a crontab's line: after five fields, or after a word such as `@daily`. `@reboot` comes once.
fn command_of_line(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with('@') {
        let (when, command) = line.split_once(char::is_whitespace)?;
        return (when != "@reboot").then_some(command);
    }
    let is_field = |field: &str| {
        let is_sign = |c: char| c.is_ascii_alphanumeric() || "*,-/".contains(c);
        field.starts_with(|c: char| c.is_ascii_digit() || c == '*' || c.is_ascii_alphabetic())
            && field.chars().all(is_sign)
    };
    let mut rest = line;
    for _ in 0..TIME_FIELDS {
        let (field, after) = rest.split_once(char::is_whitespace)?;
        if !is_field(field) {
            return None;
        }
        rest = after.trim_start();
    }
    Some(rest)
}

/// Whether a command runs the monitor: the program by its name, and `monitor` among the words that follow it; or the guide's
/// own script.
fn runs_monitor(command: &str) -> bool {
    let name = |word: &str| {
        let word = word.trim_matches(['"', '\'', '-', '@', '+', '!']);
        word.rsplit('/').next().unwrap_or(word).to_owned()
    };
    command.split([';', '&', '|']).any(|part| {
        let mut words = part.split_whitespace().map(name);
        words.clone().any(|word| word.starts_with("api_key_monitor"))
            || words.any(|word| word == "keyminder") && words.any(|word| word == "monitor")
    })
}

/// The texts of a plist, as words: its command is a list of them.
fn words_of(plist: &str) -> String {
    let texts = plist.split("<string>").skip(1);
    let texts = texts.filter_map(|text| text.split_once("</string>").map(|(text, _)| text.trim()));
    texts.collect::<Vec<_>>().join(" ")
}

fn crontab() -> Option<String> {
    output("crontab", &["-l"])
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = process::child(program)
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMER: &str = "[Timer]\nOnCalendar=*-*-* 09:00\nPersistent=true\n";
    const SERVICE: &str = "[Service]\nExecStart=/usr/local/bin/keyminder monitor --quiet\n";

    /// What counts in a folder of a person, or of the machine.
    fn found(dir: &Path, lingers: bool) -> Option<String> {
        enabled_timer(dir, &[dir.to_owned()], &|| lingers)
    }

    #[test]
    fn a_timer_counts_once_it_is_enabled_and_says_what_and_when() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("systemd/user");
        let wants = dir.join("timers.target.wants");
        std::fs::create_dir_all(&wants).unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).unwrap();
        write("my-keyminder-old.timer", "");
        std::os::unix::fs::symlink("../my-keyminder-old.timer", wants.join("my-keyminder-old.timer")).unwrap();
        assert_eq!(found(&dir, true), None, "an empty file is no timer");
        write("keys.timer", TIMER);
        write("keys.service", SERVICE);
        assert_eq!(found(&dir, true), None, "it is not enabled");
        std::os::unix::fs::symlink("../keys.timer", wants.join("keys.timer")).unwrap();
        assert_eq!(found(&dir, true).as_deref(), Some("keys.timer"));
        assert_eq!(found(&dir, false), None, "it stops when its owner logs out");
        write("keys.service", "[Service]\n# ExecStart=keyminder monitor\n");
        assert_eq!(found(&dir, true), None, "its service starts nothing of ours");
        std::fs::remove_file(dir.join("keys.service")).unwrap();
        assert_eq!(found(&dir, true), None, "it starts nothing");
    }

    #[test]
    fn a_timer_of_the_machine_needs_nobody_logged_in() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("timers.target.wants")).unwrap();
        std::fs::write(dir.path().join("daily.timer"), format!("{TIMER}Unit=keys.service\n")).unwrap();
        std::fs::write(dir.path().join("keys.service"), SERVICE).unwrap();
        let link = dir.path().join("timers.target.wants/daily.timer");
        std::os::unix::fs::symlink(dir.path().join("daily.timer"), link).unwrap();
        assert_eq!(found(dir.path(), false).as_deref(), Some("daily.timer"));
    }

    #[test]
    fn a_comment_starts_nothing_and_an_agent_has_a_label() {
        assert!(starts_monitor("0 9 * * * cd /srv/x && keyminder monitor --quiet"));
        assert!(starts_monitor(
            "MAILTO=a@b.c\n@daily /usr/local/bin/keyminder --project /srv/x monitor"
        ));
        for nothing in [
            "# 0 9 * * * keyminder monitor",
            "MAILTO=monitor@keyminder.example",
            "@reboot keyminder run\n0 9 * * * echo monitor",
            "0 9 * * * keyminder run",
            "0 9 * * * echo keyminder; echo monitor",
            "keyminder monitor",
        ] {
            assert!(!starts_monitor(nothing), "{nothing}");
        }
        let plist = "<dict><key>Label</key>\n<string>eu.example.keys</string>\n<key>ProgramArguments</key><array>\n\
            <string>/usr/local/bin/keyminder</string>\n<string>monitor</string></array></dict>";
        assert!(runs_monitor(&words_of(plist)));
        assert_eq!(label(plist), Some("eu.example.keys"));
    }
}
