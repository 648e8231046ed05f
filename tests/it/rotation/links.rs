//! Links that lead out of the project, and files that others may write: refused or told, each with what mends it.
use super::{Folder, said};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

const ENV: &str = "API_Groq=made-up-1\n";

fn is_empty(dir: &Path) -> bool {
    std::fs::read_dir(dir).unwrap().next().is_none()
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    set_mode(path, mode);
}

#[test]
fn folders_that_a_link_leads_out_are_refused_by_every_command() {
    for (link, setting) in [("state", "state"), ("backups", "rotation.backups")] {
        let (folder, elsewhere) = (Folder::with_env(ENV), tempfile::tempdir().unwrap());
        symlink(elsewhere.path(), folder.path(link)).unwrap();
        for args in [
            &["backup", "create"][..],
            &["backup", "list"],
            &["rotate", "start", "groq"],
            &["schedule", "show"],
            &["probe"],
            &["run", "--once"],
            &["run", "--dry-run"],
        ] {
            let told = folder.run(args, 5);
            assert!(
                told.contains("leads out of the project") && told.contains(setting),
                "{told}"
            );
        }
        let told = folder.run(&["check"], 2);
        assert!(
            told.contains("leads out of the project") && told.contains(setting),
            "{told}"
        );
        assert!(is_empty(elsewhere.path()), "something was written behind {link}");
    }
}

#[test]
fn a_store_that_a_link_leads_out_is_refused() {
    let (folder, elsewhere) = (Folder::with_env(ENV), tempfile::tempdir().unwrap());
    std::fs::create_dir(folder.path("state")).unwrap();
    symlink(elsewhere.path().join("store"), folder.path("state/keyminder.db")).unwrap();
    for args in [&["run", "--once"][..], &["status"], &["backup", "create"]] {
        assert!(folder.run(args, 5).contains("leads out of the project"), "{args:?}");
    }
    assert!(folder.run(&["check"], 2).contains("leads out of the project"));
    assert!(is_empty(elsewhere.path()));
}

#[test]
fn links_within_the_project_are_followed() {
    let folder = Folder {
        dir: tempfile::tempdir().unwrap(),
    };
    write(&folder.path("secrets/env"), ENV, 0o600);
    for place in ["kept/state", "kept/backups"] {
        std::fs::create_dir_all(folder.path(place)).unwrap();
    }
    for (to, link) in [
        ("secrets/env", ".env"),
        ("kept/state", "state"),
        ("kept/backups", "backups"),
    ] {
        symlink(to, folder.path(link)).unwrap();
    }
    folder.run(&["check"], 0);
    folder.run(&["backup", "create"], 0);
    folder.run(&["rotate", "start", "groq"], 0);
    assert!(folder.path("kept/state/project.id").exists() && folder.path("kept/backups/api_keys").exists());
}

#[test]
fn an_env_elsewhere_is_read_where_the_setting_names_it_and_not_through_a_link() {
    let (folder, elsewhere) = (
        Folder {
            dir: tempfile::tempdir().unwrap(),
        },
        tempfile::tempdir().unwrap(),
    );
    let real = elsewhere.path().join("keys.env");
    write(&real, ENV, 0o600);
    symlink(&real, folder.path(".env")).unwrap();
    for args in [&["backup", "create"][..], &["probe"], &["rotate", "plan"]] {
        let told = folder.run(args, 5);
        assert!(told.contains("project.env") && !told.contains("made-up-1"), "{told}");
    }
    let settings = format!("[project]\nenv = {:?}\n", real.display().to_string());
    write(&folder.path("config/keyminder.toml"), &settings, 0o644);
    folder.run(&["check"], 0);
    folder.run(&["backup", "create"], 0);
}

