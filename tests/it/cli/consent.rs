//! A host of the project's own `config/providers.toml` gets a key once a person agreed to it, from `probe` and the bot alike.
use super::{secret, write};
use crate::child::first_page;
use crate::rotation::{Folder, said};
use keyminder_sandbox::{Options, Request, Running};
use secrecy::ExposeSecret;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

const OWN: &str = r#"
    [[provider]]
    id = "groq"
    request = { method = "GET", url = "https://keys.example/models" }
"#;

/// Stands between the program and every host, hears which ones it wants, and lets it reach none.
struct Proxy {
    url: String,
    wanted: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let wanted = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&wanted);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut line = String::new();
                if BufReader::new(&stream).read_line(&mut line).is_ok() {
                    heard.lock().unwrap().push(line.trim().to_owned());
                }
                let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
            }
        });
        Self { url, wanted }
    }

    /// The hosts that were wanted since this was last asked, each once.
    fn wanted(&self) -> Vec<String> {
        let mut wanted = std::mem::take(&mut *self.wanted.lock().unwrap());
        wanted.dedup();
        wanted
    }
}

struct AgreeingProject {
    folder: Folder,
    sandbox: Running,
    proxy: Proxy,
    _runtime: tokio::runtime::Runtime,
}

impl AgreeingProject {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let sandbox = runtime.block_on(keyminder_sandbox::serve(Options::default())).unwrap();
        let folder = Folder::with_env(&format!("API_Groq=gsk_{}{}\n", secret(), &secret()[..16]));
        write(&folder, "config/providers.toml", OWN);
        Self {
            folder,
            sandbox,
            proxy: Proxy::start(),
            _runtime: runtime,
        }
    }

    /// Runs a command whose ways to other hosts lead through the proxy.
    fn run(&self, args: &[&str]) -> String {
        let (code, said) = self.run_with(args, &self.sandbox.url);
        assert_eq!(code, Some(0), "{args:?}: {said}");
        said
    }

    /// The same with another address of Notion: how it ended, and what it said.
    fn run_with(&self, args: &[&str], notion: &str) -> (Option<i32>, String) {
        let mut command = self.folder.keyminder(args);
        command
            .env("HTTPS_PROXY", &self.proxy.url)
            .env("HTTP_PROXY", &self.proxy.url)
            .env("ALL_PROXY", &self.proxy.url)
            .env("KEYMINDER_NOTION_URL", notion)
            .env("KEYMINDER_PAGES", first_page(&self.sandbox))
            .env("NOTION_TOKEN", self.sandbox.token.expose_secret());
        let output = command.output().unwrap();
        (output.status.code(), said(&output))
    }

    /// A person reports, and the bot looks.
    fn reports(&self, text: &str) {
        let author = &self.sandbox.first_line["people"][0]["id"];
        let body = json!({ "page_id": first_page(&self.sandbox), "author": author, "text": text });
        let request = Request {
            method: "POST".to_owned(),
            path: "/sandbox/comments".to_owned(),
            body: body.to_string().into_bytes().into(),
            ..Request::default()
        };
        assert_eq!(self.sandbox.sandbox.handle(&request).status, 200);
        self.run(&["run", "--once"]);
    }
}

#[test]
fn what_a_person_agreed_to_holds_for_probe_and_for_the_bot() {
    let project = AgreeingProject::new();
    let told = project.run(&["probe"]);
    assert!(
        told.contains("agree to API_Groq+GROQ_API_KEY+GROQ_KEY@keys.example"),
        "{told}"
    );
    project.reports("I replaced the groq key");
    assert_eq!(project.proxy.wanted(), Vec::<String>::new(), "nobody has agreed yet");

    let agreed = json!(["API_Groq+GROQ_API_KEY+GROQ_KEY@keys.example"]).to_string();
    write(&project.folder, "state/agreed_providers.json", &agreed);
    let asked = ["CONNECT keys.example:443 HTTP/1.1"];
    project.run(&["probe"]);
    assert_eq!(project.proxy.wanted(), asked, "probe");
    project.reports("I replaced the groq key once more");
    assert_eq!(project.proxy.wanted(), asked, "the bot");
}

