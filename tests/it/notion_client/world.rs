//! The sandbox in one process with the client: no socket, and the test's clock.
use chrono::DateTime;
use keyminder::domain::ids::PageId;
use keyminder::notion::transport::{Request, Response, Sending, Transport};
use keyminder::notion::{Client, Connection};
use keyminder_sandbox::{self as sandbox, Rate, Sandbox};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::Instant;

const START_MS: u64 = 1_800_000_000_000;
const GUIDE: &str = "# ACT_1: T\n\n## Step 1: go\n- one\n  - in one\n- two\n  - in two\n- three\n  - in three\n";

/// The sandbox, its page, and what every request met.
pub struct World {
    sandbox: Sandbox,
    pub page: PageId,
    met: Mutex<Vec<(String, u16)>>,
}

impl World {
    pub fn new(rate: Rate) -> Arc<Self> {
        let start = Instant::now();
        let clock = Arc::new(move || START_MS + u64::try_from(start.elapsed().as_millis()).unwrap_or_default());
        let sandbox = Sandbox::new(clock, 11, rate, &SecretString::from("t"));
        let page = sandbox.add_page(GUIDE).expect("a page").to_string();
        Arc::new(Self {
            sandbox,
            page: PageId::from_wire(&page),
            met: Mutex::default(),
        })
    }

    pub fn client(self: &Arc<Self>, requests_per_minute: u32) -> Client {
        let connection = Connection {
            url: "http://sandbox".to_owned(),
            requests_per_minute,
            ..Connection::new(SecretString::from("t"))
        };
        Client::with_transport(connection, Arc::new(Wire(self.clone())))
    }

    fn act(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.sandbox.handle(&sandbox::Request {
            method: method.to_owned(),
            path: path.to_owned(),
            body: body.to_string().into(),
            ..sandbox::Request::default()
        });
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        serde_json::from_str(&answer.body).expect("JSON")
    }

    pub fn faults(&self, rules: &Value) {
        self.act("PUT", "/sandbox/faults", &json!({ "rules": rules }));
    }

    pub fn says(&self, text: &str) {
        let body = json!({ "page_id": self.page.as_str(), "author": "Ana Silva", "text": text });
        self.act("POST", "/sandbox/comments", &body);
    }

    pub fn met(&self) -> MutexGuard<'_, Vec<(String, u16)>> {
        self.met.lock().expect("no panic elsewhere")
    }

    /// How many requests were answered with this status.
    pub fn answers(&self, status: u16) -> usize {
        self.met().iter().filter(|(_, met)| *met == status).count()
    }

    /// How often this path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.met().iter().filter(|(asked, _)| asked.starts_with(path)).count()
    }
}

/// The sandbox in place of the network.
struct Wire(Arc<World>);

impl Transport for Wire {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move {
            let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
            let header = |name: &str| request.headers().get(name)?.to_str().ok().map(str::to_owned);
            let answer = self.0.sandbox.handle(&sandbox::Request {
                method: request.method.to_string(),
                path: path.to_owned(),
                query: query.to_owned(),
                authorization: header("authorization"),
                version: header("notion-version"),
                body: request.body.clone().into(),
            });
            // An answer takes some time: who asks in a loop must not stop the clock.
            tokio::time::sleep(Duration::from_millis(answer.delay_ms.max(1))).await;
            self.0.met().push((path.to_owned(), answer.status));
            let date =
                DateTime::from_timestamp_millis(self.0.sandbox.now_ms().cast_signed()).map(|date| date.to_rfc2822());
            let mut headers = HeaderMap::new();
            for (name, value) in [
                ("date", date),
                ("retry-after", answer.retry_after),
                ("x-notion-request-id", answer.request_id),
            ] {
                if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                    headers.insert(HeaderName::from_static(name), value);
                }
            }
            Ok(Response {
                status: StatusCode::from_u16(answer.status).expect("a status"),
                headers,
                body: Some(answer.body.into_bytes()),
            })
        })
    }
}
