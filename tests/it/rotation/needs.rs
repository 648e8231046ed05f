//! What a project has and still needs: the filter masks its keys; `check` names each file that was named and is not there, and what nobody has set yet.
use super::Folder;
use std::path::Path;

fn write(path: &Path, text: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// What `check` says of a project with these settings and this `.env`, and with which exit code it ends.
fn check(settings: &str, env: &[u8], code: i32) -> String {
    let folder = Folder {
        dir: tempfile::tempdir().unwrap(),
    };
    write(&folder.path("config/keyminder.toml"), settings.as_bytes());
    write(&folder.path(".env"), env);
    write(&folder.path("empty"), b"\n");
    let told = folder.run(&["check"], code);
    assert_eq!(told.contains("All is well"), code == 0, "{told}");
    told
}

const PAGE: &str = "pages = \"0123456789abcdef0123456789abcdef\"\n";
const TOKEN: &[u8] = b"NOTION_TOKEN=made-up\n";

#[test]
fn what_run_needs_and_nobody_has_set_is_told() {
    let told = check("", b"A=b\n", 0);
    assert!(told.contains("`pages`") && told.contains("NOTION_TOKEN"), "{told}");
    let told = check(PAGE, b"NOTION_TOKEN=\n", 0);
    assert!(!told.contains("`pages`") && told.contains("a token: set"), "{told}");
    let told = check(PAGE, TOKEN, 0);
    assert!(!told.contains("still needs"), "{told}");
}

#[test]
fn files_that_are_named_and_are_not_there_are_faults() {
    for (settings, named) in [
        ("[notion]\ntoken_file = \"nowhere\"\n", "notion.token_file"),
        ("[notion]\ntoken_file = \"empty\"\n", "notion.token_file"),
        ("[notion]\ntoken_file = \"config\"\n", "notion.token_file"),
        ("[project]\nenv = \"keys.env\"\n", "project.env"),
    ] {
        let told = check(&format!("{PAGE}{settings}"), TOKEN, 2);
        assert!(told.contains(named), "{told}");
    }
}

#[test]
fn a_file_of_keys_in_another_encoding_is_a_fault() {
    let told = check(PAGE, b"NOTION_TOKEN=made-up\nPASSWORT=sch\xf6n-und-lang\n", 2);
    assert!(told.contains("line 2") && told.contains("UTF-8"), "{told}");
    let wide: Vec<u8> = "\u{feff}A=made-up\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(check(PAGE, &wide, 2).contains("UTF-8"));
    let big: Vec<u8> = "A=made-up\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(check(PAGE, &big, 2).contains("UTF-8"));
}

#[test]
fn the_filter_masks_the_keys_of_the_project_it_runs_in() {
    let key: String = (0..30).map(|_| fastrand::alphanumeric()).collect();
    let folder = Folder::with_env(&format!("A_SECRET={key}\n"));
    let masked = |args: &[&str], line: &serde_json::Value| {
        let mut command = assert_cmd::Command::from_std(folder.keyminder(args));
        let output = command.write_stdin(format!("{line}\n")).output().unwrap();
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).contains("[redacted: A_SECRET]")
    };
    let own = serde_json::json!({ "id": 1, "text": format!("see {} there", &key[4..20]) });
    assert!(masked(&["redact"], &own));
    assert!(!masked(&["redact", "--forms-only"], &own));
    let mut of_another = own;
    of_another["env"] = serde_json::json!({ "B_SECRET": "made-up-value-of-another" });
    assert!(
        !masked(&["redact"], &of_another),
        "a line with an env of its own is of another project"
    );
    assert!(!folder.path("state").exists(), "nothing is made");
    std::fs::write(folder.path(".env"), "A\0=\0x\0").unwrap();
    folder.run(&["redact"], 1);
}

#[test]
fn a_lost_install_key_is_named() {
    let folder = Folder::with_env("API_Groq=made-up-1\n");
    folder.run(&["backup", "create"], 0);
    assert!(!folder.run(&["check"], 0).contains("lost or replaced"));
    std::fs::remove_file(folder.path(".env.install-key")).unwrap();
    assert!(folder.run(&["check"], 0).contains("lost or replaced"));
    folder.run(&["backup", "verify"], 0);
    assert!(
        folder.run(&["check"], 0).contains("lost or replaced"),
        "until the bot has taken it in"
    );
}
