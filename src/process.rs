//! What this process leaves to others: no image of its memory, and to the programs that it starts nothing of its
//! environment but what they cannot do without.
//!
//! The keys are in our memory as long as we work, and `NOTION_TOKEN` may be in our environment. A crash would write both
//! into a core file, and a debugger or `/proc/PID/environ` would show them to every program of the same user: a process
//! that is not dumpable has none of that. Its environment cannot be taken away from a process by safe means, so a file
//! (`notion.token_file`) stays the better place for the token.
use rustix::process::{Resource, Rlimit, setrlimit};
use std::process::{Command, Stdio};

/// What a child gets of our environment, where it is set. None of them is a place for a secret.
const PASSED_ON: [&str; 7] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR"];

/// Forbids images of this process: core files by limit, and on Linux also dumps to a handler, debuggers and the reading of
/// `/proc/PID/environ` and `mem` by others than root. What the system refuses is left as it is, and told.
pub fn close() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let limited = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let limited = limited.and(rustix::process::set_dumpable_behavior(
        rustix::process::DumpableBehavior::NotDumpable,
    ));
    if let Err(error) = limited {
        eprintln!("keyminder: core files could not be forbidden ({error}); set `ulimit -c 0` before the start");
    }
}

/// A program to start, with a minimal environment and nothing to read. The one place where children are made.
pub fn child(program: &str) -> Command {
    let mut command = Command::new(program);
    let passed = PASSED_ON
        .iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)));
    command.env_clear().envs(passed).stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_gets_what_it_needs_and_nothing_else() {
        let output = child("env").output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("PATH="), "{said}");
        for line in said.lines() {
            let (name, _) = line.split_once('=').unwrap();
            assert!(PASSED_ON.contains(&name), "{line}");
        }
        assert!(
            std::env::var_os("CARGO_MANIFEST_DIR").is_some(),
            "we have more than that"
        );
    }
}
