//! Every place that is looked at, and what must neither hold the search up nor end it.
use super::file_order::{order_of, set_elsewhere, setting};
use super::holder::{Holder, HolderPlace};
use super::search::HolderSearch;
use super::sought::Sought;
use super::{exported, ps};
use crate::rotation::Project;
use crate::rotation::dotenv::KeyValues;
use crate::rotation::project::testing::{project, settings, write_file};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use std::path::Path;

const OLD: &str = "gsk_made-up-old-value";

fn values() -> KeyValues {
    KeyValues::from([("API_Groq".to_owned(), OLD.into())])
}

fn sought() -> Sought {
    Sought::new(&values()).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// What is found in a project, in words.
fn found(project: &Project) -> Vec<String> {
    let search = HolderSearch::new(&settings(&project.dir));
    let holders = search.find(project, &values()).of(&["API_Groq".to_owned()], None);
    assert!(!format!("{holders:?}").contains("gsk_"), "a value is told");
    holders.iter().map(|holder| holder.subject(now(), Tz::UTC)).collect()
}

#[test]
fn files_are_found_by_value_and_told_without_it() {
    let (dir, project) = project("API_Groq=gsk_made-up-new\n");
    let write = |name: &str, text: &str| write_file(&dir.path().join(name), text);
    let line = format!("K=\"{OLD}\"\n");
    for skipped in [
        ".env.backup.20260101_090000",
        "node_modules/x/.env",
        "backups/api_keys/x",
    ] {
        write(skipped, &line);
    }
    for (name, before) in [
        (".env.local", ""),
        (".github/workflows/ci.yml", "on: push\n\n"),
        (".vscode/settings.json", "{\n"),
        ("compose.yaml", "services:\n"),
        ("deploy/run.sh", "#!/bin/sh\n"),
        (".git/config", "[remote]\n"),
        ("binary", "\u{0}\u{1}"),
    ] {
        write(name, &format!("{before}{line}"));
    }
    assert_eq!(
        found(&project),
        [
            ".env.local line 1",
            ".git/config line 2",
            ".github/workflows/ci.yml line 3",
            ".vscode/settings.json line 2",
            "binary line 1",
            "compose.yaml line 2",
            "deploy/run.sh line 2",
        ]
    );
    let short = KeyValues::from([("SHORT".to_owned(), "made".into())]);
    assert!(
        !HolderSearch::new(&settings(dir.path())).find(&project, &short).looked,
        "nothing to look for"
    );
}

#[test]
fn what_is_no_file_of_the_project_holds_nobody_up() {
    let (dir, project) = project("A=1\n");
    let elsewhere = tempfile::tempdir().unwrap();
    write_file(&elsewhere.path().join("out"), OLD);
    std::os::unix::fs::symlink(elsewhere.path(), dir.path().join("folder")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("out"), dir.path().join("file")).unwrap();
    std::os::unix::fs::symlink(dir.path(), dir.path().join("round")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", dir.path().join(".env.local")).unwrap();
    let fifo = std::process::Command::new("mkfifo")
        .arg(dir.path().join(".envrc"))
        .status();
    assert!(fifo.unwrap().success());
    let large = std::fs::File::create(dir.path().join("large")).unwrap();
    large.set_len(3 << 20).unwrap();
    write_file(&dir.path().join("closed"), OLD);
    std::fs::set_permissions(
        dir.path().join("closed"),
        std::os::unix::fs::PermissionsExt::from_mode(0o000),
    )
    .unwrap();
    let of_root = rustix::process::geteuid().is_root();
    assert_eq!(
        found(&project),
        if of_root { vec!["closed line 1"] } else { Vec::new() }
    );
    assert!(set_elsewhere(&project, &values()).is_empty());
}

#[test]
fn other_names_and_comments_of_env_are_told_by_line() {
    let env = format!(
        "API_Groq=gsk_made-up-new\nVITE_GROQ='{OLD}'\n# API_Groq={OLD} old\nX=1 # was {OLD}\nURL=https://x/{OLD}?y\n"
    );
    let (_dir, project) = project(&env);
    assert_eq!(
        found(&project),
        ["URL in .env", "VITE_GROQ in .env", ".env line 3", ".env line 4"]
    );
}

#[test]
fn the_environment_that_we_were_started_from_is_compared() {
    let (_dir, project) = project(&format!(
        "API_Groq={OLD}\nNOTION_TOKEN=op://vault/notion/token\nOPENAI_API_KEY=sk-made-up\nLANG=nl\nMISTRAL_API_KEY=made-up-here\n"
    ));
    let env = project.read_env().unwrap();
    let environment = [
        ("API_Groq", "gsk_made-up-other"),
        ("NOTION_TOKEN", "ntn_made-up-by-the-vault"),
        ("OPENAI_API_KEY", "sk-made-up"),
        ("LANG", "en"),
        ("MISTRAL_API_KEY", ""),
        ("GROQ", OLD),
    ]
    .map(|(name, value)| (name.to_owned(), value.into()));
    let providers = crate::rotation::providers::Providers::builtin();
    assert_eq!(
        exported::exported_otherwise(&environment, &env, &providers),
        ["API_Groq"]
    );
    let holder = exported::holding(&environment, &sought()).unwrap();
    assert_eq!(
        holder.place,
        HolderPlace::Exported {
            names: vec!["GROQ".to_owned()]
        }
    );
}

#[test]
fn profiles_are_looked_at_below_the_home_folder() {
    let (_dir, project) = project("A=1\n");
    let home = tempfile::tempdir().unwrap();
    for name in [
        ".zshrc",
        ".config/fish/config.fish",
        ".config/environment.d/keys.conf",
        ".bash_history",
    ] {
        write_file(&home.path().join(name), &format!("# mine\nexport API_Groq={OLD}\n"));
    }
    std::os::unix::fs::symlink("/dev/zero", home.path().join(".bashrc")).unwrap();
    std::os::unix::fs::symlink(home.path().join(".zshrc"), home.path().join(".profile")).unwrap();
    let found = super::profiles::holding(&project, Some(home.path()), &sought());
    let mut subjects: Vec<String> = found.iter().map(|holder| holder.subject(now(), Tz::UTC)).collect();
    subjects.sort();
    assert_eq!(
        subjects,
        [
            "~/.config/environment.d/keys.conf line 2",
            "~/.config/fish/config.fish line 2",
            "~/.profile line 2",
            "~/.zshrc line 2",
        ]
    );
}

#[test]
fn the_file_that_wins_is_known_by_its_name() {
    for (name, wins) in [
        (".env.local", "Next.js, Vite, Bun, Rails and Symfony"),
        (".env.production.local", "in that mode"),
        (".env.staging.local", "in that mode"),
        (".env.production", "Laravel"),
        (".env.docker", "is given this file"),
        ("web.env", "is given this file"),
        (".envrc", "direnv"),
        (".dev.vars", "wrangler"),
        ("docker-compose.override.yml", "env_file"),
        ("compose.yaml", "env_file"),
    ] {
        assert!(order_of(name).is_some_and(|said| said.contains(wins)), "{name}");
    }
    for name in [
        ".env",
        ".env.example",
        ".env.sample",
        ".env.install-key",
        ".env.backup.20260101",
        "envrc",
        "main.rs",
    ] {
        assert_eq!(order_of(name), None, "{name}");
    }
}

#[test]
fn a_line_that_sets_a_variable_is_read_in_each_kind_of_file() {
    for line in [
        "API_Groq=value",
        "export API_Groq=\"value\" # mine",
        "  - API_Groq=value",
        "      API_Groq: value # mine",
        "    \"API_Groq\": \"value\",",
        "API_Groq='value'",
    ] {
        assert_eq!(setting(line), Some(("API_Groq", "value")), "{line}");
    }
    for line in [
        "# API_Groq=value",
        "API_Groq=",
        "see https://example.com",
        "",
        "=",
        ":",
        "API_Groq: \"\"",
        "- \"",
        "é=1",
    ] {
        assert_eq!(setting(line), None, "{line}");
    }
    let (dir, project) = project("API_Groq=gsk_made-up-new\n");
    write_file(&dir.path().join(".env.local"), "OTHER=1\nAPI_Groq=gsk_made-up-mine\n");
    write_file(&dir.path().join(".env.test"), "API_Groq=gsk_made-up-new\n");
    write_file(
        &dir.path().join("compose.yml"),
        "    - API_Groq=${API_Groq}\n    - API_Groq\n",
    );
    write_file(&dir.path().join(".env.example"), "API_Groq=your_key_here\n");
    let set = set_elsewhere(&project, &project.read_env().unwrap().values());
    let said: Vec<String> = set.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            ".env.local, line 2, sets API_Groq to another value than .env: Next.js, Vite, Bun, Rails and Symfony read it before .env",
            ".env.test, line 1, sets API_Groq too: Next.js, Vite, Bun, Rails, Symfony and Laravel read it before .env in that mode",
        ]
    );
}

