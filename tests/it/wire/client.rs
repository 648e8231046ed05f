//! The other end of the wire: our client against the sandbox, every call once, each with what it must bring.
use super::started;
use crate::child::first_page;
use keyminder::domain::ids::{BlockId, PageId, PersonId};
use keyminder::notion::{BlockKind, Client, Connection, Kind, PropertyValue, Target, UserKind, UserText, Value};
use keyminder_sandbox::Running;
use notion_client_free::{CommentParent, TextRun};
use serde_json::json;
use std::time::Duration;

fn client(running: &Running) -> Client {
    let connection = Connection {
        url: running.url.clone(),
        requests_per_minute: 0,
        call_timeout: Duration::from_secs(5),
        ..Connection::new(running.token.clone())
    };
    Client::new(connection).expect("a client")
}

fn says(text: &str) -> [TextRun<'_>; 1] {
    [TextRun::plain(text)]
}

#[tokio::test]
async fn the_client_knows_who_is_there() {
    let running = started().await;
    let notion = client(&running);
    let me = notion.me().await.expect("ourselves");
    assert_eq!(
        me.id.as_str(),
        running.first_line["bot"]["id"].as_str().unwrap_or_default()
    );
    let users = notion.users().await.expect("the members");
    assert!(
        users
            .iter()
            .any(|user| user.name.as_ref().map(UserText::expose) == Some("Ana Silva") && user.kind == UserKind::Person)
    );
    let person = PersonId::from_wire(running.first_line["people"][0]["id"].as_str().unwrap_or_default());
    assert_eq!(notion.user(&person).await.expect("a person").id, person);
    running.stop().await.expect("an orderly end");
}

#[tokio::test]
async fn the_client_reads_and_writes_a_page() {
    let running = started().await;
    let notion = client(&running);
    let id = PageId::from_wire(&first_page(&running));
    let page = notion.page(&id).await.expect("the page");
    let written = notion
        .update_properties(
            &id,
            &[("Status".to_owned(), PropertyValue::Status("Blocked".to_owned()))],
        )
        .await
        .unwrap_or_else(|error| panic!("{}", error.error()));
    assert!(
        matches!(&written.properties.get("Status").expect("it").value, Value::Status(Some(name)) if name.expose() == "Blocked")
    );
    let source = page.data_source.expect("a page of the database");
    let source = notion.data_source(&source).await.expect("its data source");
    assert!(source.properties.get("Progress").is_some());
    let filter = json!({ "property": "Status", "status": { "equals": "Blocked" } });
    let found = notion.query(&source.id, filter).await.expect("rows");
    assert!(found.iter().any(|row| row.id == id));
    assert!(
        notion
            .search("ACT_011")
            .await
            .expect("a search")
            .iter()
            .any(|found| found.id == id)
    );
    assert!(!notion.markdown(&id).await.expect("its text").truncated);
    running.stop().await.expect("an orderly end");
}

#[tokio::test]
async fn the_client_reads_blocks_and_ticks_a_box() {
    let running = started().await;
    let notion = client(&running);
    let blocks = notion.blocks(&first_page(&running), 4).await.expect("the blocks").found;
    let is_box = |kind: &BlockKind| matches!(kind, BlockKind::ToDo { checked: false });
    let open = blocks.iter().find(|block| is_box(&block.kind)).expect("an open box");
    notion
        .check_to_do(&open.id, true)
        .await
        .unwrap_or_else(|error| panic!("{}", error.error()));
    let ticked = notion.block(&open.id).await.expect("the box");
    assert!(matches!(ticked.kind, BlockKind::ToDo { checked: true }));
    let gone = notion
        .block(&BlockId::from_wire("00000000-0000-4000-8000-000000000000"))
        .await;
    assert!(gone.is_err_and(|error| error.kind == Kind::Gone));
    running.stop().await.expect("an orderly end");
}

#[tokio::test]
async fn the_client_writes_edits_and_deletes_comments() {
    let running = started().await;
    let notion = client(&running);
    let page = PageId::from_wire(&first_page(&running));
    let blocks = notion.blocks(page.as_str(), 1).await.expect("the blocks").found;
    let block = blocks.first().expect("a block").id.clone();
    let on_page = notion.create_comment(Target::Page(page.clone()), &says("one")).await;
    let on_page = on_page.unwrap_or_else(|error| panic!("{}", error.error()));
    let on_block = notion.create_comment(Target::Block(block.clone()), &says("two")).await;
    let on_block = on_block.unwrap_or_else(|error| panic!("{}", error.error()));
    let turn = notion.write_turn().await.expect("a place in the budget");
    let answer = notion
        .post_comment(turn, &Target::Discussion(on_page.discussion.clone()), &says("three"))
        .await;
    let answer = answer.unwrap_or_else(|error| panic!("{}", error.error()));
    assert_eq!(answer.discussion, on_page.discussion);
    let listing = notion.comments(page.as_str()).await.expect("the page's threads");
    assert!(
        listing.complete && listing.comments.len() == 2,
        "a thread on a block is listed there alone"
    );
    let inline = notion.comments(block.as_str()).await.expect("the block's threads");
    assert!(
        inline
            .comments
            .iter()
            .any(|one| one.id == on_block.id && one.parent == CommentParent::Block(block.clone()))
    );
    notion
        .update_comment(&answer.id, &says("four"))
        .await
        .unwrap_or_else(|error| panic!("{}", error.error()));
    notion
        .delete_comment(&answer.id)
        .await
        .unwrap_or_else(|error| panic!("{}", error.error()));
    let gone = notion.comment(&answer.id).await;
    assert!(gone.is_err_and(|error| error.kind == Kind::Gone));
    assert_eq!(notion.comment(&on_page.id).await.expect("the first one").id, on_page.id);
    running.stop().await.expect("an orderly end");
}
