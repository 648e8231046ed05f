//! What a machine puts in the way: umasks, full disks, folders that cannot be written.
use super::whole_turn::World;
use super::{Folder, files, said};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

const ENV: &str = "NOTION_TOKEN=made-up-1\nAPI_Groq='made-up-2'\n";
const NOBODY: u32 = 65_534;

/// The program through a shell that sets something first.
fn through_shell(folder: &Folder, first: &str, args: &[&str]) -> Output {
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("-c")
        .arg(format!("{first}; exec \"$@\""))
        .arg("sh")
        .arg(env!("CARGO_BIN_EXE_keyminder"))
        .args(args);
    shell
        .current_dir(folder.dir.path())
        .env_clear()
        .env("TZ", "Europe/Amsterdam")
        .output()
        .unwrap()
}

#[test]
fn no_umask_opens_what_is_private() {
    for umask in ["000", "022", "077"] {
        let folder = Folder::with_env(ENV);
        for args in [
            &["backup", "create"][..],
            &["rotate", "start", "groq"],
            &["backup", "restore", "latest", "--into", "rehearsal"],
        ] {
            let output = through_shell(&folder, &format!("umask {umask}"), args);
            assert!(output.status.success(), "{umask}: {}", said(&output));
        }
        for name in ["state", "backups", "rehearsal"] {
            let root = folder.path(name);
            let root_mode = root.metadata().unwrap().permissions().mode() & 0o7777;
            assert_eq!(root_mode, 0o700, "{name} under umask {umask}");
            for (path, mode) in files(&root) {
                assert_eq!(mode & 0o077, 0, "{} is {mode:o} under umask {umask}", path.display());
            }
        }
    }
}

#[test]
fn a_full_disk_leaves_the_old_file_and_says_what_to_do() {
    let folder = Folder::with_env(&format!("{ENV}{}", "# filler\n".repeat(400)));
    let before = folder.read(".env");
    folder.run(&["backup", "create"], 0);
    std::fs::write(folder.path(".env"), before.replace("made-up-1", "made-up-3")).unwrap();
    let changed = folder.read(".env");
    // A limit of 1 KiB: our small files fit, a copy of .env does not.
    for args in [&["backup", "create"][..], &["backup", "restore", "latest"]] {
        let output = through_shell(&folder, "trap '' XFSZ; ulimit -f 1", args);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("room on the disk"), "{}", said(&output));
    }
    assert_eq!(folder.read(".env"), changed);
    folder.run(&["backup", "verify"], 0);
    let litter: Vec<_> = files(folder.dir.path())
        .into_iter()
        .filter(|(path, _)| path.to_string_lossy().contains(".tmp."))
        .collect();
    assert!(litter.is_empty(), "{litter:?}");
}

/// Gives a folder to somebody for whom modes count, and makes it unwritable.
fn close(dir: &Path) {
    for (path, _) in files(dir) {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    std::os::unix::fs::chown(dir, Some(NOBODY), Some(NOBODY)).unwrap();
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o555)).unwrap();
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not root: nobody else can be asked");
        return;
    }
    let folder = Folder::with_env(ENV);
    folder.run(&["backup", "create"], 0);
    std::fs::write(folder.path(".env"), ENV.replace("made-up-1", "made-up-3")).unwrap();
    let before = folder.read(".env");
    close(folder.dir.path());
    let output = folder
        .keyminder(&["backup", "restore", "latest"])
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    std::fs::set_permissions(folder.dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("must be writable"), "{}", said(&output));
    assert_eq!(folder.read(".env"), before);
}

#[test]
fn where_the_project_cannot_be_written_its_key_stays_in_the_state() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not root: nobody else can be asked");
        return;
    }
    let folder = Folder::with_env(ENV);
    folder.run(&["backup", "create"], 0);
    std::fs::remove_file(folder.path(".env.install-key")).unwrap();
    close(folder.dir.path());
    for _ in 0..2 {
        let mut plan = folder.keyminder(&["rotate", "plan"]);
        let output = plan.uid(NOBODY).gid(NOBODY).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(folder.read("state/install.key").trim().len(), 64);
    }
    // Writable again, it goes to where it belongs.
    let key = folder.read("state/install.key");
    std::fs::set_permissions(folder.dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut plan = folder.keyminder(&["rotate", "plan"]);
    assert!(plan.uid(NOBODY).gid(NOBODY).status().unwrap().success());
    assert!(folder.read(".env.install-key") == key && !folder.path("state/install.key").exists());
}

