//! The stage: sandbox, stand-ins, scratch project, the bot. People act through the sandbox's side door.
use super::commands::Told;
use super::script::Doing;
use crate::cli::Place;
use crate::cli::bot::{Bot, Tools};
use crate::cli::greet;
use crate::config::Settings;
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::Reference;
use crate::effects::Keys;
use crate::rotation::Project;
use crate::rotation::known::Following;
use crate::sandbox::providers::{self, Key, KeyState, StandIns};
use crate::sandbox::{self, Options, Running};
use crate::store::{AuditQuery, AuditRow, Store};
use crate::telemetry::{self, Format};
use anyhow::Context as _;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The sandbox is in this process: it answers at once or not at all.
const GREETING: Duration = Duration::from_secs(5);
const PROVIDERS: [&str; 5] = ["bybit", "notion", "huggingface", "groq", "mistral"];

/// Everything that is on stage.
pub(super) struct Stage {
    pub(super) project: PathBuf,
    pub(super) url: String,
    pub(super) page: PageId,
    pub(super) page_url: String,
    pub(super) redactor: Following,
    store: Arc<dyn Store>,
    sandbox: Running,
    pub(super) stand_ins: StandIns,
    http: reqwest::Client,
    bot: JoinHandle<anyhow::Result<()>>,
    stop: watch::Sender<bool>,
    pub(super) keys: Arc<Keys>,
    /// What the command of the last act said.
    pub(super) told: Told,
    pub(super) old: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) new: BTreeMap<String, BTreeMap<String, String>>,
    /// New keys that were given up.
    pub(super) spoiled: BTreeMap<String, BTreeMap<String, String>>,
    last: Option<CommentId>,
    audited: i64,
    took: Vec<Duration>,
    /// Our own looks at the page; they are requests too, but not the bot's.
    looks: Cell<usize>,
}

/// The page as anybody can see it.
pub(super) struct Seen {
    pub(super) status: String,
    pub(super) progress: Option<f64>,
    pub(super) next_rotation: Option<String>,
    pub(super) boxes: Vec<(String, bool)>,
    comments: Vec<(String, String)>,
    bot: String,
}

/// What the play cost.
pub(super) struct Figures {
    pub(super) requests: usize,
    pub(super) probes: usize,
    pub(super) replies: usize,
    pub(super) took: Vec<Duration>,
}

impl Seen {
    /// Our own comments.
    pub(super) fn ours(&self) -> impl Iterator<Item = &str> {
        self.comments
            .iter()
            .filter(|(author, _)| *author == self.bot)
            .map(|(_, text)| text.as_str())
    }
}

impl Stage {
    /// Sets everything up and starts the bot.
    pub(super) async fn set() -> anyhow::Result<Self> {
        let stand_ins = StandIns::default();
        let options = Options {
            providers: Some(providers::router(stand_ins.clone())),
            ..Options::default()
        };
        let sandbox = sandbox::serve(options)
            .await
            .context("the sandbox cannot listen on 127.0.0.1")?;
        let mut dice = fastrand::Rng::new();
        let mut issue = |provider: &&str| Some(((*provider).to_owned(), stand_ins.issue(provider, &mut dice)?));
        let old: BTreeMap<_, _> = PROVIDERS.iter().filter_map(&mut issue).collect();
        let new: BTreeMap<_, _> = PROVIDERS.iter().filter_map(&mut issue).collect();
        let project = scratch(&old)?;
        let page = sandbox.first_line["pages"][0].clone();
        let settings = settings(&project, &sandbox, page["id"].as_str().unwrap_or_default())?;
        let http = reqwest::Client::builder().no_proxy();
        let files = Arc::new(Project::open(&settings)?);
        let greeting = greet::greet(&settings, &files, GREETING)?;
        let tools = Tools::load(settings, files)?;
        let http = http.build()?;
        let (redactor, keys) = (tools.redactor.clone(), Arc::clone(&tools.keys));
        telemetry::init(redactor.shared(), Format::Human, "error")?;
        tell_tokens(&http, &sandbox, &old, &new).await?;
        let bot = Bot::start(tools, greeting, None).await?;
        let (store, stop) = (Arc::clone(&bot.store), bot.stop.clone());
        Ok(Self {
            project,
            url: sandbox.url.clone(),
            page: PageId::from_wire(page["id"].as_str().unwrap_or_default()),
            page_url: page["url"].as_str().unwrap_or_default().to_owned(),
            redactor,
            store,
            sandbox,
            stand_ins,
            http,
            bot: tokio::spawn(bot.work()),
            stop,
            keys,
            told: Told::default(),
            old,
            new,
            spoiled: BTreeMap::new(),
            last: None,
            audited: 0,
            took: Vec::new(),
            looks: Cell::new(0),
        })
    }

