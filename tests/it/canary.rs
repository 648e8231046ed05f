//! Canaries: keys made for this run stand in every input of a whole run. No eight characters of one may be in any byte
//! that was written, but in `.env` and its backups, which hold keys by purpose.
use crate::child::{self, Bot, all, call, comment, journal};
use base64::Engine as _;
use keyminder::domain::ids::PageId;
use keyminder::store::sqlite::SqliteStore;
use keyminder_sandbox::providers::{StandIns, router};
use keyminder_sandbox::{Options, Running, serve};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Variables, each with the public beginning of its values and how many characters follow.
const VARIABLES: [(&str, &str, usize); 5] = [
    ("BYBIT_API_KEY", "", 18),
    ("BYBIT_API_SECRET", "", 36),
    ("HUGGINGFACE_TOKEN", "hf_", 34),
    ("API_Groq", "gsk_", 52),
    ("API_Mistral", "", 32),
];

/// The secret part of a key, and the key.
pub struct Canary {
    pub name: &'static str,
    pub secret: String,
    pub whole: String,
}

fn hatch() -> Vec<Canary> {
    let made = VARIABLES.map(|(name, prefix, length)| {
        let secret: String = (0..length).map(|_| fastrand::alphanumeric()).collect();
        let whole = format!("{prefix}{secret}");
        Canary { name, secret, whole }
    });
    made.into()
}

/// What people write: each key in one disguise after another.
fn comments(canaries: &[Canary]) -> Vec<String> {
    let encoded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let spaced = |text: &str| text.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let mut said = Vec::new();
    for canary in canaries {
        let (name, whole, secret) = (canary.name, &canary.whole, &canary.secret);
        said.extend([
            format!("New key: {name}={whole} works, step 4 is done"),
            format!("is this right? {}", spaced(whole)),
            format!("stuck on step 3 with `{}`", encoded(whole)),
            format!("the middle is {} if that helps", &secret[4..16]),
            format!("see https://example.org/?token={whole} for step 2"),
            format!("first {} then {}", &secret[..9], &secret[9..]),
            secret.to_uppercase(),
        ]);
    }
    said
}

/// Every file under a folder, but the ones that hold keys by purpose.
pub fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "backups" {
            files(&path, found);
        } else if path.is_file() && name != ".env" {
            found.push(path);
        }
    }
}

/// How many characters of a canary are too many.
const WINDOW: usize = 8;

/// The canaries of which eight characters stand in these bytes, whatever their case.
pub fn leaks(canaries: &[Canary], bytes: &[u8]) -> BTreeSet<&'static str> {
    let number = |window: &[u8]| {
        window
            .iter()
            .fold(0, |all, byte| all << 8 | u64::from(byte.to_ascii_lowercase()))
    };
    let windows = canaries.iter().flat_map(|canary| {
        let windows = canary.secret.as_bytes().windows(WINDOW);
        windows.map(move |window| (number(window), canary.name))
    });
    let windows: HashMap<u64, &str> = windows.collect();
    let mut last = 0;
    let mut found = BTreeSet::new();
    for byte in bytes {
        last = last << 8 | u64::from(byte.to_ascii_lowercase());
        found.extend(windows.get(&last));
    }
    found
}

/// A project with the canaries in its `.env`, and everything that was written about it.
struct Aviary {
    sandbox: Running,
    folder: tempfile::TempDir,
    page: String,
    canaries: Vec<Canary>,
    written: Vec<(String, Vec<u8>)>,
}

impl Aviary {
    async fn new() -> Self {
        let options = Options {
            providers: Some(router(StandIns::default())),
            ..Options::default()
        };
        let sandbox = serve(options).await.expect("a free port");
        let folder = tempfile::tempdir().expect("a scratch folder");
        let canaries = hatch();
        let lines = canaries
            .iter()
            .map(|canary| format!("{}={}", canary.name, canary.whole));
        let env = lines.collect::<Vec<_>>().join("\n");
        std::fs::write(folder.path().join(".env"), env).expect("a scratch file");
        let page = child::first_page(&sandbox);
        Self {
            sandbox,
            folder,
            page,
            canaries,
            written: Vec::new(),
        }
    }

    /// Runs a command of the project and keeps what it says.
    fn command(&mut self, args: &[&str], env: &[(&str, &str)], stdin: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyminder"));
        command.args(args).arg("--project").arg(self.folder.path()).env_clear();
        command
            .env("KEYMINDER_NOTION_URL", &self.sandbox.url)
            .env("KEYMINDER_PAGES", &self.page);
        if let Some(url) = &self.sandbox.providers_url {
            command.env("KEYMINDER_PROBE_URL", url);
        }
        command.envs(env.iter().copied());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        child
            .stdin
            .take()
            .expect("a pipe")
            .write_all(stdin.as_bytes())
            .expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        self.written.push((format!("stdout of {args:?}"), output.stdout));
        self.written.push((format!("stderr of {args:?}"), output.stderr));
    }

