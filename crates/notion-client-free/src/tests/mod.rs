//! The client against answers that are written down here (a transport without a network, time paused), and against a
//! real socket for what only a socket can do.
mod content;
mod endless;
mod reads;
mod wire;
mod writes;

use super::*;
use crate::transport::{Failure, Request, Response, Sending};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PAGE: &str = "2f1c7a90-4b3d-80e2-9a51-c0ffee11aa01";
const COMMENT: &str = "31a0c4de-77b2-80f1-a3c5-001d5e6f7a8b";
const THREAD: &str = "31a0c4de-77b2-8044-b0d9-001c99aa88bb";
const ANA: &str = "7d9e1f20-3344-4c55-8899-aabbccddeeff";
const BOT: &str = "90aa12bc-55de-4f01-92ab-3344556677aa";
const REQUEST: &str = "77665544-3322-4110-8fed-cba987654321";

/// Gives the answers of a list, in order, and notes what was asked.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Result<Response, Failure>>>,
    asked: Mutex<Vec<Asked>>,
}

struct Asked {
    method: Method,
    path: String,
    body: String,
    authorization: HeaderValue,
}

impl Transport for Script {
    fn send(&self, request: Request) -> Sending<'_> {
        self.asked.lock().unwrap().push(Asked {
            method: request.method,
            path: request.path,
            body: String::from_utf8(request.body).unwrap(),
            authorization: request.authorization,
        });
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(std::future::ready(
            answer.expect("the script has an answer for every request"),
        ))
    }
}

impl Script {
    /// A client that gets these answers.
    fn client(answers: impl IntoIterator<Item = Result<Response, Failure>>) -> (Client, Arc<Self>) {
        let script = Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
        });
        (
            Client::with_transport(connection("http://script"), script.clone()),
            script,
        )
    }

    fn left(&self) -> usize {
        self.answers.lock().unwrap().len()
    }

    fn paths(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .map(|asked| format!("{} {}", asked.method, asked.path))
            .collect()
    }

    fn body(&self, at: usize) -> Json {
        serde_json::from_str(&self.asked.lock().unwrap()[at].body).unwrap()
    }
}

fn connection(url: &str) -> Connection {
    Connection {
        url: url.to_owned(),
        user_agent: "a-bot/1.0".to_owned(),
        ..Connection::new(SecretString::from(format!("token-of-{}", fastrand::u32(..))))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands in a script beside failures")]
fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Result<Response, Failure> {
    let headers = headers.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).unwrap();
        (HeaderName::from_static(name), value)
    });
    Ok(Response {
        status: StatusCode::from_u16(status).unwrap(),
        headers: headers.collect(),
        body: Some(body.as_bytes().to_vec()),
    })
}

fn ok(body: &Json) -> Result<Response, Failure> {
    answer(200, &[], &body.to_string())
}

/// A refusal in Notion's own form. The message is what no error may repeat.
fn refusal(status: u16, code: &str, more: &Json) -> Result<Response, Failure> {
    let body = json!({
        "object": "error", "status": status, "code": code, "message": "a SECRET that was echoed",
        "additional_data": more, "request_id": REQUEST,
    });
    answer(status, &[("x-notion-request-id", REQUEST)], &body.to_string())
}

fn comment(id: &str, author: &str, items: &Json) -> Json {
    json!({
        "object": "comment", "id": id, "parent": {"type": "page_id", "page_id": PAGE}, "discussion_id": THREAD,
        "created_time": "2026-11-20T09:14:00.000Z", "last_edited_time": "2026-11-20T09:14:00.000Z",
        "created_by": {"object": "user", "id": author}, "rich_text": items,
        "display_name": {"type": "user", "resolved_name": "Mara Lind"}, "something_new": {"a": [1]},
    })
}

fn text(words: &str) -> Json {
    json!({
        "type": "text", "text": {"content": words, "link": null}, "plain_text": words, "href": null,
        "annotations": {"bold": false, "color": "default"},
    })
}

fn run(words: &str) -> TextRun<'_> {
    TextRun::plain(words)
}

fn thread() -> Target {
    Target::Discussion(crate::ids::DiscussionId::from_wire(THREAD))
}

/// What a worker awaits must be free to move between threads.
#[test]
fn the_client_and_its_calls_can_be_sent() {
    fn sendable<T: Send>(_: &T) {}
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    let (client, _) = Script::client([]);
    shared(&client);
    sendable(&client.create_comment(thread(), &[]));
    sendable(&client.comments(PAGE));
    sendable(&client.blocks(PAGE, 3));
    sendable(&client.query(PAGE, Json::Null));
}
