//! The sandbox without a socket: one check for each rule that a client could trip over.
use super::*;
use axum::body::Bytes;
use std::sync::atomic::{AtomicU64, Ordering};

/// A sandbox with one page, a clock that stands still, and the token `t`.
struct Bench {
    sandbox: Sandbox,
    now_ms: Arc<AtomicU64>,
    page: String,
}

fn bench_with(rate: Rate) -> Bench {
    let now_ms = Arc::new(AtomicU64::new(1_800_000_000_000));
    let clock = now_ms.clone();
    let sandbox = Sandbox::new(
        Arc::new(move || clock.load(Ordering::Relaxed)),
        11,
        rate,
        &SecretString::from("t"),
    );
    let page = sandbox
        .add_page("# ACT_1: T\n\n## Step 1: go (5 minutes)\n- [ ] box\n")
        .unwrap()
        .to_string();
    Bench { sandbox, now_ms, page }
}

fn bench() -> Bench {
    bench_with(Rate::off())
}

impl Bench {
    fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        self.sandbox.handle(&Request {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            authorization: Some("Bearer t".into()),
            version: Some("2026-03-11".into()),
            body: if body.is_null() {
                Bytes::new()
            } else {
                body.to_string().into()
            },
        })
    }

    #[track_caller]
    fn ok(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.send(method, path, body);
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    #[track_caller]
    fn refused(&self, method: &str, path: &str, body: &Value, expected: &str) -> Value {
        let answer = self.send(method, path, body);
        let value: Value = serde_json::from_str(&answer.body).unwrap();
        let got = format!("{} {}", answer.status, value["code"].as_str().unwrap_or_default());
        assert_eq!(got, expected, "{method} {path}: {}", answer.body);
        value
    }

    #[track_caller]
    fn says(&self, target: &str, author: &str, text: &str) -> Value {
        let key = if target.contains("-001c") {
            "discussion_id"
        } else if target == self.page {
            "page_id"
        } else {
            "block_id"
        };
        self.ok(
            "POST",
            "/sandbox/comments",
            &json!({ key: target, "author": author, "text": text }),
        )
    }

    #[track_caller]
    fn listed(&self, target: &str) -> Vec<String> {
        let list = self.ok("GET", &format!("/v1/comments?block_id={target}"), &Value::Null);
        let plain = |comment: &Value| {
            comment["rich_text"][0]["plain_text"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        list["results"].as_array().unwrap().iter().map(plain).collect()
    }

    fn block(&self, kind: &str) -> String {
        let children = self.ok("GET", &format!("/v1/blocks/{}/children", self.page), &Value::Null);
        let found = children["results"]
            .as_array()
            .unwrap()
            .iter()
            .find(|block| block["type"] == kind)
            .unwrap();
        text(found, "id")
    }

    fn faults(&self, rule: &Value) {
        self.ok("PUT", "/sandbox/faults", &json!({ "seed": 1, "rules": [rule] }));
    }

    fn pass(&self, ms: u64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn said(text: &str) -> Value {
    json!([{ "text": { "content": text } }])
}

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
fn the_checks_come_in_order() {
    let it = bench();
    let mut request = Request {
        method: "POST".into(),
        path: "/v1/nothing".into(),
        body: "{".into(),
        ..Request::default()
    };
    let mut next = |change: &dyn Fn(&mut Request)| {
        change(&mut request);
        let answer = it.sandbox.handle(&request);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["request_id"].as_str(), answer.request_id.as_deref());
        format!("{} {}", answer.status, text(&body, "code"))
    };
    assert_eq!(next(&|_| {}), "400 invalid_request_url");
    assert_eq!(
        next(&|request| request.path = "/v1/comments".into()),
        "401 unauthorized"
    );
    assert_eq!(
        next(&|request| request.authorization = Some("Bearer t".into())),
        "400 missing_version"
    );
    assert_eq!(
        next(&|request| request.version = Some("2026-03-11".into())),
        "400 invalid_json"
    );
    it.ok("PUT", "/sandbox/capabilities", &json!({ "insert_comments": false }));
    let target = Id::object(&mut fastrand::Rng::with_seed(1));
    let body = json!({ "parent": { "page_id": target }, "rich_text": said("x") }).to_string();
    assert_eq!(next(&|request| request.body = "{}".into()), "400 validation_error");
    assert_eq!(
        next(&|request| request.body = body.clone().into()),
        "403 restricted_resource"
    );
    it.ok("PUT", "/sandbox/capabilities", &json!({ "insert_comments": true }));
    assert_eq!(next(&|_| {}), "404 object_not_found");
    assert_eq!(
        next(&|request| request.path = "/v1/pages/xyz/markdown".into()),
        "400 invalid_request_url"
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
fn properties_are_checked_against_the_schema() {
    let it = bench();
    let path = format!("/v1/pages/{}", it.page);
    let write = |properties: Value| json!({ "properties": properties });
    let page = it.ok("PATCH", &path, &write(json!({
        "Status": { "status": { "name": "Blocked" } }, "Progress": { "number": 0.4 }, "nXt_": { "date": { "start": "2027-02-18" } },
        "Quiet": { "checkbox": true }, "Priority": { "select": { "name": "Urgent" } },
    })));
    let properties = &page["properties"];
    assert_eq!(properties["Status"]["status"]["name"], "Blocked");
    assert_eq!(properties["Next rotation"]["date"]["start"], "2027-02-18");
    assert_eq!(
        properties["Priority"]["select"]["name"], "Urgent",
        "an unknown option of a select is made"
    );
    for wrong in [
        json!({ "Status": { "status": { "name": "Rotating" } } }),
        json!({ "Status": { "select": { "name": "Done" } } }),
        json!({ "Progress": { "number": "4" } }),
        json!({ "Due date": { "date": { "start": "tomorrow" } } }),
        json!({ "Nothing": { "number": 4 } }),
    ] {
        it.refused("PATCH", &path, &write(wrong), "400 validation_error");
    }
    it.refused("PATCH", &path, &json!({ "archived": true }), "400 validation_error");
    let reset = it.ok("PATCH", &path, &write(json!({ "Status": { "status": null } })));
    assert_eq!(reset["properties"]["Status"]["status"]["name"], "Not started");
    it.ok("PUT", "/sandbox/status-options", &json!({ "options": [
        { "name": "Open", "group": "To-do" }, { "name": "Busy", "group": "In progress" }, { "name": "Done", "group": "Complete" }
    ] }));
    let page = it.ok("GET", &path, &Value::Null);
    assert_eq!(page["properties"]["Status"]["status"]["name"], "Open");
    it.refused(
        "PATCH",
        &path,
        &write(json!({ "Status": { "status": { "name": "Blocked" } } })),
        "400 validation_error",
    );
}

#[test]
fn rows_are_filtered_and_sorted() {
    let it = bench();
    let other = it.ok(
        "POST",
        "/sandbox/pages",
        &json!({ "markdown": "---\nPriority: Low\n---\n# ACT_2: U" }),
    );
    let path = format!("/sandbox/pages/{}/properties", text(&other, "id"));
    it.ok(
        "POST",
        &path,
        &json!({ "Status": "In Progress", "Progress": 0.5, "Due date": "2027-01-20" }),
    );
    it.ok(
        "POST",
        "/sandbox/pages",
        &json!({ "markdown": "# ACT_3: outside", "database": false }),
    );
    let source = text(&other["parent"], "data_source_id");
    let names = |body: Value| {
        let list = it.ok("POST", &format!("/v1/data_sources/{source}/query"), &body);
        let name = |page: &Value| text(&page["properties"]["Name"]["title"][0], "plain_text");
        list["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let by = |filter: Value| names(json!({ "filter": filter }));
    assert_eq!(by(Value::Null), "ACT_1: T, ACT_2: U");
    assert_eq!(
        by(json!({ "property": "Status", "status": { "equals": ["In Progress", "Blocked"] } })),
        "ACT_2: U"
    );
    assert_eq!(
        by(json!({ "property": "Name", "title": { "starts_with": "act_1" } })),
        "ACT_1: T"
    );
    assert_eq!(
        by(json!({ "property": "Progress", "number": { "greater_than": 0.4 } })),
        "ACT_2: U"
    );
    assert_eq!(
        by(json!({ "property": "Due date", "date": { "next_week": {} } })),
        "ACT_2: U"
    );
    assert_eq!(
        by(json!({ "property": "Due date", "date": { "on_or_before": "2027-01-19" } })),
        ""
    );
    let done = json!({ "property": "Status", "status": { "equals": "Done" } });
    let low = json!({ "property": "Priority", "select": { "equals": "Low" } });
    assert_eq!(by(json!({ "or": [done, low] })), "ACT_2: U");
    assert_eq!(by(json!({ "and": [done, low] })), "");
    let sorts = json!([{ "property": "Name", "direction": "descending" }]);
    assert_eq!(names(json!({ "sorts": sorts, "page_size": 1 })), "ACT_2: U");
    let wrong = json!({ "filter": { "property": "Status", "select": { "equals": "Done" } } });
    it.refused(
        "POST",
        &format!("/v1/data_sources/{source}/query"),
        &wrong,
        "400 validation_error",
    );
}

#[test]
fn boxes_are_ticked_and_blocks_keep_their_type() {
    let it = bench();
    let path = format!("/v1/blocks/{}", it.block("to_do"));
    assert_eq!(
        it.ok("PATCH", &path, &json!({ "to_do": { "checked": true } }))["to_do"]["checked"],
        true
    );
    it.refused(
        "PATCH",
        &path,
        &json!({ "paragraph": { "rich_text": [] } }),
        "400 validation_error",
    );
    it.refused(
        "PATCH",
        &path,
        &json!({ "to_do": { "checked": "yes" } }),
        "400 validation_error",
    );
    let children = json!({ "children": [{ "type": "paragraph", "paragraph": { "rich_text": said("log") } }],
        "position": { "type": "start" } });
    let added = it.ok("PATCH", &format!("/v1/blocks/{}/children", it.page), &children);
    let all = it.ok("GET", &format!("/v1/blocks/{}/children", it.page), &Value::Null);
    assert_eq!(all["results"][0]["id"], added["results"][0]["id"]);
    assert_eq!(it.ok("DELETE", &path, &Value::Null)["in_trash"], true);
    it.refused(
        "PATCH",
        &path,
        &json!({ "to_do": { "checked": false } }),
        "400 validation_error",
    );
}

#[test]
fn the_rate_is_kept_and_says_when() {
    let it = bench_with(Rate::new(2, 60_000));
    it.ok("GET", "/v1/users/me", &Value::Null);
    it.pass(15_000);
    it.ok("GET", "/v1/users/me", &Value::Null);
    let refusal = it.refused("GET", "/v1/users/me", &Value::Null, "429 rate_limited");
    assert_eq!(refusal["additional_data"]["retry_after"], "45");
    assert_eq!(
        refusal["additional_data"]["rate_limit_reason"],
        "public_api_request_rate_limit"
    );
    assert_eq!(
        it.send("GET", "/v1/users/me", &Value::Null).retry_after.as_deref(),
        Some("45")
    );
    it.pass(45_000);
    it.ok("GET", "/v1/users/me", &Value::Null);
}

#[test]
fn faults_strike_before_after_and_late() {
    let it = bench();
    let write = json!({ "parent": { "page_id": it.page }, "rich_text": said("x") });
    it.faults(&json!({ "method": "POST", "path": "/v1/comments", "fault": "reset_before", "count": 1 }));
    assert_eq!(it.send("POST", "/v1/comments", &write).fate, Fate::Reset);
    assert_eq!(it.listed(&it.page).len(), 0);
    it.faults(&json!({ "method": "POST", "fault": "reset_after", "count": 1 }));
    assert_eq!(it.send("POST", "/v1/comments", &write).fate, Fate::Reset);
    assert_eq!(it.listed(&it.page).len(), 1);
    it.faults(&json!({ "method": "POST", "fault": "status", "status": 503, "applied": true, "count": 1 }));
    it.refused("POST", "/v1/comments", &write, "503 service_unavailable");
    assert_eq!(it.listed(&it.page).len(), 2);
    it.faults(&json!({ "method": "POST", "fault": "late", "delay_ms": 5000, "status": 504 }));
    it.refused("POST", "/v1/comments", &write, "504 gateway_timeout");
    assert_eq!(it.listed(&it.page).len(), 2);
    it.pass(5000);
    assert_eq!(it.listed(&it.page).len(), 3, "the write lands when its time has come");
    it.pass(2001);
    it.faults(&json!({ "fault": "stale", "delay_ms": 2000 }));
    it.says(&it.page, "Ana Silva", "new");
    assert_eq!(it.listed(&it.page).len(), 3, "a stale list misses the newest");
    it.pass(2001);
    assert_eq!(it.listed(&it.page).len(), 4);
}

#[test]
fn faults_spoil_answers() {
    let it = bench();
    it.faults(&json!({ "fault": "status", "status": 429, "retry_after": 75, "reason": "public_api_request_blocked" }));
    let refusal = it.refused("GET", "/v1/users/me", &Value::Null, "429 rate_limited");
    assert_eq!(
        refusal["additional_data"]["rate_limit_reason"],
        "public_api_request_blocked"
    );
    it.faults(&json!({ "fault": "html" }));
    let page = it.send("GET", "/v1/users/me", &Value::Null);
    assert_eq!(
        (page.status, page.content_type, page.request_id),
        (502, wire::HTML, None)
    );
    for (fault, fate) in [("truncated", Fate::Truncated), ("slow", Fate::Slow(1000))] {
        it.faults(&json!({ "fault": fault }));
        assert_eq!(it.send("GET", "/v1/users/me", &Value::Null).fate, fate);
    }
    it.faults(&json!({ "fault": "latency", "delay_ms": 30 }));
    assert_eq!(it.send("GET", "/v1/users/me", &Value::Null).delay_ms, 30);
    it.ok("PUT", "/sandbox/faults", &json!({ "rules": [] }));
    it.ok("GET", "/v1/users/me", &Value::Null);
    it.refused(
        "PUT",
        "/sandbox/faults",
        &json!({ "rules": [{ "fault": "flood" }] }),
        "400 validation_error",
    );
}

#[test]
fn unshared_pages_and_revoked_tokens() {
    let it = bench();
    let (page, todo) = (it.page.clone(), it.block("to_do"));
    it.ok(
        "PUT",
        &format!("/sandbox/pages/{page}/shared"),
        &json!({ "shared": false }),
    );
    for path in [
        format!("/v1/pages/{page}"),
        format!("/v1/blocks/{todo}"),
        format!("/v1/comments?block_id={page}"),
    ] {
        let refusal = it.refused("GET", &path, &Value::Null, "404 object_not_found");
        assert!(refusal["additional_data"]["integration_id"].is_string());
    }
    let made = it.ok("POST", "/sandbox/tokens", &Value::Null);
    it.ok("DELETE", "/sandbox/tokens", &json!({ "token": "t" }));
    it.refused("GET", "/v1/users/me", &Value::Null, "401 unauthorized");
    it.ok("POST", "/sandbox/tokens", &json!({ "token": "t" }));
    it.ok("GET", "/v1/users/me", &Value::Null);
    assert!(text(&made, "token").starts_with("ntn_"));
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

#[test]
fn the_journal_says_what_changed_and_no_text() {
    let it = bench();
    it.says(&it.page, "Ana Silva", "a secret word");
    it.ok("GET", "/v1/users/me", &Value::Null);
    let journal = it.ok("GET", "/sandbox/journal", &Value::Null);
    let entries = journal.as_array().unwrap();
    assert_eq!(
        (&entries[0]["who"], &entries[0]["change"]["event"]),
        (&json!("Ana Silva"), &json!("comment.created"))
    );
    assert_eq!(
        (&entries[1]["who"], &entries[1]["change"], &entries[1]["n"]),
        (&json!("bot"), &Value::Null, &json!(2))
    );
    assert!(!journal.to_string().contains("secret"));
    assert_eq!(
        it.ok("GET", "/sandbox/journal?after=1", &Value::Null)
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(it.ok("GET", "/sandbox/journal?after=9", &Value::Null), json!([]));
}

#[test]
fn webhooks_are_signed_lost_and_doubled() {
    let it = bench();
    let url = "http://127.0.0.1:1/hook";
    let answer = it.ok("PUT", "/sandbox/webhooks", &json!({ "url": url, "double": 1.0 }));
    let key = text(&answer, "verification_token");
    let handshake = it.sandbox.take_deliveries();
    assert_eq!(handshake[0].body, json!({ "verification_token": key }));
    let comment = it.says(&it.page, "Ana Silva", "hello");
    let sent = it.sandbox.take_deliveries();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].body["id"], sent[1].body["id"]);
    assert_eq!(
        (&sent[0].body["type"], &sent[0].body["entity"]["id"]),
        (&json!("comment.created"), &comment["id"])
    );
    let (body, header) = sent[0].attempt(3);
    assert_eq!(header, signature(&key, body.as_bytes()));
    assert!(body.contains("\"attempt_number\":3"));
    it.ok("PUT", "/sandbox/webhooks", &json!({ "url": url, "lose": 1.0 }));
    it.says(&it.page, "Ana Silva", "hello again");
    assert_eq!(it.sandbox.take_deliveries().len(), 1, "the handshake alone");
}

#[test]
fn a_person_sees_the_page() {
    let it = bench();
    it.says(&it.page, "Ana Silva", "<b>hello</b>");
    let root = it.send("GET", "/", &Value::Null);
    assert!(root.body.contains("ACT_1: T"), "{}", root.body);
    let page = it.send("GET", &format!("/p/ACT-1-{}", it.page.replace('-', "")), &Value::Null);
    assert_eq!((page.status, page.content_type), (200, wire::HTML));
    assert!(
        page.body.contains("&lt;b&gt;hello") && page.body.contains("Step 1: go"),
        "{}",
        page.body
    );
    assert_eq!(it.send("GET", "/p/none", &Value::Null).status, 404);
}

#[test]
fn a_world_survives_as_json() {
    let it = bench();
    let heading = it.block("heading_2");
    it.says(&it.page, "Ana Silva", "one");
    it.says(&heading, "Ana Silva", "two");
    let world = it.sandbox.changed_world().unwrap();
    assert!(it.sandbox.changed_world().is_none(), "nothing changed since");
    let mut again = bench();
    let state = State::with_world(
        serde_json::from_slice(&world).unwrap(),
        fastrand::Rng::new(),
        0,
        Rate::off(),
    );
    again.sandbox = Sandbox::of(again.sandbox.clock.clone(), state, &SecretString::from("t"));
    again.page.clone_from(&it.page);
    assert_eq!(
        (again.listed(&it.page), again.listed(&heading)),
        (vec!["one".to_owned()], vec!["two".to_owned()])
    );
    again.says(&it.page, "Ana Silva", "three");
    assert_eq!(again.listed(&it.page), ["one", "three"]);
}
