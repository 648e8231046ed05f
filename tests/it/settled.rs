//! A person changes the page in the moment of our own write: what was read then is set aside as older than the write, and
//! seen when the minute of the page's last edit is over.
use crate::child::{self, Bot, call, comment, journal};
use keyminder::domain::ids::PageId;
use keyminder::store::Store as _;
use keyminder::store::sqlite::SqliteStore;
use keyminder_sandbox::{Options, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);
/// The beginning of some minute, since 1970.
const A_MINUTE_MS: u64 = 29_000_000 * 60_000;
/// How long the answer to our write takes: many readings of the page fall into it.
const ANSWER_MS: u64 = 1_500;

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    child::until(what, PATIENCE, holds).await;
}

#[tokio::test]
async fn an_edit_beside_our_own_write_is_seen_when_its_minute_is_over() {
    // The sandbox begins at five seconds past a minute. Once the bot has read that clock, it is set back to the beginning
    // of the minute before: what is edited then is 65 seconds old for the bot, and settled ten seconds later.
    let begun = Instant::now();
    let back_ms = Arc::new(AtomicU64::new(0));
    let back = Arc::clone(&back_ms);
    let clock = move || {
        let ran = u64::try_from(begun.elapsed().as_millis()).unwrap_or_default();
        A_MINUTE_MS + 5_000 + ran - back.load(Ordering::Relaxed)
    };
    let options = Options {
        clock: Arc::new(clock),
        ..Options::default()
    };
    let sandbox = serve(options).await.expect("a free port");
    let folder = child::project("TZ=UTC\n");
    let page = child::first_page(&sandbox);
    let path = format!("/v1/pages/{page}");
    let slow = json!({ "rules": [{ "method": "PATCH", "path": path, "fault": "latency", "delay_ms": ANSWER_MS }] });
    call(&sandbox, "PUT", "/sandbox/faults", slow).await;
    let mut bot = Bot::start(folder.path(), &sandbox, &page, &BTreeMap::new());
    until("the bot has the first answer", async || {
        journal(&sandbox, 0).await.len() > 1
    })
    .await;
    back_ms.store(65_000, Ordering::Relaxed);
    comment(&sandbox, &page, "Ana Silva", "Started step 1").await;
    until("the bot moves the status", async || {
        let moved =
            |entry: &Value| entry["who"] == "bot" && entry["method"] == "PATCH" && entry["path"] == path.as_str();
        journal(&sandbox, 0).await.iter().any(moved)
    })
    .await;
    call(
        &sandbox,
        "POST",
        &format!("/sandbox/pages/{page}/properties"),
        json!({ "Status": "Done" }),
    )
    .await;

    let store = SqliteStore::open_beside(&folder.path().join("state/keyminder.db"))
        .await
        .expect("the store");
    let id = PageId::from_wire(&page);
    let known = async || {
        let state = store.page(&id).await.expect("the store is readable");
        state
            .map(|(_, state)| state["status"]["known"].clone())
            .unwrap_or_default()
    };
    child::until_quiet(&mut bot, &store, &id).await;
    until("our own write is known", async || known().await == "in_progress").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        known().await,
        "in_progress",
        "within the minute the page looks as it did"
    );
    until("the person's edit is seen", async || known().await == "done").await;
}
