//! Comments, their threads, and who may do what.
use super::*;

#[test]
fn a_page_has_one_open_thread_and_blocks_have_their_own() {
    let it = bench();
    let (page, heading) = (it.page.clone(), it.block("heading_2"));
    let first = it.says(&page, "Ana Silva", "one");
    let second = it.ok(
        "POST",
        "/v1/comments",
        &json!({ "parent": { "page_id": page }, "rich_text": said("two") }),
    );
    assert_eq!(first["discussion_id"], second["discussion_id"]);
    let inline = it.says(&heading, "Bram de Vries", "three");
    it.says(&text(&inline, "discussion_id"), "Ana Silva", "four");
    assert_eq!(it.listed(&page), ["one", "two"]);
    assert_eq!(it.listed(&heading), ["three", "four"]);
    assert_eq!(inline["parent"]["block_id"], heading);
    let markdown = text(
        &it.ok("GET", &format!("/v1/pages/{page}/markdown"), &Value::Null),
        "markdown",
    );
    let anchor = format!(
        "## <span discussion-urls=\"discussion://{}\">Step 1",
        text(&inline, "discussion_id")
    );
    assert!(markdown.contains(&anchor), "{markdown}");
}

#[test]
fn resolved_threads_hide_and_come_back() {
    let it = bench();
    let first = it.says(&it.page, "Ana Silva", "one");
    let thread = text(&first, "discussion_id");
    it.ok("POST", &format!("/sandbox/discussions/{thread}/resolve"), &Value::Null);
    assert!(it.listed(&it.page).is_empty());
    it.ok("GET", &format!("/v1/comments/{}", text(&first, "id")), &Value::Null);
    let second = it.says(&it.page, "Ana Silva", "two");
    assert_ne!(
        second["discussion_id"], first["discussion_id"],
        "after resolving, a new discussion begins"
    );
    it.ok("POST", &format!("/sandbox/discussions/{thread}/reopen"), &Value::Null);
    assert_eq!(it.listed(&it.page), ["one", "two"]);
}

#[test]
fn others_comments_are_404_and_own_ones_go() {
    let it = bench();
    let theirs = it.says(&it.page, "Ana Silva", "hers");
    let path = format!("/v1/comments/{}", text(&theirs, "id"));
    it.refused(
        "PATCH",
        &path,
        &json!({ "rich_text": said("x") }),
        "404 object_not_found",
    );
    it.refused("DELETE", &path, &Value::Null, "404 object_not_found");
    let ours = it.ok(
        "POST",
        "/v1/comments",
        &json!({ "discussion_id": theirs["discussion_id"], "rich_text": said("ours") }),
    );
    let path = format!("/v1/comments/{}", text(&ours, "id"));
    it.pass(61_000);
    let edited = it.ok("PATCH", &path, &json!({ "markdown": "**edited**" }));
    assert_eq!(edited["rich_text"][0]["annotations"]["bold"], true);
    assert_ne!(edited["last_edited_time"], edited["created_time"]);
    it.ok("DELETE", &path, &Value::Null);
    it.refused("GET", &path, &Value::Null, "404 object_not_found");
    it.ok(
        "DELETE",
        &format!("/sandbox/comments/{}", text(&theirs, "id")),
        &Value::Null,
    );
    let reply = json!({ "discussion_id": theirs["discussion_id"], "rich_text": said("late") });
    it.refused("POST", "/v1/comments", &reply, "404 object_not_found");
}

#[test]
fn a_comment_has_one_target_and_one_body() {
    let it = bench();
    let page = json!({ "page_id": it.page });
    let long = said(&"🔐".repeat(1001));
    let cases = [
        json!({ "parent": page }),
        json!({ "rich_text": said("x") }),
        json!({ "parent": page, "rich_text": said("x"), "markdown": "x" }),
        json!({ "parent": page, "discussion_id": it.page, "rich_text": said("x") }),
        json!({ "parent": page, "rich_text": long }),
        json!({ "parent": page, "rich_text": vec![json!({ "text": { "content": "x" } }); 101] }),
        json!({ "parent": page, "rich_text": [{ "text": { "content": "x", "link": "null" } }] }),
        json!({ "parent": page, "rich_text": said("x"), "archived": false }),
        json!({ "parent": { "page_id": "xyz" }, "rich_text": said("x") }),
    ];
    for body in cases {
        it.refused("POST", "/v1/comments", &body, "400 validation_error");
    }
    assert!(it.listed(&it.page).is_empty());
}

