//! A Notion that sends without end: the bot stays small, says so in `status`, and answers what it could read.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]
use crate::child::{Bot, all, call, first_page, plain, program, project, until};
use axum::body::Body;
use axum::extract::Request as Incoming;
use axum::response::IntoResponse;
use keyminder::domain::ids::{CommentId, PageId};
use keyminder::domain::reply::Reference;
use keyminder::store::Store as _;
use keyminder::store::sqlite::SqliteStore;
use keyminder_sandbox::{Options, Request, Running};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a bot that reads a page of usual size needs, several times over.
const MOST_MEMORY_KB: usize = 200_000;

/// What the bot takes in 3 s, in bytes, while it asks many times a second: a look ends after a bounded number of pages. Without
/// an end a fast server sends three times as much.
const MOST_SENT: usize = 150 << 20;

/// What the state folder holds at most, in bytes, once no more comments are kept.
const MOST_STATE: u64 = 100 << 20;

/// How much of what guests write is kept of one page, in bytes, and a comment of the usual size more.
const MOST_OF_GUESTS: usize = (4 << 20) + 50_000;

/// What stands for an escape that is half an emoji: the sandbox itself writes whole ones only.
const HALF_AN_EMOJI: &str = "(half an emoji)";

/// Asks for the comments that the sandbox has, which stand behind those of a flood.
const AT_THE_END: &str = "&start_cursor=end";

/// What stands in front of the sandbox and answers some calls by itself.
struct Flood {
    sandbox: Running,
    sent: Arc<AtomicUsize>,
}

impl Flood {
    /// `answer` gets the path and the number of the call; `None` leaves the call to the sandbox.
    async fn start(answer: impl Fn(&str, usize) -> Option<String> + Clone + Send + Sync + 'static) -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        Self::asked(move |path, _| answer(path, calls.fetch_add(1, Ordering::SeqCst))).await
    }