#[test]
fn the_bots_token_goes_to_notion_and_to_whom_a_person_agreed() {
    let project = AgreeingProject::new();
    let elsewhere = "https://notion.example";
    for args in [&["run", "--once"][..], &["run", "--dry-run"]] {
        let (code, told) = project.run_with(args, elsewhere);
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("agree to NOTION_TOKEN@notion.example"), "{told}");
    }
    assert_eq!(project.proxy.wanted(), Vec::<String>::new(), "nobody has agreed yet");
    let others = json!(["NOTION_TOKEN@notion.example:8443", "NOTION_TOKEN@example"]).to_string();
    write(&project.folder, "state/agreed_providers.json", &others);
    project.run_with(&["run", "--dry-run"], elsewhere);
    assert_eq!(project.proxy.wanted(), Vec::<String>::new(), "that was for other hosts");
    let agreed = json!(["NOTION_TOKEN@notion.example"]).to_string();
    write(&project.folder, "state/agreed_providers.json", &agreed);
    project.run_with(&["run", "--dry-run"], elsewhere);
    assert_eq!(project.proxy.wanted(), ["CONNECT notion.example:443 HTTP/1.1"]);
}

#[test]
fn an_address_of_notion_that_only_looks_right_is_a_fault_of_the_settings() {
    let project = AgreeingProject::new();
    for url in [
        "http://localhost.evil.example",
        "http://127.0.0.1@evil.example",
        "https://api.notion.com@evil.example",
        "https://2852039166",
        "https://metadata.google.internal",
    ] {
        let (code, told) = project.run_with(&["run", "--once"], url);
        assert!(code != Some(0) && told.contains("NOTION_URL"), "{url}: {told}");
    }
    assert_eq!(project.proxy.wanted(), Vec::<String>::new());
}

#[test]
fn an_address_in_the_environment_keeps_a_key_here_too() {
    let project = AgreeingProject::new();
    write(&project.folder, "config/providers.toml", "");
    write(&project.folder, ".env", &format!("OPENAI_API_KEY=sk-{}\n", secret()));
    for name in ["OPENAI_BASE_URL", "OPENAI_API_BASE", "LITELLM_PROXY_URL"] {
        let mut command = project.folder.keyminder(&["probe"]);
        command
            .env("HTTPS_PROXY", &project.proxy.url)
            .env(name, "https://llm.example/v1");
        let told = said(&command.output().unwrap());
        assert!(told.contains(name) && told.contains("environment"), "{told}");
        assert_eq!(project.proxy.wanted(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_key_of_another_maker_goes_nowhere() {
    let project = AgreeingProject::new();
    write(&project.folder, "config/providers.toml", "");
    let router = format!("OPENAI_API_KEY=sk-or-v1-{}\n", secret());
    let moved = format!(
        "OPENAI_API_KEY=sk-{}\nOPENAI_BASE_URL=https://llm.example/v1\n",
        secret()
    );
    for (env, words) in [
        (router.as_str(), ["OpenRouter (sk-or-)", "OPENROUTER_API_KEY"]),
        (moved.as_str(), ["OPENAI_BASE_URL", "llm.example"]),
        ("OPENAI_API_KEY=your_key_here\n", ["placeholder", "OPENAI_API_KEY"]),
    ] {
        write(&project.folder, ".env", env);
        let told = project.run(&["probe"]).split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(told.contains(word), "{word} is not in {told}");
        }
        project.run(&["monitor", "--json"]);
        assert_eq!(project.proxy.wanted(), Vec::<String>::new(), "{words:?}");
    }
    write(&project.folder, ".env", &format!("OPENAI_API_KEY=sk-{}\n", secret()));
    project.run(&["probe"]);
    assert_eq!(
        project.proxy.wanted(),
        ["CONNECT api.openai.com:443 HTTP/1.1"],
        "its own key does go"
    );
}