#[test]
fn a_token_file_behind_a_link_out_is_refused() {
    let (folder, elsewhere) = (Folder::with_env(ENV), tempfile::tempdir().unwrap());
    let real = elsewhere.path().join("token");
    write(&real, "ntn_made-up\n", 0o600);
    symlink(&real, folder.path("token")).unwrap();
    let run = |file: &str| {
        let mut command = folder.keyminder(&["run", "--once"]);
        command.env("KEYMINDER_NOTION_TOKEN_FILE", file);
        // Nobody listens there: the token is read before anybody is asked.
        command.env("KEYMINDER_NOTION_URL", "http://127.0.0.1:9");
        command.env("KEYMINDER_PAGES", "0123456789abcdef0123456789abcdef");
        command
    };
    let output = run("token").output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    assert!(said(&output).contains("notion.token_file"), "{}", said(&output));
    let output = run("missing").output().unwrap();
    assert!(said(&output).contains("does not exist"), "{}", said(&output));
}

#[test]
fn check_tells_who_else_may_steer_us_or_read_the_token() {
    let folder = Folder::with_env(ENV);
    write(
        &folder.path("config/keyminder.toml"),
        "[notion]\ntoken_file = \"token\"\n",
        0o644,
    );
    write(&folder.path("prompts/en/note.txt"), "", 0o644);
    write(&folder.path("token"), "ntn_made-up\n", 0o600);
    let before = folder.keyminder(&["check"]).output().unwrap();
    assert!(!said(&before).contains("steers"), "{}", said(&before));
    for (name, mode, usual, told) in [
        ("config/keyminder.toml", 0o646, 0o644, "everybody"),
        ("config", 0o777, 0o755, "chmod go-w config"),
        ("prompts/en", 0o777, 0o755, "chmod go-w prompts/en"),
        ("token", 0o640, 0o600, "chmod 600 token"),
    ] {
        set_mode(&folder.path(name), mode);
        let answer = folder.run(&["check"], 2);
        assert!(answer.contains(told) && answer.contains(name), "{name}: {answer}");
        set_mode(&folder.path(name), usual);
    }
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(folder.path("config/keyminder.toml"), Some(65_534), None).unwrap();
        assert!(folder.run(&["check"], 2).contains("belongs to user 65534"));
    }
}

#[test]
fn values_that_cannot_be_masked_are_named() {
    let folder = Folder::with_env("PIN=4711\nADMIN_PASSWORD=geheim\nAPI_Groq=made-up-1\n");
    let told = folder.run(&["check"], 0);
    assert!(
        told.contains("The values of ADMIN_PASSWORD, PIN are too short or too ordinary to be masked"),
        "{told}"
    );
    assert!(!told.contains("4711") && !told.contains("geheim"), "{told}");
}

#[test]
fn a_file_of_keys_that_cannot_be_read_is_a_fault() {
    let folder = Folder::with_env("A\0P\0I\0=\0x\0\n\0");
    let told = folder.run(&["check"], 2);
    assert!(
        told.contains("as a file in UTF-16 does") && told.contains("nothing in it is masked"),
        "{told}"
    );
}

#[test]
fn check_tells_of_open_files_of_keys() {
    let folder = Folder::with_env(ENV);
    let key = "0123456789abcdef".repeat(4);
    write(&folder.path(".env"), ENV, 0o600);
    write(&folder.path(".env.install-key"), &key, 0o600);
    std::fs::create_dir(folder.path("state")).unwrap();
    set_mode(&folder.path("state"), 0o700);
    assert!(!folder.run(&["check"], 0).contains("open to others"));
    for (name, mode, usual, code) in [
        (".env", 0o644, 0o600, 0),
        (".env", 0o666, 0o600, 2),
        (".env.install-key", 0o644, 0o600, 2),
        (".env.install-key", 0o666, 0o600, 2),
        ("state", 0o755, 0o700, 0),
        ("state", 0o777, 0o700, 2),
    ] {
        set_mode(&folder.path(name), mode);
        let told = folder.run(&["check"], code);
        let right = format!("`chmod {usual:o} {name}`");
        assert!(
            told.contains(&right) && told.contains(&format!("{mode:04o}")),
            "{name}: {told}"
        );
        assert!(!told.contains(&key) && !told.contains("made-up-1"), "{told}");
        set_mode(&folder.path(name), usual);
    }
}

