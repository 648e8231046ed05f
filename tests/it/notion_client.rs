//! What the client makes of a Notion that misbehaves: our client against the sandbox in one process, its clock being
//! the test's, so that minutes of waiting take no time.
mod world;

use keyminder::domain::ids::{BlockId, PageId};
use keyminder::notion::{Block, Client, Kind, PropertyValue, RawComment, Target, Unread, WriteError};
use keyminder_sandbox::Rate;
use notion_client_free::TextRun;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use world::World;

async fn post(client: &Client, page: &PageId) -> Result<RawComment, WriteError> {
    client
        .create_comment(Target::Page(page.clone()), &[TextRun::plain("hello")])
        .await
}

/// So many comments by so many writers at once, while somebody reads all the time.
async fn flood(world: &Arc<World>, client: &Client, comments: usize, writers: usize) {
    let mut tasks = JoinSet::new();
    for writer in 0..writers {
        let (client, page) = (client.clone(), world.page.clone());
        let mine = comments / writers + usize::from(writer < comments % writers);
        tasks.spawn(async move {
            for _ in 0..mine {
                assert!(post(&client, &page).await.is_ok());
            }
        });
    }
    let reading = async {
        loop {
            client.page(&world.page).await.expect("the page");
        }
    };
    tokio::select! {
        _ = tasks.join_all() => {}
        () = reading => {}
    }
}

#[tokio::test(start_paused = true)]
async fn sixty_replies_at_three_a_second_and_no_refusal() {
    let world = World::new("bucket:3/1s".parse().unwrap());
    let client = world.client(180);
    let start = Instant::now();
    flood(&world, &client, 60, 4).await;
    let took = start.elapsed();
    assert!((19.0..21.5).contains(&took.as_secs_f64()), "{took:?}");
    assert_eq!(world.answers(429), 0);
    let reads = world.asked("/v1/pages");
    assert!((1..=4).contains(&reads), "{reads} reads beside 60 writes");
}

