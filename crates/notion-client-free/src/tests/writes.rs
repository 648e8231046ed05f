//! Every ending of a write.
use super::*;
use crate::ids::{BlockId, CommentId, PageId};

/// How a POST of a comment ended, in one word, and how many requests it took.
async fn ending(answers: Vec<Result<Response, Failure>>) -> (&'static str, Option<Error>, usize) {
    let (client, script) = Script::client(answers);
    let ended = client.create_comment(thread(), &[run("hello")]).await;
    assert_eq!(script.left(), 0);
    let asked = script.paths().len();
    match ended {
        Ok(_) => ("happened", None, asked),
        Err(WriteError::NotDone { error }) => ("not done", Some(error), asked),
        Err(WriteError::Unknown { error, answered: true }) => ("unknown, answered", Some(error), asked),
        Err(WriteError::Unknown { error, .. }) => ("unknown", Some(error), asked),
    }
}

#[track_caller]
fn same_kind(actual: &Kind, expected: &str) {
    let actual = format!("{actual:?}");
    assert!(actual.starts_with(expected), "{actual} is not {expected}");
}

#[tokio::test(start_paused = true)]
async fn each_status_has_its_ending_and_no_post_is_repeated() {
    let table = [
        (400, "validation_error", "not done", "Invalid"),
        (401, "unauthorized", "not done", "Unauthorized"),
        (403, "restricted_resource", "not done", "Forbidden"),
        (404, "object_not_found", "not done", "Gone"),
        (408, "request_timeout", "unknown", "Network"),
        (409, "conflict_error", "not done", "Later"),
        (409, "row_limit_exceeded", "not done", "Invalid"),
        (413, "too_large", "not done", "Invalid"),
        (422, "unprocessable", "not done", "Invalid"),
        (429, "rate_limited", "not done", "Later"),
        (500, "internal_server_error", "unknown, answered", "Network"),
        (502, "bad_gateway", "unknown", "Network"),
        (503, "service_unavailable", "unknown", "Network"),
        (504, "gateway_timeout", "unknown", "Network"),
        (529, "service_overload", "not done", "Later"),
        (302, "moved", "unknown", "Unexpected"),
    ];
    for (status, code, expected, kind) in table {
        let (ended, error, requests) = ending(vec![refusal(status, code, &json!({}))]).await;
        let error = error.unwrap();
        assert_eq!((ended, requests), (expected, 1), "{status} {code}");
        same_kind(&error.kind, kind);
        assert_eq!(error.status, Some(status));
        // What is none of Notion's codes is not repeated.
        let unknown = ["request_timeout", "too_large", "unprocessable", "moved"].contains(&code);
        assert_eq!(error.code.as_deref(), (!unknown).then_some(code));
        assert_eq!(error.request_id.as_deref(), Some(REQUEST));
        assert!(!format!("{error} {error:?}").contains("SECRET"), "{error}");
    }
}

