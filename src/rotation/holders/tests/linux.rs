//! Programs as `/proc` tells of them, real ones and odd ones.
use super::super::proc::{held_in, restart, running, stat_field};
use super::*;
use crate::rotation::holders::running::Running;

fn named(running: &Running) -> Vec<String> {
    let mut said: Vec<String> = running
        .holding
        .iter()
        .map(|holder| holder.in_words(true, now(), Tz::UTC))
        .collect();
    said.sort();
    said
}

#[test]
fn closed_odd_and_vanished_entries_are_passed_over() {
    let (dir, proc) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let write = |name: &str, text: &str| write_file(&proc.path().join(name), text);
    write("812/environ", &format!("HOME=/root\0API_Groq={OLD}\0A\0=\0"));
    write("812/cmdline", "/usr/bin/node\0server.js\0");
    write("812/stat", "812 (no) de)) S 1 812 812 0 -1");
    write(
        "812/cgroup",
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service\n",
    );
    write("813/cmdline", &format!("curl\0-HBearer {OLD}\0"));
    write("814/cmdline", &format!("{OLD}\0"));
    write("814/comm", "renamed\n");
    write("815/environ", &format!("API_Groq={OLD}\0"));
    write("816/stat", "nothing of use");
    write("self/environ", &format!("API_Groq={OLD}\0"));
    write("uptime", "no number\n");
    std::fs::create_dir_all(proc.path().join("817/environ")).unwrap();
    std::fs::create_dir_all(proc.path().join("818")).unwrap();
    let fifo = std::process::Command::new("mkfifo")
        .arg(proc.path().join("818/environ"))
        .status();
    assert!(fifo.unwrap().success());
    let found = running(proc.path(), 815, &sought(), dir.path());
    assert_eq!(
        named(&found),
        [
            "curl (pid 813) still holds the old API_Groq in its command line: restart it",
            "node (pid 812) still holds the old API_Groq as API_Groq: restart it (systemctl --user restart web.service)",
            "renamed (pid 814) still holds the old API_Groq in its command line: restart it",
        ]
    );
    assert!(
        running(Path::new("/nowhere"), 1, &sought(), dir.path())
            .holding
            .is_empty()
    );
}

#[test]
fn a_living_program_is_found_with_its_start_and_then_no_more() {
    let (dir, project) = project("A=1\n");
    let mut sleep = std::process::Command::new("sleep");
    let sleep = sleep.arg("60").env_clear().env("GROQ_KEY", OLD);
    let mut child = sleep.spawn().unwrap();
    let search = HolderSearch::new(&settings(&project.dir));
    let find = || -> Vec<Holder> {
        search
            .find(&project, &Providers::builtin(), &values())
            .of(&["API_Groq".to_owned()], None)
    };
    let mut seen = find();
    // Between fork and exec the child has our name and environment.
    while seen.is_empty() {
        seen = find();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let [holder] = seen.as_slice() else {
        panic!("{seen:?}");
    };
    let HolderPlace::Program { program, names } = &holder.place else {
        panic!("{holder:?}");
    };
    assert_eq!(
        (program.name.as_str(), program.pid, names.as_slice()),
        ("sleep", child.id(), &["GROQ_KEY".to_owned()][..])
    );
    let age = Utc::now() - program.since.unwrap();
    assert!(age.num_seconds().abs() < 60, "{age}");
    assert!(find().is_empty());
    drop(dir);
}

#[test]
fn who_runs_in_the_project_since_before_the_change_may_hold_the_old_key() {
    let (dir, project) = project("A=1\n");
    let mut sleep = std::process::Command::new("sleep");
    let mut child = sleep.arg("60").env_clear().current_dir(dir.path()).spawn().unwrap();
    let search = HolderSearch::new(&settings(&project.dir));
    let at = |hours| Utc::now() + chrono::TimeDelta::hours(hours);
    let found = search.find(&project, &Providers::builtin(), &values());
    let (since, before) = (
        found.of(&["API_Groq".to_owned()], Some(at(1))),
        found.of(&["API_Groq".to_owned()], Some(at(-1))),
    );
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        since
            .iter()
            .any(|holder| matches!(&holder.place, HolderPlace::MayHold { program } if program.pid == child.id()))
    );
    assert!(before.is_empty(), "{before:?}");
}

#[test]
fn a_stat_with_brackets_in_its_name_is_read() {
    assert_eq!(stat_field(b"1 (a) b (c)) S 7 8", 4), Some(7));
    for broken in [&b""[..], b"1 (a", b"1 (a) S", b"1 (a) S x"] {
        assert_eq!(stat_field(broken, 4), None);
    }
    assert_eq!(stat_field(b"1 (a) S 7", 2), None);
}