#[test]
fn check_tells_of_links_and_pipes_in_the_place_of_files() {
    let elsewhere = tempfile::tempdir().unwrap();
    for name in [
        ".env",
        ".env.install-key",
        ".gitignore",
        "config/keyminder.toml",
        "config/providers.toml",
        "config/redaction.toml",
        "config/topics.toml",
        "config/pages/A.toml",
        "config/rules/a.toml",
        "prompts/en/a.md",
        "state/agreed_providers.json",
    ] {
        let folder = Folder {
            dir: tempfile::tempdir().unwrap(),
        };
        let (path, real) = (folder.path(name), elsewhere.path().join("real"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let mut command = folder.keyminder(&["check"]);
        command.env("KEYMINDER_NOTION_URL", "https://notion.example.com");
        let mut child = command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let begun = std::time::Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > std::time::Duration::from_secs(30) {
                child.kill().unwrap();
                panic!("{name}: a pipe holds it up");
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let told = said(&child.wait_with_output().unwrap());
        if !name.starts_with("state/") {
            // `.env` may be a pipe that a vault fills; here nobody does.
            let why = ["neither a file", "no ordinary file", "no program writes into it"];
            assert!(
                told.contains(name) && why.iter().any(|why| told.contains(why)),
                "{name}: {told}"
            );
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&real, "").unwrap();
            symlink(&real, &path).unwrap();
            let told = folder.run(&["check"], 2);
            assert!(told.contains(name) && told.contains("link"), "{name}: {told}");
        }
    }
}

#[test]
fn check_tells_of_lines_that_take_keys_into_version_control_again() {
    let folder = Folder::with_env(ENV);
    write(
        &folder.path(".gitignore"),
        ".env\n.env.*\n!.env.example\nbackups/\nstate/\n",
        0o644,
    );
    folder.run(&["check"], 0);
    write(
        &folder.path(".gitignore"),
        ".env\n.env.*\n!.env.example\nbackups/\nstate/\n!.env\n",
        0o644,
    );
    let told = folder.run(&["check"], 2);
    assert!(
        told.contains(".gitignore") && told.contains("takes .env in again"),
        "{told}"
    );
    folder.run(&["init", "--yes"], 0);
    folder.run(&["check"], 0);
}

#[test]
fn settings_that_say_nothing_are_faults() {
    let folder = Folder::with_env(ENV);
    for (variable, value) in [
        ("KEYMINDER_PEOPLE_MAY_ACT", "membres"),
        ("KEYMINDER_PEOPLE_OWNERS", "ana"),
        ("KEYMINDER_REPLY_LANGUAGE", "english"),
        ("KEYMINDER_ROTATION_MONITOR_AT", "25:00"),
        ("KEYMINDER_ROTATION_RECIPIENTS", "ana@example.com"),
    ] {
        let output = folder.keyminder(&["check"]).env(variable, value).output().unwrap();
        let told = said(&output);
        let name = variable
            .trim_start_matches("KEYMINDER_")
            .replacen('_', ".", 1)
            .to_ascii_lowercase();
        assert_eq!(output.status.code(), Some(2), "{variable}: {told}");
        assert!(told.contains(variable) || told.contains(&name), "{variable}: {told}");
    }
    for (variable, value) in [
        (
            "KEYMINDER_PEOPLE_MAY_ACT",
            "2f1c7a90-4b3d-80e2-9a51-c0ffee11aa01, 2f1c7a904b3d80e29a51c0ffee11aa02",
        ),
        ("KEYMINDER_REPLY_LANGUAGE", "nl"),
        ("KEYMINDER_ROTATION_MONITOR_AT", "9:30"),
    ] {
        let output = folder.keyminder(&["check"]).env(variable, value).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{variable}: {}", said(&output));
    }
}
