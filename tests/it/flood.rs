//! A flood of comments of one person in one thread: one reply answers them all, and stays the reply of each.
use crate::child::{self, Bot, all, call, comment, plain};
use keyminder::domain::ids::{CommentId, PageId};
use keyminder::domain::reply::Reference;
use keyminder::store::sqlite::SqliteStore;
use keyminder::store::{AnswerState, Presence, Store as _};
use keyminder_sandbox::{Options, Running, serve};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

struct World {
    sandbox: Running,
    folder: tempfile::TempDir,
    page: String,
}

impl World {
    async fn new() -> Self {
        let sandbox = serve(Options::default()).await.expect("a free port");
        let folder = child::project("TZ=UTC\n");
        let page = child::first_page(&sandbox);
        Self { sandbox, folder, page }
    }

    async fn flood(&self, comments: usize) -> Vec<String> {
        let mut written = Vec::new();
        for number in 0..comments {
            let text = [
                "Step 1 is done",
                "What is next?",
                "Stuck on step 3 - getting permission error",
            ][number % 3];
            written.push(comment(&self.sandbox, &self.page, "Ana Silva", text).await);
        }
        written
    }

    fn start(&self) -> Bot {
        let settings = child::settings([("KEYMINDER_POLL_BACKLOG", "answer")]);
        Bot::start(self.folder.path(), &self.sandbox, &self.page, &settings)
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state/keyminder.db")
    }

    async fn store(&self) -> SqliteStore {
        SqliteStore::open_beside(&self.state()).await.expect("the store")
    }

    /// Our comments that carry a reference of one of these.
    async fn replies(&self, comments: &[String]) -> Vec<String> {
        let listed = all(&self.sandbox, &format!("/v1/comments?block_id={}", self.page)).await;
        let marks: Vec<String> = comments.iter().map(|id| mark(id)).collect();
        let texts = listed.iter().map(|comment| plain(&comment["rich_text"]));
        texts
            .filter(|text| marks.iter().any(|mark| text.contains(mark)))
            .collect()
    }

    async fn until(&self, bot: &mut Bot, what: &str, holds: impl AsyncFn() -> bool) {
        bot.until(self.folder.path(), what, holds).await;
        child::until_quiet(bot, &self.store().await, &PageId::from_wire(&self.page)).await;
    }
}

fn mark(id: &str) -> String {
    format!(" · {}", Reference::of(&CommentId::from_wire(id)))
}

#[tokio::test]
async fn more_than_fifty_comments_of_one_person_get_one_reply_with_the_reference_of_each() {
    let world = World::new().await;
    let comments = world.flood(60).await;
    let other = comment(
        &world.sandbox,
        &world.page,
        "Bram de Vries",
        "How long does step 4 take?",
    )
    .await;
    let mut bot = world.start();
    world
        .until(&mut bot, "both are answered", async || {
            world.replies(&comments).await.len() == 1 && world.replies(std::slice::from_ref(&other)).await.len() == 1
        })
        .await;
    let reply = world.replies(&comments).await.remove(0);
    assert!(comments.iter().all(|id| reply.contains(&mark(id))), "{reply}");
    assert!(
        reply.ends_with(&mark(&comments[59])),
        "its own reference is the last: {reply}"
    );
    assert!(reply.contains("your 60 comments"), "{reply}");
    let rows = world
        .store()
        .await
        .comments(&PageId::from_wire(&world.page))
        .await
        .expect("rows");
    assert!(rows.iter().all(|row| row.answer == AnswerState::Answered));

    // Who asks about one of them is told of the one reply.
    let story = Command::new(env!("CARGO_BIN_EXE_keyminder"))
        .args([
            "audit",
            Reference::of(&CommentId::from_wire(&comments[7])).as_str(),
            "--json",
            "--project",
        ])
        .arg(world.folder.path())
        .env_clear()
        .output()
        .expect("the command runs");
    let story: Value = serde_json::from_slice(&story.stdout).expect("one line of JSON");
    assert_eq!(story["comment_id"], comments[7]);
    assert!(
        story["reply"]
            .as_str()
            .is_some_and(|text| text.contains("your 60 comments")),
        "{story}"
    );

    // Killed and started again it says nothing anew; an edit of one of them changes the reply that answers it.
    bot.kill();
    let mut bot = world.start();
    let edited = json!({ "author": "Ana Silva", "text": "How do I validate step 2?" });
    call(
        &world.sandbox,
        "PATCH",
        &format!("/sandbox/comments/{}", comments[10]),
        edited,
    )
    .await;
    world
        .until(&mut bot, "the reply follows the edit", async || {
            world
                .replies(&comments)
                .await
                .iter()
                .all(|text| !text.contains("your 60 comments"))
        })
        .await;
    let replies = world.replies(&comments).await;
    assert_eq!(replies.len(), 1, "{replies:?}");
    assert!(comments.iter().all(|id| replies[0].contains(&mark(id))), "{replies:?}");
}

#[tokio::test]
async fn fifty_are_answered_one_by_one() {
    let world = World::new().await;
    let comments = world.flood(50).await;
    let mut bot = world.start();
    world
        .until(&mut bot, "each is answered", async || {
            world.replies(&comments).await.len() == 50
        })
        .await;
}

