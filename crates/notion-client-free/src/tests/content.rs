//! What is read out of answers, known parts and unknown ones.
use super::*;
use crate::ids::{BlockId, PageId, PersonId};

async fn one_comment(body: Json) -> RawComment {
    let (client, _) = Script::client([ok(&body)]);
    client
        .comment(&crate::ids::CommentId::from_wire(COMMENT))
        .await
        .ok()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_comment_in_full() {
    let read = one_comment(comment(
        &COMMENT.replace('-', "").to_uppercase(),
        ANA,
        &json!([text("hello")]),
    ))
    .await;
    assert_eq!(
        (read.id.as_str(), read.discussion.as_str(), read.author.as_str()),
        (COMMENT, THREAD, ANA)
    );
    assert_eq!(read.parent, CommentParent::Page);
    assert_eq!(read.created_time.to_rfc3339(), "2026-11-20T09:14:00+00:00");
    let name = DisplayName {
        kind: NameKind::User,
        name: Some(UserText::plain("Mara Lind")),
    };
    assert_eq!(read.display_name, name);
}

#[tokio::test(start_paused = true)]
async fn a_comment_of_a_form_to_come() {
    let mut body = comment(
        COMMENT,
        ANA,
        &json!([{"type": "hologram", "hologram": {}, "plain_text": null}]),
    );
    body["parent"] = json!({"type": "property_id", "property_id": "x"});
    body["display_name"] = json!({"type": "spirit", "resolved_name": null});
    body["created_time"] = json!("yesterday");
    let read = one_comment(body).await;
    assert_eq!(
        (read.parent, read.display_name),
        (CommentParent::Page, DisplayName::default())
    );
    for (kind, expected) in [
        ("connection", NameKind::Integration),
        ("integration", NameKind::Integration),
    ] {
        let mut body = comment(COMMENT, ANA, &json!([]));
        body["display_name"] = json!({ "type": kind });
        body["parent"] = json!({"type": "block_id", "block_id": PAGE});
        let read = one_comment(body).await;
        assert_eq!(read.display_name.kind, expected);
        assert_eq!(read.parent, CommentParent::Block(BlockId::from_wire(PAGE)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_item_is_read_by_itself() {
    let items = json!([text("Backup verified."), text(" · k7p2-93qd")]);
    let read = one_comment(comment(COMMENT, BOT, &items)).await;
    assert_eq!(read.rich_text.last_item(), Some(" · k7p2-93qd"));
    assert_eq!(read.text().expose(), "Backup verified. · k7p2-93qd");
    assert!(!format!("{read:?}").contains("Backup"), "{read:?}");
    let empty = one_comment(comment(COMMENT, BOT, &json!([]))).await;
    assert_eq!(empty.rich_text.last_item(), None);
}

#[tokio::test(start_paused = true)]
async fn mentions_name_whom_they_notify() {
    let mention = json!({"type": "mention", "plain_text": "@Done", "mention": {"type": "user", "user": {"id": ANA}}});
    let read = one_comment(comment(COMMENT, ANA, &json!([mention, text(" please look")]))).await;
    assert_eq!(read.rich_text.people(), [PersonId::from_wire(ANA)]);
}

#[tokio::test(start_paused = true)]
async fn a_page_in_full() {
    let body = json!({
        "object": "page", "id": PAGE, "in_trash": false, "is_locked": true, "is_archived": false,
        "last_edited_time": "2026-11-20T09:14:00.000Z", "url": "https://app.notion.com/p/x",
        "parent": {"type": "data_source_id", "data_source_id": "2b60d1e2-90ab-80cd-8f12-000b77665544"},
        "properties": {
            "Name": {"id": "title", "type": "title", "title": [text("ACT_011_SEC")]},
            "Status": {"id": "s%3Aab", "type": "status", "status": {"id": "1", "name": "In progress", "color": "blue"}},
            "Empty": {"id": "e", "type": "select", "select": null},
            "Priority": {"id": "pr_1", "type": "select", "select": {"name": "High"}},
            "Next": {"id": "U%60%3BC", "type": "date", "date": {"start": "2027-02-18", "end": null}},
            "Progress": {"id": "pg_3", "type": "number", "number": 0.4},
            "Verified": {"id": "vf_4", "type": "checkbox", "checkbox": true},
            "Mood": {"id": "m", "type": "hologram", "hologram": [1, 2]},
        },
    });
    let (client, _) = Script::client([ok(&body)]);
    let page = client.page(&PageId::from_wire(PAGE)).await.ok().unwrap();
    assert_eq!((page.in_trash, page.is_locked), (false, true));
    let written = page.written.expose_unseen().join(" ");
    assert!(
        ["Mood", "Priority", "High", "2027-02-18"]
            .iter()
            .all(|text| written.contains(text)),
        "{written}"
    );
    assert_eq!(
        page.data_source.as_deref(),
        Some("2b60d1e2-90ab-80cd-8f12-000b77665544")
    );
    let expected = [
        ("Empty", "e", Value::Select(None)),
        ("Mood", "m", Value::Other),
        ("Name", "title", Value::Title),
        ("Next", "U%60%3BC", Value::Date(Some("2027-02-18".to_owned()))),
        ("Priority", "pr_1", Value::Select(Some(UserText::plain("High")))),
        ("Progress", "pg_3", Value::Number(Some(0.4))),
        ("Status", "s%3Aab", Value::Status(Some(UserText::plain("In progress")))),
        ("Verified", "vf_4", Value::Checkbox(true)),
    ];
    assert_eq!(page.properties.len(), expected.len());
    for (name, id, value) in expected {
        let property = page.properties.get(name).unwrap();
        assert_eq!((property.id.as_str(), &property.value), (id, &value), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_in_the_trash_by_either_name() {
    for (key, expected) in [("in_trash", true), ("archived", true), ("is_archived", false)] {
        let (client, _) = Script::client([ok(&json!({"object": "page", "id": PAGE, key: true}))]);
        assert_eq!(
            client.page(&PageId::from_wire(PAGE)).await.ok().unwrap().in_trash,
            expected,
            "{key}"
        );
    }
}

fn block(id: &str, kind: &str, content: &Json, has_children: bool) -> Json {
    json!({"object": "block", "id": id, "type": kind, "has_children": has_children, kind: content, "in_trash": false})
}

fn blocks(results: &[Json]) -> Result<Response, Failure> {
    ok(&json!({"object": "list", "results": results, "next_cursor": null, "has_more": false}))
}

#[tokio::test(start_paused = true)]
async fn blocks_come_in_reading_order() {
    let words = json!({"rich_text": [text("words")]});
    let (client, script) = Script::client([
        blocks(&[
            block("a", "heading_2", &words, false),
            block("b", "toggle", &words, true),
            block("c", "child_page", &json!({"title": "Another"}), true),
            block("d", "hologram", &json!(7), true),
            block("e", "to_do", &json!({"rich_text": [], "checked": true}), false),
        ]),
        blocks(&[block("b1", "code", &json!({"rich_text": [], "language": "bash"}), true)]),
        blocks(&[block("b", "toggle", &words, true)]),
        refusal(404, "object_not_found", &json!({})),
    ]);
    let read = client.blocks("root", 2).await.ok().unwrap().found;
    let seen: Vec<_> = read
        .iter()
        .map(|block| (block.id.as_str(), block.depth, block.kind.clone()))
        .collect();
    let expected = [
        ("a", 0, BlockKind::Heading(2)),
        ("b", 0, BlockKind::Toggle),
        ("b1", 1, BlockKind::Code),
        ("b", 2, BlockKind::Toggle),
        ("c", 0, BlockKind::Child),
        ("d", 0, BlockKind::Other),
        ("e", 0, BlockKind::ToDo { checked: true }),
    ];
    assert_eq!(seen, expected);
    let parents = script
        .paths()
        .iter()
        .map(|path| path.split('/').nth(3).unwrap().to_owned())
        .collect::<Vec<_>>();
    assert_eq!(
        parents,
        ["root", "b", "b1", "d"],
        "a block is entered once, a child page never"
    );
}

#[tokio::test(start_paused = true)]
async fn an_unsupported_block_is_not_asked_for_what_it_holds() {
    let words = json!({"rich_text": [text("words")]});
    let (client, script) = Script::client([
        blocks(&[
            block("a", "unsupported", &json!({"block_type": "transcription"}), true),
            block("b", "unsupported", &json!({"block_type": "button"}), false),
            block("c", "toggle", &words, true),
        ]),
        blocks(&[block("c1", "paragraph", &words, false)]),
    ]);
    let read = client.blocks("root", 3).await.ok().unwrap();
    let found: Vec<_> = read.found.iter().map(|block| block.id.as_str()).collect();
    assert_eq!(found, ["a", "b", "c", "c1"]);
    let unread: Vec<_> = read
        .unread
        .iter()
        .map(|part| (part.block.as_str(), part.is_passing()))
        .collect();
    assert_eq!(unread, [("a", false)]);
    assert_eq!(script.left(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_data_source_with_its_statuses() {
    let body = json!({"object": "data_source", "id": "ds", "title": [text("Items")], "properties": {
        "Status": {"id": "s%3Aab", "type": "status", "status": {
            "options": [
                {"id": "d1", "name": "Cancelled"}, {"id": "x", "name": "Odd"}, {"id": "n1", "name": "Not started"},
                {"id": "d2", "name": "Shipped"},
            ],
            "groups": [
                {"id": "g1", "name": "To-do", "option_ids": ["n1"]},
                {"id": "g2", "name": "Complete", "option_ids": ["d2", "d1"]},
            ],
        }},
        "Progress": {"id": "p", "type": "number", "number": {"format": "percent"}},
        "Count": {"id": "c", "type": "number", "number": {"format": "number"}},
        "Priority": {"id": "r", "type": "select", "select": {"options": [{"name": "High"}]}},
        "Mood": {"id": "m", "type": "hologram"},
    }});
    let (client, _) = Script::client([ok(&body)]);
    let read = client.data_source("ds").await.ok().unwrap();
    let option = |id: &str, name: &str, group: Option<(usize, &str)>| StatusOption {
        id: id.to_owned(),
        name: UserText::plain(name),
        group: group.map(|(place, name)| StatusGroup {
            name: UserText::plain(name),
            place,
            of: 2,
        }),
    };
    let statuses = Schema::Status(vec![
        option("n1", "Not started", Some((0, "To-do"))),
        option("d2", "Shipped", Some((1, "Complete"))),
        option("d1", "Cancelled", Some((1, "Complete"))),
        option("x", "Odd", None),
    ]);
    assert_eq!(read.properties.get("Status").unwrap().kind, statuses);
    assert_eq!(read.properties.get("Status").unwrap().id, "s%3Aab");
    assert_eq!(
        read.properties.get("Progress").unwrap().kind,
        Schema::Number { percent: true }
    );
    assert_eq!(
        read.properties.get("Count").unwrap().kind,
        Schema::Number { percent: false }
    );
    assert_eq!(
        read.properties.get("Priority").unwrap().kind,
        Schema::Select(vec![UserText::plain("High")])
    );
    assert_eq!(read.properties.get("Mood").unwrap().kind, Schema::Other);
}

#[tokio::test(start_paused = true)]
async fn a_query_gives_each_page_once() {
    let page = |id: &str| json!({"object": "page", "id": id});
    let other = json!({"object": "data_source", "id": "y"});
    let (client, script) = Script::client([
        ok(&json!({"results": [page("a"), other, page("b")], "next_cursor": "1", "has_more": true})),
        ok(&json!({"results": [page("b"), page("c")], "next_cursor": null})),
    ]);
    let read = client.query("ds", json!({"property": "Status"})).await.ok().unwrap();
    assert_eq!(
        read.iter().map(|page| page.id.as_str()).collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    assert_eq!(script.paths(), ["POST /v1/data_sources/ds/query"; 2]);
    assert_eq!(script.body(1)["start_cursor"], "1");
    assert_eq!(script.body(1)["filter"], json!({"property": "Status"}));
}

#[tokio::test(start_paused = true)]
async fn who_we_are() {
    let me = |owner: Json| json!({"object": "user", "id": BOT, "name": "Bot", "type": "bot", "bot": owner});
    let workspace = json!({"owner": {"type": "workspace", "workspace": true}, "workspace_name": "Orion"});
    let cases = [
        (workspace, Owner::Workspace, Some("Orion")),
        (
            json!({"owner": {"type": "user", "user": {"id": ANA}}}),
            Owner::Person,
            None,
        ),
        (json!({}), Owner::Unknown, None),
    ];
    for (bot, owner, workspace) in cases {
        let (client, _) = Script::client([ok(&me(bot))]);
        let read = client.me().await.unwrap();
        assert_eq!(
            (
                read.id.as_str(),
                read.owner,
                read.workspace.as_ref().map(UserText::expose)
            ),
            (BOT, owner, workspace)
        );
    }
    let (client, _) = Script::client([ok(
        &json!({"object": "user", "id": ANA, "type": "person", "person": {}}),
    )]);
    assert_eq!(client.me().await.unwrap_err().kind, Kind::PersonalToken);
}

#[tokio::test(start_paused = true)]
async fn the_members() {
    let users = json!({"results": [
        {"object": "user", "id": ANA, "name": null, "type": "person", "person": {}},
        {"object": "user", "id": BOT, "name": "Other bot", "type": "bot", "bot": {}},
        {"object": "user", "id": PAGE, "type": "agent"},
    ], "next_cursor": null});
    let (client, _) = Script::client([ok(&users)]);
    let read = client.users().await.unwrap();
    assert_eq!(
        read.iter().map(|user| user.kind).collect::<Vec<_>>(),
        [UserKind::Person, UserKind::Bot, UserKind::Other]
    );
}

#[tokio::test(start_paused = true)]
async fn markdown_names_its_threads() {
    let words = format!("# Guide\n<span discussion-urls=\"discussion://{THREAD}\">Step 1</span>");
    let body = json!({"object": "page_markdown", "id": PAGE, "markdown": words, "truncated": true});
    let (client, script) = Script::client([ok(&body)]);
    let read = client.markdown(&PageId::from_wire(PAGE)).await.ok().unwrap();
    assert!(read.truncated);
    assert_eq!(
        read.discussions
            .iter()
            .map(crate::ids::DiscussionId::as_str)
            .collect::<Vec<_>>(),
        [THREAD]
    );
    assert_eq!(script.paths(), [format!("GET /v1/pages/{PAGE}/markdown")]);
}
