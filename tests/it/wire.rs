//! The sandbox over a socket: the shape of every answer against what recordings of the real API showed, and the faults of
//! the line as a plain client meets them.
use keyminder::sandbox::{Options, Rate, Running, serve, signature};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SHAPES: &str = include_str!("../wire/shapes.txt");

/// One answer as it came over the socket.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// One request on a connection of its own; an error is what the line did.
async fn send(running: &Running, method: &str, path: &str, body: &Value) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(running.addr).await?;
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nnotion-version: 2026-03-11\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        running.addr,
        running.token.expose_secret(),
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    parsed(&answer)
}

fn parsed(answer: &[u8]) -> io::Result<Answer> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let answer = Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    };
    match answer
        .header("content-length")
        .and_then(|length| length.parse::<usize>().ok())
    {
        Some(length) if length > answer.body.len() => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(answer),
    }
}

async fn started() -> Running {
    serve(Options {
        seed: 5,
        ..Options::default()
    })
    .await
    .expect("a free port")
}

fn page_of(running: &Running) -> String {
    running.first_line["pages"][0]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn every_answer_has_a_recorded_shape() {
    let running = started().await;
    let mut judge = Judge::new();
    let (page, person) = (page_of(&running), running.first_line["people"][0]["id"].clone());
    let blocks = judged(
        &running,
        &mut judge,
        "GET",
        &format!("/v1/blocks/{page}/children"),
        &Value::Null,
    )
    .await;
    let of = |kind: &str| {
        let blocks = blocks["results"].as_array().into_iter().flatten();
        let found = blocks.clone().find(|block| block["type"] == kind);
        found
            .and_then(|block| block["id"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let (todo, heading, item) = (of("to_do"), of("heading_2"), of("numbered_list_item"));
    let parent =
        judged(&running, &mut judge, "GET", &format!("/v1/pages/{page}"), &Value::Null).await["parent"].clone();
    let (source, database) = (id(&parent["data_source_id"]), id(&parent["database_id"]));
    let mention = json!([{ "text": { "content": "see ", "link": { "url": "https://example.org" } } }, { "mention": { "user": { "id": person } } }]);
    let written = json!({ "properties": {
        "Status": { "status": { "name": "In Progress" } }, "Progress": { "number": 0.4 },
        "Next rotation": { "date": { "start": "2027-02-18" } }, "Owner": { "people": [{ "id": person }] },
    } });
    let comment = judged(
        &running,
        &mut judge,
        "POST",
        "/v1/comments",
        &json!({ "parent": { "page_id": page }, "rich_text": mention }),
    )
    .await;
    let comment = id(&comment["id"]);
    let calls = [
        (
            "POST",
            "/v1/comments".to_owned(),
            json!({ "parent": { "block_id": heading }, "markdown": "**x** `y`" }),
        ),
        ("GET", "/v1/users/me".to_owned(), Value::Null),
        ("GET", "/v1/users".to_owned(), Value::Null),
        ("GET", format!("/v1/users/{}", id(&person)), Value::Null),
        ("PATCH", format!("/v1/pages/{page}"), written),
        ("GET", format!("/v1/pages/{page}"), Value::Null),
        ("GET", format!("/v1/pages/{page}/markdown"), Value::Null),
        ("GET", format!("/v1/blocks/{todo}"), Value::Null),
        ("GET", format!("/v1/blocks/{page}"), Value::Null),
        (
            "PATCH",
            format!("/v1/blocks/{todo}"),
            json!({ "to_do": { "checked": true } }),
        ),
        ("GET", format!("/v1/blocks/{item}/children"), Value::Null),
        (
            "PATCH",
            format!("/v1/blocks/{page}/children"),
            json!({ "children": [{ "quote": { "rich_text": mention } }] }),
        ),
        ("DELETE", format!("/v1/blocks/{item}"), Value::Null),
        ("GET", format!("/v1/comments?block_id={page}&page_size=1"), Value::Null),
        ("GET", format!("/v1/comments?block_id={heading}"), Value::Null),
        ("GET", format!("/v1/comments/{comment}"), Value::Null),
        (
            "PATCH",
            format!("/v1/comments/{comment}"),
            json!({ "rich_text": [{ "text": { "content": "edited" } }] }),
        ),
        ("DELETE", format!("/v1/comments/{comment}"), Value::Null),
        ("GET", format!("/v1/data_sources/{source}"), Value::Null),
        (
            "POST",
            format!("/v1/data_sources/{source}/query"),
            json!({ "page_size": 1 }),
        ),
        ("GET", format!("/v1/databases/{database}"), Value::Null),
        ("POST", "/v1/search".to_owned(), json!({ "query": "action" })),
        ("GET", "/v1/nothing".to_owned(), Value::Null),
        ("GET", format!("/v1/pages/{comment}"), Value::Null),
    ];
    for (method, path, body) in &calls {
        judged(&running, &mut judge, method, path, body).await;
    }
    assert!(judge.differences.is_empty(), "{:#?}", judge.differences);
    assert!(judge.judged > 500, "only {} objects were judged", judge.judged);
    running.stop().await.expect("an orderly end");
}

fn id(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn judged(running: &Running, judge: &mut Judge, method: &str, path: &str, body: &Value) -> Value {
    let answer = send(running, method, path, body)
        .await
        .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
    let value = answer.json();
    assert_eq!(
        value["request_id"].as_str(),
        answer.header("x-notion-request-id"),
        "{method} {path}"
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/json; charset=utf-8"),
        "{method} {path}"
    );
    judge.object(
        value.as_object().expect("a JSON object"),
        "response",
        &format!("{method} {path}:"),
    );
    value
}

#[tokio::test]
async fn a_reset_line_says_nothing_of_what_happened() {
    let running = started().await;
    let page = page_of(&running);
    let write = json!({ "parent": { "page_id": page }, "rich_text": [{ "text": { "content": "x" } }] });
    for (fault, comments) in [("reset_before", 0), ("reset_after", 1)] {
        fault_once(
            &running,
            &json!({ "method": "POST", "path": "/v1/comments", "fault": fault, "count": 1 }),
        )
        .await;
        let error = send(&running, "POST", "/v1/comments", &write)
            .await
            .err()
            .expect("a reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{fault}");
        assert_eq!(comments_of(&running, &page).await, comments, "{fault}");
    }
    fault_once(&running, &json!({ "method": "POST", "fault": "late", "delay_ms": 50 })).await;
    let error = send(&running, "POST", "/v1/comments", &write)
        .await
        .err()
        .expect("a reset");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(
        comments_of(&running, &page).await,
        2,
        "a late write lands before its connection is reset"
    );
    running.stop().await.expect("an orderly end");
}

#[tokio::test]
async fn bodies_come_cut_slow_or_as_html() {
    let running = started().await;
    let me = "/v1/users/me";
    fault_once(&running, &json!({ "fault": "truncated", "count": 1 })).await;
    let error = send(&running, "GET", me, &Value::Null).await.err().expect("a cut body");
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    fault_once(&running, &json!({ "fault": "html", "count": 1 })).await;
    let answer = send(&running, "GET", me, &Value::Null).await.expect("an answer");
    assert_eq!((answer.status, answer.header("x-notion-request-id")), (502, None));
    fault_once(&running, &json!({ "fault": "slow", "delay_ms": 200, "count": 1 })).await;
    let slow = tokio::time::timeout(Duration::from_millis(500), send(&running, "GET", me, &Value::Null)).await;
    assert!(slow.is_err(), "the body takes longer than this test waits");
    let answer = send(&running, "GET", me, &Value::Null).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    running.stop().await.expect("an orderly end");
}

async fn fault_once(running: &Running, rule: &Value) {
    let answer = send(running, "PUT", "/sandbox/faults", &json!({ "rules": [rule] }))
        .await
        .expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn comments_of(running: &Running, page: &str) -> usize {
    let list = send(running, "GET", &format!("/v1/comments?block_id={page}"), &Value::Null)
        .await
        .expect("an answer");
    list.json()["results"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_full_window_names_the_wait() {
    let running = serve(Options {
        rate: Rate::new(1, 60_000),
        ..Options::default()
    })
    .await
    .expect("a free port");
    send(&running, "GET", "/v1/users/me", &Value::Null)
        .await
        .expect("an answer");
    let refusal = send(&running, "GET", "/v1/users/me", &Value::Null)
        .await
        .expect("an answer");
    assert_eq!(
        (refusal.status, refusal.header("retry-after")),
        (429, refusal.json()["additional_data"]["retry_after"].as_str())
    );
    running.stop().await.expect("an orderly end");
}

#[tokio::test]
async fn webhooks_are_repeated_until_they_are_taken() {
    let running = started().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let hook = json!({ "url": url, "retry_ms": 10 });
    let answer = send(&running, "PUT", "/sandbox/webhooks", &hook)
        .await
        .expect("an answer")
        .json();
    let key = id(&answer["verification_token"]);
    let (handshake, _) = received(&listener, 200).await;
    assert_eq!(handshake["verification_token"], key);
    let comment = json!({ "page_id": page_of(&running), "text": "hello" });
    send(&running, "POST", "/sandbox/comments", &comment)
        .await
        .expect("an answer");
    let (first, _) = received(&listener, 500).await;
    let (second, signed) = received(&listener, 200).await;
    assert_eq!(
        (&first["attempt_number"], &second["attempt_number"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(first["id"], second["id"]);
    assert_eq!(signed.header, signature(&key, signed.body.as_bytes()));
    running.stop().await.expect("an orderly end");
}

struct Signed {
    header: String,
    body: String,
}

/// Takes one delivery and answers it with `status`.
async fn received(listener: &TcpListener, status: u16) -> (Value, Signed) {
    let (mut stream, _) = listener.accept().await.expect("a delivery");
    let mut bytes = Vec::new();
    let answer = loop {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.expect("a request");
        bytes.extend_from_slice(&piece[..count]);
        if let Ok(request) = parsed(&bytes_as_answer(&bytes)) {
            break request;
        }
    };
    stream
        .write_all(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n").as_bytes())
        .await
        .expect("taken");
    let header = answer.header("x-notion-signature").unwrap_or_default().to_owned();
    (
        answer.json(),
        Signed {
            header,
            body: answer.body,
        },
    )
}

/// A request read with the same eyes as an answer: its first line gets the place of a status line.
fn bytes_as_answer(request: &[u8]) -> Vec<u8> {
    let rest = request
        .iter()
        .position(|byte| *byte == b'\r')
        .map_or(&[][..], |at| &request[at..]);
    [b"HTTP/1.1 200 OK", rest].concat()
}

/// Holds answers against the recorded shapes.
struct Judge {
    shapes: BTreeMap<&'static str, BTreeMap<&'static str, Rule>>,
    judged: usize,
    differences: BTreeSet<String>,
}

/// What a key was seen to be.
struct Rule {
    always: bool,
    types: Vec<&'static str>,
}

impl Judge {
    fn new() -> Judge {
        let lines = SHAPES.lines().filter(|line| !line.starts_with('#'));
        let shape = |keys: &'static str| {
            let rule = |pair: &'static str| {
                let (key, types) = pair.split_once(':').expect("key:types");
                let always = !key.ends_with('?');
                (
                    key.trim_end_matches('?'),
                    Rule {
                        always,
                        types: types.split('|').collect(),
                    },
                )
            };
            keys.split_whitespace().map(rule).collect()
        };
        let shapes = lines
            .filter_map(|line| line.split_once(" ="))
            .map(|(kind, keys)| (kind, shape(keys)))
            .collect();
        Judge {
            shapes,
            judged: 0,
            differences: BTreeSet::new(),
        }
    }

    fn object(&mut self, object: &Map<String, Value>, context: &str, path: &str) {
        let kind = kind_of(object, context);
        self.compare(object, &kind, path);
        for (key, value) in object {
            let here = format!("{path}.{key}");
            let is_map = key == "properties" && matches!(kind.as_str(), "page" | "data_source");
            let context = match key.as_str() {
                "rich_text" | "title" | "caption" | "description" => "rich_text".to_owned(),
                "parent" => "parent".to_owned(),
                "properties" if kind == "page" => "property".to_owned(),
                "properties" if is_map => "schema_property".to_owned(),
                other => format!("{kind}.{other}"),
            };
            let inner: Vec<&Value> = match value {
                Value::Object(map) if is_map => map.values().collect(),
                Value::Array(items) => items.iter().collect(),
                other => vec![other],
            };
            for object in inner.into_iter().filter_map(Value::as_object) {
                self.object(object, &context, &here);
            }
        }
    }

    fn compare(&mut self, object: &Map<String, Value>, kind: &str, path: &str) {
        let Some(shape) = self.shapes.get(kind) else { return };
        self.judged += 1;
        for (key, rule) in shape {
            match object.get(*key) {
                None if rule.always => drop(self.differences.insert(format!("{path} {kind} lacks {key}"))),
                Some(value) if *key != "next_cursor" && !rule.types.contains(&type_of(value)) => {
                    self.differences
                        .insert(format!("{path} {kind}.{key} is {}", type_of(value)));
                }
                None | Some(_) => {}
            }
        }
        let is_top = path.ends_with(':');
        for key in object.keys().filter(|key| !shape.contains_key(key.as_str())) {
            if !(is_top && key == "request_id") {
                self.differences
                    .insert(format!("{path} {kind} has {key}, never recorded"));
            }
        }
    }
}

fn kind_of(object: &Map<String, Value>, context: &str) -> String {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("None");
    match text("object") {
        "user" if !object.contains_key("type") => "user/partial".into(),
        kind @ ("block" | "user" | "list") => format!("{kind}/{}", text("type")),
        "None" if matches!(context, "rich_text" | "property" | "schema_property" | "parent") => {
            format!("{context}/{}", text("type"))
        }
        "None" => context.into(),
        kind => kind.into(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
