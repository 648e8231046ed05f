//! `init`, as a new user would: on an empty folder, in a repository, twice.
use super::Folder;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

fn mode(folder: &Folder, name: &str) -> u32 {
    folder.path(name).metadata().unwrap().permissions().mode() & 0o7777
}

#[test]
fn an_empty_folder_becomes_a_project() {
    let folder = Folder {
        dir: tempfile::tempdir().unwrap(),
    };
    let said = folder.run(&["init", "--yes"], 0);
    assert!(
        said.contains("config/keyminder.toml") && said.contains("put your keys into .env"),
        "{said}"
    );
    assert_eq!(
        (mode(&folder, "config/keyminder.toml"), mode(&folder, ".env")),
        (0o644, 0o600)
    );
    assert_eq!(
        folder.read(".gitignore"),
        "# Keys and their backups\n.env\n.env.*\n!.env.example\nbackups/\nstate/\n",
        "also where there is no repository yet"
    );
    std::fs::write(folder.path(".env"), "API_Groq=made-up-1\n").unwrap();
    let again = folder.run(&["init", "--yes"], 0);
    assert!(
        again.contains("kept") && again.contains("keyminder backup create"),
        "{again}"
    );
    assert_eq!(folder.read(".env"), "API_Groq=made-up-1\n");
    folder.run(&["backup", "create"], 0);
    assert!(folder.run(&["rotate", "plan"], 0).contains("groq"));
}

#[test]
fn a_repository_learns_what_to_ignore_and_a_page_is_kept() {
    let folder = Folder::with_env("API_Groq=made-up-1\n");
    std::fs::create_dir(folder.path(".git")).unwrap();
    std::fs::write(folder.path(".gitignore"), "target\n.env").unwrap();
    std::fs::set_permissions(folder.path(".env"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let page = "https://www.notion.so/A-2f1c7a904b3d80e29a51c0ffee11aa01";
    let done = folder.json(&["init", "--page", page]);
    assert_eq!(done["changed"].as_array().unwrap().len(), 2, "{done}");
    assert_eq!(
        folder.read(".gitignore"),
        "target\n.env\n# Keys and their backups\n.env.*\n!.env.example\nbackups/\nstate/\n"
    );
    assert_eq!(mode(&folder, ".env"), 0o600);
    assert!(folder.read("config/keyminder.toml").contains(page));
    let before = folder.read(".gitignore");
    folder.run(&["init", "--yes"], 0);
    assert_eq!(folder.read(".gitignore"), before);
}

#[test]
fn places_of_ones_own_are_ignored_too() {
    let folder = Folder::with_env("API_Groq=made-up-1\n");
    for name in ["config", "secrets"] {
        std::fs::create_dir_all(folder.path(name)).unwrap();
    }
    let settings = "state = \"var/bot/keyminder.db\"\n[project]\nenv = \"secrets/keys.env\"\n\
         [rotation]\nbackups = \"vault/keys\"\n[notion]\ntoken_file = \"secrets/token\"\n";
    std::fs::write(folder.path("config/keyminder.toml"), settings).unwrap();
    std::fs::write(folder.path(".gitignore"), "/var/\n").unwrap();
    folder.run(&["init", "--yes"], 0);
    let ignored = folder.read(".gitignore");
    for line in ["secrets/keys.env", "secrets/keys.env.*", "vault/keys/", "secrets/token"] {
        assert!(ignored.lines().any(|present| present == line), "{line}: {ignored}");
    }
    assert!(
        !ignored.contains("var/bot"),
        "what is covered is not said again: {ignored}"
    );
    if Command::new("git")
        .args(["init", "-q"])
        .current_dir(folder.dir.path())
        .status()
        .is_ok()
    {
        for path in [
            "var/bot/keyminder.db",
            "secrets/keys.env",
            "vault/keys/x",
            ".env.install-key",
        ] {
            let mut git = Command::new("git");
            git.args(["check-ignore", "-q", path]).current_dir(folder.dir.path());
            assert!(git.status().unwrap().success(), "{path}");
        }
    }
}

#[test]
fn nonsense_is_no_page_and_encryption_needs_its_feature() {
    let folder = Folder::with_env("API_Groq=made-up-1\n");
    assert!(
        folder
            .run(&["init", "--yes", "--page", "nonsense"], 1)
            .contains("32-digit id")
    );
    if cfg!(feature = "age") {
        encrypted(&folder);
    } else {
        assert!(
            folder
                .run(&["init", "--yes", "--encrypt"], 1)
                .contains("--features age")
        );
    }
}

fn encrypted(folder: &Folder) {
    let said = folder.run(&["init", "--yes", "--encrypt"], 0);
    let identity = std::fs::read_dir(folder.path(".config/keyminder"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert!(said.contains("age -d -i"), "{said}");
    assert_eq!(identity.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    let backup = folder.json(&["backup", "create"]);
    assert_eq!(backup["encrypted"], true);
    assert!(
        !std::fs::read(folder.path(backup["file"].as_str().unwrap()))
            .unwrap()
            .windows(9)
            .any(|at| at == b"made-up-1")
    );
    assert_eq!(
        folder.json(&["backup", "verify"])["backups"][0]["verified"]["level"],
        "stored"
    );
    let identity = identity.to_str().unwrap();
    assert_eq!(
        folder.json(&["backup", "verify", "--identity", identity])["backups"][0]["verified"]["level"],
        "restored"
    );
    let stored = folder.path(backup["file"].as_str().unwrap());
    match Command::new("age").args(["-d", "-i", identity]).arg(stored).output() {
        Ok(output) => assert_eq!(output.stdout, b"API_Groq=made-up-1\n", "the stock command opens it"),
        Err(_) => eprintln!("the age command is not here: nothing was tried with it"),
    }
    std::fs::write(folder.path(".env"), "API_Groq=made-up-2\n").unwrap();
    assert!(folder.run(&["backup", "restore", "latest"], 1).contains("--identity"));
    folder.run(&["backup", "restore", "latest", "--identity", identity], 0);
    assert_eq!(folder.read(".env"), "API_Groq=made-up-1\n");
}

#[test]
fn a_page_is_added_to_the_settings_that_are_there() {
    let folder = Folder::with_env("API_Groq=made-up-1\n");
    folder.run(&["init", "--yes"], 0);
    let pages = [
        "9fb29054-8c3e-4b0f-9a7a-1c2d3e4f5a6b",
        "1fb29054-8c3e-4b0f-9a7a-1c2d3e4f5a6b",
    ];
    for page in pages {
        let said = folder.run(&["init", "--yes", "--page", page], 0);
        assert!(said.contains("changed  config/keyminder.toml"), "{said}");
    }
    let settings = folder.read("config/keyminder.toml");
    let file: toml::Table = toml::from_str(&settings).expect("TOML");
    assert_eq!(file["pages"].as_array().map(Vec::len), Some(2));
    // A list over several lines is left to its author.
    let own = format!("pages = [\n  {:?},\n]\n", pages[0]);
    std::fs::write(folder.path("config/keyminder.toml"), &own).unwrap();
    folder.run(&["init", "--yes", "--page", pages[1]], 1);
    assert_eq!(folder.read("config/keyminder.toml"), own);
}
