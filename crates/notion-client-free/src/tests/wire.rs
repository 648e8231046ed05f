//! The real wire against a real socket on loopback.
use super::*;
use crate::transport::HttpTransport;
use axum::Router;
use axum::body::Body;
use axum::extract::Request as Incoming;
use axum::response::IntoResponse;
use axum::routing::any;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Long enough for loopback, short enough to wait for in a test.
const SHORT: Duration = Duration::from_millis(200);

async fn send(at: SocketAddr, body: &str, timeout: Duration) -> Result<Response, Failure> {
    let wire = HttpTransport::new(&format!("http://{at}/v1/"), "a-bot/1.0", timeout).unwrap();
    let request = Request {
        method: if body.is_empty() { Method::GET } else { Method::POST },
        path: "/v1/comments?block_id=%41".to_owned(),
        authorization: HeaderValue::from_static("Bearer something"),
        body: body.as_bytes().to_vec(),
    };
    wire.send(request).await
}

/// Serves one connection with raw bytes after it has sent something; then hangs or hangs up.
async fn raw(answer: &'static [u8], hang: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _bytes = socket.read(&mut request).await.unwrap();
        socket.write_all(answer).await.unwrap();
        if hang {
            std::future::pending::<()>().await;
        }
    });
    at
}

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    at
}

#[tokio::test]
async fn a_request_carries_what_notion_wants() {
    async fn echo(request: Incoming) -> impl IntoResponse {
        let header = |name: &str| {
            let value = request.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or("-").to_owned()
        };
        let names = ["authorization", "notion-version", "content-type", "user-agent"];
        format!("{} {} {}", request.method(), request.uri(), names.map(header).join(" "))
    }
    let at = serve(Router::new().fallback(any(echo))).await;
    let got = send(at, "{}", SHORT).await.ok().unwrap();
    let expected = "POST /v1/comments?block_id=%41 Bearer something 2026-03-11 application/json a-bot/1.0";
    assert_eq!(String::from_utf8(got.body.unwrap()).unwrap(), expected);
    let got = send(at, "", SHORT).await.ok().unwrap();
    assert!(
        String::from_utf8(got.body.unwrap())
            .unwrap()
            .contains("2026-03-11 - a-bot"),
        "no body, no type"
    );
}

#[tokio::test]
async fn nobody_there_is_certain() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    assert!(matches!(send(at, "{}", SHORT).await, Err(Failure::NotSent(_))));
}

#[tokio::test]
async fn silence_after_sending_is_unknown() {
    let failed = send(raw(b"", true).await, "{}", SHORT).await.err().unwrap();
    assert_eq!(failed, Failure::Unknown("no answer in time".to_owned()));
    let failed = send(raw(b"", false).await, "{}", SHORT).await.err().unwrap();
    assert!(matches!(failed, Failure::Unknown(_)));
}

#[tokio::test]
async fn a_body_that_stops_leaves_the_status() {
    let half = b"HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\n{\"object\"";
    for hang in [true, false] {
        let got = send(raw(half, hang).await, "{}", SHORT).await.ok().unwrap();
        assert_eq!((got.status.as_u16(), got.body), (404, None));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_huge_body_not_read() {
    let moved = raw(
        b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n",
        true,
    )
    .await;
    assert_eq!(send(moved, "{}", SHORT).await.ok().unwrap().status, StatusCode::FOUND);
    let huge = serve(Router::new().fallback(any(async || Body::from(vec![b' '; 9 * 1024 * 1024])))).await;
    let failed = send(huge, "", Duration::from_secs(5)).await.err();
    assert_eq!(failed, Some(Failure::TooLong));
}

#[tokio::test]
async fn an_address_that_is_none_is_told() {
    for url in ["not an address", "ftp://127.0.0.1", "http:"] {
        let error = Client::new(connection(url)).err().unwrap();
        assert!(error.to_string().contains("no http:// or https:// URL"), "{error}");
    }
}

/// CPU time of this thread so far, in nanoseconds, as Linux counts it.
fn cpu_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}

/// What the client itself costs; the server runs on a thread of its own and is not counted.
#[test]
#[ignore = "a measurement: cargo test --release --lib cost_of -- --ignored --nocapture"]
fn cost_of_a_post() {
    const POSTS: u64 = 10_000;
    let body = comment(COMMENT, BOT, &json!([text("Backup verified."), text(" · k7p2-93qd")])).to_string();
    let (ready, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let app = Router::new().fallback(any(async move |_: axum::body::Bytes| body.clone()));
            ready.send(serve(app).await).unwrap();
            std::future::pending::<()>().await;
        });
    });
    let mut connection = connection(&format!("http://{}", address.recv().unwrap()));
    connection.requests_per_minute = 0;
    let words = "Step 1 is proven. ".repeat(12);
    let runs = [run(&words), run("Next: step 2."), run(" · k7p2-93qd")];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let before = cpu_ns();
    Client::new(super::connection("https://api.notion.com")).unwrap();
    let https = cpu_ns();
    let client = Client::new(connection).unwrap();
    let (start, clock) = (cpu_ns(), std::time::Instant::now());
    runtime.block_on(async {
        for _ in 0..POSTS / 4 {
            let post = || client.create_comment(thread(), &runs);
            let posted = tokio::join!(post(), post(), post(), post());
            assert!(posted.0.is_ok() && posted.1.is_ok() && posted.2.is_ok() && posted.3.is_ok());
        }
    });
    let post = (cpu_ns() - start) / POSTS / 1000;
    println!("POST: {post} us of CPU each, {:?} for {POSTS}", clock.elapsed());
    println!(
        "new client: HTTPS {} us, HTTP {} us",
        (https - before) / 1000,
        (start - https) / 1000
    );
}
