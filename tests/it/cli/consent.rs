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
        let mut command = self.folder.keyminder(args);
        command
            .env("HTTPS_PROXY", &self.proxy.url)
            .env("KEYMINDER_NOTION_URL", &self.sandbox.url)
            .env("KEYMINDER_PAGES", first_page(&self.sandbox))
            .env("NOTION_TOKEN", self.sandbox.token.expose_secret());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
        said(&output)
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
    assert!(told.contains("agree to API_Groq+GROQ_API_KEY@keys.example"), "{told}");
    project.reports("I replaced the groq key");
    assert_eq!(project.proxy.wanted(), Vec::<String>::new(), "nobody has agreed yet");

    let agreed = json!(["API_Groq+GROQ_API_KEY@keys.example"]).to_string();
    write(&project.folder, "state/agreed_providers.json", &agreed);
    let asked = ["CONNECT keys.example:443 HTTP/1.1"];
    project.run(&["probe"]);
    assert_eq!(project.proxy.wanted(), asked, "probe");
    project.reports("I replaced the groq key once more");
    assert_eq!(project.proxy.wanted(), asked, "the bot");
}
