//! An editor saves the value of before the rotation back into `.env`: the page is told, and the channels beside it.
use crate::child::{self, Bot, all, first_page, plain};
use keyminder_sandbox::providers::{Key, KeyState, StandIns, router};
use keyminder_sandbox::{Options, serve};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

type Told = Arc<Mutex<Vec<String>>>;

/// An ntfy server that writes down what it is told.
async fn ntfy() -> (String, Told) {
    let told = Told::default();
    let kept = told.clone();
    let app = axum::Router::new().fallback(move |text: String| {
        kept.lock().expect("nobody panics with it").push(text);
        std::future::ready(axum::http::StatusCode::OK)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/topic", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, told)
}

fn line(key: &BTreeMap<String, String>) -> String {
    key.iter()
        .fold(String::new(), |text, (name, value)| text + name + "=" + value + "\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_an_editor_brings_back_is_told_once_everywhere() {
    let stand_ins = StandIns::default();
    let options = Options {
        providers: Some(router(stand_ins.clone())),
        ..Options::default()
    };
    let sandbox = serve(options).await.expect("a free port");
    let page = first_page(&sandbox);
    let issue = || stand_ins.issue("groq", &mut fastrand::Rng::new()).expect("a provider");
    let (old, new) = (issue(), issue());
    let folder = tempfile::tempdir().expect("a scratch folder");
    let env = folder.path().join(".env");
    std::fs::write(&env, line(&old)).expect("a scratch file");
    let probes = sandbox.providers_url.clone().expect("stand-ins");
    let keyminder = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyminder"));
        command.args(args).arg("--project").arg(folder.path()).env_clear();
        let output = command
            .env("KEYMINDER_PROBE_URL", &probes)
            .env("KEYMINDER_ROTATION_PROOF_AT", "0ms,100ms,200ms")
            .output()
            .expect("the command runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    keyminder(&["rotate", "start", "groq"]);
    std::fs::write(&env, line(&new)).expect("a scratch file");
    stand_ins.put(Key::new("groq", old.clone(), KeyState::Deleted));
    let finished = keyminder(&["rotate", "finish", "groq"]);
    assert!(finished.contains("groq"), "{finished}");

    let (url, told) = ntfy().await;
    let settings = BTreeMap::from([("KEYMINDER_ALERTS_NTFY".to_owned(), url)]);
    let _bot = Bot::start(folder.path(), &sandbox, &page, &settings);
    tokio::time::sleep(Duration::from_secs(2)).await;
    std::fs::write(&env, line(&old)).expect("a scratch file");

    let is_told = |text: &str| text.contains("API_Groq") && text.contains("old value") && text.contains("back");
    let begun = Instant::now();
    loop {
        let listed = all(&sandbox, &format!("/v1/comments?block_id={page}")).await;
        let on_page = listed.iter().filter(|it| is_told(&plain(&it["rich_text"]))).count();
        let by_ntfy = told
            .lock()
            .expect("nobody panics with it")
            .iter()
            .filter(|text| is_told(text))
            .count();
        if (on_page, by_ntfy) == (1, 1) {
            break;
        }
        let log = child::log(folder.path());
        assert!(begun.elapsed() < PATIENCE, "page {on_page}, ntfy {by_ntfy}: {log}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Time enough to say it again, if it were not remembered.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let told = told.lock().expect("nobody panics with it");
    assert_eq!(told.iter().filter(|text| is_told(text)).count(), 1, "{told:?}");
    assert!(told.iter().all(|text| !text.contains(&old["API_Groq"][4..12])));
}
