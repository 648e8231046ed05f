//! A store that is new, an older copy, or somebody else's: what stands on the page is not said again.
use super::World;
use crate::child::{self, Bot, call};
use serde_json::{Value, json};
use std::time::Duration;

/// Stops the bot and copies the one file.
async fn stopped(world: &World, bot: &mut Bot) -> Vec<u8> {
    bot.stop().await;
    std::fs::read(world.state()).expect("the store's file")
}

#[tokio::test]
async fn after_a_lost_or_an_older_store_nothing_is_said_again() {
    let world = World::new().await;
    let mut bot = world.start();
    let mut comments = world.ask(3).await;
    world.until_answered(&mut bot, &comments).await;
    let older = stopped(&world, &mut bot).await;
    bot = world.start();
    comments.extend(world.ask(4).await);
    world.until_answered(&mut bot, &comments).await;
    bot.stop().await;
    for lost in [false, true] {
        let posts = child::posts(&world.sandbox).await;
        if lost {
            std::fs::remove_file(world.state()).expect("removed");
        } else {
            std::fs::write(world.state(), &older).expect("put back");
        }
        let mut bot = world.start();
        let new = world.ask(1).await;
        world.until_answered(&mut bot, &new).await;
        comments.extend(new);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let said = child::posts(&world.sandbox).await - posts;
        assert_eq!(
            said,
            1,
            "lost {lost}: only the new comment is answered\n{}",
            world.tail()
        );
        assert_eq!(world.replies(&comments).await, vec![1; comments.len()]);
        assert!(world.log().contains("under our name"), "{}", world.tail());
        bot.stop().await;
    }
}

#[tokio::test]
async fn two_bots_on_one_page_say_so_both() {
    let world = World::new().await;
    let second = child::project("TZ=UTC\n");
    let mut first = world.start();
    let mut other = Bot::start(second.path(), &world.sandbox, &world.page, &world.settings);
    let log = || child::log(second.path());
    let begun = std::time::Instant::now();
    let mut comments = Vec::new();
    while !(world.log().contains("ANOTHER keyminder") && log().contains("ANOTHER keyminder")) {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}\n{}", world.tail(), log());
        comments.extend(world.ask(1).await);
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    world.until_answered(&mut first, &comments[..1]).await;
    world
        .until(&mut first, "status says so", async || {
            world.command(&["status"]).0.contains("ANOTHER keyminder")
        })
        .await;
    other.kill();
}

#[tokio::test]
async fn a_twin_that_was_healed_is_edited_where_it_stands() {
    // Notion says that it failed, and stores the reply much later all the same.
    let world = World::new().await;
    let late = json!([{ "method": "POST", "path": "/v1/comments", "fault": "late", "status": 500, "delay_ms": 2_500, "count": 1 }]);
    world.faults(late).await;
    let mut bot = world.start();
    let asked = child::comment(&world.sandbox, &world.page, "Ana Silva", "How long does step 4 take?").await;
    let comments = [asked.clone()];
    world.until_answered_at_last(&mut bot, &comments).await;
    assert!(
        world.log().contains("stood there twice"),
        "there was a twin: {}",
        world.tail()
    );
    let body = json!({ "author": "Ana Silva", "text": "How long does step 2 take?" });
    call(&world.sandbox, "PATCH", &format!("/sandbox/comments/{asked}"), body).await;
    world
        .until(&mut bot, "the reply is edited", async || {
            let listed = child::all(&world.sandbox, &format!("/v1/comments?block_id={}", world.page)).await;
            listed
                .iter()
                .map(|comment: &Value| child::plain(&comment["rich_text"]))
                .any(|text| text.contains("step 2 is") && text.contains(" · "))
        })
        .await;
    assert_eq!(world.replies(&comments).await, [1]);
    for wrong in ["our reply was deleted", "ANOTHER keyminder"] {
        assert!(!world.log().contains(wrong), "{}", world.tail());
    }
}
