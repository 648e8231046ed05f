//! Keys in the page itself: told of once, exposed, masked where the project wants it, and thanked for when they are gone.
use crate::child::{self, Bot, all, call, journal, plain};
use keyminder::domain::ids::PageId;
use keyminder::store::sqlite::SqliteStore;
use keyminder_sandbox::{Options, Running, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

struct World {
    sandbox: Running,
    folder: tempfile::TempDir,
    page: String,
    key: String,
}

impl World {
    /// A page with a key in a paragraph, in a box and, with other text around it, in code.
    async fn new() -> Self {
        let key: String = (0..36).map(|_| fastrand::alphanumeric()).collect();
        let markdown = format!(
            "# Runbook\n\n## Step 1: Look (5 minutes)\n\nThe secret is **{key}**, *keep* it\n\n\
             ```bash\nexport BYBIT_API_SECRET={key}\nkeyminder probe\n```\n\n- [ ] put {key} away\n\nnothing here\n"
        );
        let env = format!("BYBIT_API_SECRET={key}\n");
        Self::of(markdown, &env, key).await
    }

    async fn of(markdown: String, env: &str, key: String) -> Self {
        let pages = vec![markdown];
        let sandbox = serve(Options {
            pages,
            ..Options::default()
        })
        .await
        .expect("a free port");
        let pages = sandbox.first_line["pages"].as_array().cloned().unwrap_or_default();
        let page = pages.iter().find(|page| page["title"] == "Runbook").expect("the page");
        let page = page["id"].as_str().unwrap_or_default().to_owned();
        Self {
            sandbox,
            folder: child::project(env),
            page,
            key,
        }
    }

    fn start(&self, masks: bool) -> Bot {
        let mask = ("KEYMINDER_ROTATION_REDACT_PAGE_CONTENT".to_owned(), masks.to_string());
        let settings = BTreeMap::from([mask]);
        Bot::start(self.folder.path(), &self.sandbox, &self.page, &settings)
    }

    /// What the page's blocks say.
    async fn blocks(&self) -> Vec<Value> {
        all(&self.sandbox, &format!("/v1/blocks/{}/children", self.page)).await
    }

    async fn holding(&self) -> usize {
        self.blocks()
            .await
            .iter()
            .filter(|block| block.to_string().contains(&self.key))
            .count()
    }

    async fn said(&self) -> Vec<String> {
        let listed = all(&self.sandbox, &format!("/v1/comments?block_id={}", self.page)).await;
        listed.iter().map(|comment| plain(&comment["rich_text"])).collect()
    }

    async fn until(&self, bot: &mut Bot, what: &str, holds: impl AsyncFn() -> bool) {
        bot.until(self.folder.path(), what, holds).await;
        let store = SqliteStore::open_beside(&self.folder.path().join("state/keyminder.db"))
            .await
            .expect("the store");
        child::until_quiet(bot, &store, &PageId::from_wire(&self.page)).await;
    }
}

fn warnings(said: &[String]) -> usize {
    said.iter()
        .filter(|text| text.matches("36 characters of BYBIT_API_SECRET, all of it").count() == 3)
        .count()
}

#[tokio::test]
async fn a_key_in_the_page_is_told_of_once_and_thanked_for_when_a_person_takes_it_away() {
    let world = World::new().await;
    let mut bot = world.start(false);
    world
        .until(&mut bot, "the three blocks are told of", async || {
            warnings(&world.said().await) == 1
        })
        .await;
    bot.kill();
    let mut bot = world.start(false);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.said().await.len(), 1, "once, also after a new start");
    assert_eq!(world.holding().await, 3, "nothing is changed unasked");
    let cycle = std::fs::read_to_string(world.folder.path().join("state/cycle.json")).expect("the turn's file");
    assert!(cycle.contains("BYBIT_API_SECRET"), "it is exposed: {cycle}");
    for block in world
        .blocks()
        .await
        .iter()
        .filter(|block| block.to_string().contains(&world.key))
    {
        let kind = block["type"].as_str().unwrap_or_default();
        let body = json!({ kind: { "rich_text": [{ "text": { "content": "gone" } }] } });
        let id = block["id"].as_str().unwrap_or_default();
        call(&world.sandbox, "PATCH", &format!("/sandbox/blocks/{id}"), body).await;
    }
    world
        .until(&mut bot, "it is thanked for", async || {
            let said = world.said().await;
            said.iter()
                .filter(|text| text.contains("no longer shows BYBIT_API_SECRET"))
                .count()
                == 1
        })
        .await;
    assert!(!world.said().await.iter().any(|text| text.contains(&world.key[..8])));
}

