//! A page that is taken away, and comments that a list lacks: neither is gone for good.
use super::World;
use crate::child::{Bot, call, comment};
use serde_json::{Value, json};
use std::time::Duration;

async fn status(world: &World) -> String {
    let page = call(&world.sandbox, "GET", &format!("/v1/pages/{}", world.page), Value::Null).await;
    page["properties"]["Status"]["status"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

async fn stuck(world: &World) -> String {
    let text = "I am stuck on step 3, permission denied";
    comment(&world.sandbox, &world.page, "Ana Silva", text).await
}

async fn until_status(world: &World, bot: &mut Bot, wanted: &str) {
    world
        .until(bot, &format!("Status is {wanted}"), async || {
            status(world).await == wanted
        })
        .await;
}

#[tokio::test]
async fn a_page_that_is_unshared_for_a_while_keeps_its_due_replies() {
    for end in [
        json!({ "fault": "status", "status": 429, "retry_after": 1 }),
        json!({ "fault": "status", "status": 503 }),
    ] {
        let world = World::new().await;
        let mut rule = end;
        rule["method"] = json!("POST");
        rule["path"] = json!("/v1/comments");
        world.faults(json!([rule])).await;
        let mut bot = world.start();
        let comments = world.ask(8).await;
        world.until_asked(&mut bot, "/v1/comments", 12).await;
        world.share(false).await;
        world.faults(json!([])).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        world.share(true).await;
        // A restart is not what brings its replies back.
        world.until_answered(&mut bot, &comments).await;
    }
}

#[tokio::test]
async fn one_list_without_a_comment_clears_no_blocker() {
    let world = World::new().await;
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 2).await;
    let blocked = stuck(&world).await;
    world.until_answered(&mut bot, &[blocked]).await;
    until_status(&world, &mut bot, "Blocked").await;
    let after = crate::child::newest(&world.sandbox).await;
    world
        .faults(
            json!([{ "method": "GET", "path": "/v1/comments", "fault": "stale", "delay_ms": 3_600_000, "count": 2 }]),
        )
        .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let moved = crate::child::journal(&world.sandbox, after).await;
    let moved = moved
        .iter()
        .filter(|entry| {
            entry["who"] == "bot" && entry["method"] == "PATCH" && entry["path"] == format!("/v1/pages/{}", world.page)
        })
        .count();
    assert_eq!((moved, status(&world).await.as_str()), (0, "Blocked"));
}

#[tokio::test]
async fn what_an_absence_did_is_undone_when_the_comment_is_back() {
    let world = World::new().await;
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 2).await;
    let blocked = stuck(&world).await;
    world.until_answered(&mut bot, std::slice::from_ref(&blocked)).await;
    until_status(&world, &mut bot, "Blocked").await;
    world
        .faults(json!([{ "method": "GET", "path": "/v1/comments", "fault": "stale", "delay_ms": 3_600_000 }]))
        .await;
    until_status(&world, &mut bot, "In Progress").await;
    world.faults(json!([])).await;
    until_status(&world, &mut bot, "Blocked").await;
    assert_eq!(world.replies(&[blocked]).await, [1]);
}

#[tokio::test]
async fn a_thread_that_is_reopened_blocks_again() {
    let world = World::new().await;
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 2).await;
    let blocked = stuck(&world).await;
    until_status(&world, &mut bot, "Blocked").await;
    let comment = call(&world.sandbox, "GET", &format!("/v1/comments/{blocked}"), Value::Null).await;
    let thread = comment["discussion_id"].as_str().unwrap_or_default();
    for (act, status) in [("resolve", "In Progress"), ("reopen", "Blocked")] {
        call(
            &world.sandbox,
            "POST",
            &format!("/sandbox/discussions/{thread}/{act}"),
            Value::Null,
        )
        .await;
        until_status(&world, &mut bot, status).await;
    }
    assert_eq!(world.replies(&[blocked]).await, [1]);
}

#[tokio::test]
async fn a_thread_that_lies_too_deep_starves_nobody_and_is_told() {
    let mut world = World::new().await;
    let deep: String = (0..7).fold(String::from("# Deep\n## Step 1: Dig (5 minutes)\n"), |text, depth| {
        format!("{text}{}- level {depth}\n", "  ".repeat(depth))
    });
    let page = call(&world.sandbox, "POST", "/sandbox/pages", json!({ "markdown": deep })).await;
    page["id"].as_str().unwrap_or_default().clone_into(&mut world.page);
    let mut block = world.page.clone();
    loop {
        let children = crate::child::all(&world.sandbox, &format!("/v1/blocks/{block}/children")).await;
        match children.last() {
            Some(child) => child["id"].as_str().unwrap_or_default().clone_into(&mut block),
            None => break,
        }
    }
    let body = json!({ "block_id": block, "author": "Ana Silva", "text": "What is next?" });
    call(&world.sandbox, "POST", "/sandbox/comments", body).await;
    let mut bot = world.start();
    let comments = world.ask(2).await;
    world.until_answered(&mut bot, &comments).await;
    world
        .until(&mut bot, "the thread that cannot be found is told", async || {
            world.command(&["status"]).0.contains("cannot be found")
        })
        .await;
    // From then on it is looked for no more: a look at the quiet page lists few blocks.
    let after = crate::child::newest(&world.sandbox).await;
    world
        .until_asked(&mut bot, &format!("/v1/pages/{}/markdown", world.page), 4)
        .await;
    let entries = crate::child::journal(&world.sandbox, after).await;
    let asked = |entry: &&Value| {
        entry["path"]
            .as_str()
            .is_some_and(|path| path.starts_with("/v1/comments?block_id="))
    };
    let lists = entries.iter().filter(asked).count();
    let looks = entries
        .iter()
        .filter(|entry| {
            entry["path"]
                .as_str()
                .is_some_and(|path| path.contains(&world.page) && path.starts_with("/v1/comments"))
        })
        .count();
    assert!(lists < looks * 2, "{lists} lists in {looks} looks");
}