#[test]
fn lists_are_paged_in_creation_order() {
    let it = bench();
    for n in 0..250 {
        it.says(&it.page, "Ana Silva", &n.to_string());
    }
    let mut cursor = String::new();
    let mut seen = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let list = it.ok(
            "GET",
            &format!("/v1/comments?block_id={}&page_size=100{cursor}", it.page),
            &Value::Null,
        );
        let results = list["results"].as_array().unwrap();
        sizes.push(results.len());
        seen.extend(
            results
                .iter()
                .map(|comment| text(&comment["rich_text"][0], "plain_text")),
        );
        let Some(next) = list["next_cursor"].as_str() else {
            break;
        };
        assert_eq!(list["has_more"], true);
        cursor = format!("&start_cursor={next}");
    }
    assert_eq!(sizes, [100, 100, 50]);
    assert_eq!(seen, (0..250).map(|n| n.to_string()).collect::<Vec<_>>());
    for wrong in ["page_size=0", "page_size=101", "page_size=x", "start_cursor=x"] {
        let path = format!("/v1/comments?block_id={}&{wrong}", it.page);
        it.refused("GET", &path, &Value::Null, "400 validation_error");
    }
    it.refused("GET", "/v1/comments", &Value::Null, "400 validation_error");
    it.ok(
        "GET",
        &format!("/v1/blocks/{}/children?page_size=200", it.page),
        &Value::Null,
    );
}

#[test]
fn capabilities_answer_403_or_less() {
    let it = bench();
    let (page, todo) = (it.page.clone(), it.block("to_do"));
    let refused = [
        ("read_comments", "GET", format!("/v1/comments?block_id={page}")),
        ("insert_comments", "DELETE", format!("/v1/comments/{page}")),
        ("read_content", "GET", format!("/v1/pages/{page}")),
        ("read_content", "GET", format!("/v1/blocks/{page}/children")),
        ("update_content", "PATCH", format!("/v1/pages/{page}")),
        ("update_content", "PATCH", format!("/v1/blocks/{todo}")),
    ];
    for (capability, method, path) in refused {
        it.ok("PUT", "/sandbox/capabilities", &json!({ capability: false }));
        it.refused(method, &path, &json!({}), "403 restricted_resource");
        it.ok("PUT", "/sandbox/capabilities", &json!({ capability: true }));
    }
    it.ok(
        "PUT",
        "/sandbox/capabilities",
        &json!({ "read_comments": false, "user_information": "none" }),
    );
    let made = it.ok(
        "POST",
        "/v1/comments",
        &json!({ "parent": { "page_id": page }, "rich_text": said("x") }),
    );
    assert!(
        made.get("created_by").is_none(),
        "without the right to read, only the partial object comes"
    );
    it.refused("GET", "/v1/users", &Value::Null, "403 restricted_resource");
    it.refused(
        "PUT",
        "/sandbox/capabilities",
        &json!({ "read_minds": true }),
        "400 validation_error",
    );
}

#[test]
fn people_are_known_by_name_and_guests_are_not_listed() {
    let it = bench();
    it.ok("PUT", "/sandbox/people", &json!({ "name": "Carla", "kind": "guest" }));
    let comment = it.says(&it.page, "carla", "hello");
    assert_eq!(
        comment["display_name"],
        json!({ "type": "user", "resolved_name": "Carla" })
    );
    let listed = it.ok("GET", "/v1/users", &Value::Null).to_string();
    assert!(listed.contains("Ana Silva") && !listed.contains("Carla"));
    it.ok(
        "GET",
        &format!("/v1/users/{}", text(&comment["created_by"], "id")),
        &Value::Null,
    );
    it.refused(
        "POST",
        "/sandbox/comments",
        &json!({ "page_id": it.page, "author": "Nobody", "text": "x" }),
        "400 validation_error",
    );
}
