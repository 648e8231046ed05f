//! The program closes itself: no core file, no dump, and nothing of its environment for others.
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const NOBODY: u32 = 65_534;

/// A filter that waits for its input, under a shell that allowed it core files of any size.
fn waiting(filter: &[&str]) -> Child {
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", "ulimit -c unlimited 2>/dev/null; exec \"$@\"", "sh"])
        .args(filter);
    if rustix::process::geteuid().is_root() {
        // Root may look into everything.
        shell.uid(NOBODY).gid(NOBODY);
    }
    shell.current_dir("/").env_clear().env("NOTION_TOKEN", "made-up-token");
    let child = shell.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    // Between fork and exec a process is closed as well.
    let name = filter[0].rsplit('/').next().unwrap();
    let comm = format!("/proc/{}/comm", child.id());
    assert!(comes(
        || std::fs::read_to_string(&comm).is_ok_and(|comm| comm.trim() == name)
    ));
    child
}

fn comes(holds: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// Whether `/proc/PID` belongs to root although the process does not: the kernel's sign of one that is not dumpable.
fn is_closed(child: &Child) -> bool {
    let owner = |name: &str| std::fs::metadata(format!("/proc/{}/{name}", child.id())).map(|data| data.uid());
    owner("environ").is_ok_and(|uid| uid == 0) && owner("mem").is_ok_and(|uid| uid == 0)
}

#[test]
#[cfg(target_os = "linux")]
fn no_core_no_dump_and_no_look_into_the_environment() {
    let program = crate::child::program();
    let mut child = waiting(&[program.to_str().unwrap(), "classify"]);
    assert!(comes(|| is_closed(&child)), "it can be dumped");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let core: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(core, ["0", "0"]);
    // Rust's own handler takes the first one, as it looks for a stack that overflowed; the second one kills.
    let pid = rustix::process::Pid::from_child(&child);
    while child.try_wait().unwrap().is_none() {
        rustix::process::kill_process(pid, rustix::process::Signal::SEGV).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    let ended = child.wait().unwrap();
    assert_eq!(ended.signal(), Some(11));
    assert!(!ended.core_dumped());

    // The same look at a program that does nothing of the kind.
    let mut open = waiting(&["cat"]);
    std::thread::sleep(Duration::from_millis(300));
    assert!(!is_closed(&open), "the look tells nothing here");
    open.kill().unwrap();
    open.wait().unwrap();
}