#[tokio::test(start_paused = true)]
async fn a_smaller_limit_than_ours_is_learned() {
    let world = World::new("bucket:1/1s".parse().unwrap());
    let client = world.client(180);
    let mut refused = Vec::new();
    let (mut posted, start) = (0, Instant::now());
    while posted < 60 {
        match post(&client, &world.page).await {
            Ok(_) => posted += 1,
            Err(error) => {
                assert!(matches!(error, WriteError::NotDone { .. }), "{error}");
                refused.push(posted);
            }
        }
    }
    let took = start.elapsed().as_secs();
    assert!((60..100).contains(&took), "{took} s for 60 at one a second");
    assert!(
        refused.len() < 30,
        "one refusal teaches more than one request: {refused:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_silence_one_request_goes_first() {
    let world = World::new(Rate::off());
    let client = world.client(0);
    world.faults(&json!([{ "fault": "status", "status": 429, "retry_after": 5, "count": 66 }]));
    let mut tasks = JoinSet::new();
    for _ in 0..64 {
        let (client, page) = (client.clone(), world.page.clone());
        tasks.spawn(async move { client.page(&page).await.is_ok() });
    }
    let start = Instant::now();
    assert!(tasks.join_all().await.into_iter().all(|read| read));
    assert_eq!(start.elapsed().as_secs(), 15);
    // The 64 that were on their way, and two trials; the third one opens the way for all.
    assert_eq!((world.answers(429), world.answers(200)), (66, 64));
}

#[tokio::test(start_paused = true)]
async fn a_senseless_retry_after_silences_for_ten_minutes_and_no_longer() {
    let world = World::new(Rate::off());
    let client = world.client(180);
    let senseless = [json!(999_999), json!("Fri, 20 Nov 2099 09:14:30 GMT")];
    for retry_after in senseless {
        world.faults(&json!([{ "fault": "status", "status": 429, "retry_after": retry_after, "count": 1 }]));
        let refused = post(&client, &world.page).await.expect_err("a refusal");
        let WriteError::NotDone { error } = refused else {
            panic!("{refused}")
        };
        let Kind::Later { after } = error.kind else {
            panic!("{error}")
        };
        assert!(after <= Duration::from_mins(10), "{after:?} for {retry_after}");
        assert_eq!(client.budget().blocked_for, Some(after));
        assert!(matches!(
            client.page(&world.page).await.expect_err("silence").kind,
            Kind::Later { .. }
        ));
        tokio::time::sleep(after).await;
        assert!(client.page(&world.page).await.is_ok());
        assert_eq!(client.budget().blocked_for, None);
    }
}

#[tokio::test(start_paused = true)]
async fn lists_that_repeat_are_read_once() {
    let world = World::new(Rate::off());
    let client = world.client(0);
    let texts = ["one", "two", "three"];
    for text in texts {
        world.says(text);
    }
    for (fault, complete, requests) in [
        ("repeat_item", true, 1),
        ("cursor_at_end", true, 1),
        ("same_cursor", false, 2),
    ] {
        world.faults(&json!([{ "method": "GET", "fault": fault }]));
        world.met().clear();
        let listing = client.comments(world.page.as_str()).await.expect("the comments");
        assert_eq!((listing.comments.len(), listing.complete), (3, complete), "{fault}");
        assert_eq!(world.asked("/v1/comments"), requests, "{fault}");
        let blocks = client.blocks(world.page.as_str(), 0).await.expect("the blocks");
        assert_eq!(blocks.found.len(), 4, "{fault}");
        assert_eq!(
            blocks.unread.is_empty(),
            complete,
            "{fault}: what may be missing is named"
        );
        let users = client.users().await.expect("the members").len();
        let rows = client.search("ACT_1").await.expect("pages").len();
        assert_eq!((users, rows), (4, 1), "{fault}");
    }
}

async fn read_blocks(client: &Client, page: &PageId) -> (Vec<Block>, Vec<Unread>) {
    let blocks = client.blocks(page.as_str(), 3).await.expect("the page's own level");
    (blocks.found, blocks.unread)
}

#[tokio::test(start_paused = true)]
async fn a_nested_block_that_cannot_be_read_is_left_out_and_named() {
    let world = World::new(Rate::off());
    let client = world.client(0);
    let (whole, unread) = read_blocks(&client, &world.page).await;
    assert_eq!((whole.len(), unread.len()), (7, 0));
    let parents: Vec<&BlockId> = whole
        .iter()
        .filter(|block| block.has_children)
        .map(|block| &block.id)
        .collect();
    let children = |parent: &BlockId| format!("/v1/blocks/{parent}/children");
    let table = [
        (json!({ "fault": "status", "status": 400 }), false),
        (json!({ "fault": "status", "status": 403 }), false),
        (json!({ "fault": "status", "status": 404 }), false),
        (json!({ "fault": "status", "status": 409 }), true),
        (json!({ "fault": "status", "status": 500 }), true),
        (json!({ "fault": "html" }), true),
    ];
    for (mut rule, passing) in table {
        rule["path"] = json!(children(parents[1]));
        world.faults(&json!([rule]));
        let (found, unread) = read_blocks(&client, &world.page).await;
        assert_eq!(found.len(), 6, "{rule}: all but what is in the second point");
        assert_eq!((unread.len(), &unread[0].block), (1, parents[1]), "{rule}");
        assert_eq!(unread[0].is_passing(), passing, "{rule}");
    }
    for status in [400, 500] {
        world.faults(&json!([{ "fault": "status", "status": status, "path": children(&BlockId::from_wire(world.page.as_str())) }]));
        assert!(
            client.blocks(world.page.as_str(), 3).await.is_err(),
            "{status}: without its first level there is no page"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn many_broken_blocks_cost_little_and_a_refused_token_ends_the_walk() {
    let world = World::new(Rate::off());
    let client = world.client(0);
    let (whole, _) = read_blocks(&client, &world.page).await;
    let parents: Vec<String> = whole
        .iter()
        .filter(|block| block.has_children)
        .map(|block| format!("/v1/blocks/{}/children", block.id))
        .collect();
    let rules = |status: u16| {
        let rule = |path: &String| json!({ "fault": "status", "status": status, "retry_after": 300, "path": path });
        json!(parents.iter().map(rule).collect::<Vec<_>>())
    };
    world.faults(&rules(503));
    world.met().clear();
    let start = Instant::now();
    let (found, unread) = read_blocks(&client, &world.page).await;
    assert_eq!((found.len(), unread.len()), (4, 3));
    let tries: Vec<usize> = parents.iter().map(|path| world.asked(path)).collect();
    assert_eq!(tries, [4, 1, 1], "the first one shows that trying again is in vain");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    for (status, kind) in [
        (401, Kind::Unauthorized),
        (
            429,
            Kind::Later {
                after: Duration::from_mins(5),
            },
        ),
    ] {
        world.faults(&rules(status));
        world.met().clear();
        let ended = client
            .blocks(world.page.as_str(), 3)
            .await
            .expect_err("an end of the walk");
        assert_eq!(ended.kind, kind);
        assert_eq!(world.met().len(), 2, "{status}: nothing more is asked");
    }
}

#[tokio::test(start_paused = true)]
async fn what_each_answer_to_a_post_proves() {
    let table = [
        (json!({ "fault": "status", "status": 400 }), "not done"),
        (json!({ "fault": "status", "status": 409 }), "not done"),
        (json!({ "fault": "status", "status": 429 }), "not done"),
        (json!({ "fault": "status", "status": 529 }), "not done"),
        (json!({ "fault": "status", "status": 500 }), "ended"),
        (json!({ "fault": "status", "status": 500, "applied": true }), "ended"),
        (json!({ "fault": "html", "status": 500 }), "open"),
        (json!({ "fault": "html" }), "open"),
        (json!({ "fault": "status", "status": 502 }), "open"),
        (json!({ "fault": "status", "status": 503 }), "open"),
        (json!({ "fault": "status", "status": 504, "applied": true }), "open"),
    ];
    for (mut rule, expected) in table {
        let world = World::new(Rate::off());
        rule["method"] = json!("POST");
        world.faults(&json!([rule]));
        let ended = post(&world.client(0), &world.page).await.expect_err("no success");
        let proves = match ended {
            WriteError::NotDone { .. } => "not done",
            WriteError::Unknown { answered: true, .. } => "ended",
            WriteError::Unknown { answered: false, .. } => "open",
        };
        assert_eq!(proves, expected, "{rule}");
        assert_eq!(world.asked("/v1/comments"), 1, "{rule}: no POST is repeated");
    }
}

#[tokio::test(start_paused = true)]
async fn writes_that_meet_on_a_page_are_refused_for_certain_and_come_through() {
    let world = World::new(Rate::off());
    let client = world.client(0);
    world.faults(&json!([{ "fault": "conflict", "delay_ms": 300 }]));
    let blocked = [("Status".to_owned(), PropertyValue::Status("Blocked".to_owned()))];
    let (first, second, set) = tokio::join!(
        post(&client, &world.page),
        post(&client, &world.page),
        client.update_properties(&world.page, &blocked)
    );
    assert!(first.is_ok());
    let Some(WriteError::NotDone { error }) = second.err() else {
        panic!("a certain refusal")
    };
    let Kind::Later { after } = error.kind else {
        panic!("{error}")
    };
    assert!(
        (500..=1500).contains(&after.as_millis()),
        "about a second, never the same: {after:?}"
    );
    assert!(set.is_ok(), "a write that may be repeated is repeated");
    world.faults(&json!([]));
    let listing = client.comments(world.page.as_str()).await.expect("the comments");
    assert_eq!(listing.comments.len(), 1, "a refused write is not applied");
}
