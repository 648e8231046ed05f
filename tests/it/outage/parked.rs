//! Replies that Notion did not take for so long that they were given up: they are tried again, by themselves and by hand.
use super::World;
use crate::child::comment;
use serde_json::{Value, json};
use std::time::Duration;

async fn all_parked(world: &mut World, count: usize) -> (crate::child::Bot, Vec<String>) {
    world.set("KEYMINDER_EFFECTS_MAX_SENDS", "2");
    world
        .faults(json!([{ "method": "POST", "path": "/v1/comments", "fault": "status", "status": 503 }]))
        .await;
    let mut bot = world.start();
    let comments = world.ask(count).await;
    world
        .until(&mut bot, "all are given up", async || {
            let (json, _) = world.command(&["status", "--json"]);
            let status: Value = serde_json::from_str(&json).unwrap_or_default();
            status["parked"] == count
        })
        .await;
    (bot, comments)
}

#[tokio::test]
async fn given_up_replies_are_sent_when_notion_takes_one_again() {
    let mut world = World::new().await;
    let (mut bot, mut comments) = all_parked(&mut world, 3).await;
    let (text, _) = world.command(&["status"]);
    assert!(text.contains("3 parked"), "{text}");
    world.faults(json!([])).await;
    comments.push(comment(&world.sandbox, &world.page, "Ana Silva", "What is next?").await);
    world.until_answered(&mut bot, &comments).await;
}

#[tokio::test]
async fn given_up_replies_are_sent_by_themselves_in_a_while() {
    let mut world = World::new().await;
    let (mut bot, comments) = all_parked(&mut world, 2).await;
    world.faults(json!([])).await;
    let begun = std::time::Instant::now();
    while world.replies(&comments).await.contains(&0) {
        assert!(
            begun.elapsed() < Duration::from_secs(90),
            "never sent again: {}",
            world.tail()
        );
        assert!(bot.ended().is_none());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(world.replies(&comments).await, vec![1; comments.len()]);
}

#[tokio::test]
async fn a_person_has_a_reply_tried_again() {
    let mut world = World::new().await;
    let (mut bot, comments) = all_parked(&mut world, 2).await;
    world.faults(json!([])).await;
    let (text, code) = world.command(&["audit", "--retry", &comments[0]]);
    assert_eq!(code, Some(0), "{text}");
    world.until_answered(&mut bot, &comments).await;
    let (text, code) = world.command(&["audit", "--retry", &comments[0]]);
    assert_eq!(code, Some(1), "it has its answer: {text}");
}