#[test]
fn the_manager_of_a_program_is_told_by_its_group() {
    for (cgroup, command) in [
        ("0::/system.slice/web.service\n", Some("systemctl restart web.service")),
        (
            "0::/user.slice/user-1.slice/user@1.service/app.slice/my-app@2.service",
            Some("systemctl --user restart my-app@2.service"),
        ),
        (
            "5:cpu:/docker/0123456789abcdef0123\n",
            Some("docker restart 0123456789ab"),
        ),
        (
            "0::/system.slice/docker-0123456789abcdef.scope\n",
            Some("docker restart 0123456789ab"),
        ),
        ("0::/user.slice/user-1.slice/init.scope\n", None),
        ("0::/user.slice/user-1.slice/user@1.service\n", None),
        ("0::/x;rm -rf.service\n", None),
        ("", None),
        ("no group", None),
    ] {
        assert_eq!(restart(cgroup.as_bytes()).as_deref(), command, "{cgroup}");
    }
}

proptest! {
    #[test]
    fn names_of_an_environment_are_told_and_no_value(
        entries in proptest::collection::vec(("[A-Z_]{1,8}", "[a-z =]{0,12}", any::<bool>()), 0..12)
    ) {
        let held: Vec<&String> = entries.iter().filter(|(.., held)| *held).map(|(name, ..)| name).collect();
        let entry = |(name, value, held): &(String, String, bool)| {
            let held = if *held { OLD } else { "" };
            format!("{name}={value}{held}\0")
        };
        let environ = entries.iter().map(entry).collect::<Vec<_>>().concat();
        let (names, variables) = held_in(environ.as_bytes(), &sought());
        prop_assert_eq!(names.iter().collect::<Vec<_>>(), held);
        prop_assert!(variables.iter().all(|variable| variable == "API_Groq"));
    }

    #[test]
    fn no_environment_ends_the_search(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (held_in(&bytes, &sought()), stat_field(&bytes, 22), restart(&bytes));
    }
}

#[test]
fn the_pipeline_of_our_own_command_reads_no_env() {
    let (dir, proc) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // The group and the parent of each: 90 is the shell, 91 a shell of its own below it.
    let program = |pid: u32, called: &str, (parent, group): (u32, u32), ends: [&str; 3]| {
        let folder = proc.path().join(pid.to_string());
        write_file(&folder.join("cmdline"), &format!("{called}\0"));
        write_file(
            &folder.join("stat"),
            &format!("{pid} ({called}) S {parent} {group} 90 0 -1"),
        );
        std::fs::create_dir_all(folder.join("fd")).unwrap();
        std::os::unix::fs::symlink(dir.path(), folder.join("cwd")).unwrap();
        std::os::unix::fs::symlink(format!("/bin/{called}"), folder.join("exe")).unwrap();
        for (at, end) in ends.iter().enumerate() {
            std::os::unix::fs::symlink(end, folder.join("fd").join(at.to_string())).unwrap();
        }
    };
    // `yes | keyminder rotate finish groq 2>&1 | (tee log | wc)`, a server with a log of its own, our own bot by another name,
    // servers that write where we do, and one that reads us from another job.
    let (shell, tty) = ((90, 1), "/dev/pts/0");
    program(1, "keyminder", shell, ["pipe:[1]", "pipe:[2]", "pipe:[2]"]);
    program(2, "yes", shell, [tty, "pipe:[1]", tty]);
    program(3, "tee", shell, ["pipe:[2]", "pipe:[3]", tty]);
    program(4, "wc", shell, ["pipe:[3]", tty, tty]);
    program(5, "node", shell, ["/dev/null", "pipe:[9]", "pipe:[9]"]);
    program(6, "rotator", (1, 6), ["/dev/null", "pipe:[8]", "pipe:[8]"]);
    program(7, "python", shell, ["/dev/null", "pipe:[2]", "pipe:[2]"]);
    program(8, "ruby", (90, 8), ["pipe:[2]", tty, tty]);
    program(9, "php", (5, 1), ["/dev/null", "pipe:[1]", tty]);
    program(10, "deno", shell, ["pipe:[1]", tty, tty]);
    std::fs::remove_file(proc.path().join("6/exe")).unwrap();
    std::os::unix::fs::symlink("/bin/keyminder", proc.path().join("6/exe")).unwrap();
    let found = running(proc.path(), 1, &sought(), dir.path());
    let mut residents: Vec<&str> = found.residents.iter().map(|program| program.name.as_str()).collect();
    residents.sort_unstable();
    assert_eq!(residents, ["deno", "node", "php", "python", "ruby"]);
}
