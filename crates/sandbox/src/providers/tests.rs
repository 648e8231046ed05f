//! The control API over HTTP, as `curl` would use it.
use super::*;
use serde_json::{Value, json};

#[tokio::test]
async fn the_side_door_makes_ends_and_scripts_keys() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(StandIns::default())).await });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let door = |path: &str| format!("{url}/standins/{path}");
    let made: Value = client
        .post(door("keys"))
        .json(&json!({"provider": "groq"}))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let key = made["values"]["API_Groq"].as_str().unwrap().to_owned();
    let ask = async || {
        let call = client
            .get(format!("{url}/openai/v1/models"))
            .header("Host", "api.groq.com")
            .bearer_auth(&key);
        call.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask().await, 200);
    let deleted = json!({"provider": "groq", "values": {"API_Groq": key}, "state": "deleted"});
    assert_eq!(
        client.put(door("keys")).json(&deleted).send().await.unwrap().status(),
        204
    );
    assert_eq!(ask().await, 401);
    let script = json!({"provider": "groq", "status": 503, "times": 1});
    assert_eq!(
        client.put(door("answers")).json(&script).send().await.unwrap().status(),
        204
    );
    assert_eq!((ask().await, ask().await), (503, 401));
    let journal = client.get(door("journal")).send().await.unwrap().text().await.unwrap();
    assert!(journal.contains("\"key\":\"scripted\"") && !journal.contains(&key));
    let unknown = json!({"provider": "acme"});
    assert_eq!(
        client.post(door("keys")).json(&unknown).send().await.unwrap().status(),
        404
    );
}
