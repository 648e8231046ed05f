//! The sandbox without a socket: one check for each rule that a client could trip over.
mod comments;
mod content;
mod faults;

use super::*;
use axum::body::Bytes;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
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
