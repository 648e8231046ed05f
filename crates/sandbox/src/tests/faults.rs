//! The order of checks, faults, limits, the journal and webhooks.
use super::*;

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
fn the_rate_is_kept_and_says_when() {
    let it = bench_with("2/60s".parse().unwrap());
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
    assert_eq!(
        it.send("POST", "/v1/comments", &write).transmission,
        Transmission::Reset
    );
    assert_eq!(it.listed(&it.page).len(), 0);
    it.faults(&json!({ "method": "POST", "fault": "reset_after", "count": 1 }));
    assert_eq!(
        it.send("POST", "/v1/comments", &write).transmission,
        Transmission::Reset
    );
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
    for (fault, transmission) in [
        ("truncated", Transmission::Truncated),
        ("slow", Transmission::Slow(1000)),
    ] {
        it.faults(&json!({ "fault": fault }));
        assert_eq!(it.send("GET", "/v1/users/me", &Value::Null).transmission, transmission);
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

/// What a list gives: its ids, its cursor and whether there is more.
fn part(it: &Bench, path: &str) -> (Vec<String>, Value, Value) {
    let list = it.ok("GET", path, &Value::Null);
    let ids = list["results"].as_array().unwrap().iter();
    (
        ids.map(|item| text(item, "id")).collect(),
        list["next_cursor"].clone(),
        list["has_more"].clone(),
    )
}

#[test]
fn lists_repeat() {
    let it = bench();
    let path = format!("/v1/comments?block_id={}", it.page);
    let rule = |fault: &str| it.faults(&json!({ "method": "GET", "path": "/v1/comments", "fault": fault }));
    for fault in ["repeat_item", "cursor_at_end", "same_cursor"] {
        rule(fault);
        assert_eq!(
            part(&it, &path),
            (vec![], Value::Null, json!(false)),
            "an empty list has nothing to repeat"
        );
    }
    let one = text(&it.says(&it.page, "Ana Silva", "one"), "id");
    let two = text(&it.says(&it.page, "Ana Silva", "two"), "id");
    let both = || vec![one.clone(), two.clone()];
    rule("repeat_item");
    let thrice = vec![one.clone(), two.clone(), two.clone()];
    assert_eq!(part(&it, &path), (thrice, Value::Null, json!(false)));
    rule("cursor_at_end");
    assert_eq!(part(&it, &path), (both(), json!(one), json!(false)));
    assert_eq!(
        part(&it, &format!("{path}&page_size=1")),
        (vec![one.clone()], json!(two), json!(true))
    );
    rule("same_cursor");
    for path in [path.clone(), format!("{path}&start_cursor={one}")] {
        assert_eq!(part(&it, &path), (both(), json!(one), json!(true)));
    }
}

#[test]
fn writes_to_one_page_that_meet_are_refused() {
    let it = bench();
    let other = text(
        &it.ok("POST", "/sandbox/pages", &json!({ "markdown": "# Another" })),
        "id",
    );
    let write = |page: &str| json!({ "parent": { "page_id": page }, "rich_text": said("x") });
    it.faults(&json!({ "path": "/v1/*", "fault": "conflict", "delay_ms": 200 }));
    assert_eq!(it.send("POST", "/v1/comments", &write(&it.page)).delay_ms, 200);
    let tick = json!({ "to_do": { "checked": true } });
    let refused = [
        ("POST", "/v1/comments".to_owned(), write(&it.page)),
        ("PATCH", format!("/v1/pages/{}", it.page), json!({ "properties": {} })),
        ("PATCH", format!("/v1/blocks/{}", it.block("to_do")), tick),
    ];
    for (method, path, body) in refused {
        it.refused(method, &path, &body, "409 conflict_error");
    }
    assert_eq!(
        it.listed(&it.page).len(),
        1,
        "a refused write is not applied, a read meets nobody"
    );
    it.ok("POST", "/v1/comments", &write(&other));
    it.pass(200);
    it.ok("POST", "/v1/comments", &write(&it.page));
    assert_eq!(it.listed(&it.page).len(), 2);
}