    /// The same; `answer` gets the path and the query.
    async fn asked(answer: impl Fn(&str, &str) -> Option<String> + Clone + Send + Sync + 'static) -> Self {
        let mut sandbox = keyminder_sandbox::serve(Options::default()).await.unwrap();
        let behind = Arc::clone(&sandbox.sandbox);
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sent);
        let reply = async move |request: Incoming| {
            let (head, body) = request.into_parts();
            let own = head.method == "GET";
            let own = own
                .then(|| answer(head.uri.path(), head.uri.query().unwrap_or_default()))
                .flatten();
            let (status, body) = if let Some(body) = own {
                (200, body)
            } else {
                let header = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
                let request = Request {
                    method: head.method.to_string(),
                    path: head.uri.path().to_owned(),
                    query: head.uri.query().unwrap_or_default().replace(AT_THE_END, ""),
                    authorization: header("authorization"),
                    version: header("notion-version"),
                    body: axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default(),
                };
                let answer = behind.handle(&request);
                (answer.status, answer.body.replace(HALF_AN_EMOJI, r"\ud83d"))
            };
            counted.fetch_add(body.len(), Ordering::SeqCst);
            let headers = [("content-type", "application/json"), ("x-notion-request-id", "0")];
            let status = axum::http::StatusCode::from_u16(status).unwrap();
            (status, headers, Body::from(body)).into_response()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        sandbox.url = format!("http://{}", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(reply);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { sandbox, sent }
    }
}

/// The most memory that a process ever held, in kB, as Linux counts it.
fn peak_kb(bot: &Bot) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", bot.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn status(project: &Path) -> Value {
    let mut command = Command::new(program());
    command.args(["status", "--json", "--project"]).arg(project).env_clear();
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

fn list(results: &[Value], next: usize) -> String {
    json!({"object": "list", "results": results, "next_cursor": format!("c{next}"), "has_more": true}).to_string()
}

fn comment(n: usize, bytes: usize) -> Value {
    let words = "x".repeat(bytes);
    json!({
        "object": "comment", "id": format!("00000000-0000-4000-8000-{n:012}"), "discussion_id": "d",
        "created_by": {"object": "user", "id": "u"}, "created_time": "2026-11-20T09:14:00.000Z",
        "rich_text": [{"type": "text", "text": {"content": words}, "plain_text": words}],
    })
}

/// Lets the bot run against a flood until `status` says these words; then its memory is looked at.
async fn told(flood: Flood, words: &str) {
    let project = project("");
    let page = first_page(&flood.sandbox);
    let bot = Bot::start(project.path(), &flood.sandbox, &page, &BTreeMap::default());
    until(words, Duration::from_mins(1), async || {
        status(project.path()).to_string().contains(words)
    })
    .await;
    let begun = flood.sent.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let peak = peak_kb(&bot);
    let sent = flood.sent.load(Ordering::SeqCst) - begun;
    println!(
        "{words}: {} MB sent, then {} MB in 3 s; peak {peak} kB",
        begun >> 20,
        sent >> 20
    );
    assert!(sent < MOST_SENT, "{sent} bytes in 3 s");
    assert!(peak < MOST_MEMORY_KB, "{peak} kB");
    call(&flood.sandbox, "GET", "/sandbox/journal", Value::Null).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn comments_without_end_are_read_in_parts() {
    let answer = |path: &str, n| (path == "/v1/comments").then(|| list(&[comment(n, 1_000_000)], n));
    told(Flood::start(answer).await, "is not read to its end at once").await;
}

/// A comment of this person, like `comment`.
fn comment_by(author: &str, n: usize, bytes: usize) -> Value {
    let words = format!("What is next? {n} {}", "word ".repeat(bytes / 5));
    json!({
        "object": "comment", "id": format!("00000000-0000-4000-8000-{n:012}"), "discussion_id": "d",
        "created_by": {"object": "user", "id": author}, "created_time": "2026-11-20T09:14:00.000Z",
        "rich_text": [{"type": "text", "text": {"content": words}, "plain_text": words}],
    })
}

/// The id of somebody who may act.
async fn member(flood: &Flood) -> String {
    let users = call(&flood.sandbox, "GET", "/v1/users", Value::Null).await;
    let users = users["results"].as_array().unwrap();
    let known = users.iter().find(|user| user["name"] == "Ana Silva").unwrap();
    known["id"].as_str().unwrap().to_owned()
}

/// What the state folder holds, in bytes.
fn state_bytes(project: &Path) -> u64 {
    let files = std::fs::read_dir(project.join("state")).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn new_comments_without_end_are_kept_up_to_a_number() {
    // Many short ones, and few long ones.
    for bytes in [100, 20_000] {
        let ana = Arc::new(std::sync::OnceLock::new());
        let author = Arc::clone(&ana);
        let answer = move |path: &str, n: usize| {
            let author: &String = author.get()?;
            let of_page: Vec<Value> = (0..100).map(|at| comment_by(author, n * 100 + at, bytes)).collect();
            (path == "/v1/comments").then(|| list(&of_page, n))
        };
        let flood = Flood::start(answer).await;
        ana.set(member(&flood).await).unwrap();
        let project = project("");
        let page = first_page(&flood.sandbox);
        let bot = Bot::start(project.path(), &flood.sandbox, &page, &BTreeMap::default());
        until("it is said", Duration::from_secs(100), async || {
            status(project.path())
                .to_string()
                .contains("more open comments than are kept")
        })
        .await;
        let kept = status(project.path())["comments"].as_u64().unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        let (peak, state) = (peak_kb(&bot), state_bytes(project.path()));
        println!("{bytes}: {kept} comments; peak {peak} kB, state {} kB", state >> 10);
        assert_eq!(
            status(project.path())["comments"].as_u64(),
            Some(kept),
            "and no more is kept"
        );
        assert!(peak < MOST_MEMORY_KB, "{peak} kB");
        assert!(state < MOST_STATE, "{state} bytes");
        assert!(crate::child::log(project.path()).contains("more open comments than are kept"));
    }
}

/// A page that people write on is read whole, in several looks where it must be: here Notion gives it in 450 short answers,
/// more than one look reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_page_with_thousands_of_comments_is_read_to_its_end() {
    const ALL: usize = 2_250;
    let ana = Arc::new(std::sync::OnceLock::new());
    let author = Arc::clone(&ana);
    let answer = move |path: &str, query: &str| {
        let author: &String = author.get()?;
        let from: usize = query
            .split_once("start_cursor=c")
            .map_or(0, |(_, at)| at.parse().unwrap());
        let to = (from + 5).min(ALL);
        let part: Vec<Value> = (from..to).map(|n| comment_by(author, n, 100)).collect();
        let more = json!({"object": "list", "results": part, "next_cursor": format!("c{to}"), "has_more": to < ALL});
        (path == "/v1/comments").then(|| more.to_string())
    };
    let flood = Flood::asked(answer).await;
    ana.set(member(&flood).await).unwrap();
    let project = project("");
    let page = first_page(&flood.sandbox);
    let _bot = Bot::start(project.path(), &flood.sandbox, &page, &BTreeMap::default());
    until("all are kept", Duration::from_mins(1), async || {
        status(project.path())["comments"].as_u64() == Some(ALL as u64)
    })
    .await;
    assert!(!status(project.path()).to_string().contains("than are kept"));
}

/// Makes a guest, and gives the id.
async fn guest(flood: &Flood, page: &str) -> String {
    let person = json!({"name": "Carla", "kind": "guest"});
    call(&flood.sandbox, "PUT", "/sandbox/people", person).await;
    let body = json!({"page_id": page, "author": "Carla", "text": format!("Nice {HALF_AN_EMOJI}")});
    call(&flood.sandbox, "POST", "/sandbox/comments", body).await;
    let listed = listed(flood, page).await;
    listed[0]["created_by"]["id"].as_str().unwrap().to_owned()
}

/// The comments that the sandbox has.
async fn listed(flood: &Flood, page: &str) -> Vec<Value> {
    all(&flood.sandbox, &format!("/v1/comments?block_id={page}")).await
}

/// A member asks, and gets an answer.
async fn is_answered(flood: &Flood, project: &Path, page: &str) {
    let body = json!({"page_id": page, "author": "Ana Silva", "text": "How long does step 4 take?"});
    let asked = call(&flood.sandbox, "POST", "/sandbox/comments", body).await;
    let mark = Reference::of(&CommentId::from_wire(asked["id"].as_str().unwrap()));
    let log = || crate::child::log(project);
    let begun = std::time::Instant::now();
    while !listed(flood, page)
        .await
        .iter()
        .any(|comment| plain(&comment["rich_text"]).ends_with(mark.as_str()))
    {
        assert!(begun.elapsed() < Duration::from_secs(90), "not answered: {}", log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What software writes that cuts texts by UTF-16 units, and what no JSON reader takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn half_an_emoji_of_a_guest_hides_no_question_of_a_member() {
    let flood = Flood::start(|_, _| None).await;
    let (project, page) = (project(""), first_page(&flood.sandbox));
    guest(&flood, &page).await;
    let _bot = Bot::start(project.path(), &flood.sandbox, &page, &BTreeMap::default());
    is_answered(&flood, project.path(), &page).await;
}

/// A guest writes more than there is room for, first by making short comments long.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_guest_who_fills_a_page_silences_no_member() {
    const EACH: usize = 20_000;
    let (carla, size) = (Arc::new(std::sync::OnceLock::new()), Arc::new(AtomicUsize::new(100)));
    let (author, bytes) = (Arc::clone(&carla), Arc::clone(&size));
    let answer = move |path: &str, query: &str| {
        let author: &String = author.get()?;
        let bytes = bytes.load(Ordering::SeqCst);
        let all = if bytes == EACH { 500 } else { 300 };
        if path != "/v1/comments" || query.contains(AT_THE_END) {
            return None;
        }
        let from: usize = query
            .split_once("start_cursor=c")
            .map_or(0, |(_, at)| at.parse().unwrap());
        let to = (from + 50).min(all);
        let part: Vec<Value> = (from..to).map(|n| comment_by(author, n, bytes)).collect();
        let next = if to == all { "end".to_owned() } else { format!("c{to}") };
        let more = json!({"object": "list", "results": part, "next_cursor": next, "has_more": true});
        Some(more.to_string())
    };
    let flood = Flood::asked(answer).await;
    let (project, page) = (project(""), first_page(&flood.sandbox));
    carla.set(guest(&flood, &page).await).unwrap();
    let _bot = Bot::start(project.path(), &flood.sandbox, &page, &BTreeMap::default());
    is_answered(&flood, project.path(), &page).await;
    assert!(!status(project.path()).to_string().contains("than are kept"));
    size.store(EACH, Ordering::SeqCst);
    until("it is said", Duration::from_secs(100), async || {
        status(project.path()).to_string().contains("than are kept")
    })
    .await;
    is_answered(&flood, project.path(), &page).await;
    let store = SqliteStore::open_beside(&project.path().join("state/keyminder.db"))
        .await
        .unwrap();
    let rows = store.comments(&PageId::from_wire(&page)).await.unwrap();
    let kept: usize = rows.iter().map(|row| row.comment.text.as_str().len()).sum();
    assert!((1..MOST_OF_GUESTS).contains(&kept), "{kept} bytes are kept");
    assert!(
        rows.len() >= 302,
        "and no comment that was there is lost: {}",
        rows.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn answers_of_6_mb_are_cut() {
    let answer = |path: &str, n| (path == "/v1/comments").then(|| list(&[comment(n, 3_000_000)], n));
    told(Flood::start(answer).await, "larger than what is read").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn blocks_in_blocks_without_end_are_left_out_and_said() {
    let answer = |path: &str, n: usize| {
        let block = |at| json!({"object": "block", "id": format!("b-{n}-{at}"), "type": "toggle", "has_children": true, "toggle": {"rich_text": []}});
        let results: Vec<Value> = (0..100).map(block).collect();
        path.ends_with("/children")
            .then(|| json!({"results": results, "has_more": false}).to_string())
    };
    told(Flood::start(answer).await, "is left out").await;
}
