//! Told to stop, it ends within ten seconds whatever holds it, and leaves one file that holds its state.
use super::World;
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn it_stops_while_notion_holds_it() {
    for fault in [
        json!({ "fault": "status", "status": 429, "retry_after": 90 }),
        json!({ "fault": "latency", "delay_ms": 60_000 }),
        json!({ "fault": "status", "status": 503 }),
    ] {
        let mut world = World::new().await;
        world.set("KEYMINDER_EFFECTS_CALL_TIMEOUT", "10s");
        world.set("KEYMINDER_EFFECTS_QUIET", "90s");
        world.set("KEYMINDER_EFFECTS_LEASE", "30s");
        let mut bot = world.start();
        world.until_asked(&mut bot, "/v1/comments", 2).await;
        world.faults(json!([fault])).await;
        let comments = world.ask(4).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let (took, code) = bot.stop().await;
        assert!(
            took < SOON && code == Some(0),
            "{fault}: {took:?}, {code:?}\n{}",
            world.tail()
        );
        // And nothing is lost by it.
        world.faults(json!([])).await;
        world.set("KEYMINDER_EFFECTS_QUIET", "700ms");
        world.set("KEYMINDER_EFFECTS_CALL_TIMEOUT", "500ms");
        world.set("KEYMINDER_EFFECTS_LEASE", "5600ms");
        let mut bot = world.start();
        world.until_answered(&mut bot, &comments).await;
    }
}

#[tokio::test]
async fn it_stops_while_the_store_cannot_write() {
    let world = World::new().await;
    let mut bot = world.start();
    let comments = world.ask(1).await;
    world.until_answered(&mut bot, &comments).await;
    // Somebody else holds the file, as a full disk would: every write is put off.
    let held = rusqlite::Connection::open(world.state()).expect("the store's file");
    held.execute_batch("begin immediate").expect("the lock");
    let waiting = world.ask(3).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (took, _) = bot.stop().await;
    assert!(took < SOON, "{took:?}\n{}", world.tail());
    held.execute_batch("rollback").expect("the lock's end");
    drop(held);
    let mut bot = world.start();
    world.until_answered(&mut bot, &waiting).await;
}

#[tokio::test]
async fn after_an_orderly_stop_the_one_file_is_the_state() {
    let world = World::new().await;
    let mut bot = world.start();
    let comments = world.ask(6).await;
    world.until_answered(&mut bot, &comments).await;
    let (took, code) = bot.stop().await;
    assert!(took < SOON && code == Some(0), "{took:?}, {code:?}");
    let log = world.folder.path().join("state/keyminder.db-wal");
    assert_eq!(log.metadata().map_or(0, |data| data.len()), 0, "the log is folded in");
    let copy = tempfile::tempdir().expect("a scratch folder");
    let file = copy.path().join("keyminder.db");
    std::fs::copy(world.state(), &file).expect("copied");
    let store = keyminder::store::sqlite::SqliteStore::open(&file)
        .await
        .expect("a whole state");
    let waiting = keyminder::store::Store::waiting(&store, 0).await.expect("readable");
    assert_eq!((waiting.comments, waiting.replies >= 6), (6, true));
}
