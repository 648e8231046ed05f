//! `explain` and `run --dry-run`: they know what the bot knows of keys and pages, and leave every file as it is.
use super::bot::World;
use super::{empty, fed};
use crate::rotation::Folder;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const OWN_PROVIDER: &str = r#"
[[provider]]
id = "acme"
title = "Acme"
variables = [{ name = "ACME_TOKEN" }]
request = { method = "GET", url = "https://api.acme.example/me" }
rules = [{ if = { status = 200, json = { "/me" = { type = "string" } } }, verdict = "valid" }]
manage_url = "https://acme.example/keys"
instructions.en = ["Make a new one"]
"#;

/// Every file and folder: its mode, and what is in it.
fn tree(dir: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut tree = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = path.symlink_metadata().unwrap().permissions().mode();
            let bytes = if path.is_dir() {
                folders.push(path.clone());
                Vec::new()
            } else {
                std::fs::read(&path).unwrap()
            };
            tree.insert(path, (mode, bytes));
        }
    }
    tree
}

/// A dry run that ends well and leaves every byte as it was; gives what it said.
#[track_caller]
fn previewed(world: &World) -> String {
    let before = tree(world.folder.dir.path());
    let mut command = world.folder.keyminder(&["run", "--dry-run"]);
    command
        .env("KEYMINDER_NOTION_URL", &world.sandbox.url)
        .env("KEYMINDER_PAGES", world.page())
        .env("NOTION_TOKEN", world.sandbox.token.expose_secret());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}{told}");
    let after = tree(world.folder.dir.path());
    let names = |tree: &BTreeMap<PathBuf, _>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after));
    assert!(before == after, "a file was changed");
    said
}

#[test]
fn a_dry_run_leaves_every_byte_as_it_is() {
    let fresh = World::new();
    fresh.says(
        &fresh.page(),
        "BLOCKED: Permission denied on step 4. Need help with crontab.",
    );
    let said = previewed(&fresh);
    assert!(said.contains("would    reply") && said.contains("crontab -l"), "{said}");
    // The same beside the state that a bot has left; a comment that it has seen is not previewed again.
    fresh.swept(&fresh.page());
    fresh.says(&fresh.page(), "What is the next step?");
    let said = previewed(&fresh);
    assert!(said.contains("next step?") && said.contains("would    reply"), "{said}");
    assert!(!said.contains("crontab"), "{said}");
}

#[test]
fn a_dry_run_previews_the_comments_of_people_alone() {
    let world = World::new();
    world.says(&world.page(), "What is the next step?");
    world.swept(&world.page());
    // The state is lost: our own reply is on the page, and no comment of a person.
    std::fs::remove_dir_all(world.folder.path("state")).unwrap();
    let said = previewed(&world);
    assert_eq!(said.matches("    reading  ").count(), 1, "{said}");
}

#[test]
fn explain_knows_the_keys_of_the_projects_own_providers() {
    let folder = Folder::with_env("");
    std::fs::create_dir(folder.path("config")).unwrap();
    std::fs::write(folder.path("config/providers.toml"), OWN_PROVIDER).unwrap();
    let text = "the new ACME_TOKEN is in .env, can you test the Acme key?";
    let (said, _) = fed(&folder, &["explain", "--json", text], "", 0);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["reading"]["keys"], serde_json::json!(["ACME_TOKEN"]), "{said}");
}

#[test]
fn explain_begins_with_the_page_as_the_bot_knows_it() {
    let world = World::new();
    world.says(
        &world.page(),
        "BLOCKED: Permission denied on step 4. Need help with crontab.",
    );
    world.swept(&world.page());
    let explain = |page: &str| {
        fed(
            &world.folder,
            &["explain", "--page", page, "What is the next step?"],
            "",
            0,
        )
        .0
    };
    let url = format!("https://www.notion.so/Some-title-{}", world.page().replace('-', ""));
    for page in ["ACT_011_SEC", &world.page(), &url] {
        let before = tree(world.folder.dir.path());
        let said = explain(page);
        assert!(
            said.contains("Secure the current state"),
            "{page}: the step's title is not in
{said}"
        );
        assert!(before == tree(world.folder.dir.path()), "{page}: a file was changed");
    }
    // One that the bot never read, in a project without a state.
    let folder = empty();
    let (begun, _) = fed(&folder, &["explain", "What is the next step?"], "", 0);
    assert!(begun.contains("step 1, (its words on your page)"), "{begun}");
    fed(&folder, &["explain", "--page", &world.page(), "hi"], "", 2);
    fed(&folder, &["explain", "--on-step", "99", "hi"], "", 2);
}
