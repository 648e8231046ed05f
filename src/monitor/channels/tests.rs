//! The channels against a server that writes down what it got.
use super::*;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use std::sync::{Arc, Mutex};

type Got = Arc<Mutex<Vec<(String, Option<String>, String)>>>;

/// A server that answers with `status`; gives its URL and what it got: path, signature, body.
async fn server(status: StatusCode) -> (String, Got) {
    let got = Got::default();
    let kept = got.clone();
    let app = Router::new().fallback(move |request: Request| {
        let kept = kept.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 10_000).await.unwrap();
            let signature = parts
                .headers
                .get("x-signature")
                .map(|value| value.to_str().unwrap().to_owned());
            let text = String::from_utf8(body.to_vec()).unwrap();
            kept.lock()
                .unwrap()
                .push((parts.uri.path().to_owned(), signature, text));
            status
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, got)
}

fn channels(url: &str) -> Channels {
    let at = |path: &str| Some(SecretString::from(format!("{url}/{path}")));
    let alerts = AlertSettings {
        ntfy: at("topic"),
        slack: at("slack"),
        webhook: at("hook"),
        webhook_secret: Some("s".into()),
        ping: at("ping"),
    };
    Channels {
        pause: Duration::ZERO,
        ..Channels::new(&alerts).unwrap()
    }
}

fn alert() -> KeyAlert {
    KeyAlert {
        about: "key_dead/A".into(),
        condition: "key_dead".into(),
        subject: "A".into(),
        level: Severity::Critical,
        days_left: None,
        text: "A is refused".into(),
    }
}

fn context() -> AlertContext {
    AlertContext {
        page_url: Some("https://notion.example/p".into()),
        host: "test".into(),
        now: DateTime::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn every_channel_is_told_and_the_webhook_is_signed() {
    let (url, got) = server(StatusCode::OK).await;
    let channels = channels(&url);
    assert!(channels.tell(&alert(), &context()).await.is_empty());
    channels.ping_start().await.unwrap();
    channels.ping_end(0, "all well").await.unwrap();
    channels.ping_end(2, "A is refused").await.unwrap();
    let got = got.lock().unwrap();
    let paths: Vec<&str> = got.iter().map(|(path, _, _)| path.as_str()).collect();
    assert_eq!(paths, ["/topic", "/slack", "/hook", "/ping/start", "/ping", "/ping/2"]);
    let (_, signature, body) = &got[2];
    assert_eq!(
        signature.as_deref(),
        Some(format!("sha256={}", hmac_hex("s", &[body.as_str()])).as_str())
    );
}

#[tokio::test]
async fn a_channel_that_fails_is_named_without_its_address() {
    let (url, got) = server(StatusCode::BAD_GATEWAY).await;
    let failed = channels(&url).tell(&alert(), &context()).await;
    assert_eq!(
        failed.iter().map(|error| error.channel).collect::<Vec<_>>(),
        ["ntfy", "slack", "webhook"]
    );
    assert!(failed.iter().all(|error| !error.to_string().contains("127.0.0.1")));
    assert_eq!(got.lock().unwrap().len(), 9, "three tries each");
    assert!(Channels::new(&AlertSettings::default()).is_none());
}
