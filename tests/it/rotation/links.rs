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
    let folder = Folder::with_env("NOTE='it is open\nAPI_Groq=made-up-1\n");
    let told = folder.run(&["check"], 2);
    assert!(
        told.contains("the quote that begins here has no end") && told.contains("nothing in it is masked"),
        "{told}"
    );
}
