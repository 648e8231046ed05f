//! The bot's own token changes in `.env` while it works: none of the comments is lost, none is answered twice.
use crate::child::{self, Bot, all, call, comment, first_page, plain};
use keyminder::domain::ids::CommentId;
use keyminder::domain::reply::Reference;
use keyminder_sandbox::{Options, Running, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// A sandbox, a project whose `.env` holds the bot's token, and the bot.
struct World {
    sandbox: Running,
    folder: TempDir,
    page: String,
    token: String,
    bot: Bot,
}

impl World {
    async fn new() -> Self {
        let sandbox = serve(Options::default()).await.expect("a free port");
        let folder = tempfile::tempdir().expect("a scratch folder");
        let page = first_page(&sandbox);
        let token = issue(&sandbox, json!({})).await;
        put(&folder, &token);
        let settings = BTreeMap::from([("NOTION_TOKEN".to_owned(), String::new())]);
        let bot = Bot::start(folder.path(), &sandbox, &page, &settings);
        Self {
            sandbox,
            folder,
            page,
            token,
            bot,
        }
    }

    async fn says(&self, text: &str) -> String {
        comment(&self.sandbox, &self.page, "Ana Silva", text).await
    }

    /// The authors of the replies to a comment.
    async fn repliers(&self, id: &str) -> Vec<String> {
        let mark = format!(" · {}", Reference::of(&CommentId::from_wire(id)));
        let listed = all(&self.sandbox, &format!("/v1/comments?block_id={}", self.page)).await;
        let replies = listed.iter().filter(|it| plain(&it["rich_text"]).ends_with(&mark));
        replies
            .map(|it| it["created_by"]["id"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    async fn replied(&mut self, id: &str) -> String {
        let begun = Instant::now();
        loop {
            if let [one] = self.repliers(id).await.as_slice() {
                return one.clone();
            }
            self.waits(begun, "a reply");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn status(&mut self, holds: &str) -> String {
        let begun = Instant::now();
        loop {
            let status = Command::new(env!("CARGO_BIN_EXE_keyminder"))
                .args(["status", "--project"])
                .arg(self.folder.path())
                .env_clear()
                .env("KEYMINDER_PAGES", &self.page)
                .output()
                .expect("status runs");
            let status = String::from_utf8_lossy(&status.stdout).into_owned();
            if status.contains(holds) {
                return status;
            }
            self.waits(begun, &format!("{holds:?} in {status}"));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    #[track_caller]
    fn waits(&mut self, begun: Instant, what: &str) {
        let log = child::log(self.folder.path());
        assert!(self.bot.ended().is_none(), "the bot ended: {log}");
        assert!(begun.elapsed() < PATIENCE, "in vain for {what}: {log}");
    }
}

async fn issue(sandbox: &Running, body: Value) -> String {
    let made = call(sandbox, "POST", "/sandbox/tokens", body).await;
    made["token"].as_str().expect("a token").to_owned()
}

fn put(folder: &TempDir, token: &str) {
    std::fs::write(folder.path().join(".env"), format!("NOTION_TOKEN={token}\n")).expect("a scratch file");
}

async fn revoke(sandbox: &Running, token: &str) {
    call(sandbox, "DELETE", "/sandbox/tokens", json!({ "token": token })).await;
}

#[tokio::test]
async fn a_new_token_takes_over_while_comments_arrive() {
    let mut world = World::new().await;
    let mut comments = vec![world.says("What is next?").await];
    let first = world.replied(&comments[0]).await;

    let new = issue(&world.sandbox, json!({ "connection": "Orion Project Monitor" })).await;
    put(&world.folder, &new);
    for step in 1..=5 {
        comments.push(world.says(&format!("How long does step {step} take?")).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    world.status("NOTION_TOKEN in .env, since").await;
    let begun = Instant::now();
    while !child::log(world.folder.path()).contains("passed its test") {
        world.waits(begun, "the swap");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    revoke(&world.sandbox, &world.token).await;
    comments.push(world.says("What is missing?").await);
    let last = world.replied(comments.last().expect("one")).await;
    assert_ne!(first, last, "the last reply is under the new connection's name");

    for comment in &comments {
        world.replied(comment).await;
    }
    // Time enough for a second reply, if the bot took its older ones for somebody else's.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for comment in &comments {
        assert_eq!(world.repliers(comment).await.len(), 1, "each is answered once");
    }
    let log = std::fs::read_to_string(world.folder.path().join("bot.log")).expect("a log");
    for token in [&world.token, &new] {
        assert!(!log.contains(&token[4..14]), "no piece of a token is in the log");
    }
}

#[tokio::test]
async fn a_token_that_may_not_write_is_not_taken() {
    let mut world = World::new().await;
    // It works with the first token before the second one stands there.
    let before = world.says("What is missing?").await;
    world.replied(&before).await;
    let limited = json!({ "connection": "Reader", "capabilities": { "insert_comments": false } });
    let new = issue(&world.sandbox, limited).await;
    put(&world.folder, &new);
    let status = world.status("not used: ").await;
    assert!(status.contains("nsert comments"), "{status}");
    let comment = world.says("What is next?").await;
    world.replied(&comment).await;
    put(&world.folder, &world.token);
    let begun = Instant::now();
    while world.status("token ").await.contains("not used") {
        world.waits(begun, "the warning to go");
    }
}

#[tokio::test]
async fn a_refused_bot_goes_on_with_the_next_token() {
    let mut world = World::new().await;
    let before = world.says("What is next?").await;
    world.replied(&before).await;
    revoke(&world.sandbox, &world.token).await;
    let meanwhile = world.says("How long does step 2 take?").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let new = issue(&world.sandbox, json!({})).await;
    put(&world.folder, &new);
    world.replied(&meanwhile).await;
    assert_eq!(world.repliers(&before).await.len(), 1);
}