/// Near its deadline a 500 may be a time-out, after which Notion's handling goes on.
#[tokio::test(start_paused = true)]
async fn a_500_near_the_deadline_ends_nothing() {
    struct Slow(Duration);
    impl Transport for Slow {
        fn send(&self, _: Request) -> Sending<'_> {
            Box::pin(async move {
                tokio::time::sleep(self.0).await;
                refusal(500, "internal_server_error", &json!({}))
            })
        }
    }
    for (seconds, expected) in [(2, true), (55, false)] {
        let client = Client::with_transport(connection("http://slow"), Arc::new(Slow(Duration::from_secs(seconds))));
        let ended = client.create_comment(thread(), &[run("hello")]).await.err().unwrap();
        let WriteError::Unknown { answered, .. } = ended else {
            panic!("{ended}")
        };
        assert_eq!(answered, expected, "{seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn what_notion_did_not_say_is_no_refusal_of_its() {
    let html = "<html>blocked</html>";
    for status in [400, 401, 403, 404] {
        let (ended, error, _) = ending(vec![answer(status, &[("cf-ray", "8f00-AMS")], html)]).await;
        assert_eq!(ended, "not done", "{status}: the edge answered before Notion saw it");
        same_kind(&error.unwrap().kind, "Network");
    }
    for status in [409, 418, 499, 500, 502, 520] {
        assert_eq!(ending(vec![answer(status, &[], html)]).await.0, "unknown", "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_it_depends_on_whether_it_was_sent() {
    let refused = Failure::NotSent("connection refused".to_owned());
    assert_eq!(ending(vec![Err(refused)]).await.0, "not done");
    let reset = Failure::Unknown("connection reset".to_owned());
    assert_eq!(ending(vec![Err(reset)]).await.0, "unknown");
}

#[tokio::test(start_paused = true)]
async fn a_success_that_cannot_be_read_is_unknown() {
    let whole = comment(COMMENT, BOT, &json!([])).to_string();
    assert_eq!(ending(vec![answer(200, &[], &whole)]).await.0, "happened");
    for body in ["", "{", "<html>", &whole[..whole.len() - 1], "{\"object\":\"comment\"}"] {
        assert_eq!(ending(vec![answer(200, &[], body)]).await.0, "unknown", "{body}");
    }
    let cut_off = Response {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: None,
    };
    assert_eq!(ending(vec![Ok(cut_off)]).await.0, "unknown");
}

#[tokio::test(start_paused = true)]
async fn a_503_that_names_our_comment_means_that_it_happened() {
    let saved = || {
        refusal(
            503,
            "service_unavailable",
            &json!({"committed_resource_id": COMMENT, "retry_guidance": ["a"]}),
        )
    };
    let (ended, _, requests) = ending(vec![saved(), ok(&comment(COMMENT, BOT, &json!([])))]).await;
    assert_eq!((ended, requests), ("happened", 2));
    let (ended, error, _) = ending(vec![saved(), refusal(404, "object_not_found", &json!({}))]).await;
    assert_eq!(ended, "unknown");
    assert_eq!(error.unwrap().status, Some(503));
}

#[tokio::test(start_paused = true)]
async fn the_answer_without_the_right_to_read_is_completed() {
    let (client, _) = Script::client([ok(&json!({"object": "comment", "id": COMMENT}))]);
    let posted = client.create_comment(thread(), &[run("hello")]).await.ok().unwrap();
    assert_eq!((posted.id.as_str(), posted.discussion.as_str()), (COMMENT, THREAD));
}

#[tokio::test(start_paused = true)]
async fn a_block_that_is_permanent_is_not_waited_for() {
    let more = json!({"rate_limit_reason": "public_api_request_blocked", "retry_after": "30"});
    let (client, _) = Script::client([refusal(429, "rate_limited", &more)]);
    let error = client.create_comment(thread(), &[run("a")]).await.err().unwrap();
    assert_eq!(error.error().kind, Kind::Blocked);
    assert_eq!(client.budget().blocked_for, None);
}

#[tokio::test(start_paused = true)]
async fn being_asked_to_wait_holds_the_next_write() {
    let more = json!({"rate_limit_reason": "public_api_space_request_rate_limit", "retry_after": "75"});
    let (client, script) = Script::client([
        refusal(429, "rate_limited", &more),
        ok(&comment(COMMENT, BOT, &json!([]))),
    ]);
    let turn = client.write_turn().await.unwrap();
    let error = client.create_comment(thread(), &[run("a")]).await.err().unwrap();
    assert_eq!(
        error.error().kind,
        Kind::Later {
            after: Duration::from_secs(75)
        }
    );
    let budget = client.budget();
    assert_eq!(budget.blocked_for, Some(Duration::from_secs(75)));
    assert_eq!(budget.reason.as_deref(), Some("public_api_space_request_rate_limit"));
    // A turn taken before that does not send into the silence.
    let error = client.post_comment(turn, &thread(), &[run("a")]).await.err().unwrap();
    assert!(matches!(error, WriteError::NotDone { .. }));
    let start = tokio::time::Instant::now();
    assert!(client.create_comment(thread(), &[run("a")]).await.is_ok());
    assert_eq!(start.elapsed().as_secs(), 75);
    assert_eq!(script.paths().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_sets_a_value_is_tried_again_until_it_is_certain() {
    let id = CommentId::from_wire(COMMENT);
    let failure = || refusal(502, "bad_gateway", &json!({}));
    let (client, script) = Script::client([
        failure(),
        refusal(409, "conflict_error", &json!({})),
        ok(&comment(COMMENT, BOT, &json!([]))),
    ]);
    client.update_comment(&id, &[run("new")]).await.unwrap();
    assert_eq!(script.paths(), vec![format!("PATCH /v1/comments/{COMMENT}"); 3]);
    assert_eq!(script.body(0), json!({"rich_text": [{"text": {"content": "new"}}]}));

    let (client, script) = Script::client([failure(), failure(), failure()]);
    let ended = client.update_comment(&id, &[run("new")]).await;
    assert!(matches!(ended, Err(WriteError::Unknown { .. })));
    assert_eq!(script.left(), 0);

    let (client, _) = Script::client([refusal(404, "object_not_found", &json!({}))]);
    let ended = client.update_comment(&id, &[run("new")]).await;
    assert!(matches!(ended, Err(WriteError::NotDone { error }) if error.kind == Kind::Gone));

    let unsure_then_refused = [failure(), refusal(400, "validation_error", &json!({}))];
    let (client, _) = Script::client(unsure_then_refused);
    assert!(matches!(
        client.update_comment(&id, &[run("new")]).await,
        Err(WriteError::Unknown { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_finds_nothing_the_second_time_is_done() {
    let id = CommentId::from_wire(COMMENT);
    let gone = || refusal(404, "object_not_found", &json!({}));
    let reset = Err(Failure::Unknown("reset".to_owned()));
    let (client, _) = Script::client([reset, gone()]);
    client.delete_comment(&id).await.unwrap();
    let (client, _) = Script::client([gone()]);
    assert!(client.delete_comment(&id).await.is_err(), "not ours, or gone before");
}

#[tokio::test(start_paused = true)]
async fn properties_go_out_under_their_ids_as_they_came() {
    let page = PageId::from_wire(PAGE);
    let values = [
        ("s%3Aab".to_owned(), PropertyValue::Status("Done".to_owned())),
        ("nr_2".to_owned(), PropertyValue::Date(Some("2027-02-18".to_owned()))),
        ("pg_3".to_owned(), PropertyValue::Number(Some(0.4))),
        ("vf_4".to_owned(), PropertyValue::Checkbox(true)),
        ("hi_5".to_owned(), PropertyValue::Select("High".to_owned())),
        ("x_6".to_owned(), PropertyValue::Date(None)),
    ];
    // The second answer cannot be read: the write stands, the page is read anew.
    let (client, script) = Script::client([answer(200, &[], "<html>"), ok(&json!({"object": "page", "id": PAGE}))]);
    let updated = client.update_properties(&page, &values).await.ok().unwrap();
    assert_eq!(updated.id, page);
    let expected = json!({"properties": {
        "s%3Aab": {"status": {"name": "Done"}}, "nr_2": {"date": {"start": "2027-02-18"}},
        "pg_3": {"number": 0.4}, "vf_4": {"checkbox": true}, "hi_5": {"select": {"name": "High"}},
        "x_6": {"date": null},
    }});
    assert_eq!(script.body(0), expected);
    assert_eq!(
        script.paths(),
        [format!("PATCH /v1/pages/{PAGE}"), format!("GET /v1/pages/{PAGE}")]
    );
}

#[tokio::test(start_paused = true)]
async fn blocks_are_changed_under_the_name_of_their_kind() {
    let block = BlockId::from_wire(PAGE);
    let whole = json!({"object": "block", "id": PAGE});
    let (client, script) = Script::client([ok(&whole)]);
    client.check_to_do(&block, true).await.unwrap();
    assert_eq!(script.body(0), json!({"to_do": {"checked": true}}));
}

#[tokio::test(start_paused = true)]
async fn a_reply_goes_where_it_belongs() {
    let whole = || ok(&comment(COMMENT, BOT, &json!([])));
    let (client, script) = Script::client([whole(), whole(), whole()]);
    let targets = [
        (thread(), json!({"discussion_id": THREAD})),
        (
            Target::Page(PageId::from_wire(PAGE)),
            json!({"parent": {"page_id": PAGE}}),
        ),
        (
            Target::Block(BlockId::from_wire(PAGE)),
            json!({"parent": {"block_id": PAGE}}),
        ),
    ];
    for (at, (target, mut expected)) in targets.into_iter().enumerate() {
        client.create_comment(target, &[run("hi")]).await.ok().unwrap();
        expected["rich_text"] = json!([{"text": {"content": "hi"}}]);
        assert_eq!(script.body(at), expected);
    }
    let too_long = vec![run("a"); 101];
    let refused = client.create_comment(thread(), &too_long).await.err().unwrap();
    assert!(matches!(refused, WriteError::NotDone { error } if error.kind == Kind::Invalid));
    assert_eq!(script.paths(), ["POST /v1/comments"; 3]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    /// Whatever comes back, the ending is one of three and the error repeats nothing of it.
    #[test]
    fn no_answer_breaks_a_write_or_speaks_through_its_error(
        status in 200_u16..600,
        body in "\\PC{0,60}",
        field in 0_usize..5,
    ) {
        let key = format!("ntn_{}", fastrand::u64(..));
        let names = ["message", "code", "rate_limit_reason", "retry_after", "request_id"];
        let said = json!({"object": "error", names[field]: key, "additional_data": {names[field]: key}});
        for body in [said.to_string(), body + &key] {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            let headers = [("x-notion-request-id", key.as_str())];
            let (client, _) = Script::client([answer(status, &headers, &body)]);
            let ended = runtime.unwrap().block_on(client.create_comment(thread(), &[run("a")]));
            let error = ended.err().unwrap();
            let shown = format!("{error} {error:?}");
            proptest::prop_assert!(!shown.contains(&key));
        }
    }
}
