//! What does not work is told at once, once, and its end as well; a row that cannot be read stops its page alone.
use super::World;
use crate::child::{Bot, call, comment};
use serde_json::{Value, json};
use std::time::Duration;

fn status(world: &World) -> Value {
    let (text, _) = world.command(&["status", "--json"]);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn lines(world: &World, what: &str) -> usize {
    world.log().lines().filter(|line| line.contains(what)).count()
}

#[tokio::test]
async fn an_unshared_page_is_told_once_and_its_return_too() {
    let world = World::new().await;
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 3).await;
    world.share(false).await;
    world
        .until(&mut bot, "the log says so", async || lines(&world, "not shared") > 0)
        .await;
    world
        .until(&mut bot, "status says so", async || {
            status(&world)["pages"][0]["fault"]
                .as_str()
                .is_some_and(|fault| fault.contains("not shared"))
        })
        .await;
    assert_eq!(lines(&world, "not shared"), 1);
    let (text, _) = world.command(&["status"]);
    assert!(text.contains("not shared"), "{text}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.share(true).await;
    world
        .until(&mut bot, "its return is told", async || {
            lines(&world, "works again") > 0
        })
        .await;
    world
        .until(&mut bot, "status says so", async || {
            status(&world)["pages"][0]["fault"].is_null()
        })
        .await;
    world.until_asked(&mut bot, "/v1/comments", 5).await;
    assert_eq!((lines(&world, "not shared"), lines(&world, "works again")), (1, 1));
}

#[tokio::test]
async fn a_refused_token_stands_in_status_and_a_part_that_fails_is_told() {
    use secrecy::ExposeSecret as _;
    let world = World::new().await;
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 3).await;
    world
        .faults(json!([{ "method": "GET", "path": "/v1/pages/*/markdown", "fault": "status", "status": 504 }]))
        .await;
    world
        .until(&mut bot, "the part that fails is told", async || {
            status(&world)["pages"][0]["fault"]
                .as_str()
                .is_some_and(|fault| fault.contains("a part of it"))
        })
        .await;
    world.until_asked(&mut bot, "/v1/pages/", 20).await;
    assert_eq!(
        (lines(&world, "a part of it"), lines(&world, "works again")),
        (1, 0),
        "a fault that lasts is told once: {}",
        world.tail()
    );
    let before = status(&world)["pages"][0]["read_at"].clone();
    world
        .until(&mut bot, "its comments are read all the same", async || {
            status(&world)["pages"][0]["read_at"] != before
        })
        .await;
    world.faults(json!([])).await;
    world
        .until(&mut bot, "it works again", async || {
            status(&world)["pages"][0]["fault"].is_null()
        })
        .await;
    assert_eq!(lines(&world, "works again"), 1, "{}", world.tail());
    let token = json!({ "token": world.sandbox.token.expose_secret() });
    call(&world.sandbox, "DELETE", "/sandbox/tokens", token).await;
    world
        .until(&mut bot, "the token's fault is told", async || {
            !status(&world)["token_fault"].is_null()
        })
        .await;
    assert_eq!(lines(&world, "Notion refuses the token"), 1, "{}", world.tail());
}

/// Does something to the store's file beside the bot.
fn sql(world: &World, text: &str) {
    let connection = rusqlite::Connection::open(world.state()).expect("the store's file");
    connection.execute_batch(text).expect("a statement");
}

async fn with_second_page() -> (World, String) {
    let mut world = World::new().await;
    let body = json!({ "markdown": "# Move\n## Step 1: Pack (5 minutes)\n- [ ] boxes\n" });
    let page = call(&world.sandbox, "POST", "/sandbox/pages", body).await;
    let second = page["id"].as_str().unwrap_or_default().to_owned();
    world.page = format!("{},{second}", world.page);
    (world, second)
}