    /// People post keys, edit them in, and hang them on links; the bot answers until nothing waits.
    async fn talk(&mut self) {
        let settings = child::settings([
            ("KEYMINDER_LOG", "debug"),
            ("KEYMINDER_PEOPLE_MAY_ACT", "everyone"),
            ("KEYMINDER_ROTATION_REDACT_PAGE_CONTENT", "true"),
        ]);
        let mut bot = Bot::start(self.folder.path(), &self.sandbox, &self.page, &settings);
        let first = comment(&self.sandbox, &self.page, "Ana Silva", "Started step 1").await;
        for text in comments(&self.canaries) {
            comment(&self.sandbox, &self.page, "Bram de Vries", &text).await;
        }
        let key = &self.canaries[1].whole;
        let runs = json!([{ "text": { "content": format!("key {}", &key[..10]) } },
            { "text": { "content": &key[10..], "link": { "url": format!("https://example.org/{key}") } } }]);
        let linked = json!({ "page_id": self.page, "author": "Ana Silva", "rich_text": runs });
        call(&self.sandbox, "POST", "/sandbox/comments", linked).await;
        self.write_into_the_page().await;
        let edit = json!({ "author": "Ana Silva", "text": format!("Started step 1, {key}") });
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        call(&self.sandbox, "PATCH", &format!("/sandbox/comments/{first}"), edit).await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let store = SqliteStore::open_beside(&self.folder.path().join("state/keyminder.db")).await;
        child::until_quiet(&mut bot, &store.expect("the store"), &PageId::from_wire(&self.page)).await;
    }

    /// Somebody writes a key into the first paragraph of the page, which the bot masks.
    async fn write_into_the_page(&self) {
        let blocks = all(&self.sandbox, &format!("/v1/blocks/{}/children", self.page)).await;
        let paragraph = blocks
            .iter()
            .find(|block| block["type"] == "paragraph")
            .expect("a paragraph");
        let path = format!("/sandbox/blocks/{}", paragraph["id"].as_str().unwrap_or_default());
        let text = format!("the key is {}", self.canaries[3].whole);
        let body = json!({ "paragraph": { "rich_text": [{ "text": { "content": text } }] } });
        call(&self.sandbox, "PATCH", &path, body).await;
    }

    /// What stands at Notion under the bot's name, and what the bot asked for.
    async fn gather(&mut self) {
        let listed = all(&self.sandbox, &format!("/v1/comments?block_id={}", self.page)).await;
        let bot = &self.sandbox.first_line["bot"]["id"];
        let blocks = all(&self.sandbox, &format!("/v1/blocks/{}/children", self.page)).await;
        let blocks = json!(blocks).to_string();
        assert!(blocks.contains("[redacted: API_Groq]"), "the page is masked");
        self.written.push(("the page".to_owned(), blocks.into_bytes()));
        let ours: Vec<Value> = listed.into_iter().filter(|it| it["created_by"]["id"] == *bot).collect();
        assert!(ours.len() > 20, "the bot answered: {}", ours.len());
        self.written
            .push(("replies".to_owned(), json!(ours).to_string().into_bytes()));
        let asked = json!(journal(&self.sandbox, 0).await).to_string();
        self.written.push(("journal".to_owned(), asked.into_bytes()));
        let mut found = Vec::new();
        files(self.folder.path(), &mut found);
        for path in found {
            let name = path.display().to_string();
            let bytes = std::fs::read(&path).expect("a file of the project");
            self.written.push((format!("{name} (content)"), bytes));
            self.written.push((format!("{name} (name)"), name.into_bytes()));
        }
    }
}

// The commands of the project block one thread; the sandbox answers them on another.
#[tokio::test(flavor = "multi_thread")]
async fn no_byte_written_by_a_whole_run_holds_a_piece_of_a_key() {
    let mut aviary = Aviary::new().await;
    aviary.talk().await;
    let posted = format!("is {} right for step 4?", aviary.canaries[1].whole);
    let key = aviary.canaries[3].whole.clone();
    for args in [
        &["probe"][..],
        &["probe", "--json"],
        &["rotate", "plan"],
        &["monitor", "--json"],
        &["monitor", "--prometheus"],
        &["audit"],
        &["audit", "--json"],
        &["status", "--json"],
        &["run", "--dry-run"],
        &["backup", "create"],
        &["backup", "list"],
        &["explain", "-"],
    ] {
        aviary.command(args, &[], &posted);
    }
    aviary.command(&["run", "--once"], &[("NOTION_TOKEN", &key)], "");
    aviary.command(&["status"], &[("KEYMINDER_POLL_ACTIVE", &key)], "");
    let config = aviary.folder.path().join("config");
    std::fs::create_dir_all(&config).expect("a folder");
    let broken = format!("[poll]\nactive = \"{key}\"\n{key} = 3\n");
    std::fs::write(config.join("keyminder.toml"), &broken).expect("a scratch file");
    aviary.command(&["check"], &[], "");
    std::fs::remove_file(config.join("keyminder.toml")).expect("it was there");
    aviary.gather().await;

    // The search finds what is there: a test that cannot fail proves nothing.
    let env = std::fs::read(aviary.folder.path().join(".env")).expect("the file");
    assert_eq!(leaks(&aviary.canaries, &env).len(), VARIABLES.len());
    let found: Vec<String> = aviary
        .written
        .iter()
        .flat_map(|(place, bytes)| {
            leaks(&aviary.canaries, bytes)
                .into_iter()
                .map(move |name| format!("{name} in {place}"))
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
}