#[tokio::test]
async fn a_reply_that_may_have_been_posted_is_found_again_although_one_of_its_comments_is_gone() {
    let world = World::new().await;
    let comments = world.flood(51).await;
    let lost = json!({ "rules": [{ "method": "POST", "path": "/v1/comments", "fault": "reset_after", "count": 1 }] });
    call(&world.sandbox, "PUT", "/sandbox/faults", lost).await;
    let settings = child::settings([
        ("KEYMINDER_POLL_BACKLOG", "answer"),
        ("KEYMINDER_EFFECTS_CALL_TIMEOUT", "500ms"),
        ("KEYMINDER_EFFECTS_QUIET", "400ms"),
        ("KEYMINDER_EFFECTS_LEASE", "5500ms"),
    ]);
    let mut bot = Bot::start(world.folder.path(), &world.sandbox, &world.page, &settings);
    world
        .until(&mut bot, "it was posted", async || {
            !world.replies(&comments).await.is_empty()
        })
        .await;
    call(
        &world.sandbox,
        "DELETE",
        &format!("/sandbox/comments/{}", comments[50]),
        Value::Null,
    )
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let left = child::left(&world.store().await, &PageId::from_wire(&world.page)).await;
    assert_eq!(left, Vec::<String>::new());
    assert_eq!(world.replies(&comments).await.len(), 1);
}

#[tokio::test]
async fn guests_who_write_at_once_share_one_answer_and_another_bots_key_is_warned_of_once() {
    let key: String = (0..36).map(|_| fastrand::alphanumeric()).collect();
    let world = World {
        folder: child::project(&format!("TZ=UTC\nBYBIT_API_SECRET={key}\n")),
        ..World::new().await
    };
    for (name, kind) in [("Carla", "guest"), ("Dirk", "guest"), ("Robo", "bot")] {
        let person = json!({ "name": name, "kind": kind });
        call(&world.sandbox, "PUT", "/sandbox/people", person).await;
    }
    let mut asked = Vec::new();
    for number in 0..6 {
        let guest = ["Carla", "Dirk"][number % 2];
        asked.push(comment(&world.sandbox, &world.page, guest, "What is next?").await);
    }
    for run in 0..4 {
        let text = format!("Step 1 is done in run {run}, BYBIT_API_SECRET={key}");
        comment(&world.sandbox, &world.page, "Robo", &text).await;
    }
    let warned = async || {
        let listed = all(&world.sandbox, &format!("/v1/comments?block_id={}", world.page)).await;
        let texts = listed.iter().map(|comment| plain(&comment["rich_text"]));
        texts.filter(|text| text.contains("A bot's comment")).count()
    };
    let mut bot = world.start();
    world
        .until(&mut bot, "the guests and the bot's key are answered", async || {
            warned().await == 1 && world.replies(&asked).await.len() == 1
        })
        .await;
    let shared = world.replies(&asked).await;
    assert!(
        shared.len() == 1 && asked.iter().all(|id| shared[0].contains(&mark(id))),
        "{shared:?}"
    );
    bot.kill();
    // After a new start the bot goes on, and nobody hears of it again.
    comment(&world.sandbox, &world.page, "Robo", &format!("once more: {key}")).await;
    let last = comment(&world.sandbox, &world.page, "Ana Silva", "What is next?").await;
    let mut bot = world.start();
    world
        .until(&mut bot, "the next comment is answered", async || {
            world.replies(std::slice::from_ref(&last)).await.len() == 1
        })
        .await;
    assert_eq!(warned().await, 1);
    let left = child::left(&world.store().await, &PageId::from_wire(&world.page)).await;
    assert_eq!(left, Vec::<String>::new());
}

/// What somebody deleted is not kept: its row remembers that it was there, by a mark, and what was answered.
#[tokio::test]
async fn of_a_deleted_comment_no_text_is_kept_and_of_a_resolved_one_it_is() {
    let world = World::new().await;
    let mut bot = world.start();
    let mut written = Vec::new();
    for text in [
        "What is next? I ask from the harbour",
        "How long does step 4 take, at the harbour?",
    ] {
        let id = comment(&world.sandbox, &world.page, "Ana Silva", text).await;
        world
            .until(&mut bot, "it is answered", async || {
                world.replies(std::slice::from_ref(&id)).await.len() == 1
            })
            .await;
        written.push(CommentId::from_wire(&id));
    }
    let row = async |id: &CommentId| world.store().await.comment(id).await.expect("rows").expect("its row");
    let before = row(&written[0]).await;
    let path = format!("/sandbox/comments/{}", written[0]);
    call(&world.sandbox, "DELETE", &path, Value::Null).await;
    bot.until(world.folder.path(), "it counts as deleted", async || {
        row(&written[0]).await.presence == Presence::Deleted
    })
    .await;
    let after = row(&written[0]).await;
    assert!(before.comment.text.as_str().contains("harbour"));
    assert_eq!(after.comment.text.as_str(), "");
    assert_eq!((after.hash, after.answer), (before.hash, before.answer));
    let thread = &after.comment.discussion;
    let path = format!("/sandbox/discussions/{thread}");
    call(&world.sandbox, "POST", &format!("{path}/resolve"), Value::Null).await;
    bot.until(world.folder.path(), "the other counts as resolved", async || {
        row(&written[1]).await.presence == Presence::Resolved
    })
    .await;
    assert!(row(&written[1]).await.comment.text.as_str().contains("harbour"));
    call(&world.sandbox, "POST", &format!("{path}/reopen"), Value::Null).await;
    bot.until(world.folder.path(), "it is back", async || {
        row(&written[1]).await.presence == Presence::Listed
    })
    .await;
    let answers = world.replies(&[written[1].to_string()]).await;
    assert_eq!(answers.len(), 1, "and nothing is answered twice: {answers:?}");
}
