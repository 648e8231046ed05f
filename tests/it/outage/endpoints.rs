//! One endpoint fails, all else is well: comments are read and answered while it does, and nothing needs a restart.
use super::World;
use crate::child::{call, comment};
use serde_json::json;
use std::time::Duration;

/// What fails, and whether that is before the bot's first look already.
const BESIDE_THE_COMMENTS: [(&str, &str, bool); 7] = [
    ("GET", "/v1/pages/*/markdown", true),
    ("GET", "/v1/blocks/*/children", false),
    ("GET", "/v1/data_sources/*", true),
    ("POST", "/v1/data_sources/*/query", true),
    ("GET", "/v1/users", true),
    ("PATCH", "/v1/pages/*", true),
    ("PATCH", "/v1/blocks/*", true),
];

#[tokio::test]
async fn what_fails_beside_the_comments_holds_none_of_them_up() {
    for (method, path, at_once) in BESIDE_THE_COMMENTS {
        let world = World::new().await;
        let fails = json!([{ "method": method, "path": path, "fault": "status", "status": 504 }]);
        if at_once {
            world.faults(fails.clone()).await;
        }
        let mut bot = world.start();
        world.until_asked(&mut bot, "/v1/comments", 2).await;
        world.faults(fails).await;
        let mut comments = Vec::new();
        for _ in 0..3 {
            comments.extend(world.ask(2).await);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        // The fault is still there.
        world.until_answered(&mut bot, &comments).await;
        drop(bot);
        world.sandbox.stop().await.expect("an orderly end");
    }
}

#[tokio::test]
async fn comments_that_cannot_be_listed_are_read_when_they_can_be() {
    let world = World::new().await;
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 2).await;
    for fault in [
        json!({ "fault": "status", "status": 504 }),
        json!({ "fault": "truncated" }),
        json!({ "fault": "html", "status": 403 }),
        json!({ "fault": "status", "status": 429, "retry_after": 1 }),
    ] {
        let mut rule = fault;
        rule["method"] = json!("GET");
        rule["path"] = json!("/v1/comments");
        world.faults(json!([rule])).await;
        let comments = world.ask(3).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.faults(json!([])).await;
        world.until_answered(&mut bot, &comments).await;
    }
}

#[tokio::test]
async fn a_notion_that_is_away_at_the_start_is_waited_for() {
    let world = World::new().await;
    let paths = ["/v1/users/me", "/v1/users", "/v1/pages/*", "/v1/blocks/*/children"];
    let away = paths.map(|path| json!({ "method": "GET", "path": path, "fault": "status", "status": 503, "count": 5 }));
    world.faults(json!(away)).await;
    let comments = world.ask(2).await;
    let mut bot = world.start();
    world.until_answered(&mut bot, &comments).await;
}

#[tokio::test]
async fn a_part_of_the_page_that_cannot_be_read_leaves_the_guide_as_it_was() {
    let world = World::new().await;
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 2).await;
    let step = |text: &'static str| async {
        let asked = comment(&world.sandbox, &world.page, "Ana Silva", text).await;
        vec![asked]
    };
    let before = step("How long does step 4 take?").await;
    world.until_answered(&mut bot, &before).await;
    world
        .faults(json!([{ "method": "GET", "path": "/v1/blocks/*/children", "fault": "status", "status": 400 }]))
        .await;
    // A person edits the page, so that its blocks are read anew.
    let body = json!({ "author": "Ana Silva", "Status": "In Progress" });
    call(
        &world.sandbox,
        "POST",
        &format!("/sandbox/pages/{}/properties", world.page),
        body,
    )
    .await;
    world.until_asked(&mut bot, "/v1/blocks/", 1).await;
    let after = step("How long does step 4 take?").await;
    world.until_answered(&mut bot, &after).await;
    let said = crate::child::all(&world.sandbox, &format!("/v1/comments?block_id={}", world.page)).await;
    let answers = said.iter().map(|comment| crate::child::plain(&comment["rich_text"]));
    let with_estimate = answers.filter(|text| text.contains("45 minutes")).count();
    assert_eq!(with_estimate, 2, "the guide's estimate is known before and after");
}

#[tokio::test]
async fn a_reply_that_notion_refused_or_failed_is_sent_soon() {
    // As by default: a minute and a half until an unknown end counts as absence, unless Notion itself said that it is over.
    let mut world = World::new().await;
    world.set("KEYMINDER_EFFECTS_QUIET", "90s");
    world.set("KEYMINDER_EFFECTS_CALL_TIMEOUT", "10s");
    world.set("KEYMINDER_EFFECTS_LEASE", "30s");
    let mut answered = 0;
    for fault in [
        json!({ "fault": "status", "status": 500, "count": 2 }),
        json!({ "fault": "status", "status": 409, "count": 2 }),
        json!({ "fault": "status", "status": 404, "count": 1 }),
        json!({ "fault": "status", "status": 400, "count": 1 }),
        // Stored, and the answer lost.
        json!({ "fault": "status", "status": 502, "count": 2, "applied": true }),
        json!({ "fault": "reset_after", "count": 2 }),
    ] {
        let mut rule = fault;
        rule["method"] = json!("POST");
        rule["path"] = json!("/v1/comments");
        world.faults(json!([rule.clone()])).await;
        let mut bot = world.start();
        let comments = world.ask(4).await;
        world.until_answered(&mut bot, &comments).await;
        answered += comments.len();
        assert_eq!(
            crate::child::posts(&world.sandbox).await,
            answered,
            "each was posted once: {rule}: {:?}",
            crate::child::all(&world.sandbox, &format!("/v1/comments?block_id={}", world.page)).await
        );
        bot.kill();
    }
}

#[tokio::test]
async fn no_two_writes_meet_on_one_page() {
    let world = World::new().await;
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 2).await;
    world.faults(json!([{ "fault": "conflict", "delay_ms": 60 }])).await;
    let comments = world.ask(9).await;
    world.until_answered(&mut bot, &comments).await;
    let entries = crate::child::journal(&world.sandbox, 0).await;
    let conflicts = entries
        .iter()
        .filter(|entry| entry["who"] == "bot" && entry["status"] == 409);
    assert_eq!(conflicts.count(), 0);
}

#[tokio::test]
async fn a_list_that_repeats_itself_costs_no_reply() {
    let world = World::new().await;
    let lists = ["repeat_item", "cursor_at_end", "same_cursor"];
    for fault in lists {
        world
            .faults(json!([{ "method": "GET", "path": "/v1/comments", "fault": fault }]))
            .await;
        let mut bot = world.start();
        let comments = world.ask(4).await;
        world
            .until(&mut bot, "each has an answer", async || {
                world.faults(json!([])).await;
                let answered = !world.replies(&comments).await.contains(&0);
                world
                    .faults(json!([{ "method": "GET", "path": "/v1/comments", "fault": fault }]))
                    .await;
                answered
            })
            .await;
        world.until_asked(&mut bot, "/v1/comments", 4).await;
        world.faults(json!([])).await;
        assert_eq!(world.replies(&comments).await, [1; 4], "{fault}");
        bot.kill();
    }
    let entries = crate::child::journal(&world.sandbox, 0).await;
    let deleted = entries
        .iter()
        .filter(|entry| entry["who"] == "bot" && entry["method"] == "DELETE");
    assert_eq!(deleted.count(), 0, "none of its own replies was deleted");
}
