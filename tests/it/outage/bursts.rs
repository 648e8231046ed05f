//! Every endpoint fails a quarter of the time, in bursts, while people write, and nothing is restarted: none is lost, none
//! is answered twice.
use super::World;
use crate::child::{self, all, call, comment, replies};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What the bot asks for.
const ENDPOINTS: [(&str, &str); 12] = [
    ("GET", "/v1/pages/*/markdown"),
    ("POST", "/v1/comments"),
    ("GET", "/v1/comments"),
    ("GET", "/v1/comments/*"),
    ("PATCH", "/v1/comments/*"),
    ("DELETE", "/v1/comments/*"),
    ("GET", "/v1/pages/*"),
    ("PATCH", "/v1/pages/*"),
    ("GET", "/v1/blocks/*/children"),
    ("PATCH", "/v1/blocks/*"),
    ("GET", "/v1/data_sources/*"),
    ("GET", "/v1/users*"),
];

/// A burst lasts longer than the tries of one read.
const BURST: Duration = Duration::from_secs(3);

/// How an endpoint may fail. Not among them: answers that are not true (a 404 of what is there).
fn fault(dice: &mut fastrand::Rng, method: &str) -> Value {
    let mut faults = vec![
        json!({ "fault": "status", "status": 500 }),
        json!({ "fault": "status", "status": 502 }),
        json!({ "fault": "status", "status": 503 }),
        json!({ "fault": "status", "status": 504 }),
        json!({ "fault": "status", "status": 529 }),
        json!({ "fault": "status", "status": 429, "retry_after": 1 }),
        json!({ "fault": "html", "status": 502 }),
        json!({ "fault": "reset_before" }),
        json!({ "fault": "reset_after" }),
        json!({ "fault": "truncated" }),
        json!({ "fault": "latency", "delay_ms": 800 }),
    ];
    if method == "GET" {
        faults.push(json!({ "fault": "stale", "delay_ms": 300 }));
    } else {
        faults.push(json!({ "fault": "status", "status": 409 }));
        faults.push(json!({ "fault": "status", "status": 503, "applied": true }));
        faults.push(json!({ "fault": "status", "status": 502, "applied": true }));
    }
    faults.swap_remove(dice.usize(..faults.len()))
}

/// Writes so many comments within `writing` on two pages and one block, on a line that fails; then the line is well.
async fn survives(mut world: World, comments: usize, writing: Duration, patience: Duration) {
    let mut dice = fastrand::Rng::new();
    let body = json!({ "markdown": "# Move\n## Step 1: Pack (5 minutes)\n- [ ] boxes\n" });
    let second = call(&world.sandbox, "POST", "/sandbox/pages", body).await;
    let second = second["id"].as_str().unwrap_or_default().to_owned();
    let blocks = all(&world.sandbox, &format!("/v1/blocks/{second}/children")).await;
    let block = blocks[0]["id"].as_str().unwrap_or_default().to_owned();
    let first = std::mem::take(&mut world.page);
    world.page = format!("{first},{second}");
    let mut bot = world.start();
    world.until_asked(&mut bot, "/v1/comments", 2).await;

    let mut written: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut faults_until = Instant::now();
    let begun = Instant::now();
    for number in 0..comments {
        if faults_until <= Instant::now() {
            let failing = ENDPOINTS.iter().filter(|_| dice.f64() < 0.25).collect::<Vec<_>>();
            let rules: Vec<Value> = failing
                .into_iter()
                .map(|(method, path)| {
                    let mut rule = fault(&mut dice, method);
                    rule["method"] = json!(method);
                    rule["path"] = json!(path);
                    rule
                })
                .collect();
            world.faults(json!(rules)).await;
            faults_until = Instant::now() + (writing / 40).max(BURST);
        }
        let text = [
            "What is next?",
            "Step 1 is done",
            "How long does step 4 take?",
            "Stuck on step 3 - permission error",
        ][number % 4];
        let author = ["Ana Silva", "Bram de Vries"][dice.usize(..2)];
        let place = dice.usize(..3);
        let id = if place == 2 {
            let body = json!({ "block_id": block, "author": author, "text": text });
            let posted = call(&world.sandbox, "POST", "/sandbox/comments", body).await;
            posted["id"].as_str().unwrap_or_default().to_owned()
        } else {
            comment(&world.sandbox, [&first, &second][place], author, text).await
        };
        written
            .entry([&first, &second, &block][place].clone())
            .or_default()
            .push(id);
        assert!(bot.ended().is_none(), "the bot ended: {}", world.tail());
        let due = writing * u32::try_from(number + 1).unwrap_or(1) / u32::try_from(comments).unwrap_or(1);
        tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
    }
    world.faults(json!([])).await;
    let ended = Instant::now();
    loop {
        let mut counts = Vec::new();
        for (parent, comments) in &written {
            counts.extend(replies(&world.sandbox, parent, comments).await);
        }
        let lost = counts.iter().filter(|count| **count == 0).count();
        let doubled = counts.iter().filter(|count| **count > 1).count();
        if lost == 0 && doubled == 0 {
            // Twins come late, if they come.
            tokio::time::sleep(Duration::from_secs(3)).await;
            let entries = child::journal(&world.sandbox, 0).await;
            let healed = entries
                .iter()
                .filter(|entry| entry["who"] == "bot" && entry["method"] == "DELETE");
            assert_eq!(healed.count(), 0, "a reply stood there twice for a moment");
            println!(
                "{comments} comments: 0 lost, 0 doubled; all answered {:?} after the last fault",
                ended.elapsed()
            );
            return;
        }
        assert!(
            ended.elapsed() < patience,
            "{lost} lost, {doubled} doubled of {comments}: {}",
            world.tail()
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn with_short_times() {
    let world = World::new().await;
    survives(world, 80, Duration::from_secs(24), Duration::from_secs(90)).await;
}

/// `cargo test --release --test it outage::bursts::a_quarter_of_an_hour -- --ignored --nocapture`
#[tokio::test]
#[ignore = "takes a quarter of an hour"]
async fn a_quarter_of_an_hour_with_the_usual_times() {
    let mut world = World::new().await;
    world.set("KEYMINDER_EFFECTS_CALL_TIMEOUT", "10s");
    world.set("KEYMINDER_EFFECTS_QUIET", "90s");
    world.set("KEYMINDER_EFFECTS_LEASE", "30s");
    world.set("KEYMINDER_NOTION_REQUESTS_PER_MINUTE", "180");
    world.set("KEYMINDER_POLL_ACTIVE", "5s");
    survives(world, 400, Duration::from_mins(15), Duration::from_mins(10)).await;
}
