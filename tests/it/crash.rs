//! `keyminder run`, killed again and again while comments wait, on a line that fails now and then: none is lost, none
//! is answered twice.
use crate::child::{self, Bot, all, call, comment, journal, plain};
use keyminder::domain::ids::{CommentId, PageId};
use keyminder::domain::reply::Reference;
use keyminder::store::sqlite::SqliteStore;
use keyminder_sandbox::{Options, Running, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const COMMENTS: usize = 40;
const KILLS: usize = 5;

/// Comments of every kind that has a reply; none of them needs a key.
const TEXTS: [&str; 5] = [
    "What is next?",
    "Stuck on step 3 - getting permission error",
    "Step 1 is done",
    "How long does step 4 take?",
    "Working on step 4",
];

fn settings() -> BTreeMap<String, String> {
    child::settings([
        ("KEYMINDER_POLL_BACKLOG", "answer"),
        ("KEYMINDER_EFFECTS_CALL_TIMEOUT", "500ms"),
        ("KEYMINDER_EFFECTS_QUIET", "400ms"),
        ("KEYMINDER_EFFECTS_LEASE", "5500ms"),
    ])
}

async fn first_request(sandbox: &Running, after: u64) {
    child::until("the bot asks for something", Duration::from_secs(20), async || {
        journal(sandbox, after).await.iter().any(|entry| entry["who"] == "bot")
    })
    .await;
}

/// What the bot said that answers no comment (an alert of the monitor).
async fn others(sandbox: &Running, page: &str, comments: &[String]) -> Vec<String> {
    let marks: Vec<Reference> = comments
        .iter()
        .map(|id| Reference::of(&CommentId::from_wire(id)))
        .collect();
    let listed = all(sandbox, &format!("/v1/comments?block_id={page}")).await;
    let bot = &sandbox.first_line["bot"]["id"];
    let ours = listed.iter().filter(|comment| comment["created_by"]["id"] == *bot);
    let said = ours.map(|comment| plain(&comment["rich_text"]));
    said.filter(|text| !marks.iter().any(|mark| text.ends_with(mark.as_str())))
        .collect()
}

/// Kills the bot while comments wait, then lets it finish.
async fn survives(faults: Value) {
    let sandbox = serve(Options::default()).await.expect("a free port");
    let folder = child::project("TZ=UTC\n");
    let page = child::first_page(&sandbox);
    let mut comments = Vec::new();
    let mut rng = fastrand::Rng::new();
    for _ in 0..KILLS {
        for _ in 0..COMMENTS / KILLS {
            let number = comments.len();
            let author = ["Ana Silva", "Bram de Vries"][number % 2];
            comments.push(comment(&sandbox, &page, author, TEXTS[number % TEXTS.len()]).await);
        }
        let after = child::newest(&sandbox).await;
        let mut bot = Bot::start(folder.path(), &sandbox, &page, &settings());
        // Faults begin with the first answer: a bot that cannot greet Notion ends, which is another test.
        first_request(&sandbox, after).await;
        call(&sandbox, "PUT", "/sandbox/faults", faults.clone()).await;
        tokio::time::sleep(Duration::from_millis(rng.u64(30..600))).await;
        bot.kill();
        call(&sandbox, "PUT", "/sandbox/faults", json!({ "rules": [] })).await;
    }
    let mut bot = Bot::start(folder.path(), &sandbox, &page, &settings());
    let begun = Instant::now();
    let page_id = PageId::from_wire(&page);
    while child::replies(&sandbox, &page, &comments).await.contains(&0) {
        assert!(
            begun.elapsed() < Duration::from_secs(25),
            "comments are lost: {}",
            child::tail(folder.path())
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let store = SqliteStore::open_beside(&folder.path().join("state/keyminder.db"))
        .await
        .expect("the store");
    child::until_quiet(&mut bot, &store, &page_id).await;
    let found = child::replies(&sandbox, &page, &comments).await;
    assert!(
        found.iter().all(|count| *count == 1),
        "replies of each comment: {found:?}"
    );
    assert_eq!(child::left(&store, &page_id).await, Vec::<String>::new());
    // None was ever doubled, not even for a moment: a twin that was deleted again would be in the journal.
    let posts = child::posts(&sandbox).await;
    let others = others(&sandbox, &page, &comments).await;
    assert_eq!(
        posts,
        COMMENTS + others.len(),
        "replies that were ever posted, beside {others:?}"
    );
    drop(bot);
    sandbox.stop().await.expect("an orderly end");
}

#[tokio::test]
async fn killed_at_any_time_it_loses_and_doubles_nothing() {
    survives(json!({ "rules": [] })).await;
}

#[tokio::test]
async fn killed_on_a_bad_line_it_loses_and_doubles_nothing() {
    let strikes = [
        json!({ "fault": "reset_before" }),
        json!({ "fault": "reset_after" }),
        json!({ "fault": "status", "status": 500 }),
        json!({ "fault": "status", "status": 500, "applied": true }),
        json!({ "fault": "status", "status": 409 }),
        json!({ "fault": "status", "status": 429, "retry_after": 1 }),
    ];
    let rules: Vec<Value> = strikes
        .into_iter()
        .map(|mut rule| {
            rule["method"] = json!("POST");
            rule["path"] = json!("/v1/comments");
            rule["probability"] = json!(0.042);
            rule
        })
        .collect();
    survives(json!({ "seed": fastrand::u64(..), "rules": rules })).await;
}
