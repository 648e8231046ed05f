//! The page's properties, with the real binary: what was refused is written again, what cannot be known is left alone, and
//! an option is chosen by what it means.
use crate::child::{self, Bot, all, call, comment, journal, plain};
use keyminder_sandbox::{Options, Running, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// A refused write is tried again after 30 s, so this is more than elsewhere.
const PATIENCE: Duration = Duration::from_secs(90);

/// A page with steps and boxes on which nothing can be proven.
const BARE: &str =
    "# Notes on a move\n\n## Step 1: Pack (5 minutes)\n\nboxes\n\n## Success criteria\n\n- [ ] all is packed\n";

struct World {
    sandbox: Running,
    folder: tempfile::TempDir,
    page: String,
}

impl World {
    /// The page of the sandbox's own whose title begins so, or this Markdown.
    async fn new(title: &str, markdown: &[&str]) -> Self {
        let options = Options {
            pages: markdown.iter().map(|text| (*text).to_owned()).collect(),
            ..Options::default()
        };
        let sandbox = serve(options).await.expect("a free port");
        let pages = sandbox.first_line["pages"].as_array().cloned().unwrap_or_default();
        let called = |page: &&Value| page["title"].as_str().is_some_and(|found| found.starts_with(title));
        let page = pages.iter().find(called).expect("the page")["id"].as_str();
        let page = page.unwrap_or_default().to_owned();
        let folder = child::project("API_Groq=gsk_none\n");
        Self { sandbox, folder, page }
    }

    fn start(&self) -> Bot {
        Bot::start(self.folder.path(), &self.sandbox, &self.page, &BTreeMap::new())
    }

    /// Options of Status, each with its group.
    async fn offer(&self, options: &[(&str, &str)]) {
        let options: Vec<Value> = options
            .iter()
            .map(|(name, group)| json!({ "name": name, "group": group }))
            .collect();
        let body = json!({ "options": options });
        call(&self.sandbox, "PUT", "/sandbox/status-options", body).await;
    }

    /// A person sets properties.
    async fn set(&self, properties: Value) {
        let path = format!("/sandbox/pages/{}/properties", self.page);
        call(&self.sandbox, "POST", &path, properties).await;
    }

    async fn share_database(&self, shared: bool) {
        let body = json!({ "shared": shared });
        call(&self.sandbox, "PUT", "/sandbox/data-source/shared", body).await;
    }

    async fn says(&self, text: &str) {
        comment(&self.sandbox, &self.page, "Ana Silva", text).await;
    }

    /// Answers in the thread of the last comment.
    async fn answers(&self, text: &str) {
        let path = format!("/v1/comments?block_id={}", self.page);
        let listed = call(&self.sandbox, "GET", &path, Value::Null).await;
        let last = listed["results"].as_array().and_then(|comments| comments.last());
        let thread = last.expect("there is a comment")["discussion_id"].clone();
        let body = json!({ "discussion_id": thread, "author": "Ana Silva", "text": text });
        call(&self.sandbox, "POST", "/sandbox/comments", body).await;
    }

    async fn property(&self, name: &str) -> Value {
        let path = format!("/v1/pages/{}", self.page);
        let page = call(&self.sandbox, "GET", &path, Value::Null).await;
        page["properties"][name].clone()
    }

    async fn status(&self) -> String {
        let status = self.property("Status").await;
        status["status"]["name"].as_str().unwrap_or_default().to_owned()
    }

    /// What the bot says on the page.
    async fn said(&self) -> Vec<String> {
        let listed = all(&self.sandbox, &format!("/v1/comments?block_id={}", self.page)).await;
        let bot = &self.sandbox.first_line["bot"]["id"];
        let ours = listed.iter().filter(|comment| comment["created_by"]["id"] == *bot);
        ours.map(|comment| plain(&comment["rich_text"])).collect()
    }

    async fn until_said(&self, what: &str) {
        until(&format!("a reply with {what:?}"), async || {
            self.said().await.iter().any(|text| text.contains(what))
        })
        .await;
    }

    /// The properties that the bot wrote, by name, as the journal tells them.
    async fn written(&self) -> Vec<Value> {
        let path = format!("/v1/pages/{}", self.page);
        let entries = journal(&self.sandbox, 0).await;
        let ours = entries
            .iter()
            .filter(|entry| entry["who"] == "bot" && entry["method"] == "PATCH" && entry["path"] == path.as_str());
        ours.cloned().collect()
    }

    fn log(&self) -> String {
        child::log(self.folder.path())
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    child::until(what, PATIENCE, holds).await;
}

/// For what must not happen: as long as a few readings of the page take.
async fn a_while() {
    tokio::time::sleep(Duration::from_secs(2)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_notion_refused_for_a_moment_is_written_again() {
    let world = World::new("ACT_011_SEC", &[]).await;
    // A page that is unshared for a moment answers 404, one in the trash 400. The first of both strikes: three of three.
    let refuse = |path: &str, status: u16, count: u8| json!({ "method": "PATCH", "path": path, "fault": "status", "status": status, "count": count });
    let page = format!("/v1/pages/{}", world.page);
    let rules = [
        refuse(&page, 404, 1),
        refuse(&page, 400, 3),
        refuse("/v1/blocks/*", 404, 1),
    ];
    call(&world.sandbox, "PUT", "/sandbox/faults", json!({ "rules": rules })).await;
    let _bot = world.start();
    world.says("Step 1 is done").await;
    world.until_said("is proven").await;
    until("Status is In Progress", async || world.status().await == "In Progress").await;
    until("Progress is 20 %", async || {
        world.property("Progress").await["number"] == 0.2
    })
    .await;
    until("the box is ticked", async || {
        let blocks = all(&world.sandbox, &format!("/v1/blocks/{}/children", world.page)).await;
        blocks.iter().any(|block| block["to_do"]["checked"] == true)
    })
    .await;
    let refused = world
        .written()
        .await
        .iter()
        .filter(|entry| entry["status"] != 200)
        .count();
    assert_eq!(refused, 3, "Status, Progress and Last check, each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_database_is_not_shared_gets_no_guessed_property() {
    let world = World::new("ACT_011_SEC", &[]).await;
    world.share_database(false).await;
    let mut bot = world.start();
    world.says("Step 1 is done").await;
    world.until_said("is proven").await;
    a_while().await;
    let written = world.written().await;
    assert!(written.iter().all(|entry| entry["status"] == 200), "{written:?}");
    assert_eq!(world.status().await, "Not started");
    assert_eq!(world.property("Progress").await["number"], Value::Null);
    let told = |log: &str| log.matches("the database that it is in is not").count();
    assert_eq!(told(&world.log()), 1, "{}", world.log());

    // It is said once, also over a restart, and written as soon as the options can be read.
    bot.kill();
    world.share_database(true).await;
    let _bot = world.start();
    until("Status is In Progress", async || world.status().await == "In Progress").await;
    until("Progress is 20 %", async || {
        world.property("Progress").await["number"] == 0.2
    })
    .await;
    assert_eq!(
        told(&world.log()),
        2,
        "once when it came, once when it was mended: {}",
        world.log()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_source_that_does_not_answer_for_a_moment_changes_nothing() {
    let world = World::new("ACT_011_SEC", &[]).await;
    let _bot = world.start();
    world.says("Started step 1").await;
    until("Status is In Progress", async || world.status().await == "In Progress").await;
    let rule = json!({ "method": "GET", "path": "/v1/data_sources/*", "fault": "status", "status": 503 });
    call(&world.sandbox, "PUT", "/sandbox/faults", json!({ "rules": [rule] })).await;
    world.set(json!({ "Notes": "edited" })).await;
    a_while().await;
    world.says("Stuck on step 3 - getting permission error").await;
    until("Status is Blocked", async || world.status().await == "Blocked").await;
    assert!(
        !world.log().contains("the database that it is in is not"),
        "{}",
        world.log()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_database_gets_the_ids_of_its_data_sources() {
    let world = World::new("ACT_011_SEC", &[]).await;
    let page = call(&world.sandbox, "GET", &format!("/v1/pages/{}", world.page), Value::Null).await;
    let database = page["parent"]["database_id"].as_str().expect("the page's database");
    let source = page["parent"]["data_source_id"].as_str().expect("its data source");
    let named = format!("{},data_source:{database}?prefix=ACT_", world.page);
    let _bot = Bot::start(world.folder.path(), &world.sandbox, &named, &BTreeMap::new());
    let hint = format!("That is the id of a database; its rows belong to its data source: write data_source:{source}");
    until("the hint", async || world.log().contains(&hint)).await;
    world.says("Started step 1").await;
    until("the page is watched", async || world.status().await == "In Progress").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_option_is_chosen_by_what_it_means_and_named_in_the_reply() {
    let world = World::new("Notes on a move", &[BARE]).await;
    world
        .offer(&[
            ("Idea", "To-do"),
            ("Review", "In progress"),
            ("Packing", "In progress"),
            ("Cancelled", "Complete"),
            ("Moved in", "Complete"),
        ])
        .await;
    let _bot = world.start();
    world.says("Started step 1").await;
    until("the status moves", async || world.status().await != "Idea").await;
    assert_eq!(world.status().await, "Packing");
    world.says("Everything is done").await;
    world.until_said("Is all of it really done").await;
    assert_eq!(world.status().await, "Packing");
    world.answers("Yes").await;
    world.until_said("Status: Moved in").await;
    until("the status moves", async || world.status().await != "Packing").await;
    assert_eq!(world.status().await, "Moved in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_a_status_gets_one() {
    let world = World::new("Notes on a move", &[BARE]).await;
    world.set(json!({ "Status": null })).await;
    let _bot = world.start();
    world.says("Started step 1").await;
    until("the status moves", async || !world.status().await.is_empty()).await;
    assert_eq!(world.status().await, "In Progress");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_that_lost_its_id_turns_no_evidence_off() {
    let world = World::new("ACT_011_SEC", &[]).await;
    let mut bot = world.start();
    world.says("Step 1 is done").await;
    world.until_said("is proven").await;
    bot.kill();
    world.set(json!({ "Name": "API key rotation" })).await;
    let mut bot = world.start();
    world.until_said("no longer begins with ACT_011_SEC").await;
    world.says("Everything is done").await;
    world.until_said("Still missing").await;
    assert_eq!(world.status().await, "In Progress");
    bot.kill();
    let _bot = world.start();
    a_while().await;
    let told = world
        .said()
        .await
        .iter()
        .filter(|text| text.contains("no longer begins"))
        .count();
    assert_eq!(told, 1, "it is said once");
    assert_eq!(
        world.log().matches("no longer begins with ACT_011_SEC").count(),
        1,
        "{}",
        world.log()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_description_is_gone_is_not_finished_by_words() {
    let markdown = BARE.replace("Notes on a move", "ACT_050_OPS: Move");
    let world = World::new("ACT_050_OPS", &[&markdown]).await;
    let pages = world.folder.path().join("config/pages");
    std::fs::create_dir_all(&pages).expect("a scratch folder");
    let description = "id = \"ACT_050_OPS\"\n[[step]]\nnumber = 1\ncriteria = [1]\n[[criterion]]\nnumber = 1\ncheck = { kind = \"schedule_ahead\" }\n";
    std::fs::write(pages.join("ACT_050_OPS.toml"), description).expect("a scratch file");
    let mut bot = world.start();
    world.says("Started step 1").await;
    until("Status is In Progress", async || world.status().await == "In Progress").await;
    bot.kill();
    std::fs::remove_file(pages.join("ACT_050_OPS.toml")).expect("the file");
    let _bot = world.start();
    world.says("Everything is done").await;
    world
        .until_said("I can't find config/pages/ACT_050_OPS.toml, and")
        .await;
    world.until_said("any more").await;
    a_while().await;
    assert_eq!(world.status().await, "In Progress");
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_keyminder"))
        .args(["status", "--project"])
        .arg(world.folder.path())
        .output()
        .expect("the command runs");
    let said = [status.stdout, status.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("config/pages/ACT_050_OPS.toml is gone"), "{said}");
}
