//! A Notion that never ends: what is read of it in one go is bounded, and what was read counts.
use super::*;
use crate::listing::Cut;
use axum::Router;
use axum::body::Body;
use axum::extract::Request as Incoming;
use axum::response::IntoResponse;
use axum::routing::any;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a server gave out.
#[derive(Default)]
struct Given {
    answers: AtomicUsize,
    bytes: AtomicUsize,
}

/// A client of a server that answers by `answer`, which gets the query and the number of the call.
async fn against(answer: impl Fn(&str, usize) -> String + Clone + Send + Sync + 'static) -> (Client, Arc<Given>) {
    let given = Arc::new(Given::default());
    let counted = Arc::clone(&given);
    let reply = async move |request: Incoming| {
        let n = counted.answers.fetch_add(1, Ordering::SeqCst);
        let body = answer(&request.uri().to_string(), n);
        counted.bytes.fetch_add(body.len(), Ordering::SeqCst);
        ([("content-type", "application/json")], Body::from(body)).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(reply))).await });
    let connection = Connection {
        requests_per_minute: 0,
        ..connection(&format!("http://{at}"))
    };
    (Client::new(connection).unwrap(), given)
}

fn page(results: &[Json], next: usize) -> String {
    json!({"object": "list", "results": results, "next_cursor": format!("c{next}"), "has_more": true}).to_string()
}

fn sized(id: usize, bytes: usize) -> Json {
    comment(&format!("c-{id}"), ANA, &json!([text(&"x".repeat(bytes / 2))]))
}

#[tokio::test]
async fn new_cursors_for_ever_are_followed_so_far_and_the_next_reading_goes_on() {
    let (client, given) = against(|_, n| page(&[sized(n, 10)], n)).await;
    let first = client.comments(PAGE).await.ok().unwrap();
    assert_eq!(
        (first.complete, first.cut, first.comments.len()),
        (false, Some(Cut::Pages), 400)
    );
    assert_eq!(given.answers.load(Ordering::SeqCst), 400);
    let next = client.comments_from(PAGE, first.next.as_deref()).await.ok().unwrap();
    assert_eq!(
        next.comments[0].id.as_str(),
        "c-400",
        "no comment is left out between the two"
    );
    assert!(!next.complete);
}

#[tokio::test]
async fn a_list_of_comments_ends_after_ten_thousand_and_the_next_reading_goes_on() {
    let of_page = |n: usize| -> Vec<Json> { (0..100).map(|at| sized(n * 100 + at, 10)).collect() };
    let (client, given) = against(move |_, n| page(&of_page(n), n)).await;
    let first = client.comments(PAGE).await.ok().unwrap();
    assert_eq!(
        (first.complete, first.cut, first.comments.len()),
        (false, Some(Cut::Entries), 10_000)
    );
    assert_eq!(given.answers.load(Ordering::SeqCst), 100);
    let next = client.comments_from(PAGE, first.next.as_deref()).await.ok().unwrap();
    assert_eq!(next.comments[0].id.as_str(), "c-10000");
}

#[tokio::test]
async fn a_reading_that_went_on_to_the_end_proves_no_absence() {
    let (client, _) = against(|_, _| json!({"results": [], "has_more": false}).to_string()).await;
    let rest = client.comments_from(PAGE, Some("c1")).await.ok().unwrap();
    assert_eq!((rest.complete, rest.cut, rest.next), (false, None, None));
}

#[tokio::test]
async fn large_pages_for_ever_are_cut_by_their_bytes() {
    let (client, given) = against(|_, n| page(&[sized(n, 3_000_000)], n)).await;
    let listing = client.comments(PAGE).await.ok().unwrap();
    assert_eq!((listing.complete, listing.cut), (false, Some(Cut::Bytes)));
    assert!(listing.next.is_some() && listing.comments.len() >= 5);
    assert!(given.bytes.load(Ordering::SeqCst) < 24_000_000);
}