#[tokio::test]
async fn it_is_masked_where_the_project_wants_that_and_all_else_stays() {
    let world = World::new().await;
    let mut bot = world.start(true);
    world
        .until(&mut bot, "the page is clean and says so", async || {
            let said = world.said().await;
            world.holding().await == 0 && said.iter().any(|text| text.contains("no longer shows"))
        })
        .await;
    let blocks = world.blocks().await;
    let text = |kind: &str| {
        let block = blocks
            .iter()
            .find(|block| block["type"] == kind && block.to_string().contains("redacted"));
        block.map(|block| block[kind]["rich_text"].clone()).unwrap_or_default()
    };
    let paragraph = text("paragraph");
    assert_eq!(plain(&paragraph), "The secret is [redacted: BYBIT_API_SECRET], keep it");
    let styled = |style: &str| {
        let items = paragraph.as_array().into_iter().flatten();
        let of_style = items.filter(|item| item["annotations"][style] == true);
        of_style
            .map(|item| item["plain_text"].as_str().unwrap_or_default().to_owned())
            .collect::<String>()
    };
    assert_eq!(
        (styled("bold").as_str(), styled("italic").as_str()),
        ("[redacted: BYBIT_API_SECRET]", "keep")
    );
    let code = "export BYBIT_API_SECRET=[redacted: BYBIT_API_SECRET]\nkeyminder probe";
    assert_eq!(plain(&text("code")).trim_end(), code);
    assert_eq!(plain(&text("to_do")), "put [redacted: BYBIT_API_SECRET] away");
    // A block is written once, and only those that held the key.
    let journal = journal(&world.sandbox, 0).await;
    let written = |entry: &&Value| {
        entry["method"] == "PATCH"
            && entry["path"]
                .as_str()
                .is_some_and(|path| path.starts_with("/v1/blocks/"))
    };
    assert_eq!(journal.iter().filter(written).count(), 3);
}

#[tokio::test]
async fn a_weak_password_under_its_name_is_told_of_and_masked_whether_it_is_ours_or_not() {
    let markdown = "# Runbook\n\n## Step 1: Look (5 minutes)\n\nThe base is postgres://app:hunter2@db.example.com/x\n\n\
                    Passwort: hunter2\n\nPIN=4829\n\nhunter2 alone is no password, 4829 neither\n\n\
                    Set DB_PASSWORD=<your password> in .env\n";
    let mut told = Vec::new();
    for env in ["A=b\n", "DB_PASSWORD=hunter2\nCARD_PIN=4829\n"] {
        let world = World::of(markdown.to_owned(), env, "hunter2".to_owned()).await;
        let mut bot = world.start(true);
        let masked = || async {
            let blocks = world.blocks().await;
            blocks
                .iter()
                .filter(|block| block.to_string().contains("[redacted: password]"))
                .count()
        };
        world
            .until(&mut bot, "three blocks are masked, and that is said", async || {
                let said = world.said().await;
                masked().await == 3 && said.iter().any(|text| text.contains("no longer shows"))
            })
            .await;
        let blocks: Vec<String> = world
            .blocks()
            .await
            .iter()
            .map(|block| {
                let kind = block["type"].as_str().unwrap_or_default();
                plain(&block[kind]["rich_text"])
            })
            .collect();
        assert!(
            blocks
                .iter()
                .any(|text| text == "The base is postgres://app:[redacted: password]@db.example.com/x")
        );
        assert!(
            blocks
                .iter()
                .any(|text| text == "hunter2 alone is no password, 4829 neither")
        );
        assert!(
            blocks
                .iter()
                .any(|text| text == "Set DB_PASSWORD=<your password> in .env")
        );
        let mut said: Vec<String> = world.said().await;
        for text in &mut said {
            let end = text.rfind(" \u{b7} ").unwrap_or(text.len());
            text.truncate(end);
        }
        told.push((blocks, said));
    }
    assert_eq!(told[0], told[1], "nothing tells whether a value is ours");
}

#[tokio::test]
async fn half_of_a_key_in_two_blocks_is_named_and_masked_in_both() {
    let key: String = (0..64).map(|_| fastrand::alphanumeric()).collect();
    let half = &key[..40];
    let markdown = format!("# Runbook\n\n## Step 1: Look (5 minutes)\n\nnote: {half}\n\nand again: {half}\n");
    let world = World::of(markdown, &format!("BYBIT_API_SECRET={key}\n"), half.to_owned()).await;
    let mut bot = world.start(true);
    world
        .until(&mut bot, "neither block shows it any more", async || {
            world.holding().await == 0
        })
        .await;
    let texts: Vec<String> = world.blocks().await.iter().map(Value::to_string).collect();
    let masked = texts
        .iter()
        .filter(|text| text.contains("[redacted: BYBIT_API_SECRET]"));
    assert_eq!(masked.count(), 2);
}
