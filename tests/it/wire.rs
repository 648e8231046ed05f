//! The sandbox over a socket: the shape of every answer against what recordings of the real API showed, and the faults of
//! the line as a plain client meets them.
mod client;
mod judge;

use crate::child::first_page;
use judge::Judge;
use keyminder_sandbox::{Options, Running, serve, signature};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CALLS: &str = include_str!("../wire/calls.txt");

/// One answer as it came over the socket.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
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
pub(crate) async fn send(running: &Running, method: &str, path: &str, body: &Value) -> io::Result<Answer> {
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

#[tokio::test]
async fn every_answer_has_a_recorded_shape() {
    let running = started().await;
    let mut judge = Judge::new();
    let mut names = BTreeMap::new();
    names.insert("$page".to_owned(), first_page(&running));
    names.insert("$person".to_owned(), id(&running.first_line["people"][0]["id"]));
    names.insert("$source".to_owned(), id(&running.first_line["data_source"]["id"]));
    for line in CALLS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let line = names
            .iter()
            .fold(line.to_owned(), |line, (name, id)| line.replace(name, id));
        let mut words = line.splitn(3, ' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let body = words
            .next()
            .map_or(Value::Null, |body| serde_json::from_str(body).expect("JSON"));
        let answer = judged(&running, &mut judge, method, path, &body).await;
        remember(&mut names, &answer);
    }
    assert!(judge.differences.is_empty(), "{:#?}", judge.differences);
    assert!(judge.judged > 500, "only {} objects were judged", judge.judged);
    running.stop().await.expect("an orderly end");
}

/// Names for later calls: the first block of each type, the last comment, the database.
fn remember(names: &mut BTreeMap<String, String>, answer: &Value) {
    if answer["object"] == "comment" {
        names.insert("$comment".into(), id(&answer["id"]));
    }
    if let Some(database) = answer["parent"]["database_id"].as_str() {
        names.insert("$database".into(), database.into());
    }
    for block in answer["results"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|result| result["object"] == "block")
    {
        names
            .entry(format!("${}", id(&block["type"])))
            .or_insert_with(|| id(&block["id"]));
    }
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
    let page = first_page(&running);
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
        rate: "1/60s".parse().unwrap(),
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
    let comment = json!({ "page_id": first_page(&running), "text": "hello" });
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
