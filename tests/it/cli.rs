//! The command line as a person and a script meet it: exit codes, help, what is said when something is wrong.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]
mod bot;
mod closed;
mod consent;
mod echoed;
mod page;
mod preview;
mod stands;
mod together;

use crate::rotation::{Folder, files};
use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

const COMMANDS: [&str; 17] = [
    "demo", "run", "sandbox", "init", "check", "explain", "page", "classify", "redact", "audit", "status", "backup",
    "probe", "rotate", "leak", "schedule", "monitor",
];

fn keyminder(folder: &Folder, args: &[&str]) -> Command {
    Command::from_std(folder.keyminder(args))
}

/// Standard output of a command that ends with this code, fed with this input.
#[track_caller]
fn fed(folder: &Folder, args: &[&str], input: &str, code: i32) -> (String, String) {
    let done = keyminder(folder, args).write_stdin(input).assert().code(code);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&done.get_output().stdout), text(&done.get_output().stderr))
}

fn write(folder: &Folder, name: &str, text: &str) {
    let path = folder.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn empty() -> Folder {
    Folder {
        dir: tempfile::tempdir().unwrap(),
    }
}

/// A value of the form of Bybit's secrets, made now.
fn secret() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(36).collect()
}

fn is_untouched(dir: &Path) -> bool {
    files(dir).is_empty()
}

#[test]
fn every_command_has_help_and_wrong_usage_is_two() {
    let folder = empty();
    let (help, _) = fed(&folder, &["--help"], "", 0);
    for command in COMMANDS {
        assert!(help.contains(&format!("  {command}")), "{command} is not in the help");
        let (own, _) = fed(&folder, &[command, "--help"], "", 0);
        assert!(own.contains("Usage: keyminder "), "{own}");
    }
    for wrong in [
        &["dance"][..],
        &["run", "--twice"],
        &["explain"],
        &["audit", "--limit", "few"],
        &[],
    ] {
        fed(&folder, wrong, "", 2);
    }
    fed(&folder, &["run", "--page", "no page"], "", 2);
    fed(&folder, &["audit", "--page", "no page"], "", 2);
    fed(&folder, &["explain", "--page", "ACT_999", "hi"], "", 2);
    assert!(is_untouched(folder.dir.path()));
}

#[test]
fn explain_tells_reading_looks_and_reply_and_writes_nothing() {
    let folder = empty();
    for (text, expected) in [
        (
            "✅ Step 1 completed - backup created",
            &["completion, steps [1]", "look: backup", "Step 1"][..],
        ),
        (
            "BLOCKED: Permission denied on step 4. Need help with crontab.",
            &["scheduler", "Blocked", "crontab -l"],
        ),
        (
            "2 is finished, 3 gives me 401",
            &["auth", "look: rotator", "keyminder probe"],
        ),
        ("What is the next step?", &["question", "next is step 1"]),
        ("thanks!", &["chatter", "says       nothing"]),
    ] {
        let (said, _) = fed(&folder, &["explain", text], "", 0);
        for part in expected {
            assert!(said.contains(part), "{text}: {part} is not in\n{said}");
        }
    }
    assert!(is_untouched(folder.dir.path()));
}

#[test]
fn explain_speaks_json_and_shows_no_key() {
    let value = secret();
    let folder = Folder::with_env(&format!("BYBIT_API_SECRET={value}\n"));
    let text = format!("step 4 done, the new secret is {value}");
    let (said, told) = fed(&folder, &["explain", "--json", "-"], &text, 0);
    assert!(!said.contains(&value) && !told.contains(&value) && !said.contains(&value[..8]));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["redaction"]["findings"][0]["label"], "BYBIT_API_SECRET");
    assert_eq!(said["redaction"]["findings"][0]["chars"], 36);
    assert_eq!(said["redaction"]["findings"][0]["extent"], "whole");
    assert_eq!(said["reading"]["steps"], serde_json::json!([4]));
    assert!(
        said["reply"]["text"].as_str().unwrap().contains("delete your comment"),
        "{said}"
    );
    assert!(!folder.path("state").exists());
}

