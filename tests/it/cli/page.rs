//! `keyminder page show`: a page of the sandbox, as it is read.
use super::bot::World;
use super::fed;
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// What the command prints for a page of this Markdown.
#[track_caller]
fn shown(world: &World, page: &str, more: &[&str]) -> String {
    let mut command = world.folder.keyminder(&[&["page", "show", page], more].concat());
    command
        .env("KEYMINDER_NOTION_URL", &world.sandbox.url)
        .env("NOTION_TOKEN", world.sandbox.token.expose_secret());
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_page_is_shown_as_it_is_read() {
    let world = World::new();
    let said = shown(&world, &world.page(), &[]);
    for part in [
        "page       ACT_011_SEC: API Key Rotation\n",
        "takes      120 minutes\n",
        "step 1     Secure the current state (5 minutes)\n",
        "success    [ ] 8: Next rotation scheduled\n",
    ] {
        assert!(said.contains(part), "{part:?} is not in\n{said}");
    }
    assert!(
        said.lines()
            .all(|line| line.chars().count() <= 80 || line.contains("://")),
        "{said}"
    );
    let json: Value = serde_json::from_str(&shown(&world, &world.page(), &["--json"])).unwrap();
    assert_eq!(json["steps"].as_array().map(Vec::len), Some(5));
    assert_eq!(json["criteria"][0]["ticked"], false);
}

#[test]
fn a_description_is_drafted_once_and_can_be_proven() {
    let world = World::new();
    let markdown = "# Office move\n\n## Step 1: Pack\n\n## Step 2: Tell the landlord\n\n## Success criteria\n\n\
                    - [ ] The list is in docs/boxes.md\n- [ ] Everybody is told\n";
    let page = world.add_page(markdown, true);
    let init = |page: &str, more: &[&str]| {
        let mut command = world.folder.keyminder(&[&["page", "init", page], more].concat());
        command
            .env("KEYMINDER_NOTION_URL", &world.sandbox.url)
            .env("NOTION_TOKEN", world.sandbox.token.expose_secret());
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let (code, said) = init(&page, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("config/pages/office-move.toml: 2 steps and 2 boxes") && said.contains("keyminder check"),
        "{said}"
    );
    let file = world.folder.path("config/pages/office-move.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("kind = \"file\"") && text.contains("docs/boxes.md"),
        "{text}"
    );
    let proven = world.folder.keyminder(&["check"]).output().unwrap();
    assert_eq!(
        proven.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&proven.stderr)
    );
    // The title begins with no id: the description says which page it is.
    for text in ["Everything is done", "yes"] {
        world.says(&page, text);
        world.swept(&page);
    }
    assert!(
        world.replies(&page).contains("there is no file docs/boxes.md"),
        "{}",
        world.replies(&page)
    );
    let (code, said) = init(&page, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("already"), "{said}");
    let (code, said) = init(&world.page(), &[]);
    assert_eq!(code, Some(1), "the program carries its description: {said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn what_is_read_with_a_guess_is_told_by_explain_by_check_and_once_in_the_log() {
    let world = World::new();
    let page = world.add_page("# Move\n- [ ] Pack\n- [ ] Drive\n<unknown alt=\"form\"/>\n", false);
    let log = world.swept(&page);
    let guess = "the steps are the boxes";
    assert_eq!(log.matches(guess).count(), 1, "{log}");
    assert!(!world.swept(&page).contains(guess), "it is told when it changes");
    let (said, _) = fed(&world.folder, &["explain", "--page", &page, "Step 1 is done"], "", 0);
    assert!(said.contains("page       Move: steps 2, boxes 2\n"), "{said}");
    let (checked, _) = fed(&world.folder, &["check"], "", 0);
    for told in [&said, &checked] {
        for part in [guess, "there is 1 block that Notion does not give"] {
            assert!(told.contains(part), "{part:?} is not in\n{told}");
        }
    }
}
