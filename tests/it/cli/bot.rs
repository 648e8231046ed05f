//! `keyminder run --once` against a sandbox in this process: what it does where a page or a token is not as it should be.
use super::{empty, fed, secret};
use crate::child::first_page;
use crate::rotation::Folder;
use keyminder_sandbox::{Options, Request, Running, serve};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::process::Output;

/// A sandbox that serves on a thread of its own, and a project beside it.
pub(super) struct World {
    pub(super) folder: Folder,
    pub(super) sandbox: Running,
    _runtime: tokio::runtime::Runtime,
}

impl World {
    fn with(folder: Folder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let sandbox = runtime.block_on(serve(Options::default())).unwrap();
        Self {
            folder,
            sandbox,
            _runtime: runtime,
        }
    }

    /// The project has a `.env` with one invented secret.
    pub(super) fn new() -> Self {
        Self::with(Folder::with_env(&format!("SOME_SECRET={}\n", secret())))
    }

    /// Acts as a person, by the control API.
    #[track_caller]
    fn act(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request {
            method: method.to_owned(),
            path: format!("/sandbox/{path}"),
            body: body.to_string().into_bytes().into(),
            ..Request::default()
        };
        let answer = self.sandbox.sandbox.handle(&request);
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    pub(super) fn page(&self) -> String {
        first_page(&self.sandbox)
    }

    pub(super) fn add_page(&self, markdown: &str, database: bool) -> String {
        let page = self.act("POST", "pages", &json!({ "markdown": markdown, "database": database }));
        page["id"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(super) fn says(&self, page: &str, text: &str) -> String {
        self.posts(page, text)["id"].as_str().unwrap().to_owned()
    }

    /// The comment that somebody posts.
    #[track_caller]
    fn posts(&self, page: &str, text: &str) -> Value {
        let author = &self.sandbox.first_line["people"][0]["id"];
        self.act(
            "POST",
            "comments",
            &json!({ "page_id": page, "author": author, "text": text }),
        )
    }

    fn sweep(&self, page: &str, token: &str) -> Output {
        let mut command = self.folder.keyminder(&["run", "--once"]);
        command
            .env("KEYMINDER_NOTION_URL", &self.sandbox.url)
            .env("KEYMINDER_POLL_ACTIVE", "30ms")
            .env("KEYMINDER_PAGES", page);
        command.env("NOTION_TOKEN", token).output().unwrap()
    }

    /// One sweep that ends well; gives what was logged.
    #[track_caller]
    pub(super) fn swept(&self, page: &str) -> String {
        let output = self.sweep(page, self.sandbox.token.expose_secret());
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{log}");
        log
    }

    /// All that is said on a page, as Notion gives it.
    pub(super) fn replies(&self, page: &str) -> String {
        let request = Request {
            method: "GET".to_owned(),
            path: "/v1/comments".to_owned(),
            query: format!("block_id={page}"),
            authorization: Some(format!("Bearer {}", self.sandbox.token.expose_secret())),
            version: Some("2026-03-11".to_owned()),
            ..Request::default()
        };
        let listed: Value = serde_json::from_str(&self.sandbox.sandbox.handle(&request).body).unwrap();
        let texts = listed["results"].as_array().into_iter().flatten().flat_map(|comment| {
            let runs = comment["rich_text"].as_array().cloned().unwrap_or_default();
            runs.into_iter()
                .map(|run| run["plain_text"].as_str().unwrap_or_default().to_owned())
        });
        texts.collect()
    }

    /// The last comment's line of `audit --json`.
    #[track_caller]
    fn audited(&self) -> Value {
        let (lines, _) = fed(&self.folder, &["audit", "--json"], "", 0);
        serde_json::from_str(lines.lines().last().unwrap_or_else(|| panic!("nothing was seen"))).unwrap()
    }
}

#[test]
fn a_sweep_answers_and_audit_and_status_tell_of_it() {
    let world = World::new();
    let comment = world.says(
        &world.page(),
        "BLOCKED: Permission denied on step 4. Need help with crontab.",
    );
    world.swept(&world.page());

    let line = world.audited();
    assert_eq!(line["comment_id"], comment.as_str());
    assert_eq!(line["reading"]["labels"][0], "blocker");
    assert!(
        line["reply_id"].is_string() && line["reply"].as_str().unwrap().contains("crontab -l"),
        "{line}"
    );
    let effects: Vec<&str> = line["effects"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["effect"].as_str())
        .collect();
    assert!(effects.contains(&"post_reply"), "{line}");

    let reference = line["reference"].as_str().unwrap();
    for about in [reference, &comment] {
        let (story, _) = fed(&world.folder, &["audit", about], "", 0);
        for part in ["wrote", "read", "blocker", "replied", "crontab"] {
            assert!(story.contains(part), "{part} is not in {story}");
        }
    }
    fed(&world.folder, &["audit", "0000-0000"], "", 1);
    let (corpus, _) = fed(&world.folder, &["audit", "--misread", reference], "", 0);
    let corpus: Value = serde_json::from_str(&corpus).unwrap();
    let read = &corpus["read"];
    assert_eq!((&read["steps"], &read["labels"]), (&json!([4]), &json!(["blocker"])));
    assert_eq!(corpus["fill_in"], json!(["labels", "steps", "needs_reply"]));

    let (status, _) = fed(&world.folder, &["status", "--json"], "", 0);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(
        (&status["comments"], &status["open"], &status["parked"]),
        (&json!(1), &json!(0), &json!(0))
    );
    assert_eq!(status["pages"][0]["blockers"][0]["step"], 4);
    assert_eq!(status["pages"][0]["status"], "blocked");
}

#[test]
fn what_a_person_says_was_misread_is_listed_as_lines_of_the_corpus() {
    let world = World::new();
    let page = world.page();
    let comment = world.says(&page, "Stuck on step 4, permission denied");
    world.swept(&page);
    let said = world.says(&page, "that is not what I said");
    world.swept(&page);
    let (lines, _) = fed(&world.folder, &["audit", "--misread"], "", 0);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [line] = lines.as_slice() else {
        panic!("one comment was misread: {lines:?}");
    };
    assert_eq!(
        (&line["text"], &line["said"]),
        (
            &json!("Stuck on step 4, permission denied"),
            &json!("that is not what I said")
        )
    );
    // What was read was wrong: it is no label.
    assert_eq!((&line["labels"], &line["steps"]), (&Value::Null, &Value::Null));
    let (story, _) = fed(&world.folder, &["audit", &comment], "", 0);
    assert!(story.contains("misread  that is not what I said"), "{story}");
    let (status, _) = fed(&world.folder, &["status", "--json"], "", 0);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["pages"][0]["blockers"], json!([]), "after {said}");
    world.says(&page, "I meant step 3");
    world.swept(&page);
    let (lines, _) = fed(&world.folder, &["audit", "--misread"], "", 0);
    let meant = lines.lines().filter(|line| line.contains(r#""steps":[3]"#)).count();
    assert_eq!(meant, 1, "{lines}");

    world.says(&page, "step 2 does not apply to us");
    world.swept(&page);
    let (status, _) = fed(&world.folder, &["status"], "", 0);
    assert!(status.contains("step 2: not applicable, says "), "{status}");
}

#[test]
fn a_sweep_sees_that_a_comment_is_gone_and_that_a_thread_is_resolved() {
    let world = World::new();
    let page = world.page();
    let [deleted, resolved] = ["Stuck on step 2", "Stuck on step 3"].map(|text| {
        let comment = world.posts(&page, text);
        world.swept(&page);
        comment
    });
    let named = |comment: &Value, name: &str| comment[name].as_str().unwrap().to_owned();
    let stuck = || -> Vec<Value> {
        let (status, _) = fed(&world.folder, &["status", "--json"], "", 0);
        let status: Value = serde_json::from_str(&status).unwrap();
        let blockers = status["pages"][0]["blockers"].as_array().unwrap();
        blockers.iter().map(|blocker| blocker["step"].clone()).collect()
    };
    assert_eq!(stuck(), [2, 3]);
    world.act("DELETE", &format!("comments/{}", named(&deleted, "id")), &Value::Null);
    world.swept(&page);
    assert_eq!(stuck(), [3]);
    let thread = named(&resolved, "discussion_id");
    world.act("POST", &format!("discussions/{thread}/resolve"), &Value::Null);
    world.swept(&page);
    assert_eq!(stuck(), Vec::<Value>::new());
}

#[test]
fn status_says_when_comments_are_read_by_the_rules_alone() {
    let world = World::new();
    let (told, _) = fed(&world.folder, &["status"], "", 0);
    assert!(!told.contains("by the rules alone"), "{told}");
    std::fs::create_dir_all(world.folder.path("config")).unwrap();
    let settings = "[reading]\nsecond_reader = false\n";
    std::fs::write(world.folder.path("config/keyminder.toml"), settings).unwrap();
    let (told, _) = fed(&world.folder, &["status"], "", 0);
    assert!(told.contains("reading    by the rules alone"), "{told}");
    let (status, _) = fed(&world.folder, &["status", "--json"], "", 0);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["rules_alone"], "`reading.second_reader` is false");
}

#[test]
fn status_says_which_token_and_whether_another_one_waits() {
    let world = World::with(Folder::with_env("NOTION_TOKEN=ntn_invented\n"));
    let status = |token: Option<&str>| -> Value {
        let mut command = world.folder.keyminder(&["status", "--json"]);
        command.envs(token.map(|token| ("NOTION_TOKEN", token)));
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("ntn_"), "{text}");
        serde_json::from_str::<Value>(&text).unwrap()["token"].clone()
    };
    assert_eq!(status(None)["from"], "NOTION_TOKEN in .env");
    assert_eq!(status(None)["another_in_env"], false);
    let other = status(Some("ntn_another"));
    assert_eq!(
        (&other["from"], &other["another_in_env"]),
        (&json!("NOTION_TOKEN in the environment"), &json!(true))
    );
}

#[test]
fn a_wrong_token_and_an_unreachable_page_end_it_with_a_clear_sentence() {
    let world = World::new();
    let wrong = world.sweep(&world.page(), "ntn_wrong");
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(told.contains("token") && !told.contains("ntn_wrong"), "{told}");

    world.act(
        "PUT",
        &format!("pages/{}/shared", world.page()),
        &json!({ "shared": false }),
    );
    let unshared = world.sweep(&world.page(), world.sandbox.token.expose_secret());
    let told = String::from_utf8(unshared.stderr).unwrap();
    assert_eq!(unshared.status.code(), Some(1));
    assert!(
        told.contains("no page can be read") && told.contains("Connections"),
        "{told}"
    );

    // Of several pages, one that cannot be read is a warning.
    let second = world.sandbox.first_line["pages"][1]["id"].as_str().unwrap();
    let log = world.swept(&format!("{},{second}", world.page()));
    assert!(log.contains("Connections"), "{log}");
}

#[test]
fn without_a_token_or_a_page_it_says_what_to_set() {
    let folder = empty();
    let (_, told) = fed(&folder, &["run", "--once"], "", 1);
    assert!(told.contains("there is no Notion token: set NOTION_TOKEN"), "{told}");
    let world = World::new();
    let none = world.sweep("", world.sandbox.token.expose_secret());
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8(none.stderr).unwrap().contains("KEYMINDER_PAGES"));
}

#[test]
fn it_goes_on_where_a_page_lacks_something() {
    let world = World::new();
    let no_steps = world.add_page("# A page of plain words\n\nNothing is numbered here.\n", true);
    world.says(&no_steps, "step 1 done");
    assert!(world.swept(&no_steps).contains("no steps"));
    assert!(world.audited()["reply"].is_string());

    let outside = world.add_page("# ACT_900_X: Alone\n\n## Step 1: Begin (5 minutes)\n\nDo it.\n", false);
    world.says(&outside, "I am stuck on step 1, permission denied");
    assert!(world.swept(&outside).contains("no Status"));
    assert!(world.audited()["reply"].is_string());
}

#[test]
fn it_goes_on_where_status_cannot_say_blocked() {
    let world = World::new();
    let options = json!({ "options": [
        { "name": "Not started", "group": "To-do" },
        { "name": "In Progress", "group": "In progress" },
        { "name": "Done", "group": "Complete" },
    ] });
    world.act("PUT", "status-options", &options);
    world.says(&world.page(), "I am stuck on step 1, permission denied");
    assert!(world.swept(&world.page()).contains("Blocked"));
    assert!(world.audited()["reply"].is_string());
    let (status, _) = fed(&world.folder, &["status", "--json"], "", 0);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(
        (&status["parked"], &status["pages"][0]["status"]),
        (&json!(0), &json!("in progress"))
    );
}

#[test]
fn it_goes_on_without_an_env() {
    let world = World::with(empty());
    world.says(&world.page(), "What is the next step?");
    let log = world.swept(&world.page());
    assert!(log.contains("there is no `.env`"), "{log}");
    assert!(world.audited()["reply"].as_str().unwrap().contains("next is step 1"));
}