#[test]
fn ps_of_macos_is_read() {
    let output = format!(
        "    1 Sun Mar  1 08:00:00 2026     /sbin/launchd HOME=/ PATH=/bin\n\
           812 Mon Mar  2 09:00:00 2026     /usr/local/bin/node server.js TERM=xterm A=two words API_Groq={OLD} GROQ={OLD}\n\
           813 Mon Mar  2 09:00:01 2026     curl -H Bearer_{OLD} https://x PATH=/bin\n\
           814 Mon Mar  2 09:00:02 2026     us API_Groq={OLD}\n\
         broken {OLD}\n815 {OLD}\n\n"
    );
    let found = ps::holding(output.as_bytes(), 814, &sought());
    let said: Vec<String> = found
        .iter()
        .map(|holder| holder.in_words(false, now(), Tz::UTC))
        .collect();
    assert_eq!(
        said,
        [
            "node (pid 812, since 2 March) still holds the old API_Groq as API_Groq, GROQ: restart it, then delete the old key",
            "curl (pid 813, since 2 March) still holds the old API_Groq in its command line: restart it, then delete the old key",
        ]
    );
}

proptest! {
    #[test]
    fn no_output_of_ps_ends_the_search(output in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..300) {
        let mut output = output;
        let at = at.min(output.len());
        output.splice(at..at, OLD.bytes());
        for holder in ps::holding(&output, 1, &sought()) {
            let debug = format!("{holder:?}");
            prop_assert!(!debug.contains(OLD), "a value is told");
        }
    }

    #[test]
    fn no_line_ends_the_search(line in any::<String>()) {
        let _ = setting(&line);
    }

    #[test]
    fn each_value_is_found_in_its_line(lines in proptest::collection::vec("[a-z =\"']{0,20}", 1..30), at in 0usize..30) {
        let mut lines = lines;
        let at = at.min(lines.len() - 1);
        lines[at].push_str(OLD);
        let text = lines.join("\n");
        prop_assert_eq!(sought().lines_in(text.as_bytes()), [(at + 1, vec!["API_Groq".to_owned()])]);
    }
}

#[cfg(target_os = "linux")]
mod linux {
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
        let find = || -> Vec<Holder> { search.find(&project, &values()).of(&["API_Groq".to_owned()], None) };
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
        let found = search.find(&project, &values());
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
            ("0::/user.slice/user-1.slice/session-3.scope\n", None),
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
            let environ: String = entries
                .iter()
                .map(|(name, value, held)| format!("{name}={value}{}\0", if *held { OLD } else { "" }))
                .collect();
            let (names, variables) = held_in(environ.as_bytes(), &sought());
            prop_assert_eq!(names.iter().collect::<Vec<_>>(), held);
            prop_assert!(variables.iter().all(|variable| variable == "API_Groq"));
        }

        #[test]
        fn no_environment_ends_the_search(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (held_in(&bytes, &sought()), stat_field(&bytes, 22), restart(&bytes));
        }
    }
}