#[test]
fn somebody_elses_file_is_refused() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = Folder::with_env(ENV);
    folder.run(&["backup", "create"], 0);
    std::fs::write(folder.path(".env"), ENV.replace("made-up-1", "made-up-3")).unwrap();
    close(folder.dir.path());
    std::fs::set_permissions(folder.dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::chown(folder.path(".env"), Some(0), Some(0)).unwrap();
    std::fs::set_permissions(folder.path(".env"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = folder
        .keyminder(&["backup", "restore", "latest"])
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    assert!(said(&output).contains("belongs to user 0"), "{}", said(&output));
}

#[test]
fn what_could_not_be_finished_is_not_begun() {
    for (env, why) in [
        (
            "OTHER_KEY=x\nAPI_Groq=${OTHER_KEY}\n",
            "change OTHER_KEY where it is set instead",
        ),
        ("API_Groq=made-up-1\nAPI_Groq=made-up-2\n", "lines [1, 2]"),
    ] {
        let folder = Folder::with_env(env);
        let said = folder.run(&["rotate", "start", "groq"], 5);
        assert!(said.contains(why), "{said}");
        assert_eq!(folder.read(".env"), env, "nothing is written");
        assert!(
            !folder.run(&["rotate", "status"], 0).contains("groq"),
            "nothing is begun"
        );
    }
}

/// A value that another tool keeps is never written over; once that tool has another one, the rotation ends with its owner's
/// word, as nobody could ask about it.
#[test]
fn what_another_tool_keeps_is_changed_there() {
    for (value, changed, instead) in [
        (
            "\"encrypted:BDqNotAKey\"",
            "\"encrypted:BDqAnother\"",
            "dotenvx set API_Groq",
        ),
        ("ENC[AES256_GCM,data:xx]", "ENC[AES256_GCM,data:yy]", "sops edit"),
        ("op://Vault/Groq/credential", "op://Vault/Groq/new", "1Password"),
        (
            "\"$(op read op://Vault/Groq/credential)\"",
            "\"$(op read op://Vault/Groq/new)\"",
            "1Password",
        ),
        ("ref+vault://secret/groq#key", "ref+vault://secret/groq#new", "vals"),
    ] {
        let env = format!("API_Groq={value}\nOTHER=1\n");
        let folder = Folder::with_env(&env);
        assert_eq!(folder.json(&["probe"])["keys"][0]["verdict"], "reference");
        assert!(
            folder.run(&["rotate", "start", "groq"], 0).contains(instead),
            "{instead}"
        );
        std::fs::write(folder.path("new-value"), format!("gsk_{}\n", "a1B2".repeat(13))).unwrap();
        let said = folder.run(&["rotate", "finish", "groq", "--from", "new-value"], 5);
        assert!(said.contains("reference") && said.contains(instead), "{said}");
        assert_eq!(folder.read(".env"), env, "nothing is written");
        assert!(folder.run(&["rotate", "status"], 0).contains("backed_up"));

        std::fs::write(folder.path(".env"), env.replace(value, changed)).unwrap();
        let said = folder.run(&["rotate", "finish", "groq"], 0);
        assert!(said.contains("claimed") && said.contains("your word"), "{said}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_exit_code() {
    let folder = Folder::with_env("N\0O\0=\0x\0");
    let said = folder.run(&["backup", "create"], 5);
    assert!(said.contains("line 1") && said.contains("UTF-16"), "{said}");
    let odd = Folder::with_env("NOTION_TOKEN='made-up\nAPI_Groq=made-up-1\n");
    let said = odd.run(&["backup", "create"], 0);
    assert!(
        said.contains("line 1, NOTION_TOKEN") && said.contains("1 key"),
        "{said}"
    );
    assert!(!said.contains("made-up"), "{said}");
    let empty = Folder {
        dir: tempfile::tempdir().unwrap(),
    };
    assert!(empty.run(&["backup", "create"], 1).contains("project.env"));
    assert!(empty.run(&["rotate", "plan"], 1).contains("does not exist"));
    assert!(
        empty
            .run(&["rotate", "finish", "bybit"], 1)
            .contains("keyminder rotate start bybit")
    );
    std::fs::create_dir_all(empty.path("config")).unwrap();
    std::fs::write(empty.path("config/keyminder.toml"), "nonsense = 1\n").unwrap();
    empty.run(&["backup", "list"], 2);
    let broken = Folder::with_env(ENV);
    std::fs::create_dir_all(broken.path("config")).unwrap();
    std::fs::write(broken.path("config/providers.toml"), "[[provider]]\nid = 3\n").unwrap();
    assert!(broken.run(&["rotate", "plan"], 2).contains("config/providers.toml"));
}

#[test]
fn the_old_value_is_safe_again_before_a_new_one_takes_its_place() {
    for is_damaged in [false, true] {
        let (world, keys) = World::with(&["groq"]);
        world.run(&["rotate", "start", "groq"], 0);
        let backups = world.folder.path("backups");
        if is_damaged {
            for (path, _) in files(&backups).into_iter().filter(|(path, _)| path.is_file()) {
                std::fs::write(path, "garbage").unwrap();
            }
        } else {
            std::fs::remove_dir_all(&backups).unwrap();
        }
        let said = world.finish("groq", &world.issue("groq"), 0);
        assert!(said.contains("old_still_alive"), "{said}");
        let back = world.run(&["rotate", "rollback", "groq"], 0);
        assert!(back.contains("is back"), "{back}");
        assert!(world.folder.read(".env").contains(&keys[0]["API_Groq"]));
    }
}