#[tokio::test]
async fn a_state_that_cannot_be_read_stops_its_page_alone() {
    let (mut world, second) = with_second_page().await;
    let first = crate::child::first_page(&world.sandbox);
    let asked = |page: String| {
        let sandbox = &world.sandbox;
        async move { comment(sandbox, &page, "Ana Silva", "What is next?").await }
    };
    let mut bot = world.start();
    let comments = [asked(first.clone()).await, asked(second.clone()).await];
    let answered = async |page: &str, comment: &String| {
        crate::child::replies(&world.sandbox, page, std::slice::from_ref(comment)).await == [1]
    };
    world
        .until(&mut bot, "both are answered", async || {
            answered(&first, &comments[0]).await && answered(&second, &comments[1]).await
        })
        .await;
    bot.stop().await;
    sql(
        &world,
        "update page set state = '{\"counter\": \"no number\"}' where key = 1",
    );
    let mut bot = world.start();
    let comments = [asked(first.clone()).await, asked(second.clone()).await];
    let pages = [&first, &second];
    world
        .until(&mut bot, "one page is told to stand still", async || {
            lines(&world, "cannot be read") > 0
        })
        .await;
    world
        .until(&mut bot, "the other is answered", async || {
            let mut count = 0;
            for (page, comment) in pages.iter().zip(&comments) {
                count += usize::from(answered(page, comment).await);
            }
            count == 1
        })
        .await;
    drop(bot);
    world.page = first;
}

#[tokio::test]
async fn an_edit_asks_the_store_for_its_own_comment_alone() {
    let world = World::new().await;
    let mut bot = world.start();
    let comments = world.ask(2).await;
    world.until_answered(&mut bot, &comments).await;
    sql(
        &world,
        &format!("update comment set body = 'cut' where id = '{}'", comments[0]),
    );
    let path = format!("/sandbox/comments/{}", comments[1]);
    let edit = json!({ "text": "I am stuck on step 4: permission denied" });
    call(&world.sandbox, "PATCH", &path, edit).await;
    world
        .until(&mut bot, "the edit is taken in", async || {
            status(&world)["pages"][0]["blockers"][0]["step"] == 4
        })
        .await;
    assert_eq!(lines(&world, "cannot be read"), 0, "{}", world.tail());
}

#[tokio::test]
async fn a_bot_that_can_do_nothing_any_more_ends_with_its_cause() {
    for text in ["drop table audit", "drop table effect", "drop table comment"] {
        let world = World::new().await;
        let mut bot = world.start();
        let comments = world.ask(1).await;
        world.until_answered(&mut bot, &comments).await;
        sql(&world, text);
        world.ask(2).await;
        let begun = std::time::Instant::now();
        let ended = loop {
            if let Some(status) = bot.ended() {
                break status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "{text}: it goes on and does nothing: {}",
                world.tail()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!(ended.code(), Some(1), "{text}: {}", world.tail());
        assert!(world.tail().contains("no such table"), "{text}: {}", world.tail());
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn many_pages_are_read_in_turn_without_spinning() {
    let mut world = World::new().await;
    let mut pages = vec![world.page.clone()];
    for number in 0..11 {
        let body = json!({ "markdown": format!("# Page {number}\n## Step 1: Pack (5 minutes)\n") });
        let page = call(&world.sandbox, "POST", "/sandbox/pages", body).await;
        pages.push(page["id"].as_str().unwrap_or_default().to_owned());
    }
    let all = pages.join(",");
    world.page.clone_from(&all);
    // So few that the first look takes a while, and the places are taken all the time.
    world.set("KEYMINDER_NOTION_REQUESTS_PER_MINUTE", "60");
    world.set("KEYMINDER_POLL_ACTIVE", "1s");
    let mut bot: Bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 2).await;
    let before = bot.cpu();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let used = bot.cpu().saturating_sub(before);
    assert!(
        used < Duration::from_secs(2),
        "8 s of waiting for requests took {used:?} of a core"
    );
    // Told to stop in the middle of its first look.
    let (took, code) = bot.stop().await;
    assert!(took < Duration::from_secs(10) && code == Some(0), "{took:?}, {code:?}");
}