#[tokio::test]
async fn answers_of_6_mb_are_not_read_and_not_asked_for_again_and_again() {
    let (client, given) = against(|_, n| page(&[sized(n, 6_000_000)], n)).await;
    let error = client.comments(PAGE).await.err().unwrap();
    assert_eq!(error.kind, Kind::TooLarge);
    assert!(error.to_string().contains("larger than what is read"), "{error}");
    assert!(given.answers.load(Ordering::SeqCst) <= 3);
    let error = client.page(&crate::ids::PageId::from_wire(PAGE)).await.err().unwrap();
    assert_eq!(error.kind, Kind::TooLarge);
}

/// The size that a query asks for.
fn asked(uri: &str) -> usize {
    let (_, rest) = uri.split_once("page_size=").unwrap();
    rest.split('&').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_full_page_that_is_too_long_is_read_in_shorter_ones() {
    let answer = |uri: &str, _| {
        let from: usize = uri
            .split_once("start_cursor=c")
            .map_or(0, |(_, at)| at.parse().unwrap());
        let to = (from + asked(uri)).min(120);
        let results: Vec<Json> = (from..to).map(|id| sized(id, 60_000)).collect();
        json!({"results": results, "next_cursor": format!("c{to}"), "has_more": to < 120}).to_string()
    };
    let (client, _) = against(answer).await;
    let listing = client.comments(PAGE).await.ok().unwrap();
    assert_eq!((listing.complete, listing.comments.len()), (true, 120));
}

#[tokio::test]
async fn more_entries_than_were_asked_for_and_deep_nesting_cost_little() {
    let many = |_: &str, _| {
        let entries = vec!["{\"id\":\"a\"}"; 300_000].join(",");
        format!("{{\"results\":[{entries}],\"has_more\":false}}")
    };
    let (client, _) = against(many).await;
    let listing = client.comments(PAGE).await.ok().unwrap();
    assert_eq!(
        (listing.complete, listing.comments.len()),
        (false, 1),
        "all of them are one"
    );
    let deep = |_: &str, _| format!("{{\"results\":[{}", "[".repeat(1_000_000));
    let (client, given) = against(deep).await;
    assert_eq!(client.comments(PAGE).await.err().unwrap().kind, Kind::Unexpected);
    assert_eq!(given.answers.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_that_would_unfold_is_not_unfolded() {
    let seen = Arc::new(std::sync::Mutex::new(None));
    let heard = Arc::clone(&seen);
    let reply = async move |request: Incoming| {
        *heard.lock().unwrap() = request.headers().get("accept-encoding").cloned();
        (
            [("content-encoding", "gzip"), ("content-type", "application/json")],
            vec![0x1f, 0x8b, 8, 0],
        )
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(reply))).await });
    let client = Client::new(connection(&format!("http://{at}"))).unwrap();
    assert_eq!(client.comments(PAGE).await.err().unwrap().kind, Kind::Unexpected);
    assert_eq!(*seen.lock().unwrap(), None, "nothing packed is asked for");
}

#[tokio::test]
async fn blocks_in_blocks_for_ever_end_and_the_first_that_is_left_out_is_named() {
    let answer = |_: &str, n: usize| {
        let block = |at| json!({"id": format!("b-{n}-{at}"), "type": "toggle", "has_children": true, "toggle": {}});
        let results: Vec<Json> = (0..100).map(block).collect();
        json!({"results": results, "has_more": false}).to_string()
    };
    let (client, given) = against(answer).await;
    let blocks = client.blocks(PAGE, 4).await.ok().unwrap();
    assert!(given.answers.load(Ordering::SeqCst) <= 1000);
    assert!(given.bytes.load(Ordering::SeqCst) <= 17_000_000);
    let [unread] = &blocks.unread[..] else {
        panic!("{} parts are named", blocks.unread.len())
    };
    assert_eq!(
        (unread.error.kind.clone(), unread.is_passing()),
        (Kind::TooLarge, false)
    );
    assert!(
        blocks.found.len() > 1000,
        "what was read counts: {}",
        blocks.found.len()
    );
}
