//! How reads are repeated, paged, and given up.
use super::*;
use crate::ids::{CommentId, PageId};

fn list(results: &[Json], next: Option<&str>) -> Result<Response, Failure> {
    ok(&json!({"object": "list", "results": results, "next_cursor": next, "has_more": next.is_some()}))
}

fn some(id: &str) -> Json {
    comment(id, ANA, &json!([text("hello")]))
}

async fn listing(answers: Vec<Result<Response, Failure>>) -> (Result<Listing, Error>, Arc<Script>) {
    let (client, script) = Script::client(answers);
    let listing = client.comments(PAGE).await;
    assert_eq!(script.left(), 0);
    (listing, script)
}

#[tokio::test(start_paused = true)]
async fn all_pages_are_read_in_order() {
    let answers = vec![list(&[some("a"), some("b")], Some("c/1")), list(&[some("c")], None)];
    let (listing, script) = listing(answers).await;
    let listing = listing.unwrap_or_else(|error| panic!("{error}"));
    assert!(listing.complete);
    assert_eq!(
        listing
            .comments
            .iter()
            .map(|comment| comment.id.as_str())
            .collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    let first = format!("GET /v1/comments?block_id={PAGE}&page_size=100");
    assert_eq!(script.paths(), [first.clone(), format!("{first}&start_cursor=c%2F1")]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_not_whole_says_so() {
    let incomplete = json!({"object": "list", "results": [], "next_cursor": null, "has_more": false,
        "request_status": {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}});
    let more_but_no_cursor = json!({"object": "list", "results": [], "has_more": true});
    let complete = json!({"object": "list", "results": [], "request_status": {"type": "complete"}});
    for (body, expected) in [(incomplete, false), (more_but_no_cursor, false), (complete, true)] {
        let (listing, _) = listing(vec![ok(&body)]).await;
        assert_eq!(listing.ok().unwrap().complete, expected);
    }
    let circle = vec![
        list(&[some("a")], Some("1")),
        list(&[some("b")], Some("2")),
        list(&[some("c")], Some("1")),
    ];
    let (listing, _) = listing(circle).await;
    let listing = listing.ok().unwrap();
    assert_eq!((listing.complete, listing.comments.len()), (false, 3));
}

/// What a list of these pages, each with ids, cursor and whether there is more, is read as: the ids, and whether that
/// is all. Every page is asked for once.
async fn read_as(pages: &[(&[&str], Option<&str>, Option<bool>)]) -> (String, bool) {
    let page = |(ids, next, has_more): &(&[&str], Option<&str>, Option<bool>)| {
        let results: Vec<Json> = ids.iter().map(|id| some(id)).collect();
        ok(&json!({"object": "list", "results": results, "next_cursor": next, "has_more": has_more}))
    };
    let (listing, _) = listing(pages.iter().map(page).collect()).await;
    let listing = listing.ok().unwrap();
    let ids: Vec<&str> = listing.comments.iter().map(|comment| comment.id.as_str()).collect();
    (ids.join(" "), listing.complete)
}

#[tokio::test(start_paused = true)]
async fn a_list_that_repeats_is_read_once_and_ended() {
    let whole = |ids: &str| (ids.to_owned(), true);
    let cut = |ids: &str| (ids.to_owned(), false);
    let (more, end) = (Some(true), Some(false));
    // The same entry twice, in one page and on two.
    assert_eq!(read_as(&[(&["a", "b", "b"], None, end)]).await, whole("a b"));
    assert_eq!(
        read_as(&[(&["a", "b"], Some("b"), more), (&["b", "c"], None, end)]).await,
        whole("a b c")
    );
    // A cursor although there is no more: the end.
    assert_eq!(read_as(&[(&["a"], Some("a"), end)]).await, whole("a"));
    assert_eq!(
        read_as(&[(&["a"], Some("x"), more), (&["b"], Some("x"), end)]).await,
        whole("a b")
    );
    // A cursor that was given before: an end, but not the list's.
    assert_eq!(
        read_as(&[(&["a"], Some("x"), more), (&["b"], Some("x"), more)]).await,
        cut("a b")
    );
    // Without a word on whether there is more, the cursor says it.
    assert_eq!(
        read_as(&[(&["a"], Some("x"), None), (&["b"], None, None)]).await,
        whole("a b")
    );
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_an_unknown_form_does_not_hide_the_others() {
    let odd = json!({"object": "suggestion", "id": ["not", "a", "text"]});
    let (listing, _) = listing(vec![list(&[some("a"), odd, some("b")], None)]).await;
    let listing = listing.ok().unwrap();
    assert_eq!((listing.complete, listing.comments.len()), (false, 2));
}

/// A body in which this word is half an emoji.
fn with_half_an_emoji(body: &Json) -> Result<Response, Failure> {
    answer(200, &[], &body.to_string().replace("HALF", r"\ud83d"))
}

#[tokio::test(start_paused = true)]
async fn half_an_emoji_hides_nothing() {
    let cut = comment("a", ANA, &json!([text("cut HALF")]));
    // With an entry of an unknown form beside it, too.
    for odd in [None, Some(json!({"object": "suggestion", "id": ["not", "a", "text"]}))] {
        let entries: Vec<&Json> = [&cut].into_iter().chain(&odd).collect();
        let body = json!({"object": "list", "results": entries, "has_more": false});
        let (listing, _) = listing(vec![with_half_an_emoji(&body)]).await;
        let listing = listing.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(listing.comments[0].text().expose(), "cut \u{fffd}");
        assert_eq!((listing.comments.len(), listing.complete), (1, odd.is_none()));
    }

    let (client, _) = Script::client([with_half_an_emoji(&cut)]);
    let one = client.comment(&CommentId::from_wire("a")).await;
    assert_eq!(one.ok().unwrap().text().expose(), "cut \u{fffd}");

    let user = json!({"object": "user", "id": ANA, "type": "person", "name": "Ana HALF", "person": {}});
    let users = json!({"object": "list", "results": [user], "has_more": false});
    let (client, _) = Script::client([with_half_an_emoji(&users)]);
    assert_eq!(client.users().await.ok().unwrap().len(), 1);

    let block = json!({"object": "block", "id": "b", "type": "paragraph", "has_children": false,
        "paragraph": {"rich_text": [text("HALF")]}});
    let blocks = json!({"object": "list", "results": [block], "has_more": false});
    let (client, _) = Script::client([with_half_an_emoji(&blocks)]);
    let read = client.blocks(PAGE, 1).await.ok().unwrap();
    assert_eq!(read.found[0].text.expose(), "\u{fffd}");

    let title = json!({"title": {"id": "title", "type": "title", "title": [text("Plan HALF")]}});
    let page = json!({"object": "page", "id": PAGE, "in_trash": false, "properties": title});
    let (client, _) = Script::client([with_half_an_emoji(&page)]);
    let page = client.page(&PageId::from_wire(PAGE)).await;
    assert_eq!(page.ok().unwrap().title.expose(), "Plan \u{fffd}");
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_is_refused_starts_the_list_anew_once() {
    let bad = || refusal(400, "validation_error", &json!({}));
    let answers = vec![list(&[some("a")], Some("1")), bad(), list(&[some("b")], None)];
    let (listing_once, _) = listing(answers).await;
    let comments = listing_once.ok().unwrap().comments;
    assert_eq!(
        comments.iter().map(|comment| comment.id.as_str()).collect::<Vec<_>>(),
        ["b"]
    );
    let answers = vec![list(&[], Some("1")), bad(), list(&[], Some("1")), bad()];
    assert_eq!(listing(answers).await.0.err().unwrap().kind, Kind::Invalid);
    assert_eq!(
        listing(vec![bad()]).await.0.err().unwrap().kind,
        Kind::Invalid,
        "no cursor, no second try"
    );
}

#[tokio::test(start_paused = true)]
async fn a_read_outlasts_passing_failures() {
    let reset = || Err(Failure::Unknown("reset".to_owned()));
    let refused = || Err(Failure::NotSent("refused".to_owned()));
    let html = || answer(502, &[], "<html>Bad gateway</html>");
    let cut = || answer(200, &[], "{\"object\":\"list\",\"results\":[");
    let whole = || list(&[], None);
    assert!(listing(vec![reset(), html(), cut(), whole()]).await.0.is_ok());
    assert!(
        listing(vec![
            refused(),
            refusal(503, "service_unavailable", &json!({})),
            whole()
        ])
        .await
        .0
        .is_ok()
    );
    let (given_up, _) = listing(vec![html(), html(), html(), html()]).await;
    assert!(matches!(given_up.err().unwrap().kind, Kind::Network { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_read_gives_up_at_once_where_there_is_no_point() {
    for (status, code, kind) in [
        (400, "validation_error", Kind::Invalid),
        (401, "unauthorized", Kind::Unauthorized),
        (
            403,
            "restricted_resource",
            Kind::Forbidden {
                capability: "Read comments",
            },
        ),
        (404, "object_not_found", Kind::Gone),
    ] {
        assert_eq!(
            listing(vec![refusal(status, code, &json!({}))])
                .await
                .0
                .err()
                .unwrap()
                .kind,
            kind
        );
    }
    let no_json = listing(vec![answer(200, &[], "<html>Welcome to the hotel</html>")])
        .await
        .0;
    assert_eq!(no_json.err().unwrap().kind, Kind::Unexpected);
    let edge = answer(404, &[("cf-ray", "8f00-AMS")], "<html>");
    let (listed, _) = listing(vec![edge, list(&[], None)]).await;
    assert!(
        listed.is_ok(),
        "a page of the edge proves nothing: the read is tried again"
    );
}

/// How long a read waits after a 429 with these headers and this in the body.
async fn wait_for(headers: &[(&'static str, &str)], in_body: Json) -> u64 {
    let body = json!({"object": "error", "code": "rate_limited", "additional_data": {"retry_after": in_body}});
    let start = tokio::time::Instant::now();
    let (listing, _) = listing(vec![answer(429, headers, &body.to_string()), list(&[], None)]).await;
    assert!(listing.is_ok());
    start.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_read_waits_as_long_as_notion_asks() {
    assert_eq!(wait_for(&[("retry-after", "12")], Json::Null).await, 12);
    assert_eq!(
        wait_for(&[("retry-after", "75")], json!("3")).await,
        75,
        "the header counts, also above a minute"
    );
    assert_eq!(wait_for(&[("retry-after", "0")], Json::Null).await, 0);
    assert_eq!(wait_for(&[], json!("7")).await, 7);
    assert_eq!(wait_for(&[], json!(8)).await, 8);
    assert_eq!(wait_for(&[], Json::Null).await, 5, "the default");
    assert_eq!(wait_for(&[("retry-after", "soon")], json!(["x"])).await, 5);
    assert_eq!(wait_for(&[("retry-after", "-1")], Json::Null).await, 5);
    let date = [
        ("date", "Fri, 20 Nov 2026 09:14:00 GMT"),
        ("retry-after", "Fri, 20 Nov 2026 09:14:30 GMT"),
    ];
    assert_eq!(wait_for(&date, Json::Null).await, 30, "by the server's clock");
    let past = [
        ("date", "Fri, 20 Nov 2026 09:14:00 GMT"),
        ("retry-after", "Fri, 20 Nov 2026 09:13:30 GMT"),
    ];
    assert_eq!(wait_for(&past, Json::Null).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_is_told_instead_and_a_senseless_one_is_cut() {
    for (asked, told) in [("300", 300), ("7200", 600), ("999999", 600)] {
        let (listing, _) = listing(vec![answer(429, &[("retry-after", asked)], "")]).await;
        let after = Duration::from_secs(told);
        assert_eq!(listing.err().unwrap().kind, Kind::Later { after }, "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_server_clock_is_read() {
    let date = [("date", "Fri, 20 Nov 2026 09:14:00 GMT")];
    let (client, _) = Script::client([answer(200, &date, "{\"results\":[]}")]);
    client.comments(PAGE).await.ok().unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let budget = client.budget();
    assert_eq!(budget.server_now.unwrap().to_rfc3339(), "2026-11-20T09:14:10+00:00");
    assert_eq!((budget.used, budget.limit), (1, 180));
}

#[tokio::test(start_paused = true)]
async fn another_token_is_used_from_the_next_request_on() {
    let page = || ok(&json!({"object": "page", "id": PAGE}));
    let (client, script) = Script::client([page(), page()]);
    let id = PageId::from_wire(PAGE);
    client.page(&id).await.ok().unwrap();
    client.swap_token(SecretString::from("another".to_owned()));
    client.page(&id).await.ok().unwrap();
    {
        let asked = script.asked.lock().unwrap();
        assert_ne!(asked[0].authorization, asked[1].authorization);
        assert_eq!(asked[1].authorization.as_bytes(), b"Bearer another");
        assert_eq!(format!("{:?}", asked[1].authorization), "Sensitive");
    }
    client.swap_token(SecretString::from("two\nlines".to_owned()));
    assert_eq!(client.page(&id).await.err().unwrap().kind, Kind::Unauthorized);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_came_from_outside_leads_nowhere_else() {
    let (client, script) = Script::client([ok(&some("x"))]);
    client
        .comment(&CommentId::from_wire("../users?a=b"))
        .await
        .ok()
        .unwrap();
    assert_eq!(script.paths().len(), 1);
    assert!(
        script.paths()[0].starts_with("GET /v1/comments/odd-"),
        "{:?}",
        script.paths()
    );
    let (client, script) = Script::client([ok(&some("x"))]);
    let _ = client.data_source("../users?a=b").await;
    assert_eq!(script.paths(), ["GET /v1/data_sources/%2E%2E%2Fusers%3Fa%3Db"]);
}

#[tokio::test(start_paused = true)]
async fn errors_say_what_to_do() {
    let (client, _) = Script::client([refusal(404, "object_not_found", &json!({}))]);
    let error = client.page(&PageId::from_wire(PAGE)).await.err().unwrap();
    let expected = format!(
        "could not read the page {PAGE}: It does not exist or is not shared with the connection: open the page in \
         Notion, •••, Connections, and add the connection. [status 404, object_not_found, request {REQUEST}]"
    );
    assert_eq!(error.to_string(), expected);
}

#[tokio::test(start_paused = true)]
async fn comments_that_are_not_there_and_databases_have_hints_of_their_own() {
    let (client, _) = Script::client([refusal(404, "object_not_found", &json!({}))]);
    let hint = client.comments(PAGE).await.err().unwrap().hint();
    assert!(hint.contains("\"Read comments\""), "{hint}");
    let database = json!({ "object": "database", "data_sources": [{ "id": PAGE, "name": "Action items" }] });
    let (client, script) = Script::client([ok(&database)]);
    let sources = client.data_sources_of("db").await.unwrap();
    assert_eq!(script.paths(), ["GET /v1/databases/db"]);
    let error = Error::new(Kind::IsDatabase { sources }, "query the data source db".to_owned());
    assert!(
        error.hint().contains(&format!("write data_source:{PAGE}")),
        "{}",
        error.hint()
    );
}