#[test]
fn the_filters_answer_line_by_line() {
    let folder = empty();
    let (read, _) = fed(&folder, &["classify"], "{\"id\": 7, \"text\": \"step 2 done\"}\n\n", 0);
    let read: Value = serde_json::from_str(&read).unwrap();
    assert_eq!(
        (&read["id"], &read["labels"][0], &read["steps"][0]),
        (&7.into(), &"completion".into(), &2.into())
    );
    let (_, told) = fed(&folder, &["classify"], "{\"id\": 7}\n", 1);
    assert!(told.starts_with("line 1: not an object"), "{told}");

    let value = secret();
    let line = serde_json::json!({ "id": "a", "text": format!("it is {value}"), "env": { "BYBIT_API_SECRET": value } });
    let (masked, _) = fed(&folder, &["redact"], &format!("{line}\n"), 0);
    assert!(
        masked.contains("[redacted: BYBIT_API_SECRET]") && !masked.contains(&value),
        "{masked}"
    );
    let (_, told) = fed(&folder, &["redact"], "nonsense\n", 1);
    assert!(told.contains("line 1"), "{told}");
}

#[test]
fn check_proves_what_is_built_in() {
    let folder = empty();
    let (said, _) = fed(&folder, &["check"], "", 0);
    assert!(
        said.starts_with("All is well: the settings, ") && said.contains("prompts"),
        "{said}"
    );
    assert!(is_untouched(folder.dir.path()));
}

#[test]
fn check_tells_the_faults_of_all_files_at_once() {
    let folder = empty();
    write(
        &folder,
        "config/keyminder.toml",
        "[poll]\nactive = \"5 parsecs\"\nidel = \"3s\"\n",
    );
    write(
        &folder,
        "config/topics.toml",
        "[[topic]]\nid = \"due\"\npatterns = ['(']\nexamples = []\n",
    );
    write(&folder, "config/redaction.toml", "secret = 1\n");
    write(&folder, "config/rules/own.toml", "[[rule]]\nid = 3\n");
    let (said, told) = fed(&folder, &["check"], "", 2);
    assert_eq!(said, "");
    for part in [
        "keyminder.toml:2: poll.active",
        "poll.idle",
        "topics.toml",
        "redaction.toml",
        "own.toml",
        "faults to mend",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
}

#[test]
fn settings_with_faults_stop_every_command_that_needs_them() {
    let folder = empty();
    write(
        &folder,
        "config/keyminder.toml",
        "[poll]\nactive = \"5 parsecs\"\nidel = \"3s\"\n",
    );
    for command in [
        &["run", "--once"][..],
        &["status"],
        &["audit"],
        &["explain", "hi"],
        &["probe"],
        &["monitor"],
    ] {
        let (_, told) = fed(&folder, command, "", 2);
        assert!(
            told.contains("poll.active") && told.contains("did you mean poll.idle?"),
            "{command:?}: {told}"
        );
    }
    write(&folder, "config/keyminder.toml", "poll = [");
    let (_, told) = fed(&folder, &["run", "--once"], "", 2);
    assert!(told.contains("is not valid TOML"), "{told}");
    fed(&folder, &["--project", "nowhere", "check"], "", 2);
}

#[test]
fn what_is_not_safe_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_env(&format!("BYBIT_API_SECRET={}\n", secret()));
    std::fs::set_permissions(folder.path(".env"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path("backups")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.path("backups/api_keys")).unwrap();
    let (_, told) = fed(&folder, &["backup", "create"], "", 5);
    assert!(!told.is_empty());
    assert!(is_untouched(elsewhere.path()));
}

#[test]
fn without_a_state_audit_fails_and_status_says_so() {
    let folder = empty();
    let (_, told) = fed(&folder, &["audit"], "", 1);
    assert!(told.contains("start `keyminder run` first"), "{told}");
    let (said, _) = fed(&folder, &["status"], "", 0);
    assert!(
        said.contains("not running") && said.contains("there is no Notion token"),
        "{said}"
    );
}

/// Takes ten seconds; `.ci/run` plays the demo anyway.
#[test]
#[ignore = "plays the whole demo; run with --ignored"]
fn the_demo_ends_well() {
    let folder = empty();
    let (said, _) = fed(&folder, &["demo", "--exit"], "", 0);
    assert!(said.contains("Everything expected happened."), "{said}");
}