    /// The keys that will be put into `.env`.
    pub(super) fn new_values(&self) -> BTreeMap<String, String> {
        self.new
            .values()
            .flatten()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Does what an act says.
    pub(super) async fn act(&mut self, doing: &Doing) -> anyhow::Result<()> {
        self.told = Told::default();
        match doing {
            Doing::Say { who, text } => {
                let body = json!({ "page_id": self.page, "author": who, "text": text });
                let posted = self.side_door(reqwest::Method::POST, "comments", Some(body)).await?;
                self.last = posted["id"].as_str().map(CommentId::from_wire);
            }
            Doing::Edit { who, text } => {
                let body = json!({ "author": who, "text": text });
                self.side_door(reqwest::Method::PATCH, &self.last_path(), Some(body))
                    .await?;
            }
            Doing::Delete { .. } => {
                self.side_door(reqwest::Method::DELETE, &self.last_path(), None).await?;
            }
            Doing::ReplaceKeys => std::fs::write(self.project.join(".env"), env_text(&self.new))?,
            Doing::DeleteOldKeys(providers) => {
                for provider in *providers {
                    self.delete_old(provider).await?;
                }
            }
            Doing::Start(providers) => self.start_rotations(providers)?,
            Doing::Spoil(provider) => self.spoil(provider),
            Doing::RollBack(provider) => self.roll_back(provider).await?,
            Doing::Renew(provider) => self.renew(provider)?,
        }
        Ok(())
    }

    fn last_path(&self) -> String {
        format!("comments/{}", self.last.as_ref().map_or("", CommentId::as_str))
    }

    async fn delete_old(&self, provider: &str) -> anyhow::Result<()> {
        if let Some(values) = self.spoiled.get(provider).cloned() {
            self.stand_ins.put(Key::new(provider, values, KeyState::Deleted));
        }
        let Some(values) = self.old.get(provider) else {
            return Ok(());
        };
        self.stand_ins
            .put(Key::new(provider, values.clone(), KeyState::Deleted));
        if let Some(token) = values.get("NOTION_TOKEN") {
            self.side_door(reqwest::Method::DELETE, "tokens", Some(json!({ "token": token })))
                .await?;
        }
        Ok(())
    }

    async fn side_door(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        call(&self.http, method, &format!("{}/sandbox/{path}", self.url), body).await
    }

    async fn api(&self, path: &str) -> anyhow::Result<Value> {
        self.looks.set(self.looks.get() + 1);
        let request = self.http.get(format!("{}/v1/{path}", self.url));
        let request = request
            .bearer_auth(self.sandbox.token.expose_secret())
            .header("Notion-Version", "2026-03-11");
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Looks at the page as anybody could.
    pub(super) async fn look(&self) -> anyhow::Result<Seen> {
        let page = self.api(&format!("pages/{}", self.page)).await?;
        let blocks = self
            .api(&format!("blocks/{}/children?page_size=100", self.page))
            .await?;
        let comments = self.api(&format!("comments?block_id={}", self.page)).await?;
        let properties = &page["properties"];
        Ok(Seen {
            status: properties["Status"]["status"]["name"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            progress: properties["Progress"]["number"].as_f64(),
            next_rotation: properties["Next rotation"]["date"]["start"].as_str().map(str::to_owned),
            boxes: criteria(&blocks),
            comments: items(&comments)
                .iter()
                .map(|comment| (id(&comment["created_by"]), text(&comment["rich_text"])))
                .collect(),
            bot: id(&self.sandbox.first_line["bot"]),
        })
    }

    /// Our reply to the comment written last, without its reference.
    pub(super) fn reply(&self, seen: &Seen) -> Option<String> {
        let mark = format!(" · {}", Reference::of(self.last.as_ref()?));
        let reply = seen.ours().find_map(|said| said.strip_suffix(&mark))?;
        Some(reply.to_owned())
    }

    /// What the audit says since it was last asked.
    pub(super) async fn audit(&mut self) -> anyhow::Result<Vec<AuditRow>> {
        let rows = self
            .store
            .audit(AuditQuery {
                after: self.audited,
                limit: 500,
                ..AuditQuery::default()
            })
            .await?;
        self.audited = rows.last().map_or(self.audited, |row| row.n);
        Ok(rows)
    }

    /// How long the reply to a comment took.
    pub(super) fn took(&mut self, answered: Option<Duration>) {
        self.took.extend(answered);
    }

    /// What the play cost.
    pub(super) async fn figures(&self) -> anyhow::Result<Figures> {
        let journal = self.side_door(reqwest::Method::GET, "journal", None).await?;
        let bot = |entry: &&Value| entry["who"] == "bot";
        let ours = items(&journal);
        let requests = ours.iter().filter(bot).count();
        Ok(Figures {
            requests: requests.saturating_sub(self.looks.get()),
            probes: self.stand_ins.journal().len(),
            replies: self.look().await?.ours().count(),
            took: self.took.clone(),
        })
    }

    /// Takes everything down.
    pub(super) async fn strike(self) -> anyhow::Result<()> {
        let _ = self.stop.send(true);
        self.bot.await??;
        self.sandbox.stop().await?;
        std::fs::remove_dir_all(&self.project)?;
        Ok(())
    }
}

async fn call(
    http: &reqwest::Client,
    method: reqwest::Method,
    url: &str,
    body: Option<Value>,
) -> anyhow::Result<Value> {
    let mut request = http.request(method, url);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await?;
    let status = answer.status();
    let body: Value = answer.json().await?;
    anyhow::ensure!(status.is_success(), "the sandbox refused {url}: {}", body["message"]);
    Ok(body)
}

/// The sandbox is the stand-in for Notion tokens as well: it has to know those that stand in `.env`.
async fn tell_tokens(
    http: &reqwest::Client,
    sandbox: &Running,
    old: &BTreeMap<String, BTreeMap<String, String>>,
    new: &BTreeMap<String, BTreeMap<String, String>>,
) -> anyhow::Result<()> {
    for values in [old, new] {
        let token = &values["notion"]["NOTION_TOKEN"];
        let url = format!("{}/sandbox/tokens", sandbox.url);
        call(http, reqwest::Method::POST, &url, Some(json!({ "token": token }))).await?;
    }
    Ok(())
}

/// A scratch project with a `.env` of invented keys, 0600.
fn scratch(values: &BTreeMap<String, BTreeMap<String, String>>) -> anyhow::Result<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    let dir = std::env::temp_dir().join(format!("keyminder-demo-{}-{}", std::process::id(), fastrand::u32(..)));
    std::fs::DirBuilder::new().mode(0o700).create(&dir)?;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(dir.join(".env"))?;
    std::io::Write::write_all(&mut file, env_text(values).as_bytes())?;
    Ok(dir)
}

pub(super) fn env_text(values: &BTreeMap<String, BTreeMap<String, String>>) -> String {
    let mut text = "# keys of the demo, invented for this run\nTZ=Europe/Amsterdam\n".to_owned();
    for (name, value) in values.values().flatten() {
        let _ = writeln!(text, "{name}={value}");
    }
    text
}

fn settings(project: &std::path::Path, sandbox: &Running, page: &str) -> anyhow::Result<Settings> {
    let providers = sandbox.providers_url.clone().context("the stand-ins do not listen")?;
    let environment = [
        ("KEYMINDER_NOTION_URL", sandbox.url.clone()),
        ("KEYMINDER_PROBE_URL", providers),
        ("KEYMINDER_PAGES", page.to_owned()),
        ("KEYMINDER_POLL_ACTIVE", "200ms".to_owned()),
        ("KEYMINDER_NOTION_REQUESTS_PER_MINUTE", "0".to_owned()),
        ("KEYMINDER_ROTATION_PROOF_AT", "0s,1s,2s".to_owned()),
        ("KEYMINDER_EVIDENCE_FRESH", "1s".to_owned()),
        ("KEYMINDER_SERVER_LISTEN", String::new()),
        ("NOTION_TOKEN", sandbox.token.expose_secret().to_owned()),
    ];
    let environment = environment
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let place = Place {
        project: Some(project.to_owned()),
        config: None,
    };
    Ok(Settings::read(&place, environment)?)
}

fn items(list: &Value) -> Vec<Value> {
    list.as_array()
        .or_else(|| list["results"].as_array())
        .or_else(|| list["entries"].as_array())
        .cloned()
        .unwrap_or_default()
}

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_default().to_owned()
}

fn text(rich_text: &Value) -> String {
    items(rich_text)
        .iter()
        .filter_map(|item| item["plain_text"].as_str().map(str::to_owned))
        .collect()
}

/// The boxes under "Success criteria".
fn criteria(blocks: &Value) -> Vec<(String, bool)> {
    let mut under = false;
    let mut boxes = Vec::new();
    for block in items(blocks) {
        let kind = block["type"].as_str().unwrap_or_default();
        let content = &block[kind];
        if kind.starts_with("heading") {
            under = text(&content["rich_text"]).to_lowercase().contains("criteria");
        } else if under && kind == "to_do" {
            boxes.push((text(&content["rich_text"]), content["checked"] == true));
        }
    }
    boxes
}
